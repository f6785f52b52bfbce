/* SPDX-License-Identifier: MIT
 * bootinfo.h - what the boot loader told us, in one form for multiboot 1, 2 and PVH.
 * Not here: what the command line means (kernel/cmdline.c), allocating the memory (kernel/mm).
 * kmain calls it once, first of all.
 * Source: Multiboot 0.6.96 3.3; Multiboot2 2.0 3.6; Xen hvm_start_info. */
#pragma once

#include "kernel/lib/types.h"

#define BOOT_RANGES_MAX  64
#define BOOT_MODULES_MAX 8
#define BOOT_LINE_MAX    2048 /* the command line, or a module's, with its closing zero */
#define BOOT_RSDP_BYTES  36

/* Memory types as the BIOS numbers them (ACPI 15.1). */
enum boot_memory {
	BOOT_USABLE = 1,
	BOOT_RESERVED,
	BOOT_ACPI_RECLAIM,
	BOOT_ACPI_NVS,
	BOOT_BAD
};

struct boot_range {
	u64 start_pa, end_pa;
	u32 type;
};

struct boot_module {
	u64 start_pa, end_pa; /* end_pa == start_pa: the loader passed an empty file */
	char args[BOOT_LINE_MAX];
};

struct bootinfo {
	const char *protocol; /* "multiboot 1" .. */
	const char *problem;  /* NULL, or what is wrong with the loader's information */
	char cmdline[BOOT_LINE_MAX];
	bool name_first;          /* cmdline may begin with the kernel's file name */
	const char *line_problem; /* NULL, or what is wrong.. */
	u32 line_module;          /* ..with the line of this module, from 1, or of the kernel: 0 */
	bool has_rsdp;            /* else search for it */
	u8 rsdp[BOOT_RSDP_BYTES]; /* ACPI's root pointer, as much of it as there is */
	u32 range_n, module_n;
	u32 modules_dropped; /* more than BOOT_MODULES_MAX */
	struct boot_range range[BOOT_RANGES_MAX];
	struct boot_module module[BOOT_MODULES_MAX];
};

/* bootinfo_read - copy all we need out of the loader's memory, so that it may be reused.
 * info      filled; it stays valid with ->problem set when something is wrong
 * magic     eax at entry
 * info_pa   ebx at entry; the structure and what it points to lie in memory that the boot tables map;
 *           what does not is a problem */
void bootinfo_read(struct bootinfo *info, u32 magic, u32 info_pa);
