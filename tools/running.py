# SPDX-License-Identifier: MIT
"""running.py - a machine under way: its serial port, its monitor, its end.

Not here: its command line (qemu.py), what its end means (outcome.py).
Machine.start() makes one. Calls QEMU, and qmp.py to talk to it.
"""
import fcntl
import re
import shlex
import shutil
import socket
import struct
import subprocess
import tempfile
import termios
import threading
import time
from pathlib import Path

from outcome import DeadlineError, Result
from qmp import Monitor, MonitorError

QUIT_GRACE_S = 3        # for QEMU to end when it is told to, before it is killed
READ_S = 120            # for what it has written to be read, on a busy host


class Running:
    """A machine under way: its serial port, its monitor, its end."""

    def __init__(self, make_command, uefi_store, on_serial):
        """make_command  gives QEMU's command line for a writable copy of uefi_store, if any"""
        self._on_serial = on_serial or (lambda text: None)
        self._text = ""
        self._grown = threading.Condition()
        self._may_read = threading.Event()
        self._may_read.set()
        self._folder = tempfile.TemporaryDirectory(prefix="muffin-")
        try:
            self._launch(make_command, uefi_store)
        except BaseException:
            self._folder.cleanup()
            raise

    def _launch(self, make_command, uefi_store):
        store = uefi_store and shutil.copy(uefi_store, Path(self._folder.name, "vars.fd"))
        ours, theirs = socket.socketpair()
        command = make_command(store)
        self._command = " ".join(shlex.quote(arg) for arg in command)
        command += ["-chardev", f"socket,id=qmp,fd={theirs.fileno()}", "-mon", "qmp,mode=control"]
        self._stderr = open(Path(self._folder.name, "stderr"), "w+", encoding="utf-8")
        self.started = time.perf_counter()
        self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], bufsize=0,
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         stderr=self._stderr)
        theirs.close()
        self.monitor = Monitor(ours)
        self._reader = threading.Thread(target=self._read_serial, daemon=True)
        self._reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        self.read_on()
        self._reader.join(READ_S)
        self._process.stdin.close()
        self._process.stdout.close()
        self.monitor.close()
        self._stderr.close()
        self._folder.cleanup()

    @property
    def ended(self):
        """Whether the machine has come to its end."""
        return self._process.poll() is not None

    @property
    def cpu_s(self):
        """Seconds that its threads have been on a CPU so far; 0 when it is gone."""
        stats = Path(f"/proc/{self._process.pid}/task").glob("*/schedstat")
        try:
            return sum(int(stat.read_text().split()[0]) for stat in stats) / 1e9
        except OSError:
            return 0.0

    @property
    def serial(self):
        """All the machine has written to its serial port so far."""
        with self._grown:
            return self._text

    def write(self, text):
        """Type on the machine's serial port."""
        self._process.stdin.write(text.encode())

    def rest(self):
        """Stop reading the serial port: once the pipe is full the line stands still."""
        self._may_read.clear()

    @property
    def unread(self):
        """Bytes that the serial port's pipe holds."""
        return struct.unpack("i", fcntl.ioctl(self._process.stdout, termios.FIONREAD, b"0123"))[0]

    def read_on(self):
        """Read the serial port again."""
        self._may_read.set()

    def wait_for(self, pattern, seconds):
        """Wait until the serial text matches the regular expression; returns the match."""
        deadline = time.monotonic() + seconds
        with self._grown:
            while not (match := re.search(pattern, self._text)):
                left = deadline - time.monotonic()
                if left <= 0 or not self._reader.is_alive():
                    when = f"within {seconds} s" if left <= 0 else "before the machine ended"
                    raise DeadlineError(f"no {pattern!r} on the serial port {when}; "
                                        f"it said:\n{self._text}")
                self._grown.wait(min(left, 0.1))
            return match

    def set_link(self, up, nic=0):
        """Plug the cable of a card in or out."""
        self.monitor.command("set_link", name=f"nic{nic}", up=up)

    def screendump(self, file):
        """Write the screen to a file, as PPM."""
        self.monitor.command("screendump", filename=str(file))

    def quit(self, seconds=READ_S):
        """Switch the machine off from outside; returns the Result."""
        try:
            self.monitor.command("quit")
        except MonitorError:
            pass  # it was gone already: wait() tells how
        return self.wait(seconds)

    def wait(self, seconds):
        """Wait for the machine's own end, at most so long, then stop it; returns the Result."""
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = None
            self.kill()
        took = time.perf_counter() - self.started
        self._reader.join(READ_S)
        self._stderr.seek(0)
        return Result(self.serial, code, self.monitor.shutdown_reason(), took,
                      self._stderr.read(), self._command)

    def kill(self):
        """End QEMU, politely first. Nothing happens when it has ended."""
        for end in (self._process.terminate, self._process.kill):
            if self._process.poll() is not None:
                return
            end()
            try:
                self._process.wait(QUIT_GRACE_S)
            except subprocess.TimeoutExpired:
                continue

    def _read_serial(self):
        while self._may_read.wait() and (chunk := self._process.stdout.read(4096)):
            text = chunk.decode("utf-8", "replace").replace("\r\n", "\n")
            self._on_serial(text)
            with self._grown:
                self._text += text
                self._grown.notify_all()
