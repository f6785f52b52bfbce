/* SPDX-License-Identifier: MIT
 * values.h - what programs pass to calls and put into messages, made from a fuzzer's bytes: mostly of the
 * right type and often of the right value.
 * Not here: the calls (fuzz_calls.c).
 * fuzz_calls.c, frames.c and messages.c use it.
 * Source: netdevice(7), ip(7), packet(7), netlink(7), cmsg(3). */
#pragma once

#include "net/socket/msg.h"
#include "tests/fuzz/bytes.h"

/* value_ipv4 - one of ours, of our networks, a special one, or any. */
be32 value_ipv4(struct bytes *b);

/* value_port - network order. */
be16 value_port(struct bytes *b);

/* value_ifindex - of lo, a card, none, or any. */
s32 value_ifindex(struct bytes *b);

/* value_name - a device's name, now and then an odd one; with its zero, in IFNAMSIZ bytes. */
void value_name(struct bytes *b, char name[16]);

/* value_mac - of a card of ours, of a neighbour, of a group. */
void value_mac(struct bytes *b, u8 mac[6]);

/* value_sockaddr - an address of any family. Returns its length, now and then a wrong one. */
u32 value_sockaddr(struct bytes *b, struct sockaddr_storage *addr);

/* An option of a socket, and something that fits it. */
struct option_value {
	int level, name;
	u32 len;
	u64 bytes[8];
};

/* value_option - one of the options of any level, with a value that fits it, or nearly. */
void value_option(struct bytes *b, struct option_value *o);

/* value_control - control messages for sendmsg, in at most `room` bytes. Returns how many. */
u32 value_control(struct bytes *b, u8 *control, u32 room);
