/* SPDX-License-Identifier: MIT
 * machine.c - the few things the floor needs from the PC: configuration space, a serial port, an end.
 * Not here: the card and its ring (floor.c).
 * floor.c calls in; this calls nothing.
 * Source: PCI 2.2, 3.2.2.3; 16550 data sheet; QEMU's PIIX4 and ICH9 power management at port 0x600. */
#include "floor.h"

enum {
	PORT_COM1 = 0x3f8,
	PORT_COM1_LSR = PORT_COM1 + 5,
	LSR_THRE = 1 << 5,
	PORT_DEBUG_EXIT = 0xf4,
	PORT_PCI_ADDRESS = 0xcf8,
	PORT_PCI_DATA = 0xcfc,
	PORT_PM1A_CNT = 0x604, /* SeaBIOS puts the block at 0x600 on both of QEMU's PC boards */
	PM1A_SLP_EN = 1 << 13, /* with sleep type 0, which is S5 there */
	SAY_SPIN_MAX = 1 << 20,
};

static void outb(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port));
}

static void outw(uint16_t port, uint16_t value)
{
	__asm__ volatile("outw %0, %1" ::"a"(value), "Nd"(port));
}

static void outl(uint16_t port, uint32_t value)
{
	__asm__ volatile("outl %0, %1" ::"a"(value), "Nd"(port));
}

static uint8_t inb(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static uint32_t inl(uint16_t port)
{
	uint32_t value;

	__asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

uint32_t pci_read(uint32_t dev, uint32_t offset)
{
	outl(PORT_PCI_ADDRESS, 1u << 31 | dev << 11 | offset);
	return inl(PORT_PCI_DATA);
}

void pci_write(uint32_t dev, uint32_t offset, uint32_t value)
{
	outl(PORT_PCI_ADDRESS, 1u << 31 | dev << 11 | offset);
	outl(PORT_PCI_DATA, value);
}

static void say_char(char c)
{
	for (uint32_t spin = 0; spin < SAY_SPIN_MAX && !(inb(PORT_COM1_LSR) & LSR_THRE); spin++)
		;
	outb(PORT_COM1, (uint8_t)c);
}

void say(const char *text)
{
	for (; *text; text++)
		say_char(*text);
}

/* 64 by 32 bits in two steps of the CPU's own division: no helper library is linked. */
static uint64_t divide(uint64_t value, uint32_t by, uint32_t *rest)
{
	uint32_t high = (uint32_t)(value >> 32) / by;
	uint32_t carry = (uint32_t)(value >> 32) % by;
	uint32_t low;

	__asm__("divl %4"
		: "=a"(low), "=d"(*rest)
		: "0"((uint32_t)value), "1"(carry), "rm"(by)
		: "cc");
	return (uint64_t)high << 32 | low;
}

static void say_number(uint64_t value)
{
	char text[21];
	char *at = text + sizeof(text) - 1;
	uint32_t digit;

	*at = 0;
	do {
		value = divide(value, 10, &digit);
		*--at = (char)('0' + digit);
	} while (value);
	say(at);
}

void report(uint32_t frames, uint32_t batch, uint64_t ticks)
{
	uint32_t rest;
	uint64_t hundredths = divide(ticks * 100, frames, &rest);
	uint64_t whole = divide(hundredths, 100, &rest);

	say("floor: frames=");
	say_number(frames);
	say(" batch=");
	say_number(batch);
	say(" ticks=");
	say_number(ticks);
	say(" per_frame=");
	say_number(whole);
	say(rest < 10 ? ".0" : ".");
	say_number(rest);
	say("\n");
}

/* Is this word at text, up to a space or the end? Then text moves behind it. */
static bool take(const char **text, const char *word)
{
	const char *at = *text;

	for (; *word; word++, at++)
		if (*at != *word)
			return false;
	*text = at;
	return true;
}

static bool at_end_of_word(const char *text)
{
	return *text == ' ' || !*text;
}

static bool take_number(const char **text, uint32_t *value)
{
	uint64_t n = 0;

	if (at_end_of_word(*text))
		return false;
	for (; **text >= '0' && **text <= '9' && n <= UINT32_MAX; (*text)++)
		n = n * 10 + (uint64_t)(**text - '0');
	*value = (uint32_t)n;
	return n && n <= UINT32_MAX && at_end_of_word(*text);
}

static bool take_word(const char **text, struct floor_options *opt)
{
	if (take(text, "count="))
		return take_number(text, &opt->count);
	if (take(text, "batch="))
		return take_number(text, &opt->batch);
	if (take(text, "rounds="))
		return take_number(text, &opt->rounds);
	return take(text, "first") && at_end_of_word(*text);
}

bool parse_options(const struct multiboot_info *info, struct floor_options *opt)
{
	const char *text = (const char *)info->cmdline;

	if (!(info->flags & MULTIBOOT_HAS_CMDLINE))
		return true;
	while (!at_end_of_word(text))
		text++; /* the kernel's own name */
	for (;;) {
		while (*text == ' ')
			text++;
		if (!*text)
			return true;
		if (!take_word(&text, opt))
			return false;
	}
}

void machine_exit(uint32_t status)
{
	if (status)
		outl(PORT_DEBUG_EXIT, status);
	else
		outw(PORT_PM1A_CNT, PM1A_SLP_EN); /* takes effect a moment later */
	for (;;)
		__asm__ volatile("cli; hlt");
}
