/* SPDX-License-Identifier: MIT
 * lwip.h - lwIP behind plain names; its headers and ours do not mix.
 * Not here: timing.
 * native.c calls in.
 * Source: lwIP 2.1.3, doc/rawapi.txt. */
#pragma once

#include <stdint.h>

/* lwip_start - bring it up with one Ethernet interface that only counts, its peer known by ARP, and a
 * UDP control block; ends the process on failure. Never called twice. */
void lwip_start(void);

/* lwip_send - one datagram: a pbuf, udp_sendto, and the pbuf freed. Returns whether it was taken. */
int lwip_send(const void *data, uint16_t len);

/* lwip_frames - how many frames reached the interface. */
uint64_t lwip_frames(void);
