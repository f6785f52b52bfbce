/* SPDX-License-Identifier: MIT
 * octets.h - numbers and checksums in the bytes of a packet, written down apart from the stack's own.
 * Not here: the stack and the card (stack.c).
 * Unit tests and fuzzers call in. Calls nothing.
 * Source: RFC 1071; RFC 791 3.1. */
#pragma once

#include "kernel/lib/types.h"

/* get16, put16 - big-endian numbers in bytes. */
u16 get16(const u8 *at);
void put16(u8 *at, u16 value);

/* rfc1071 - the Internet checksum, written down a second time: one big-endian word after the other,
 * an odd byte followed by zero. start: a sum to begin with, not complemented. */
u16 rfc1071(const u8 *at, u32 len, u32 start);

/* fix_ip_checksum - of the IPv4 header that stands 14 bytes into a frame. */
void fix_ip_checksum(u8 *frame);
