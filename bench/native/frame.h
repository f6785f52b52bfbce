/* SPDX-License-Identifier: MIT
 * frame.h - the frame that every stack of this bench receives.
 * Not here: how it arrives (ring.c, lwip.c, dpdk.c).
 * native.c calls in.
 * Source: RFC 791, RFC 768, RFC 1071. */
#pragma once

#include <stdint.h>

#define FRAME_LEN  60 /* the shortest that Ethernet has, without its checksum */
#define FRAME_PORT 5000

/* frame_build - "muffin" by UDP from 10.0.0.2:source_port to 10.0.0.1:FRAME_PORT, with both checksums, to the card
 * 02:00:00:00:00:01, padded. */
void frame_build(uint8_t frame[FRAME_LEN], uint16_t source_port);
