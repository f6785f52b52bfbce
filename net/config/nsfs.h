/* SPDX-License-Identifier: MIT
 * nsfs.h - network namespaces as files, and the two system calls that change the process's own.
 * Not here: what a namespace is (net_namespace.h).
 * kernel/process/syscall.c calls the sys_ functions; ipconfig_apply.c names namespaces.
 * Source: network_namespaces(7), setns(2), unshare(2); the paths are those of iproute2's ip-netns(8). */
#pragma once

#include "net/net_namespace.h"

/* nsfs_init - /proc/self/ns/net can be opened. */
void nsfs_init(void);

/* nsfs_get - the namespace of a name, made if need be: from then on /run/netns/<name> can be opened,
 * and the name is one user of it.
 * name     1..63 characters, without '/'; copied
 * Returns  it, or NULL without memory */
struct net *nsfs_get(const char *name);

/* nsfs_of_fd - the namespace that an open file of the process names, or NULL. No count is taken. */
struct net *nsfs_of_fd(int fd);

/* The system calls: the man pages. Only network namespaces are more than one here, so unshare takes
 * CLONE_NEWNET and what means nothing to a single process; -EINVAL for all else. A fresh namespace
 * has lo alone, and it is down, as on Linux. */
long sys_unshare(u64 flags);
long sys_setns(int fd, u32 nstype);
