/* SPDX-License-Identifier: MIT
 * nsfs.c - network namespaces as files, and the two system calls that change the process's own.
 * Not here: what a namespace is (net_namespace.c).
 * kernel/process/syscall.c and ipconfig_apply.c call in.
 * Source: network_namespaces(7), setns(2), unshare(2); the paths are those of iproute2's ip-netns(8). */
#include "net/config/nsfs.h"
#include "kernel/fs/procfile.h"
#include "kernel/lib/format.h"
#include "kernel/lib/slab.h"
#include "kernel/lib/string.h"
#include "kernel/process/task.h"
#include "net/dev.h"

#define RUN_NETNS "/run/netns/"
#define NAME_LEN  64

enum clone_flags {
	CLONE_FS = 0x200,
	CLONE_FILES = 0x400,
	CLONE_SYSVSEM = 0x40000,
	CLONE_NEWNET = 0x40000000
};

struct ns_name {
	struct proc_file proc;
	struct net *net; /* NULL: the reader's own */
	char path[sizeof(RUN_NETNS) + NAME_LEN];
};

static struct slab name_slab = SLAB(struct ns_name);

/* ---- files ------------------------------------------------------------------------------- */

static void ns_release(struct file *file)
{
	put_net(file->private_data);
}

static const struct file_operations ns_file_ops = { .release = ns_release, .mode = S_IFREG | 0444 };

static struct file *ns_open(struct proc_file *proc, u32 flags)
{
	struct ns_name *name = container_of(proc, struct ns_name, proc);
	struct net *net = name->net ?: current->nsproxy->net_ns;
	struct file *file = file_new(&ns_file_ops, net, flags);

	if (file)
		get_net(net);
	return file;
}

static struct net *ns_of(const struct file *file)
{
	return file->ops == &ns_file_ops ? file->private_data : NULL;
}

struct net *nsfs_of_fd(int fd)
{
	const struct file *file = file_of(fd);

	return file ? ns_of(file) : NULL;
}

static void add_file(struct ns_name *name)
{
	name->proc.path = name->path;
	name->proc.open = ns_open;
	proc_register(&name->proc);
}

void nsfs_init(void)
{
	static struct ns_name self = { .path = "/proc/self/ns/net" };

	add_file(&self);
}

struct net *nsfs_get(const char *text)
{
	char path[sizeof(((struct ns_name *)NULL)->path)];
	struct proc_file *known;
	struct ns_name *name;

	text_format(path, sizeof(path), RUN_NETNS "%s", text);
	known = proc_find(path);
	if (known)
		return container_of(known, struct ns_name, proc)->net;
	name = slab_alloc(&name_slab);
	if (!name)
		return NULL;
	name->net = net_create();
	if (!name->net) {
		slab_free(&name_slab, name);
		return NULL;
	}
	strscpy(name->path, path, sizeof(path));
	add_file(name);
	return name->net;
}

/* ---- system calls ------------------------------------------------------------------------ */

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
	net = ns_of(file);
	if (!net || (nstype != 0 && nstype != CLONE_NEWNET))
		return -EINVAL;
	switch_to(get_net(net));
	return 0;
}
