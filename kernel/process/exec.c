/* SPDX-License-Identifier: MIT
 * exec.c - put a program into its address space and start it.
 * Not here: reading the ELF file (elf.c), choosing the program (main.c).
 * main.c calls in. Calls elf.c, mmap.c.
 * Source: x86-64 psABI 3.4.1 (initial stack and registers), getauxval(3).
 *
 * The stack as the program finds it, upwards from sp:
 *   argc | argv[0..argc-1] 0 | envp[..] 0 | aux vector of pairs, AT_NULL last | strings, random
 */
#include "kernel/process/exec.h"
#include "kernel/cpu/asm.h"
#include "kernel/lib/string.h"
#include "kernel/mm/mmap.h"
#include "kernel/platform/random.h"
#include "kernel/process/elf.h"

enum auxv {
	AT_NULL = 0,
	AT_PHDR = 3,
	AT_PHENT = 4,
	AT_PHNUM = 5,
	AT_PAGESZ = 6,
	AT_BASE = 7,
	AT_FLAGS = 8,
	AT_ENTRY = 9,
	AT_UID = 11,
	AT_EUID = 12,
	AT_GID = 13,
	AT_EGID = 14,
	AT_HWCAP = 16,
	AT_CLKTCK = 17,
	AT_SECURE = 23,
	AT_RANDOM = 25,
	AT_EXECFN = 31
};

#define CLOCK_TICKS     100
#define RANDOM_BYTES    16
#define PIE_SLOTS       0x10000     /* pages that a program's base may be moved by */
#define STACK_BYTES_MAX (64u << 10) /* for arguments and environment */
#define NO_MEMORY       "too large for this machine's memory"
#define NO_ROOM         "malformed: a segment does not fit the address space"

static const char *const environment[] = { "HOME=/", "TERM=linux", "PATH=/" };

static u64 brk_start;

u64 exec_brk(void)
{
	return brk_start;
}

/* Copy into the program's memory, page by page, through the direct map. */
static bool poke(u64 va, const void *from, u64 len)
{
	const u8 *src = from;

	while (len > 0) {
		u64 n = min(len, PAGE_SIZE - (va & PAGE_MASK));
		bool whole = n == PAGE_SIZE;
		u8 *page = whole ? mmap_populate_unzeroed(va) : mmap_populate(va);

		if (!page)
			return false;
		if (whole)
			copy_page(page, src);
		else
			memcpy(page + (va & PAGE_MASK), src, n);
		va += n;
		src += n;
		len -= n;
	}
	return true;
}

static const char *map_segment(const struct exec *exec, const struct elf_segment *s, u64 base)
{
	u64 va = base + s->va;
	u64 start = ALIGN_DOWN(va, PAGE_SIZE), end = ALIGN_UP(va + s->mem_len, PAGE_SIZE);

	if (mmap_set(start, end, s->prot) < 0)
		return NO_ROOM;
	if (!poke(va, (const u8 *)exec->image + s->file_offset, s->file_len))
		return NO_MEMORY;
	return NULL;
}

struct stack {
	u64 sp;
	bool failed;
};

static u64 push(struct stack *stack, const void *bytes, u64 len)
{
	stack->sp -= len;
	if (USER_STACK_TOP - stack->sp > STACK_BYTES_MAX || !poke(stack->sp, bytes, len))
		stack->failed = true;
	return stack->sp;
}

static u64 push_string(struct stack *stack, const char *s)
{
	return push(stack, s, strlen(s) + 1);
}

static u64 build_stack(
	const struct exec *exec, const struct elf_program *program, u64 base, bool *failed)
{
	struct stack stack = { .sp = USER_STACK_TOP };
	u64 words[EXEC_ARGS_MAX + ARRAY_SIZE(environment) + 3];
	u8 random[RANDOM_BYTES];
	u32 n = 0;

	random_bytes(random, sizeof(random));
	words[n++] = exec->argc;
	for (u32 i = 0; i < exec->argc; i++)
		words[n++] = push_string(&stack, exec->argv[i]);
	words[n++] = 0;
	for (u32 i = 0; i < ARRAY_SIZE(environment); i++)
		words[n++] = push_string(&stack, environment[i]);
	words[n++] = 0;

	const u64 aux[][2] = {
		{ AT_PHDR, program->phdr_va ? base + program->phdr_va : 0 },
		{ AT_PHENT, program->phdr_len },
		{ AT_PHNUM, program->phdr_va ? program->phdr_n : 0 },
		{ AT_PAGESZ, PAGE_SIZE },
		{ AT_BASE, 0 },
		{ AT_FLAGS, 0 },
		{ AT_ENTRY, base + program->entry },
		{ AT_UID, 0 },
		{ AT_EUID, 0 },
		{ AT_GID, 0 },
		{ AT_EGID, 0 },
		{ AT_SECURE, 0 },
		{ AT_HWCAP, cpuid(1, 0).edx },
		{ AT_CLKTCK, CLOCK_TICKS },
		{ AT_RANDOM, push(&stack, random, sizeof(random)) },
		{ AT_EXECFN, words[1] },
		{ AT_NULL, 0 },
	};

	stack.sp = ALIGN_DOWN(stack.sp, 16ull);
	if (n % 2) /* sp must be 16-byte aligned where argc lies; the aux vector is pairs */
		stack.sp -= sizeof(u64);
	push(&stack, aux, sizeof(aux));
	push(&stack, words, n * sizeof(u64));
	*failed = stack.failed;
	return stack.sp;
}

/* A random place for a program that does not mind, at the alignment its segments ask for. */
static u64 choose_base(const struct elf_program *program)
{
	u64 base = USER_PIE_BASE + (random_u32() % PIE_SLOTS) * PAGE_SIZE;

	return program->position_independent ? ALIGN_DOWN(base, program->align) : 0;
}

const char *exec_load(const struct exec *exec, u64 *entry, u64 *sp)
{
	struct elf_program program;
	const char *problem = elf_read(exec->image, exec->len, USER_MMAP_TOP, &program);
	u64 base;
	bool failed;

	if (problem)
		return problem;
	base = choose_base(&program);
	if (program.high > USER_MMAP_TOP - base)
		return NO_ROOM;
	for (u32 i = 0; i < program.segment_n; i++) {
		problem = map_segment(exec, &program.segment[i], base);
		if (problem)
			return problem;
	}
	brk_start = base + program.high;
	if (mmap_set(USER_STACK_TOP - USER_STACK_SIZE, USER_STACK_TOP, PROT_READ | PROT_WRITE) < 0)
		return NO_MEMORY;
	*sp = build_stack(exec, &program, base, &failed);
	*entry = base + program.entry;
	return failed ? NO_MEMORY : NULL;
}
