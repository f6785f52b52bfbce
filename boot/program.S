/* SPDX-License-Identifier: MIT
 * program.S - the built-in ring-3 program, carried in the kernel's image.
 * Not here: loading it (kernel/process/exec.c).
 * The Makefile sets PROGRAM to the file.
 * Source: none. */

	.section .program, "a"
	.incbin PROGRAM
