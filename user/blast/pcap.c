/* SPDX-License-Identifier: MIT
 * pcap.c - the frames of a capture file in memory, one by one.
 * Not here: reading the file (replay.c).
 * replay.c calls in.
 * Source: draft-ietf-opsawg-pcap. */
#include "user/blast/pcap.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define MAGIC_US      0xa1b2c3d4
#define MAGIC_NS      0xa1b23c4d
#define MAGIC_NG      0x0a0d0d0a
#define HEADER_LEN    24
#define RECORD_LEN    16
#define LINK_ETHERNET 1
#define FRAME_LEN_MIN 14
#define FRAME_LEN_MAX 65535
#define NS_PER_S      1000000000ull

static uint32_t get(const struct pcap *pcap, size_t at)
{
	uint32_t value;

	memcpy(&value, pcap->bytes + at, sizeof(value));
	return pcap->swapped ? __builtin_bswap32(value) : value;
}

static int fail(char *problem, size_t size, const char *what)
{
	snprintf(problem, size, "%s", what);
	return -1;
}

int pcap_open(struct pcap *pcap, const uint8_t *bytes, size_t len, char *problem, size_t size)
{
	*pcap = (struct pcap){ .bytes = bytes, .len = len, .at = HEADER_LEN, .number = 1 };
	if (len < HEADER_LEN)
		return fail(
			problem, size, "too short for a pcap file: expected a header of 24 bytes");
	if (get(pcap, 0) == MAGIC_NG)
		return fail(problem, size,
			"a pcapng file: expected pcap ('editcap -F pcap' converts it)");
	pcap->swapped = get(pcap, 0) != MAGIC_US && get(pcap, 0) != MAGIC_NS;
	if (get(pcap, 0) != MAGIC_US && get(pcap, 0) != MAGIC_NS)
		return fail(problem, size,
			"no pcap file: expected it to begin with a1b2c3d4 or a1b23c4d");
	pcap->ns_per_unit = get(pcap, 0) == MAGIC_NS ? 1 : 1000;
	if ((get(pcap, 20) & 0xffff) != LINK_ETHERNET)
		return fail(problem, size, "its frames are not Ethernet: expected link type 1");
	return 0;
}

int pcap_next(struct pcap *pcap, struct pcap_frame *frame, char *problem, size_t size)
{
	size_t left = pcap->len - pcap->at;
	uint32_t len, whole;

	if (left == 0)
		return 0;
	len = left < RECORD_LEN ? 0 : get(pcap, pcap->at + 8);
	whole = left < RECORD_LEN ? 0 : get(pcap, pcap->at + 12);
	if (left < RECORD_LEN || len > left - RECORD_LEN)
		snprintf(problem, size, "frame %" PRIu64 ": the file ends inside it", pcap->number);
	else if (len != whole)
		snprintf(problem, size,
			"frame %" PRIu64 ": only %u of its %u bytes are there: expected a "
			"capture of whole frames",
			pcap->number, len, whole);
	else if (len < FRAME_LEN_MIN || len > FRAME_LEN_MAX)
		snprintf(problem, size, "frame %" PRIu64 ": %u bytes, expected 14 to 65535",
			pcap->number, len);
	else {
		*frame = (struct pcap_frame){ pcap->bytes + pcap->at + RECORD_LEN, len,
			get(pcap, pcap->at) * NS_PER_S +
				(uint64_t)get(pcap, pcap->at + 4) * pcap->ns_per_unit };
		pcap->at += RECORD_LEN + len;
		pcap->number++;
		return 1;
	}
	return -1;
}
