/* SPDX-License-Identifier: MIT
 * pci.c - finding devices on the PCI buses and reaching their registers.
 * Not here: what a device does (its driver).
 * kernel/main.c scans; drivers map their registers.
 * Source: PCI Local Bus Specification 3.0, 3.2.2.3.2 (mechanism 1), 6.1-6.2; PCI-to-PCI Bridge
 * Architecture 1.2, 3.2.5.4 (bus numbers). */
#include "drivers/pci/pci.h"
#include "kernel/cpu/asm.h"
#include "kernel/mm/vm.h"
#include "net/core/machine.h"

#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA    0xcfc
#define CONFIG_ENABLE  0x80000000u

enum pci_register {
	PCI_ID = 0x00,
	PCI_COMMAND = 0x04,
	PCI_CLASS = 0x08,
	PCI_HEADER_TYPE = 0x0c, /* bits 23:16 */
	PCI_BAR0 = 0x10,
	PCI_BUS_NUMBERS = 0x18 /* of a bridge: secondary in bits 15:8 */
};

#define COMMAND_MEMORY       BIT(1)
#define COMMAND_MASTER       BIT(2)
#define COMMAND_INTX_DISABLE BIT(10)
#define COMMAND_MASK         0xffffu /* the upper half is the status register: writing ones clears */
#define HEADER_MULTI         BIT(23)
#define HEADER_TYPE(r)       ((r) >> 16 & 0x7f)
#define HEADER_BRIDGE        1
#define CLASS_BRIDGE         0x0604
#define NO_DEVICE            0xffffffffu
#define BAR_IO               BIT(0)
#define BAR_TYPE(v)          ((v) >> 1 & 3)
#define BAR_TYPE_64          2
#define BAR_MEMORY_MASK      (~0xfu)
#define BARS                 6
#define SLOTS                32
#define FUNCTIONS            8
#define BUS_DEPTH_MAX        8

struct pci_dev pci_devs[PCI_DEVS_MAX];
u32 pci_dev_n;

static u32 config_address(const struct pci_dev *dev, u8 offset)
{
	return CONFIG_ENABLE | (u32)dev->bus << 16 | (u32)dev->slot << 11 |
	       (u32)dev->function << 8 | (offset & ~3u);
}

u32 pci_read(const struct pci_dev *dev, u8 offset)
{
	outl(CONFIG_ADDRESS, config_address(dev, offset));
	return inl(CONFIG_DATA);
}

void pci_write(const struct pci_dev *dev, u8 offset, u32 value)
{
	outl(CONFIG_ADDRESS, config_address(dev, offset));
	outl(CONFIG_DATA, value);
}

/* ---- scanning ---------------------------------------------------------------------------- */

static void scan_bus(u8 bus, u32 depth);

static void scan_function(struct pci_dev dev, u32 id, u32 depth)
{
	u32 class = pci_read(&dev, PCI_CLASS) >> 8;

	dev.vendor = (u16)id;
	dev.device = (u16)(id >> 16);
	dev.class = class;
	if (pci_dev_n < PCI_DEVS_MAX)
		pci_devs[pci_dev_n++] = dev;
	if (class >> 8 == CLASS_BRIDGE &&
		HEADER_TYPE(pci_read(&dev, PCI_HEADER_TYPE)) == HEADER_BRIDGE)
		scan_bus((u8)(pci_read(&dev, PCI_BUS_NUMBERS) >> 8), depth + 1);
}

static void scan_slot(u8 bus, u8 slot, u32 depth)
{
	struct pci_dev dev = { .bus = bus, .slot = slot };
	u32 functions = 1;

	for (u8 f = 0; f < functions; f++) {
		u32 id;

		dev.function = f;
		id = pci_read(&dev, PCI_ID);
		if (id == NO_DEVICE)
			continue;
		if (f == 0 && (pci_read(&dev, PCI_HEADER_TYPE) & HEADER_MULTI))
			functions = FUNCTIONS;
		scan_function(dev, id, depth);
	}
}

/* Firmware has numbered the buses. Depth is bounded in case it numbered them in a circle. */
static void scan_bus(u8 bus, u32 depth)
{
	if (depth == BUS_DEPTH_MAX || (depth > 0 && bus == 0))
		return;
	for (u8 slot = 0; slot < SLOTS; slot++)
		scan_slot(bus, slot, depth);
}

void pci_scan(void)
{
	scan_bus(0, 0);
}

void pci_show(void)
{
	for (u32 i = 0; i < pci_dev_n; i++) {
		const struct pci_dev *d = &pci_devs[i];

		pr_notice("  %02x:%02x.%u  %04x:%04x  class %04x%s\n", d->bus, d->slot, d->function,
			d->vendor, d->device, d->class >> 8,
			d->class >> 8 == PCI_CLASS_ETHERNET ? " (Ethernet)" : "");
	}
}

/* ---- registers ---------------------------------------------------------------------------- */

bool pci_enable(const struct pci_dev *dev)
{
	u32 command = pci_read(dev, PCI_COMMAND) & COMMAND_MASK;

	pci_write(
		dev, PCI_COMMAND, command | COMMAND_MEMORY | COMMAND_MASTER | COMMAND_INTX_DISABLE);
	return pci_read(dev, PCI_COMMAND) & COMMAND_MASTER;
}

/* For QEMU's emulator: the BAR is not sized (written with ones and read back), which would rebuild its memory map
 * twice; the driver knows how many bytes of registers it uses. */
void *pci_map_bar(const struct pci_dev *dev, u32 bar, size_t len)
{
	u8 offset = (u8)(PCI_BAR0 + 4 * bar);
	u32 low = pci_read(dev, offset);
	u64 pa = low & BAR_MEMORY_MASK;

	if (bar >= BARS || (low & BAR_IO))
		return NULL;
	if (BAR_TYPE(low) == BAR_TYPE_64)
		pa |= (u64)pci_read(dev, (u8)(offset + 4)) << 32;
	return pa ? vm_map_device(pa, len) : NULL;
}
