/* SPDX-License-Identifier: MIT
 * uaccess.c - the door to user memory: checked copies, -EFAULT for bad pointers.
 * Not here: the copying instructions (uaccess_copy.S).
 * Used by system calls and, through net/core/machine.h, by the network stack.
 * Source: copy_from_user(9), strncpy_from_user(9). */
#include "kernel/mm/uaccess.h"

/* uaccess_copy.S, which also has copy_user_csum; 0 or -EFAULT, the
 * string: its length */
int copy_user(void *dst, const void *src, size_t len);
long copy_user_string(char *dst, const char *src, size_t size);

bool access_ok(const void __user *at, size_t len)
{
	return len <= TASK_SIZE && (u64)at <= TASK_SIZE - len;
}

int copy_from_user(void *dst, const void __user *src, size_t len)
{
	if (unlikely(!access_ok(src, len)))
		return -EFAULT;
	return copy_user(dst, src, len);
}

int copy_to_user(void __user *dst, const void *src, size_t len)
{
	if (unlikely(!access_ok(dst, len)))
		return -EFAULT;
	return copy_user(dst, src, len);
}

long strncpy_from_user(char *dst, const char __user *src, size_t size)
{
	size_t limit;
	long len;

	if ((u64)src >= TASK_SIZE)
		return -EFAULT;
	limit = min(size, TASK_SIZE - (u64)src);
	len = copy_user_string(dst, src, limit);
	if (len == (long)limit) /* no zero: the buffer ended, or user memory did */
		return limit == size ? -ENAMETOOLONG : -EFAULT;
	return len;
}
