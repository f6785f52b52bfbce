/* SPDX-License-Identifier: MIT
 * boot.h - constants shared by the assembly from the boot loader's jump to kmain.
 * Not here: the layouts of what the loaders pass (bootinfo.c).
 * Used by header.S, start.S, bootinfo.c.
 * Source: Multiboot 0.6.96; Multiboot2 2.0; Xen PVH; Intel SDM vol. 3A 4.5 (paging). */
#pragma once

#define MB1_HEADER_MAGIC 0x1badb002
#define MB1_FLAGS        0x00010003 /* page-aligned modules, memory map, address fields */
#define MB1_MAGIC        0x2badb002 /* in eax at entry */

#define MB2_HEADER_MAGIC     0xe85250d6
#define MB2_ARCH_I386        0
#define MB2_TAG_MODULE_ALIGN 6
#define MB2_MAGIC            0x36d76289 /* in eax at entry */

#define XEN_ELFNOTE_PHYS32_ENTRY 18
#define PVH_MAGIC                0x336ec578 /* hvm_start_info.magic */

/* The kernel's half of the address space; kernel/mm/layout.h has the whole map. */
#define KERNEL_VMA      0xffffffff80000000
#define DIRECT_MAP      0xffff800000000000
#define PML4_DIRECT     256 /* DIRECT_MAP >> 39 & 511 */
#define PML4_KERNEL     511
#define PDPT_KERNEL     510 /* KERNEL_VMA >> 30 & 511 */
#define BOOT_DIRECT_GIB 4
#define BOOT_DIRECT_END 0x100000000 /* of what the boot tables map of it */

/* Segment selectors: SYSRET wants user data right before user code (SDM "SYSRET"). */
#define KERNEL_CS 0x08
#define KERNEL_DS 0x10
#define USER_DS   0x1b
#define USER_CS   0x23
#define TSS_SEL   0x28

#define KERNEL_STACK_BYTES 16384
#define IST_STACK_BYTES    4096
#define PAGE_BYTES         4096
