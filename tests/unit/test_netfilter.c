/* SPDX-License-Identifier: MIT
 * test_netfilter.c - hooks: each verdict, their order, the queue with and without a handler.
 * Not here: rules.
 * cmocka calls in; the module under test is this file's.
 * Source: Linux's netfilter: verdicts and priorities. */
#include "tests/unit/stack.h"
#include "net/netfilter.h"

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

	(void)state;
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

	(void)state;
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

	(void)state;
	add(&m);
	assert_int_not_equal(init_net.genid, before);
	before = init_net.genid;
	take_out(&m);
	assert_int_not_equal(init_net.genid, before);
}

/* Whoever filters before ARP causes no ARP request (design). */
static void dropped_before_arp(void **state)
{
	struct module m = module('d', NF_INET_LOCAL_OUT, 0, NF_DROP);
	int fd = udp_socket();

	(void)state;
	add(&m);
	assert_int_equal(send_to(fd, "x", 1, 0, PEER_IP, PEER_PORT), -EPERM);
	assert_int_equal(eth0.sent_n, 0);
}

static void unknown_verdict_drops(void **state)
{
	struct module m = module('?', NF_INET_LOCAL_OUT, 0, 77);

	(void)state;
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

	(void)state;
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

	(void)state;
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

static int take_into_queue(struct sk_buff *skb, const struct nf_hook_state *state, u32 queue_num)
{
	skb_set_owner_w(skb);
	queue_seen = queue_num;
	okfn_seen = state->okfn;
	held = skb;
	init_net.mib.queued++;
	return 0;
}

static int refuse(struct sk_buff *skb, const struct nf_hook_state *state, u32 queue_num)
{
	(void)skb;
	(void)state;
	(void)queue_num;
	return -ENOBUFS;
}

static const struct nf_queue_handler taking = { take_into_queue }, refusing = { refuse };

static void queue_without_handler(void **state)
{
	struct module m = module('q', NF_INET_LOCAL_OUT, 0, NF_QUEUE | 7 << NF_VERDICT_QSHIFT);

	(void)state;
	add(&m);
	assert_int_equal(send_muffin(), -EPERM);
	assert_int_equal(stack_dropped(SKB_DROP_QUEUE_NO_HANDLER), 1);
	init_net.nf->queue_handler = &refusing;
	assert_int_equal(send_muffin(), -EPERM);
	assert_int_equal(stack_dropped(SKB_DROP_QUEUE_NO_HANDLER), 2);
	stack_check_accounts();
}

static void queue_with_handler(void **state)
{
	struct module m = module('q', NF_INET_LOCAL_OUT, 0, NF_QUEUE | 7 << NF_VERDICT_QSHIFT);

	(void)state;
	add(&m);
	init_net.nf->queue_handler = &taking;
	assert_int_equal(send_muffin(), 6);
	assert_int_equal(queue_seen, 7);
	assert_int_equal(eth0.sent_n, 0);
	stack_check_accounts();
	init_net.mib.queued--;
	assert_int_equal(okfn_seen(&init_net, held), 0); /* its socket is closed by now */
	assert_frame(0, FRAME_MUFFIN);
}

/* ---- on the way in ------------------------------------------------------------------------- */

/* What is refused here was never accepted for sending: it must not count as lost there. */
static void local_in(void **state)
{
	struct module m = module('i', NF_INET_LOCAL_IN, 0, NF_DROP);
	int fd = udp_socket_at(0, OUR_PORT);

	(void)state;
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

	(void)state;
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
	(void)state;
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
		STACK_TEST(queue_with_handler),
		STACK_TEST(local_in),
		STACK_TEST(state_names_the_device),
		STACK_TEST(no_memory),
	};

	return cmocka_run_group_tests(netfilter, NULL, NULL);
}
