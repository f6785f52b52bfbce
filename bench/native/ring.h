/* SPDX-License-Identifier: MIT
 * ring.h - a card made of memory: a descriptor ring whose frames are gone as soon as it is told.
 * Not here: the stack above it, lwIP's counterpart (lwip.c).
 * native.c calls in; dev.c calls its operations.
 * Source: struct net_device_ops; the order of steps is the e1000 driver's. */
#pragma once

#include "net/dev.h"

/* ring_register - add the card to net as eth0 and open it. Its link is up for good. */
struct net_device *ring_register(struct net *net);

/* ring_doorbells - how often it was told that frames are there. */
u64 ring_doorbells(void);
