/* SPDX-License-Identifier: MIT
 * ring.h - a card made of memory: a descriptor ring whose frames are gone as soon as it is told.
 * Not here: the stack above it, lwIP's counterpart (lwip.c).
 * native.c calls in; dev.c calls its operations.
 * Source: struct net_device_ops; the order of steps is the e1000 driver's. */
#pragma once

#include "net/device/dev.h"

#define RING_CARDS 2

/* ring_register - add the next card to net and open it. Its link is up for good.
 * features  NETIF_F_* that it claims to have; its frames are not read */
struct net_device *ring_register(struct net *net, u32 features);

/* ring_frames - how many frames all cards were given. */
u64 ring_frames(void);

/* ring_doorbells - how often cards were told that frames are there. */
u64 ring_doorbells(void);
