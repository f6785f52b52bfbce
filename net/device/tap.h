/* SPDX-License-Identifier: MIT
 * tap.h - taps: functions that see every frame of every device, both ways.
 * Not here: the taps themselves (net/packet/).
 * Packet sockets and the capture add theirs; dev_xmit.c and dev_receive.c show them the frames.
 * Behaves as Linux's ptype_all. */
#pragma once

#include "kernel/lib/list.h"
#include "kernel/lib/static_key.h"
#include "net/device/dev.h"

/* fn sees every frame both ways, Ethernet header first, and copies it if it keeps it. */
struct packet_tap {
	struct list_head list;
	void (*fn)(struct packet_tap *tap, const struct sk_buff *skb, bool outgoing);
};

/* dev_add_tap, dev_remove_tap - while there is none, the path pays a no-op. */
void dev_add_tap(struct packet_tap *tap);
void dev_remove_tap(struct packet_tap *tap);

/* taps_active - there is at least one tap; patched into the code. */
extern struct static_key taps_active;

/* xmit_watched - somebody wants to see what leaves by the fast path: taps, or hooks that count. */
extern struct static_key xmit_watched;

/* dev_watch_xmit - one more (1) or one less (-1) of them. */
void dev_watch_xmit(s32 change);

/* show_taps - to each of them. */
void show_taps(const struct sk_buff *skb, bool outgoing);
