/* SPDX-License-Identifier: MIT
 * pcap.h - the frames of a capture file in memory, one by one.
 * Not here: reading the file (replay.c).
 * replay.c calls in.
 * Source: draft-ietf-opsawg-pcap: both byte orders, micro- and nanoseconds; link type 1 (Ethernet) alone. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct pcap {
	const uint8_t *bytes;
	size_t len, at;
	uint64_t number; /* of the frame at `at`, from 1 */
	int swapped;
	uint32_t ns_per_unit;
};

struct pcap_frame {
	const uint8_t *bytes; /* in the file */
	uint32_t len;
	uint64_t ns;
};

/* pcap_open - the file's header.
 * problem  of size bytes: what is wrong, and what was expected
 * Returns  0, or -1 with problem */
int pcap_open(struct pcap *pcap, const uint8_t *bytes, size_t len, char *problem, size_t size);

/* pcap_next - the next frame, whole and of 14 to 65,535 bytes. Returns 1; 0 at the end; -1 with problem. */
int pcap_next(struct pcap *pcap, struct pcap_frame *frame, char *problem, size_t size);
