/* SPDX-License-Identifier: MIT
 * test_send_many.c - many datagrams by one call: sendmmsg and UDP_SEGMENT; what control messages change.
 * Not here: single datagrams (test_udp_send.c), datagrams in pieces (test_udp_cork.c).
 * cmocka calls in; it calls the system calls and looks at what the card got.
 * Source: sendmmsg(2), udp(7), ip(7), cmsg(3). */
#include "kernel/lib/string.h"
#include "net/socket/sockopt.h"
#include "net/udp/udp.h"
#include "tests/unit/datagrams.h"

#define VEC_MAX 1100

static struct user_mmsghdr vec[VEC_MAX];
static struct iovec iov[VEC_MAX];
static struct sockaddr_in to[VEC_MAX];
static const u8 *bytes;
static int fd;

/* n messages of len bytes each, all to the same place. */
static void prepare(u32 n, u32 len)
{
	bytes = noise(n + len, 65000);
	memset(vec, 0, sizeof(vec));
	for (u32 i = 0; i < n; i++) {
		to[i] = inet_addr_of(PEER_IP, PEER_PORT);
		iov[i] = (struct iovec){ (void *)(uintptr_t)(bytes + i * 3), len };
		vec[i].hdr = (struct user_msghdr){
			.name = user(&to[i]), .namelen = 16, .iov = user(&iov[i]), .iovlen = 1
		};
		vec[i].len = 0xdead;
	}
}

static void up(u32 kind)
{
	static bool open;

	fd = open ? fd : udp_socket_at(0, OUR_PORT);
	open = true;
	stack_know_peer();
	eth0.stuck = false;
	card_is(kind & 1, kind & 2);
	fill_with_junk(fd);
	net_poll();
	eth0.doorbells = eth0.flushes = 0;
}

static long send_many(u32 n, u32 flags)
{
	return sys_sendmmsg(fd, user(vec), n, flags);
}

/* Messages first to end - 1 were sent, and are the frames from the at-th on. */
static void assert_sent(u32 first, u32 end, u32 at)
{
	for (u32 i = first; i < end; i++) {
		assert_int_equal(vec[i].len, iov[i].len);
		assert_datagram(at + i - first, &(struct datagram){ .payload = iov[i].base,
							.len = (u32)iov[i].len,
							.to = be32_to_cpu(to[i].sin_addr),
							.port = be16_to_cpu(to[i].sin_port) });
	}
}

/* ---- sendmmsg ----------------------------------------------------------------------------- */

static void one_length(void **state)
{
	static const u32 lens[] = { 0, 1, 3, 4, 5, 8, 9, 18, 64, PAYLOAD_MAX };

	for (u32 kind = 0; kind < 4; kind++)
		for (u32 i = 0; i < ARRAY_SIZE(lens); i++) {
			up(kind);
			prepare(60, lens[i]);
			assert_int_equal(send_many(60, 0), 60);
			assert_sent(0, 60, 0);
			assert_int_equal(eth0.doorbells, 1);
			assert_int_equal(eth0.told, eth0.dev.tx_next);
			net_poll();
			assert_int_equal(send_many(60, 0), 60); /* over the same slots */
			assert_sent(0, 60, 60);
		}
}

/* Lengths, destinations, and messages in two pieces or with control data, in any order. */
static void mixed(void **state)
{
	static struct message odd[60];
	u32 seed = 7;

	for (u32 kind = 0; kind < 4; kind++)
		for (u32 round = 0; round < 20; round++) {
			up(kind);
			prepare(60, 0);
			for (u32 i = 0; i < 60; i++, seed = seed * 1664525u + 1013904223u) {
				iov[i].len = seed >> 30 ? (seed >> 20) % 12 : (seed >> 20) % 1473;
				if (seed >> 16 & 1)
					to[i] = inet_addr_of(FAR_IP, (u16)(53 + (seed >> 17 & 1)));
				if (seed >> 28 || iov[i].len < 2)
					continue;
				message_to(&odd[i], iov[i].base, 1, 0, 0);
				message_piece(&odd[i], (u8 *)iov[i].base + 1, iov[i].len - 1);
				vec[i].hdr.iov = odd[i].m.hdr.iov;
				vec[i].hdr.iovlen = 2;
			}
			assert_int_equal(send_many(60, 0), 60);
			assert_sent(0, 60, 0);
			assert_int_equal(eth0.doorbells, 1);
		}
}

static void counts(void **state)
{
	up(3);
	prepare(VEC_MAX, 4);
	assert_int_equal(send_many(0, 0), 0);
	assert_int_equal(eth0.sent_n, 0);
	assert_int_equal(sys_sendmmsg(fd, ~0ull, 0, 0), 0);
	assert_int_equal(send_many(VEC_MAX, 0), 1024); /* as on Linux */
	assert_int_equal(vec[1023].len, 4);
	assert_int_equal(vec[1024].len, 0xdead);
	assert_int_equal(eth0.sent_n, 1024);
	assert_int_equal(sys_sendmmsg(99, user(vec), 1, 0), -EBADF);
	assert_int_equal(send_many(1, MSG_CMSG_COMPAT), -EINVAL);
}

/* The first that cannot be sent ends it; those before it are sent, and it tells when it is the first. */
static void stops_at(u32 bad, long err)
{
	fake_forget(&eth0);
	assert_int_equal(sys_sendmmsg(fd, user(vec + bad), 30 - bad, 0), err);
	assert_int_equal(eth0.sent_n, 0);
	assert_int_equal(send_many(30, 0), bad ? (long)bad : err);
	assert_int_equal(eth0.sent_n, bad);
	assert_sent(0, bad, 0);
	assert_int_equal(vec[bad].len, 0xdead);
	assert_int_equal(eth0.told, eth0.dev.tx_next);
	net_poll();
	host_forbid(NULL, 0);
	prepare(30, 7);
}

static void bad_messages(void **state)
{
	for (u32 kind = 0; kind < 4; kind++)
		for (u32 bad = 0; bad < 30; bad += 29 / 2) {
			up(kind);
			prepare(30, 7);
			host_forbid((u8 *)iov[bad].base + 6, 1); /* which the next ones have, too */
			stops_at(bad, -EFAULT);
			iov[bad].base = (void *)8;
			stops_at(bad, -EFAULT);
			host_forbid(&vec[bad].hdr, 4);
			stops_at(bad, -EFAULT);
			host_forbid(&iov[bad], 1);
			stops_at(bad, -EFAULT);
			host_forbid((u8 *)&to[bad] + 15, 1);
			stops_at(bad, -EFAULT);
			vec[bad].hdr.iov = 3;
			stops_at(bad, -EFAULT);
			to[bad].sin_port = BE16_ZERO;
			stops_at(bad, -EINVAL);
			to[bad].sin_family = 10;
			stops_at(bad, -EAFNOSUPPORT);
			vec[bad].hdr.namelen = 8;
			stops_at(bad, -EINVAL);
			vec[bad].hdr.name = 0;
			stops_at(bad, -EDESTADDRREQ);
			iov[bad].len = 65508;
			stops_at(bad, -EMSGSIZE);
			vec[bad].hdr.iovlen = 1025;
			stops_at(bad, -EMSGSIZE);
		}
}

/* Where the length goes cannot be written: sent, but not counted, as on Linux. */
static void the_length_cannot_be_told(void **state)
{
	for (u32 kind = 0; kind < 4; kind++) {
		up(kind);
		prepare(10, 7);
		assert_int_equal(send_many(10, 0), 10);
		fake_forget(&eth0);
		host_forbid(&vec[5].len, 4);
		assert_int_equal(send_many(10, 0), 5);
		assert_int_equal(eth0.sent_n, 6);
		host_forbid(NULL, 0);
	}
}

/* A ring that fills up in the middle; the rest, sent later, follows in order. */
static void full_in_the_middle(void **state)
{
	for (u32 kind = 0; kind < 4; kind++)
		for (u32 room = 1; room < 64; room += 9) {
			u32 done = 0;

			up(kind);
			prepare(64, 5);
			eth0.stuck = true;
			while (eth0.dev.tx_room > room)
				assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, 9), 1);
			fake_forget(&eth0);
			done = (u32)send_many(64, MSG_DONTWAIT);
			assert_int_equal(done, room);
			assert_int_equal(eth0.told, eth0.dev.tx_next);
			assert_int_equal(
				sys_sendmmsg(fd, user(vec + done), 64 - done, MSG_DONTWAIT),
				-EAGAIN);
			eth0.stuck = false;
			assert_int_equal(
				sys_sendmmsg(fd, user(vec + done), 64 - done, MSG_DONTWAIT),
				64 - done);
			assert_sent(0, 64, 0);
		}
}

/* ---- UDP_SEGMENT --------------------------------------------------------------------------- */

static long segments(const u8 *payload, u32 len, u16 size, u32 flags)
{
	struct message m;

	message_to(&m, payload, len, PEER_IP, PEER_PORT);
	message_control(&m, SOL_UDP, UDP_SEGMENT, &size, sizeof(size));
	return message_send(fd, &m, flags);
}

static void assert_segments(const u8 *payload, u32 len, u32 size)
{
	u32 i = 0;

	for (u32 at = 0; at < len || i == 0; at += size, i++)
		assert_datagram(i,
			&(struct datagram){ .payload = payload + at, .len = min(size, len - at) });
	assert_int_equal(eth0.sent_n, i);
	fake_forget(&eth0);
	net_poll();
}

static void segment_sizes(void **state)
{
	static const u16 sizes[] = { 1, 2, 3, 4, 5, 7, 8, 9, 18, 19, 500, 1471, 1472 };
	static const u32 n[] = { 1, 2, 3, 40, 62 };

	for (u32 kind = 0; kind < 4; kind++)
		for (u32 s = 0; s < ARRAY_SIZE(sizes); s++)
			for (u32 k = 0; k < ARRAY_SIZE(n); k++)
				for (u32 rest = 0; rest < 3; rest++) {
					u32 len = n[k] * sizes[s] - (rest == 1) + (rest == 2);
					const u8 *payload;

					if (len > 65507)
						continue;
					payload = noise(s + len, len);
					up(kind);
					assert_int_equal(segments(payload, len, sizes[s], 0), len);
					assert_segments(payload, len, sizes[s]);
				}
}

/* By the socket's option; a message's own wish goes first, and 0 is one. */
static void segment_option(void **state)
{
	const u8 *payload = noise(1, 1000);

	up(3);
	assert_int_equal(set_int(fd, SOL_UDP, UDP_SEGMENT, 300), 0);
	for (u32 i = 0; i < 3; i++) {
		assert_int_equal(send_to(fd, payload, 1000, 0, PEER_IP, PEER_PORT), 1000);
		assert_segments(payload, 1000, 300);
	}
	assert_int_equal(segments(payload, 1000, 100, 0), 1000);
	assert_segments(payload, 1000, 100);
	assert_int_equal(segments(payload, 1000, 0, 0), 1000);
	assert_segments(payload, 1000, 1000);
	assert_int_equal(set_int(fd, SOL_UDP, UDP_SEGMENT, 0), 0);
	assert_int_equal(send_to(fd, payload, 1000, 0, PEER_IP, PEER_PORT), 1000);
	assert_segments(payload, 1000, 1000);
	assert_int_equal(set_int(fd, SOL_UDP, UDP_SEGMENT, 65536), -EINVAL);
	assert_int_equal(set_int(fd, SOL_UDP, UDP_SEGMENT, -1), -EINVAL);
}

/* In slots that carry its headers all of it goes at once, or, if any of it cannot be read, nothing. */
static void ready_trains_of(u32 size)
{
	enum {
		N = 20
	};
	const u8 *payload = noise(size, N * size);
	u64 again, doorbells;

	for (u32 i = 0; i <= 2 * FAKE_RING; i += N) { /* from here on every slot does */
		assert_int_equal(segments(payload, N * size, (u16)size, 0), N * size);
		assert_segments(payload, N * size, size);
	}
	again = eth0.again_n;
	doorbells = eth0.doorbells;
	assert_int_equal(segments(payload, N * size, (u16)size, 0), N * size);
	assert_segments(payload, N * size, size);
	assert_int_equal(eth0.again_n - again, N);
	assert_int_equal(eth0.doorbells - doorbells, 1);
	for (u32 at = 0; at < N * size; at += 4096) { /* memory goes by pages */
		host_forbid((u8 *)ALIGN_DOWN((uintptr_t)payload + at, 4096), 4096);
		assert_int_equal(segments(payload, N * size, (u16)size, 0), -EFAULT);
		assert_int_equal(eth0.sent_n, 0);
	}
	host_forbid(NULL, 0);
	for (u32 i = 0; i < FAKE_RING; i += N) { /* a slot of another's meanwhile is no matter */
		assert_int_equal(segments(payload, N * size, (u16)size, 0), N * size);
		assert_segments(payload, N * size, size);
		assert_int_equal(send_to(fd, payload, i, 0, FAR_IP, 53), i);
		fake_forget(&eth0);
	}
}

static void ready_trains(void **state)
{
	static const u32 sizes[] = { 4, 6, 8, 9, 18, 132, 133, 1000 };

	for (u32 kind = 1; kind < 4; kind += 2)
		for (u32 i = 0; i < ARRAY_SIZE(sizes); i++) {
			up(kind);
			ready_trains_of(sizes[i]);
		}
}

/* Every slot carries the headers of a burst's segments. Returns them. */
static const u8 *carry(u32 len, u16 size)
{
	const u8 *payload;

	up(3);
	payload = noise(9, len + size);
	for (u32 i = 0; i < 2 * FAKE_RING; i++) {
		assert_int_equal(segments(payload, len, size, 0), len);
		assert_segments(payload, len, size);
	}
	return payload;
}

static void assert_in_pieces(const u8 *payload, u32 len, u32 cut, u16 size)
{
	struct message m;
	u8 first[100];

	memset(first, 0xcc, sizeof(first));
	memcpy(first, payload, cut);
	message_to(&m, first, cut, PEER_IP, PEER_PORT);
	message_piece(&m, payload + cut, len - cut);
	message_control(&m, SOL_UDP, UDP_SEGMENT, &size, sizeof(size));
	assert_int_equal(message_send(fd, &m, 0), len);
	assert_segments(payload, len, size);
}

/* And a burst comes whose last segment is shorter, or which lies in pieces far from each other. */
static void trains_that_are_not_quite_ready(void **state)
{
	const u8 *payload;

	for (u32 rest = 1; rest < 10; rest += 4)
		for (u32 cut = 0; cut < 100; cut += 7) {
			payload = carry(90, 10);
			assert_in_pieces(payload, 100, cut, 10);
			assert_int_equal(segments(payload, 90 + rest, 10, 0), 90 + rest);
			assert_segments(payload, 90 + rest, 10);
			assert_in_pieces(payload, 100, cut, 10);
		}
}

/* One of many has control data, and is like the others otherwise. */
static void one_of_many_is_controlled(void **state)
{
	struct message m;

	for (u32 at = 0; at < 30; at += 7) {
		up(3);
		prepare(30, 12);
		for (u32 i = 0; i < 2 * FAKE_RING / 30 + 2; i++) {
			fake_forget(&eth0);
			assert_int_equal(send_many(30, 0), 30);
			net_poll();
		}
		message_to(&m, iov[at].base, 12, PEER_IP, PEER_PORT);
		message_control(&m, SOL_IP, IP_TTL, &(s32){ 5 }, 4);
		vec[at] = m.m;
		fake_forget(&eth0);
		assert_int_equal(send_many(30, 0), 30);
		for (u32 i = 0; i < 30; i++)
			assert_int_equal(eth0.sent[i].bytes[22], i == at ? 5 : 64);
	}
}

static void segments_refused(void **state)
{
	const u8 *payload = noise(1, 65000);

	up(3);
	assert_int_equal(segments(payload, 129, 1, 0), -EINVAL);
	assert_int_equal(segments(payload, 3000, 1473, 0), -EMSGSIZE);
	assert_int_equal(segments(payload, 65508, 1472, 0), -EMSGSIZE);
	assert_int_equal(segments(payload, 1473, 1473, 0), -EMSGSIZE); /* one is not cut, either */
	assert_int_equal(segments(payload, 1900, 2000, 0), -EMSGSIZE);
	assert_int_equal(set_int(fd, SOL_SOCKET, SO_NO_CHECK, 1), 0);
	assert_int_equal(segments(payload, 300, 100, 0), -EINVAL);
	assert_int_equal(segments(payload, 100, 100, 0), -EINVAL);
	assert_int_equal(set_int(fd, SOL_SOCKET, SO_NO_CHECK, 0), 0);
	for (u32 page = 0; page < 3; page++) { /* if any page cannot be read, nothing is sent */
		host_forbid((u8 *)ALIGN_DOWN((uintptr_t)payload, 4096) + page * 4096, 4096);
		assert_int_equal(segments(payload, 12000, 1000, 0), -EFAULT);
	}
	host_forbid(payload + 11999, 1);
	assert_int_equal(segments(payload, 12000, 1000, 0), -EFAULT);
	host_forbid(NULL, 0);
	assert_int_equal(eth0.sent_n, 0);
	assert_int_equal(segments(payload, 6000, 1000, 0), 6000);
	assert_segments(payload, 6000, 1000);
	assert_int_equal(segments(payload, 1472, 65535, 0), 1472);
	assert_segments(payload, 1472, 65535);
	assert_int_equal(segments(payload, 0, 2000, 0), 0);
	assert_segments(payload, 0, 2000);
}

static void segments_of_pieces(void **state)
{
	static const u32 cut[] = { 1, 99, 100, 101, 250, 999 };
	const u8 *payload = noise(4, 1000);
	u16 size = 100;

	for (u32 kind = 0; kind < 4; kind++)
		for (u32 i = 0; i < ARRAY_SIZE(cut); i++) {
			struct message m;

			up(kind);
			message_to(&m, payload, cut[i], PEER_IP, PEER_PORT);
			message_piece(&m, payload, 0);
			message_piece(&m, payload + cut[i], 1000 - cut[i]);
			message_control(&m, SOL_UDP, UDP_SEGMENT, &size, sizeof(size));
			assert_int_equal(message_send(fd, &m, 0), 1000);
			assert_segments(payload, 1000, 100);
		}
}

static void unstick(void *arg)
{
	eth0.stuck = false;
}

/* All or none: with too little room none, and a sender that waits gets all of them out. */
static void segments_need_room(void **state)
{
	const u8 *payload = noise(4, 1000);

	for (u32 kind = 0; kind < 4; kind++)
		for (u32 room = 0; room < 10; room++) {
			up(kind);
			host_tick_clock(NSEC_PER_USEC);
			eth0.stuck = true;
			while (eth0.dev.tx_room > room)
				assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, 9), 1);
			fake_forget(&eth0);
			assert_int_equal(segments(payload, 1000, 100, MSG_DONTWAIT), -EAGAIN);
			assert_int_equal(eth0.sent_n, 0);
			host_on_idle(unstick, NULL);
			assert_int_equal(segments(payload, 1000, 100, 0), 1000);
			assert_segments(payload, 1000, 100);
			host_tick_clock(0);
		}
}

/* ---- control messages --------------------------------------------------------------------- */

static long controlled(s32 level, s32 type, const void *data, u32 len)
{
	struct message m;

	message_to(&m, bytes, 50, PEER_IP, PEER_PORT);
	message_control(&m, level, type, data, len);
	fake_forget(&eth0);
	return message_send(fd, &m, 0);
}

static void assert_only(struct datagram d)
{
	d.payload = bytes;
	d.len = 50;
	assert_int_equal(eth0.sent_n, 1);
	assert_datagram(0, &d);
	fake_forget(&eth0);
	assert_int_equal(send_to(fd, bytes, 50, 0, PEER_IP, PEER_PORT), 50);
	assert_datagram(0, &(struct datagram){ .payload = bytes, .len = 50 });
}

static void this_message_alone(void **state)
{
	struct {
		s32 ifindex;
		be32 spec_dst, addr;
	} info = { eth0.dev.ifindex, cpu_to_be32(0x0a000055), { 0 } };
	static const s32 let_pass[] = { SO_MARK, SO_PRIORITY, 1, 2 }; /* SCM_RIGHTS, _CREDENTIALS */
	s32 ttl = 5, tos = 0x48, mark = 9;
	struct message m;
	u8 tos8 = 0x20;

	assert_int_equal(inet_insert_ifa(&eth0.dev, info.spec_dst, 24), 0);
	for (u32 kind = 0; kind < 4; kind++) {
		up(kind);
		bytes = noise(kind, 50);
		assert_int_equal(controlled(SOL_IP, IP_TTL, &ttl, 4), 50);
		assert_only((struct datagram){ .ttl = 5 });
		assert_int_equal(controlled(SOL_IP, IP_TOS, &tos, 4), 50);
		assert_only((struct datagram){ .tos = 0x48 });
		assert_int_equal(controlled(SOL_IP, IP_TOS, &tos8, 1), 50);
		assert_only((struct datagram){ .tos = 0x20 });
		assert_int_equal(controlled(SOL_IP, IP_PKTINFO, &info, 12), 50);
		assert_only((struct datagram){ .from = 0x0a000055 });
		for (u32 i = 0; i < ARRAY_SIZE(let_pass); i++) {
			assert_int_equal(controlled(SOL_SOCKET, let_pass[i], &mark, 4), 50);
			assert_only((struct datagram){ .len = 0 });
		}
		assert_int_equal(controlled(77, 1, &mark, 4), 50); /* another level */
		assert_only((struct datagram){ .len = 0 });
		message_to(&m, bytes, 50, PEER_IP, PEER_PORT);
		message_control(&m, SOL_IP, IP_TTL, &ttl, 4);
		message_control(&m, SOL_IP, IP_PKTINFO, &info, 12);
		message_control(&m, SOL_IP, IP_TOS, &tos8, 1);
		fake_forget(&eth0);
		assert_int_equal(message_send(fd, &m, 0), 50);
		assert_only((struct datagram){ .ttl = 5, .tos = 0x20, .from = 0x0a000055 });
		fake_forget(&eth0);
		message_to(&m, bytes, 50, FAR_IP, PEER_PORT);
		assert_int_equal(message_send(fd, &m, MSG_DONTROUTE), -ENETUNREACH);
		message_to(&m, bytes, 50, PEER_IP, PEER_PORT);
		assert_int_equal(message_send(fd, &m, MSG_DONTROUTE), 50);
		assert_only((struct datagram){ .len = 0 });
	}
}

static void malformed(void **state)
{
	static const struct {
		s32 level, type, value;
		u32 len;
	} bad[] = {
		{ SOL_IP, IP_TTL, 0, 4 },
		{ SOL_IP, IP_TTL, 256, 4 },
		{ SOL_IP, IP_TTL, -1, 4 },
		{ SOL_IP, IP_TTL, 5, 1 },
		{ SOL_IP, IP_TTL, 5, 3 },
		{ SOL_IP, IP_TTL, 5, 0 },
		{ SOL_IP, IP_TOS, 256, 4 },
		{ SOL_IP, IP_TOS, -1, 4 },
		{ SOL_IP, IP_TOS, 0, 2 },
		{ SOL_IP, IP_TOS, 0, 0 },
		{ SOL_IP, IP_PKTINFO, 0, 4 },
		{ SOL_IP, 99, 0, 4 },
		{ SOL_UDP, UDP_SEGMENT, 5, 4 },
		{ SOL_UDP, UDP_SEGMENT, 5, 1 },
		{ SOL_UDP, 99, 5, 2 },
		{ SOL_SOCKET, SO_MARK, 1, 2 },
		{ SOL_SOCKET, SO_PRIORITY, 1, 8 },
		{ SOL_SOCKET, 3, 1, 4 },
		{ SOL_SOCKET, 99, 1, 4 },
	};
	be32 info[3] = { { 0 }, cpu_to_be32(0x01020304), { 0 } };
	struct message m;

	up(3);
	bytes = noise(1, 50);
	for (u32 i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(
			controlled(bad[i].level, bad[i].type, &bad[i].value, bad[i].len), -EINVAL);
	assert_int_equal(controlled(SOL_IP, IP_PKTINFO, info, 12), -ENETUNREACH); /* not ours */
	for (u32 len = 0; len < 40; len++) { /* the header's own length: too short, too long */
		if (len == 17 || len == 20)
			continue;
		message_to(&m, bytes, 50, PEER_IP, PEER_PORT);
		message_control(&m, SOL_IP, IP_TOS, &(s32){ 8 }, 4);
		m.control[0] = len;
		assert_int_equal(message_send(fd, &m, 0), -EINVAL);
	}
	message_to(&m, bytes, 50, PEER_IP, PEER_PORT);
	message_control(&m, SOL_IP, IP_TOS, &(s32){ 8 }, 4);
	m.control[0] = ~0ull;
	assert_int_equal(message_send(fd, &m, 0), -EINVAL);
	m.m.hdr.controllen = 1025;
	assert_int_equal(message_send(fd, &m, 0), -ENOBUFS);
	m.m.hdr.controllen = 24;
	m.m.hdr.control = 9;
	assert_int_equal(message_send(fd, &m, 0), -EFAULT);
	m.m.hdr.controllen = 15; /* not even a header: nothing, as on Linux */
	m.m.hdr.control = user(m.control);
	assert_int_equal(eth0.sent_n, 0);
	assert_int_equal(message_send(fd, &m, 0), 50);
}

/* The last header fills the kernel's buffer to its end: there are no data behind it. */
static void at_the_end_of_the_buffer(void **state)
{
	static u64 control[1024 / 8];
	struct cmsghdr *c = (void *)control;
	struct message m;

	up(3);
	bytes = noise(1, 50);
	*c = (struct cmsghdr){ 1008, 77, 0 };
	c = (void *)(control + 1008 / 8);
	*c = (struct cmsghdr){ 16, SOL_IP, IP_TOS };
	message_to(&m, bytes, 50, PEER_IP, PEER_PORT);
	m.m.hdr.control = user(control);
	m.m.hdr.controllen = 1024;
	assert_int_equal(message_send(fd, &m, 0), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest send_many_tests[] = {
		STACK_TEST(one_length),
		STACK_TEST(mixed),
		STACK_TEST(counts),
		STACK_TEST(bad_messages),
		STACK_TEST(the_length_cannot_be_told),
		STACK_TEST(full_in_the_middle),
		STACK_TEST(segment_sizes),
		STACK_TEST(segment_option),
		STACK_TEST(ready_trains),
		STACK_TEST(trains_that_are_not_quite_ready),
		STACK_TEST(one_of_many_is_controlled),
		STACK_TEST(segments_refused),
		STACK_TEST(segments_of_pieces),
		STACK_TEST(segments_need_room),
		STACK_TEST(this_message_alone),
		STACK_TEST(malformed),
		STACK_TEST(at_the_end_of_the_buffer),
	};

	return cmocka_run_group_tests(send_many_tests, NULL, NULL);
}
