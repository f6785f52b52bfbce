/* SPDX-License-Identifier: MIT
 * floor.h - registers the floor writes, and the few things it needs from the PC.
 * Not here: the rest of the card, see drivers/e1000/.
 * Used by floor.c and machine.c of this folder.
 * Source: Intel 8254x Software Developer's Manual 13.4; PCI 2.2, 6.1; Multiboot 0.6.96, 3.3. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { /* byte offsets in BAR 0, SDM 13.4 */
	E1000_CTRL = 0x0000,
	E1000_IMC = 0x00d8,
	E1000_TCTL = 0x0400,
	E1000_TIPG = 0x0410,
	E1000_TDBAL = 0x3800,
	E1000_TDBAH = 0x3804,
	E1000_TDLEN = 0x3808,
	E1000_TDH = 0x3810,
	E1000_TDT = 0x3818,
};

#define CTRL_FD          (1u << 0)
#define CTRL_ASDE        (1u << 5)
#define CTRL_SLU         (1u << 6)
#define TCTL_FULL_DUPLEX 0x000400fau /* EN, PSP, CT 15, COLD 64: SDM table 13-76 */
#define TIPG_COPPER      0x0060200au /* 10, 8, 6: SDM table 13-77 */

#define TXD_CMD_EOP  (1u << 24)
#define TXD_CMD_IFCS (1u << 25)
#define TXD_CMD_RS   (1u << 27)
#define TXD_STAT_DD  (1u << 0)

enum {
	PCI_ID = 0x00,
	PCI_COMMAND = 0x04,
	PCI_CLASS = 0x08,
	PCI_BAR0 = 0x10
};

#define PCI_VENDOR_INTEL   0x8086u
#define PCI_CLASS_ETHERNET 0x0200u
#define PCI_COMMAND_MEMORY (1u << 1)
#define PCI_COMMAND_MASTER (1u << 2)

#define MULTIBOOT_LOADER_MAGIC 0x2badb002u
#define MULTIBOOT_HAS_CMDLINE  (1u << 2)

/* What the loader leaves, up to the last member used here. */
struct multiboot_info {
	uint32_t flags, mem_lower, mem_upper, boot_device;
	uint32_t cmdline; /* address of a string, its first word the kernel's own name */
};

/* What the command line asked for. */
struct floor_options {
	uint32_t count;  /* frames to measure; 0: send one and stop */
	uint32_t batch;  /* frames a doorbell, 1..128 */
	uint32_t rounds; /* how often to measure */
};

/* pci_read - a register of function 0 of a device on bus 0; all ones when there is none. */
uint32_t pci_read(uint32_t dev, uint32_t offset);

/* pci_write - the same register, written. */
void pci_write(uint32_t dev, uint32_t offset, uint32_t value);

/* rdtsc - the time stamp counter. Under -icount shift=0 one tick is one instruction. */
static inline uint64_t rdtsc(void)
{
	uint64_t now;

	__asm__ volatile("rdtsc" : "=A"(now));
	return now;
}

/* say - a string to the first serial port. Waits for room, each character at most SAY_SPIN_MAX. */
void say(const char *text);

/* report - one line: frames, batch, ticks in all and ticks a frame with two decimals. */
void report(uint32_t frames, uint32_t batch, uint64_t ticks);

/* parse_options - the command line's words into opt, which holds the defaults.
 * Returns  false on a word it does not know or a number that is none */
bool parse_options(const struct multiboot_info *info, struct floor_options *opt);

/* machine_exit - end the machine: 0 powers off, all else goes to isa-debug-exit. */
__attribute__((noreturn)) void machine_exit(uint32_t status);
