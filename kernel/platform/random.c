/* SPDX-License-Identifier: MIT
 * random.c - unpredictable bytes: ports, canaries, getrandom.
 * Not here: entropy from devices.
 * Used everywhere. Calls the CPU's generators.
 * Source: RFC 8439 2.3 (ChaCha20 block function), RFC 4086 (what makes a seed).
 *
 * The state is a ChaCha20 key. Each request makes one block: its first half becomes the next key,
 * so that earlier output cannot be computed from the state; its second half is given out. */
#include "kernel/platform/random.h"
#include "kernel/cpu/asm.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/mm/uaccess.h"

#define KEY_WORDS     8
#define BLOCK_WORDS   16
#define ROUNDS        20
#define RDRAND_TRIES  10 /* Intel SDM vol. 1 7.3.17.1 */
#define TIMING_ROUNDS 64

static u32 key[KEY_WORDS];
static u64 counter;

static u32 rotate(u32 v, int n)
{
	return v << n | v >> (32 - n);
}

static void quarter_round(u32 *a, u32 *b, u32 *c, u32 *d)
{
	*a += *b;
	*d = rotate(*d ^ *a, 16);
	*c += *d;
	*b = rotate(*b ^ *c, 12);
	*a += *b;
	*d = rotate(*d ^ *a, 8);
	*c += *d;
	*b = rotate(*b ^ *c, 7);
}

static void double_round(u32 x[BLOCK_WORDS])
{
	for (u32 i = 0; i < 4; i++)
		quarter_round(&x[i], &x[4 + i], &x[8 + i], &x[12 + i]);
	for (u32 i = 0; i < 4; i++)
		quarter_round(
			&x[i], &x[4 + (i + 1) % 4], &x[8 + (i + 2) % 4], &x[12 + (i + 3) % 4]);
}

static void next_block(u32 out[BLOCK_WORDS])
{
	u32 in[BLOCK_WORDS];

	memcpy(in, "expand 32-byte k", 16);
	memcpy(in + 4, key, sizeof(key));
	memcpy(in + 12, &counter, sizeof(counter));
	in[14] = in[15] = 0;
	counter++;
	memcpy(out, in, sizeof(in));
	for (int i = 0; i < ROUNDS; i += 2)
		double_round(out);
	for (int i = 0; i < BLOCK_WORDS; i++)
		out[i] += in[i];
	memcpy(key, out, sizeof(key));
}

static bool cpu_random(u64 *v)
{
	u8 ok = 0;

	for (int i = 0; i < RDRAND_TRIES && !ok; i++) {
		if (cpu_features.rdseed)
			__asm__ volatile("rdseed %0; setc %1" : "=r"(*v), "=qm"(ok)::"cc");
		else if (cpu_features.rdrand)
			__asm__ volatile("rdrand %0; setc %1" : "=r"(*v), "=qm"(ok)::"cc");
	}
	return ok;
}

bool random_is_weak(void)
{
	return !cpu_features.rdseed && !cpu_features.rdrand;
}

/* Without a generator: how long port reads take varies with the bus, the host and the power-on. */
static u64 timing(void)
{
	u64 v = 0;

	for (int i = 0; i < TIMING_ROUNDS; i++) {
		inb(0x61);
		v = v * 6364136223846793005ull + rdtsc();
	}
	return v;
}

void random_init(void)
{
	u32 discard[BLOCK_WORDS];

	for (u32 i = 0; i < KEY_WORDS; i += 2) {
		u64 v = 0;

		if (!cpu_random(&v))
			v = timing();
		v ^= rdtsc();
		memcpy(&key[i], &v, sizeof(v));
	}
	next_block(discard);
}

void random_bytes(void *buf, size_t len)
{
	u32 block[BLOCK_WORDS];
	u8 *at = buf;

	while (len > 0) {
		size_t n = min(len, sizeof(block) - sizeof(key));

		next_block(block);
		memcpy(at, block + KEY_WORDS, n);
		at += n;
		len -= n;
	}
	memset(block, 0, sizeof(block));
}

ssize random_copy_out(void __user *buf, size_t len)
{
	u8 bytes[256];
	size_t done = 0;

	while (done < len) {
		u64 at = (u64)buf + done;
		size_t n = min(len - done, sizeof(bytes));

		n = min(n, PAGE_SIZE - (at & PAGE_MASK)); /* memory may end there */
		random_bytes(bytes, n);
		if (copy_to_user((void *)at, bytes, n) < 0)
			return done ? (ssize)done : -EFAULT;
		done += n;
	}
	return (ssize)done;
}

u32 random_u32(void)
{
	u32 v;

	random_bytes(&v, sizeof(v));
	return v;
}
