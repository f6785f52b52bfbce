/* SPDX-License-Identifier: MIT
 * bootinfo.c - what the boot loader told us, in one form for multiboot 1, 2 and PVH.
 * Not here: what the command line means (kernel/cmdline.c), who owns the memory (kernel/mm).
 * kmain calls it once, first of all; it reads through the boot tables' direct map.
 * Source: Multiboot 0.6.96 3.3; Multiboot2 2.0 3.6; Xen hvm_start_info. */
#include "boot/bootinfo.h"
#include "boot/boot.h"
#include "kernel/lib/string.h"

/* ---- multiboot 1 ------------------------------------------------------------------------ */

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

/* ---- multiboot 2 ------------------------------------------------------------------------ */

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

/* ---- PVH -------------------------------------------------------------------------------- */

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

static const void *at(u64 pa)
{
	return (const void *)(DIRECT_MAP + pa);
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

static void add_module(struct bootinfo *info, u64 start, u64 end, const char *args)
{
	struct boot_module *module;

	if (info->module_n == BOOT_MODULES_MAX) {
		info->modules_dropped++;
		return;
	}
	module = &info->module[info->module_n++];
	module->start_pa = start;
	module->end_pa = max(start, end);
	if (!strscpy(module->args, args, sizeof(module->args)))
		info->problem = "module with a longer command line than fits";
}

static void set_cmdline(struct bootinfo *info, const char *s)
{
	info->cmdline_cut = !strscpy(info->cmdline, s, sizeof(info->cmdline));
}

static void set_rsdp(struct bootinfo *info, const void *rsdp, size_t len)
{
	info->has_rsdp = true;
	memcpy(info->rsdp, rsdp, min(len, sizeof(info->rsdp)));
}

/* QEMU and iPXE put the kernel's file name first, GRUB 2 does not. */
static const char *skip_file_name(const struct mb1_info *mb, const char *s)
{
	bool grub2 =
		(mb->flags & MB1_HAS_LOADER) && strncmp(at(mb->boot_loader_name), "GRUB 2", 6) == 0;

	while (!grub2 && *s && *s != ' ')
		s++;
	return s;
}

static void read_mb1(struct bootinfo *info, u32 info_pa)
{
	const struct mb1_info *mb = at(info_pa);
	const struct mb1_module *mod = at(mb->mods_addr);
	u64 pa = mb->mmap_addr, end = pa + mb->mmap_length;

	info->protocol = "multiboot 1";
	if (mb->flags & MB1_HAS_CMDLINE)
		set_cmdline(info, skip_file_name(mb, at(mb->cmdline)));
	if (!(mb->flags & MB1_HAS_MMAP)) {
		info->problem = "no memory map";
		return;
	}
	while (pa < end) {
		const struct mb1_mmap *entry = at(pa);

		add_range(info, entry->addr, entry->len, entry->type);
		pa += entry->size + sizeof(entry->size);
	}
	if (!(mb->flags & MB1_HAS_MODULES))
		return;
	for (u32 i = 0; i < mb->mods_count; i++)
		add_module(info, mod[i].start, mod[i].end, mod[i].string ? at(mod[i].string) : "");
}

static void read_mb2_mmap(struct bootinfo *info, const struct mb2_mmap *mmap)
{
	u32 offset = sizeof(*mmap);

	for (; mmap->entry_size && offset + mmap->entry_size <= mmap->tag.size;
		offset += mmap->entry_size) {
		const struct mb2_mmap_entry *entry = (const void *)((const char *)mmap + offset);

		add_range(info, entry->addr, entry->len, entry->type);
	}
}

static void read_mb2_tag(struct bootinfo *info, const struct mb2_tag *tag)
{
	const struct mb2_module *module = (const void *)tag;

	switch (tag->type) {
	case MB2_TAG_CMDLINE:
		set_cmdline(info, (const char *)(tag + 1));
		break;
	case MB2_TAG_MODULE:
		add_module(info, module->start, module->end, module->args);
		break;
	case MB2_TAG_MMAP:
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
	u32 total = *(const u32 *)at(info_pa);
	u64 pa = info_pa + 8, end = (u64)info_pa + total;

	info->protocol = "multiboot 2";
	while (pa + sizeof(struct mb2_tag) <= end) {
		const struct mb2_tag *tag = at(pa);

		if (tag->type == MB2_TAG_END || tag->size < sizeof(*tag))
			break;
		read_mb2_tag(info, tag);
		pa += ALIGN_UP(tag->size, 8u);
	}
}

static void read_pvh(struct bootinfo *info, u32 info_pa)
{
	const struct pvh_info *pvh = at(info_pa);
	const struct pvh_module *mod = at(pvh->modlist);
	const struct pvh_range *range;

	info->protocol = "PVH";
	if (pvh->rsdp)
		set_rsdp(info, at(pvh->rsdp), BOOT_RSDP_BYTES);
	if (pvh->magic != PVH_MAGIC || pvh->version < 1) {
		info->problem = "PVH start info without a memory map (version 1 has one)";
		return;
	}
	if (pvh->cmdline)
		set_cmdline(info, at(pvh->cmdline));
	range = at(pvh->memmap);
	for (u32 i = 0; i < pvh->memmap_entries; i++)
		add_range(info, range[i].addr, range[i].size, range[i].type);
	for (u32 i = 0; i < pvh->nr_modules; i++)
		add_module(info, mod[i].paddr, mod[i].paddr + mod[i].size,
			mod[i].cmdline ? at(mod[i].cmdline) : "");
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
