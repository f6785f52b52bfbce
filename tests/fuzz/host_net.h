/* SPDX-License-Identifier: MIT
 * host_net.h - a network namespace with two cards for each input, made new and taken apart again.
 * Not here: what is done in it.
 * fuzz_calls.c uses it.
 * Source: design: nothing is lost in silence; the end of a namespace leaves nothing behind. */
#pragma once

#include "tests/unit/fake_device.h"

/* Addresses: eth0 is 10.0.0.1/24, eth1 is 10.1.0.1/24, the default gateways are 10.0.0.254 and 10.0.0.253,
 * 192.0.2.0/24 is behind a gateway of each card. */
#define HOST_NET_CARDS 2

extern struct fake_device host_card[HOST_NET_CARDS];

/* host_net_begin - the process is in a fresh namespace, its cards are up, time goes on. */
void host_net_begin(void);

/* host_net_end - all descriptors are closed, the namespace is left, time passes until nothing waits. Ends the
 * fuzzer when anything is left then: a packet, a namespace, a file, a byte of the account. */
void host_net_end(void);

/* host_net_hold - take packets out of the pool, but for `leave` of them, until host_net_end. */
void host_net_hold(u32 leave);
