/* SPDX-License-Identifier: MIT
 * sys_mm.c - system calls about the program's memory.
 * Not here: the areas themselves (kernel/mm/mmap.c).
 * syscall.c calls in. Builds on the host, too.
 * Source: mmap(2), mprotect(2), munmap(2), mremap(2), brk(2), madvise(2); where they are silent, Linux 6. */
#include "kernel/fs/task.h"
#include "kernel/mm/mmap.h"
#include "kernel/process/exec.h"
#include "kernel/process/syscall.h"

#define MAP_SHARED          0x01
#define MAP_PRIVATE         0x02
#define MAP_SHARED_VALIDATE 0x03
#define MAP_TYPE            0x0f
#define MAP_FIXED           0x10
#define MAP_ANONYMOUS       0x20
#define MAP_32BIT           0x40
#define MAP_FIXED_NOREPLACE 0x100000

#define MAP_32BIT_END (1ull << 31)

#define PROT_SEM 8 /* "usable for atomic operations": all memory is */

static u64 brk_end; /* 0: nothing on the heap yet */

/* Writable code is refused, unlike on Linux: the kernel promises W^X. */
static bool prot_ok(u64 prot)
{
	return (prot & (PROT_WRITE | PROT_EXEC)) != (PROT_WRITE | PROT_EXEC);
}

/* Where the program wants a mapping exactly: there, or a negative errno. */
static long place_fixed(u64 addr, u64 len, u64 flags)
{
	if (addr > TASK_SIZE - len)
		return -ENOMEM;
	if (addr & PAGE_MASK)
		return -EINVAL;
	if (addr < USER_MIN)
		return -EPERM;
	if ((flags & MAP_FIXED_NOREPLACE) && !mmap_is_free(addr, addr + len))
		return -EEXIST;
	return (long)addr;
}

/* Where it asks for, if that is free, else where there is room. */
static long place(u64 addr, u64 len, u64 flags)
{
	u64 top = flags & MAP_32BIT ? MAP_32BIT_END : USER_MMAP_TOP;

	addr = ALIGN_DOWN(addr, PAGE_SIZE);
	if (addr < USER_MIN || addr >= top || len > top - addr || !mmap_is_free(addr, addr + len))
		addr = mmap_free_range(len, top);
	return addr ? (long)addr : -ENOMEM;
}

/* Linux does not look at bits of flags and prot that it does not know here. */
long sys_mmap(u64 addr, u64 len, u64 prot, u64 flags, u64 fd, u64 offset)
{
	bool anonymous = flags & MAP_ANONYMOUS;
	u64 type = flags & MAP_TYPE;
	long at, err;

	if (offset & PAGE_MASK)
		return -EINVAL;
	if (!anonymous && !file_of((int)fd))
		return -EBADF;
	if (len == 0)
		return -EINVAL;
	if (len > TASK_SIZE)
		return -ENOMEM;
	len = ALIGN_UP(len, PAGE_SIZE);
	at = flags & (MAP_FIXED | MAP_FIXED_NOREPLACE) ? place_fixed(addr, len, flags)
						       : place(addr, len, flags);
	if (at < 0)
		return at;
	if (type == 0 || type > (anonymous ? MAP_PRIVATE : MAP_SHARED_VALIDATE))
		return -EINVAL;
	if (!anonymous)
		return -ENODEV; /* no file here can be mapped */
	if (!prot_ok(prot))
		return -EACCES;
	prot = (prot & PROT_ALL) | (type == MAP_SHARED ? AREA_SHARED : 0);
	err = mmap_set((u64)at, (u64)at + len, (u32)prot);
	return err ? err : at;
}

long sys_mprotect(u64 addr, u64 len, u64 prot)
{
	u64 end = addr + ALIGN_UP(len, PAGE_SIZE);

	if (addr & PAGE_MASK)
		return -EINVAL;
	if (len == 0)
		return 0;
	if (end <= addr)
		return -ENOMEM;
	if (prot & ~(u64)(PROT_ALL | PROT_SEM))
		return -EINVAL;
	if (!prot_ok(prot))
		return -EACCES;
	return mmap_protect(addr, end, (u32)prot & PROT_ALL);
}

long sys_munmap(u64 addr, u64 len)
{
	if ((addr & PAGE_MASK) || len == 0 || len > TASK_SIZE || addr > TASK_SIZE - len)
		return -EINVAL;
	return mmap_remove(addr, addr + ALIGN_UP(len, PAGE_SIZE));
}

#define MREMAP_MAYMOVE 1
#define MREMAP_FIXED   2

/* MREMAP_DONTUNMAP is not here, as on a Linux before 5.7. */
static bool remap_args_ok(u64 addr, u64 old_len, u64 new_len, u64 flags, u64 to)
{
	if ((flags & ~(u64)(MREMAP_MAYMOVE | MREMAP_FIXED)) || (addr & PAGE_MASK))
		return false;
	if (old_len == 0 || new_len == 0 || new_len > TASK_SIZE)
		return false;
	if (!(flags & MREMAP_FIXED))
		return true;
	return (flags & MREMAP_MAYMOVE) && !(to & PAGE_MASK) && to <= TASK_SIZE - new_len &&
	       (addr + old_len <= to || to + new_len <= addr);
}

static long remap_smaller(u64 addr, u64 old_len, u64 new_len)
{
	long err = new_len < old_len ? sys_munmap(addr + new_len, old_len - new_len) : 0;

	return err ? err : (long)addr;
}

static long remap_moved(u64 addr, u64 old_len, u64 new_len, u64 to)
{
	int err = to ? mmap_move(addr, old_len, to, new_len) : -ENOMEM;

	if (err)
		return err;
	(void)!mmap_remove(addr, addr + old_len); /* if not, zeros stay there: as on Linux */
	return (long)to;
}

/* Nothing is in the way of its end, and the stack stays as far away as it must. */
static bool can_grow(const struct vm_area *a, u64 end)
{
	return end <= USER_MMAP_TOP && mmap_is_free(a->end, end);
}

long sys_mremap(u64 addr, u64 old_len, u64 new_len, u64 flags, u64 to)
{
	const struct vm_area *a = mmap_find(addr);
	long err;

	old_len = ALIGN_UP(old_len, PAGE_SIZE);
	new_len = ALIGN_UP(new_len, PAGE_SIZE);
	if (!remap_args_ok(addr, old_len, new_len, flags, to))
		return -EINVAL;
	if (!a)
		return -EFAULT;
	if (!(flags & MREMAP_FIXED) && new_len <= old_len)
		return remap_smaller(addr, old_len, new_len);
	if (old_len > a->end - addr)
		return -EFAULT;
	if (flags & MREMAP_FIXED)
		return remap_moved(addr, old_len, new_len, to);
	if (addr + old_len == a->end && can_grow(a, addr + new_len)) {
		err = mmap_set(a->end, addr + new_len, a->prot);
		return err ? err : (long)addr;
	}
	return remap_moved(addr, old_len, new_len,
		flags & MREMAP_MAYMOVE ? mmap_free_range(new_len, USER_MMAP_TOP) : 0);
}

/* Linux's brk answers the old end when it cannot do what was asked. As there, the heap keeps a page
 * from what lies above it. */
long sys_brk(u64 addr)
{
	u64 old, new;

	if (!brk_end)
		brk_end = exec_brk();
	if (addr < exec_brk() || addr > USER_MMAP_TOP)
		return (long)brk_end;
	old = ALIGN_UP(brk_end, PAGE_SIZE);
	new = ALIGN_UP(addr, PAGE_SIZE);
	if (new > old && (!mmap_is_free(old, new + PAGE_SIZE) ||
				 mmap_set(old, new, PROT_READ | PROT_WRITE) < 0))
		return (long)brk_end;
	if (new < old && mmap_remove(new, old) < 0)
		return (long)brk_end;
	brk_end = addr;
	return (long)brk_end;
}

enum madvise {
	MADV_DONTNEED = 4,
	MADV_FREE = 8,
	MADV_REMOVE = 9,
	MADV_DONTNEED_LOCKED = 24
};

/* Advice that may be ignored, and DONTNEED, which promises zeros afterwards. The others (COLLAPSE,
 * GUARD_INSTALL ..) promise something that is not done here, so they fail. */
#define MADV_KNOWN ((BIT(MADV_DONTNEED + 1) - 1) | (BIT(MADV_DONTNEED_LOCKED + 1) - BIT(MADV_FREE)))

long sys_madvise(u64 addr, u64 len, u32 advice)
{
	u64 end = addr + ALIGN_UP(len, PAGE_SIZE);

	if (advice > MADV_DONTNEED_LOCKED || !(MADV_KNOWN & BIT(advice)) || (addr & PAGE_MASK))
		return -EINVAL;
	if (end < addr || (len > 0 && end == addr))
		return -EINVAL;
	if (advice == MADV_REMOVE && len > 0) /* of a file: there is none */
		return -EINVAL;
	if (advice == MADV_DONTNEED || advice == MADV_DONTNEED_LOCKED)
		mmap_discard(addr, end);
	return mmap_is_whole(addr, end) ? 0 : -ENOMEM;
}

/* Nothing is ever paged out: locked or not, memory that is mapped stays. munlock, too. */
long sys_mlock(u64 addr, u64 len)
{
	u64 end = ALIGN_UP(addr + len, PAGE_SIZE);

	if (end < addr)
		return -EINVAL;
	return len == 0 || mmap_is_whole(ALIGN_DOWN(addr, PAGE_SIZE), end) ? 0 : -ENOMEM;
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
