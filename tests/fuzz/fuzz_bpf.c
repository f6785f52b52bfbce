/* SPDX-License-Identifier: MIT
 * fuzz_bpf.c - the input is a program of classic BPF and a packet; what is accepted must end and stay
 * inside both, and answer the same when the packet lies in two pieces.
 * Not here: what each instruction does (tests/unit/test_bpf.c).
 * libFuzzer calls in.
 * Source: net/packet/bpf.h. First byte: how many instructions; then those, then the packet. */
#include "net/packet/bpf.h"
#include "kernel/lib/string.h"
#include "net/core/machine.h"
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
	u16 half = (u16)(rest / 2), other = (u16)(rest - half);
	u8 *packet = copy(data + (size - rest), rest), *begin = copy(packet, half);
	u8 *end = copy(packet + half, other);
	struct sk_buff whole = { .data = packet, .len = (u16)rest };
	struct sk_buff second = { .data = end, .len = other };
	struct sk_buff first = { .data = begin, .len = half, .frags = &second, .frags_len = other };

	if (bpf_check(program, n) == 0)
		BUG_ON(bpf_run(program, &whole, 0, aux) != bpf_run(program, &first, 0, aux));
	free(program);
	free(packet);
	free(begin);
	free(end);
	return 0;
}
