/* SPDX-License-Identifier: MIT
 * fault.c - does one thing that no program may.
 * Not here: what the kernel says (test_faults.py).
 * Usage: fault <kind>: a name of the table at the end.
 * Source: Intel SDM vol. 3A 6.15 for what each causes. */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define PAGE          4096
#define KERNEL_TEXT   0xffffffff80100000ul
#define DIRECT_MAP    0xffff800000000000ul
#define NON_CANONICAL 0x0000800000000000ul
#define TASK_SIZE     0x00007fffffff0000ul
#define FLAG_TRAP     0x100
#define RET           0xc3

static volatile char sink;
static char in_data[16] = { (char)RET };
static const char in_rodata[16] = { (char)RET };

static void read_at(uintptr_t at)
{
	sink = *(volatile char *)at;
}

static void write_at(uintptr_t at)
{
	*(volatile char *)at = 1;
}

static void jump_to(uintptr_t at)
{
	((void (*)(void))at)();
}

static void null_read(void)
{
	read_at(0);
}
static void null_write(void)
{
	write_at(8);
}
static void null_call(void)
{
	jump_to(0);
}
static void low_read(void)
{
	read_at(0xfff8);
}
static void kernel_read(void)
{
	read_at(KERNEL_TEXT);
}
static void kernel_write(void)
{
	write_at(KERNEL_TEXT);
}
static void kernel_jump(void)
{
	jump_to(KERNEL_TEXT);
}
static void direct_map_read(void)
{
	read_at(DIRECT_MAP + (1 << 20));
}
static void direct_map_write(void)
{
	write_at(DIRECT_MAP + (1 << 20));
}
static void non_canonical_read(void)
{
	read_at(NON_CANONICAL);
}
static void non_canonical_jump(void)
{
	jump_to(NON_CANONICAL);
}
static void text_write(void)
{
	write_at((uintptr_t)text_write);
}
static void rodata_write(void)
{
	write_at((uintptr_t)in_rodata);
}
static void data_execute(void)
{
	jump_to((uintptr_t)in_data);
}
static void rodata_execute(void)
{
	jump_to((uintptr_t)in_rodata);
}

static void stack_execute(void)
{
	volatile char code[16] = { (char)RET };

	jump_to((uintptr_t)code);
}

static void heap_execute(void)
{
	char *code = malloc(16);

	code[0] = (char)RET;
	jump_to((uintptr_t)code);
}

static void mmap_execute(void)
{
	char *code = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	code[0] = (char)RET;
	jump_to((uintptr_t)code);
}

static void read_after_munmap(void)
{
	char *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	p[0] = 1;
	munmap(p, PAGE);
	read_at((uintptr_t)p);
}

static void write_after_mprotect(void)
{
	char *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	p[0] = 1;
	mprotect(p, PAGE, PROT_READ);
	write_at((uintptr_t)p);
}

static void prot_none_read(void)
{
	char *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	p[0] = 1;
	mprotect(p, PAGE, PROT_NONE);
	read_at((uintptr_t)p);
}

static void divide_by_zero(void)
{
	volatile int zero = 0, one = 1; /* gcc knows what 1 / x is without dividing */

	sink = (char)(one / zero);
}

static int (*volatile again)(int depth);

static int overflow(int depth)
{
	volatile char frame[PAGE];

	frame[0] = (char)depth;
	return again(depth + 1) + frame[0];
}

static void stack_overflow(void)
{
	again = overflow;
	sink = (char)overflow(0);
}

#define STACK_END (TASK_SIZE - (8ul << 20))

/* A frame of 24 KiB where the stack ends. Below it a megabyte is free, however high mmap reaches. */
static void frame_over_the_guard(void)
{
	char *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if ((uintptr_t)p + PAGE + (1 << 20) <= STACK_END)
		write_at(STACK_END - (24 << 10));
}

static void many_areas(void)
{
	char *p = mmap(NULL, 1000 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (int i = 0; i < 1000; i += 2)
		mprotect(p + i * PAGE, PAGE, PROT_READ | PROT_WRITE);
	write_at(0);
}

static void halt(void)
{
	__asm__ volatile("hlt");
}
static void interrupts_off(void)
{
	__asm__ volatile("cli");
}
static void port_write(void)
{
	__asm__ volatile("outb %%al, $0xf4" ::"a"(0));
}
static void port_read(void)
{
	__asm__ volatile("inb $0x60, %%al" ::: "eax");
}
static void read_msr(void)
{
	__asm__ volatile("rdmsr" ::"c"(0x10) : "eax", "edx");
}
static void write_cr3(void)
{
	__asm__ volatile("mov %0, %%cr3" ::"r"(0ul));
}
static void swap_gs(void)
{
	__asm__ volatile("swapgs");
}
static void load_idt(void)
{
	__asm__ volatile("lidt (%0)" ::"r"(in_data));
}
static void undefined(void)
{
	__asm__ volatile("ud2");
}
static void breakpoint(void)
{
	__asm__ volatile("int3");
}
static void int_0x80(void)
{
	__asm__ volatile("int $0x80" ::"a"(1), "b"(0));
}
static void int_timer(void)
{
	__asm__ volatile("int $32");
}
static void int_double_fault(void)
{
	__asm__ volatile("int $8");
}
static void kernel_segment(void)
{
	__asm__ volatile("mov %0, %%ss" ::"r"(0x10));
}

static void kernel_stack(void)
{
	__asm__ volatile("mov %0, %%rsp; push %%rax" ::"r"(KERNEL_TEXT) : "memory");
}

static void non_canonical_stack(void)
{
	__asm__ volatile("mov %0, %%rsp; push %%rax" ::"r"(NON_CANONICAL) : "memory");
}

/* IRET to the kernel's code segment, from here. */
static void far_return(void)
{
	__asm__ volatile("pushq $0x08; pushq %0; lretq" ::"r"(KERNEL_TEXT) : "memory");
}

static void single_step(void)
{
	__asm__ volatile("pushfq; orq %0, (%%rsp); popfq; nop; nop" ::"i"(FLAG_TRAP)
			 : "memory", "cc");
}

/* The trap is due when the system call has just begun. */
static void single_step_syscall(void)
{
	__asm__ volatile("pushfq; orq %0, (%%rsp); popfq; syscall; nop" ::"i"(FLAG_TRAP), "a"(39)
			 : "memory", "cc", "rcx", "r11");
}

/* A system call in the last bytes below TASK_SIZE: it returns to the first address behind. */
static void syscall_at_the_edge(void)
{
	char *page = (char *)TASK_SIZE - PAGE;

	memcpy(page + PAGE - 2, "\x0f\x05", 2);
	/* Our own stack lies in that page, too, and mprotect takes the right to write away. */
	__asm__ volatile(
		"lea -65536(%%rsp), %%rsp; syscall; mov $39, %%eax; jmp *%%rbx" ::"a"(SYS_mprotect),
		"D"(page), "S"(PAGE), "d"(PROT_READ | PROT_EXEC), "b"(page + PAGE - 2)
		: "memory", "rcx", "r11");
}

/* The kernel's pointers must not come from the program: gs is the program's own. */
static void gs_read(void)
{
	__asm__ volatile("mov %%gs:0, %%rax" ::: "rax");
}

static void raise_to(uintptr_t handler)
{
	struct sigaction act = { .sa_flags = 0 };

	act.sa_handler = (void (*)(int))handler;
	sigaction(SIGUSR1, &act, NULL);
	raise(SIGUSR1);
}

static void handler_in_the_kernel(void)
{
	raise_to(KERNEL_TEXT);
}

static void handler_non_canonical(void)
{
	raise_to(NON_CANONICAL);
}

static void handler_at_page_zero(void)
{
	raise_to(64);
}

#define FRAME_IP 18 /* which of its words */

/* As rt_sigreturn with a frame of the program's making: every word of it is the same but one. */
static void sigreturn_with(uintptr_t ip, uintptr_t word)
{
	static uintptr_t frame[200];

	for (size_t i = 0; i < sizeof(frame) / sizeof(*frame); i++)
		frame[i] = i == FRAME_IP ? ip : word;
	__asm__ volatile("mov %0, %%rsp; mov $15, %%eax; syscall" ::"r"(frame + 1) : "memory");
}

static void sigreturn_zeros(void)
{
	sigreturn_with(0, 0);
}

static void sigreturn_ones(void)
{
	sigreturn_with(UINTPTR_MAX, UINTPTR_MAX);
}

static void sigreturn_kernel(void)
{
	sigreturn_with(KERNEL_TEXT, KERNEL_TEXT);
}

/* All flags, no stack, reserved bits: what is left of them is ring 3's, which may not do this. */
static void sigreturn_privileged(void)
{
	sigreturn_with((uintptr_t)interrupts_off, UINTPTR_MAX);
}

static void sigreturn_nowhere(void)
{
	__asm__ volatile("mov $64, %rsp; mov $15, %eax; syscall");
}

static void no_stack_for_a_handler(void)
{
	struct sigaction act = { .sa_handler = SIG_DFL };

	act.sa_handler = (void (*)(int))(uintptr_t)handler_at_page_zero;
	sigaction(SIGUSR1, &act, NULL);
	__asm__ volatile("mov $64, %%rsp; syscall; ud2" ::"a"(SYS_kill), "D"(0), "S"(SIGUSR1));
}

#define KIND(f)                                                                                    \
	{                                                                                          \
#f, f                                                                              \
	}

static const struct {
	const char *name;
	void (*run)(void);
} kind[] = {
	KIND(null_read),
	KIND(null_write),
	KIND(null_call),
	KIND(low_read),
	KIND(kernel_read),
	KIND(kernel_write),
	KIND(kernel_jump),
	KIND(direct_map_read),
	KIND(direct_map_write),
	KIND(non_canonical_read),
	KIND(non_canonical_jump),
	KIND(text_write),
	KIND(rodata_write),
	KIND(data_execute),
	KIND(rodata_execute),
	KIND(stack_execute),
	KIND(heap_execute),
	KIND(mmap_execute),
	KIND(read_after_munmap),
	KIND(write_after_mprotect),
	KIND(prot_none_read),
	KIND(divide_by_zero),
	KIND(stack_overflow),
	KIND(frame_over_the_guard),
	KIND(many_areas),
	KIND(halt),
	KIND(interrupts_off),
	KIND(port_write),
	KIND(port_read),
	KIND(read_msr),
	KIND(write_cr3),
	KIND(swap_gs),
	KIND(load_idt),
	KIND(undefined),
	KIND(breakpoint),
	KIND(int_0x80),
	KIND(int_timer),
	KIND(int_double_fault),
	KIND(kernel_segment),
	KIND(kernel_stack),
	KIND(non_canonical_stack),
	KIND(far_return),
	KIND(single_step),
	KIND(single_step_syscall),
	KIND(syscall_at_the_edge),
	KIND(gs_read),
	KIND(handler_in_the_kernel),
	KIND(handler_non_canonical),
	KIND(handler_at_page_zero),
	KIND(no_stack_for_a_handler),
	KIND(sigreturn_zeros),
	KIND(sigreturn_ones),
	KIND(sigreturn_kernel),
	KIND(sigreturn_nowhere),
	KIND(sigreturn_privileged),
};

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(kind) / sizeof(*kind); i++) {
		if (argc < 2 || strcmp(argv[1], kind[i].name) != 0)
			continue;
		printf("fault: %s at %p\n", kind[i].name, (void *)(uintptr_t)kind[i].run);
		fflush(stdout);
		kind[i].run();
		printf("survived\n");
		return 0;
	}
	return 1;
}
