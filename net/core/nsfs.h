/* SPDX-License-Identifier: MIT
 * nsfs.h - network namespaces as files.
 * Not here: what a namespace is (net_namespace.h), the system calls (net/socket/sys_netns.h).
 * ipconfig_apply.c names namespaces; rtnl_link.c and sys_netns.c look up descriptors.
 * Source: network_namespaces(7); the paths are those of iproute2's ip-netns(8). */
#pragma once

#include "net/core/net_namespace.h"

struct file;

/* This part's table; the functions below call it. */
struct nsfs_ops {
	struct net *(*of)(const struct file *file);
	struct net *(*get)(const char *name);
};

extern const struct nsfs_ops *nsfs_ops; /* NULL: without it there is one namespace, init_net */

/* nsfs_of - the namespace that an open file names, or NULL. No count is taken. */
static inline struct net *nsfs_of(const struct file *file)
{
	return nsfs_ops ? nsfs_ops->of(file) : NULL;
}

/* nsfs_get - the namespace of a name, made if need be: from then on /run/netns/<name> can be opened,
 * and the name is one user of it.
 * name     1..63 characters, without '/'; copied
 * Returns  it, or NULL without memory */
static inline struct net *nsfs_get(const char *name)
{
	return nsfs_ops->get(name);
}
