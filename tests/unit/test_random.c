/* SPDX-License-Identifier: MIT
 * test_random.c - the generator against ChaCha20's known output; its key goes, and fills from the seed.
 * Not here: what is drawn from it (test_udp_port.c, test_exec.c).
 * cmocka calls in; the source is included with this file's ports and counter.
 * Source: RFC 8439 2.3 (the block function); the numbers are OpenSSL's `enc -chacha20`. */
#include "kernel/cpu/asm.h"
#include "tests/unit/stack.h"

static u64 tsc, port_reads;

static u64 sim_rdtsc(void)
{
	return tsc += 7919;
}

static u8 sim_inb(u16 port)
{
	port_reads++;
	return (u8)port;
}

#define rdtsc sim_rdtsc
#define inb   sim_inb
/* The host has these, too. */
#define random_bytes chacha_bytes
#define random_u32   chacha_u32
#include "kernel/platform/random.c"

struct cpu_features cpu_features; /* neither RDSEED nor RDRAND */

/* The second halves of two blocks: key and counter 0; the key that the first half of that one is, counter 1. */
static const u8 of_zeros[2][32] = {
	{ 0xda, 0x41, 0x59, 0x7c, 0x51, 0x57, 0x48, 0x8d, 0x77, 0x24, 0xe0, 0x3f, 0xb8, 0xd8, 0x4a,
		0x37, 0x6a, 0x43, 0xb8, 0xf4, 0x15, 0x18, 0xa1, 0x1c, 0xc3, 0x87, 0xb6, 0x69, 0xb2,
		0xee, 0x65, 0x86 },
	{ 0xa2, 0xed, 0xeb, 0xfa, 0xd4, 0xae, 0xd3, 0x35, 0x7c, 0x7a, 0xad, 0xad, 0x93, 0x28, 0x02,
		0x7b, 0xb8, 0x79, 0xb5, 0x57, 0x47, 0x97, 0xa1, 0xb7, 0x3d, 0xce, 0x7c, 0xd0, 0x9f,
		0x24, 0x51, 0x01 },
};

static void key_of_zeros(void)
{
	memset(key, 0, sizeof(key));
	counter = 0;
}

static void known_output(void **state)
{
	u8 out[64];

	key_of_zeros();
	random_bytes(out, sizeof(out));
	assert_memory_equal(out, of_zeros, sizeof(out));
}

/* Less than a block is the beginning of one; the rest of it is never given to anybody. */
static void pieces(void **state)
{
	u8 out[40];
	u32 word;

	key_of_zeros();
	random_bytes(out, 5);
	assert_memory_equal(out, of_zeros[0], 5);
	word = random_u32();
	assert_memory_equal(&word, of_zeros[1], sizeof(word));
	key_of_zeros();
	assert_int_equal(random_copy_out(out, sizeof(out)), sizeof(out));
	assert_memory_equal(out, of_zeros, sizeof(out));
	host_forbid(out, sizeof(out));
	assert_int_equal(random_copy_out(out, sizeof(out)), -EFAULT);
}

/* Memory read afterwards does not tell what was given before: no key is used twice, and none
 * is what was given. */
static void key_goes(void **state)
{
	u32 before[KEY_WORDS], out[KEY_WORDS];

	key_of_zeros();
	for (u32 i = 0; i < 100; i++) {
		memcpy(before, key, sizeof(key));
		random_bytes(out, sizeof(out));
		for (u32 w = 0; w < KEY_WORDS; w++) {
			assert_int_not_equal(key[w], before[w]);
			assert_int_not_equal(key[w], out[w]);
		}
	}
}

/* By timing where the CPU has no generator: each word of the key that the first block begins with. */
static void seeded_by_timing(void **state)
{
	u32 seeds[2][KEY_WORDS];

	assert_true(random_is_weak());
	for (u32 i = 0; i < 2; i++) {
		key_of_zeros();
		port_reads = 0;
		random_init();
		assert_int_equal(port_reads, KEY_WORDS / 2 * TIMING_ROUNDS);
		memcpy(seeds[i], key, sizeof(key));
	}
	assert_memory_not_equal(seeds[0], seeds[1], sizeof(seeds[0]));
}

int main(void)
{
	const struct CMUnitTest random[] = {
		BARE_TEST(known_output),
		BARE_TEST(pieces),
		BARE_TEST(key_goes),
		BARE_TEST(seeded_by_timing),
	};

	return cmocka_run_group_tests(random, NULL, NULL);
}
