/* SPDX-License-Identifier: MIT
 * floor.c - the least a kernel can do to send: find the card, set up its ring, ring its doorbell.
 * Not here: everything a kernel is for. Its cost is the lower bound.
 * start.S calls floor_main. Words on the command line: first (the default), count=N, batch=B,
 * rounds=R.
 * Source: Intel 8254x Software Developer's Manual 3.3, 3.4, 13.4; frame bytes by RFC 768, 791, 894. */
#include <stdint.h>

#include "floor.h"

enum { /* exit statuses: the same numbers as muffin's own */
	EXIT_COMMAND_LINE = 64,
	EXIT_NO_CARD = 65,
	EXIT_CARD_FAILED = 66,
};

enum {
	RING_N = 256,
	QUARTER_N = RING_N / 4,
	BATCH_MAX = RING_N / 2,
	SPIN_MAX = 1 << 24
};

/* The legacy transmit descriptor, SDM 3.3.3. */
struct tx_desc {
	uint64_t addr;
	uint32_t lower; /* length, command */
	uint32_t upper; /* status */
};

/* "muffin" from 10.0.2.15:49152 to 10.0.2.2:4747, both checksums worked out, padded to 60. */
static uint8_t muffin_frame[60] __attribute__((section(".dma"), aligned(4096))) = {
	0x52,
	0x55,
	0x0a,
	0x00,
	0x02,
	0x02,
	0x52,
	0x54,
	0x00,
	0x12,
	0x34,
	0x56,
	0x08,
	0x00,
	0x45,
	0x00,
	0x00,
	0x22,
	0x00,
	0x00,
	0x40,
	0x00,
	0x40,
	0x11,
	0x22,
	0xbb,
	0x0a,
	0x00,
	0x02,
	0x0f,
	0x0a,
	0x00,
	0x02,
	0x02,
	0xc0,
	0x00,
	0x12,
	0x8b,
	0x00,
	0x0e,
	0xd7,
	0xeb,
	'm',
	'u',
	'f',
	'f',
	'i',
	'n',
};

static struct tx_desc ring[RING_N] __attribute__((section(".dma"), aligned(4096)));
static volatile uint32_t *regs;

static void reg_write(uint32_t offset, uint32_t value)
{
	regs[offset / 4] = value;
}

/* The card's first register BAR, mapped where the firmware put it; 0 when bus 0 has no such card. */
static uint32_t find_card(void)
{
	for (uint32_t dev = 0; dev < 32; dev++) {
		if ((pci_read(dev, PCI_ID) & 0xffff) != PCI_VENDOR_INTEL)
			continue;
		if (pci_read(dev, PCI_CLASS) >> 16 != PCI_CLASS_ETHERNET)
			continue;
		pci_write(dev, PCI_COMMAND,
			pci_read(dev, PCI_COMMAND) | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
		return pci_read(dev, PCI_BAR0) & ~0xfu;
	}
	return 0;
}

/* Every descriptor sends the one frame; the last of each quarter reports when it is done. */
static void fill_ring(void)
{
	for (uint32_t i = 0; i < RING_N; i++) {
		ring[i].addr = (uint32_t)muffin_frame;
		ring[i].lower = sizeof(muffin_frame) | TXD_CMD_EOP | TXD_CMD_IFCS;
		if (i % QUARTER_N == QUARTER_N - 1)
			ring[i].lower |= TXD_CMD_RS;
		ring[i].upper = TXD_STAT_DD; /* the first lap waits for no report */
	}
}

static void start_card(void)
{
	reg_write(E1000_IMC, ~0u);
	reg_write(E1000_CTRL, CTRL_SLU | CTRL_ASDE | CTRL_FD);
	reg_write(E1000_TDBAL, (uint32_t)ring);
	reg_write(E1000_TDBAH, 0);
	reg_write(E1000_TDLEN, sizeof(ring));
	reg_write(E1000_TDH, 0);
	reg_write(E1000_TDT, 0);
	reg_write(E1000_TIPG, TIPG_COPPER);
	reg_write(E1000_TCTL, TCTL_FULL_DUPLEX);
}

static void doorbell(uint32_t tail)
{
	/* Descriptors before the tail: x86 keeps stores in order, the compiler must too. */
	__asm__ volatile("" ::: "memory");
	reg_write(E1000_TDT, tail);
}

static void wait_done(uint32_t slot)
{
	for (uint32_t spin = 0; spin < SPIN_MAX; spin++)
		if (*(volatile uint32_t *)&ring[slot].upper & TXD_STAT_DD)
			return;
	say("floor: the card reported nothing done: no bus mastering, or transmit disabled\n");
	machine_exit(EXIT_CARD_FAILED);
}

/* One frame into the ring. On entering a quarter the next one must be done: the ring never fills. */
static uint32_t put(uint32_t tail)
{
	if (tail % QUARTER_N == 0)
		wait_done((tail + 2 * QUARTER_N - 1) % RING_N);
	ring[tail].upper = 0;
	return (tail + 1) % RING_N;
}

/* count frames from tail on; returns the new tail. */
static uint32_t send(uint32_t tail, uint32_t count, uint32_t batch)
{
	for (uint32_t left = count; left;) {
		uint32_t now = left < batch ? left : batch;

		left -= now;
		while (now--)
			tail = put(tail);
		doorbell(tail);
	}
	return tail;
}

static void measure(uint32_t count, uint32_t batch, uint32_t rounds)
{
	uint32_t tail = send(0, RING_N * 4, batch); /* warm: every page touched */
	uint64_t start;

	for (; rounds; rounds--) {
		say("begin floor\n");
		start = rdtsc();
		tail = send(tail, count, batch);
		report(count, batch, rdtsc() - start);
	}
}

static void send_first(void)
{
	ring[0].lower |= TXD_CMD_RS;
	doorbell(put(0));
	wait_done(0);
}

void floor_main(uint32_t magic, const struct multiboot_info *info)
{
	struct floor_options opt = { .count = 0, .batch = 1, .rounds = 1 };

	if (magic != MULTIBOOT_LOADER_MAGIC || !parse_options(info, &opt) ||
		opt.batch - 1 >= BATCH_MAX) {
		say("floor: expected first, or count=1..4294967295 with batch=1..128, rounds=N\n");
		machine_exit(EXIT_COMMAND_LINE);
	}
	regs = (volatile uint32_t *)find_card();
	if (!regs) {
		say("floor: no Intel Ethernet card on PCI bus 0\n");
		machine_exit(EXIT_NO_CARD);
	}
	fill_ring();
	start_card();
	if (opt.count)
		measure(opt.count, opt.batch, opt.rounds);
	else
		send_first();
	machine_exit(0);
}
