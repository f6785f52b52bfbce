/* SPDX-License-Identifier: MIT
 * calls.c - system calls themselves: unknown numbers, registers that must survive, strange flags; and
 * what libcs and programs take for granted: futexes, devices.
 * Not here: what the other calls do.
 * test_programs.py starts it, here and on the build host.
 * Source: syscall(2): rcx and r11 are lost, nothing else. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"

#define UNKNOWN     101 /* ptrace */
#define LAST        511
#define FLAG_DF     0x400
#define FLAG_NT     0x4000
#define FLAG_AC     0x40000
#define ARCH_SET_GS 0x1001
#define ARCH_SET_FS 0x1002
#define ARCH_GET_FS 0x1003

static int unknown(unsigned long nr)
{
	return syscall((long)nr) == -1 && errno == ENOSYS;
}

static void check_unknown(void)
{
	/* On Linux ptrace is known, but not with this request. */
	CHECK("an unknown call", syscall(UNKNOWN, -1, 0, 0, 0) == -1 && syscall(UNKNOWN, -1) == -1);
	CHECK("behind all tables", unknown(LAST) && unknown(LAST + 1) && unknown(LAST));
	CHECK("the largest number", unknown(0x7fffffff));
	CHECK("-1", unknown(-1ul));
}

/* swap_registers(before, after) - load every register but rax, rcx, r11 and rsp from before, call
 * the kernel, store them to after. */
void swap_registers(const uint64_t before[12], uint64_t after[12]);
__asm__(".text\n"
	"swap_registers:\n"
	"push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15; push %rsi\n"
	"mov %rdi, %rax\n"
	"mov (%rax), %rdi; mov 8(%rax), %rsi; mov 16(%rax), %rdx; mov 24(%rax), %r10\n"
	"mov 32(%rax), %r8; mov 40(%rax), %r9; mov 48(%rax), %rbx; mov 56(%rax), %rbp\n"
	"mov 64(%rax), %r12; mov 72(%rax), %r13; mov 80(%rax), %r14; mov 88(%rax), %r15\n"
	"mov $39, %eax\n"
	"syscall\n"
	"pop %rax\n"
	"mov %rdi, (%rax); mov %rsi, 8(%rax); mov %rdx, 16(%rax); mov %r10, 24(%rax)\n"
	"mov %r8, 32(%rax); mov %r9, 40(%rax); mov %rbx, 48(%rax); mov %rbp, 56(%rax)\n"
	"mov %r12, 64(%rax); mov %r13, 72(%rax); mov %r14, 80(%rax); mov %r15, 88(%rax)\n"
	"pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
	"ret\n");

static void check_registers(void)
{
	uint64_t before[12], after[12];

	for (int i = 0; i < 12; i++)
		before[i] = 0x1111111111111111ul * (uint64_t)(i + 1);
	swap_registers(before, after);
	CHECK("registers survive", memcmp(before, after, sizeof(before)) == 0);
}

/* The kernel must not be impressed by flags that the program may set. */
static long call_with_flags(uint64_t flags, uint64_t *after)
{
	long result;

	__asm__ volatile("pushfq; or %2, (%%rsp); popfq; syscall; pushfq; pop %1\n"
			 "pushfq; andq $~0x44400, (%%rsp); popfq"
			 : "=a"(result), "=&r"(*after)
			 : "r"(flags), "0"((long)SYS_getpid)
			 : "rcx", "r11", "memory", "cc");
	return result;
}

static void check_flags(void)
{
	uint64_t after;

	CHECK("direction flag", call_with_flags(FLAG_DF, &after) > 0 && after & FLAG_DF);
	CHECK("alignment check", call_with_flags(FLAG_AC, &after) > 0 && after & FLAG_AC);
	CHECK("nested task", call_with_flags(FLAG_NT, &after) > 0);
}

/* SSE state is the program's: the kernel neither uses nor loses it. */
static void check_sse(void)
{
	double in[2] = { 3.25, -17.5 }, out[2];

	__asm__ volatile("movups %1, %%xmm15; mov $39, %%eax; syscall; movups %%xmm15, %0"
			 : "=m"(out)
			 : "m"(in)
			 : "rax", "rcx", "r11", "xmm15", "memory");
	CHECK("SSE registers survive", memcmp(in, out, sizeof(in)) == 0);
}

static void check_segments(void)
{
	unsigned long fs = 0;

	CHECK("fs base", syscall(SYS_arch_prctl, ARCH_GET_FS, &fs) == 0 && fs != 0);
	CHECK("fs base in the kernel",
		syscall(SYS_arch_prctl, ARCH_SET_FS, 0xffffffff80000000) == -1 && errno == EPERM);
	CHECK("gs base in the kernel",
		syscall(SYS_arch_prctl, ARCH_SET_GS, 0xffff800000000000) == -1 && errno == EPERM);
	CHECK("gs base", syscall(SYS_arch_prctl, ARCH_SET_GS, &fs) == 0);
	__asm__ volatile("mov %%gs:0, %0" : "=r"(fs));
	CHECK("gs leads there", fs != 0);
	getpid();
	__asm__ volatile("mov %%gs:0, %0" : "=r"(fs));
	CHECK("also after a system call", fs != 0);
}

static long futex(void *at, int op, int value)
{
	return syscall(SYS_futex, at, op, value, NULL, NULL, 0);
}

/* What libcs call for locks and once-only initialisers, even in a program with one thread. */
static void check_futex(void)
{
	int word[2] = { 1, 0 };

	CHECK("nobody to wake", futex(word, 1, 1) == 0 && futex(word, 129, 1) == 0);
	CHECK("a value that moved on", futex(word, 128, 2) == -1 && errno == EAGAIN);
	CHECK("across two words", futex((char *)word + 2, 1, 1) == -1 && errno == EINVAL);
	CHECK("no memory", futex(NULL, 0, 1) == -1 && errno == EFAULT);
}

static void check_devices(void)
{
	int null = open("/dev/null", O_RDWR | O_CREAT | O_TRUNC, 0600);
	int random = open("/dev/urandom", O_RDONLY);
	char a[300] = { 0 }, b[300] = { 0 };
	struct stat st;

	CHECK("null takes", write(null, "muffin", 6) == 6);
	CHECK("null gives nothing", read(null, a, sizeof(a)) == 0);
	CHECK("a device", stat("/dev/null", &st) == 0 && S_ISCHR(st.st_mode));
	CHECK("random bytes",
		read(random, a, sizeof(a)) == 300 && read(random, b, sizeof(b)) == 300);
	CHECK("other ones", memcmp(a, b, sizeof(a)) != 0 && memcmp(a, a + 150, 150) != 0);
	CHECK("nowhere to put them", read(random, NULL, 1) == -1 && errno == EFAULT);
}

int main(void)
{
	check_futex();
	check_devices();
	check_unknown();
	check_registers();
	check_flags();
	check_sse();
	check_segments();
	CHECK("getpid", getpid() > 0);
	return checks_failed != 0;
}
