/* SPDX-License-Identifier: MIT
 * test_rtnetlink.c - requests about links, neighbours and routes, bit by bit: what is refused, what
 * changes, lists that take several packets.
 * Not here: answers beside Linux's (tests/boot/test_rtnetlink.py), netlink itself (test_netlink.c).
 * cmocka calls in, as a program does: by system calls.
 * Source: rtnetlink(7). */
#include "kernel/fs/procfile.h"
#include "net/core/net_namespace.h"
#include "net/device/dev_config.h"
#include "net/netlink/rtnetlink.h"
#include "net/socket/sockopt.h"
#include "tests/unit/stack.h"

static union {
	struct nlmsghdr h;
	u8 bytes[1024];
} req;

static u8 got[4096] __aligned(4);
static int fd;

static void begin(u16 type, u16 flags, const void *header, u32 len)
{
	memset(&req, 0, sizeof(req));
	req.h = (struct nlmsghdr){ .nlmsg_len = NLMSG_HDRLEN + len,
		.nlmsg_type = type,
		.nlmsg_flags = NLM_F_REQUEST | flags,
		.nlmsg_seq = 9 };
	memcpy(req.bytes + NLMSG_HDRLEN, header, len);
}

static void attr(u16 type, const void *value, u16 len)
{
	u32 at = NLMSG_ALIGN(req.h.nlmsg_len);
	struct nlattr nla = { (u16)(NLA_HDRLEN + len), type };

	memcpy(req.bytes + at, &nla, sizeof(nla));
	memcpy(req.bytes + at + NLA_HDRLEN, value, len);
	req.h.nlmsg_len = at + nla.nla_len;
}

static void attr_u32(u16 type, u32 value)
{
	attr(type, &value, sizeof(value));
}

static void attr_ip(u16 type, u32 ip)
{
	attr_u32(type, cpu_to_be32(ip).raw);
}

static long ask(void)
{
	assert_int_equal(sys_sendto(fd, user(&req), req.h.nlmsg_len, 0, 0, 0), req.h.nlmsg_len);
	return sys_recvfrom(fd, user(got), sizeof(got), MSG_DONTWAIT, 0, 0);
}

/* What the request is answered: 0 or a negative errno. */
static int answer(void)
{
	req.h.nlmsg_flags |= NLM_F_ACK;
	assert_true(ask() >= 20);
	assert_int_equal(((struct nlmsghdr *)got)->nlmsg_type, NLMSG_ERROR);
	return ((struct nlmsgerr *)(got + NLMSG_HDRLEN))->error;
}

static void open_socket(void)
{
	fd = (int)sys_socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	assert_true(fd >= 0);
}

/* ---- links ---------------------------------------------------------------------------------- */

static void link(s32 index, u32 flags, u32 change)
{
	struct ifinfomsg ifi = { .index = index, .flags = flags, .change = change };

	begin(RTM_NEWLINK, 0, &ifi, sizeof(ifi));
}

static int link_with_u32(u16 type, u32 value)
{
	link(eth0.dev.ifindex, 0, 0);
	attr_u32(type, value);
	return answer();
}

static void links(void **state)
{
	open_socket();
	link(77, IFF_UP, IFF_UP);
	assert_int_equal(answer(), -ENODEV);
	link(0, IFF_UP, IFF_UP);
	assert_int_equal(answer(), -EINVAL);
	link(eth0.dev.ifindex, 0, IFF_UP);
	assert_int_equal(answer(), 0);
	assert_false(eth0.dev.flags & IFF_UP);
	link(0, IFF_UP, IFF_UP);
	attr(IFLA_IFNAME, "eth0", 5);
	assert_int_equal(answer(), 0);
	assert_true(eth0.dev.flags & IFF_UP);
	assert_int_equal(link_with_u32(IFLA_MTU, 1400), 0);
	assert_int_equal(eth0.dev.mtu, 1400);
	assert_int_equal(link_with_u32(IFLA_MTU, 67), -EINVAL);
	assert_int_equal(link_with_u32(IFLA_MTU, 1501), -EINVAL);
}

static int rename_to(const char *name, u16 len)
{
	link(eth0.dev.ifindex, 0, 0);
	attr(IFLA_IFNAME, name, len);
	return answer();
}

static void names(void **state)
{
	open_socket();
	assert_int_equal(rename_to("wan", 4), 0);
	assert_string_equal(eth0.dev.name, "wan");
	assert_int_equal(rename_to("lan", 3), 0); /* no zero at the end */
	assert_string_equal(eth0.dev.name, "lan");
	assert_int_equal(rename_to("lo", 3), -EEXIST);
	assert_int_equal(rename_to("", 1), -EINVAL);
	assert_int_equal(rename_to("..", 3), -EINVAL);
	assert_int_equal(rename_to("a/b", 4), -EINVAL);
	assert_int_equal(rename_to("a b", 4), -EINVAL);
	assert_int_equal(rename_to("eth%d", 6), -EINVAL);
	assert_int_equal(rename_to("sixteen-letters-", 17), -ERANGE);
}

static void into_a_namespace(void **state)
{
	struct net *net = nsfs_get("red");
	struct file *file = proc_open(proc_find("/run/netns/red"), 0);
	int ns = fd_install(&init_task.files, file, 0);

	open_socket();
	assert_int_equal(link_with_u32(IFLA_NET_NS_FD, 99), -EINVAL);
	assert_int_equal(link_with_u32(IFLA_NET_NS_FD, (u32)fd), -EINVAL);
	assert_int_equal(link_with_u32(IFLA_NET_NS_FD, (u32)ns), 0);
	assert_ptr_equal(eth0.dev.net, net);
	assert_false(eth0.dev.flags & IFF_UP);
	assert_int_equal(link_with_u32(IFLA_MTU, 1400), -ENODEV); /* not this socket's any more */
}

/* ---- neighbours ------------------------------------------------------------------------------- */

static int neigh(u16 type, u16 flags, u16 nud, bool mac)
{
	struct ndmsg nd = { .family = AF_INET, .ifindex = eth0.dev.ifindex, .state = nud };

	begin(type, flags, &nd, sizeof(nd));
	attr_ip(NDA_DST, PEER_IP);
	if (mac)
		attr(NDA_LLADDR, peer_mac, ETH_ALEN);
	return answer();
}

static u8 nud_of_peer(void)
{
	const struct neighbour *n = neigh_lookup(init_net.arp_tbl, &eth0.dev, cpu_to_be32(PEER_IP));

	return n ? n->nud_state : NUD_NONE;
}

static void neighbours(void **state)
{
	int udp = udp_socket();

	open_socket();
	assert_int_equal(neigh(RTM_NEWNEIGH, 0, NUD_PERMANENT, true), -ENOENT);
	assert_int_equal(neigh(RTM_NEWNEIGH, NLM_F_CREATE, NUD_PERMANENT, false), -EINVAL);
	assert_int_equal(neigh(RTM_NEWNEIGH, NLM_F_CREATE, NUD_INCOMPLETE, true), -EINVAL);
	send_to(udp, "x", 1, 0, PEER_IP,
		PEER_PORT); /* it waits: it leaves when the address is given */
	fake_forget(&eth0);
	assert_int_equal(neigh(RTM_NEWNEIGH, NLM_F_CREATE, NUD_PERMANENT, true), 0);
	assert_int_equal(eth0.sent_n, 1);
	assert_int_equal(nud_of_peer(), NUD_PERMANENT);
	assert_int_equal(neigh(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_EXCL, NUD_STALE, true), -EEXIST);
	assert_int_equal(neigh(RTM_NEWNEIGH, NLM_F_REPLACE, NUD_REACHABLE, true), 0);
	assert_int_equal(nud_of_peer(), NUD_REACHABLE);
	assert_int_equal(neigh(RTM_NEWNEIGH, NLM_F_REPLACE, NUD_STALE, true), 0);
	assert_int_equal(nud_of_peer(), NUD_STALE);
	assert_int_equal(neigh(RTM_DELNEIGH, 0, 0, false), 0);
	assert_int_equal(nud_of_peer(), NUD_NONE);
	assert_int_equal(neigh(RTM_DELNEIGH, 0, 0, false), -ENOENT);
}

/* What is queued on a neighbour that is deleted is dropped, and its sender told, if it asked. */
static void queued_and_deleted(void **state)
{
	int udp = udp_socket();

	set_int(udp, SOL_IP, IP_RECVERR, 1);
	open_socket();
	send_to(udp, "x", 1, 0, PEER_IP, PEER_PORT);
	assert_int_equal(neigh(RTM_DELNEIGH, 0, 0, false), 0);
	assert_int_equal(stack_dropped(SKB_DROP_NEIGH_FAILED), 1);
	assert_int_equal(sk_of(udp)->sk_err, EHOSTUNREACH);
	stack_check_accounts();
}

/* ---- routes ------------------------------------------------------------------------------------ */

static void route(u16 type, u16 flags, u32 dst, u8 len)
{
	struct rtmsg rtm = { .family = AF_INET, .dst_len = len, .type = RTN_UNICAST };

	begin(type, flags, &rtm, sizeof(rtm));
	attr_ip(RTA_DST, dst);
}

static void malformed(void **state)
{
	static const u8 hops[][16] = {
		{ 7 },  /* shorter than its own header */
		{ 17 }, /* longer than all */
		{ 16, 0, 0, 0, 0, 0, 0, 0, 9, 0,
			RTA_GATEWAY }, /* an attribute longer than its hop */
		{ 16, 0, 0, 0, 0, 0, 0, 0, 6, 0, RTA_GATEWAY }, /* too short an address */
	};
	u8 many[33 * 8] = { 0 };

	open_socket();
	for (u32 i = 0; i < ARRAY_SIZE(hops); i++) {
		route(RTM_NEWROUTE, NLM_F_CREATE, 0xc0000200, 24);
		attr(RTA_MULTIPATH, hops[i], sizeof(hops[i]));
		assert_int_equal(answer(), -EINVAL);
	}
	for (u32 i = 0; i < 33; i++)
		many[8 * i] = 8;
	route(RTM_NEWROUTE, NLM_F_CREATE, 0xc0000200, 24);
	attr(RTA_MULTIPATH, many, sizeof(many));
	assert_int_equal(answer(), -EINVAL);
	route(RTM_NEWROUTE, NLM_F_CREATE, 0xc0000200, 24);
	attr(RTA_METRICS, "\x09\0\2\0", 4);
	assert_int_equal(answer(), -EINVAL);
	route(RTM_NEWROUTE, NLM_F_CREATE, 0xc0000200, 24);
	attr_u32(RTA_TABLE, 100);
	assert_int_equal(answer(), -EOPNOTSUPP);
	begin(RTM_NEWROUTE, 0, "", 1); /* no header; then another family, no such type */
	assert_int_equal(answer(), -EAFNOSUPPORT);
	begin(RTM_NEWROUTE, 0, (u8[]){ AF_INET }, 1);
	assert_int_equal(answer(), -EINVAL);
	begin(99, 0, (u8[]){ AF_INET }, 1);
	assert_int_equal(answer(), -EOPNOTSUPP);
}

/* An on-link route by eth0, written down a second time as the bits that list it. */
static void listed_bit_by_bit(void **state)
{
	static const u8 expected[] = { AF_INET, 24, 0, 0, RT_TABLE_MAIN, 0, RT_SCOPE_LINK,
		RTN_UNICAST, 0, 0, 0, 0, 8, 0, RTA_TABLE, 0, RT_TABLE_MAIN, 0, 0, 0, 8, 0, RTA_DST,
		0, 0xc0, 0, 2, 0, 8, 0, RTA_PRIORITY, 0, 5, 0, 0, 0, 8, 0, RTA_OIF, 0, 2, 0, 0, 0 };
	const u8 *at = got;
	u32 found = 0;

	open_socket();
	route(RTM_NEWROUTE, NLM_F_CREATE, 0xc0000200, 24);
	((struct rtmsg *)(req.bytes + NLMSG_HDRLEN))->scope = RT_SCOPE_LINK;
	attr_u32(RTA_OIF, (u32)eth0.dev.ifindex);
	attr_u32(RTA_PRIORITY, 5);
	assert_int_equal(answer(), 0);
	begin(RTM_GETROUTE, NLM_F_DUMP, &(struct rtmsg){ .family = AF_INET }, sizeof(struct rtmsg));
	for (long len = ask(); at < got + len; at += ((const struct nlmsghdr *)at)->nlmsg_len)
		if (((const struct nlmsghdr *)at)->nlmsg_len == NLMSG_HDRLEN + sizeof(expected))
			found += memcmp(at + NLMSG_HDRLEN, expected, sizeof(expected)) == 0;
	assert_int_equal(found, 1);
}

static u32 count_messages(long len, u16 type)
{
	u32 n = 0;

	for (long at = 0; at < len; at += NLMSG_ALIGN(((struct nlmsghdr *)(got + at))->nlmsg_len))
		n += ((struct nlmsghdr *)(got + at))->nlmsg_type == type;
	return n;
}

static void add_routes(u32 n)
{
	for (u32 i = 0; i < n; i++) {
		struct route_spec spec = { .dst = cpu_to_be32(0x0b000000 + (i << 8)),
			.dst_len = 24,
			.type = RTN_BLACKHOLE };

		assert_int_equal(ip_route_add(&init_net, &spec), 0);
	}
}

/* Each once, in packets that are made as they are read; a close in the middle leaves nothing. */
static void long_list(void **state)
{
	size_t before;
	u32 routes = 0, done = 0;

	add_routes(500);
	open_socket();
	before = host_mem_out();
	begin(RTM_GETROUTE, NLM_F_DUMP, &(struct rtmsg){ .family = AF_INET }, sizeof(struct rtmsg));
	for (long len = ask(); len > 0;
		len = sys_recvfrom(fd, user(got), sizeof(got), MSG_DONTWAIT, 0, 0)) {
		routes += count_messages(len, RTM_NEWROUTE);
		done += count_messages(len, NLMSG_DONE);
	}
	assert_int_equal(routes, fib_table_count(init_net.fib));
	assert_int_equal(done, 1);
	before = host_mem_out();
	assert_true(ask() > 0);
	fd_close(&init_task.files, fd);
	assert_int_equal(host_mem_out(), before);
}

static void no_family_no_list(void **state)
{
	open_socket();
	begin(RTM_GETROUTE, NLM_F_DUMP, &(struct rtmsg){ .family = 10 }, sizeof(struct rtmsg));
	assert_int_equal(count_messages(ask(), RTM_NEWROUTE), 0);
	begin(RTM_GETADDR, NLM_F_DUMP, (u8[]){ 0 }, 1); /* an old program's short header */
	assert_int_equal(count_messages(ask(), RTM_NEWADDR), 2);
	begin(RTM_GETLINK, NLM_F_DUMP, (u8[]){ 17 }, 1);
	assert_int_equal(count_messages(ask(), RTM_NEWLINK), 2);
	begin(RTM_GETLINK, NLM_F_ROOT, (u8[]){ 0 }, 1);
	assert_int_equal(count_messages(ask(), RTM_NEWLINK), 2);
}

/* ---- watching ------------------------------------------------------------------------------ */

static void watch(u32 groups)
{
	struct sockaddr_nl at = { .nl_family = AF_NETLINK, .nl_groups = groups };

	open_socket();
	assert_int_equal(sys_bind(fd, user(&at), sizeof(at)), 0);
}

/* The next message is of this type; returns what follows its header. */
static const void *told(u16 type)
{
	assert_true(sys_recvfrom(fd, user(got), sizeof(got), MSG_DONTWAIT, 0, 0) > 0);
	assert_int_equal(((struct nlmsghdr *)got)->nlmsg_type, type);
	return got + NLMSG_HDRLEN;
}

static void assert_told_nothing(void)
{
	assert_int_equal(sys_recvfrom(fd, user(got), sizeof(got), MSG_DONTWAIT, 0, 0), -EAGAIN);
}

static void links_watched(void **state)
{
	static const u32 flags[] = { IFF_UP, IFF_UP | IFF_RUNNING };
	const struct ifinfomsg *ifi;

	watch(1u << (RTNLGRP_LINK - 1));
	for (u32 up = 0; up < 2; up++) {
		fake_set_link(&eth0, up);
		ifi = told(RTM_NEWLINK);
		assert_int_equal(ifi->index, eth0.dev.ifindex);
		assert_int_equal(ifi->flags & (IFF_UP | IFF_RUNNING), flags[up]);
	}
	assert_int_equal(dev_set_mtu(&eth0.dev, 1400), 0);
	told(RTM_NEWLINK);
	assert_int_equal(dev_change_name(&eth0.dev, "wire"), 0);
	told(RTM_NEWLINK);
	dev_close(&eth0.dev);
	ifi = told(RTM_NEWLINK);
	assert_int_equal(ifi->flags & IFF_UP, 0);
	assert_int_equal(dev_change_net_namespace(&eth0.dev, nsfs_get("blue")), 0);
	told(RTM_DELLINK);
	assert_told_nothing();
}

static void assert_neigh(u16 type, u16 state)
{
	const struct ndmsg *ndm = told(type);

	assert_int_equal(ndm->ifindex, eth0.dev.ifindex);
	assert_int_equal(ndm->state, state);
}

/* Listeners are told of learned states, with the address, not of requests. */
static void neighbours_watched(void **state)
{
	int udp = udp_socket();

	watch(1u << (RTNLGRP_NEIGH - 1));
	send_to(udp, "muffin", 6, 0, PEER_IP, PEER_PORT);
	assert_told_nothing();
	inject_hex(FRAME_ARP_ANSWERED);
	assert_neigh(RTM_NEWNEIGH, NUD_REACHABLE);
	assert_memory_equal(got + NLMSG_HDRLEN + sizeof(struct ndmsg) + 12, peer_mac, ETH_ALEN);
	stack_step(31000);
	assert_neigh(RTM_NEWNEIGH, NUD_STALE);
	send_to(udp, "muffin", 6, 0, PEER_IP, PEER_PORT);
	assert_told_nothing();
	stack_step(5100);
	assert_neigh(RTM_NEWNEIGH, NUD_PROBE);
	stack_step(7000);
	assert_neigh(RTM_NEWNEIGH, NUD_FAILED);
	dev_close(&eth0.dev);
	assert_neigh(RTM_DELNEIGH, NUD_FAILED);
	assert_told_nothing();
}

static void who_makes_room_is_watched(void **state)
{
	int udp = udp_socket();

	init_net.arp_tbl = neigh_table_new(1);
	watch(1u << (RTNLGRP_NEIGH - 1));
	send_to(udp, "muffin", 6, 0, PEER_IP, PEER_PORT);
	inject_hex(FRAME_ARP_ANSWERED);
	assert_neigh(RTM_NEWNEIGH, NUD_REACHABLE);
	send_to(udp, "muffin", 6, 0, GATEWAY_IP, PEER_PORT);
	assert_neigh(RTM_DELNEIGH, NUD_REACHABLE);
	assert_told_nothing();
}

/* A listener that does not read gets ENOBUFS. */
static void too_much_to_tell(void **state)
{
	watch(1u << (RTNLGRP_LINK - 1));
	for (u32 i = 0; i < 2000; i++)
		assert_int_equal(dev_set_mtu(&eth0.dev, 1400), 0);
	assert_int_equal(sys_recvfrom(fd, user(got), sizeof(got), MSG_DONTWAIT, 0, 0), -ENOBUFS);
	told(RTM_NEWLINK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STACK_TEST(links),
		STACK_TEST(names),
		STACK_TEST(into_a_namespace),
		STACK_TEST(neighbours),
		STACK_TEST(queued_and_deleted),
		STACK_TEST(malformed),
		STACK_TEST(listed_bit_by_bit),
		STACK_TEST(long_list),
		STACK_TEST(no_family_no_list),
		STACK_TEST(links_watched),
		STACK_TEST(neighbours_watched),
		STACK_TEST(who_makes_room_is_watched),
		STACK_TEST(too_much_to_tell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
