/* SPDX-License-Identifier: MIT
 * test_e1000_hw.c - the card's address, its filters and its reset, against registers that an array and a small
 * EEPROM are.
 * Not here: the rings (test_e1000_rings.c), a card that computes (QEMU's, in tests/boot).
 * cmocka calls in; the driver's source is included.
 * Source: Intel SDM 317453, 5.3 (EEPROM), 13.4.4 (EERD), 13.5.1 (MTA: bits 47:36 of the address). */
#include "drivers/e1000/e1000.h"
#include "tests/unit/stack.h"

static u32 registers[0x8000 / 4];
static u16 eeprom[3];
static bool eeprom_is_large, eeprom_stands, reset_stands;
static u32 resets_n;
static struct e1000_adapter card;

/* A word is there as soon as it was asked for, in the layout that this card has. */
static u32 eerd(void)
{
	u32 v = registers[E1000_EERD / 4], word = v >> (eeprom_is_large ? 2 : 8) & 0xff;

	if (eeprom_stands || !(v & 1))
		return v;
	return (u32)eeprom[word % 3] << 16 | (eeprom_is_large ? 2 : 0x10);
}

static u32 sim_er32(const struct e1000_adapter *a, u32 reg)
{
	if (reg == E1000_CTRL && !reset_stands)
		registers[reg / 4] &= ~CTRL_RST;
	return reg == E1000_EERD ? eerd() : registers[reg / 4];
}

static void sim_ew32(const struct e1000_adapter *a, u32 reg, u32 v)
{
	resets_n += reg == E1000_CTRL && (v & CTRL_RST);
	registers[reg / 4] = v;
}

#define er32 sim_er32
#define ew32 sim_ew32
#include "drivers/e1000/hw.c"

void clock_delay_us(u64 us)
{
	host_advance_clock(us * NSEC_PER_USEC);
}

static const u8 ours[ETH_ALEN] = { 0x52, 0x54, 0x00, 0x12, 0x34, 0x56 };

static void set_ra(const u8 *mac)
{
	registers[E1000_RAL / 4] =
		(u32)mac[0] | (u32)mac[1] << 8 | (u32)mac[2] << 16 | (u32)mac[3] << 24;
	registers[E1000_RAH / 4] = (u32)mac[4] | (u32)mac[5] << 8 | 0x80000000u;
}

static void set_eeprom(const u8 *mac)
{
	for (u32 i = 0; i < 3; i++)
		eeprom[i] = (u16)(mac[2 * i] | mac[2 * i + 1] << 8);
}

static bool read_mac(void)
{
	struct e1000_problem problem = { NULL, NULL };
	bool good;

	memset(card.netdev.dev_addr, 0, ETH_ALEN);
	good = e1000_read_mac(&card, &problem);
	assert_int_equal(good, problem.step == NULL);
	return good;
}

static void address_of_the_register(void **state)
{
	set_ra(ours);
	assert_true(read_mac());
	assert_memory_equal(card.netdev.dev_addr, ours, ETH_ALEN);
}

/* Neither zeros nor a group's is a card's; then the EEPROM says it, in either layout. */
static void address_of_the_eeprom(void **state)
{
	static const u8 no[][ETH_ALEN] = { { 0 }, { 0x01, 0, 0x5e, 1, 2, 3 },
		{ 255, 255, 255, 255, 255, 255 } };

	host_tick_clock(NSEC_PER_USEC);
	for (u32 i = 0; i < ARRAY_SIZE(no); i++) {
		set_ra(no[i]);
		set_eeprom(ours);
		eeprom_is_large = i % 2;
		card.eeprom_large = false;
		assert_true(read_mac());
		assert_memory_equal(card.netdev.dev_addr, ours, ETH_ALEN);
		assert_int_equal(card.eeprom_large, eeprom_is_large);
		set_eeprom(no[i]);
		assert_false(read_mac());
	}
	eeprom_stands = true;
	assert_false(read_mac());
}

/* One bit of 4096 for each group, the card's own address in the first register, nothing else let in. */
static void filters(void **state)
{
	const u8 group[ETH_ALEN] = { 0x13, 0x34, 0x56, 0x78, 0x9a, 0xbc }; /* bits 47:36 are bc9 */

	memset(registers, 0xff, sizeof(registers));
	memcpy(card.netdev.dev_addr, ours, ETH_ALEN);
	card.netdev.priv = &card;
	e1000_init_filters(&card);
	assert_int_equal(registers[E1000_RAL / 4], 0x12005452);
	assert_int_equal(registers[E1000_RAH / 4], 0x80005634);
	for (u32 i = 1; i < E1000_RA_N; i++)
		assert_int_equal(registers[(E1000_RAH + 8 * i) / 4], 0);
	for (u32 i = 0; i < E1000_VFTA_N; i++)
		assert_int_equal(registers[E1000_VFTA / 4 + i], 0);
	e1000_add_multicast(&card.netdev, group);
	for (u32 i = 0; i < E1000_MTA_N; i++) {
		u32 all_hosts = 0x010 >> 5 == i ? 1u << (0x010 & 31) : 0;

		assert_int_equal(registers[E1000_MTA / 4 + i],
			all_hosts | (0xbc9 >> 5 == i ? 1u << (0xbc9 & 31) : 0));
	}
}

static bool reset_card(void)
{
	struct e1000_problem problem = { NULL, NULL };
	bool good = e1000_reset_hw(&card, &problem);

	assert_int_equal(good, problem.step == NULL);
	return good;
}

/* A card that nobody has used is left alone; one with a ring of somebody's is reset, and that must end. */
static void reset_when_in_use(void **state)
{
	static const struct {
		u32 reg, value;
	} signs[] = { { E1000_TDLEN, 128 }, { E1000_RDLEN, 128 }, { E1000_RCTL, RCTL_EN },
		{ E1000_TCTL, TCTL_EN } };

	host_tick_clock(NSEC_PER_USEC);
	assert_true(reset_card());
	assert_int_equal(resets_n, 0);
	for (u32 i = 0; i < ARRAY_SIZE(signs); i++) {
		memset(registers, 0, sizeof(registers));
		registers[signs[i].reg / 4] = signs[i].value;
		assert_true(reset_card());
		assert_int_equal(resets_n, i + 1);
		assert_int_equal(registers[E1000_RCTL / 4] & RCTL_EN, 0);
		assert_int_equal(registers[E1000_TCTL / 4] & TCTL_EN, 0);
	}
	registers[E1000_TDLEN / 4] = 128;
	reset_stands = true;
	assert_false(reset_card());
	registers[E1000_STATUS / 4] = ~0u; /* no card behind the address */
	assert_false(reset_card());
}

int main(void)
{
	const struct CMUnitTest hw[] = {
		BARE_TEST(address_of_the_register),
		BARE_TEST(address_of_the_eeprom),
		BARE_TEST(filters),
		BARE_TEST(reset_when_in_use),
	};

	return cmocka_run_group_tests(hw, NULL, NULL);
}
