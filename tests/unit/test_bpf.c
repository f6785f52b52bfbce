/* SPDX-License-Identifier: MIT
 * test_bpf.c - classic BPF: each instruction, each refusal, and programs that libpcap makes.
 * Not here: sockets that have one (test_af_packet.c).
 * cmocka calls in.
 * Source: Linux's Documentation/networking/filter.rst; `dumpcap -d` for the programs. */
#include "net/packet/bpf.h"
#include "kernel/lib/string.h"
#include "tests/unit/stack.h"

#define RUN(...)                                                                                   \
	run((const struct sock_filter[]){ __VA_ARGS__ },                                           \
		sizeof((const struct sock_filter[]){ __VA_ARGS__ }) / sizeof(struct sock_filter))
#define REFUSED(...)                                                                               \
	assert_int_equal(bpf_check((const struct sock_filter[]){ __VA_ARGS__ },                    \
				 sizeof((const struct sock_filter[]){ __VA_ARGS__ }) /             \
					 sizeof(struct sock_filter)),                              \
		-EINVAL)
#define RET_A                                                                                      \
	{                                                                                          \
		0x16, 0, 0, 0                                                                      \
	}
#define LD(value)                                                                                  \
	{                                                                                          \
		0x00, 0, 0, value                                                                  \
	}
#define LDX(value)                                                                                 \
	{                                                                                          \
		0x01, 0, 0, value                                                                  \
	}

static const u8 packet[] = { 0x45, 0x11, 0x22, 0x33, 0x44 };

/* The answer about a packet, which must be the same for all pieces in which it lies, wherever it begins. */
static u32 run_on(const struct sock_filter *program, const u8 *bytes, u32 len, const u32 *aux)
{
	u32 answer = 0;

	for (u32 cut = 0; cut <= len; cut++) {
		struct sk_buff last = { .data = (u8 *)(uintptr_t)bytes + cut,
			.len = (u16)(len - cut) };
		struct sk_buff middle = { .data = last.data, .next = &last };
		struct sk_buff first = { .data = (u8 *)(uintptr_t)bytes,
			.len = (u16)cut,
			.frags = &middle,
			.frags_len = last.len };
		u8 behind_another[2048] = { 0xee };
		u32 found = bpf_run(program, &first, 0, aux);

		assert_true(cut == 0 || found == answer);
		answer = found;
		memcpy(behind_another + 1, bytes, len);
		first = (struct sk_buff){ .data = behind_another, .len = (u16)(len + 1) };
		assert_int_equal(bpf_run(program, &first, 1, aux), answer);
	}
	return answer;
}

static u32 run(const struct sock_filter *program, u32 n)
{
	const u32 aux[BPF_AUX_N] = { 0x0800, 4, 7 };

	assert_int_equal(bpf_check(program, n), 0);
	return run_on(program, packet, sizeof(packet), aux);
}

static void loads(void **state)
{
	assert_int_equal(RUN({ 0x20, 0, 0, 1 }, RET_A), 0x11223344);
	assert_int_equal(RUN({ 0x20, 0, 0, 2 }, RET_A), 0); /* one byte is missing */
	assert_int_equal(RUN({ 0x28, 0, 0, 3 }, RET_A), 0x3344);
	assert_int_equal(RUN({ 0x30, 0, 0, 4 }, RET_A), 0x44);
	assert_int_equal(RUN({ 0x30, 0, 0, 5 }, RET_A), 0);
	assert_int_equal(RUN(LDX(2), { 0x40, 0, 0, 0xffffffff }, RET_A), 0x11223344);
	assert_int_equal(RUN(LDX(2), { 0x48, 0, 0, 1 }, RET_A), 0x3344);
	assert_int_equal(RUN(LDX(2), { 0x50, 0, 0, 1 }, RET_A), 0x33);
	assert_int_equal(RUN({ 0x80, 0, 0, 0 }, RET_A), 5);
	assert_int_equal(RUN({ 0x81, 0, 0, 0 }, { 0x87, 0, 0, 0 }, RET_A), 5);
	assert_int_equal(RUN({ 0xb1, 0, 0, 0 }, { 0x87, 0, 0, 0 }, RET_A), 20);
	assert_int_equal(RUN({ 0xb1, 0, 0, 5 }, { 0x87, 0, 0, 0 }, RET_A), 0);
	assert_int_equal(RUN({ 0x28, 0, 0, 0xfffff000 }, RET_A), 0x0800);
	assert_int_equal(RUN({ 0x30, 0, 0, 0xfffff004 }, RET_A), 4);
	assert_int_equal(RUN({ 0x20, 0, 0, 0xfffff008 }, RET_A), 7);
}

static void memory(void **state)
{
	assert_int_equal(RUN({ 0x60, 0, 0, 15 }, { 0x04, 0, 0, 1 }, RET_A), 1); /* zero at first */
	assert_int_equal(RUN(LD(7), { 0x02, 0, 0, 15 }, LD(0), { 0x60, 0, 0, 15 }, RET_A), 7);
	assert_int_equal(RUN(LDX(8), { 0x03, 0, 0, 0 }, { 0x60, 0, 0, 0 }, RET_A), 8);
	assert_int_equal(
		RUN(LD(9), { 0x02, 0, 0, 1 }, { 0x61, 0, 0, 1 }, { 0x87, 0, 0, 0 }, RET_A), 9);
	assert_int_equal(RUN(LD(6), { 0x07, 0, 0, 0 }, LD(0), { 0x87, 0, 0, 0 }, RET_A), 6);
}

static void arithmetic(void **state)
{
	static const struct {
		u16 op;
		u32 a, b, answer;
	} row[] = { { 0x00, 0xffffffff, 2, 1 }, { 0x10, 1, 2, 0xffffffff }, { 0x20, 7, 6, 42 },
		{ 0x30, 42, 5, 8 }, { 0x40, 8, 1, 9 }, { 0x50, 12, 10, 8 },
		{ 0x60, 1, 31, 1u << 31 }, { 0x70, 1u << 31, 31, 1 }, { 0x90, 42, 5, 2 },
		{ 0xa0, 12, 10, 6 } };

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		u16 code = row[i].op | 4;

		assert_int_equal(RUN(LD(row[i].a), { code, 0, 0, row[i].b }, RET_A), row[i].answer);
		assert_int_equal(RUN(LD(row[i].a), LDX(row[i].b), { code | 8, 0, 0, 0 }, RET_A),
			row[i].answer);
	}
	assert_int_equal(RUN(LD(5), { 0x84, 0, 0, 0 }, RET_A), (u32)-5);
	assert_int_equal(RUN(LD(5), { 0x3c, 0, 0, 0 }, { 0x06, 0, 0, 9 }), 0); /* by zero */
	assert_int_equal(RUN(LD(5), { 0x9c, 0, 0, 0 }, { 0x06, 0, 0, 9 }), 0);
	RUN(LD(1), LDX(99), { 0x6c, 0, 0, 0 }, RET_A); /* any value, but a defined one */
}

static void jumps(void **state)
{
	static const struct {
		u16 op;
		u32 a, b;
		bool holds;
	} row[] = { { 0x10, 3, 3, true }, { 0x10, 3, 4, false }, { 0x20, 4, 3, true },
		{ 0x20, 3, 3, false }, { 0x30, 3, 3, true }, { 0x30, 2, 3, false },
		{ 0x40, 6, 2, true }, { 0x40, 4, 3, false } };

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		u16 code = row[i].op | 5;

		assert_int_equal(RUN(LD(row[i].a), { code, 1, 0, row[i].b }, { 6, 0, 0, 10 },
					 { 6, 0, 0, 11 }),
			10 + row[i].holds);
		assert_int_equal(RUN(LD(row[i].a), LDX(row[i].b), { code | 8, 0, 1, 0 },
					 { 6, 0, 0, 11 }, { 6, 0, 0, 10 }),
			10 + row[i].holds);
	}
	assert_int_equal(RUN({ 5, 0, 0, 1 }, { 6, 0, 0, 1 }, { 6, 0, 0, 2 }), 2);
}

static void refused(void **state)
{
	assert_int_equal(bpf_check(NULL, 0), -EINVAL);
	assert_int_equal(bpf_check(NULL, BPF_MAXINSNS + 1), -EINVAL);
	REFUSED(LD(1));                                   /* no end */
	REFUSED({ 5, 0, 0, 1 }, { 6, 0, 0, 0 });          /* beyond it */
	REFUSED({ 5, 0, 0, 0xffffffff }, { 6, 0, 0, 0 }); /* backwards */
	REFUSED({ 0x15, 1, 0, 0 }, { 6, 0, 0, 0 });
	REFUSED({ 0x15, 0, 1, 0 }, { 6, 0, 0, 0 });
	REFUSED({ 0x55, 0, 0, 0 }, { 6, 0, 0, 0 }); /* no such comparison */
	REFUSED({ 0x60, 0, 0, 16 }, RET_A);         /* memory has 16 words */
	REFUSED({ 0x61, 0, 0, 16 }, RET_A);
	REFUSED({ 0x02, 0, 0, 16 }, RET_A);
	REFUSED({ 0x03, 0, 0, 16 }, RET_A);
	REFUSED({ 0x34, 0, 0, 0 }, RET_A); /* by zero */
	REFUSED({ 0x94, 0, 0, 0 }, RET_A);
	REFUSED({ 0x64, 0, 0, 32 }, RET_A);
	REFUSED({ 0x74, 0, 0, 32 }, RET_A);
	REFUSED({ 0xb4, 0, 0, 1 }, RET_A); /* no such operation */
	REFUSED({ 0x8c, 0, 0, 0 }, RET_A);
	REFUSED({ 0x38, 0, 0, 0 }, RET_A);          /* no such size */
	REFUSED({ 0xa0, 0, 0, 0 }, RET_A);          /* no such load */
	REFUSED({ 0x20, 0, 0, 0xfffff00c }, RET_A); /* not known of a packet */
	REFUSED({ 0x30, 0, 0, 0xfffff02c }, RET_A);
	REFUSED({ 0x30, 0, 0, 0xffffffff }, RET_A);
	REFUSED({ 0x30, 0, 0, 0xfff00000 }, RET_A);
	REFUSED({ 0x21, 0, 0, 0 }, RET_A);
	REFUSED({ 0x12, 0, 0, 0 }, RET_A);
	REFUSED({ 0x27, 0, 0, 0 }, RET_A);
	REFUSED({ 0x0e, 0, 0, 0 }, RET_A);
	REFUSED({ 0x106, 0, 0, 0 }, RET_A);
}

/* dumpcap -d -f "udp port 67" */
static const struct sock_filter udp_port_67[] = { { 0x28, 0, 0, 12 }, { 0x15, 0, 6, 0x86dd },
	{ 0x30, 0, 0, 20 }, { 0x15, 0, 15, 0x11 }, { 0x28, 0, 0, 54 }, { 0x15, 12, 0, 67 },
	{ 0x28, 0, 0, 56 }, { 0x15, 10, 11, 67 }, { 0x15, 0, 10, 0x800 }, { 0x30, 0, 0, 23 },
	{ 0x15, 0, 8, 0x11 }, { 0x28, 0, 0, 20 }, { 0x45, 6, 0, 0x1fff }, { 0xb1, 0, 0, 14 },
	{ 0x48, 0, 0, 14 }, { 0x15, 2, 0, 67 }, { 0x48, 0, 0, 16 }, { 0x15, 0, 1, 67 },
	{ 0x06, 0, 0, 262144 }, { 0x06, 0, 0, 0 } };

static void a_program_of_libpcaps(void **state)
{
	const u32 aux[BPF_AUX_N] = { 0 };
	u8 frame[64];
	u32 len = from_hex(FRAME_CRUMBS, frame);

	assert_int_equal(bpf_check(udp_port_67, ARRAY_SIZE(udp_port_67)), 0);
	assert_int_equal(run_on(udp_port_67, frame, len, aux), 0);
	put16(frame + 36, 67);
	assert_int_equal(run_on(udp_port_67, frame, len, aux), 262144);
	assert_int_equal(run_on(udp_port_67, frame, 37, aux), 0); /* cut before the port */
	frame[21] = 1; /* a later fragment has no ports */
	assert_int_equal(run_on(udp_port_67, frame, len, aux), 0);
}

int main(void)
{
	const struct CMUnitTest bpf[] = {
		BARE_TEST(loads),
		BARE_TEST(memory),
		BARE_TEST(arithmetic),
		BARE_TEST(jumps),
		BARE_TEST(refused),
		BARE_TEST(a_program_of_libpcaps),
	};

	return cmocka_run_group_tests(bpf, NULL, NULL);
}
