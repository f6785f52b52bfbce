/* SPDX-License-Identifier: MIT
 * test_pci.c - the scan of the buses and the registers of a card, against a configuration space made of memory.
 * Not here: real chips (QEMU's, in tests/boot/test_muffin.py).
 * cmocka calls in; the source is included with this file's ports.
 * Source: PCI Local Bus Specification 3.0, 3.2.2.3.2 (mechanism 1), 6.2.3 (a status bit is cleared by writing one). */
#include "kernel/cpu/asm.h"
#include "kernel/mm/vm.h"
#include "tests/unit/stack.h"

struct function {
	u8 bus, slot, function;
	u32 reg[16];
	bool no_master;
};

static struct function space[300];
static u32 space_n, address;

static struct function *addressed(void)
{
	assert_true(address & 0x80000000u);
	for (u32 i = 0; i < space_n; i++) {
		struct function *f = &space[i];

		if ((u32)(f->bus << 16 | f->slot << 11 | f->function << 8) == (address & 0xffff00))
			return f;
	}
	return NULL;
}

static void sim_outl(u16 port, u32 v)
{
	struct function *f;
	u32 *reg;

	if (port == 0xcf8) {
		assert_int_equal(v & 3, 0);
		address = v;
		return;
	}
	assert_int_equal(port, 0xcfc);
	f = addressed();
	assert_non_null(f);
	reg = &f->reg[(address & 0xfc) / 4];
	*reg = (address & 0xfc) == 4 ? (v & 0xffff) | (*reg & ~v & 0xffff0000u) : v;
	if (f->no_master)
		f->reg[1] &= ~4u;
}

static u32 sim_inl(u16 port)
{
	const struct function *f = addressed();

	assert_int_equal(port, 0xcfc);
	return f ? f->reg[(address & 0xfc) / 4] : ~0u;
}

#define outl sim_outl
#define inl  sim_inl
#include "drivers/pci/pci.c"

static u64 mapped_pa;
static size_t mapped_len;

void *vm_map_device(u64 pa, size_t len)
{
	mapped_pa = pa;
	mapped_len = len;
	return space;
}

static struct function *add(u8 bus, u8 slot, u8 function, u32 id, u32 class)
{
	struct function *f = &space[space_n++];

	*f = (struct function){ .bus = bus, .slot = slot, .function = function };
	f->reg[0] = id;
	f->reg[2] = class << 8 | 0x03;
	return f;
}

static void bridge(u8 bus, u8 slot, u8 below)
{
	struct function *f = add(bus, slot, 0, 0x244e8086, 0x060400);

	f->reg[3] = 1 << 16;
	f->reg[6] = (u32)below << 8 | bus | 0xee0000;
}

static void scan(void)
{
	pci_dev_n = 0;
	pci_scan();
}

static void expect_dev(u32 i, u8 bus, u8 slot, u8 function, u32 id)
{
	const struct pci_dev *d = &pci_devs[i];

	assert_int_equal(d->bus, bus);
	assert_int_equal(d->slot, slot);
	assert_int_equal(d->function, function);
	assert_int_equal(d->vendor | (u32)d->device << 16, id);
}

/* Of a device with several functions all are found, behind a hole, too; of another one only the first. */
static void functions_of_a_device(void **state)
{
	add(0, 3, 0, 0x100e8086, 0x020000)->reg[3] = 0x800000;
	add(0, 3, 5, 0x100f8086, 0x020001);
	add(0, 31, 0, 0x11112222, 0x010000);
	add(0, 31, 1, 0x33334444, 0x010000);
	scan();
	assert_int_equal(pci_dev_n, 3);
	expect_dev(0, 0, 3, 0, 0x100e8086);
	expect_dev(1, 0, 3, 5, 0x100f8086);
	expect_dev(2, 0, 31, 0, 0x11112222);
	assert_int_equal(pci_devs[1].class, 0x020001);
	host_capture(true);
	pci_show();
	assert_non_null(strstr(host_captured(), "00:03.5  8086:100f  class 0200 (Ethernet)"));
	assert_non_null(strstr(host_captured(), "00:1f.0  2222:1111  class 0100\n"));
}

/* What lies behind bridges; a CPU's bridge (no PCI-to-PCI one by its header) leads nowhere. */
static void buses(void **state)
{
	bridge(0, 1, 7);
	bridge(7, 2, 9);
	add(9, 4, 0, 0x100e8086, 0x020000);
	add(0, 2, 0, 0x99998086, 0x060400)->reg[6] = 5 << 8;
	add(5, 0, 0, 0x77778086, 0x020000);
	scan();
	assert_int_equal(pci_dev_n, 4);
	expect_dev(2, 9, 4, 0, 0x100e8086);
	expect_dev(3, 0, 2, 0, 0x99998086);
}

/* Firmware may have left a bridge without a number, or numbered two in a circle: the scan ends. */
static void circles(void **state)
{
	bridge(0, 1, 0);
	scan();
	assert_int_equal(pci_dev_n, 1);
	bridge(0, 2, 1);
	bridge(1, 0, 1);
	scan();
	assert_int_equal(pci_dev_n, 2 + BUS_DEPTH_MAX - 1);
}

static void more_than_fit(void **state)
{
	for (u32 slot = 0; slot < 32; slot++)
		for (u32 function = 0; function < 8; function++)
			add(0, (u8)slot, (u8)function, 0x100e8086, 0x020000)->reg[3] = 0x800000;
	scan();
	assert_int_equal(pci_dev_n, PCI_DEVS_MAX);
	expect_dev(PCI_DEVS_MAX - 1, 0, 7, 7, 0x100e8086);
}

static void turned_on(void **state)
{
	const struct pci_dev dev = { .bus = 2, .slot = 6, .function = 1 };
	struct function *f = add(2, 6, 1, 0x100e8086, 0x020000);

	f->reg[1] = 0xf9000141; /* errors that somebody may still want to read */
	assert_true(pci_enable(&dev));
	assert_int_equal(f->reg[1], 0xf9000547);
	f->no_master = true;
	assert_false(pci_enable(&dev));
}

static void registers_of_a_card(void **state)
{
	const struct pci_dev dev = { .bus = 0, .slot = 6 };
	struct function *f = add(0, 6, 0, 0x100e8086, 0x020000);

	f->reg[4] = 0xfebc0000;
	f->reg[5] = 0xc001;
	f->reg[6] = 0xfeb0000c;
	f->reg[7] = 0x23;
	assert_ptr_equal(pci_map_bar(&dev, 0, 0x20000), space);
	assert_int_equal(mapped_pa, 0xfebc0000);
	assert_int_equal(mapped_len, 0x20000);
	assert_ptr_equal(pci_map_bar(&dev, 2, 4096), space);
	assert_int_equal(mapped_pa, 0x23feb00000);
	assert_null(pci_map_bar(&dev, 1, 4096)); /* I/O ports */
	assert_null(pci_map_bar(&dev, 4, 4096)); /* none */
	assert_null(pci_map_bar(&dev, 6, 4096));
}

int main(void)
{
	const struct CMUnitTest pci[] = {
		BARE_TEST(functions_of_a_device),
		BARE_TEST(buses),
		BARE_TEST(circles),
		BARE_TEST(more_than_fit),
		BARE_TEST(turned_on),
		BARE_TEST(registers_of_a_card),
	};

	return cmocka_run_group_tests(pci, NULL, NULL);
}
