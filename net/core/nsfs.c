/* SPDX-License-Identifier: MIT
 * nsfs.c - network namespaces as files.
 * Not here: what a namespace is (net_namespace.c), the system calls (net/socket/sys_netns.c).
 * ipconfig_apply.c, rtnl_link.c and sys_netns.c call in.
 * Source: network_namespaces(7); the paths are those of iproute2's ip-netns(8). */
#include "net/core/nsfs.h"
#include "kernel/fs/procfile.h"
#include "kernel/fs/task.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "net/core/part.h"

#define RUN_NETNS "/run/netns/"
#define NAME_LEN  64

struct ns_name {
	struct proc_file proc;
	struct net *net; /* NULL: the reader's own */
	char path[sizeof(RUN_NETNS) + NAME_LEN];
};

static struct slab name_slab = SLAB(struct ns_name);

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

static struct net *of(const struct file *file)
{
	return file->ops == &ns_file_ops ? file->private_data : NULL;
}

static void add_file(struct ns_name *name)
{
	name->proc.path = name->path;
	name->proc.open = ns_open;
	proc_register(&name->proc);
}

static struct net *get(const char *text)
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

static void nsfs_init(void)
{
	static const struct nsfs_ops ns_file_names = { .of = of, .get = get };
	static struct ns_name self = { .path = "/proc/self/ns/net" };

	nsfs_ops = &ns_file_names;
	add_file(&self);
}

PART(nsfs) = { .name = "namespaces", .init = nsfs_init };
