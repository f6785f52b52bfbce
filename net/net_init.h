/* SPDX-License-Identifier: MIT
 * net_init.h - the stack is put together here: protocols are wired, namespaces made.
 * Not here: anything that happens to a packet.
 * main.c (and the host tests) call net_init once.
 * Behaves as Linux's inet_init. */
#pragma once

#include "net/core/net_namespace.h"

/* net_init - pools, protocols, the first namespace with lo. Returns 0 or -ENOMEM. */
int net_init(void) __must_check;

/* net_drain - before the machine ends: wait until everything accepted for sending in any namespace has
 * left or was dropped, and say what was; for as long as something of it moves every 5 s, and for 15 s in all.
 * Then what waits is dropped.
 * Returns  packets that did not leave, or may not have: sent without a link, at most */
u64 net_drain(void);
