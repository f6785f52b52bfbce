/* SPDX-License-Identifier: MIT
 * syscall.h - from a system call's number to its function.
 * Not here: the functions (kernel/process/syscall.h, net/socket/socket.h).
 * entry.S calls in.
 * Source: the x86_64 numbers of Linux's system-call ABI. */
#pragma once

#include "kernel/lib/types.h"

/* do_syscall_64 - look the number up and call; unknown ones answer -ENOSYS and are named once. */
long do_syscall_64(u64 a0, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5, u64 nr);

/* syscall_bad_return - the way back to ring 3 is not one: ends the program. */
void syscall_bad_return(u64 ip, u64 sp) __noreturn;
