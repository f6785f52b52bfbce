/* SPDX-License-Identifier: MIT
 * values.c - what programs pass to calls and put into messages, made from a fuzzer's bytes.
 * Not here: the calls (fuzz_calls.c).
 * fuzz_calls.c, frames.c and messages.c call in.
 * Source: netdevice(7), ip(7), packet(7), netlink(7), cmsg(3). */
#include "tests/fuzz/values.h"
#include "net/packet/af_packet.h"
#include "net/packet/bpf.h"
#include "net/socket/sockopt.h"
#include "net/wire/ip.h"
#include "net/wire/netlink.h"

be32 value_ipv4(struct bytes *b)
{
	static const u32 known[] = { 0x0a000002, 0x0a000001, 0x0a000003, 0x0a0000fe, 0xc0000201,
		0x7f000001, 0, 0xffffffff, 0x0a0000ff, 0xef000001, 0xe0000001, 0x0a010002,
		0x0a010001, 0x7f010203, 0x0a000000, 0xf0000001, 0xc0a80001, 0xffffff00 };
	return cpu_to_be32(now_and_then(b) ? take_u32(b) : PICK_OF(b, known));
}

be16 value_port(struct bytes *b)
{
	static const u16 known[] = { 5000, 4747, 0, 5001, 53, 1, 65535, 40000 };

	return cpu_to_be16(now_and_then(b) ? take_u16(b) : PICK_OF(b, known));
}

s32 value_ifindex(struct bytes *b)
{
	static const s32 known[] = { 2, 3, 1, 0, 2, 4, -1 };

	return PICK_OF(b, known);
}

void value_name(struct bytes *b, char name[16])
{
	static const char *const known[] = { "eth0", "eth1", "lo", "eth9", "", "eth0/x", "dev0",
		"x y" };

	memset(name, 0, 16);
	if (now_and_then(b))
		take_data(b, name, 16);
	else
		strcpy(name, PICK_OF(b, known));
}

void value_mac(struct bytes *b, u8 mac[6])
{
	static const u8 known[][6] = { { 2, 0, 0, 0, 0, 1 }, { 2, 0, 0, 0, 0, 2 },
		{ 2, 0, 0, 0, 0, 9 }, { 255, 255, 255, 255, 255, 255 }, { 1, 0, 0x5e, 0, 0, 1 },
		{ 0 } };

	memcpy(mac, PICK_OF(b, known), 6);
}

/* ---- addresses --------------------------------------------------------------------------- */

static u32 inet_address(struct bytes *b, struct sockaddr_storage *addr)
{
	addr->in = (struct sockaddr_in){
		.sin_family = AF_INET, .sin_addr = value_ipv4(b), .sin_port = value_port(b)
	};
	return sizeof(addr->in);
}

static u32 packet_address(struct bytes *b, struct sockaddr_storage *addr)
{
	static const u16 protocols[] = { ETH_P_IP, ETH_P_ARP, ETH_P_ALL, 0, 0x88cc };
	struct sockaddr_ll ll = { .sll_family = AF_PACKET,
		.sll_protocol = cpu_to_be16(PICK_OF(b, protocols)),
		.sll_ifindex = value_ifindex(b),
		.sll_halen = ETH_ALEN };

	value_mac(b, ll.sll_addr);
	memcpy(addr->bytes, &ll, sizeof(ll));
	return sizeof(ll);
}

static u32 netlink_address(struct bytes *b, struct sockaddr_storage *addr)
{
	static const u32 pids[] = { 0, 1, 77, 0xffffffff };
	struct sockaddr_nl nl = {
		.nl_family = AF_NETLINK, .nl_pid = PICK_OF(b, pids), .nl_groups = take(b)
	};

	memcpy(addr->bytes, &nl, sizeof(nl));
	return sizeof(nl);
}

u32 value_sockaddr(struct bytes *b, struct sockaddr_storage *addr)
{
	u32 len;

	memset(addr, 0, sizeof(*addr));
	switch (pick(b, 8)) {
	case 0:
		len = packet_address(b, addr);
		break;
	case 1:
		len = netlink_address(b, addr);
		break;
	case 2:
		len = sizeof(addr->in); /* AF_UNSPEC */
		if (pick(b, 2)) {
			addr->family = AF_UNIX;
			strcpy((char *)addr->bytes + 2, pick(b, 2) ? "/dev/log" : "/x");
		}
		break;
	case 3:
		take_data(b, addr->bytes, 24);
		len = pick(b, SOCKADDR_MAX + 8);
		break;
	default:
		len = inet_address(b, addr);
	}
	return now_and_then(b) ? len - pick(b, 18) : len;
}

/* ---- options ----------------------------------------------------------------------------- */

enum kind {
	INT,
	TIME,
	NAME,
	RATE,
	GROUP,
	PACKET_GROUP,
	FILTER,
	ADDRESS,
	INDEX,
	KINDS
};

static const struct {
	u16 level;
	u8 name, kind;
} options[] = {
	{ SOL_SOCKET, SO_DEBUG, INT },
	{ SOL_SOCKET, SO_REUSEADDR, INT },
	{ SOL_SOCKET, SO_TYPE, INT },
	{ SOL_SOCKET, SO_ERROR, INT },
	{ SOL_SOCKET, SO_DONTROUTE, INT },
	{ SOL_SOCKET, SO_BROADCAST, INT },
	{ SOL_SOCKET, SO_SNDBUF, INT },
	{ SOL_SOCKET, SO_RCVBUF, INT },
	{ SOL_SOCKET, SO_KEEPALIVE, INT },
	{ SOL_SOCKET, SO_OOBINLINE, INT },
	{ SOL_SOCKET, SO_NO_CHECK, INT },
	{ SOL_SOCKET, SO_PRIORITY, INT },
	{ SOL_SOCKET, SO_LINGER, RATE },
	{ SOL_SOCKET, SO_REUSEPORT, INT },
	{ SOL_SOCKET, SO_RCVLOWAT, INT },
	{ SOL_SOCKET, SO_SNDLOWAT, INT },
	{ SOL_SOCKET, SO_RCVTIMEO, TIME },
	{ SOL_SOCKET, SO_SNDTIMEO, TIME },
	{ SOL_SOCKET, SO_BINDTODEVICE, NAME },
	{ SOL_SOCKET, SO_ATTACH_FILTER, FILTER },
	{ SOL_SOCKET, SO_DETACH_FILTER, INT },
	{ SOL_SOCKET, SO_TIMESTAMP, INT },
	{ SOL_SOCKET, SO_ACCEPTCONN, INT },
	{ SOL_SOCKET, SO_SNDBUFFORCE, INT },
	{ SOL_SOCKET, SO_RCVBUFFORCE, INT },
	{ SOL_SOCKET, SO_TIMESTAMPNS, INT },
	{ SOL_SOCKET, SO_MARK, INT },
	{ SOL_SOCKET, SO_PROTOCOL, INT },
	{ SOL_SOCKET, SO_DOMAIN, INT },
	{ SOL_SOCKET, SO_RXQ_OVFL, INT },
	{ SOL_SOCKET, SO_MAX_PACING_RATE, RATE },
	{ SOL_SOCKET, SO_BINDTOIFINDEX, INDEX },
	{ SOL_IP, IP_TOS, INT },
	{ SOL_IP, IP_TTL, INT },
	{ SOL_IP, IP_OPTIONS, INT },
	{ SOL_IP, IP_PKTINFO, INT },
	{ SOL_IP, IP_MTU_DISCOVER, INT },
	{ SOL_IP, IP_RECVERR, INT },
	{ SOL_IP, IP_RECVTTL, INT },
	{ SOL_IP, IP_RECVTOS, INT },
	{ SOL_IP, IP_MTU, INT },
	{ SOL_IP, IP_FREEBIND, INT },
	{ SOL_IP, IP_BIND_ADDRESS_NO_PORT, INT },
	{ SOL_IP, IP_MULTICAST_IF, GROUP },
	{ SOL_IP, IP_MULTICAST_IF, ADDRESS },
	{ SOL_IP, IP_MULTICAST_TTL, INT },
	{ SOL_IP, IP_MULTICAST_LOOP, INT },
	{ SOL_IP, IP_ADD_MEMBERSHIP, GROUP },
	{ SOL_IP, IP_DROP_MEMBERSHIP, GROUP },
	{ SOL_IP, IP_MULTICAST_ALL, INT },
	{ SOL_UDP, UDP_CORK, INT },
	{ SOL_UDP, UDP_SEGMENT, INT },
	{ SOL_PACKET, 1, PACKET_GROUP },
	{ SOL_PACKET, 2, PACKET_GROUP },
	{ SOL_PACKET, 6, INT },
	{ SOL_PACKET, 23, INT },
	{ SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, INT },
	{ SOL_NETLINK, NETLINK_DROP_MEMBERSHIP, INT },
	{ SOL_NETLINK, NETLINK_PKTINFO, INT },
	{ SOL_NETLINK, NETLINK_NO_ENOBUFS, INT },
	{ SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, INT },
	{ SOL_NETLINK, NETLINK_EXT_ACK, INT },
};

static s32 number(struct bytes *b)
{
	static const s32 known[] = { 0, 1, 2, 3, 5, 64, 100, 255, 256, 1472, 1473, 4096, 65535, -1,
		0x7fffffff };

	return now_and_then(b) ? (s32)take_u32(b) : PICK_OF(b, known);
}

/* Load the protocol, or what is there, and compare: short programs that end, most of them right. */
static u64 filter_program(struct bytes *b, struct sock_filter *program, u16 *n)
{
	static const u16 codes[] = { 0x28, 0x20, 0x30, 0x15, 0x25, 0x45, 0x54, 0x04, 0x06, 0x16,
		0x80, 0xb1, 0x07, 0x87, 0x48, 0x02, 0x60 };

	*n = (u16)(1 + pick(b, 6));
	for (u32 i = 0; i < *n; i++)
		program[i] = (struct sock_filter){ .code = i + 1u == *n ? 0x06 : PICK_OF(b, codes),
			.jt = (u8)pick(b, 4),
			.jf = (u8)pick(b, 4),
			.k = now_and_then(b) ? take_u32(b) : take(b) };
	return (u64)(uintptr_t)program;
}

static void put_group(struct bytes *b, struct option_value *o)
{
	be32 value[3] = { value_ipv4(b), value_ipv4(b), { 0 } };
	s32 index = value_ifindex(b);

	memcpy(&value[2], &index, sizeof(index));
	memcpy(o->bytes, value, sizeof(value));
	o->len = pick(b, 2) ? 12 : 8;
}

static void put_packet_group(struct bytes *b, struct option_value *o)
{
	struct {
		s32 ifindex;
		u16 type, alen;
		u8 address[8];
	} mreq = { value_ifindex(b), (u16)pick(b, 5), 6, { 1, 0, 0x5e, 0, 0, 1 } };

	memcpy(o->bytes, &mreq, sizeof(mreq));
	o->len = sizeof(mreq);
}

static void put_value(struct bytes *b, enum kind kind, struct option_value *o)
{
	static struct sock_filter program[8];
	static const u64 rates[] = { 0, 1000, 100000, 1000000000, 0xffffffff, UINT64_MAX };
	be32 address;
	u16 n;

	o->len = 4;
	switch (kind) {
	case TIME:
		o->bytes[0] = pick(b, 3);
		o->bytes[1] = take(b) * 4000ull;
		o->len = 16;
		break;
	case NAME:
		value_name(b, (char *)o->bytes);
		o->len = (u32)strnlen((char *)o->bytes, 16);
		break;
	case RATE:
		o->bytes[0] = PICK_OF(b, rates);
		o->len = 8;
		break;
	case GROUP:
		put_group(b, o);
		break;
	case PACKET_GROUP:
		put_packet_group(b, o);
		break;
	case FILTER:
		o->bytes[1] = filter_program(b, program, &n);
		o->bytes[0] = n;
		o->len = 16;
		break;
	case ADDRESS:
		address = value_ipv4(b);
		memcpy(o->bytes, &address, sizeof(address));
		break;
	case INDEX:
		o->bytes[0] = (u32)value_ifindex(b);
		break;
	default:
		o->bytes[0] = (u32)number(b);
	}
}

void value_option(struct bytes *b, struct option_value *o)
{
	u32 i = pick(b, ARRAY_SIZE(options));
	enum kind kind = now_and_then(b) ? pick(b, KINDS) : options[i].kind;

	memset(o, 0, sizeof(*o));
	o->level = options[i].level;
	o->name = options[i].name;
	put_value(b, kind, o);
	if (now_and_then(b))
		o->len = pick(b, sizeof(o->bytes) + 4);
	if (now_and_then(b))
		o->name = take(b);
}

/* ---- control messages --------------------------------------------------------------------- */

static const struct {
	u16 level;
	u8 type, len;
} controls[] = {
	{ SOL_IP, IP_TOS, 4 }, { SOL_IP, IP_TOS, 1 }, { SOL_IP, IP_TTL, 4 },
	{ SOL_IP, IP_PKTINFO, 12 }, { SOL_UDP, UDP_SEGMENT, 2 }, { SOL_SOCKET, SO_MARK, 4 },
	{ SOL_SOCKET, 1, 4 },                           /* SCM_RIGHTS */
	{ SOL_SOCKET, SO_TIMESTAMP, 4 }, { 41, 50, 4 }, /* IPv6's */
};

static void control_data(struct bytes *b, u16 level, u8 type, u8 *data)
{
	struct {
		s32 ifindex;
		be32 spec_dst, addr;
	} info;
	u16 size;
	s32 n;

	if (level == SOL_IP && type == IP_PKTINFO) {
		info.ifindex = pick(b, 2) ? value_ifindex(b) : 0;
		info.spec_dst = value_ipv4(b);
		info.addr = value_ipv4(b);
		memcpy(data, &info, sizeof(info));
	} else if (level == SOL_UDP) {
		static const u16 sizes[] = { 0, 1, 8, 100, 700, 1472, 1473, 40000 };

		size = PICK_OF(b, sizes);
		memcpy(data, &size, sizeof(size));
	} else {
		n = number(b);
		memcpy(data, &n, sizeof(n));
	}
}

u32 value_control(struct bytes *b, u8 *control, u32 room)
{
	u32 used = 0;

	for (u32 n = pick(b, 4); n > 0 && used + 32 <= room; n--) {
		u32 i = pick(b, ARRAY_SIZE(controls));
		struct cmsghdr c = { .len = sizeof(c) + controls[i].len,
			.level = controls[i].level,
			.type = controls[i].type };

		memset(control + used, 0, 32);
		control_data(b, controls[i].level, controls[i].type, control + used + sizeof(c));
		if (now_and_then(b))
			c.len = take(b);
		memcpy(control + used, &c, sizeof(c));
		used += (u32)ALIGN_UP(sizeof(c) + controls[i].len, (size_t)8);
	}
	return now_and_then(b) ? pick(b, used + 1) : used;
}
