/* SPDX-License-Identifier: MIT
 * checksum.c - the Internet checksum of many bytes.
 * Not here: of a few that are known (checksum.h).
 * Every layer that has one calls in.
 * Source: RFC 1071. */
#include "net/core/checksum.h"

csum csum_add(csum sum, const void *at, size_t len)
{
	typedef u64 __attribute__((may_alias, aligned(1))) word;
	typedef u32 __attribute__((may_alias, aligned(1))) half;
	typedef u16 __attribute__((may_alias, aligned(1))) quarter;
	const u8 *p = at;
	u64 words = 0;

	for (; len >= 8 * sizeof(word); len -= 8 * sizeof(word), p += 8 * sizeof(word)) {
		const word *w = (const word *)p;

		words = csum_carry(csum_carry(words, w[0]), w[1]);
		words = csum_carry(csum_carry(words, w[2]), w[3]);
		words = csum_carry(csum_carry(words, w[4]), w[5]);
		words = csum_carry(csum_carry(words, w[6]), w[7]);
	}
	for (; len >= sizeof(word); len -= sizeof(word), p += sizeof(word))
		words = csum_carry(words, *(const word *)p);
	sum += csum_short(words);
	if (len & sizeof(half)) {
		sum += *(const half *)p;
		p += sizeof(half);
	}
	if (len & sizeof(quarter)) {
		sum += *(const quarter *)p;
		p += sizeof(quarter);
	}
	return len & 1 ? sum + *p : sum;
}
