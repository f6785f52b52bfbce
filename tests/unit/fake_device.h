/* SPDX-License-Identifier: MIT
 * fake_device.h - an Ethernet card whose wire is an array: what was sent can be read, what is to
 * be received is put in.
 * Not here: the stack above it (stack.h), a real card's registers (drivers/).
 * Tests and fuzzers call in; it calls netif_receive_skb.
 * Source: struct net_device_ops. */
#pragma once

#include "net/device/dev_config.h"

#define FAKE_RING       64 /* a power of two */
#define FAKE_FRAMES_MAX 256
#define FAKE_FRAME_MAX  2048

struct fake_frame {
	u64 at_ns;
	u32 len;
	u8 bytes[FAKE_FRAME_MAX];
};

/* What the card knows of a packet: written when it is sent, not when it is sent again. */
struct fake_desc {
	const u8 *data;
	u32 len;
	bool csum_partial;
};

struct fake_device {
	struct net_device dev;
	u32 slots;  /* frames its ring holds */
	bool stuck; /* it sends nothing: the ring fills up */
	bool keep;  /* packets stay in their slots when they were sent, and are sent again */
	u32 clean;  /* those before it have been sent; those from dev.tx_next on are free */
	u32 told;   /* where dev.tx_next stood at the last doorbell: those before it may be sent */
	struct sk_buff *slot[FAKE_RING];
	struct fake_desc desc[FAKE_RING];
	u32 again_n;   /* how often one was sent again */
	u32 doorbells; /* flushes among them */
	u32 stayed_n; /* received frames whose packets stayed in their slots: copied or dropped there */
	u32 flushes;
	int open_answer, xmit_answer;              /* 0 or a negative errno */
	void (*on_poll)(struct fake_device *fake); /* each ndo_poll; may inject */
	u32 sent_n; /* since fake_forget, also those beyond the array */
	struct fake_frame sent[FAKE_FRAMES_MAX];
};

/* fake_register - add it to net as ethN and open it; 02:00:00:00:00:<last>, a ring of 64. */
void fake_register(struct fake_device *fake, struct net *net, u8 last);

/* fake_set_link - plug or unplug the cable. */
void fake_set_link(struct fake_device *fake, bool up);

/* fake_inject - a frame comes in. len: 0..1952 bytes. It is dropped when the pool is empty. */
void fake_inject(struct fake_device *fake, const void *frame, u32 len);

/* fake_inject_burst - n frames, at most RX_BURST, in slots that follow each other. */
void fake_inject_burst(struct fake_device *fake, const struct fake_frame *frame, u32 n);

/* fake_give_back_all - what lies in the slots of all of them returns to the pool. */
void fake_give_back_all(void);

/* fake_forget - as if nothing had been sent yet. */
void fake_forget(struct fake_device *fake);
