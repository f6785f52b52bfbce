/* SPDX-License-Identifier: MIT
 * test_acpi.c - how to turn off and where the century is, out of tables built here; malformed ones say nothing.
 * Not here: turning off (tests/boot), hostile tables by the million (tests/fuzz/fuzz_acpi.c).
 * cmocka calls in; physical memory is an array.
 * Source: ACPI 6.4, 5.2.5.3 (RSDP), 5.2.6 (headers), 5.2.9 (FADT), 20.2 (AML encoding). */
#include "kernel/platform/acpi_tables.h"
#include "kernel/mm/vm.h"
#include "tests/unit/stack.h"

#define AREA_PA  0xe0000u
#define AREA_LEN 0x20000u

static u8 area[AREA_LEN];

const void *vm_map_firmware(u64 pa, size_t len)
{
	assert_true(pa < 1ull << 36); /* a reserved bit of an entry would fault */
	if (pa < AREA_PA || len > AREA_LEN || pa - AREA_PA > AREA_LEN - len)
		return NULL;
	return area + (pa - AREA_PA);
}

enum {
	RSDP = 0x1230,
	RSDT = 0x2000,
	XSDT = 0x2800,
	OTHER = 0x3000,
	FADT = 0x4000,
	DSDT = 0x5000
};

static void put(u32 at, u64 value, u32 bytes)
{
	for (u32 i = 0; i < bytes; i++)
		area[at + i] = (u8)(value >> 8 * i);
}

/* Make the bytes' sum zero by the one at `at`. */
static void fix_sum(u32 start, u32 len, u32 at)
{
	u8 sum = 0;

	area[at] = 0;
	for (u32 i = 0; i < len; i++)
		sum = (u8)(sum + area[start + i]);
	area[at] = (u8)-sum;
}

static void table(u32 at, const char *signature, u32 len)
{
	memcpy(area + at, signature, 4);
	put(at + 4, len, 4);
	fix_sum(at, len, at + 9);
}

/* Name(\_S5, Package(4) { a, b, 0, 0 }), in the middle of other bytes. */
static void s5(const char *bytes, u32 len)
{
	memset(area + DSDT, 0xa3, 0x200);
	memcpy(area + DSDT + 100, "\x08_S5_\x12", 6);
	memcpy(area + DSDT + 106, bytes, len);
	table(DSDT, "DSDT", 0x200);
}

static void fadt(u32 len)
{
	put(FADT + 40, AREA_PA + DSDT, 4);
	put(FADT + 48, 0xb2, 4);
	area[FADT + 52] = 0xf1;
	put(FADT + 64, 0x604, 4);
	put(FADT + 68, 0x608, 4);
	area[FADT + 108] = 0x32;
	table(FADT, "FACP", len);
}

static void build(u8 revision)
{
	static const u8 none[36];

	memset(area, 0, sizeof(area));
	acpi_init(none);
	memcpy(area + RSDP, "RSD PTR ", 8);
	area[RSDP + 15] = revision;
	put(RSDP + 16, AREA_PA + RSDT, 4);
	put(RSDP + 24, AREA_PA + XSDT, 8);
	fix_sum(RSDP, 20, RSDP + 8);
	put(RSDT + 36, AREA_PA + OTHER, 4);
	put(RSDT + 40, AREA_PA + FADT, 4);
	table(RSDT, "RSDT", 44);
	put(XSDT + 36, AREA_PA + OTHER, 8);
	put(XSDT + 44, AREA_PA + FADT, 8);
	table(XSDT, "XSDT", 52);
	table(OTHER, "APIC", 36);
	fadt(244);
	s5("\x0a\x04\x0a\x05\x00\x00\x00", 8);
}

static void assert_off(u32 type_a, u32 type_b)
{
	struct acpi_off off;

	assert_true(acpi_find_off(&off));
	assert_int_equal(off.type_a, type_a);
	assert_int_equal(off.type_b, type_b);
	assert_int_equal(off.pm1a_control, 0x604);
	assert_int_equal(off.pm1b_control, 0x608);
	assert_int_equal(off.smi_command, 0xb2);
	assert_int_equal(off.acpi_enable, 0xf1);
}

static void assert_no_off(void)
{
	struct acpi_off off;

	assert_false(acpi_find_off(&off));
}

static void both_lists(void **state)
{
	build(0);
	table(XSDT, "none", 52); /* revision 0 does not know of it */
	assert_off(5, 0);
	assert_int_equal(acpi_century_register(), 0x32);
	build(2);
	table(RSDT, "none", 44);
	assert_off(5, 0);
	build(2);
	put(RSDP + 24, 0, 8); /* no XSDT */
	assert_off(5, 0);
}

static void given_by_the_loader(void **state)
{
	u8 rsdp[36];

	build(2);
	memcpy(rsdp, area + RSDP, sizeof(rsdp));
	memset(area + RSDP, 0, sizeof(rsdp));
	assert_no_off();
	acpi_init(rsdp);
	assert_off(5, 0);
	rsdp[15] = 0; /* revision 0: what follows 20 bytes is not the root pointer's */
	table(XSDT, "none", 52);
	acpi_init(rsdp);
	assert_off(5, 0);
}

/* 20.2.4: the length is 1 to 4 bytes; 20.2.3: 0 and 1 are bytes of their own. */
static void encodings(void **state)
{
	build(0);
	s5("\x06\x04\x0a\x07\x0a\x06\x00\x00", 8);
	assert_off(7, 6);
	s5("\x46\x00\x04\x01\x00\x00\x00", 7);
	assert_off(1, 0);
	s5("\xc6\x00\x00\x00\x04\x0a\x05\x0a\x05", 9);
	assert_off(5, 5);
}

static void short_fadt(void **state)
{
	build(0);
	fadt(108); /* ends before the century */
	assert_off(5, 0);
	assert_int_equal(acpi_century_register(), 0);
	fadt(68); /* ends before PM1b */
	assert_int_equal(acpi_century_register(), 0);
	fadt(64); /* ends before PM1a */
	assert_no_off();
}

static void malformed(void **state)
{
	static const u32 sums[] = { RSDP + 1, RSDT + 10, FADT + 200, DSDT + 0x1ff };

	for (u32 i = 0; i < ARRAY_SIZE(sums); i++) {
		build(0);
		area[sums[i]]++;
		assert_no_off();
	}
	build(0);
	table(RSDT, "RSDT", 35); /* shorter than a header */
	assert_no_off();
	build(0);
	put(RSDT + 4, 5u << 20, 4);
	assert_no_off();
	build(0);
	put(FADT + 40, 0, 4); /* no DSDT */
	table(FADT, "FACP", 244);
	assert_no_off();
	build(0);
	put(FADT + 64, 0x10604, 4); /* no port */
	table(FADT, "FACP", 244);
	assert_no_off();
	build(0);
	table(DSDT, "SSDT", 0x200);
	assert_no_off();
	build(0);
	memcpy(area + DSDT + 101, "_S4_", 4);
	table(DSDT, "DSDT", 0x200);
	assert_no_off();
	build(0);
	area[DSDT + 105] = 0x11; /* a buffer, no package */
	table(DSDT, "DSDT", 0x200);
	assert_no_off();
	build(2);
	put(XSDT + 44, 1ull << 36, 8); /* no CPU need reach so far */
	table(XSDT, "XSDT", 52);
	assert_no_off();
}

int main(void)
{
	const struct CMUnitTest acpi[] = {
		BARE_TEST(both_lists),
		BARE_TEST(given_by_the_loader),
		BARE_TEST(encodings),
		BARE_TEST(short_fadt),
		BARE_TEST(malformed),
	};

	return cmocka_run_group_tests(acpi, NULL, NULL);
}
