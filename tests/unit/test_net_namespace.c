/* SPDX-License-Identifier: MIT
 * test_net_namespace.c - two stacks in one: addresses, routes, neighbours, ports that never meet; how
 * a namespace is entered and how it ends.
 * Not here: the word netns= (test_ipconfig.c), machines with two cards (tests/boot/test_netns.py).
 * cmocka calls in; eth0 is init_net's, eth1 moves.
 * Source: network_namespaces(7), setns(2), unshare(2). */
#include "kernel/fs/procfile.h"
#include "net/core/net_namespace.h"
#include "net/device/dev_config.h"
#include "net/device/ifaddr.h"
#include "net/socket/sockopt.h"
#include "net/socket/sys_netns.h"
#include "tests/unit/stack.h"

#define CLONE_NEWNET 0x40000000
#define CLONE_NEWNS  0x20000

static struct fake_device eth1;

/* A second namespace that looks just like the first one: same addresses, same gateway. */
static struct net *twin(void)
{
	struct route_spec gateway = { .via = cpu_to_be32(GATEWAY_IP), .type = RTN_UNICAST };
	struct net *net = nsfs_get("twin");

	assert_non_null(net);
	assert_int_equal(dev_open(net->loopback_dev), 0);
	fake_register(&eth1, &init_net, 2);
	assert_int_equal(dev_change_net_namespace(&eth1.dev, net), 0);
	assert_int_equal(dev_open(&eth1.dev), 0);
	assert_int_equal(inet_insert_ifa(&eth1.dev, cpu_to_be32(OUR_IP), 24), 0);
	assert_int_equal(ip_route_add(net, &gateway), 0);
	fake_forget(&eth1);
	return net;
}

static int open_ns(const char *path)
{
	struct proc_file *proc = proc_find(path);
	struct file *file = proc ? proc_open(proc, 0) : NULL;

	return file ? fd_install(&init_task.files, file, 0) : -ENOENT;
}

static void enter(const char *path)
{
	int fd = open_ns(path);

	assert_true(fd >= 0);
	assert_int_equal(sys_setns(fd, CLONE_NEWNET), 0);
	assert_int_equal(fd_close(&init_task.files, fd), 0);
}

static u32 namespaces(void)
{
	struct net *net;
	u32 n = 0;

	for_each_net(net)
		n++;
	return n;
}

static void same_address_same_port(void **state)
{
	struct net *net = twin();
	int first = udp_socket_at(OUR_IP, OUR_PORT), second;

	enter("/run/netns/twin");
	second = udp_socket_at(OUR_IP, OUR_PORT);
	assert_ptr_equal(sk_of(second)->sk_net, net);
	assert_ptr_equal(sk_of(first)->sk_net, &init_net);
	stack_know_peer();
	assert_int_equal(
		neigh_set_permanent(net->arp_tbl, &eth1.dev, cpu_to_be32(PEER_IP), gateway_mac), 0);
	assert_int_equal(send_to(first, "one", 3, 0, PEER_IP, PEER_PORT), 3);
	assert_int_equal(send_to(second, "second", 6, 0, PEER_IP, PEER_PORT), 6);
	assert_int_equal(eth0.sent_n, 1);
	assert_int_equal(eth1.sent_n, 1);
	assert_memory_equal(eth0.sent[0].bytes, peer_mac, ETH_ALEN);
	assert_memory_equal(eth1.sent[0].bytes, gateway_mac, ETH_ALEN);
	assert_memory_equal(eth1.sent[0].bytes + 42, "second", 6);
}

/* What a card receives is for its namespace: the socket there gets it, or none. */
static void reception_is_apart(void **state)
{
	u8 frame[FAKE_FRAME_MAX];
	u32 len = from_hex(FRAME_CRUMBS, frame);
	int here = udp_socket_at(OUR_IP, OUR_PORT);
	struct net *net = twin();

	memcpy(frame, eth1.dev.dev_addr, ETH_ALEN);
	fake_inject(&eth1, frame, len);
	assert_int_equal(sk_of(here)->sk_receive_queue.n, 0);
	assert_int_equal(net->mib.udp_no_ports, 1);
	assert_int_equal(init_net.mib.udp_no_ports, 0);
	enter("/run/netns/twin");
	udp_socket_at(OUR_IP, OUR_PORT);
	inject_hex(FRAME_CRUMBS);
	assert_int_equal(sk_of(here)->sk_receive_queue.n, 1);
}

/* An answer on one link tells the other namespace nothing. */
static void neighbours_are_apart(void **state)
{
	struct net *net = twin();
	int here = udp_socket();

	enter("/run/netns/twin");
	int there = udp_socket();
	send_to(here, "a", 1, 0, PEER_IP, PEER_PORT);
	send_to(there, "b", 1, 0, PEER_IP, PEER_PORT);
	assert_int_equal(init_net.mib.waiting, 1);
	assert_int_equal(net->mib.waiting, 1);
	inject_hex(FRAME_ARP_ANSWERED);
	assert_int_equal(init_net.mib.waiting, 0);
	assert_int_equal(net->mib.waiting, 1);
	stack_check_accounts();
	host_tick_clock(NSEC_PER_MSEC);
	assert_int_equal(net_drain(), 1); /* the other one waits in vain */
}

static void routes_are_apart(void **state)
{
	struct route_spec far = {
		.dst = cpu_to_be32(FAR_IP), .dst_len = 32, .type = RTN_BLACKHOLE
	};
	struct net *net = twin();
	struct flowi4 fl4 = { .daddr = cpu_to_be32(FAR_IP) };
	u64 genid = init_net.genid;
	struct rtable rt;

	assert_int_equal(ip_route_add(net, &far), 0);
	assert_int_equal(init_net.genid, genid);
	assert_int_equal(ip_route_output_flow(net, &fl4, &rt), -EINVAL);
	assert_int_equal(ip_route_output_flow(&init_net, &fl4, &rt), 0);
	assert_ptr_equal(rt.dev, &eth0.dev);
}

static void echo_is_answered_where_it_came_in(void **state)
{
	u8 frame[FAKE_FRAME_MAX];
	u32 len = from_hex(FRAME_ECHO, frame);
	struct net *net = twin();

	assert_int_equal(
		neigh_set_permanent(net->arp_tbl, &eth1.dev, cpu_to_be32(PEER_IP), peer_mac), 0);
	memcpy(frame, eth1.dev.dev_addr, ETH_ALEN);
	fake_forget(&eth0);
	fake_inject(&eth1, frame, len);
	assert_int_equal(eth1.sent_n, 1);
	assert_int_equal(eth0.sent_n, 0);
	assert_int_equal(net->mib.icmp_out_msgs, 1);
	assert_int_equal(init_net.mib.icmp_out_msgs, 0);
}

/* ---- coming and going ---------------------------------------------------------------------- */

static void fresh_one_has_lo_that_is_down(void **state)
{
	const struct net *net;

	assert_int_equal(sys_unshare(CLONE_NEWNET), 0);
	net = init_task.nsproxy->net_ns;
	assert_ptr_not_equal(net, &init_net);
	assert_int_equal(net->loopback_dev->flags & IFF_UP, 0);
	assert_int_equal(net->loopback_dev->ifindex, 1);
	assert_int_equal(send_to(udp_socket(), "x", 1, 0, 0x7f000001, 7), -ENETUNREACH);
	assert_int_equal(dev_open(net->loopback_dev), 0); /* up, it has its address, as on Linux */
	assert_int_equal(send_to(udp_socket(), "x", 1, 0, 0x7f000001, 7), 1);
	enter("/proc/self/ns/net");
	assert_ptr_equal(init_task.nsproxy->net_ns, net);
}

/* Also the memory is what it was before: the second round takes nothing more. */
static void last_user_ends_it(void **state)
{
	int home = open_ns("/proc/self/ns/net");
	size_t out = 0;

	for (u32 i = 0; i < 4; i++) {
		int fd;

		assert_int_equal(sys_unshare(CLONE_NEWNET), 0);
		fd = udp_socket();
		assert_int_equal(namespaces(), 2);
		assert_int_equal(dev_open(init_task.nsproxy->net_ns->loopback_dev), 0);
		assert_int_equal(
			send_to(fd, "x", 1, 0, 0x7f000001, 7), 1); /* it stays in the account */
		assert_int_equal(sys_setns(home, 0), 0);
		stack_step(10);
		assert_int_equal(namespaces(), 2); /* a socket lives in it */
		fd_close(&init_task.files, fd);
		stack_step(10);
		assert_int_equal(namespaces(), 1);
		stack_check_accounts();
		if (i > 0)
			assert_int_equal(host_mem_out(), out);
		out = host_mem_out();
	}
}

/* A packet that waits keeps its sock, the sock its namespace: nothing is lost in silence. */
static void what_waits_keeps_it(void **state)
{
	int home = open_ns("/proc/self/ns/net"), fd;
	struct net *net;

	assert_int_equal(sys_unshare(CLONE_NEWNET), 0);
	net = init_task.nsproxy->net_ns;
	fake_register(&eth1, net, 2);
	assert_string_equal(eth1.dev.name, "eth0"); /* names are apart, too */
	assert_int_equal(inet_insert_ifa(&eth1.dev, cpu_to_be32(OUR_IP), 24), 0);
	fd = udp_socket();
	assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT), 1);
	fd_close(&init_task.files, fd);
	assert_int_equal(sys_setns(home, 0), 0);
	stack_step(100);
	assert_int_equal(namespaces(), 2);
	assert_int_equal(net->mib.waiting, 1);
	stack_check_accounts();
	stack_step(4000); /* no answer */
	assert_int_equal(stack_dropped(SKB_DROP_NEIGH_FAILED), 1);
	assert_int_equal(namespaces(), 1);
	stack_check_accounts();
	/* the card went home, under a name that is free, and down */
	assert_ptr_equal(eth1.dev.net, &init_net);
	assert_string_equal(eth1.dev.name, "dev0");
	assert_int_equal(eth1.dev.flags & IFF_UP, 0);
	assert_true(be32_is_zero(eth1.dev.ip_addr));
}

/* Nobody's packet does not: an answer to an echo is dropped with its neighbour, and counted. */
static void nobodys_packet_is_dropped_and_counted(void **state)
{
	int home = open_ns("/proc/self/ns/net");
	u8 frame[FAKE_FRAME_MAX];
	u32 len = from_hex(FRAME_ECHO, frame);

	assert_int_equal(sys_unshare(CLONE_NEWNET), 0);
	fake_register(&eth1, init_task.nsproxy->net_ns, 2);
	assert_int_equal(inet_insert_ifa(&eth1.dev, cpu_to_be32(OUR_IP), 24), 0);
	memcpy(frame, eth1.dev.dev_addr, ETH_ALEN);
	fake_inject(&eth1, frame, len);
	assert_int_equal(init_task.nsproxy->net_ns->mib.waiting, 1);
	assert_int_equal(sys_setns(home, 0), 0);
	stack_step(10);
	assert_int_equal(namespaces(), 1);
	assert_int_equal(stack_dropped(SKB_DROP_DEV_DOWN), 1);
	stack_check_accounts();
}

/* ---- cards that move ------------------------------------------------------------------------ */

static void a_card_leaves_everything_behind(void **state)
{
	struct net *net = nsfs_get("other");
	struct flowi4 fl4 = { .daddr = cpu_to_be32(PEER_IP) };
	int fd = udp_socket();
	struct rtable rt;

	assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT), 1); /* it waits for ARP */
	assert_int_equal(dev_change_net_namespace(&eth0.dev, net), 0);
	assert_int_equal(stack_dropped(SKB_DROP_DEV_DOWN), 1);
	assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT), -ENETUNREACH);
	assert_int_equal(sk_of(fd)->sk_err,
		0); /* as on Linux, where no socket is told of a device that goes */
	assert_int_equal(ip_addr_type(&init_net, cpu_to_be32(OUR_IP)), RTN_UNICAST);
	assert_null(neigh_lookup(init_net.arp_tbl, &eth0.dev, cpu_to_be32(PEER_IP)));
	assert_int_equal(eth0.dev.tx_room, 0);
	assert_ptr_equal(dev_get_by_index(net, eth0.dev.ifindex), &eth0.dev);
	assert_int_equal(ip_route_output_flow(net, &fl4, &rt), -ENETUNREACH);
	stack_check_accounts();
}

/* Where its index is taken it gets one that is not: both can be named. */
static void a_card_whose_index_is_taken(void **state)
{
	struct net *net = nsfs_get("other");

	fake_register(&eth1, net, 2);
	assert_int_equal(dev_change_name(&eth1.dev, "eth9"), 0);
	assert_int_equal(eth1.dev.ifindex, eth0.dev.ifindex);
	assert_int_equal(dev_change_net_namespace(&eth0.dev, net), 0);
	assert_ptr_equal(dev_get_by_index(net, eth1.dev.ifindex), &eth1.dev);
	assert_ptr_equal(dev_get_by_index(net, eth0.dev.ifindex), &eth0.dev);
	assert_int_not_equal(eth0.dev.ifindex, eth1.dev.ifindex);
}

static void what_cannot_move(void **state)
{
	struct net *net = nsfs_get("other");

	assert_int_equal(dev_change_net_namespace(init_net.loopback_dev, net), -EINVAL);
	fake_register(&eth1, net, 2); /* is called eth0 there */
	assert_int_equal(dev_change_net_namespace(&eth0.dev, net), -EEXIST);
	assert_int_equal(dev_change_net_namespace(&eth0.dev, &init_net), 0);
	assert_true(eth0.dev.flags & IFF_UP);
}

static void mistakes(void **state)
{
	int fd = udp_socket();

	assert_int_equal(sys_unshare(CLONE_NEWNS), -EINVAL);
	assert_int_equal(sys_unshare(0), 0);
	assert_ptr_equal(init_task.nsproxy->net_ns, &init_net);
	assert_int_equal(sys_setns(77, 0), -EBADF);
	assert_int_equal(sys_setns(fd, 0), -EINVAL);
	fd = open_ns("/proc/self/ns/net");
	assert_int_equal(sys_setns(fd, CLONE_NEWNS), -EINVAL);
	assert_int_equal(sys_setns(fd, 0), 0);
	assert_int_equal(open_ns("/run/netns/nobody"), -ENOENT);
}

static void no_memory(void **state)
{
	u32 before = namespaces();
	long err = -ENOMEM;

	for (unsigned n = 1; err != 0; n++) {
		assert_true(n < 50);
		host_fail_commit(n, true);
		err = sys_unshare(CLONE_NEWNET);
		host_fail_commit(0, false);
		assert_true(err == 0 || err == -ENOMEM);
		assert_int_equal(namespaces(), err ? before : before + 1);
	}
}

/* One that could not be set up gives back all that it had, itself too. */
static void no_memory_again_and_again(void **state)
{
	size_t out = 0;

	for (u32 i = 0; i < 100; i++) {
		host_fail_commit(2, true);
		assert_int_equal(sys_unshare(CLONE_NEWNET), -ENOMEM);
		host_fail_commit(0, false);
		out = i < 10 ? host_mem_out()
			     : out; /* what is kept for the next one is there by then */
		assert_int_equal(host_mem_out(), out);
	}
}

/* A broadcast's copy for this host waits; its device goes to another namespace. No socket there receives it. */
static void copies_stay_behind(void **state)
{
	struct net *net = nsfs_get("other");
	int home = open_ns("/proc/self/ns/net"), sender = udp_socket_at(0, OUR_PORT), there;

	set_int(sender, SOL_SOCKET, SO_BROADCAST, 1);
	assert_int_equal(send_to(sender, "muffin", 6, 0, 0x0a0000ff, OUR_PORT), 6);
	assert_int_equal(init_net.loopback_dev->stats.tx_packets, 1);
	assert_int_equal(dev_change_net_namespace(&eth0.dev, net), 0);
	enter("/run/netns/other");
	there = udp_socket_at(0, OUR_PORT);
	net_poll();
	assert_int_equal(sk_of(there)->sk_receive_queue.n, 0);
	assert_int_equal(sys_setns(home, 0), 0);
	stack_check_accounts();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STACK_TEST(same_address_same_port),
		STACK_TEST(reception_is_apart),
		STACK_TEST(neighbours_are_apart),
		STACK_TEST(routes_are_apart),
		STACK_TEST(echo_is_answered_where_it_came_in),
		STACK_TEST(fresh_one_has_lo_that_is_down),
		STACK_TEST(last_user_ends_it),
		STACK_TEST(what_waits_keeps_it),
		STACK_TEST(nobodys_packet_is_dropped_and_counted),
		STACK_TEST(a_card_leaves_everything_behind),
		STACK_TEST(a_card_whose_index_is_taken),
		STACK_TEST(what_cannot_move),
		STACK_TEST(copies_stay_behind),
		STACK_TEST(mistakes),
		STACK_TEST(no_memory),
		STACK_TEST(no_memory_again_and_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
