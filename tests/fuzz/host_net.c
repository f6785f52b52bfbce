/* SPDX-License-Identifier: MIT
 * host_net.c - a network namespace with two cards for each input, made new and taken apart again.
 * Not here: what is done in it.
 * fuzz_calls.c calls in. Calls the stack as net_init.c and rtnetlink do.
 * Source: see host_net.h. */
#include "kernel/fs/task.h"
#include "kernel/lib/string.h"
#include "net/core/skb_owner.h"
#include "net/device/account.h"
#include "net/device/dev_config.h"
#include "net/device/qdisc.h"
#include "net/ipv4/devinet.h"
#include "net/ipv4/route.h"
#include "net/net_init.h"
#include "tests/fuzz/host_net.h"
#include "tests/unit/host_machine.h"
#include "tests/unit/route_spec.h"

/* The longest of the stack's timers is below this, but for paced packets. */
#define SETTLE_S 60

/* A blocking call: the card goes on after so many rests, a signal comes after so many more. */
#define RESTS_STUCK 100
#define RESTS_MAX   3000

struct fake_device host_card[HOST_NET_CARDS];

static struct sk_buff_head held;
static unsigned rests;

static void start(void)
{
	host_capture(true);
	BUG_ON(net_init() != 0);
	get_net(&init_net); /* the process is in it between inputs */
	for (u8 i = 0; i < HOST_NET_CARDS; i++)
		fake_register(&host_card[i], &init_net, (u8)(i + 1));
}

static void work_again(struct fake_device *card)
{
	card->stuck = false;
	card->xmit_answer = card->open_answer = 0;
	card->on_poll = NULL;
	fake_set_link(card, true);
}

static void on_rest(void *arg)
{
	if (++rests == RESTS_STUCK)
		for (u32 i = 0; i < HOST_NET_CARDS; i++)
			work_again(&host_card[i]);
	host_signal(rests > RESTS_MAX);
}

static void bring_up(struct net *net, u32 i, u32 addr)
{
	struct net_device *dev = &host_card[i].dev;
	const char name[] = { 'e', 't', 'h', (char)('0' + i), 0 };

	work_again(&host_card[i]);
	host_card[i].keep = false;
	dev->features = 0;
	BUG_ON(dev_set_qdisc(dev, NULL) != 0 || dev_set_mtu(dev, ETH_DATA_LEN) != 0);
	BUG_ON(dev_change_net_namespace(dev, net) != 0);
	if (strcmp(dev->name, name) != 0)
		BUG_ON(dev_change_name(dev, name) != 0);
	BUG_ON(dev_open(dev) != 0 || inet_insert_ifa(dev, cpu_to_be32(addr), 24) != 0);
	fake_forget(&host_card[i]);
}

static void add_routes(struct net *net)
{
	struct route_spec gateway = { .via = cpu_to_be32(0x0a0000fe), .type = RTN_UNICAST };
	struct fib_nh nh[2] = { { .gw = cpu_to_be32(0x0a000009), .weight = 3 },
		{ .gw = cpu_to_be32(0x0a010009), .weight = 1 } };
	struct fib_config two_ways = { .dst = cpu_to_be32(0xc0000200),
		.dst_len = 24,
		.type = RTN_UNICAST,
		.table_id = RT_TABLE_MAIN,
		.nlflags = FIB_CREATE,
		.nhs = ARRAY_SIZE(nh) };

	BUG_ON(ip_route_add(net, &gateway) != 0 || inet_rtm_newroute(net, &two_ways, nh) != 0);
	gateway.via = cpu_to_be32(0x0a0000fd); /* a second one, in case the first does not answer */
	BUG_ON(ip_route_add(net, &gateway) != 0);
}

void host_net_begin(void)
{
	static bool started;
	struct net *net;

	if (!started)
		start();
	started = true;
	host_capture(true); /* empties what was said before */
	host_seed(1);
	host_tick_clock(NSEC_PER_USEC); /* a wait begins with looks at the clock */
	host_on_idle(on_rest, NULL);
	rests = 0;
	net = net_create();
	BUG_ON(!net);
	current->nsproxy->net_ns = net;
	BUG_ON(dev_open(net->loopback_dev) != 0);
	bring_up(net, 0, 0x0a000001);
	bring_up(net, 1, 0x0a010001);
	add_routes(net);
}

void host_net_hold(u32 leave)
{
	struct sk_buff *skb;

	while (skb_pool.free_n > leave && (skb = skb_alloc(0)))
		skb_queue_tail(&held, skb);
	while ((skb = skb_alloc_small())) {
		skb_init(skb, 0);
		skb_queue_tail(&held, skb);
	}
}

static void check(void)
{
	struct net_account a = net_account();

	BUG_ON(a.waiting != 0 || a.queued != 0);
	BUG_ON(a.accepted != a.sent + a.dropped);
	fake_give_back_all();
	BUG_ON(skb_pool.free_n != skb_pool.total_n || skb_pool.reserve_n != SKB_RESERVE);
	BUG_ON(skb_pool.small_free_n != skb_pool.small_total_n);
	BUG_ON(file_n() != 0);
	BUG_ON(net_namespace_list.next != &init_net.list ||
		net_namespace_list.prev != &init_net.list);
	for (u32 i = 0; i < HOST_NET_CARDS; i++)
		BUG_ON(host_card[i].dev.net != &init_net || host_card[i].dev.promiscuity != 0);
}

void host_net_end(void)
{
	struct net *net = current->nsproxy->net_ns;
	struct sk_buff *skb;

	host_fail_commit(0, false);
	host_forbid(NULL, 0);
	host_signal(false);
	while ((skb = skb_dequeue(&held)))
		skb_release(skb);
	for (u32 i = 0; i < HOST_NET_CARDS; i++)
		work_again(&host_card[i]);
	fd_close_all(&current->files);
	net_drain(); /* at one byte a second it would take hours */
	current->nsproxy->net_ns = &init_net;
	put_net(net);
	for (u32 s = 0; s < SETTLE_S; s++) {
		host_advance_clock(NSEC_PER_SEC);
		net_poll();
	}
	check();
}
