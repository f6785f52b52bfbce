#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""seeds.py - programs of calls by name, as inputs of fuzz_calls: writes them to its corpus.

Not here: what fuzzing found (the other files there, named by their content).
Run by hand when a step of fuzz_calls.c chooses by other bytes than before. A step is its name and the bytes
it chooses by, in the order in which it takes them; most are numbers of rows of tables there.
"""
import re
from pathlib import Path

FOLDER = Path(__file__).parent
STEPS = re.findall(r"^\t(\w+),$", re.search(r"\(\*const steps\[\]\).*?^};", (FOLDER / "fuzz_calls.c").read_text(),
                                           re.DOTALL | re.MULTILINE)[0], re.MULTILINE)
UDP, PACKET, NETLINK, NETFILTER = 0, 2, 4, 5        # rows of make_socket's kinds
BOUND, CONNECTED, NEIGHBOUR, GROUP = 1, 2, 4, 8     # flags of make_ready
PEER, OURS = (0, 0), (0, 1)                         # value_ipv4: 10.0.0.2, 10.0.0.1
PORT_5000, PORT_4747 = (0, 0), (0, 1)
CREATE, REPLACE, DUMP = 3, 4, 2                     # rows of message_route's flags
LINK, ADDR, ROUTE, NEIGH = range(4)
NEW, DEL, GET, SET = range(4)


def step(name, *choices):
    """One step of a program."""
    return bytes([STEPS.index(name), *choices])


def socket(kind):
    """A socket; the first one is descriptor 0."""
    return step("make_socket", kind, 0)


def send(fd, *, length=4, flags=0, named=False):
    """sendto, to 10.0.0.2:5000 or where the socket is connected to; length and flags are rows."""
    return step("send_to", 4, *PEER, *PORT_5000, 0, 0, length, 0, flags, int(named), fd, 0, 0)


def udp_frame(source=PEER):
    """A datagram for 10.0.0.1:5000 arrives at eth0."""
    ip = (0, 0, 0, 0, 5, *source, *OURS)
    udp = (2, *PORT_4747, *PORT_5000, 0, 0, 1)
    return step("frame_arrives", 0, 1, 1, 0, 1, 0, *ip, *udp, 0, 0, 0, 0)


def netlink(fd, kind, what, flags, *body):
    """A message of NETLINK_ROUTE; body: the fixed part's choices, how many attributes, their choices."""
    return step("send_netlink", 1, kind, what, flags, *body, 0, fd)


def neigh(what, flags, state=0):
    """10.0.0.2 on eth0 is at 02:00:00:00:00:02."""
    return netlink(0, NEIGH, what, flags, 0, state, 2, 0, 0, 0, *PEER, 1, 0, 0, 1)


MORE, ONCE = 2, 0   # rows of send_flags
PROGRAMS = {
    "options_udp": socket(UDP) + step("all_options", 0) + step("all_options", 0, *[1] * 15),
    "options_packet": socket(PACKET) + step("all_options", 0) + step("all_options", 0, *[2] * 15),
    "options_netlink": socket(NETLINK) + step("all_options", 0) + step("all_options", 0, *[1] * 15),
    "options_bound": step("share_port", 1, 1, 1, 0) + step("all_options", 0, *[3] * 15),
    "log": step("make_log_socket", 0, 0, 1, 0, 4, 0, 0, 0) + step("make_log_socket", 0, 0, 0, 0, 4, 0, 0, 1),
    "log_stream": step("make_log_socket", 1, 0, 1, 0, 4, 0, 0, 0),
    "ports_shared": step("share_port", 0, 1, 0, 3) + udp_frame() * 3,
    "ports_of_a_device": step("share_port", 1, 1, 1, 1) + udp_frame() + step("receive_from", 10, 0, 5),
    "corked": step("make_ready", CONNECTED | NEIGHBOUR)
              + (send(0, flags=MORE) * 3 + send(0, flags=ONCE)) * 2
              + send(0, flags=MORE) + step("all_options", 0),
    "corked_large": step("make_ready", CONNECTED | NEIGHBOUR)
                    + send(0, length=9, flags=MORE) * 8 + send(0),
    "neighbours": socket(NETLINK) + neigh(NEW, CREATE) + neigh(NEW, REPLACE, 1) + neigh(GET, DUMP)
                  + neigh(DEL, 0) + neigh(DEL, 0) + neigh(NEW, 0),
    "neighbours_many": step("make_ready", 0) + step("send_to_many", 0, 3) + step("time_passes", 3) * 3
                       + step("send_to_many", 0, 3),
    "counts": step("make_ready", CONNECTED) + send(0) + step("show_counts"),
}


def main():
    """Write them all."""
    for name, program in PROGRAMS.items():
        (FOLDER / "corpus" / "fuzz_calls" / name).write_bytes(program)


if __name__ == "__main__":
    main()
