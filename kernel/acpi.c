/* SPDX-License-Identifier: MIT
 * acpi.c - the two things we need of ACPI: where its tables are, and turning the machine off.
 * Not here: an AML interpreter; the one package we need is found by its name.
 * power.c calls in.
 * Source: ACPI 6.4, 5.2.5 (RSDP), 5.2.9 (FADT), 7.4.2 (_S5), 4.8.3.2 (PM1 control). */
#include "kernel/acpi.h"
#include "kernel/console/printk.h"
#include "kernel/cpu/asm.h"
#include "kernel/cpu/clock.h"
#include "kernel/lib/string.h"
#include "kernel/mm/vm.h"

struct rsdp {
	char signature[8];
	u8 checksum;
	char oem[6];
	u8 revision; /* 0: no xsdt */
	u32 rsdt_pa;
	u32 len;
	u64 xsdt_pa;
	u8 extended_checksum, reserved[3];
} __packed;

struct sdt {
	char signature[4];
	u32 len;
	u8 revision, checksum;
	char oem[6], oem_table[8];
	u32 oem_revision, creator, creator_revision;
} __packed;

struct fadt {
	struct sdt header;
	u32 facs, dsdt;
	u8 reserved0, profile;
	u16 sci;
	u32 smi_command;
	u8 acpi_enable, acpi_disable, s4bios, pstate;
	u32 pm1a_event, pm1b_event, pm1a_control, pm1b_control;
} __packed;

_Static_assert(sizeof(struct rsdp) == 36, "ACPI table 5.27");
_Static_assert(offsetof(struct fadt, pm1a_control) == 64, "ACPI table 5.33");

#define BIOS_AREA_START 0xe0000
#define BIOS_AREA_BYTES 0x20000
#define RSDP_V1_BYTES   20
#define RSDP_ALIGN      16
#define PM1_SCI_EN      BIT(0)
#define PM1_SLP_EN      BIT(13)
#define PM1_SLP_SHIFT   10
#define PM1_SLP_MASK    (7u << PM1_SLP_SHIFT)
#define AML_PACKAGE     0x12
#define AML_BYTE        0x0a
#define ENABLE_WAIT_MS  300
#define OFF_WAIT_MS     200
/* A table longer than this is taken for rubbish rather than read. */
#define TABLE_BYTES_MAX (4u << 20)

static struct rsdp root;

static bool checksum_ok(const void *table, size_t len)
{
	const u8 *p = table;
	u8 sum = 0;

	while (len-- > 0)
		sum = (u8)(sum + *p++);
	return sum == 0;
}

static const struct rsdp *search_bios_area(void)
{
	const u8 *area = vm_map_firmware(BIOS_AREA_START, BIOS_AREA_BYTES);

	for (size_t at = 0; area && at < BIOS_AREA_BYTES; at += RSDP_ALIGN) {
		const struct rsdp *r = (const void *)(area + at);

		if (memcmp(r->signature, "RSD PTR ", 8) == 0 && checksum_ok(r, RSDP_V1_BYTES))
			return r;
	}
	return NULL;
}

void acpi_init(const u8 *rsdp)
{
	if (rsdp)
		memcpy(&root, rsdp, sizeof(root));
}

/* A whole table, mapped; NULL when it is not one. */
static const struct sdt *table_at(u64 pa)
{
	const struct sdt *t = pa ? vm_map_firmware(pa, sizeof(*t)) : NULL;
	u32 len;

	if (!t)
		return NULL;
	len = t->len;
	if (len < sizeof(*t) || len > TABLE_BYTES_MAX)
		return NULL;
	t = vm_map_firmware(pa, len);
	return t && checksum_ok(t, len) ? t : NULL;
}

static const struct sdt *find_table(const char *signature)
{
	bool extended = root.revision >= 2 && root.xsdt_pa;
	const struct sdt *list = table_at(extended ? root.xsdt_pa : root.rsdt_pa);
	size_t width = extended ? sizeof(u64) : sizeof(u32);

	for (size_t at = sizeof(*list); list && at + width <= list->len; at += width) {
		u64 pa = 0;
		const struct sdt *t;

		memcpy(&pa, (const u8 *)list + at, width);
		t = table_at(pa);
		if (t && memcmp(t->signature, signature, sizeof(t->signature)) == 0)
			return t;
	}
	return NULL;
}

static u32 aml_byte(const u8 **p)
{
	if (**p == AML_BYTE)
		(*p)++;
	return *(*p)++;
}

/* Name(_S5_, Package(n) { SLP_TYPa, SLP_TYPb, .. }) in the DSDT's bytes. */
static bool find_s5(const struct sdt *dsdt, u32 *type_a, u32 *type_b)
{
	const u8 *p = (const u8 *)(dsdt + 1), *end = (const u8 *)dsdt + dsdt->len - 16;

	for (; p < end; p++) {
		if (memcmp(p, "_S5_", 4) != 0 || p[4] != AML_PACKAGE)
			continue;
		p += 5;
		p += (*p >> 6) + 1; /* PkgLength: its top bits say how many bytes follow */
		p++;                /* number of elements */
		*type_a = aml_byte(&p);
		*type_b = aml_byte(&p);
		return true;
	}
	return false;
}

/* Firmware may hold the machine in legacy mode, where SLP_EN does nothing. */
static void acpi_enable(const struct fadt *fadt)
{
	u64 end = clock_ns() + ENABLE_WAIT_MS * NSEC_PER_MSEC;

	if ((inw((u16)fadt->pm1a_control) & PM1_SCI_EN) || !fadt->smi_command)
		return;
	outb((u16)fadt->smi_command, fadt->acpi_enable);
	while (!(inw((u16)fadt->pm1a_control) & PM1_SCI_EN) && clock_ns() < end)
		cpu_relax();
}

static void sleep_write(u32 port, u32 type)
{
	u32 v = inw((u16)port) & ~PM1_SLP_MASK;

	outw((u16)port, (u16)(v | (type & 7) << PM1_SLP_SHIFT | PM1_SLP_EN));
}

void acpi_power_off(void)
{
	const struct rsdp *found = root.rsdt_pa ? NULL : search_bios_area();
	const struct fadt *fadt;
	const struct sdt *dsdt;
	u32 type_a, type_b;

	if (found)
		memcpy(&root, found, found->revision >= 2 ? sizeof(root) : RSDP_V1_BYTES);
	fadt = (const struct fadt *)find_table("FACP");
	if (fadt && fadt->header.len < sizeof(*fadt))
		return;
	dsdt = fadt ? table_at(fadt->dsdt) : NULL;
	if (!dsdt || !fadt->pm1a_control || !find_s5(dsdt, &type_a, &type_b))
		return;
	acpi_enable(fadt);
	sleep_write(fadt->pm1a_control, type_a);
	if (fadt->pm1b_control)
		sleep_write(fadt->pm1b_control, type_b);
	clock_delay_us(OFF_WAIT_MS * 1000);
}
