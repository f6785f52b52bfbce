/* SPDX-License-Identifier: MIT
 * pci.h - finding devices on the PCI buses and reaching their registers.
 * Not here: what a device does (its driver).
 * kernel/main.c scans; drivers map their registers.
 * Source: PCI Local Bus Specification 3.0, 3.2.2.3.2 (mechanism 1), 6.1-6.2. */
#pragma once

#include "kernel/lib/types.h"

struct pci_dev {
	u8 bus, slot, function;
	u16 vendor, device;
	u32 class; /* base class, subclass, interface */
};

#define PCI_CLASS_ETHERNET 0x0200 /* base class and subclass */

#define PCI_DEVS_MAX 64

extern struct pci_dev pci_devs[PCI_DEVS_MAX];
extern u32 pci_dev_n;

/* pci_scan - fill pci_devs with every function on bus 0 and behind its bridges. */
void pci_scan(void);

/* pci_read, pci_write - a 32-bit configuration register; offset a multiple of 4. */
u32 pci_read(const struct pci_dev *dev, u8 offset);
void pci_write(const struct pci_dev *dev, u8 offset, u32 value);

/* pci_enable - memory decoding and bus mastering on, interrupts off.
 * Returns  false when the device refuses bus mastering */
bool pci_enable(const struct pci_dev *dev);

/* pci_map_bar - registers of a memory BAR, mapped uncached.
 * len      bytes, as the device's manual has them: probing the size would take the device off the
 *          bus for a moment
 * Returns  their address, or NULL: not a memory BAR, not set up by firmware, no page tables left */
void *pci_map_bar(const struct pci_dev *dev, u32 bar, size_t len);

/* pci_show - one line for each device, for when the right one is missing. */
void pci_show(void);
