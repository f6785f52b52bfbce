/* SPDX-License-Identifier: MIT
 * datagrams.c - what a datagram must look like on the fake card's wire, worked out a second time.
 * Not here: the stack and the card (stack.c).
 * The tests of the ways to send call in.
 * Source: RFC 768, RFC 791, RFC 1071; IEEE 802.3 3.2.8 (padding). */
#include "tests/unit/datagrams.h"
#include "kernel/lib/string.h"
#include "net/udp/ip_cmsg_send.h"

static const u8 our_mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 1 };

static void put32(u8 *at, u32 value)
{
	put16(at, (u16)(value >> 16));
	put16(at + 2, (u16)value);
}

static struct datagram with_the_usual(const struct datagram *given)
{
	struct datagram d = *given;

	d.to = d.to ? d.to : PEER_IP;
	d.from = d.from ? d.from : OUR_IP;
	d.port = d.port ? d.port : PEER_PORT;
	d.source = d.source ? d.source : OUR_PORT;
	d.ttl = d.ttl ? d.ttl : 64;
	d.mac = d.mac ? d.mac : d.to == PEER_IP ? peer_mac : gateway_mac;
	return d;
}

/* The UDP header and all of the payload, with the checksum. Returns their length. */
static u32 udp_bytes(u8 *at, const struct datagram *d)
{
	u32 len = d->len + 8, pseudo;
	u16 check;

	put16(at, d->source);
	put16(at + 2, d->port);
	put16(at + 4, (u16)len);
	put16(at + 6, 0);
	memcpy(at + 8, d->payload, d->len);
	pseudo = (d->from >> 16) + (d->from & 0xffff) + (d->to >> 16) + (d->to & 0xffff) + 17 + len;
	check = rfc1071(at, len, pseudo);
	if (!d->no_check)
		put16(at + 6, check ? check : 0xffff);
	return len;
}

/* Ethernet's and IPv4's header before len bytes. */
static void headers(u8 *f, const struct datagram *d, u32 len, u16 id, u16 fragment)
{
	memcpy(f, d->mac, ETH_ALEN);
	memcpy(f + 6, our_mac, ETH_ALEN);
	put16(f + 12, 0x0800);
	f[14] = 0x45;
	f[15] = d->tos;
	put16(f + 16, (u16)(len + 20));
	put16(f + 18, id);
	put16(f + 20, fragment);
	f[22] = d->ttl;
	f[23] = 17;
	put32(f + 26, d->from);
	put32(f + 30, d->to);
	fix_ip_checksum(f);
}

static void assert_bytes(u32 i, const u8 *expected, u32 len)
{
	assert_true(i < eth0.sent_n && i < FAKE_FRAMES_MAX);
	assert_int_equal(eth0.sent[i].len, max(len, 60u));
	assert_memory_equal(eth0.sent[i].bytes, expected, eth0.sent[i].len);
}

void assert_datagram(u32 i, const struct datagram *given)
{
	struct datagram d = with_the_usual(given);
	u8 frame[FAKE_FRAME_MAX] = { 0 };
	u32 len = udp_bytes(frame + 34, &d);

	headers(frame, &d, len, 0, 0x4000);
	assert_bytes(i, frame, 34 + len);
}

u32 assert_fragments(u32 first, const struct datagram *given, u32 mtu)
{
	static u8 whole[65536];
	struct datagram d = with_the_usual(given);
	u32 len = udp_bytes(whole, &d), unit = (mtu - 20) / 8 * 8, i = first;

	assert_true(first < eth0.sent_n);
	for (u32 at = 0; at < len; at += unit, i++) {
		u8 frame[FAKE_FRAME_MAX] = { 0 };
		u32 n = min(unit, len - at);

		memcpy(frame + 34, whole + at, n);
		headers(frame, &d, n, get16(eth0.sent[first].bytes + 18),
			(u16)(at / 8 | (at + n < len ? 0x2000 : 0)));
		assert_bytes(i, frame, 34 + n);
	}
	return i - first;
}

const u8 *noise(u32 seed, u32 n)
{
	static u8 bytes[2][70000];
	static u32 which;
	u8 *at = bytes[which ^= 1];

	for (u32 i = 0; i < n; i++) {
		seed = seed * 1664525u + 1013904223u; /* Numerical Recipes' generator */
		at[i] = (u8)(seed >> 24);
	}
	return at;
}

/* ---- the card ---------------------------------------------------------------------------- */

void card_is(bool keep, bool checksums)
{
	eth0.keep = keep;
	eth0.dev.features = checksums ? NETIF_F_HW_CSUM : 0;
	net_poll();
	fake_forget(&eth0);
	fake_give_back_all();
	net_changed(&init_net);
}

void fill_with_junk(int fd)
{
	struct sk_buff_head held = { .n = 0 };

	stack_take_packets(&held, 0);
	for (struct sk_buff *skb = held.first; skb; skb = skb->next)
		memset(skb_slot(skb) + SKB_FRAME_OFF, 0xee,
			(skb_is_small(skb) ? SKB_SMALL : SKB_SLOT) - SKB_FRAME_OFF);
	stack_give_packets(&held);
	for (u32 i = 0; i < FAKE_RING; i++)
		assert_int_equal(send_to(fd, noise(i, PAYLOAD_MAX), PAYLOAD_MAX, 0, PEER_IP, 9),
			PAYLOAD_MAX);
	fake_forget(&eth0);
}

/* ---- messages ---------------------------------------------------------------------------- */

void message_to(struct message *m, const void *data, size_t len, u32 ip, u16 port)
{
	memset(m, 0, sizeof(*m));
	m->to = inet_addr_of(ip, port);
	m->m.hdr.name = ip || port ? user(&m->to) : 0;
	m->m.hdr.namelen = ip || port ? sizeof(m->to) : 0;
	m->m.hdr.iov = user(m->iov);
	m->m.len = 0xdead;
	message_piece(m, data, len);
}

void message_piece(struct message *m, const void *data, size_t len)
{
	m->iov[m->m.hdr.iovlen++] = (struct iovec){ (void *)(uintptr_t)data, len };
}

void message_control(struct message *m, s32 level, s32 type, const void *data, u32 len)
{
	struct cmsghdr *c = (void *)((u8 *)m->control + m->m.hdr.controllen);

	assert_true(m->m.hdr.controllen + CMSG_ALIGN(CMSG_LEN(len)) <= sizeof(m->control));
	*c = (struct cmsghdr){ CMSG_LEN(len), level, type };
	memcpy(c + 1, data, len);
	m->m.hdr.control = user(m->control);
	m->m.hdr.controllen += CMSG_ALIGN(CMSG_LEN(len));
}

long message_send(int fd, struct message *m, u32 flags)
{
	return sys_sendmsg(fd, user(&m->m.hdr), flags);
}
