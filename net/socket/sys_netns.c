/* SPDX-License-Identifier: MIT
 * sys_netns.c - unshare and setns: the process goes to another network namespace.
 * Not here: what a namespace is (net/core/net_namespace.c), its files (net/config/nsfs.c).
 * kernel/entry/syscall.c calls in.
 * Source: setns(2), unshare(2). */
#include "net/socket/sys_netns.h"
#include "kernel/fs/file.h"
#include "kernel/fs/task.h"
#include "net/core/net_namespace.h"
#include "net/device/dev.h"

enum clone_flags {
	CLONE_FS = 0x200,
	CLONE_FILES = 0x400,
	CLONE_SYSVSEM = 0x40000,
	CLONE_NEWNET = 0x40000000
};

/* Takes over the caller's count on net. */
static void switch_to(struct net *net)
{
	struct net *old = current->nsproxy->net_ns;

	current->nsproxy->net_ns = net;
	put_net(old);
}

long sys_unshare(u64 flags)
{
	struct net *net;

	if (flags & ~(u64)(CLONE_NEWNET | CLONE_FS | CLONE_FILES | CLONE_SYSVSEM))
		return -EINVAL;
	if (!(flags & CLONE_NEWNET))
		return 0;
	if (!nsfs_ops)
		return -EINVAL;
	net_poll(); /* those that nobody uses any more go first */
	net = net_create();
	if (!net)
		return -ENOMEM;
	switch_to(net);
	return 0;
}

long sys_setns(int fd, u32 nstype)
{
	struct file *file = file_of(fd);
	struct net *net;

	if (!file)
		return -EBADF;
	net = nsfs_of(file);
	if (!net || (nstype != 0 && nstype != CLONE_NEWNET))
		return -EINVAL;
	switch_to(get_net(net));
	return 0;
}
