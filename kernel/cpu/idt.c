/* SPDX-License-Identifier: MIT
 * idt.c - the interrupt descriptor table: where the CPU goes at each vector, and on which stack.
 * Not here: what happens there (kernel/entry).
 * kmain calls in once.
 * Source: Intel SDM vol. 3A 6.3 (vectors), 6.14 (IDT). */
#include "kernel/cpu/idt.h"
#include "boot/boot.h"

#define VECTORS        256
#define STUB_BYTES     16
#define VECTOR_BP      3
#define VECTOR_DF      8
#define VECTOR_MC      18
#define GATE_INTERRUPT 0x8e /* present, ring 0, interrupts off */
#define GATE_FROM_USER 0xee /* the same, and `int` may be used in ring 3 */

struct gate {
	u16 offset_low, selector;
	u8 ist, attributes;
	u16 offset_middle;
	u32 offset_high, reserved;
} __packed;

_Static_assert(sizeof(struct gate) == 16, "SDM vol. 3A figure 6-8");

static struct gate idt[VECTORS];

static void gate_set(const char *stubs, u32 vector, u8 ist)
{
	u64 stub = (u64)stubs + vector * STUB_BYTES;

	idt[vector] = (struct gate){
		.offset_low = (u16)stub,
		.selector = KERNEL_CS,
		.ist = ist,
		.attributes = GATE_INTERRUPT,
		.offset_middle = (u16)(stub >> 16),
		.offset_high = (u32)(stub >> 32),
	};
}

void idt_init(const char *stubs)
{
	struct {
		u16 limit;
		u64 base;
	} __packed pointer = { sizeof(idt) - 1, (u64)idt };

	for (u32 v = 0; v < VECTORS; v++)
		if (v <= TRAP_SPURIOUS)
			gate_set(stubs, v, 0);
		else
			idt[v] = idt[TRAP_SPURIOUS];
	gate_set(stubs, VECTOR_DF, 1);
	gate_set(stubs, VECTOR_MC, 1); /* both end the machine: they may share a stack */
	gate_set(stubs, TRAP_NMI, 2);
	idt[VECTOR_BP].attributes = GATE_FROM_USER; /* int3 is a breakpoint, not a privilege */
	__asm__ volatile("lidt %0" ::"m"(pointer));
}
