/* SPDX-License-Identifier: MIT
 * bootinfo.c - what the boot loader told us, in one form for multiboot 1, 2 and PVH.
 * Not here: what the command line means (kernel/cmdline.c), allocating the memory (kernel/mm).
 * kmain calls it once, first of all; it reads through the boot tables' direct map.
 * Source: Multiboot 0.6.96 3.3; Multiboot2 2.0 3.6; Xen hvm_start_info. */
#include "boot/bootinfo.h"
#include "boot/boot.h"
#include "kernel/lib/string.h"

/* ---- layouts: multiboot 1 ---------------------------------------------------------------- */

#define MB1_HAS_CMDLINE BIT(2)
#define MB1_HAS_MODULES BIT(3)
#define MB1_HAS_MMAP    BIT(6)
#define MB1_HAS_LOADER  BIT(9)

struct mb1_info {
	u32 flags, mem_lower, mem_upper, boot_device, cmdline;
	u32 mods_count, mods_addr;
	u32 syms[4];
	u32 mmap_length, mmap_addr;
	u32 drives_length, drives_addr, config_table, boot_loader_name;
} __packed;

struct mb1_module {
	u32 start, end, string, reserved;
} __packed;

struct mb1_mmap {
	u32 size; /* of what follows */
	u64 addr, len;
	u32 type;
} __packed;

/* ---- layouts: multiboot 2 ---------------------------------------------------------------- */

enum mb2_tag_type {
	MB2_TAG_END = 0,
	MB2_TAG_CMDLINE = 1,
	MB2_TAG_MODULE = 3,
	MB2_TAG_MMAP = 6,
	MB2_TAG_ACPI_OLD = 14,
	MB2_TAG_ACPI_NEW = 15
};

struct mb2_tag {
	u32 type, size; /* with this header, without the padding to 8 */
} __packed;

struct mb2_module {
	struct mb2_tag tag;
	u32 start, end;
	char args[];
} __packed;

struct mb2_mmap {
	struct mb2_tag tag;
	u32 entry_size, entry_version;
} __packed;

struct mb2_mmap_entry {
	u64 addr, len;
	u32 type, reserved;
} __packed;

/* ---- layouts: PVH ------------------------------------------------------------------------ */

struct pvh_info {
	u32 magic, version, flags, nr_modules;
	u64 modlist, cmdline, rsdp;
	u64 memmap; /* version 1 on */
	u32 memmap_entries, reserved;
} __packed;

struct pvh_module {
	u64 paddr, size, cmdline, reserved;
} __packed;

struct pvh_range {
	u64 addr, size;
	u32 type, reserved;
} __packed;

/* ---- common ----------------------------------------------------------------------------- */

/* Physical memory as the boot tables show it; NULL where they do not. */
static const void *at(u64 pa, u64 len)
{
	if (len > BOOT_DIRECT_END || pa > BOOT_DIRECT_END - len)
		return NULL;
	return (const void *)(DIRECT_MAP + pa);
}

static void malformed(struct bootinfo *info)
{
	info->problem = "malformed, or it points outside memory";
}

static void add_range(struct bootinfo *info, u64 start, u64 len, u32 type)
{
	if (len == 0 || start + len < start)
		return;
	if (info->range_n == BOOT_RANGES_MAX) {
		info->problem = "memory map with more ranges than fit";
		return;
	}
	info->range[info->range_n++] = (struct boot_range){ start, start + len, type };
}

static void bad_line(struct bootinfo *info, u32 module, const char *problem)
{
	info->line_module = module;
	info->line_problem = problem;
}

/* The line of a module, or (0) the kernel's. A zero ends it, or `end`, the end of the tag it lies in. */
static void copy_line(struct bootinfo *info, u32 module, u64 pa, u64 end)
{
	char *line = module ? info->module[module - 1].args : info->cmdline;

	for (u32 n = 0; n < BOOT_LINE_MAX; n++) {
		const char *c = at(pa + n, 1);

		line[n] = '\0';
		if (pa + n >= end)
			return;
		if (!c)
			return bad_line(info, module, "it lies outside memory");
		line[n] = *c;
		if (!*c)
			return;
	}
	line[BOOT_LINE_MAX - 1] = '\0';
	bad_line(info, module, "longer than 2047 characters");
}

/* args: where its line is, or 0 */
static void add_module(struct bootinfo *info, u64 start, u64 end, u64 args, u64 args_end)
{
	struct boot_module *module;

	if (info->module_n == BOOT_MODULES_MAX) {
		info->modules_dropped++;
		return;
	}
	module = &info->module[info->module_n++];
	module->start_pa = start;
	module->end_pa = max(start, end);
	if (args)
		copy_line(info, info->module_n, args, args_end);
}

static void set_rsdp(struct bootinfo *info, const void *rsdp, size_t len)
{
	info->has_rsdp = rsdp != NULL;
	if (rsdp)
		memcpy(info->rsdp, rsdp, min(len, sizeof(info->rsdp)));
}

/* ---- multiboot 1 ------------------------------------------------------------------------ */

/* QEMU, iPXE and others put the kernel's file name first, GRUB 2 does not. */
static bool is_grub2(const struct mb1_info *mb)
{
	const char *name = mb->flags & MB1_HAS_LOADER ? at(mb->boot_loader_name, 6) : NULL;

	return name && memcmp(name, "GRUB 2", 6) == 0;
}

static void read_mb1_mmap(struct bootinfo *info, const struct mb1_info *mb)
{
	u64 pa = mb->mmap_addr, end = pa + mb->mmap_length;

	while (pa < end && !info->problem) {
		const struct mb1_mmap *entry = at(pa, sizeof(*entry));

		if (!entry || entry->size < sizeof(*entry) - sizeof(entry->size))
			return malformed(info);
		add_range(info, entry->addr, entry->len, entry->type);
		pa += entry->size + sizeof(entry->size);
	}
}

static void read_mb1(struct bootinfo *info, u32 info_pa)
{
	const struct mb1_info *mb = at(info_pa, sizeof(*mb));

	info->protocol = "multiboot 1";
	if (!mb)
		return malformed(info);
	if (mb->flags & MB1_HAS_CMDLINE) {
		info->name_first = !is_grub2(mb);
		copy_line(info, 0, mb->cmdline, UINT64_MAX);
	}
	if (mb->flags & MB1_HAS_MMAP)
		read_mb1_mmap(info, mb);
	if (!(mb->flags & MB1_HAS_MODULES))
		return;
	for (u32 i = 0; i < mb->mods_count && !info->problem; i++) {
		const struct mb1_module *mod = at(mb->mods_addr + i * sizeof(*mod), sizeof(*mod));

		if (!mod)
			return malformed(info);
		add_module(info, mod->start, mod->end, mod->string, UINT64_MAX);
	}
}

/* ---- multiboot 2 ------------------------------------------------------------------------ */

static void read_mb2_mmap(struct bootinfo *info, const struct mb2_mmap *mmap)
{
	u64 offset = sizeof(*mmap);

	if (mmap->entry_size < sizeof(struct mb2_mmap_entry))
		return malformed(info);
	for (; offset + mmap->entry_size <= mmap->tag.size; offset += mmap->entry_size) {
		const struct mb2_mmap_entry *entry = (const void *)((const char *)mmap + offset);

		add_range(info, entry->addr, entry->len, entry->type);
	}
}

/* The tag lies in memory as a whole, from pa to end. */
static void read_mb2_tag(struct bootinfo *info, const struct mb2_tag *tag, u64 pa, u64 end)
{
	const struct mb2_module *module = (const void *)tag;

	switch (tag->type) {
	case MB2_TAG_CMDLINE:
		copy_line(info, 0, pa + sizeof(*tag), end);
		break;
	case MB2_TAG_MODULE:
		if (tag->size >= sizeof(*module))
			add_module(info, module->start, module->end, pa + sizeof(*module), end);
		break;
	case MB2_TAG_MMAP:
		if (tag->size >= sizeof(struct mb2_mmap))
			read_mb2_mmap(info, (const void *)tag);
		break;
	case MB2_TAG_ACPI_OLD:
	case MB2_TAG_ACPI_NEW: /* the tag holds a copy of the RSDP, not its address */
		set_rsdp(info, tag + 1, tag->size - sizeof(*tag));
		break;
	}
}

static void read_mb2(struct bootinfo *info, u32 info_pa)
{
	const u32 *total = at(info_pa, sizeof(*total));
	u64 pa = info_pa + 8ull, end = total ? (u64)info_pa + *total : 0;

	info->protocol = "multiboot 2";
	while (pa + sizeof(struct mb2_tag) <= end) {
		const struct mb2_tag *tag = at(pa, sizeof(*tag));

		if (!tag || !at(pa, tag->size) || tag->size > end - pa)
			return malformed(info);
		if (tag->type == MB2_TAG_END || tag->size < sizeof(*tag))
			return;
		read_mb2_tag(info, tag, pa, pa + tag->size);
		pa += ALIGN_UP((u64)tag->size, 8u);
	}
}

/* ---- PVH -------------------------------------------------------------------------------- */

static void read_pvh(struct bootinfo *info, u32 info_pa)
{
	const struct pvh_info *pvh = at(info_pa, sizeof(*pvh));

	info->protocol = "PVH";
	if (!pvh || pvh->magic != PVH_MAGIC || pvh->version < 1) {
		info->problem = "PVH start info without a memory map (version 1 has one)";
		return;
	}
	if (pvh->rsdp)
		set_rsdp(info, at(pvh->rsdp, BOOT_RSDP_BYTES), BOOT_RSDP_BYTES);
	if (pvh->cmdline)
		copy_line(info, 0, pvh->cmdline, UINT64_MAX);
	for (u32 i = 0; i < pvh->memmap_entries && !info->problem; i++) {
		const struct pvh_range *r = at(pvh->memmap + i * sizeof(*r), sizeof(*r));

		if (!r)
			return malformed(info);
		add_range(info, r->addr, r->size, r->type);
	}
	for (u32 i = 0; i < pvh->nr_modules && !info->problem; i++) {
		const struct pvh_module *m = at(pvh->modlist + i * sizeof(*m), sizeof(*m));

		if (!m)
			return malformed(info);
		add_module(info, m->paddr, m->paddr + m->size, m->cmdline, UINT64_MAX);
	}
}

void bootinfo_read(struct bootinfo *info, u32 magic, u32 info_pa)
{
	info->protocol = "unknown";
	switch (magic) {
	case MB1_MAGIC:
		read_mb1(info, info_pa);
		break;
	case MB2_MAGIC:
		read_mb2(info, info_pa);
		break;
	case PVH_MAGIC:
		read_pvh(info, info_pa);
		break;
	default:
		info->problem = "the loader speaks neither multiboot 1, multiboot 2 nor PVH";
	}
	if (!info->problem && info->range_n == 0)
		info->problem = "no memory map";
}
