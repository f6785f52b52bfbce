/* SPDX-License-Identifier: MIT
 * tap.c - taps: functions that see every frame of every device, both ways.
 * Not here: the taps themselves (net/packet/).
 * Packet sockets and the capture add theirs; dev_xmit.c and dev_receive.c show them the frames.
 * Behaves as Linux's ptype_all. */
#include "net/device/tap.h"

struct static_key taps_active;
static struct list_head taps = LIST_HEAD_INIT(taps);

/* Cached flows become stale, so that their packets pass the taps. */
static void set_taps_active(bool active)
{
	struct net *net;

	static_key_set(&taps_active, active);
	for_each_net(net)
		net_changed(net);
}

void dev_add_tap(struct packet_tap *tap)
{
	list_add_tail(&tap->list, &taps);
	set_taps_active(true);
}

void dev_remove_tap(struct packet_tap *tap)
{
	list_del(&tap->list);
	set_taps_active(!list_empty(&taps));
}

noinline void show_taps(const struct sk_buff *skb, bool outgoing)
{
	struct packet_tap *tap, *tmp;

	list_for_each_safe(tap, tmp, &taps, list)
		tap->fn(tap, skb, outgoing);
}
