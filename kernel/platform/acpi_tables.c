/* SPDX-License-Identifier: MIT
 * acpi_tables.c - ACPI's tables: how to turn the machine off, where the RTC has the century.
 * Not here: doing it (kernel/power/acpi.c); an AML interpreter: the one package we need is found by its name.
 * main.c and rtc.c call in. Calls vm.c to see the tables.
 * Source: ACPI 6.4, 5.2.5 (RSDP), 5.2.8 (XSDT), 5.2.9 (FADT), 7.4.2 (_S5). */
#include "kernel/platform/acpi_tables.h"
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
	u8 reserved1[36];
	u8 century; /* the CMOS register, or 0 */
} __packed;

_Static_assert(sizeof(struct rsdp) == 36, "ACPI table 5.27");
_Static_assert(offsetof(struct fadt, pm1a_control) == 64, "ACPI table 5.33");
_Static_assert(offsetof(struct fadt, century) == 108, "ACPI table 5.33");

#define BIOS_AREA_START 0xe0000
#define BIOS_AREA_BYTES 0x20000
#define RSDP_V1_BYTES   20
#define RSDP_ALIGN      16
#define AML_PACKAGE     0x12
#define AML_BYTE        0x0a
/* A table longer than this, or beyond what every 64-bit CPU can address, is ignored. */
#define TABLE_BYTES_MAX (4u << 20)
#define TABLE_PA_MAX    (1ull << 36)

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

		if (r->signature[0] == 'R' && memcmp(r->signature, "RSD PTR ", 8) == 0 &&
			checksum_ok(r, RSDP_V1_BYTES))
			return r;
	}
	return NULL;
}

void acpi_init(const u8 *rsdp)
{
	if (rsdp)
		memcpy(&root, rsdp, sizeof(root));
}

/* The loader's, or the one that is in the BIOS area. */
static const struct rsdp *find_root(void)
{
	const struct rsdp *found = root.rsdt_pa || root.xsdt_pa ? NULL : search_bios_area();

	if (found)
		memcpy(&root, found, found->revision >= 2 ? sizeof(root) : RSDP_V1_BYTES);
	return &root;
}

/* The whole table at pa, mapped; NULL when there is none with this signature that is right. */
static const struct sdt *table_at(u64 pa, const char *signature)
{
	const struct sdt *t = pa && pa < TABLE_PA_MAX ? vm_map_firmware(pa, sizeof(*t)) : NULL;
	u32 len;

	if (!t || memcmp(t->signature, signature, sizeof(t->signature)) != 0)
		return NULL;
	len = t->len;
	if (len < sizeof(*t) || len > TABLE_BYTES_MAX)
		return NULL;
	t = vm_map_firmware(pa, len);
	return t && checksum_ok(t, len) ? t : NULL;
}

/* A copy of the FADT, zeros where it is shorter. */
static bool find_fadt(struct fadt *fadt)
{
	const struct rsdp *r = find_root();
	bool extended = r->revision >= 2 && r->xsdt_pa;
	const struct sdt *t,
		*list = extended ? table_at(r->xsdt_pa, "XSDT") : table_at(r->rsdt_pa, "RSDT");
	size_t width = extended ? sizeof(u64) : sizeof(u32);

	for (size_t at = sizeof(*list); list && at + width <= list->len; at += width) {
		u64 pa = 0;

		memcpy(&pa, (const u8 *)list + at, width);
		t = table_at(pa, "FACP");
		if (t) {
			memset(fadt, 0, sizeof(*fadt));
			memcpy(fadt, t, min((size_t)t->len, sizeof(*fadt)));
			return true;
		}
	}
	return false;
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
		if (*p != '_' || memcmp(p, "_S5_", 4) != 0 || p[4] != AML_PACKAGE)
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

bool acpi_find_off(struct acpi_off *off)
{
	const struct sdt *dsdt;
	struct fadt fadt;

	if (!find_fadt(&fadt))
		return false;
	dsdt = table_at(fadt.dsdt, "DSDT");
	if (fadt.pm1a_control == 0 || fadt.pm1a_control > 0xffff)
		return false; /* no port */
	if (!dsdt || !find_s5(dsdt, &off->type_a, &off->type_b))
		return false;
	off->pm1a_control = (u16)fadt.pm1a_control;
	off->pm1b_control = (u16)fadt.pm1b_control;
	off->smi_command = (u16)fadt.smi_command;
	off->acpi_enable = fadt.acpi_enable;
	return true;
}

u8 acpi_century_register(void)
{
	struct fadt fadt;

	return find_fadt(&fadt) ? fadt.century : 0;
}
