/* SPDX-License-Identifier: MIT
 * trap.c - exceptions and interrupts; those that cannot be handled end the program or the machine.
 * Not here: the stubs (entry.S), page tables (kernel/mm).
 * entry.S calls in; calls the page-fault handler, the tick, process_kill, panic.
 * Source: Intel SDM vol. 3A 6.3 (vectors), 4.7 (page-fault error code). */
#include "kernel/entry/trap.h"
#include "kernel/console/console.h"
#include "kernel/console/printk.h"
#include "kernel/console/symbols.h"
#include "kernel/cpu/asm.h"
#include "kernel/cpu/idt.h"
#include "kernel/cpu/timer.h"
#include "kernel/mm/fault.h"
#include "kernel/power/panic.h"
#include "kernel/process/process.h"
#include "kernel/process/signal.h"

#define EXCEPTIONS 32

/* The signal that Linux would send, for exceptions that are the program's fault. */
static const struct {
	const char *name;
	u8 signal;
} exception[EXCEPTIONS] = {
	[0] = { "divide error", 8 },
	[1] = { "debug exception", 5 },
	[2] = { "non-maskable interrupt", 0 },
	[3] = { "breakpoint", 5 },
	[4] = { "overflow", 11 },
	[5] = { "bound range exceeded", 11 },
	[6] = { "invalid opcode", 4 },
	[7] = { "device not available", 8 },
	[8] = { "double fault", 0 },
	[10] = { "invalid TSS", 11 },
	[11] = { "segment not present", 7 },
	[12] = { "stack-segment fault", 7 },
	[13] = { "general protection fault", 11 },
	[14] = { "page fault", 11 },
	[16] = { "x87 floating-point error", 8 },
	[17] = { "alignment check", 7 },
	[18] = { "machine check", 0 },
	[19] = { "SIMD floating-point error", 8 },
	[20] = { "virtualization exception", 0 },
	[21] = { "control protection exception", 11 },
};

#define PF_PRESENT BIT(0)
#define PF_WRITE   BIT(1)
#define PF_USER    BIT(2)
#define PF_FETCH   BIT(4)

static void describe(char *buf, size_t size, const struct pt_regs *regs, u64 vector)
{
	u64 error = regs->orig_ax;
	const char *name = vector < EXCEPTIONS ? exception[vector].name : NULL;

	if (vector == TRAP_PAGE_FAULT)
		text_format(buf, size, "page fault: %s of address %lx: %s",
			error & PF_FETCH   ? "execution"
			: error & PF_WRITE ? "write"
					   : "read",
			read_cr2(), error & PF_PRESENT ? "its page forbids that" : "no page there");
	else
		text_format(buf, size, "%s (vector %lu, error code %lx)", name ? name : "exception",
			vector, error);
}

/* A fault of the kernel: only the copies from and to user memory may have one. */
static void kernel_exception(struct pt_regs *regs, u64 vector)
{
	char what[128], where[80];

	if (vector == TRAP_PAGE_FAULT && fault_fixup(regs))
		return;
	describe(what, sizeof(what), regs, vector);
	symbol_format(where, sizeof(where), regs->ip);
	panic_regs(regs, "%s, in %s", what, where);
}

static void user_exception(struct pt_regs *regs, u64 vector)
{
	char what[128];

	describe(what, sizeof(what), regs, vector);
	process_kill(regs, what, exception[vector].signal);
}

static u32 nmi_n, nmi_told;

static void nmi_tell(void)
{
	if (READ_ONCE(nmi_n) == nmi_told)
		return;
	nmi_told = READ_ONCE(nmi_n);
	pr_warn("non-maskable interrupt (%u so far): memory or bus trouble on a PC; going on\n",
		nmi_told);
}

static void (*poll_network)(void);

void trap_set_poll(void (*poll)(void))
{
	poll_network = poll;
}

/* Out of ring 3 the kernel was idle: the network may be polled, and a signal's handler may run. */
static void tick(struct pt_regs *regs)
{
	timer_tick();
	console_tick();
	if (from_user(regs) && poll_network)
		poll_network();
	nmi_tell();
	if (from_user(regs))
		signal_deliver(regs);
}

/* Returns whether the instruction can run again. A program that needs a page when none is left ends. */
static bool page_fault(const struct pt_regs *regs)
{
	u64 va = read_cr2();
	enum fault_result result = fault_demand(va, regs->orig_ax);

	if (result == FAULT_NO_MEMORY)
		process_out_of_memory(va);
	return result == FAULT_DONE;
}

void trap_handler(struct pt_regs *regs, u64 vector)
{
	if (vector == TRAP_TIMER) {
		tick(regs);
		return;
	}
	if (vector >= EXCEPTIONS) /* spurious: the local APIC wants no end-of-interrupt for it */
		return;
	if (vector == TRAP_NMI) { /* it may have interrupted anything, printk too */
		nmi_n++;
		return;
	}
	if (vector == TRAP_PAGE_FAULT && page_fault(regs))
		return;
	if (from_user(regs) && exception[vector].signal)
		user_exception(regs, vector);
	else
		kernel_exception(regs, vector);
}
