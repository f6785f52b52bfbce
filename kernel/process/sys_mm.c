/* SPDX-License-Identifier: MIT
 * sys_mm.c - system calls about the program's memory.
 * Not here: the areas themselves (kernel/mm/mmap.c).
 * syscall.c calls in.
 * Source: mmap(2), mprotect(2), munmap(2), brk(2), madvise(2). */
#include "kernel/mm/mmap.h"
#include "kernel/process/exec.h"
#include "kernel/process/syscall.h"

#define MAP_SHARED          0x01
#define MAP_PRIVATE         0x02
#define MAP_FIXED           0x10
#define MAP_ANONYMOUS       0x20
#define MAP_FIXED_NOREPLACE 0x100000

/* Two guard pages between the stack and the highest mapping below it. */
#define MMAP_TOP (USER_STACK_TOP - USER_STACK_SIZE - 2 * PAGE_SIZE)

static u64 brk_end; /* 0: nothing on the heap yet */

/* Whole pages below TASK_SIZE, and not at the bottom where null pointers point. */
static bool range_ok(u64 addr, u64 len)
{
	return (addr & PAGE_MASK) == 0 && len > 0 && len <= TASK_SIZE && addr <= TASK_SIZE - len;
}

/* Writable code is refused: what Linux leaves to the program is a promise here. */
static bool prot_ok(u64 prot)
{
	return (prot & ~(u64)PROT_ALL) == 0 &&
	       (prot & (PROT_WRITE | PROT_EXEC)) != (PROT_WRITE | PROT_EXEC);
}

static long map_fixed(u64 addr, u64 len, u64 prot, u64 flags)
{
	int err;

	if (!range_ok(addr, len))
		return addr & PAGE_MASK ? -EINVAL : -ENOMEM;
	if (addr < USER_MIN)
		return -EPERM;
	if (!(flags & MAP_FIXED_NOREPLACE)) {
		err = mmap_remove(addr, addr + len);
		if (err)
			return err;
	}
	err = mmap_add(addr, addr + len, (u32)prot);
	return err ? err : (long)addr;
}

long sys_mmap(u64 addr, u64 len, u64 prot, u64 flags, u64 fd, u64 offset)
{
	int err;

	if (len == 0 || !(flags & (MAP_SHARED | MAP_PRIVATE)))
		return -EINVAL;
	if (!(flags & MAP_ANONYMOUS))
		return -ENODEV; /* no file here can be mapped */
	if (!prot_ok(prot))
		return -EACCES;
	if (len > TASK_SIZE)
		return -ENOMEM;
	len = ALIGN_UP(len, PAGE_SIZE);
	if (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE))
		return map_fixed(addr, len, prot, flags);
	addr = mmap_free_range(len, MMAP_TOP);
	if (!addr)
		return -ENOMEM;
	err = mmap_add(addr, addr + len, (u32)prot);
	return err ? err : (long)addr;
}

long sys_mprotect(u64 addr, u64 len, u64 prot)
{
	if (addr & PAGE_MASK)
		return -EINVAL;
	if (len == 0)
		return 0;
	if (len > TASK_SIZE || !range_ok(addr, ALIGN_UP(len, PAGE_SIZE)))
		return -ENOMEM;
	if (!prot_ok(prot))
		return -EACCES;
	return mmap_protect(addr, addr + ALIGN_UP(len, PAGE_SIZE), (u32)prot);
}

long sys_munmap(u64 addr, u64 len)
{
	if (len > TASK_SIZE || !range_ok(addr, ALIGN_UP(len, PAGE_SIZE)))
		return -EINVAL;
	return mmap_remove(addr, addr + ALIGN_UP(len, PAGE_SIZE));
}

/* Linux's brk answers the old end when it cannot do what was asked. */
long sys_brk(u64 addr)
{
	u64 old, new;

	if (!brk_end)
		brk_end = exec_brk();
	if (addr < exec_brk() || addr > TASK_SIZE)
		return (long)brk_end;
	old = ALIGN_UP(brk_end, PAGE_SIZE);
	new = ALIGN_UP(addr, PAGE_SIZE);
	if (new > old && mmap_add(old, new, PROT_READ | PROT_WRITE) < 0)
		return (long)brk_end;
	if (new < old && mmap_remove(new, old) < 0)
		return (long)brk_end;
	brk_end = addr;
	return (long)brk_end;
}

#define MADV_DONTNEED 4

/* Advice may be ignored, but DONTNEED promises zeros afterwards. */
long sys_madvise(u64 addr, u64 len, u32 advice)
{
	const struct vm_area *area;
	u32 prot;
	int err;

	if (!range_ok(addr, max(len, 1ull)))
		return -EINVAL;
	if (advice != MADV_DONTNEED || len == 0)
		return 0;
	len = ALIGN_UP(len, PAGE_SIZE);
	area = mmap_find(addr);
	if (!area || area->end < addr + len)
		return -ENOMEM;
	prot = area->prot;
	err = mmap_remove(addr, addr + len);
	return err ? err : mmap_add(addr, addr + len, prot);
}

/* Nothing is ever paged out: locked or not, memory that is mapped stays. munlock, too. */
long sys_mlock(u64 addr, u64 len)
{
	u64 end = ALIGN_UP(addr + len, PAGE_SIZE);
	const struct vm_area *area;

	if (end < addr)
		return -EINVAL;
	for (u64 va = ALIGN_DOWN(addr, PAGE_SIZE); va < end && len > 0; va = area->end) {
		area = mmap_find(va);
		if (!area)
			return -ENOMEM;
	}
	return 0;
}

#define MCL_CURRENT 1
#define MCL_FUTURE  2
#define MCL_ONFAULT 4

long sys_mlockall(u32 flags)
{
	if ((flags & ~(u32)(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT)) ||
		!(flags & (MCL_CURRENT | MCL_FUTURE)))
		return -EINVAL;
	return 0;
}
