/* SPDX-License-Identifier: MIT
 * program.S - one built-in ring-3 program, carried in the kernel's image, and its row of the table of them.
 * Not here: choosing one (kernel/program.c), loading it (kernel/process/exec.c).
 * Assembled once for each program: the Makefile sets NAME, and PROGRAM to the file.
 * Source: none. */

	.section .rodata.name, "a"
name:	.asciz NAME

	.section .program, "a"
	.balign 16
start:	.incbin PROGRAM
end:

	.section built_ins, "a"		/* struct built_in of kernel/program.c */
	.quad name, start, end
