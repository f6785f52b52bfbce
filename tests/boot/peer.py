# SPDX-License-Identifier: MIT
"""peer.py - the other end of the guest's wire: sees every frame, answers with frames of its own.

Not here: what a frame should look like (support.py, the tests).
Used by the tests of ARP and of reception. Calls scapy.

QEMU's e1000 takes in nothing for one second after its receiver was turned on; what is sent to it
before waits. So a guest that should hear something must still be there then.
"""
import shutil
import socket
import tempfile
import threading
import time
from pathlib import Path

from scapy.layers.l2 import ARP, Ether

from support import DEADLINE_S, GATEWAY, GATEWAY_MAC, GUEST, GUEST_MAC

POLL_S = 0.05
FRAME_MAX = 65536
MARK = b"peer.py: all before this has been seen"


class Peer:
    """A wire of two Unix sockets, one datagram a frame. A context manager.

    answers  called with each frame of the guest as scapy sees it; what it returns is sent back"""

    def __init__(self, answers=None):
        self.frames = []        # (monotonic seconds, scapy Ether), as they come
        self._answers = answers or (lambda frame: None)
        self._folder = tempfile.mkdtemp(prefix="muffin-wire-")  # short: a path has 108 bytes
        self._ours, self._theirs = Path(self._folder, "peer"), Path(self._folder, "guest")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self._ours))
        self._socket.settimeout(POLL_S)
        self._stop = threading.Event()
        self._grown = threading.Condition()
        self._marks_sent = self._marks_seen = 0
        self._thread = threading.Thread(target=self._listen, daemon=True)

    @property
    def netdev(self):
        """For qemu.Nic."""
        return (f"dgram,local.type=unix,local.path={self._theirs},"
                f"remote.type=unix,remote.path={self._ours}")

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._catch_up()
        self._stop.set()
        self._thread.join()
        self._socket.close()
        shutil.rmtree(self._folder)

    def send(self, frame):
        """Put a frame (scapy or bytes) on the wire; waits while the card takes nothing in."""
        deadline = time.monotonic() + DEADLINE_S
        while True:
            try:
                self._socket.sendto(bytes(frame), str(self._theirs))
                return
            except socket.timeout:
                assert time.monotonic() < deadline, "the guest takes nothing in"

    def seen(self, wanted):
        """All frames that are on the wire so far for which wanted(frame) is true."""
        self._catch_up()
        with self._grown:
            return [frame for _, frame in self.frames if wanted(frame)]

    def _catch_up(self):
        """Until the listener has read what is in its socket now: a mark behind it."""
        if self._stop.is_set() or threading.current_thread() is self._thread:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as marker:
            marker.sendto(MARK, str(self._ours))
        self._marks_sent += 1
        with self._grown:
            assert self._grown.wait_for(lambda: self._marks_seen == self._marks_sent
                                        or not self._thread.is_alive(), DEADLINE_S)

    def wait_for(self, wanted, seconds=DEADLINE_S):
        """The first frame for which wanted(frame) is true, at most seconds from now."""
        deadline = time.monotonic() + seconds
        with self._grown:
            while not (found := [frame for _, frame in self.frames if wanted(frame)]):
                assert time.monotonic() < deadline, f"not on the wire within {seconds} s; " \
                    f"seen: {[f.summary() for _, f in self.frames]}"
                self._grown.wait(POLL_S)
        return found[0]

    def _listen(self):
        while not self._stop.is_set():
            try:
                raw = self._socket.recv(FRAME_MAX)
            except socket.timeout:
                continue
            if raw == MARK:
                with self._grown:
                    self._marks_seen += 1
                    self._grown.notify_all()
                continue
            frame = Ether(raw)
            with self._grown:
                self.frames.append((time.monotonic(), frame))
                self._grown.notify_all()
            answer = self._answers(frame)
            if answer is not None:
                self.send(answer)


def asks_for(frame, address=GATEWAY):
    """Whether a frame of the guest is an ARP request for this address."""
    return ARP in frame and frame[ARP].op == 1 and frame[ARP].pdst == address


def is_announcement(frame):
    """RFC 5227 2.3: a request for one's own address."""
    return ARP in frame and frame[ARP].psrc == frame[ARP].pdst == GUEST


def arp_reply(mac=GATEWAY_MAC, address=GATEWAY, **fields):
    """What the gateway answers; fields change the ARP packet."""
    arp = {"op": 2, "hwsrc": mac, "psrc": address, "hwdst": GUEST_MAC, "pdst": GUEST, **fields}
    return Ether(src=mac, dst=GUEST_MAC) / ARP(**arp)


def arp_request(address=GUEST, mac=GATEWAY_MAC, sender=GATEWAY):
    """An ARP request for an address."""
    return Ether(src=mac, dst="ff:ff:ff:ff:ff:ff") / ARP(op=1, hwsrc=mac, psrc=sender,
                                                         pdst=address)


def answer_arp(frame):
    """A gateway's behaviour, for Peer(answers=...)."""
    return arp_reply() if asks_for(frame) else None
