/* SPDX-License-Identifier: MIT
 * net_namespace.h - struct net: everything the stack knows, so that there can be two of it.
 * Not here: what the members mean; each belongs to the layer it is named for.
 * A process reaches its own through current->nsproxy->net_ns.
 * Source: network_namespaces(7). Names as in Linux's struct net and pernet_operations. */
#pragma once

#include "kernel/lib/list.h"
#include "net/core/machine.h"

struct fib_table;
struct net_device;
struct neigh_table;
struct udp_table;
struct nf_hooks;
struct nf_rules;
struct pmtu_table;
struct rx_flow;

/* Counters, in Linux's SNMP terms where it has them. */
struct net_mib {
	u64 ip_out_requests; /* packets handed to ip_local_out */
	u64 udp_out_cached;  /* datagrams that flow_xmit sent: one more of UDP's, and of IP's */
	u64 arp_out;         /* ARP packets built */
	u64 packet_out;      /* frames that packet sockets sent */
	u64 ip_in_receives, ip_in_delivers;
	u64 ip_reasm_timeout, ip_reasm_reqds, ip_reasm_oks, ip_reasm_fails;
	u64 ip_frag_creates; /* extra frames that fragmentation made */
	u64 ip_out_no_routes;
	u64 udp_out_datagrams, udp_in_datagrams, udp_no_ports;
	u64 udp_in_errors, udp_rcvbuf_errors, udp_csum_errors; /* the first counts all of them */
	u64 icmp_in_msgs, icmp_out_msgs;
	u64 waiting; /* packets queued on neighbours now */
	u64 queued;  /* packets waiting elsewhere now: netfilter's queue, a queueing discipline */
};

struct net {
	struct list_head list;     /* net_namespace_list */
	u32 count;                 /* users: the process, socks, open files, names */
	struct list_head dev_base; /* struct net_device.list, in order of ifindex */
	struct net_device *loopback_dev;
	int ifindex_last;
	u64 genid;    /* moves whenever a cached route may be stale */
	u64 rx_genid; /* the same for what is cached about received datagrams: net/ipv4/rx_flow.h */
	struct rx_flow *rx_last;  /* of the last frame, which is often the next one's */
	struct rx_flow *rx_flows; /* NULL until a program waits for a datagram */
	u32 rx_flow_n;            /* a power of two */
	struct fib_table *fib;
	struct neigh_table *arp_tbl;
	struct udp_table *udp_table;
	struct nf_hooks *nf;
	struct pmtu_table *pmtu;   /* NULL until something was learned */
	struct list_head mc_list;  /* groups joined: igmp.c */
	struct nf_rules *nf_rules; /* NULL until the first one */
	struct net_mib mib;
};

extern struct net init_net;
extern struct list_head net_namespace_list;

#define for_each_net(net) list_for_each(net, &net_namespace_list, list)

/* What a new namespace needs, and what undoes it; either may be NULL. */
struct pernet_operations {
	int (*init)(struct net *net); /* 0 or negative errno, with nothing left behind */
	void (*exit)(struct net *net);
};

/* register_pernet_subsys - inits run in the order of registration, exits in reverse. */
void register_pernet_subsys(const struct pernet_operations *ops);

/* setup_net - a namespace with one user, empty tables and lo, which is down.
 * net      zeroed
 * Returns  0, or -ENOMEM with nothing left behind */
int setup_net(struct net *net) __must_check;

/* net_free - the opposite: devices have left it, and it has no user. */
void net_free(struct net *net);

/* get_net - take a reference. Returns net. */
static inline struct net *get_net(struct net *net)
{
	net->count++;
	return net;
}

/* put_net - drop a reference. A namespace without users is freed by the next net_poll, when no call is using it;
 * its cards return to init_net, as on Linux. */
void put_net(struct net *net);

/* Nothing that was accepted for sending is lost in silence: accepted = sent + waiting + queued + dropped, at any
 * instant, where accepted = datagrams + arp + frames. */
struct net_account {
	u64 datagrams; /* IP's: of UDP, ICMP and IGMP; each fragment is one */
	u64 arp;
	u64 frames; /* of packet sockets */
	u64 accepted, sent, waiting, queued, dropped;
	u64 no_link; /* part of sent: frames that may have met no link, at most */
};

/* net_gone - counts of namespaces that were freed: accepted packets, and what their lo sent. */
extern struct net_account net_gone;

/* net_add_accepted - add to an account what a namespace has accepted for sending. */
void net_add_accepted(struct net_account *a, const struct net *net);

extern u64 net_rx_genid; /* the last one: none is given twice, not to another namespace either */

/* net_rx_changed - a received datagram may be for another socket than before. */
static inline void net_rx_changed(struct net *net)
{
	net->rx_genid = ++net_rx_genid;
}

/* net_changed - a device, an address, a route or a neighbour changed: cached routes are stale. */
static inline void net_changed(struct net *net)
{
	net->genid++;
	net_rx_changed(net);
}

struct file;

/* ---- the part "namespaces": net/config/nsfs.c ------------------------------------------ */

/* Its table; the functions below call it. */
struct nsfs_ops {
	struct net *(*of)(const struct file *file);
	struct net *(*get)(const char *name);
	struct net *(*create)(void);
	int (*move)(struct net_device *dev, struct net *net);
	void (*unused)(void);
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

/* net_create - a namespace in memory of its own, given back with its last user. NULL without memory. */
static inline struct net *net_create(void)
{
	return nsfs_ops->create();
}

/* dev_change_net_namespace - the device leaves its namespace, losing addresses and routes, and is down
 * in the other one. Cards of a namespace that ends return to init_net, as dev0, dev1 .. where their names are taken.
 * Returns  0; -EINVAL (lo stays), -EEXIST (its name is taken there) */
static inline int dev_change_net_namespace(struct net_device *dev, struct net *net)
{
	return nsfs_ops->move(dev, net);
}
