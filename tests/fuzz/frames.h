/* SPDX-License-Identifier: MIT
 * frames.h - frames as other hosts might send them, made from a fuzzer's bytes.
 * Not here: their receivers.
 * fuzz_calls.c uses it.
 * Source: RFC 768, 791, 792, 826, 2236; IEEE 802.1Q. */
#pragma once

#include "tests/fuzz/bytes.h"

#define FRAME_MAX 1952

/* frame_build - a frame for the card with this MAC address.
 * quoted   a frame that was sent, which an ICMP error may be about; quoted_len 0: none
 * Returns  its length */
u32 frame_build(
	struct bytes *b, const u8 mac[6], const u8 *quoted, u32 quoted_len, u8 frame[FRAME_MAX]);
