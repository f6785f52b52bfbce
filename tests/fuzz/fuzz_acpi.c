/* SPDX-License-Identifier: MIT
 * fuzz_acpi.c - the input is ACPI's memory, from the root pointer on; what is found must be in the tables, and
 * nothing be read beyond what was mapped.
 * Not here: whether the right values are found (tests/unit/test_acpi.c).
 * libFuzzer calls in.
 * Source: kernel/platform/acpi_tables.h. First byte: bit 0 the loader brings the root pointer, bit 1 sums are made
 * right where a table begins, so that more is reached. Then memory, from BASE on. */
#include "kernel/platform/acpi_tables.h"
#include "kernel/mm/vm.h"
#include "net/core/machine.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#define BASE     0xe0000u
#define MAPS_MAX 4096

static const u8 *memory;
static size_t memory_len;
static bool fix_sums;
static void *maps[MAPS_MAX];
static u32 map_n;

/* A sum over all of a table becomes right by its tenth byte, the checksum. */
static void fix_sum(u8 *table, size_t len)
{
	u8 sum = 0;

	for (size_t i = 0; i < len; i++)
		sum = (u8)(sum + table[i]);
	if (len > 9)
		table[9] = (u8)(table[9] - sum);
}

/* A copy of the exact size, so that the sanitizer sees the first byte beyond. Zeros are behind the input. */
const void *vm_map_firmware(u64 pa, size_t len)
{
	size_t from = (size_t)(pa - BASE);
	u8 *copy;

	if (pa < BASE || len > 8u << 20 || map_n == MAPS_MAX)
		return NULL;
	copy = calloc(1, len);
	BUG_ON(!copy);
	if (from < memory_len)
		memcpy(copy, memory + from, min(len, memory_len - from));
	if (fix_sums && len > 36 && len < 0x20000)
		fix_sum(copy, len);
	maps[map_n++] = copy;
	return copy;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u8 rsdp[36] = { 0 };
	struct acpi_off off;

	if (size == 0)
		return 0;
	memory = data + 1;
	memory_len = size - 1;
	fix_sums = data[0] & 2;
	if (data[0] & 1)
		memcpy(rsdp, memory, min(memory_len, sizeof(rsdp)));
	acpi_init(rsdp);
	if (acpi_find_off(&off))
		BUG_ON(!off.pm1a_control || off.type_a > 255 || off.type_b > 255);
	acpi_century_register();
	while (map_n > 0)
		free(maps[--map_n]);
	return 0;
}
