/* SPDX-License-Identifier: MIT
 * nsfs.h - network namespaces as files.
 * Not here: what a namespace is (net_namespace.h), the system calls (net/socket/sys_netns.h).
 * ipconfig_apply.c names namespaces; rtnl_link.c and sys_netns.c look up descriptors.
 * Source: network_namespaces(7); the paths are those of iproute2's ip-netns(8). */
#pragma once

#include "net/core/net_namespace.h"

struct file;

/* nsfs_init - /proc/self/ns/net can be opened. */
void nsfs_init(void);

/* nsfs_get - the namespace of a name, made if need be: from then on /run/netns/<name> can be opened,
 * and the name is one user of it.
 * name     1..63 characters, without '/'; copied
 * Returns  it, or NULL without memory */
struct net *nsfs_get(const char *name);

/* nsfs_of_fd - the namespace that an open file of the process names, or NULL. No count is taken. */
struct net *nsfs_of_fd(int fd);

/* nsfs_of - the same of a file. */
struct net *nsfs_of(const struct file *file);
