/* SPDX-License-Identifier: MIT
 * start.S - the floor's entry: a multiboot 1 header, a stack, floor_main().
 * Not here: long mode, page tables, descriptor tables. A floor stays where the loader left it:
 * 32-bit protected mode, paging off, interrupts off.
 * The loader jumps to start; start calls floor_main, which never returns.
 * Source: Multiboot Specification 0.6.96, 3.1 and 3.2. */

#define MULTIBOOT_MAGIC  0x1badb002
#define MULTIBOOT_MEMORY 0x00000002 /* flags: memory and command line, please */

	.section .multiboot, "a"
	.balign 4
	.long MULTIBOOT_MAGIC
	.long MULTIBOOT_MEMORY
	.long -(MULTIBOOT_MAGIC + MULTIBOOT_MEMORY)

	.text
	.globl start
start:
	mov	$stack_top, %esp
	push	%ebx			/* the loader's information structure */
	push	%eax			/* the loader's magic number */
	call	floor_main

	.bss
	.balign 16
	.skip	4096
stack_top:

	.section .note.GNU-stack, "", @progbits
