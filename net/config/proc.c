/* SPDX-License-Identifier: MIT
 * proc.c - /proc/net: tables and counters of the network as files, in Linux's formats where it has them.
 * Not here: what is counted; the files themselves (kernel/fs/procfile.c).
 * net_init.c registers them; opening programs read them.
 * Source: proc(5). Behaves as Linux's files of these names, line by line. */
#include "net/config/proc.h"
#include "kernel/fs/procfile.h"
#include "kernel/lib/format.h"
#include "net/core/part.h"
#include "net/device/account.h"
#include "net/fib/fib.h"
#include "net/neigh/neighbour.h"
#include "net/udp/udp_port.h"
#include "net/wire/arp.h"
#include "net/wire/ip.h"

/* ---- devices ---------------------------------------------------------------------------- */

static void dev_show(struct seq_file *m, struct net *net)
{
	struct net_device *dev;

	seq_printf(m,
		"Inter-|   Receive                                                |  Transmit\n"
		" face |bytes    packets errs drop fifo frame compressed multicast|bytes    "
		"packets errs drop fifo colls carrier compressed\n");
	list_for_each(dev, &net->dev_base, list) {
		const struct net_device_stats *s = &dev->stats;

		seq_printf(m,
			"%6s: %7lu %7lu %4lu %4lu    0 %5lu          0 %9lu %8lu %7lu %4lu %4lu    "
			"0     0 %7lu          0\n",
			dev->name, s->rx_bytes, s->rx_packets, s->rx_errors,
			s->rx_dropped + s->rx_missed_errors, s->rx_crc_errors, s->multicast,
			s->tx_bytes, s->tx_packets, s->tx_errors, s->tx_dropped,
			s->tx_carrier_errors);
	}
}

/* ---- counters --------------------------------------------------------------------------- */

struct counter {
	const char *name;
	u16 at;    /* in struct net_mib, unless.. */
	u16 fixed; /* ..this is not zero: it never changes */
};

#define MIB(member) offsetof(struct net_mib, member), 0

#define IP_DOES_NOT_FORWARD 2

static const struct counter ip_counters[] = {
	{ "Forwarding", 0, IP_DOES_NOT_FORWARD },
	{ "DefaultTTL", 0, IPDEFTTL },
	{ "InReceives", MIB(ip_in_receives) },
	{ "InDelivers", MIB(ip_in_delivers) },
	{ "OutRequests", MIB(ip_out_requests) },
	{ "OutNoRoutes", MIB(ip_out_no_routes) },
	{ "ReasmTimeout", MIB(ip_reasm_timeout) },
	{ "ReasmReqds", MIB(ip_reasm_reqds) },
	{ "ReasmOKs", MIB(ip_reasm_oks) },
	{ "ReasmFails", MIB(ip_reasm_fails) },
	{ "FragCreates", MIB(ip_frag_creates) },
};

static const struct counter icmp_counters[] = {
	{ "InMsgs", MIB(icmp_in_msgs) },
	{ "OutMsgs", MIB(icmp_out_msgs) },
};

static const struct counter udp_counters[] = {
	{ "InDatagrams", MIB(udp_in_datagrams) },
	{ "NoPorts", MIB(udp_no_ports) },
	{ "InErrors", MIB(udp_in_errors) },
	{ "OutDatagrams", MIB(udp_out_datagrams) },
	{ "RcvbufErrors", MIB(udp_rcvbuf_errors) },
	{ "InCsumErrors", MIB(udp_csum_errors) },
};

/* A line of names, a line of values. Only what is really counted has a column: readers go by the
 * names. */
static void counters_show(struct seq_file *m, const struct net_mib *mib, const char *protocol,
	const struct counter *c, size_t n)
{
	seq_printf(m, "%s:", protocol);
	for (size_t i = 0; i < n; i++)
		seq_printf(m, " %s", c[i].name);
	seq_printf(m, "\n%s:", protocol);
	for (size_t i = 0; i < n; i++)
		seq_printf(m, " %lu",
			c[i].fixed ? c[i].fixed : *(const u64 *)((const u8 *)mib + c[i].at));
	seq_printf(m, "\n");
}

static void snmp_show(struct seq_file *m, struct net *net)
{
	struct net_mib mib = net->mib;

	mib.ip_out_requests += mib.udp_out_cached;
	mib.udp_out_datagrams += mib.udp_out_cached;
	counters_show(m, &mib, "Ip", ip_counters, ARRAY_SIZE(ip_counters));
	counters_show(m, &mib, "Icmp", icmp_counters, ARRAY_SIZE(icmp_counters));
	counters_show(m, &mib, "Udp", udp_counters, ARRAY_SIZE(udp_counters));
}

/* ---- routes ----------------------------------------------------------------------------- */

enum rtf {
	RTF_UP = 0x1,
	RTF_GATEWAY = 0x2,
	RTF_HOST = 0x4,
	RTF_REJECT = 0x200
};

#define ROUTE_LINE_LEN 127 /* Linux's, whose readers may count on it */

/* Of several next hops the first, as Linux has it. */
static void route_line(struct seq_file *m, const struct fib_config *route)
{
	const struct fib_nh *nh = route->nhs ? &route->nh[0] : NULL;
	u32 flags = RTF_UP;
	size_t start = m->len;

	if (nh && !be32_is_zero(nh->gw))
		flags |= RTF_GATEWAY;
	if (route->dst_len == 32)
		flags |= RTF_HOST;
	if (route->type == RTN_UNREACHABLE || route->type == RTN_PROHIBIT)
		flags |= RTF_REJECT;
	seq_printf(m, "%s\t%08X\t%08X\t%04X\t0\t0\t%u\t%08X\t%u\t0\t0", nh ? nh->dev->name : "*",
		route->dst.raw, nh ? nh->gw.raw : 0, flags, route->priority,
		prefix_mask(route->dst_len).raw, route->mtu);
	seq_printf(m, "%*s\n", (int)(ROUTE_LINE_LEN - min(m->len - start, (size_t)ROUTE_LINE_LEN)),
		"");
}

static void route_show(struct seq_file *m, struct net *net)
{
	struct fib_config route;
	struct fib_cursor c;
	size_t start = m->len;

	seq_printf(m,
		"Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow"
		"\tIRTT");
	seq_printf(m, "%*s\n", (int)(ROUTE_LINE_LEN - min(m->len - start, (size_t)ROUTE_LINE_LEN)),
		"");
	if (fib_dump_start(net->fib, &c) < 0)
		return;
	while (fib_dump_next(&c, &route))
		if (route.table_id == RT_TABLE_MAIN && route.type != RTN_BROADCAST &&
			route.type != RTN_MULTICAST)
			route_line(m, &route);
	fib_dump_end(&c);
}

/* ---- neighbours ------------------------------------------------------------------------- */

enum atf {
	ATF_COM = 0x2, /* the address is known */
	ATF_PERM = 0x4
};

static void arp_line(void *arg, struct neighbour *n)
{
	static const u8 unknown[ETH_ALEN];
	bool known = n->nud_state & NUD_VALID;
	u32 flags = (known ? ATF_COM : 0) | (n->nud_state == NUD_PERMANENT ? ATF_PERM : 0);
	char ip[16];

	if (n->nud_state == NUD_NONE || n->nud_state == NUD_NOARP)
		return;
	text_format(ip, sizeof(ip), "%pI4", &n->primary_key);
	seq_printf(arg, "%-16s 0x%-10x0x%-10x%pM     *        %s\n", ip, ARPHRD_ETHER, flags,
		known ? hh_header(&n->hh)->h_dest : unknown, n->dev->name);
}

static void arp_show(struct seq_file *m, struct net *net)
{
	seq_printf(m, "IP address       HW type     Flags       HW address            Mask     "
		      "Device\n");
	neigh_for_each(net->arp_tbl, arp_line, m);
}

/* ---- sockets ---------------------------------------------------------------------------- */

enum socket_state {
	STATE_ESTABLISHED = 1,
	STATE_CLOSE = 7
};

static void udp_line(void *arg, const struct inet_sock *inet)
{
	const struct sock *sk = &inet->sk;
	u32 state = inet->peer_family ? STATE_ESTABLISHED : STATE_CLOSE;

	seq_printf(arg,
		"%5u: %08X:%04X %08X:%04X %02X %08X:%08X 00:00000000 00000000     0        0 "
		"0 %u %p %lu\n",
		inet->inet_num, inet->inet_rcv_saddr.raw, inet->inet_num, inet->inet_daddr.raw,
		be16_to_cpu(inet->inet_dport), state, sk->sk_wmem, sk->sk_rmem, sk->sk_refs, NULL,
		sk->sk_drops);
}

static void udp_show(struct seq_file *m, struct net *net)
{
	seq_printf(m,
		"   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   "
		"uid  timeout inode ref pointer drops\n");
	udp_for_each(net, udp_line, m);
}

/* ---- the account ------------------------------------------------------------------------ */

/* Of all namespaces together: the first five lines add up; the sixth is part of sent. */
static void account_show(struct seq_file *m, struct net *net)
{
	struct net_account a = net_account();

	seq_printf(m, "accepted %lu\nsent %lu\nwaiting %lu\nqueued %lu\ndropped %lu\nno_link %lu\n",
		a.accepted, a.sent, a.waiting, a.queued, a.dropped, a.no_link);
	for (u32 reason = 0; reason < SKB_DROP_REASONS; reason++)
		seq_printf(m, "%s %lu %s\n", reason < SKB_DROP_TX_REASONS ? "out" : "in",
			skb_pool.dropped[reason], skb_drop_name(reason));
	seq_printf(m, "packets free %u of %u\n", skb_pool.free_n, skb_pool.total_n);
}

/* ---- pools ------------------------------------------------------------------------------- */

/* What was sent and lies in a ring's slots still: packets, and small ones. */
static void count_in_rings(const struct net_device *dev, u32 n[2])
{
	for (u32 i = 0; dev->tx_slot && i <= dev->tx_mask; i++)
		if (dev->tx_slot[i] != &skb_none)
			n[skb_is_small(dev->tx_slot[i])]++;
}

static void count_neighbour(void *arg, struct neighbour *n)
{
	++*(u32 *)arg;
}

void net_counts_show(struct seq_file *m)
{
	u32 in_rings[2] = { 0, 0 }, neighbours = 0, namespaces = 0;
	const struct net_device *dev;
	struct net *net;

	for_each_net(net) {
		namespaces++;
		neigh_for_each(net->arp_tbl, count_neighbour, &neighbours);
		list_for_each(dev, &net->dev_base, list)
			count_in_rings(dev, in_rings);
	}
	seq_printf(m,
		"packets free %u of %u\npackets in rings %u\npackets in reserve %u of %u\n"
		"small packets free %u of %u\nsmall packets in rings %u\n"
		"sockets %u\nsocks %u\nneighbours %u\nnamespaces %u\ntimers %u\n",
		skb_pool.free_n, skb_pool.total_n, in_rings[false], skb_pool.reserve_n, SKB_RESERVE,
		skb_pool.small_free_n, skb_pool.small_total_n, in_rings[true], socket_n(), sock_n,
		neighbours, namespaces, timer_n());
}

/* ---- the files -------------------------------------------------------------------------- */

static struct proc_file files[] = {
	{ .path = "/proc/net/dev", .show = dev_show },
	{ .path = "/proc/net/snmp", .show = snmp_show },
	{ .path = "/proc/net/route", .show = route_show },
	{ .path = "/proc/net/arp", .show = arp_show },
	{ .path = "/proc/net/udp", .show = udp_show },
	{ .path = "/proc/net/muffin", .show = account_show },
};

static void net_proc_init(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		proc_register(&files[i]);
}

PART(net_proc) = { .name = "proc", .init = net_proc_init };
