/* SPDX-License-Identifier: MIT
 * hw.c - the controller itself: reset, address, filters, link.
 * Not here: the rings (tx.c, rx.c), what is registered with the stack (main.c).
 * main.c calls in.
 * Source: Intel SDM 317453, 14.3 (reset), 12.2 (addresses), 5.6 (EEPROM), 8.6 (link), 14.5. */
#include "drivers/e1000/e1000.h"
#include "kernel/cpu/asm.h"
#include "kernel/cpu/clock.h"
#include "kernel/lib/string.h"
#include "net/core/machine.h"

#define ALL_INTERRUPTS   0xffffffffu
#define QUIESCE_US       10000 /* outstanding bus transactions end */
#define RESET_US         5000  /* until the EEPROM was read again */
#define RESET_MAX_US     50000
#define POLL_US          10
#define EERD_MAX_US      100000
#define EEPROM_MAC_WORDS 3

static bool wait_clear(const struct e1000_adapter *a, u32 reg, u32 bits, u64 max_us)
{
	u64 end = clock_ns() + max_us * NSEC_PER_USEC;

	while (er32(a, reg) & bits) {
		if (clock_ns() >= end)
			return false;
		clock_delay_us(POLL_US);
	}
	return true;
}

/* Stop everything. Firmware may have left the rings running, writing into memory that is ours now; only then there is
 * something to wait for. */
static void quiesce(const struct e1000_adapter *a)
{
	bool running = (er32(a, E1000_RCTL) & RCTL_EN) || (er32(a, E1000_TCTL) & TCTL_EN);

	ew32(a, E1000_IMC, ALL_INTERRUPTS);
	ew32(a, E1000_RCTL, 0);
	ew32(a, E1000_TCTL, 0);
	er32(a, E1000_STATUS); /* flushes the posted writes */
	if (running)
		clock_delay_us(QUIESCE_US);
}

/* The card was not used since power-on: rings have no length, nothing runs. A reset would lead to this state. */
static bool untouched(const struct e1000_adapter *a)
{
	return er32(a, E1000_TDLEN) == 0 && er32(a, E1000_RDLEN) == 0 && er32(a, E1000_RCTL) == 0 &&
	       !(er32(a, E1000_TCTL) & TCTL_EN);
}

static bool reset(const struct e1000_adapter *a)
{
	pr_debug("e1000: the card was in use: reset\n");
	quiesce(a);
	ew32(a, E1000_CTRL, er32(a, E1000_CTRL) | CTRL_RST);
	clock_delay_us(RESET_US);
	return wait_clear(a, E1000_CTRL, CTRL_RST, RESET_MAX_US);
}

bool e1000_reset_hw(struct e1000_adapter *a, struct e1000_problem *problem)
{
	if (er32(a, E1000_STATUS) == ~0u) {
		*problem = (struct e1000_problem){ "its registers read as all ones",
			"is it powered, and its memory space enabled by the firmware?" };
		return false;
	}
	if (!untouched(a) && !reset(a)) {
		*problem = (struct e1000_problem){ "the reset does not end (CTRL.RST stays set)",
			"turn the machine off and on; if it stays, the card is broken" };
		return false;
	}
	ew32(a, E1000_IMC, ALL_INTERRUPTS);
	er32(a, E1000_ICR);
	/* keep management firmware from answering ARP */
	ew32(a, E1000_MANC, er32(a, E1000_MANC) & ~MANC_ARP_EN);
	return true;
}

/* ---- station address --------------------------------------------------------------------- */

static bool mac_valid(const u8 mac[ETH_ALEN])
{
	static const u8 zero[ETH_ALEN];

	return !(mac[0] & 1) && memcmp(mac, zero, ETH_ALEN) != 0;
}

/* The hardware has copied it from the EEPROM into the first receive address. */
static bool mac_from_ra(const struct e1000_adapter *a, u8 mac[ETH_ALEN])
{
	u32 low = er32(a, E1000_RAL), high = er32(a, E1000_RAH);

	for (u32 i = 0; i < ETH_ALEN; i++)
		mac[i] = (u8)(i < 4 ? low >> 8 * i : high >> 8 * (i - 4));
	return mac_valid(mac);
}

static bool eeprom_word(struct e1000_adapter *a, u32 word, u16 *value)
{
	u64 end = clock_ns() + EERD_MAX_US * NSEC_PER_USEC;
	u32 shift = a->eeprom_large ? EERD_ADDR_SHIFT_LARGE : EERD_ADDR_SHIFT;
	u32 v;

	ew32(a, E1000_EERD, word << shift | EERD_START);
	do {
		v = er32(a, E1000_EERD);
		if (v & (EERD_DONE | EERD_DONE_LARGE)) {
			a->eeprom_large = !(v & EERD_DONE); /* word 0 looks the same in both */
			*value = (u16)(v >> EERD_DATA_SHIFT);
			return true;
		}
	} while (clock_ns() < end);
	return false;
}

static bool mac_from_eeprom(struct e1000_adapter *a, u8 mac[ETH_ALEN])
{
	for (u32 i = 0; i < EEPROM_MAC_WORDS; i++) {
		u16 word;

		if (!eeprom_word(a, i, &word))
			return false;
		mac[2 * i] = (u8)word;
		mac[2 * i + 1] = (u8)(word >> 8);
	}
	return mac_valid(mac);
}

bool e1000_read_mac(struct e1000_adapter *a, struct e1000_problem *problem)
{
	if (mac_from_ra(a, a->netdev.dev_addr) || mac_from_eeprom(a, a->netdev.dev_addr))
		return true;
	*problem = (struct e1000_problem){ "no valid Ethernet address in RAL0/RAH0 nor the EEPROM",
		"give it one in the machine's settings (QEMU: mac=52:54:00:12:34:56)" };
	return false;
}

/* ---- filters ----------------------------------------------------------------------------- */

/* From the end down: on the 82544 writing an odd entry changes the even one before it. */
static void clear_table(const struct e1000_adapter *a, u32 first, u32 n)
{
	while (n-- > 0)
		ew32(a, first + n * (u32)sizeof(u32), 0);
}

static void write_mta(const struct e1000_adapter *a)
{
	for (u32 n = E1000_MTA_N; n-- > 0;)
		ew32(a, E1000_MTA + n * (u32)sizeof(u32), a->mta[n]);
}

/* 13.5.1: twelve bits of the address, RCTL.MO = 0: bits 47 to 36, choose one of 4096. */
static void let_in(struct e1000_adapter *a, const u8 mac[ETH_ALEN])
{
	u32 hash = (u32)mac[4] >> 4 | (u32)mac[5] << 4;

	a->mta[hash / 32] |= 1u << hash % 32;
}

void e1000_add_multicast(struct net_device *dev, const u8 mac[ETH_ALEN])
{
	let_in(netdev_priv(dev), mac);
	write_mta(netdev_priv(dev));
}

void e1000_init_filters(struct e1000_adapter *a)
{
	static const u8 all_hosts[ETH_ALEN] = { 0x01, 0x00, 0x5e, 0, 0, 1 }; /* RFC 1112 4 */
	const u8 *mac = a->netdev.dev_addr;
	u32 low = (u32)mac[0] | (u32)mac[1] << 8 | (u32)mac[2] << 16 | (u32)mac[3] << 24;

	let_in(a, all_hosts);
	write_mta(a);
	clear_table(a, E1000_VFTA, E1000_VFTA_N);
	clear_table(a, E1000_RAL + E1000_RA_BYTES, (E1000_RA_N - 1) * 2);
	ew32(a, E1000_RAL, low);
	ew32(a, E1000_RAH, (u32)mac[4] | (u32)mac[5] << 8 | RAH_AV);
}

/* ---- link -------------------------------------------------------------------------------- */

void e1000_setup_link(struct e1000_adapter *a)
{
	u32 ctrl = er32(a, E1000_CTRL);

	ctrl &= ~(CTRL_FRCSPD | CTRL_FRCDPX | CTRL_LRST | CTRL_ILOS | CTRL_RFCE | CTRL_TFCE |
		  CTRL_VME | CTRL_PHY_RST);
	ew32(a, E1000_CTRL, ctrl | CTRL_SLU | CTRL_ASDE);
	ew32(a, E1000_FCRTL, 0);
	ew32(a, E1000_FCRTH, 0);
}
