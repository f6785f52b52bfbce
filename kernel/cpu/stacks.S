/* SPDX-License-Identifier: MIT
 * stacks.S - the kernel's stacks: its own, and those of double fault and NMI.
 * Not here: the one that boot/start.S begins with.
 * start.S and cpu.c load their tops; kernel_map.c leaves the page below each unmapped.
 * Source: Intel SDM vol. 3A 6.14.5 (interrupt stack table). */

#include "boot/boot.h"

	.section .stacks, "aw", @nobits
	.balign PAGE_BYTES
	.globl kernel_stack_guard, kernel_stack_top
kernel_stack_guard:	.skip PAGE_BYTES
			.skip KERNEL_STACK_BYTES
kernel_stack_top:
	.globl df_stack_guard, df_stack_top
df_stack_guard:		.skip PAGE_BYTES
			.skip IST_STACK_BYTES
df_stack_top:
	.globl nmi_stack_guard, nmi_stack_top
nmi_stack_guard:	.skip PAGE_BYTES
			.skip IST_STACK_BYTES
nmi_stack_top:
