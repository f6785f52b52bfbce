/* SPDX-License-Identifier: MIT
 * lwip.h - lwIP behind plain names; its headers and ours do not mix.
 * Not here: timing.
 * native.c calls in.
 * Source: lwIP 2.1.3, doc/rawapi.txt. */
#pragma once

#include <stdint.h>

/* lwip_start - bring it up as 10.0.0.1 with one Ethernet interface that only counts, its peer known by ARP, and a UDP
 * control block bound to port, which copies what it receives; ends the process on failure. Never called twice. */
void lwip_start(uint16_t port);

/* lwip_send - one datagram to this port of the peer: a pbuf, udp_sendto, and the pbuf freed. Returns whether it was
 * taken. */
int lwip_send(const void *data, uint16_t len, uint16_t port);

/* lwip_arrive - put a frame into a pbuf, as an interface's driver does. At most 64 wait. */
void lwip_arrive(const void *frame, uint16_t len);

/* lwip_receive - n frames that arrived to ethernet_input, each to the control block's callback, which copies payload
 * and sender and frees the pbuf. Returns whether all came there. */
int lwip_receive(unsigned n);

/* lwip_frames - how many frames reached the interface. */
uint64_t lwip_frames(void);
