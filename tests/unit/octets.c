/* SPDX-License-Identifier: MIT
 * octets.c - numbers and checksums in the bytes of a packet, written down apart from the stack's own.
 * Not here: the stack and the card (stack.c).
 * Unit tests and fuzzers call in. Calls nothing.
 * Source: RFC 1071; RFC 791 3.1. */
#include "tests/unit/octets.h"
#include "net/wire/ethernet.h"

u16 get16(const u8 *at)
{
	return (u16)(at[0] << 8 | at[1]);
}

void put16(u8 *at, u16 value)
{
	at[0] = (u8)(value >> 8);
	at[1] = (u8)value;
}

u16 rfc1071(const u8 *at, u32 len, u32 start)
{
	u32 sum = start;

	for (u32 i = 0; i < len; i++)
		sum += i % 2 == 0 ? (u32)at[i] << 8 : at[i];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (u16)~sum;
}

void fix_ip_checksum(u8 *frame)
{
	u8 *ip = frame + ETH_HLEN;

	put16(ip + 10, 0);
	put16(ip + 10, rfc1071(ip, (ip[0] & 15) * 4u, 0));
}
