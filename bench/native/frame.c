/* SPDX-License-Identifier: MIT
 * frame.c - the frame that every stack of this bench receives, built by none of them.
 * Not here: how it arrives (ring.c, lwip.c, dpdk.c).
 * native.c calls in.
 * Source: RFC 791, RFC 768, RFC 1071. */
#include "bench/native/frame.h"

#include <string.h>

#define IP  14
#define UDP 34
#define END 48
/* Protocol and length of the UDP datagram: the pseudo-header's, next to the addresses. */
#define PSEUDO (17 + END - UDP)

static const uint8_t template[FRAME_LEN] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x08, 0x00, 0x45,
	0, 0, END - IP, 0, 0, 0x40, 0, 64, 17, 0, 0, 10, 0, 0, 2, 10, 0, 0, 1, /* IPv4 */
	0, 0, FRAME_PORT >> 8, FRAME_PORT & 0xff, 0, END - UDP, 0, 0,          /* UDP */
	'm', 'u', 'f', 'f', 'i', 'n' };

/* The Internet checksum of the bytes [from, to) and of what is in start, to the frame at place. */
static void put_checksum(uint8_t *frame, int place, int from, int to, uint32_t start)
{
	uint32_t sum = start;

	for (int i = from; i < to; i += 2)
		sum += (uint32_t)frame[i] << 8 | frame[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	frame[place] = (uint8_t)(~sum >> 8);
	frame[place + 1] = (uint8_t)~sum;
}

void frame_build(uint8_t frame[FRAME_LEN], uint16_t source_port)
{
	memcpy(frame, template, FRAME_LEN);
	frame[UDP] = (uint8_t)(source_port >> 8);
	frame[UDP + 1] = (uint8_t)source_port;
	put_checksum(frame, IP + 10, IP, UDP, 0);
	put_checksum(frame, UDP + 6, UDP - 8, END, PSEUDO);
}
