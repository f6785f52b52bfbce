/* SPDX-License-Identifier: MIT
 * check.c - reads a capture while it is written: every numbered datagram is there, once, in order, and
 * each frame is whole: lengths, both checksums, padding of zeros.
 * Not here: sending them (tests/boot/programs/soak.c).
 * soak.py starts it. Usage: check <pipe>. Says how many there were; the first mistake ends it.
 * Source: draft-ietf-opsawg-pcap; RFC 791; RFC 768. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_HEADER 24
#define RECORD      16
#define FRAME_MAX   65536
#define PORT        4747

enum {
	TYPE = 12,
	IP = 14,
	IP_LEN = IP + 2,
	IP_PROTOCOL = IP + 9,
	IP_ADDRESSES = IP + 12,
	UDP = 34,
	UDP_PORT = UDP + 2,
	UDP_LEN = UDP + 4,
	PAYLOAD = UDP + 8
};

static uint8_t frame[FRAME_MAX];
static uint64_t expected;

static unsigned get16(unsigned at)
{
	return (unsigned)frame[at] << 8 | frame[at + 1];
}

static uint32_t sum(unsigned at, unsigned len, uint32_t start)
{
	for (; len > 1; at += 2, len -= 2)
		start += get16(at);
	return len ? start + (uint32_t)frame[at] * 256 : start;
}

static int is_good(uint32_t total)
{
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return total == 0xffff;
}

static void wrong(const char *what)
{
	printf("at number %llu: %s\n", (unsigned long long)expected, what);
	exit(1);
}

static int is_ours(unsigned len)
{
	return len >= PAYLOAD && get16(TYPE) == 0x0800 && frame[IP_PROTOCOL] == 17 &&
	       get16(UDP_PORT) == PORT;
}

static void check_datagram(unsigned len)
{
	unsigned ip_len = get16(IP_LEN), udp_len = get16(UDP_LEN);
	uint64_t number;

	if (udp_len < 16 || ip_len != udp_len + 20 || ip_len + IP > len)
		wrong("lengths do not fit");
	memcpy(&number, frame + PAYLOAD, 8);
	if (number != expected) {
		printf("expected %llu, found %llu\n", (unsigned long long)expected,
			(unsigned long long)number);
		exit(1);
	}
	if (!is_good(sum(IP, 20, 0)) ||
		!is_good(sum(UDP, udp_len, sum(IP_ADDRESSES, 8, 17 + udp_len))))
		wrong("a checksum is wrong");
	for (unsigned at = IP + ip_len; at < len; at++)
		if (frame[at])
			wrong("padding is not zero");
	expected++;
}

int main(int argc, char **argv)
{
	FILE *in = argc > 1 ? fopen(argv[1], "rb") : NULL;
	uint32_t record[4];

	if (!in || fread(frame, FILE_HEADER, 1, in) != 1)
		return 2;
	while (fread(record, RECORD, 1, in) == 1) {
		if (record[2] > FRAME_MAX || fread(frame, record[2], 1, in) != 1)
			wrong("the capture is cut short");
		if (is_ours(record[2]))
			check_datagram(record[2]);
	}
	printf("%llu in order\n", (unsigned long long)expected);
	return 0;
}
