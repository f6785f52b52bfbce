/* SPDX-License-Identifier: MIT
 * ring.h - a card made of memory: a transmit ring whose frames are gone as soon as it is told, and a receive ring that
 * is filled by hand.
 * Not here: the stack above it, lwIP's counterpart (lwip.c).
 * muffin.c calls in; dev.c calls its operations.
 * Source: struct net_device_ops; the order of steps is the e1000 driver's. */
#pragma once

#include "net/device/dev.h"

#define RING_CARDS 2

/* ring_register - add the next card to net and open it. Its link is up for good.
 * features  NETIF_F_* that it claims to have; its frames are not read */
struct net_device *ring_register(struct net *net, u32 features);

/* ring_arrive - what the card does when a frame comes in: it is written into the next slot's packet, and its
 * descriptor says so. Fewer than 64 frames wait at any time. */
void ring_arrive(struct net_device *dev, const void *frame, u16 len);

/* ring_frames - how many frames all cards were given. */
u64 ring_frames(void);

/* ring_doorbells - how often cards were told that frames are there. */
u64 ring_doorbells(void);
