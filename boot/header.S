/* SPDX-License-Identifier: MIT
 * header.S - how a boot loader recognises the kernel: multiboot 1, multiboot 2 and PVH.
 * Not here: what runs after the loader jumped (start.S).
 * Read by QEMU -kernel (multiboot 1, or PVH), GRUB (multiboot 2), iPXE (multiboot 1).
 * Source: Multiboot Specification 0.6.96 3.1; Multiboot2 Specification 2.0 3.1; Xen
 * docs/misc/pvh "PHYS32_ENTRY". */

#include "boot/boot.h"

	.section .boot.header, "a"

	/* Multiboot 1. QEMU takes no ELF64 here unless the address fields say how to load the
	 * file flat, so they do. */
	.balign 4
mb1_header:
	.long MB1_HEADER_MAGIC
	.long MB1_FLAGS
	.long -(MB1_HEADER_MAGIC + MB1_FLAGS)
	.long mb1_header		/* header_addr */
	.long _image_start_pa		/* load_addr */
	.long _load_end_pa		/* load_end_addr */
	.long _image_end_pa		/* bss_end_addr */
	.long boot_start		/* entry_addr */

	/* Multiboot 2. Tags are 8-byte aligned; the last one is empty. */
	.balign 8
mb2_header:
	.long MB2_HEADER_MAGIC
	.long MB2_ARCH_I386
	.long mb2_header_end - mb2_header
	.long -(MB2_HEADER_MAGIC + MB2_ARCH_I386 + (mb2_header_end - mb2_header))
	.balign 8
	.word MB2_TAG_MODULE_ALIGN, 0
	.long 8
	.balign 8
	.word 0, 0			/* end tag */
	.long 8
mb2_header_end:

	.section .note.pvh, "a", @note
	.balign 4
	.long 4				/* name size */
	.long 4				/* descriptor size */
	.long XEN_ELFNOTE_PHYS32_ENTRY
	.asciz "Xen"
	.long boot_start_pvh
