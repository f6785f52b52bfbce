/* SPDX-License-Identifier: MIT
 * fuzz_mm.c - the input is a sequence of system calls about memory, and of touches; after each the
 * program's memory must be what an array of pages says.
 * Not here: what the calls answer to arguments that are wrong (tests/boot/programs/memory_table.c).
 * libFuzzer calls in; host_mm.c checks that areas, page tables, pages and TLB agree.
 * Source: mmap(2), mprotect(2), munmap(2), mremap(2), madvise(2), brk(2).
 *
 * The array has some windows of pages: around the ends of tables of each level, at both ends of the
 * program's half, where mmap puts what may be anywhere, and the heap. */
#include "kernel/mm/mmap.h"
#include "kernel/process/exec.h"
#include "kernel/process/syscall.h"
#include "tests/unit/elf_image.h"
#include "tests/unit/host_machine.h"
#include "tests/unit/host_mm.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#define WINDOW      32 /* pages */
#define WINDOWS     8
#define PAGES       (WINDOW * WINDOWS)
#define OP_BYTES    4
#define OPS_MAX     256
#define CHECK_EVERY 16
#define ANONYMOUS   0x20
#define FIXED       0x10
#define NOREPLACE   0x100000
#define MAP_32BIT   0x40
#define DONTNEED    4
#define HALF_WINDOW (WINDOW / 2 * PAGE_SIZE)
#define ANYWHERE    6 /* the window below where mmap begins */
#define HEAP        7

static u64 window[WINDOWS] = { USER_MIN, (2ull << 20) - HALF_WINDOW, (1ull << 30) - HALF_WINDOW,
	(512ull << 30) - HALF_WINDOW, (1ull << 31) - WINDOW *PAGE_SIZE,
	TASK_SIZE - WINDOW *PAGE_SIZE, USER_MMAP_TOP - WINDOW *PAGE_SIZE };

static struct page {
	bool mapped;
	u32 prot;
	u32 stamp; /* what the program wrote; 0: nothing, it is zeros */
} model[PAGES];
static u32 stamps;
static bool short_of_memory; /* for the table of areas, since the last such operation */

static u64 va_of(u32 page)
{
	return window[page / WINDOW] + page % WINDOW * PAGE_SIZE;
}

struct op {
	u32 kind, page, n, arg;
};

/* ---- the model --------------------------------------------------------------------------- */

static void model_set(u32 page, u32 n, struct page to)
{
	for (u32 i = page; i < page + n; i++)
		model[i] = to;
}

static bool model_any(u32 page, u32 n, bool mapped)
{
	for (u32 i = page; i < page + n; i++)
		if (model[i].mapped == mapped)
			return true;
	return false;
}

static void check_model(void)
{
	u64 mapped = 0, total = 0;

	for (u32 i = 0; i < PAGES; i++) {
		const struct vm_area *a = mmap_find(va_of(i));
		u64 pte = host_pte(va_of(i));

		mapped += model[i].mapped;
		BUG_ON(model[i].mapped != (a != NULL));
		BUG_ON(a && a->prot != model[i].prot);
		BUG_ON(model[i].stamp && !pte);
		BUG_ON(pte && *(u32 *)phys_to_virt(pte & HOST_PTE_PA) != model[i].stamp);
	}
	for (u32 i = 0; mmap_area(i); i++)
		total += (mmap_area(i)->end - mmap_area(i)->start) / PAGE_SIZE;
	BUG_ON(mapped != total);
	host_check_program();
}

/* A call that ought to succeed may fail for want of memory, having changed nothing. */
static bool excused(long answer)
{
	BUG_ON(answer != -ENOMEM || !short_of_memory);
	return true;
}

/* ---- operations -------------------------------------------------------------------------- */

static struct page new_page(const struct op *op)
{
	return (struct page){ .mapped = true,
		.prot = (op->arg & PROT_ALL) | (op->arg & 8 ? AREA_SHARED : 0) };
}

static bool forbidden(u32 prot)
{
	return (prot & PROT_WRITE) && (prot & PROT_EXEC);
}

static u64 flags_of(const struct op *op)
{
	return ANONYMOUS | (op->arg & 8 ? 1 : 2);
}

static void op_mmap(const struct op *op, u64 how)
{
	u64 len = op->n * PAGE_SIZE;
	long at = sys_mmap(va_of(op->page), len, op->arg & PROT_ALL, flags_of(op) | how, -1ul, 0);

	if (how == NOREPLACE && model_any(op->page, op->n, true)) {
		BUG_ON(at != -EEXIST);
	} else if (forbidden(op->arg)) {
		BUG_ON(at != -EACCES);
	} else if (at < 0) {
		excused(at);
	} else {
		BUG_ON((u64)at != va_of(op->page));
		model_set(op->page, op->n, new_page(op));
	}
}

/* The highest free range below top, found by looking at each area. */
static u64 highest(u64 len, u64 top)
{
	u64 below = USER_MIN, best = 0;

	for (u32 i = 0; below < top; i++) {
		const struct vm_area *a = mmap_area(i);
		u64 end = a ? min(a->start, top) : top;

		if (end >= below + len)
			best = end - len;
		below = a ? a->end : top;
	}
	return best;
}

/* Where the kernel likes: into a window, or it is taken away at once. */
static void op_mmap_anywhere(const struct op *op)
{
	u64 len = op->n * PAGE_SIZE, flags = flags_of(op) | (op->arg & 16 ? MAP_32BIT : 0);
	u64 hint = op->arg & 32 ? va_of(op->page) : 0,
	    top = op->arg & 16 ? 1ull << 31 : USER_MMAP_TOP;
	u64 expected = highest(len, top);
	long at = sys_mmap(hint, len, op->arg & PROT_ALL, flags, -1ul, 0);

	if (forbidden(op->arg)) {
		BUG_ON(at != -EACCES);
		return;
	}
	if (at < 0) {
		excused(at);
		return;
	}
	BUG_ON((u64)at != expected && (u64)at != hint);
	BUG_ON((u64)at + len > top);
	for (u32 i = 0; i + op->n <= PAGES; i++) {
		if (va_of(i) == (u64)at && i % WINDOW + op->n <= WINDOW) {
			BUG_ON(model_any(i, op->n, true));
			model_set(i, op->n, new_page(op));
			return;
		}
	}
	for (u32 i = 0; i < PAGES; i++) /* it may reach into one from below */
		BUG_ON(va_of(i) - (u64)at < len && model[i].mapped);
	BUG_ON(sys_munmap((u64)at, len) < 0 && !short_of_memory);
}

static void op_munmap(const struct op *op)
{
	long answer = sys_munmap(va_of(op->page), op->n * PAGE_SIZE);

	if (answer == 0)
		model_set(op->page, op->n, (struct page){ 0 });
	else
		excused(answer);
}

/* Up to the first hole, or to where memory ran out. */
static void op_mprotect(const struct op *op)
{
	long answer = sys_mprotect(va_of(op->page), op->n * PAGE_SIZE, op->arg & PROT_ALL);

	if (forbidden(op->arg)) {
		BUG_ON(answer != -EACCES);
		return;
	}
	for (u32 i = op->page; i < op->page + op->n; i++) {
		const struct vm_area *a = mmap_find(va_of(i));
		u32 prot = (op->arg & PROT_ALL) | (model[i].prot & AREA_SHARED);

		if (!model[i].mapped || (answer < 0 && a && a->prot != prot)) {
			BUG_ON(answer != -ENOMEM);
			BUG_ON(model[i].mapped && !short_of_memory);
			return;
		}
		model[i].prot = prot;
	}
	if (answer < 0)
		excused(answer);
}

static void op_madvise(const struct op *op)
{
	u32 advice = op->arg & 1 ? DONTNEED : op->arg >> 1;
	long answer = sys_madvise(va_of(op->page), op->n * PAGE_SIZE, advice);

	if (answer == -EINVAL)
		return;
	BUG_ON(answer != (model_any(op->page, op->n, false) ? -ENOMEM : 0));
	for (u32 i = op->page; i < op->page + op->n; i++)
		if ((advice == DONTNEED || advice == 24) && !(model[i].prot & AREA_SHARED))
			model[i].stamp = 0;
}

/* How many pages from this one on are one area. */
static u32 model_alike(u32 page)
{
	u32 n = 0;

	while (page % WINDOW + n < WINDOW && model[page + n].mapped &&
		model[page + n].prot == model[page].prot)
		n++;
	return n;
}

/* A call that failed in its middle: what is there now. */
static void model_what_is_left(u32 page, u32 n)
{
	for (u32 i = page; i < page + n; i++) {
		const struct vm_area *a = mmap_find(va_of(i));
		u64 pte = host_pte(va_of(i));

		model[i] = (struct page){ .mapped = a != NULL,
			.prot = a ? a->prot : 0,
			.stamp = pte ? *(u32 *)phys_to_virt(pte & HOST_PTE_PA) : 0 };
	}
}

/* Pages that have moved hold what they held; where they were is nothing. */
static void model_move(const struct op *op, u32 to, u32 new_n)
{
	struct page old[WINDOW], more = { .mapped = true, .prot = model[op->page].prot };

	memcpy(old, &model[op->page], op->n * sizeof(*old));
	model_set(to, new_n, more);
	memcpy(&model[to], old, min(op->n, new_n) * sizeof(*old));
	model_set(op->page, op->n, (struct page){ 0 });
	if (short_of_memory)
		model_what_is_left(op->page, op->n);
}

/* Moved to a place outside all windows: it is looked at there, and goes. */
static void moved_away(const struct op *op, u64 at, u32 new_n)
{
	for (u32 i = 0; i < min(op->n, new_n); i++) {
		u64 pte = host_pte(at + i * PAGE_SIZE);

		BUG_ON(pte ? *(u32 *)phys_to_virt(pte & HOST_PTE_PA) != model[op->page + i].stamp
			   : model[op->page + i].stamp != 0);
	}
	BUG_ON(sys_munmap(at, new_n * PAGE_SIZE) < 0 && !short_of_memory);
	model_set(op->page, op->n, (struct page){ 0 });
	if (short_of_memory)
		model_what_is_left(op->page, op->n);
}

static void check_moved(const struct op *op, u64 at, u32 new_n)
{
	for (u32 i = 0; i + new_n <= PAGES; i++) {
		if (va_of(i) == at && i % WINDOW + new_n <= WINDOW) {
			model_move(op, i, new_n);
			return;
		}
	}
	moved_away(op, at, new_n);
}

static bool can_grow(u32 page, u32 n, u32 new_n)
{
	return n == model_alike(page) && !model_any(page + n, new_n - n, true) &&
	       va_of(page) + new_n * PAGE_SIZE <= USER_MMAP_TOP;
}

static void op_mremap(const struct op *op)
{
	bool may = op->arg & 1, fixed = (op->arg & 3) == 3, short_of_pages = op->kind & 128;
	u32 new_n = min((op->arg >> 2) % WINDOW + 1, WINDOW - op->page % WINDOW);
	u32 to = (op->page + 37 * op->arg) % PAGES, left = model_alike(op->page);
	bool grows = can_grow(op->page, op->n, max(new_n, op->n));
	long answer, at = (long)va_of(op->page);

	to -= to % WINDOW + new_n > WINDOW ? to % WINDOW : 0;
	host_limit_pages(short_of_pages ? op->arg >> 6 : HOST_NO_LIMIT);
	answer = sys_mremap(
		(u64)at, op->n * PAGE_SIZE, new_n * PAGE_SIZE, may | (fixed ? 2u : 0), va_of(to));
	host_limit_pages(HOST_NO_LIMIT);
	if (fixed && op->page < to + new_n && to < op->page + op->n) {
		BUG_ON(answer != -EINVAL);
	} else if (!model[op->page].mapped) {
		BUG_ON(answer != -EFAULT);
	} else if (!fixed && new_n <= op->n && answer >= 0) {
		BUG_ON(answer != at);
		model_set(op->page + new_n, op->n - new_n, (struct page){ 0 });
	} else if (!fixed && new_n <= op->n) {
		excused(answer);
	} else if (op->n > left) {
		BUG_ON(answer != -EFAULT);
	} else if (answer >= 0 && !fixed && grows) {
		BUG_ON(answer != at);
		model_set(op->page + op->n, new_n - op->n, model[op->page]);
		for (u32 i = op->n; i < new_n; i++)
			model[op->page + i].stamp = 0;
	} else if (answer >= 0) {
		BUG_ON(fixed ? (u64)answer != va_of(to) : !may);
		check_moved(op, (u64)answer, new_n);
	} else {
		BUG_ON(answer != -ENOMEM || (may && !short_of_memory && !short_of_pages));
		BUG_ON(!fixed && grows);
		if (fixed)
			model_what_is_left(to, new_n);
	}
}

/* The heap's end moves over its window; what is mapped there meanwhile stops it. */
static void op_brk(const struct op *op)
{
	u32 first = HEAP * WINDOW, old = (u32)((u64)sys_brk(0) - window[HEAP]) / PAGE_SIZE;
	u32 new = op->page % WINDOW;
	u64 to = window[HEAP] + new *PAGE_SIZE, end = (u64)sys_brk(to);

	if (new > old) {
		bool free = !model_any(first + old, min(new + 1, (u32)WINDOW) - old, true);

		BUG_ON(!free && end == to);
		BUG_ON(free && end != to && !short_of_memory);
		if (end == to)
			model_set(first + old, new - old,
				(struct page){ .mapped = true, .prot = PROT_READ | PROT_WRITE });
	} else if (end == to) {
		model_set(first + new, old - new, (struct page){ 0 });
	} else {
		BUG_ON(!short_of_memory);
	}
}

/* Every second page of some, so that there come to be more areas than the first table has room for. */
static void op_mprotect_every_second(const struct op *op)
{
	for (u32 i = 0; i < op->n; i += 2) {
		struct op one = { .page = op->page + i, .n = 1, .arg = op->arg };

		op_mprotect(&one);
	}
}

/* Addresses outside every area: nothing changes. */
static void op_senseless(const struct op *op)
{
	const u64 places[] = { TASK_SIZE, TASK_SIZE + PAGE_SIZE, USER_HALF_END, DIRECT_MAP,
		VMALLOC_START, KERNEL_VMA, -PAGE_SIZE, va_of(op->page) + 1, ~0ull };
	const u64 lens[] = { 0, 1, PAGE_SIZE, 1ull << 40, TASK_SIZE, 1ull << 63, -PAGE_SIZE,
		~0ull };
	u64 at = places[op->n % ARRAY_SIZE(places)], len = lens[op->arg % ARRAY_SIZE(lens)];
	u64 other = lens[op->arg / 8 % ARRAY_SIZE(lens)];

	BUG_ON(sys_mmap(at, len, PROT_READ, 2 | ANONYMOUS | FIXED, -1ul, 0) >= 0);
	BUG_ON(sys_mmap(at, len, PROT_READ, 2 | ANONYMOUS | NOREPLACE, -1ul, 0) >= 0);
	BUG_ON(sys_mmap(0, len, PROT_READ, op->arg & ANONYMOUS, -1ul, op->page) >= 0);
	BUG_ON(sys_munmap(at, len) >= 0);
	BUG_ON(sys_mprotect(at, len, PROT_READ) >= 0 && len != 0);
	BUG_ON(sys_madvise(at, len, op->arg) >= 0 && len != 0);
	BUG_ON(sys_mremap(at, len, other, 1, 0) >= 0);
	BUG_ON(sys_mremap(va_of(op->page), PAGE_SIZE, max(other, 1ull), 3, at) >= 0);
	if (at >= TASK_SIZE)
		BUG_ON(sys_brk(at) != sys_brk(0));
}

/* The program uses a page, as far as its area lets it; there may be no memory for it. */
static void op_touch(const struct op *op)
{
	struct page *p = &model[op->page];
	u32 *at;

	if (!p->mapped || !(p->prot & PROT_ALL))
		return;
	host_limit_pages(op->arg & 128 ? op->arg & 3 : HOST_NO_LIMIT);
	at = mmap_populate(va_of(op->page));
	host_limit_pages(HOST_NO_LIMIT);
	BUG_ON(!at && !(op->arg & 128));
	if (!at)
		return;
	BUG_ON(*at != p->stamp);
	host_access(va_of(op->page));
	if (p->prot & PROT_WRITE)
		*at = p->stamp = ++stamps;
}

static void op_memory(const struct op *op)
{
	short_of_memory = op->arg & 1;
	host_fail_commit(short_of_memory, true);
}

static void run(const struct op *op)
{
	switch (op->kind % 16) {
	case 0:
		op_mmap(op, FIXED);
		break;
	case 1:
		op_mmap(op, NOREPLACE);
		break;
	case 2:
		op_mmap_anywhere(op);
		break;
	case 3:
		op_munmap(op);
		break;
	case 4:
	case 5:
		op_mprotect(op);
		break;
	case 6:
		op_madvise(op);
		break;
	case 7:
		op_brk(op);
		break;
	case 8:
	case 9:
		op_touch(op);
		break;
	case 10:
	case 11:
		op_mremap(op);
		break;
	case 12:
		op_mprotect_every_second(op);
		break;
	case 13:
		op_senseless(op);
		break;
	default:
		op_memory(op);
	}
}

/* A program is loaded once, for the heap to have a start. */
static void start(void)
{
	struct exec exec = {
		.name = "x", .image = elf_image, .len = ELF_IMAGE_LEN, .argc = 1, .argv = { "x" }
	};
	u64 entry, sp;

	host_mm_init();
	elf_good();
	BUG_ON(exec_load(&exec, &entry, &sp) != NULL);
	window[HEAP] = exec_brk();
	host_end_program();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	if (!window[HEAP])
		start();
	for (u32 i = 0; i < OPS_MAX && size >= OP_BYTES; data += OP_BYTES, size -= OP_BYTES, i++) {
		struct op op = { data[0], data[1], data[2] % WINDOW + 1, data[3] };

		op.n = min(op.n, WINDOW - op.page % WINDOW);
		run(&op);
		if (i % CHECK_EVERY == 0)
			check_model();
	}
	check_model();
	short_of_memory = false;
	host_fail_commit(0, false);
	BUG_ON((u64)sys_brk(window[HEAP]) != window[HEAP]);
	host_end_program();
	BUG_ON(host_pages_out() != 1 || host_mem_out() != 0);
	model_set(0, PAGES, (struct page){ 0 });
	return 0;
}
