/* SPDX-License-Identifier: MIT
 * dpdk.h - DPDK behind plain names; its headers and ours do not mix.
 * Not here: timing.
 * native.c calls in.
 * Source: DPDK 22.11, Programmer's Guide: Mbuf, Poll Mode Driver. */
#pragma once

#include <stdint.h>

#define DPDK_BURST 64

/* dpdk_start - bring it up without hugepages and PCI: a device that drops what is sent (net_null), one that hands
 * back what was put on its ring (net_ring), and frames for 1 and for DPDK_BURST destinations. Ends the process on
 * failure. Never called twice. */
void dpdk_start(void);

/* dpdk_build - send DPDK_BURST datagrams in one burst: a fresh mbuf, headers and payload of each. Returns whether all
 * were taken.
 * destinations  1, or DPDK_BURST in turn */
int dpdk_build(const void *data, uint16_t len, unsigned destinations);

/* dpdk_prebuilt - the same from frames that are there: only the payload is copied, headers stay. */
int dpdk_prebuilt(const void *data, uint16_t len, unsigned destinations);

/* dpdk_kept - the same to one destination with frames that no driver frees: onto the ring of the ring device, and off it
 * again. The least that two bursts cost. Nothing else waits on that ring. */
int dpdk_kept(const void *data, uint16_t len);

/* dpdk_arrive - put one frame on the ring of the receiving device. At most DPDK_BURST wait there. */
void dpdk_arrive(const void *frame, uint16_t len);

/* dpdk_receive - take n frames that arrived in one burst: parse their headers, copy payload and sender, free the
 * mbufs. Returns whether all were datagrams for 10.0.0.1:port. */
int dpdk_receive(unsigned n, uint16_t port);
