/* SPDX-License-Identifier: MIT
 * test_packet_life.c - packets outlive what they point to: senders close, devices go down and elsewhere,
 * namespaces, neighbours and queues end, in any order, and every packet and sock returns to its pool.
 * Not here: each place that keeps packets by itself (test_packet_owner.c).
 * cmocka calls in. Usage: test_packet_life [<seed> [<how many>]]
 * Source: design: passing an skb gives it away; nothing is lost in silence.
 *
 * Random steps of programs, operators, the wire and time. What was given back is poisoned, so a pointer that
 * lived too long is an error of AddressSanitizer's; stack.c counts the pools at the end. */
#include "kernel/fs/procfile.h"
#include "kernel/lib/string.h"
#include "net/core/net_namespace.h"
#include "net/device/dev_config.h"
#include "net/device/ifaddr.h"
#include "net/device/qdisc.h"
#include "net/netfilter/nf_rules.h"
#include "net/netlink/nfqnl_impl.h"
#include "net/packet/af_packet.h"
#include "net/socket/sockopt.h"
#include "net/socket/sys_netns.h"
#include "tests/unit/nfq.h"

#include <stdio.h>

#define STEPS        400u
#define FDS          16u
#define NAMESPACES   3u
#define IP_RECVERR_N 11
#define CLONE_NEWNET 0x40000000
#define ETH1_IP      0x0a010001u
#define ETH1_PEER    0x0a010002u
#define LO_IP        0x7f000001u
#define GROUP_IP     0xef010203u
#define NOBODY_IP    0x0a000063u

static struct fake_device eth1;
static int fds[FDS];
static int home; /* init_net, as a file */
static u64 seed, dice;

static u32 roll(u32 n)
{
	dice = dice * 6364136223846793005ull + 1442695040888963407ull;
	return (u32)(dice >> 33) % n;
}

#define PICK(table) (table)[roll(ARRAY_SIZE(table))]

/* Most of what is tried may fail. */
static void may_fail(long answer)
{
}

static struct net *here(void)
{
	return init_task.nsproxy->net_ns;
}

static struct net *some_net(void)
{
	return roll(3) ? &init_net : here();
}

/* ---- what programs do ---------------------------------------------------------------------- */

static int some_fd(void)
{
	return fds[roll(FDS)];
}

static struct sockaddr_in some_address(void)
{
	static const u32 ips[] = { LO_IP, LO_IP, LO_IP, OUR_IP, PEER_IP, NOBODY_IP, NOBODY_IP + 1,
		FAR_IP, GROUP_IP, 0x0a0000ff, ETH1_IP, ETH1_PEER };

	return inet_addr_of(PICK(ips), (u16)(OUR_PORT + roll(4)));
}

static void udp(int fd)
{
	struct sockaddr_in at = inet_addr_of(0, (u16)(OUR_PORT + roll(4)));
	be32 mreq[2] = { cpu_to_be32(GROUP_IP), cpu_to_be32(0) };

	set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	set_int(fd, SOL_SOCKET, SO_BROADCAST, 1);
	if (roll(3))
		sys_bind(fd, user(&at), sizeof(at));
	if (roll(2))
		set_int(fd, SOL_IP, IP_RECVERR_N, 1);
	if (!roll(3))
		set_int(fd, SOL_SOCKET, SO_MAX_PACING_RATE, 6000 + (int)roll(30000));
	if (!roll(4))
		set_int(fd, SOL_SOCKET, roll(2) ? SO_SNDBUF : SO_RCVBUF, (int)roll(20000));
	if (!roll(3))
		sys_setsockopt(fd, SOL_IP, IP_ADD_MEMBERSHIP, user(mreq), sizeof(mreq));
	if (!roll(5))
		set_int(fd, SOL_UDP, UDP_SEGMENT, 200 + (int)roll(1400));
	if (!roll(3)) {
		at = some_address();
		sys_connect(fd, user(&at), sizeof(at));
	}
}

static void open_socket(void)
{
	u32 i = roll(FDS), kind = roll(10);

	fd_close(&init_task.files, fds[i]);
	if (kind < 7) {
		fds[i] = udp_socket();
		udp(fds[i]);
	} else if (kind < 8) {
		fds[i] = (int)sys_socket(AF_PACKET, SOCK_RAW, cpu_to_be16(3).raw);
		set_int(fds[i], SOL_SOCKET, SO_RCVBUF, (int)roll(20000));
	} else {
		fds[i] = nfq_open((u16)roll(2));
	}
}

static void close_socket(void)
{
	u32 i = roll(FDS);

	fd_close(&init_task.files, fds[i]);
	fds[i] = -1;
}

static void send_datagrams(void)
{
	static const u32 lens[] = { 0, 1, 6, 6, 100, 130, 140, 1000, 1472, 3000, 20000, 65507 };
	static u8 bytes[65507];
	struct sockaddr_in to = some_address();
	u32 n = 1 + !roll(4) * roll(60), flags = roll(20) ? 0 : MSG_MORE, len = PICK(lens);
	int fd = some_fd();

	for (u32 i = 0; i < n; i++)
		sys_sendto(fd, user(bytes), len, MSG_DONTWAIT | flags, roll(8) ? user(&to) : 0,
			roll(8) ? sizeof(to) : 0);
}

static void send_and_close(void)
{
	struct sockaddr_in to = some_address();
	int fd = udp_socket();

	udp(fd);
	sys_sendto(fd, user("muffin"), 6, MSG_DONTWAIT, user(&to), sizeof(to));
	fd_close(&init_task.files, fd);
}

static void send_frame(void)
{
	struct sockaddr_ll to = { .sll_family = 17, .sll_ifindex = 1 + (int)roll(3) };
	u8 frame[FAKE_FRAME_MAX];
	u32 len = from_hex(roll(2) ? FRAME_CRUMBS : FRAME_MUFFIN, frame);

	sys_sendto(some_fd(), user(frame), len, MSG_DONTWAIT, user(&to), sizeof(to));
}

static void receive(void)
{
	static u8 room[70000];
	static const u32 flags[] = { 0, 0, 0, MSG_PEEK, MSG_ERRQUEUE };
	u32 n = 1 + roll(3);

	while (n-- > 0)
		sys_recvfrom(some_fd(), user(room), sizeof(room), MSG_DONTWAIT | PICK(flags), 0, 0);
}

/* For one of those that wait, or all up to it. */
static void give_verdict(void)
{
	static const u32 verdicts[] = { NF_DROP, NF_ACCEPT, NF_ACCEPT, NF_ACCEPT, NF_REPEAT,
		NF_STOP, NF_QUEUE | 1 << NF_VERDICT_QSHIFT };
	u16 num = (u16)roll(2);
	const struct nfqnl_instance *q = nfqnl_lookup(here(), num);

	for (u32 i = 0; q && i < FDS; i++)
		if (fds[i] >= 0 && sk_of(fds[i]) == &q->nlk->sk) {
			nfq_judge(fds[i], num, q->last_id - roll(q->total + 1), PICK(verdicts),
				!roll(3));
			return;
		}
}

static void change_namespace(void)
{
	struct net *net;
	u32 n = 0;

	for_each_net(net)
		n++;
	if (roll(3) == 0 && n < NAMESPACES) {
		sys_unshare(CLONE_NEWNET);
		if (dev_open(here()->loopback_dev) < 0)
			fail();
	} else {
		assert_int_equal(sys_setns(home, CLONE_NEWNET), 0);
	}
}

/* ---- what operators do ----------------------------------------------------------------------- */

static struct net_device *some_device(void)
{
	return roll(3) ? here()->loopback_dev : roll(2) ? &eth0.dev : &eth1.dev;
}

static void device_up_or_down(void)
{
	struct net_device *dev = some_device();

	if (roll(2))
		dev_close(dev);
	else
		assert_int_equal(dev_open(dev), 0);
}

static void addresses(void)
{
	struct route_spec gateway = { .via = cpu_to_be32(GATEWAY_IP), .type = RTN_UNICAST };

	assert_int_equal(dev_open(init_net.loopback_dev), 0);
	assert_int_equal(dev_open(&eth0.dev), 0);
	assert_int_equal(dev_open(&eth1.dev), 0);
	may_fail(inet_insert_ifa(&eth0.dev, cpu_to_be32(OUR_IP), 24));
	may_fail(inet_insert_ifa(&eth1.dev, cpu_to_be32(ETH1_IP), 24));
	may_fail(ip_route_add(&init_net, &gateway));
	fake_set_link(&eth0, true);
	eth0.stuck = eth1.stuck = false;
}

static void move_device(void)
{
	struct net *net;

	for_each_net(net)
		if (!roll(2))
			break;
	if (&net->list == &net_namespace_list)
		net = &init_net;
	may_fail(dev_change_net_namespace(&eth1.dev, net));
}

static void set_qdisc(void)
{
	const struct qdisc_spec spec = {
		.rate = 1 + roll(300), .packets = true, .limit = roll(40)
	};

	assert_int_equal(dev_set_qdisc(some_device(), roll(2) ? &spec : NULL), 0);
}

static void filter(void)
{
	static const enum nf_inet_hooks hooks[] = { NF_INET_LOCAL_IN, NF_INET_LOCAL_IN,
		NF_INET_LOCAL_OUT, NF_INET_POST_ROUTING };
	static const u32 verdicts[] = { NF_ACCEPT, NF_QUEUE, NF_QUEUE,
		NF_QUEUE | 1 << NF_VERDICT_QSHIFT, NF_QUEUE | NF_VERDICT_FLAG_QUEUE_BYPASS };
	enum nf_inet_hooks hook = PICK(hooks);

	if (roll(4))
		assert_int_equal(nf_rule_policy(some_net(), hook, PICK(verdicts)), 0);
	else
		nf_rule_flush(some_net(), hook);
}

static void neighbours(void)
{
	static const u32 ips[] = { PEER_IP, GATEWAY_IP, NOBODY_IP, NOBODY_IP + 1 };
	be32 ip = cpu_to_be32(PICK(ips));
	struct neighbour *n = neigh_lookup(init_net.arp_tbl, &eth0.dev, ip);

	if (n && roll(2))
		neigh_delete(n);
	else if (n)
		neigh_update(n, peer_mac, roll(2));
	else if (eth0.dev.net == &init_net)
		assert_int_equal(
			neigh_set(init_net.arp_tbl, &eth0.dev, ip, peer_mac, NUD_STALE), 0);
}

/* ---- what the wire and time do ----------------------------------------------------------------- */

static void frame_comes_in(void)
{
	static const char *const frames[] = { FRAME_CRUMBS, FRAME_ECHO, FRAME_ARP_ANSWERED,
		FRAME_ARP_ASKED, FRAME_TOLD_PORT, FRAME_TOLD_HOST, FRAME_TOLD_FRAG_NEEDED,
		FRAME_IGMP_QUERY };

	if (eth0.dev.flags & IFF_UP)
		inject_hex(PICK(frames));
}

static void wire(void)
{
	if (roll(2))
		fake_set_link(&eth0, roll(3));
	else
		eth0.stuck = !roll(3);
}

static void time_passes(void)
{
	stack_step(roll(2) ? 10 : 10 * roll(200));
}

/* ---- the test ---------------------------------------------------------------------------------- */

static void (*const steps[])(void) = { open_socket, open_socket, open_socket, close_socket,
	close_socket, send_datagrams, send_datagrams, send_datagrams, send_datagrams,
	send_and_close, send_and_close, send_and_close, send_frame, receive, receive, give_verdict,
	give_verdict, give_verdict, change_namespace, device_up_or_down, addresses, move_device,
	set_qdisc, filter, filter, neighbours, frame_comes_in, frame_comes_in, wire, net_poll,
	time_passes, time_passes };

static void random_life(void **state)
{
	struct proc_file *proc = proc_find("/proc/self/ns/net");

	dice = seed;
	home = fd_install(&init_task.files, proc_open(proc, 0), 0);
	fake_register(&eth1, &init_net, 2);
	eth1.keep = roll(2);
	eth0.keep = roll(2);
	for (u32 i = 0; i < FDS; i++)
		fds[i] = -1;
	addresses();
	for (u32 i = 0; i < STEPS; i++) {
		PICK(steps)();
		stack_check_accounts();
	}
	assert_int_equal(sys_setns(home, CLONE_NEWNET), 0);
	for (enum nf_inet_hooks hook = 0; hook < NF_INET_NUMHOOKS; hook++)
		if (nf_rule_list(&init_net, hook))
			nf_rule_flush(&init_net, hook);
	addresses();
}

int main(int argc, char **argv)
{
	const struct CMUnitTest test[] = { STACK_TEST(random_life) };
	u64 first = argc > 1 ? strtoull(argv[1], NULL, 0) : 1,
	    n = argc > 2 ? strtoull(argv[2], NULL, 0) : 12;
	int failed = 0;

	for (seed = first; seed < first + n && !failed; seed++) {
		failed = cmocka_run_group_tests(test, NULL, NULL);
		if (failed)
			fprintf(stderr, "seed %lu\n", seed);
	}
	return failed;
}
