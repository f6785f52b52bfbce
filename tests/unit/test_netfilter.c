/* SPDX-License-Identifier: MIT
 * test_netfilter.c - hooks: each verdict, their order, the queue with and without a handler.
 * Not here: rules.
 * cmocka calls in; the module under test is this file's.
 * Behaves as Linux's netfilter: verdicts and priorities. */
#include "net/device/dev_config.h"
#include "net/netfilter/netfilter.h"
#include "net/netfilter/nf_queue.h"
#include "tests/unit/stack.h"

static char order[16];
static u32 order_n, queue_seen;
static struct sk_buff *held;
static const struct nf_hook_state *state_seen;
static nf_okfn okfn_seen;

struct module {
	struct nf_hook_ops ops;
	u32 verdict;
	char mark;
};

static u32 hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct module *m = priv;

	order[order_n++] = m->mark;
	state_seen = state;
	okfn_seen = state->okfn;
	if (m->verdict == NF_STOLEN)
		held = skb;
	return m->verdict;
}

static struct module module(char mark, enum nf_inet_hooks hooknum, int priority, u32 verdict)
{
	return (struct module){ .ops = { .hook = hook, .hooknum = hooknum, .priority = priority },
		.verdict = verdict,
		.mark = mark };
}

static void add(struct module *m)
{
	m->ops.priv = m;
	nf_register_net_hook(&init_net, &m->ops);
}

static void take_out(struct module *m)
{
	nf_unregister_net_hook(&init_net, &m->ops);
}

static long send_muffin(void)
{
	int fd = udp_socket_at(0, OUR_PORT);
	long err;

	stack_know_peer();
	err = send_to(fd, "muffin", 6, 0, PEER_IP, PEER_PORT);
	fd_close(&init_task.files, fd);
	return err;
}

static void accept(void **state)
{
	struct module m = module('a', NF_INET_LOCAL_OUT, 0, NF_ACCEPT);

	add(&m);
	assert_int_equal(send_muffin(), 6);
	assert_string_equal(order, "a");
	assert_frame(0, FRAME_MUFFIN);
	take_out(&m);
	assert_int_equal(send_muffin(), 6);
	assert_string_equal(order, "a");
}

static void drop(void **state)
{
	struct module m = module('d', NF_INET_LOCAL_OUT, 0, NF_DROP);

	add(&m);
	assert_int_equal(send_muffin(), -EPERM);
	assert_int_equal(eth0.sent_n, 0);
	assert_int_equal(stack_dropped(SKB_DROP_NETFILTER), 1);
	stack_check_accounts();
}

/* A flow kept from before must not pass a hook by. */
static void kept_flows_become_stale(void **state)
{
	struct module m = module('d', NF_INET_LOCAL_OUT, 0, NF_DROP);
	u64 before = init_net.genid;

	add(&m);
	assert_int_not_equal(init_net.genid, before);
	before = init_net.genid;
	take_out(&m);
	assert_int_not_equal(init_net.genid, before);
}

/* A packet that is dropped before ARP causes no ARP request (design). */
static void dropped_before_arp(void **state)
{
	struct module m = module('d', NF_INET_LOCAL_OUT, 0, NF_DROP);
	int fd = udp_socket();

	add(&m);
	assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT), -EPERM);
	assert_int_equal(eth0.sent_n, 0);
}

static void unknown_verdict_drops(void **state)
{
	struct module m = module('?', NF_INET_LOCAL_OUT, 0, 77);

	add(&m);
	assert_int_equal(send_muffin(), -EPERM);
}

static void priorities(void **state)
{
	struct module b = module('b', NF_INET_LOCAL_OUT, 0, NF_ACCEPT),
		      c = module('c', NF_INET_LOCAL_OUT, 0, NF_ACCEPT),
		      a = module('a', NF_INET_LOCAL_OUT, -100, NF_ACCEPT),
		      d = module('d', NF_INET_LOCAL_OUT, 100, NF_ACCEPT),
		      e = module('e', NF_INET_POST_ROUTING, -200, NF_ACCEPT);

	add(&e);
	add(&b);
	add(&d);
	add(&c);
	add(&a);
	assert_int_equal(send_muffin(), 6);
	assert_string_equal(order, "abcde");
	take_out(&c);
	d.verdict = NF_DROP;
	assert_int_equal(send_muffin(), -EPERM);
	assert_string_equal(order, "abcdeabd");
}

static void stolen(void **state)
{
	struct module m = module('s', NF_INET_LOCAL_OUT, 0, NF_STOLEN);

	add(&m);
	init_net.mib.queued++; /* the thief's to do */
	assert_int_equal(send_muffin(), 6);
	assert_int_equal(eth0.sent_n, 0);
	stack_check_accounts();
	init_net.mib.queued--;
	assert_int_equal(okfn_seen(&init_net, held), 0);
	assert_frame(0, FRAME_MUFFIN);
}

/* ---- the queue ---------------------------------------------------------------------------- */

static struct nf_queue_entry *entries[4];
static u32 entry_n;

static int take_into_queue(struct nf_queue_entry *entry, u32 queue_num)
{
	queue_seen = queue_num;
	entries[entry_n++] = entry;
	return 0;
}

static int answer;

static int refuse(struct nf_queue_entry *entry, u32 queue_num)
{
	return answer;
}

static void drop_queued(
	struct net *net, const struct nf_hook_ops *ops, const struct net_device *dev)
{
	for (u32 i = 0; i < entry_n; i++)
		if (!ops || entries[i]->ops == ops)
			nf_queue_drop(entries[i], dev ? SKB_DROP_DEV_DOWN : SKB_DROP_QUEUE_GONE);
	entry_n = 0;
}

static const struct nf_queue_handler taking = { take_into_queue, drop_queued },
				     refusing = { refuse, drop_queued };

static void queue_without_handler(void **state)
{
	struct module m = module('q', NF_INET_LOCAL_OUT, 0, NF_QUEUE | 7 << NF_VERDICT_QSHIFT);

	add(&m);
	assert_int_equal(send_muffin(), -EPERM);
	assert_int_equal(stack_dropped(SKB_DROP_QUEUE_NO_HANDLER), 1);
	init_net.nf->queue_handler = &refusing;
	answer = -ESRCH;
	assert_int_equal(send_muffin(), -EPERM);
	assert_int_equal(stack_dropped(SKB_DROP_QUEUE_NO_HANDLER), 2);
	answer = -ENOBUFS;
	assert_int_equal(send_muffin(), -ENOBUFS);
	assert_int_equal(stack_dropped(SKB_DROP_QUEUE_FULL), 1);
	assert_int_equal(eth0.sent_n, 0);
	answer = 1;
	assert_int_equal(send_muffin(), 6);
	assert_int_equal(eth0.sent_n, 1);
	m.verdict |= NF_VERDICT_FLAG_QUEUE_BYPASS;
	answer = -ESRCH;
	assert_int_equal(send_muffin(), 6);
	assert_int_equal(eth0.sent_n, 2);
	stack_check_accounts();
}

/* One hook before, one that queues, one behind: each verdict goes on at its place. */
static void reinjected(void **state)
{
	struct module a = module('a', NF_INET_LOCAL_OUT, -1, NF_ACCEPT),
		      q = module('q', NF_INET_LOCAL_OUT, 0, NF_QUEUE | 7 << NF_VERDICT_QSHIFT),
		      z = module('z', NF_INET_LOCAL_OUT, 1, NF_ACCEPT),
		      p = module('p', NF_INET_POST_ROUTING, 1, NF_ACCEPT);
	static const struct {
		u32 verdict;
		const char *hooks;
		u32 sent, queued;
	} rows[] = {
		{ NF_ACCEPT, "aqzp", 1, 0 },
		{ NF_STOP, "aqp", 1, 0 },
		{ NF_DROP, "aq", 0, 0 },
		{ 77, "aq", 0, 0 },
		{ NF_REPEAT, "aqq", 0, 1 },
		{ NF_QUEUE | 9 << NF_VERDICT_QSHIFT, "aq", 0, 1 },
	};

	add(&a);
	add(&q);
	add(&z);
	add(&p);
	init_net.nf->queue_handler = &taking;
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		u32 sent = eth0.sent_n;

		memset(order, 0, sizeof(order));
		order_n = entry_n = 0;
		assert_int_equal(send_muffin(), 6);
		assert_int_equal(queue_seen, 7);
		assert_int_equal(eth0.sent_n, sent);
		assert_int_equal(init_net.mib.queued, 1);
		stack_check_accounts();
		nf_reinject(entries[0], rows[i].verdict); /* its socket is closed by now */
		assert_string_equal(order, rows[i].hooks);
		assert_int_equal(eth0.sent_n, sent + rows[i].sent);
		assert_int_equal(init_net.mib.queued, rows[i].queued);
		stack_check_accounts();
		if (entry_n == 2)
			nf_queue_drop(entries[1], SKB_DROP_QUEUE_GONE);
	}
	assert_int_equal(queue_seen, 9);
	assert_frame(0, FRAME_MUFFIN);
	assert_int_equal(stack_dropped(SKB_DROP_NETFILTER), 2);
	assert_int_equal(stack_dropped(SKB_DROP_QUEUE_GONE), 2);
	assert_int_equal(skb_pool.lost, 2);
}

static void queued_packets_end_with_their_hook(void **state)
{
	struct module m = module('q', NF_INET_LOCAL_OUT, 0, NF_QUEUE);

	add(&m);
	init_net.nf->queue_handler = &taking;
	assert_int_equal(send_muffin(), 6);
	take_out(&m);
	assert_int_equal(init_net.mib.queued, 0);
	assert_int_equal(stack_dropped(SKB_DROP_QUEUE_GONE), 1);
}

/* The neighbour it was bound to made room for another: it is asked for again. */
static void neighbour_gone_while_queued(void **state)
{
	struct module m = module('q', NF_INET_LOCAL_OUT, 0, NF_QUEUE);
	u32 i = 0;

	add(&m);
	init_net.nf->queue_handler = &taking;
	assert_int_equal(send_muffin(), 6);
	entries[0]->skb->neigh = NULL;
	assert_int_equal(send_muffin(), 6);
	nf_reinject(entries[0], NF_ACCEPT);
	assert_frame(0, FRAME_MUFFIN);
	while (neigh_set_permanent(
		       init_net.arp_tbl, &eth0.dev, cpu_to_be32(0x0a010000 + i), peer_mac) == 0)
		i++;
	entries[1]->next_hop = cpu_to_be32(0x0a020000);
	nf_reinject(entries[1], NF_ACCEPT);
	assert_int_equal(stack_dropped(SKB_DROP_NEIGH_FAILED), 1);
	stack_check_accounts();
}

static void device_gone_while_queued(void **state)
{
	struct module m = module('q', NF_INET_LOCAL_OUT, 0, NF_QUEUE);
	struct net *other = net_create();

	add(&m);
	init_net.nf->queue_handler = &taking;
	assert_int_equal(send_muffin(), 6);
	assert_int_equal(entry_n, 1);
	assert_int_equal(dev_change_net_namespace(&eth0.dev, other), 0);
	assert_int_equal(entry_n, 0);
	assert_int_equal(eth0.sent_n, 0);
	assert_int_equal(stack_dropped(SKB_DROP_DEV_DOWN), 1);
	assert_int_equal(init_net.mib.queued, 0);
	put_net(other); /* the card returns */
	net_poll();
	stack_check_accounts();
}

/* ---- on the way in ------------------------------------------------------------------------- */

/* What is refused here was never accepted for sending: it must not count as lost there. */
static void local_in(void **state)
{
	struct module m = module('i', NF_INET_LOCAL_IN, 0, NF_DROP);
	int fd = udp_socket_at(0, OUR_PORT);

	add(&m);
	inject_hex(FRAME_CRUMBS);
	assert_int_equal(sk_of(fd)->sk_receive_queue.n, 0);
	stack_check_accounts();
	m.verdict = NF_QUEUE;
	inject_hex(FRAME_CRUMBS);
	stack_check_accounts();
	m.verdict = NF_ACCEPT;
	inject_hex(FRAME_CRUMBS);
	assert_int_equal(sk_of(fd)->sk_receive_queue.n, 1);
}

static void state_names_the_device(void **state)
{
	struct module in = module('i', NF_INET_LOCAL_IN, 0, NF_DROP),
		      out = module('o', NF_INET_POST_ROUTING, 0, NF_DROP);

	add(&in);
	inject_hex(FRAME_CRUMBS);
	assert_string_equal(order, "i");
	take_out(&in);
	add(&out);
	assert_int_equal(send_muffin(), -EPERM);
	assert_string_equal(order, "io");
	stack_check_accounts();
}

static void no_memory(void **state)
{
	host_fail_commit(1, true);
	for (int i = 0; i < 200; i++) {
		struct net net = { .genid = 1 };

		if (nf_init(&net) == -ENOMEM) {
			host_fail_commit(0, false);
			return;
		}
	}
	fail();
}

int main(void)
{
	const struct CMUnitTest netfilter[] = {
		STACK_TEST(accept),
		STACK_TEST(drop),
		STACK_TEST(kept_flows_become_stale),
		STACK_TEST(dropped_before_arp),
		STACK_TEST(unknown_verdict_drops),
		STACK_TEST(priorities),
		STACK_TEST(stolen),
		STACK_TEST(queue_without_handler),
		STACK_TEST(reinjected),
		STACK_TEST(queued_packets_end_with_their_hook),
		STACK_TEST(neighbour_gone_while_queued),
		STACK_TEST(device_gone_while_queued),
		STACK_TEST(local_in),
		STACK_TEST(state_names_the_device),
		STACK_TEST(no_memory),
	};

	return cmocka_run_group_tests(netfilter, NULL, NULL);
}
