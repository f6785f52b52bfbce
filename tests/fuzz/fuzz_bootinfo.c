/* SPDX-License-Identifier: MIT
 * fuzz_bootinfo.c - the input is memory as a boot loader left it; all that is taken from there must be
 * closed, in bounds, and taken from there.
 * Not here: whether the right things are taken (tests/unit/test_bootinfo.c).
 * libFuzzer calls in; the source itself is included with the direct map over the input.
 * Source: boot/bootinfo.h. First byte: the protocol; then memory, where the structure stands at INFO. */
#include "boot/boot.h"
#include "kernel/lib/string.h"
#include "net/core/machine.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static const u8 *memory;
static size_t memory_len;

#undef DIRECT_MAP
#undef BOOT_DIRECT_END
#define DIRECT_MAP      ((uintptr_t)memory)
#define BOOT_DIRECT_END memory_len
#include "boot/bootinfo.c"

#define INFO 16

static const u32 magics[] = { MB1_MAGIC, MB2_MAGIC, PVH_MAGIC, 0 };

static void check_line(const char *line)
{
	BUG_ON(memchr(line, 0, BOOT_LINE_MAX) == NULL);
}

static void check(const struct bootinfo *info)
{
	BUG_ON(!info->protocol);
	check_line(info->cmdline);
	BUG_ON(info->range_n > BOOT_RANGES_MAX || info->module_n > BOOT_MODULES_MAX);
	BUG_ON(info->line_module > info->module_n);
	BUG_ON(!info->problem && info->range_n == 0);
	for (u32 i = 0; i < info->range_n; i++)
		BUG_ON(info->range[i].start_pa >= info->range[i].end_pa);
	for (u32 i = 0; i < info->module_n; i++) {
		BUG_ON(info->module[i].start_pa > info->module[i].end_pa);
		check_line(info->module[i].args);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct bootinfo info;
	u8 *copy = malloc(size); /* its own, so that reading beyond it is seen */

	if (size > 0) {
		memcpy(copy, data + 1, size - 1);
		memory = copy;
		memory_len = size - 1;
		memset(&info, 0, sizeof(info));
		bootinfo_read(&info, magics[data[0] % ARRAY_SIZE(magics)], INFO);
		check(&info);
	}
	free(copy);
	return 0;
}
