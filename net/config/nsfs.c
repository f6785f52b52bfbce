/* SPDX-License-Identifier: MIT
 * nsfs.c - more network namespaces than one: as files, made and given back, and devices between them.
 * Not here: what a namespace is (net_namespace.c), the system calls (net/socket/sys_netns.c).
 * ipconfig_netns.c calls in, rtnl_link.c, sys_netns.c and net_namespace.c through the part's table.
 * Behaves as Linux's dev_change_net_namespace and cleanup_net: the order of their steps.
 * Source: network_namespaces(7); the paths are those of iproute2's ip-netns(8). */
#include "net/core/net_namespace.h"
#include "kernel/fs/procfile.h"
#include "kernel/fs/task.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "net/core/part.h"
#include "net/core/rtmsg.h"
#include "net/core/timer.h"
#include "net/device/dev_config.h"

/* ---- devices ----------------------------------------------------------------------------- */

/* In order of ifindex; it keeps its own unless that is taken. */
static void enter(struct net *net, struct net_device *dev)
{
	struct net_device *after;

	if (dev_get_by_index(net, dev->ifindex))
		dev->ifindex = net->ifindex_last + 1;
	net->ifindex_last = max(net->ifindex_last, dev->ifindex);
	dev->net = net;
	list_for_each(after, &net->dev_base, list)
		if (after->ifindex > dev->ifindex)
			break;
	list_add_tail(&dev->list, &after->list);
	net_changed(net);
	rtmsg_ifinfo(RTM_NEWLINK, dev);
}

static void leave(struct net_device *dev)
{
	dev_close(dev);
	dev_notify(dev, NETDEV_UNREGISTER);
	list_del(&dev->list);
	net_changed(dev->net);
}

static int move(struct net_device *dev, struct net *net)
{
	if (dev->net == net)
		return 0;
	if (dev->flags & IFF_LOOPBACK)
		return -EINVAL;
	if (dev_get_by_name(net, dev->name, strlen(dev->name)))
		return -EEXIST;
	leave(dev);
	enter(net, dev);
	return 0;
}

static void send_home(struct net_device *dev)
{
	leave(dev);
	for (int i = 0; dev_get_by_name(&init_net, dev->name, strlen(dev->name)); i++)
		text_format(dev->name, IFNAMSIZ, "dev%d", i);
	enter(&init_net, dev);
}

static void devices_leave(struct net *net)
{
	struct net_device *dev, *tmp;

	list_for_each_safe(dev, tmp, &net->dev_base, list)
		if (dev->flags & IFF_LOOPBACK)
			leave(dev);
		else
			send_home(dev);
}

/* ---- made and given back ----------------------------------------------------------------- */

static struct slab net_slab = SLAB(struct net);

static struct net *create(void)
{
	struct net *net = slab_alloc(&net_slab);

	if (net && setup_net(net) < 0) {
		slab_free(&net_slab, net);
		return NULL;
	}
	return net;
}

/* Called by a timer: no other code is using a namespace then. */
static void free_unused(struct timer *timer)
{
	struct net *net, *tmp;

	list_for_each_safe(net, tmp, &net_namespace_list, list) {
		if (net->count > 0)
			continue;
		devices_leave(net);
		net_free(net);
		slab_free(&net_slab, net);
	}
}

static void unused(void)
{
	static struct timer cleanup;

	if (!cleanup.fn)
		timer_setup(&cleanup, free_unused);
	mod_timer(&cleanup, 0);
}

/* ---- files ------------------------------------------------------------------------------- */

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
	name->net = create();
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
	static const struct nsfs_ops netns_ops = {
		.of = of, .get = get, .create = create, .move = move, .unused = unused
	};
	static struct ns_name self = { .path = "/proc/self/ns/net" };

	nsfs_ops = &netns_ops;
	add_file(&self);
}

PART(nsfs) = { .name = "namespaces", .init = nsfs_init };
