/* SPDX-License-Identifier: MIT
 * checksum.h - the Internet checksum.
 * Not here: where it is stored (ip_output.c, udp_output.c, icmp.c).
 * Used by every layer that has one.
 * Source: RFC 1071 (sum in any byte order, fold, complement); RFC 768 (pseudo-header, 0xffff).
 *
 * Sums are taken over the bytes as they stand in memory: on a little-endian machine each 16-bit
 * word is swapped, and so is the result, which is right again when stored (RFC 1071 2.B). */
#pragma once

#include "kernel/lib/byteorder.h"

/* An unfinished sum of 16-bit words; 48 bits of head room before csum_fold must see it. */
typedef u64 csum;

/* csum_carry - a word of 64 bits to a sum of such words, its carry added again (RFC 1071 2.C): 2^64 is one more than a
 * multiple of 65,535. */
static inline u64 csum_carry(u64 sum, u64 word)
{
	u64 wrapped;
	bool carry = __builtin_add_overflow(sum, word, &wrapped);

	return wrapped + carry;
}

/* csum_short - such a sum as an unfinished sum again: below 2^33. */
static inline csum csum_short(u64 sum)
{
	return (u32)sum + (sum >> 32);
}

/* csum_add - bytes to a sum. at: any alignment; len: an odd last byte counts as if followed by
 * zero, so only the last piece of a message may have odd length. */
csum csum_add(csum sum, const void *at, size_t len);

/* csum_fold_32 - the finished checksum of a sum below 2^32, ready to be stored. Adding a word to
 * itself with its halves exchanged leaves their sum, with its carry, in the upper half. */
static inline be16 csum_fold_32(u32 sum)
{
	sum += sum << 16 | sum >> 16;
	return (be16){ (u16) ~(sum >> 16) };
}

/* csum_fold - the finished checksum, ready to be stored. */
static inline be16 csum_fold(csum sum)
{
	sum += sum << 32 | sum >> 32;
	return csum_fold_32((u32)(sum >> 32));
}

/* csum_16 - an unfinished sum made as short as it can be: below 2^16. */
static inline u16 csum_16(csum sum)
{
	return (u16)~csum_fold(sum).raw;
}

/* csum_swap - the sum of bytes that stand at an odd place of the message: each counts in the other half
 * of its word (RFC 1071 2.B). */
static inline csum csum_swap(csum sum)
{
	return (sum & 0x00ff00ff00ff00ff) << 8 | (sum >> 8 & 0x00ff00ff00ff00ff);
}

/* csum_be32 - an address as two words: below 2^17. */
static inline u32 csum_be32(be32 a)
{
	return (a.raw & 0xffff) + (a.raw >> 16);
}

/* csum_pseudo - the pseudo-header of UDP. len: of header and payload. */
static inline csum csum_pseudo(be32 saddr, be32 daddr, u16 len, u8 protocol)
{
	return (csum)saddr.raw + daddr.raw + cpu_to_be16(len).raw + cpu_to_be16(protocol).raw;
}

/* udp_checksum - RFC 768: zero means "none", so a checksum that is zero is sent as its equal. */
static inline be16 udp_checksum(csum sum)
{
	be16 check = csum_fold(sum);

	return check.raw ? check : (be16){ 0xffff };
}

#define CSUM_INVERSE  0xfffefffefffefffful
#define CSUM_MULTIPLE (UINT64_MAX / 65535)

/* csum_is_multiple - of 65,535? 65,535 times the inverse is 1, modulo 2^64. So a multiple times the inverse is its
 * quotient, and all other numbers become larger than any quotient. */
static inline bool csum_is_multiple(u64 sum)
{
	return sum * CSUM_INVERSE <= CSUM_MULTIPLE;
}

/* csum_ok - a message whose checksum field took part sums up to all ones, which is a multiple of 65,535; zero is not. */
static inline bool csum_ok(csum sum)
{
	return sum && csum_is_multiple(sum);
}
