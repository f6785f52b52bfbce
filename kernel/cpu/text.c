/* SPDX-License-Identifier: MIT
 * text.c - patching the kernel's own instructions: static keys, and stac/clac where SMAP exists.
 * Not here: when to (each subsystem flips its own key).
 * Used by cpu.c and by the callers of static_key_set. Calls nothing.
 * Source: Intel SDM vol. 3A 8.1.3 (self-modifying code), vol. 2 "STAC", "JMP". */
#include "kernel/cpu/text.h"
#include "kernel/cpu/asm.h"
#include "kernel/lib/static_key.h"
#include "kernel/lib/string.h"

struct static_branch {
	u8 *at; /* five bytes */
	u8 *on; /* where to go when the key is on */
	struct static_key *key;
};

struct alternative {
	u8 *at; /* three bytes */
	u8 bytes[8];
};

#define JUMP_BYTES        5
#define JUMP_OPCODE       0xe9
#define ALTERNATIVE_BYTES 3

extern struct static_branch _static_branches[], _static_branches_end[];
extern struct alternative _alternatives[], _alternatives_end[];

static const u8 nop5[JUMP_BYTES] = { 0x0f, 0x1f, 0x44, 0x00, 0x00 };

/* The text is mapped read-only: write protection is lifted for the few stores. Interrupts are off
 * throughout the kernel, and the write to cr0 serialises before the new bytes can run. */
static void text_poke(u8 *at, const u8 *bytes, size_t len)
{
	u64 cr0 = read_cr0();

	write_cr0(cr0 & ~CR0_WP);
	memcpy(at, bytes, len);
	write_cr0(cr0);
}

static void branch_set(const struct static_branch *branch, bool enabled)
{
	u8 jump[JUMP_BYTES] = { JUMP_OPCODE };
	s32 distance = (s32)(branch->on - (branch->at + JUMP_BYTES));

	memcpy(jump + 1, &distance, sizeof(distance));
	text_poke(branch->at, enabled ? jump : nop5, JUMP_BYTES);
}

void static_key_set(struct static_key *key, bool enabled)
{
	if (key->enabled == enabled)
		return;
	key->enabled = enabled;
	for (struct static_branch *b = _static_branches; b < _static_branches_end; b++)
		if (b->key == key)
			branch_set(b, enabled);
}

void text_apply_alternatives(void)
{
	for (struct alternative *a = _alternatives; a < _alternatives_end; a++)
		text_poke(a->at, a->bytes, ALTERNATIVE_BYTES);
}
