/* SPDX-License-Identifier: MIT
 * packet_sockopt.c - options of packet sockets: statistics, memberships, filters.
 * Not here: sending and receiving (af_packet.c), options of every socket (sockopt.c).
 * af_packet.c's operations point here. Calls dev_set_promiscuity.
 * Source: packet(7); the numbers and layouts are Linux's. */
#include "net/packet/packet_sock.h"
#include "net/socket/sockopt.h"

/* ---- memberships ------------------------------------------------------------------------ */

struct packet_mreq {
	int mr_ifindex;
	u16 mr_type, mr_alen;
	u8 mr_address[8];
};

enum packet_mr {
	PACKET_MR_MULTICAST,
	PACKET_MR_PROMISC,
	PACKET_MR_ALLMULTI,
	PACKET_MR_UNICAST
};

static int get_mreq(struct packet_mreq *mreq, const void __user *val, u32 len)
{
	return len < sizeof(*mreq) ? -EINVAL : copy_from_user(mreq, val, sizeof(*mreq));
}

/* The place of a membership, or a free one, or NULL. */
static struct packet_membership *find_member(
	struct packet_sock *po, const struct packet_mreq *mreq, bool or_free)
{
	struct packet_membership *unused = NULL;

	for (u32 i = 0; i < PACKET_MEMBERSHIPS_MAX; i++) {
		struct packet_membership *m = &po->member[i];

		if (m->count == 0)
			unused = m;
		else if (m->ifindex == mreq->mr_ifindex && m->type == mreq->mr_type)
			return m;
	}
	return or_free ? unused : NULL;
}

/* If a socket wants to hear more than the card hears now, the card hears everything. */
static int add_membership(struct sock *sk, const void __user *val, u32 len)
{
	struct packet_membership *m;
	struct packet_mreq mreq;
	struct net_device *dev;
	int err = get_mreq(&mreq, val, len);

	if (err)
		return err;
	dev = dev_get_by_index(sk->sk_net, mreq.mr_ifindex);
	if (!dev)
		return -ENODEV;
	if (mreq.mr_alen > ETH_ALEN || mreq.mr_type > PACKET_MR_UNICAST)
		return -EINVAL;
	m = find_member(pkt_sk(sk), &mreq, true);
	if (!m)
		return -ENOBUFS;
	m->ifindex = mreq.mr_ifindex;
	m->type = mreq.mr_type;
	if (m->count++ == 0)
		dev_set_promiscuity(dev, 1);
	return 0;
}

static void leave(struct sock *sk, struct packet_membership *m)
{
	struct net_device *dev = dev_get_by_index(sk->sk_net, m->ifindex);

	m->count = 0;
	if (dev)
		dev_set_promiscuity(dev, -1);
}

static int drop_membership(struct sock *sk, const void __user *val, u32 len)
{
	struct packet_membership *m;
	struct packet_mreq mreq;
	int err = get_mreq(&mreq, val, len);

	if (err)
		return err;
	m = find_member(pkt_sk(sk), &mreq, false);
	if (m && --m->count == 0)
		leave(sk, m);
	return 0;
}

void packet_leave(struct packet_sock *po, int ifindex)
{
	for (struct packet_membership *m = po->member; m < po->member + PACKET_MEMBERSHIPS_MAX; m++)
		if (m->count > 0 && (ifindex == 0 || m->ifindex == ifindex))
			leave(&po->sk, m);
}

/* ---- options ---------------------------------------------------------------------------- */

/* Asking starts the counts anew. */
static int get_statistics(struct sock *sk, void __user *val, u32 *len)
{
	struct packet_sock *po = pkt_sk(sk);
	struct {
		u32 tp_packets, tp_drops;
	} stats = { po->tp_packets, (u32)(sk->sk_drops - po->drops_told_n) };

	po->tp_packets = 0;
	po->drops_told_n = sk->sk_drops;
	return sockopt_put(&stats, sizeof(stats), val, len);
}

static const struct sockopt packet_own[] = {
	{ PACKET_ADD_MEMBERSHIP, OPT_BYTES | OPT_WO, .set_bytes = add_membership },
	{ PACKET_DROP_MEMBERSHIP, OPT_BYTES | OPT_WO, .set_bytes = drop_membership },
	{ PACKET_STATISTICS, OPT_BYTES | OPT_RO, .get_bytes = get_statistics },
	{ PACKET_IGNORE_OUTGOING, 0, OPT_MEMBER(struct packet_sock, ignore_outgoing), 0, 1 },
};

/* ---- filters ---------------------------------------------------------------------------- */

struct sock_fprog {
	u16 len;
	u64 filter; /* struct sock_filter[len] in user memory */
};

static size_t filter_bytes(u32 n)
{
	return n * sizeof(struct sock_filter);
}

void packet_detach_filter(struct packet_sock *po)
{
	if (po->filter)
		mem_free(po->filter, filter_bytes(po->filter_n));
	po->filter = NULL;
}

/* The old one stays when the new one is refused. */
static int attach_filter(struct sock *sk, const void __user *val, u32 len)
{
	struct packet_sock *po = pkt_sk(sk);
	struct sock_filter *filter;
	struct sock_fprog prog;
	int err = -EFAULT;

	if (len != sizeof(prog))
		return -EINVAL;
	if (copy_from_user(&prog, val, sizeof(prog)) < 0)
		return -EFAULT;
	if (prog.len == 0 || prog.len > BPF_MAXINSNS)
		return -EINVAL;
	filter = mem_alloc(filter_bytes(prog.len));
	if (!filter)
		return -ENOMEM;
	if (copy_from_user(filter, (const void *)prog.filter, filter_bytes(prog.len)) == 0)
		err = bpf_check(filter, prog.len);
	if (err) {
		mem_free(filter, filter_bytes(prog.len));
		return err;
	}
	packet_detach_filter(po);
	po->filter = filter;
	po->filter_n = prog.len;
	return 0;
}

static int detach_filter(struct sock *sk, s32 value)
{
	struct packet_sock *po = pkt_sk(sk);

	if (!po->filter)
		return -ENOENT;
	packet_detach_filter(po);
	return 0;
}

static const struct sockopt filter_options[] = {
	{ SO_ATTACH_FILTER, OPT_BYTES | OPT_WO, .set_bytes = attach_filter },
	{ SO_DETACH_FILTER, OPT_WO, .set = detach_filter },
};

/* ---- all of them ------------------------------------------------------------------------ */

static const struct sockopt_table packet_table = { SOL_PACKET, SOCKOPT_TABLE(packet_own),
	.least = sizeof(s32) };
static const struct sockopt_table filter_table = { SOL_SOCKET, SOCKOPT_TABLE(filter_options),
	.least = sizeof(s32) };

const struct sockopt_table *const packet_options[] = { &filter_table, &part_options,
	&socket_options, &packet_table, NULL };
