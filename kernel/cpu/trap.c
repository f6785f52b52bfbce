/* SPDX-License-Identifier: MIT
 * trap.c - exceptions and interrupts: who is told, and what is said when nobody can help.
 * Not here: the stubs (entry.S), page tables (kernel/mm).
 * entry.S calls in; calls the page-fault handler, the tick, process_kill, panic.
 * Source: Intel SDM vol. 3A 6.3 (vectors), 6.14 (IDT), 4.7 (page-fault error code). */
#include "kernel/cpu/trap.h"
#include "boot/boot.h"
#include "kernel/console/panic.h"
#include "kernel/console/printk.h"
#include "kernel/console/symbols.h"
#include "kernel/cpu/asm.h"
#include "kernel/cpu/timer.h"
#include "kernel/mm/fault.h"
#include "kernel/process/process.h"
#include "kernel/process/signal.h"

#define VECTORS        256
#define STUBS          34
#define STUB_BYTES     16
#define VECTOR_NMI     2
#define VECTOR_BP      3
#define VECTOR_DF      8
#define VECTOR_MC      18
#define EXCEPTIONS     32
#define GATE_INTERRUPT 0x8e /* present, ring 0, interrupts off */
#define GATE_FROM_USER 0xee /* the same, and `int` may be used in ring 3 */

struct gate {
	u16 offset_low, selector;
	u8 ist, attributes;
	u16 offset_middle;
	u32 offset_high, reserved;
} __packed;

_Static_assert(sizeof(struct gate) == 16, "SDM vol. 3A figure 6-8");

/* What Linux would tell the program, for exceptions that are its fault. */
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

extern char trap_stubs[];

static struct gate idt[VECTORS];

static void gate_set(u32 vector, u8 ist)
{
	u64 stub = (u64)trap_stubs + (u64)min(vector, (u32)TRAP_SPURIOUS) * STUB_BYTES;

	idt[vector] = (struct gate){
		.offset_low = (u16)stub,
		.selector = KERNEL_CS,
		.ist = ist,
		.attributes = GATE_INTERRUPT,
		.offset_middle = (u16)(stub >> 16),
		.offset_high = (u32)(stub >> 32),
	};
}

void trap_init(void)
{
	struct {
		u16 limit;
		u64 base;
	} __packed pointer = { sizeof(idt) - 1, (u64)idt };

	for (u32 v = 0; v < VECTORS; v++)
		gate_set(v, 0);
	gate_set(VECTOR_DF, 1);
	gate_set(VECTOR_MC, 1); /* both end the machine: they may share a stack */
	gate_set(VECTOR_NMI, 2);
	idt[VECTOR_BP].attributes = GATE_FROM_USER; /* int3 is a breakpoint, not a privilege */
	__asm__ volatile("lidt %0" ::"m"(pointer));
}

void registers_show(const struct pt_regs *r)
{
	pr_err("rip %016lx  rsp %016lx  flags %08lx  cs %02lx\n", r->ip, r->sp, r->flags, r->cs);
	pr_err("rax %016lx  rbx %016lx  rcx %016lx  rdx %016lx\n", r->ax, r->bx, r->cx, r->dx);
	pr_err("rsi %016lx  rdi %016lx  rbp %016lx  r8  %016lx\n", r->si, r->di, r->bp, r->r8);
	pr_err("r9  %016lx  r10 %016lx  r11 %016lx  r12 %016lx\n", r->r9, r->r10, r->r11, r->r12);
	pr_err("r13 %016lx  r14 %016lx  r15 %016lx  cr2 %016lx\n", r->r13, r->r14, r->r15,
		read_cr2());
}

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

void trap_handler(struct pt_regs *regs, u64 vector)
{
	if (vector == TRAP_TIMER) {
		timer_tick(from_user(regs));
		nmi_tell();
		if (from_user(regs))
			signal_deliver(regs);
		return;
	}
	if (vector >= EXCEPTIONS) /* spurious: the local APIC wants no end-of-interrupt for it */
		return;
	if (vector == VECTOR_NMI) { /* it may have interrupted anything, printk too */
		nmi_n++;
		return;
	}
	if (vector == TRAP_PAGE_FAULT && fault_demand(read_cr2(), regs->orig_ax))
		return;
	if (from_user(regs) && exception[vector].signal)
		user_exception(regs, vector);
	else
		kernel_exception(regs, vector);
}
