/* SPDX-License-Identifier: MIT
 * datagrams.h - what a datagram must look like on the fake card's wire, worked out a second time.
 * Not here: the stack and the card (stack.h).
 * The tests of the ways to send use it.
 * Source: RFC 768, RFC 791, RFC 1071; IEEE 802.3 3.2.8 (padding). */
#pragma once

#include "tests/unit/stack.h"

#define FRAME_HEADERS 42 /* Ethernet, IPv4, UDP */
#define PAYLOAD_MAX   1472

/* One datagram as it should be. Zero stands for what is usual: to PEER_IP:PEER_PORT from OUR_IP:OUR_PORT,
 * time to live 64, TOS 0. */
struct datagram {
	const u8 *payload;
	u32 len;
	u32 to, from;
	u16 port, source;
	const u8 *mac;
	u8 ttl, tos;
	bool no_check;
};

/* assert_datagram - the i-th frame sent is this one, byte for byte, with DF and without a fragment. */
void assert_datagram(u32 i, const struct datagram *d);

/* assert_fragments - the frames from the first-th on are this datagram's fragments in their order, of
 * mtu bytes but for the last; its UDP checksum is right over all. Returns how many there are. */
u32 assert_fragments(u32 first, const struct datagram *d, u32 mtu);

/* noise - n bytes of which no neighbours are alike; another seed, other bytes. */
const u8 *noise(u32 seed, u32 n);

/* ---- the card ---------------------------------------------------------------------------- */

/* card_is - whether packets stay in its slots, and whether it does checksums. Nothing is in flight. */
void card_is(bool keep, bool checksums);

/* fill_with_junk - every packet of the pool and every slot of the card holds other bytes now. */
void fill_with_junk(int fd);

/* ---- messages ---------------------------------------------------------------------------- */

/* A message with room for all that it may have. */
struct message {
	struct user_mmsghdr m;
	struct sockaddr_in to;
	struct iovec iov[8];
	u64 control[32];
};

/* message_to - one piece to an address (ip and port 0: none). */
void message_to(struct message *m, const void *data, size_t len, u32 ip, u16 port);

/* message_piece - one piece more. */
void message_piece(struct message *m, const void *data, size_t len);

/* message_control - one control message more. */
void message_control(struct message *m, s32 level, s32 type, const void *data, u32 len);

/* message_send - sendmsg. */
long message_send(int fd, struct message *m, u32 flags);
