/* SPDX-License-Identifier: MIT
 * test_packet_owner.c - each place that keeps packets beyond the call: the sender closes, the device goes
 * down, the namespace ends, and then the packet goes on.
 * Not here: all of that in any order (test_packet_life.c).
 * cmocka calls in. What was given back is poisoned; stack.c counts the pools at the end.
 * Source: design: a packet that outlives the call has a reference to its sender, or no pointer to it. */
#include "kernel/fs/procfile.h"
#include "kernel/lib/string.h"
#include "net/core/net_namespace.h"
#include "net/device/dev_config.h"
#include "net/device/qdisc.h"
#include "net/netfilter/nf_rules.h"
#include "net/socket/sockopt.h"
#include "net/socket/sys_netns.h"
#include "tests/unit/nfq.h"

#define CLONE_NEWNET 0x40000000
#define LO_IP        0x7f000001u
#define GROUP_IP     0xef010203u

static struct fake_device eth1;
static struct fake_device *card; /* of the namespace that the place is in */
static int sender, receiver, judge;

static struct net *here(void)
{
	return init_task.nsproxy->net_ns;
}

static void close_fd(int *fd)
{
	fd_close(&init_task.files, *fd);
	*fd = -1;
}

static void send_muffin(u32 ip)
{
	assert_int_equal(send_to(sender, "muffin", 6, 0, ip, OUR_PORT), 6);
}

static long received(void)
{
	char buf[32];

	return sys_recvfrom(receiver, user(buf), sizeof(buf), MSG_DONTWAIT, 0, 0);
}

/* ---- the places: a packet comes there, and leaves it --------------------------------------------- */

static void on_los_ring(void)
{
	send_muffin(LO_IP);
	assert_int_equal(here()->loopback_dev->netdev_ops->ndo_tx_pending(here()->loopback_dev), 1);
}

static void in_a_receive_queue(void)
{
	send_muffin(LO_IP);
	net_poll();
}

static void as_a_groups_copy_on_los_ring(void)
{
	be32 mreq[2] = { cpu_to_be32(GROUP_IP), cpu_to_be32(OUR_IP) };

	assert_int_equal(
		sys_setsockopt(receiver, SOL_IP, IP_ADD_MEMBERSHIP, user(mreq), sizeof(mreq)), 0);
	send_muffin(GROUP_IP);
}

static void as_a_groups_copy(void)
{
	as_a_groups_copy_on_los_ring();
	net_poll();
}

static void at_a_neighbour(void)
{
	send_muffin(PEER_IP);
	assert_int_equal(here()->mib.waiting, 1);
}

static void neighbour_answers(void)
{
	u8 frame[FAKE_FRAME_MAX];
	u32 len = from_hex(FRAME_ARP_ANSWERED, frame);

	memcpy(frame, card->dev.dev_addr, ETH_ALEN);
	if (card->dev.flags & IFF_UP)
		fake_inject(card, frame, len);
}

static void know_peer(void)
{
	assert_int_equal(
		neigh_set_permanent(here()->arp_tbl, &card->dev, cpu_to_be32(PEER_IP), peer_mac),
		0);
}

static void in_a_discipline(void)
{
	const struct qdisc_spec pps = { .rate = 1, .packets = true };

	know_peer();
	assert_int_equal(dev_set_qdisc(&card->dev, &pps), 0);
	send_muffin(PEER_IP);
	send_muffin(PEER_IP);
	assert_int_equal(here()->mib.queued, 1);
}

static void at_its_sockets_pace(void)
{
	know_peer();
	assert_int_equal(set_int(sender, SOL_SOCKET, SO_MAX_PACING_RATE, 60), 0);
	send_muffin(PEER_IP);
	send_muffin(PEER_IP);
	assert_int_equal(here()->mib.queued, 1);
}

static void time_passes(void)
{
	stack_step(2000);
}

static void queue_at(enum nf_inet_hooks hook)
{
	judge = nfq_open(0);
	assert_int_equal(nf_rule_policy(here(), hook, NF_QUEUE), 0);
}

static void on_los_ring_before_a_queue(void)
{
	queue_at(NF_INET_LOCAL_IN);
	send_muffin(LO_IP);
}

static void in_a_netfilter_queue_in(void)
{
	queue_at(NF_INET_LOCAL_IN);
	send_muffin(LO_IP);
	net_poll();
	assert_int_equal(received(), -EAGAIN);
}

static void in_a_netfilter_queue_from_the_wire(void)
{
	u8 frame[FAKE_FRAME_MAX];
	u32 len = from_hex(FRAME_CRUMBS, frame);

	queue_at(NF_INET_LOCAL_IN);
	memcpy(frame, card->dev.dev_addr, ETH_ALEN);
	fake_inject(card, frame, len);
}

static void in_a_netfilter_queue_out(void)
{
	know_peer();
	queue_at(NF_INET_LOCAL_OUT);
	send_muffin(PEER_IP);
	assert_int_equal(here()->mib.queued, 1);
}

static void is_accepted(void)
{
	net_poll();
	if (judge >= 0)
		nfq_judge(judge, 0, 1, NF_ACCEPT, false);
	net_poll();
}

static void on_a_cards_ring(void)
{
	know_peer();
	card->stuck = true;
	send_muffin(PEER_IP);
}

static void card_sends(void)
{
	card->stuck = false;
	net_poll();
}

/* frames: by the card, with those that did not wait; received: by the receiver. When all goes well. */
static const struct place {
	void (*come)(void), (*go_on)(void);
	u32 frames;
	bool received;
} places[] = {
	{ on_los_ring, net_poll, 0, true },
	{ in_a_receive_queue, net_poll, 0, true },
	{ as_a_groups_copy_on_los_ring, net_poll, 2, true },
	{ as_a_groups_copy, net_poll, 2, true },         /* behind the report */
	{ at_a_neighbour, neighbour_answers, 2, false }, /* behind the question */
	{ in_a_discipline, time_passes, 2, false },
	{ at_its_sockets_pace, time_passes, 2, false },
	{ on_los_ring_before_a_queue, is_accepted, 0, true },
	{ in_a_netfilter_queue_in, is_accepted, 0, true },
	{ in_a_netfilter_queue_from_the_wire, is_accepted, 0, true },
	{ in_a_netfilter_queue_out, is_accepted, 1, false },
	{ on_a_cards_ring, card_sends, 1, false },
};

/* ---- what happens meanwhile ------------------------------------------------------------------------- */

static void begin(struct fake_device *of_the_namespace)
{
	card = of_the_namespace;
	sender = udp_socket();
	receiver = udp_socket_at(0, OUR_PORT);
	judge = -1;
	fake_forget(card);
}

/* Its memory is used for something else at once. */
static void sender_closes(void **state)
{
	for (const struct place *p = places; p < places + ARRAY_SIZE(places); p++) {
		int other;

		begin(&eth0);
		p->come();
		close_fd(&sender);
		other = udp_socket();
		p->go_on();
		assert_int_equal(sk_of(other)->sk_refs, 1);
		assert_int_equal(sk_of(other)->sk_wmem, 0);
		assert_int_equal(card->sent_n, p->frames);
		assert_int_equal(received(), p->received ? 6 : -EAGAIN);
		for (enum nf_inet_hooks hook = 0; hook < NF_INET_NUMHOOKS; hook++)
			if (nf_rule_list(&init_net, hook))
				nf_rule_flush(&init_net, hook);
		assert_int_equal(dev_set_qdisc(&eth0.dev, NULL), 0);
		neigh_delete(
			neigh_lookup_create(init_net.arp_tbl, &eth0.dev, cpu_to_be32(PEER_IP)));
		close_fd(&other);
		close_fd(&receiver);
		close_fd(&judge);
		stack_check_accounts();
	}
}

/* In a namespace of its own, with one card. */
static void enter_fresh(void)
{
	struct route_spec gateway = { .via = cpu_to_be32(GATEWAY_IP), .type = RTN_UNICAST };

	assert_int_equal(sys_unshare(CLONE_NEWNET), 0);
	assert_int_equal(dev_open(here()->loopback_dev), 0);
	assert_int_equal(dev_change_net_namespace(&eth1.dev, here()), 0);
	assert_int_equal(dev_open(&eth1.dev), 0);
	assert_int_equal(inet_insert_ifa(&eth1.dev, cpu_to_be32(OUR_IP), 24), 0);
	assert_int_equal(ip_route_add(here(), &gateway), 0);
	begin(&eth1);
}

static int open_home(void)
{
	fake_register(&eth1, &init_net, 2);
	return fd_install(&init_task.files, proc_open(proc_find("/proc/self/ns/net"), 0), 0);
}

static void leave(int home)
{
	card->stuck = false;
	assert_int_equal(dev_set_qdisc(&card->dev, NULL), 0);
	close_fd(&receiver);
	close_fd(&judge);
	assert_int_equal(sys_setns(home, CLONE_NEWNET), 0);
	stack_step(5000);
	assert_ptr_equal(net_namespace_list.next, net_namespace_list.prev); /* it has ended */
	assert_ptr_equal(eth1.dev.net, &init_net);
	stack_check_accounts();
}

static void device_goes_down(void **state)
{
	int home = open_home();

	for (const struct place *p = places; p < places + ARRAY_SIZE(places); p++)
		for (u32 sender_first = 0; sender_first < 2; sender_first++) {
			enter_fresh();
			p->come();
			if (sender_first)
				close_fd(&sender);
			dev_close(&card->dev);
			dev_close(here()->loopback_dev);
			assert_int_equal(here()->mib.waiting + here()->mib.queued, 0);
			close_fd(&sender);
			p->go_on();
			leave(home);
		}
}

/* The card goes elsewhere, and what waited does not follow it. */
static void device_moves(void **state)
{
	int home = open_home();

	for (const struct place *p = places; p < places + ARRAY_SIZE(places); p++) {
		enter_fresh();
		p->come();
		assert_int_equal(dev_change_net_namespace(&eth1.dev, &init_net), 0);
		assert_int_equal(dev_open(&eth1.dev), 0);
		close_fd(&sender);
		fake_forget(&eth1);
		p->go_on();
		assert_int_equal(eth1.sent_n, 0);
		assert_int_equal(init_net.mib.ip_in_delivers, 0);
		leave(home);
	}
}

/* All users go at once; what waits keeps it, or is dropped with it. */
static void namespace_ends(void **state)
{
	int home = open_home();

	for (const struct place *p = places; p < places + ARRAY_SIZE(places); p++) {
		enter_fresh();
		p->come();
		close_fd(&sender);
		leave(home);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STACK_TEST(sender_closes),
		STACK_TEST(device_goes_down),
		STACK_TEST(device_moves),
		STACK_TEST(namespace_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
