/* SPDX-License-Identifier: MIT
 * panic.c - panic: print the reason and a backtrace, end the machine.
 * Not here: how the machine stops (power.c).
 * Used where an invariant is checked. Calls printk and power.
 * Source: design rule: panic is never for input, a device or a full table. */
#include "kernel/power/panic.h"
#include "boot/boot.h"
#include "kernel/console/printk.h"
#include "kernel/console/symbols.h"
#include "kernel/cpu/asm.h"
#include "kernel/power/power.h"

#define FRAMES_MAX 16

extern const char kernel_stack_guard[], kernel_stack_top[], _text[], _etext[];

/* There are no frame pointers: a word on the stack that points into the text was probably a caller. */
static void stack_show(u64 sp)
{
	int shown = 0;

	if (sp < (u64)kernel_stack_guard + PAGE_BYTES || sp % sizeof(u64) != 0)
		return;
	for (; sp < (u64)kernel_stack_top && shown < FRAMES_MAX; sp += sizeof(u64)) {
		u64 word = *(const u64 *)sp;
		char where[80];

		if (word < (u64)_text || word >= (u64)_etext)
			continue;
		symbol_format(where, sizeof(where), word);
		pr_err("  perhaps from %s\n", where);
		shown++;
	}
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

static void __noreturn stop(void)
{
	pr_err("this is a defect in muffin, not in its input: please report the lines above\n");
	power_fail(STATUS_PANIC);
}

static void say(const char *fmt, va_list args)
{
	char what[256];

	text_vformat(what, sizeof(what), fmt, args);
	pr_err("kernel panic: %s\n", what);
}

void panic(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(fmt, args);
	va_end(args);
	stack_show((u64)__builtin_frame_address(0));
	stop();
}

void panic_regs(const struct pt_regs *regs, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	say(fmt, args);
	va_end(args);
	registers_show(regs);
	stack_show(regs->sp);
	stop();
}

/* The compiler reads it without saying so. */
__attribute__((used)) u64 __stack_chk_guard;

/* The compiler calls this when a function's canary changed. */
__attribute__((used)) void __stack_chk_fail(void);
void __stack_chk_fail(void)
{
	panic("stack smashed below %p", __builtin_return_address(0));
}
