/* SPDX-License-Identifier: MIT
 * tap.c - taps: functions that see every frame of every device, both ways.
 * Not here: the taps themselves (net/packet/).
 * Packet sockets and the capture add theirs; dev_xmit.c and dev_receive.c show them the frames.
 * Behaves as Linux's ptype_all. */
#include "net/device/tap.h"

struct static_key taps_active, xmit_watched;
static struct list_head taps = LIST_HEAD_INIT(taps);

void dev_watch_xmit(s32 change)
{
	static s32 n;

	n += change;
	static_key_set(&xmit_watched, n > 0);
}

/* Cached flows become stale: taps see whole checksums, which a card completes too late for them. */
static void taps_changed(s32 change)
{
	struct net *net;

	static_key_set(&taps_active, !list_empty(&taps));
	dev_watch_xmit(change);
	for_each_net(net)
		net_changed(net);
}

void dev_add_tap(struct packet_tap *tap)
{
	list_add_tail(&tap->list, &taps);
	taps_changed(1);
}

void dev_remove_tap(struct packet_tap *tap)
{
	list_del(&tap->list);
	taps_changed(-1);
}

noinline void show_taps(const struct sk_buff *skb, bool outgoing)
{
	struct packet_tap *tap, *tmp;

	list_for_each_safe(tap, tmp, &taps, list)
		tap->fn(tap, skb, outgoing);
}
