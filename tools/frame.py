# SPDX-License-Identifier: MIT
"""frame.py - reads a pcap and decodes one UDP frame field by field.

Not here: any other protocol; tshark shows those. Written apart from the kernel's own code, so that
the two check each other. Used by run.py, tests/boot and bench. Calls nothing.
Source: libpcap's savefile format; IEEE 802.3; RFC 791, 768, 1071.
"""
import struct
from dataclasses import dataclass

# A capture's first bytes, little-endian, and what its time stamps count.
PCAP_FRACTION = {b"\xd4\xc3\xb2\xa1": 1e-6, b"\x4d\x3c\xb2\xa1": 1e-9}
ETH_LEN, IP_LEN, UDP_LEN = 14, 20, 8
ETHERTYPE_IPV4, PROTO_UDP = 0x0800, 17


@dataclass
class Field:
    """One field of a frame: where, which bytes, its name and what they mean."""

    at: int
    raw: bytes
    name: str
    meaning: str


@dataclass
class UdpFrame:
    """An Ethernet frame that carries UDP over IPv4."""

    raw: bytes

    @property
    def ip_header_len(self):
        return (self.raw[ETH_LEN] & 15) * 4

    @property
    def udp_at(self):
        return ETH_LEN + self.ip_header_len

    @property
    def ports(self):
        return struct.unpack_from("!HH", self.raw, self.udp_at)

    @property
    def payload(self):
        length, = struct.unpack_from("!H", self.raw, self.udp_at + 4)
        return self.raw[self.udp_at + UDP_LEN:self.udp_at + length]


def read_pcap(path):
    """All complete frames of a capture: a list of (seconds, bytes)."""
    with open(path, "rb") as file:
        data = file.read()
    fraction = PCAP_FRACTION.get(data[:4])
    if not fraction:
        raise ValueError(f"{path} is no little-endian pcap file")
    frames, at = [], 24
    while at + 16 <= len(data):
        sec, part, taken, _ = struct.unpack_from("<IIII", data, at)
        at += 16
        if at + taken <= len(data):
            frames.append((sec + part * fraction, data[at:at + taken]))
        at += taken
    return frames


def as_udp(raw):
    """The frame as UDP over IPv4, or None when it is something else or cut short."""
    if len(raw) < ETH_LEN + IP_LEN + UDP_LEN:
        return None
    ethertype, = struct.unpack_from("!H", raw, 12)
    frame = UdpFrame(raw)
    if ethertype != ETHERTYPE_IPV4 or raw[ETH_LEN + 9] != PROTO_UDP:
        return None
    return frame if len(raw) >= frame.udp_at + UDP_LEN else None


def ones_sum(data):
    """RFC 1071's sum of 16-bit words, folded: 0xffff over data that holds its own checksum."""
    padded = data + b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def decode(frame):
    """All fields of a UDP frame, in the order of the wire."""
    return _ethernet(frame.raw) + _ip(frame) + _udp(frame) + _rest(frame)


def show(fields):
    """Fields as lines of a table."""
    return [f"  {f.at:4}  {_hex(f.raw):<19} {f.name:<22} {f.meaning}" for f in fields]


def _ethernet(raw):
    return [
        Field(0, raw[0:6], "Ethernet destination", raw[0:6].hex(":")),
        Field(6, raw[6:12], "Ethernet source", raw[6:12].hex(":")),
        Field(12, raw[12:14], "Ethernet type", "IPv4"),
    ]


def _ip(frame):
    raw, at, length = frame.raw, ETH_LEN, frame.ip_header_len
    total, ident, fragment = struct.unpack_from("!HHH", raw, at + 2)
    good = ones_sum(raw[at:at + length]) == 0xFFFF
    rows = [
        (0, 1, "IP version, length", f"{raw[at] >> 4}, {length} bytes"),
        (1, 1, "IP type of service", f"{raw[at + 1]:#04x}"),
        (2, 2, "IP total length", f"{total} bytes"),
        (4, 2, "IP identification", f"{ident}"),
        (6, 2, "IP flags, offset", _fragment_words(fragment)),
        (8, 1, "IP time to live", f"{raw[at + 8]} hops"),
        (9, 1, "IP protocol", "UDP"),
        (10, 2, "IP header checksum", "right" if good else "WRONG"),
        (12, 4, "IP source", ".".join(map(str, raw[at + 12:at + 16]))),
        (16, 4, "IP destination", ".".join(map(str, raw[at + 16:at + 20]))),
    ]
    if length > IP_LEN:
        rows.append((IP_LEN, length - IP_LEN, "IP options", "not decoded"))
    return [Field(at + o, raw[at + o:at + o + n], name, words) for o, n, name, words in rows]


def _udp(frame):
    raw, at = frame.raw, frame.udp_at
    source, dest, length, checksum = struct.unpack_from("!HHHH", raw, at)
    pseudo = raw[ETH_LEN + 12:ETH_LEN + 20] + struct.pack("!BBH", 0, PROTO_UDP, length)
    good = ones_sum(pseudo + raw[at:at + length]) == 0xFFFF
    verdict = "absent" if not checksum else "right" if good else "WRONG"
    return [
        Field(at, raw[at:at + 2], "UDP source port", str(source)),
        Field(at + 2, raw[at + 2:at + 4], "UDP destination port", str(dest)),
        Field(at + 4, raw[at + 4:at + 6], "UDP length", f"{length} bytes"),
        Field(at + 6, raw[at + 6:at + 8], "UDP checksum", verdict),
    ]


def _rest(frame):
    at, payload = frame.udp_at + UDP_LEN, frame.payload
    padding = frame.raw[at + len(payload):]
    fields = [Field(at, payload, "payload", repr(payload)[1:])]
    if padding:
        words = f"{len(padding)} bytes, {'zero' if not any(padding) else 'NOT ZERO'}"
        fields.append(Field(at + len(payload), padding, "padding", words))
    return fields


def _fragment_words(value):
    flags = [word for bit, word in ((0x4000, "don't fragment"), (0x2000, "more")) if value & bit]
    return f"{' and '.join(flags) or 'none'}, {(value & 0x1FFF) * 8}"


def _hex(raw):
    return raw.hex(" ") if len(raw) <= 6 else f"{raw[:5].hex(' ')} .."
