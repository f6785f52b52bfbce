/* SPDX-License-Identifier: MIT
 * muffin.h - net/ behind plain names, as the peers are (lwip.h, dpdk.h).
 * Not here: timing, the cards (ring.h).
 * native.c calls in.
 * Source: sendto(2), sendmmsg(2), recvmmsg(2), udp(7). */
#pragma once

#include <stdint.h>

/* PLAIN's card leaves checksums to the stack, as lwIP's interface does; OFFLOAD's completes UDP's, as the e1000
 * does. */
enum card {
	PLAIN,
	OFFLOAD
};

#define MUFFIN_BATCH   64
#define MUFFIN_RECEIVE 32

/* muffin_start - bring it up with both cards, as 10.<card>.0.1; the peer 10.<card>.0.2 is a known neighbour, and a
 * socket is bound to port on PLAIN's. Ends the process on failure. Never called twice. */
void muffin_start(uint16_t port);

/* muffin_sendto, muffin_sendmmsg - send 64 datagrams of 6 bytes, one or all a call. Return whether all were taken.
 * destinations  1, or 64: so many ports of the peer in turn */
int muffin_sendto(enum card card, unsigned destinations);
int muffin_sendmmsg(enum card card, unsigned destinations);

/* muffin_send, muffin_segment - the same to one destination: by a connected socket; as one message with UDP_SEGMENT. */
int muffin_send(enum card card);
int muffin_segment(enum card card);

/* muffin_arrive - a frame comes in by PLAIN's card. At most 63 wait. */
void muffin_arrive(const void *frame, uint16_t len);

/* muffin_recvmmsg - 32 datagrams that arrived, with their senders. Returns whether all came. */
int muffin_recvmmsg(void);

/* muffin_frames, muffin_doorbells - how many frames the cards were given, and how often they were told. */
uint64_t muffin_frames(void);
uint64_t muffin_doorbells(void);
