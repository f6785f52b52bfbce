/* SPDX-License-Identifier: MIT
 * uaccess.h - the door to user memory: checked copies, -EFAULT for bad pointers.
 * Not here: the copies for net/ (net/core/machine.h).
 * Used by system calls.
 * Source: copy_from_user(9), strncpy_from_user(9). */
#pragma once

#include "kernel/mm/layout.h"
#include "net/core/machine.h"

/* strncpy_from_user - a string with its closing zero.
 * Returns  its length; -EFAULT; -ENAMETOOLONG when size bytes held no zero */
long strncpy_from_user(char *dst, const char __user *src, size_t size) __must_check;

/* put_user - one value to user memory. Returns 0 or -EFAULT. */
#define put_user(value, at)                                                                        \
	({                                                                                         \
		__typeof__(*(at)) _value = (value);                                                \
		copy_to_user((at), &_value, sizeof(_value));                                       \
	})
