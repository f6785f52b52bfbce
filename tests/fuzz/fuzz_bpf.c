/* SPDX-License-Identifier: MIT
 * fuzz_bpf.c - the input is a program of classic BPF and a packet; whatever is accepted must end and stay
 * inside both.
 * Not here: what each instruction does (tests/unit/test_bpf.c).
 * libFuzzer calls in.
 * Source: net/packet/bpf.h. First byte: how many instructions; then those, then the packet. */
#include "net/packet/bpf.h"
#include "kernel/lib/string.h"
#include "net/machine.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

/* Copies of the exact size, so that the sanitizer sees the first byte beyond. */
static void *copy(const u8 *data, size_t len)
{
	void *at = malloc(len ? len : 1);

	BUG_ON(!at);
	memcpy(at, data, len);
	return at;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	const u32 aux[BPF_AUX_N] = { 0x0800, 0, 2 };
	size_t bytes = size ? min((size_t)data[0] * sizeof(struct sock_filter), size - 1) : 0;
	u32 n = (u32)(bytes / sizeof(struct sock_filter));
	struct sock_filter *program = copy(data + 1, n * sizeof(*program));
	size_t rest = size ? size - 1 - n * sizeof(*program) : 0;
	u8 *packet = copy(data + (size - rest), rest);

	if (bpf_check(program, n) == 0)
		bpf_run(program, packet, (u32)rest, aux);
	free(program);
	free(packet);
	return 0;
}
