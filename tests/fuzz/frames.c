/* SPDX-License-Identifier: MIT
 * frames.c - frames as other hosts might send them, made from a fuzzer's bytes: their sums are right, most
 * of their lengths, too.
 * Not here: their receivers.
 * fuzz_calls.c calls in.
 * Source: RFC 768, 791, 792, 826, 2236; IEEE 802.1Q. */
#include "tests/fuzz/frames.h"
#include "net/wire/arp.h"
#include "net/wire/icmp.h"
#include "net/wire/igmp.h"
#include "net/wire/ip.h"
#include "net/wire/udp.h"
#include "tests/fuzz/values.h"
#include "tests/unit/octets.h"

static void put_be32(u8 *at, be32 value)
{
	memcpy(at, &value, sizeof(value));
}

static u32 build_arp(struct bytes *b, u8 *at)
{
	struct arphdr arp = { .ar_hrd = cpu_to_be16(ARPHRD_ETHER),
		.ar_pro = cpu_to_be16(ETH_P_IP),
		.ar_hln = ETH_ALEN,
		.ar_pln = 4,
		.ar_op = cpu_to_be16((u16)(1 + pick(b, 3))),
		.ar_sip = value_ipv4(b),
		.ar_tip = value_ipv4(b) };

	value_mac(b, arp.ar_sha);
	value_mac(b, arp.ar_tha);
	memcpy(at, &arp, sizeof(arp));
	if (now_and_then(b))
		at[pick(b, 8)] = take(b);
	return sizeof(arp);
}

static u32 build_udp(struct bytes *b, const u8 *ip, u8 *at)
{
	static const u16 lengths[] = { 0, 1, 6, 18, 100, 1400 };
	u32 payload = PICK_OF(b, lengths), len = UDP_HLEN + payload, pseudo = IPPROTO_UDP + len;
	be16 source = value_port(b), dest = value_port(b);

	memcpy(at, &source, 2);
	memcpy(at + 2, &dest, 2);
	put16(at + 4, now_and_then(b) ? take_u16(b) : len);
	put16(at + 6, 0);
	memset(at + UDP_HLEN, take(b), payload);
	for (u32 i = 12; i < 20; i += 2)
		pseudo += (u32)(ip[i] << 8 | ip[i + 1]);
	if (pick(b, 4))
		put16(at + 6, rfc1071(at, len, pseudo));
	return len;
}

/* An error quotes what we sent, with as much behind its header as there is, or cut. */
static u32 build_icmp(struct bytes *b, const u8 *quoted, u32 quoted_len, u8 *at)
{
	static const u8 types[] = { ICMP_DEST_UNREACH, ICMP_ECHO, ICMP_TIME_EXCEEDED,
		ICMP_PARAMETERPROB, ICMP_ECHOREPLY, 5, 13 };
	u8 type = PICK_OF(b, types);
	u32 quote = quoted_len > ETH_HLEN ? min(quoted_len - ETH_HLEN, 64u) : 0;

	at[0] = type;
	at[1] = (u8)pick(b, 18);
	put16(at + 4, take(b));
	put16(at + 6, pick(b, 2) ? 1000 : take_u16(b));
	if (now_and_then(b))
		quote = min(quote, pick(b, 65));
	if (quote)
		memcpy(at + 8, quoted + ETH_HLEN, quote);
	if (now_and_then(b) && quote)
		at[8 + pick(b, quote)] ^= take(b);
	put16(at + 2, 0);
	put16(at + 2, rfc1071(at, 8 + quote, 0));
	return 8 + quote;
}

static u32 build_igmp(struct bytes *b, u8 *at)
{
	static const u8 types[] = { 0x11, 0x16, 0x12, 0x17, 0x22 };
	u32 len = pick(b, 2) ? 8 : 12;

	at[0] = PICK_OF(b, types);
	at[1] = take(b);
	put_be32(at + 4, pick(b, 2) ? BE32_ZERO : value_ipv4(b));
	put16(at + 8, take(b));
	put16(at + 10, 0);
	put16(at + 2, 0);
	put16(at + 2, rfc1071(at, len, 0));
	return len;
}

static u32 build_ip(struct bytes *b, const u8 *quoted, u32 quoted_len, u8 *ip)
{
	static const u8 protocols[] = { IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_IGMP, IPPROTO_UDP,
		IPPROTO_TCP, 99 };
	static const u8 options[][4] = { { 1, 1, 1, 0 }, { 0x94, 4, 0, 0 }, { 131, 4, 4, 0 },
		{ 137, 3, 4, 0 }, { 7, 40, 4, 0 }, { 68, 0, 0, 0 } };
	u32 protocol = PICK_OF(b, protocols), header = IP_HLEN + (now_and_then(b) ? 4 : 0), len;

	memset(ip, 0, header);
	ip[0] = (u8)(0x40 | header / 4);
	put16(ip + 4, take(b));
	put16(ip + 6, now_and_then(b) ? take_u16(b) : 0);
	ip[8] = (u8)(1 + take(b) % 64);
	ip[9] = (u8)protocol;
	put_be32(ip + 12, value_ipv4(b));
	put_be32(ip + 16, value_ipv4(b));
	if (header > IP_HLEN)
		memcpy(ip + IP_HLEN, PICK_OF(b, options), 4);
	if (protocol == IPPROTO_ICMP)
		len = build_icmp(b, quoted, quoted_len, ip + header);
	else if (protocol == IPPROTO_IGMP)
		len = build_igmp(b, ip + header);
	else
		len = build_udp(b, ip, ip + header);
	put16(ip + 2, now_and_then(b) ? take_u16(b) : header + len);
	if (now_and_then(b))
		ip[0] = take(b);
	put16(ip + 10, now_and_then(b) ? take(b) : rfc1071(ip, header, 0));
	return header + len;
}

u32 frame_build(
	struct bytes *b, const u8 mac[6], const u8 *quoted, u32 quoted_len, u8 frame[FRAME_MAX])
{
	static const u8 all[6] = { 255, 255, 255, 255, 255, 255 };
	u32 kind = pick(b, 8), at = 12, len;

	memset(frame, 0, FRAME_MAX);
	memcpy(frame, pick(b, 4) ? mac : all, 6);
	if (now_and_then(b))
		value_mac(b, frame);
	value_mac(b, frame + 6);
	if (kind == 7) {
		take_data(b, frame + at, 60);
		return pick(b, 75);
	}
	if (now_and_then(b)) {
		put16(frame + at, pick(b, 2) ? ETH_P_8021Q : ETH_P_8021AD);
		put16(frame + at + 2, pick(b, 2) ? 0xe000 : take(b));
		at += 4;
	}
	put16(frame + at, kind == 0 ? ETH_P_ARP : ETH_P_IP);
	at += 2;
	len = kind == 0 ? build_arp(b, frame + at) : build_ip(b, quoted, quoted_len, frame + at);
	len = max(at + len, (u32)ETH_ZLEN);
	return now_and_then(b) ? pick(b, min(len, 255u)) : len;
}
