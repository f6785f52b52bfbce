/* SPDX-License-Identifier: MIT
 * sys_netns.h - unshare and setns: the process goes to another network namespace.
 * Not here: what a namespace is (net/core/net_namespace.h), its files (net/config/nsfs.c).
 * kernel/entry/syscall.c calls in.
 * Source: setns(2), unshare(2). */
#pragma once

#include "net/core/machine.h"

/* The system calls: the man pages. Only network namespaces are more than one here, so unshare takes
 * CLONE_NEWNET and what means nothing to a single process; -EINVAL for all else. A fresh namespace
 * has lo alone, and it is down, as on Linux. */
long sys_unshare(u64 flags);
long sys_setns(int fd, u32 nstype);
