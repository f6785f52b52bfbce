/* SPDX-License-Identifier: MIT
 * fuzz_capture.c - the input is a pcap file: every frame lies inside it, and a refusal has words.
 * Not here: which refusal is given (tests/unit/test_blast.c).
 * libFuzzer calls in.
 * Source: user/blast/pcap.h. */
#include "user/blast/pcap.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int true_one)
{
	if (!true_one)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *file = malloc(size ? size : 1); /* its end is where reading too far shows */
	char problem[128] = "";
	struct pcap pcap;
	struct pcap_frame frame;
	size_t used = 0;
	int answer;

	memcpy(file, data, size);
	answer = pcap_open(&pcap, file, size, problem, sizeof(problem));
	while (answer == 0 && (answer = pcap_next(&pcap, &frame, problem, sizeof(problem))) == 1) {
		require(frame.bytes > file && frame.bytes + frame.len <= file + size);
		require(frame.bytes[0] + frame.bytes[frame.len - 1] >= 0);
		used += frame.len;
		require(used < size);
		answer = 0;
		if (pcap.at == size)
			break;
	}
	require(answer >= 0 ? !*problem : *problem && strlen(problem) < sizeof(problem) - 1);
	free(file);
	return 0;
}
