/* SPDX-License-Identifier: MIT
 * af_packet.c - the family AF_PACKET: sockets that send and receive whole frames.
 * Not here: what is in them, the taps themselves (tap.c).
 * socket.c calls its operations, tap.c packet_rcv for each frame; calls dev_queue_xmit.
 * Source: packet(7). Behaves as Linux's packet_rcv, packet_snd, packet_do_bind: the order of their checks. */
#include "kernel/fs/procfile.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "net/core/part.h"
#include "net/core/skb_owner.h"
#include "net/core/timestamping.h"
#include "net/device/eth.h"
#include "net/device/tap.h"
#include "net/packet/af_packet.h"
#include "net/socket/datagram.h"
#include "net/socket/sock_room.h"
#include "net/socket/sockopt.h"
#include "net/udp/errqueue.h"
#include "net/udp/ip_cmsg.h"

#define SLL_ADDR_OFF offsetof(struct sockaddr_ll, sll_addr)
#define VLAN_HLEN    4
#define ETH_P_8021Q  0x8100

static struct list_head packet_sockets = LIST_HEAD_INIT(packet_sockets);
static struct slab packet_slab = SLAB(struct packet_sock);

/* ---- receiving ---------------------------------------------------------------------------- */

/* A socket of one ethertype sees received frames; one of ETH_P_ALL sees sent ones, too, but not its own. */
static bool wanted(const struct packet_sock *po, const struct sk_buff *skb, bool outgoing)
{
	const struct ethhdr *eth = (const void *)skb->data;
	const struct net_device *dev = skb->dev;

	if (dev->net != po->sk.sk_net)
		return false;
	if (po->ifindex && po->ifindex != dev->ifindex)
		return false;
	if (outgoing && (skb->sk == &po->sk || po->ignore_outgoing))
		return false;
	return be16_eq(po->num, cpu_to_be16(ETH_P_ALL)) ||
	       (!outgoing && be16_eq(po->num, eth->h_proto));
}

/* A frame that waits has its address in front of it, behind the packet's own record. */
static struct sockaddr_ll *frame_address(const struct sk_buff *skb)
{
	return (void *)(skb_slot(skb) + sizeof(struct sk_buff));
}

#define HEARD_OFF ALIGN_UP(sizeof(struct sk_buff) + sizeof(struct sockaddr_ll), (size_t)16)

static void device_address(struct sockaddr_ll *sll, const struct net_device *dev)
{
	sll->sll_ifindex = dev->ifindex;
	sll->sll_hatype = eth_hatype(dev);
	sll->sll_halen = ETH_ALEN;
}

/* SOCK_DGRAM does not see the header. */
static u32 hidden_len(const struct sock *sk)
{
	return sk->sk_type == SOCK_DGRAM ? ETH_HLEN : 0;
}

static inline void describe_frame(
	const struct sock *sk, const struct sk_buff *skb, bool outgoing, struct sk_buff *copy)
{
	const struct ethhdr *eth = (const void *)skb->data;
	struct sockaddr_ll *sll = frame_address(copy);

	*sll = (struct sockaddr_ll){ .sll_family = AF_PACKET,
		.sll_protocol = eth->h_proto,
		.sll_pkttype = outgoing ? PACKET_OUTGOING : skb->pkt_type };
	device_address(sll, skb->dev);
	memcpy(sll->sll_addr, eth->h_source, ETH_ALEN);
	copy->tstamp = sk->sk_timestamp ? clock_realtime_ns() : 0;
}

/* One piece that fits a small packet: what most frames are. Returns false when it is another kind. */
static bool take_short(struct sock *sk, const struct sk_buff *skb, u32 len, bool outgoing)
{
	u32 hidden = hidden_len(sk);
	struct sk_buff *copy;

	if (HEARD_OFF + len > SKB_SMALL || skb->frags || !skb_small_plenty())
		return false;
	copy = skb_alloc_small();
	skb_init(copy, HEARD_OFF);
	copy->len = (u16)(len - hidden);
	memcpy(copy->data, skb->data + hidden, copy->len);
	describe_frame(sk, skb, outgoing, copy);
	sock_queue_rcv_taken(sk, copy, SKB_SMALL);
	return true;
}

/* What is seen of its first len bytes. */
static noinline void take_any(struct sock *sk, const struct sk_buff *skb, u32 len, bool outgoing)
{
	u32 hidden = hidden_len(sk);
	struct sk_buff *copy = skb_alloc(HEARD_OFF);

	if (copy && skb_append(copy, skb, hidden, len - hidden) < 0) {
		consume_skb(copy);
		copy = NULL;
	}
	if (copy)
		describe_frame(sk, skb, outgoing, copy);
	sock_queue_rcv_skb(sk, copy);
}

/* How much of a frame the filter wants, header and all; 0: the frame is nothing to this socket. */
static noinline u32 filtered_len(
	const struct packet_sock *po, const struct sk_buff *skb, bool outgoing)
{
	const struct ethhdr *eth = (const void *)skb->data;
	u32 hidden = hidden_len(&po->sk), whole = skb_total_len(skb), len;
	const u32 aux[BPF_AUX_N] = { [BPF_AUX_PROTOCOL] = be16_to_cpu(eth->h_proto),
		[BPF_AUX_PKTTYPE] = outgoing ? PACKET_OUTGOING : skb->pkt_type,
		[BPF_AUX_IFINDEX] = (u32)skb->dev->ifindex };

	len = bpf_run(po->filter, skb, hidden, aux);
	return len ? hidden + min(len, whole - hidden) : 0;
}

static void packet_rcv(struct packet_tap *tap, const struct sk_buff *skb, bool outgoing)
{
	struct packet_sock *po = container_of(tap, struct packet_sock, tap);
	struct sock *sk = &po->sk;
	u32 len;

	if (!wanted(po, skb, outgoing))
		return;
	len = po->filter ? filtered_len(po, skb, outgoing) : skb_total_len(skb);
	if (len == 0)
		return;
	po->tp_packets++;
	if (likely(sock_takes(sk, HEARD_OFF + len <= SKB_SMALL ? SKB_SMALL : SKB_SLOT))) {
		if (!take_short(sk, skb, len, outgoing))
			take_any(sk, skb, len, outgoing);
		return;
	}
	skb_pool.dropped[SKB_DROP_RCVBUF_FULL]++; /* and has not been copied */
	sk->sk_drops++;
}

static ssize packet_recvmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	const struct sk_buff *skb;
	int err;

	if (msg->flags & MSG_ERRQUEUE)
		return sock_recv_errqueue(sock->sk, msg, len, SOL_PACKET, PACKET_TX_TIMESTAMP);
	skb = skb_recv_datagram(sock->sk, msg->flags, &err);
	if (!skb)
		return err;
	if (msg->name) {
		memcpy(msg->name, frame_address(skb), sizeof(struct sockaddr_ll));
		msg->namelen = sizeof(struct sockaddr_ll);
	}
	sock_recv_cmsgs(msg, sock->sk, skb);
	return skb_copy_datagram(sock->sk, msg, 0, len);
}

/* ---- sending ---------------------------------------------------------------------------- */

/* Where a message goes: the address given, or else what the socket is bound to. */
struct destination {
	struct net_device *dev;
	be16 protocol;
	const u8 *mac; /* NULL: not given, and needed */
};

static const u8 no_address[ETH_ALEN];

static int find_destination(
	const struct packet_sock *po, const struct msghdr *msg, struct destination *to)
{
	const struct sockaddr_ll *sll = (const void *)msg->name;
	int ifindex = po->ifindex;

	*to = (struct destination){ .protocol = po->num };
	if (sll) {
		if (msg->namelen < sizeof(*sll) || msg->namelen < SLL_ADDR_OFF + sll->sll_halen)
			return -EINVAL;
		ifindex = sll->sll_ifindex;
		to->protocol = sll->sll_protocol;
		to->mac = sll->sll_halen ? sll->sll_addr : NULL;
	}
	to->dev = dev_get_by_index(po->sk.sk_net, ifindex);
	if (!to->dev)
		return -ENXIO;
	if (!to->mac && (to->dev->flags & IFF_NOARP))
		to->mac = no_address;
	return to->dev->flags & IFF_UP ? 0 : -ENETDOWN;
}

/* A VLAN tag makes a frame longer and does not count for the MTU. */
static bool too_long(const struct sk_buff *skb)
{
	const struct ethhdr *eth = (const void *)skb->data;
	u32 most = ETH_HLEN + skb->dev->mtu;

	if (be16_eq(eth->h_proto, cpu_to_be16(ETH_P_8021Q)))
		most += VLAN_HLEN;
	return skb_total_len(skb) > most || skb_is_fragmented(skb);
}

/* The frame, header and all. SOCK_RAW brings its own. */
static int fill_frame(struct sk_buff *skb, const struct sock *sk, const struct destination *to,
	struct msghdr *msg, size_t len)
{
	struct sk_buff *last = skb;
	u32 n;

	for (; len > 0; len -= n) {
		void *at;

		n = (u32)len;
		at = skb_extend(skb, &last, &n);
		if (!at)
			return -ENOBUFS;
		if (memcpy_from_msg(at, msg, n) < 0)
			return -EFAULT;
	}
	if (sk->sk_type == SOCK_DGRAM) {
		if (!to->mac)
			return -EINVAL;
		eth_header(skb, to->mac, be16_to_cpu(to->protocol));
	}
	if (skb->len < ETH_HLEN)
		return -EINVAL;
	skb->protocol = ((const struct ethhdr *)skb->data)->h_proto;
	return too_long(skb) ? -EMSGSIZE : 0;
}

static ssize packet_sendmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	struct sock *sk = sock->sk;
	struct destination to;
	struct sk_buff *skb;
	int err = sock_error(sk);

	if (!err)
		err = find_destination(pkt_sk(sk), msg, &to);
	if (!err && len > to.dev->mtu + ETH_HLEN + VLAN_HLEN - hidden_len(sk))
		err = -EMSGSIZE;
	if (!err)
		err = sock_wait_for_room(
			sk, to.dev, NULL, msg_wait(msg), 1, (u32)(len / SKB_FIRST_PIECE) + 1);
	if (err)
		return err;
	skb = skb_alloc(SKB_NETWORK_OFF - ETH_HLEN + hidden_len(sk));
	skb->dev = to.dev;
	skb->sk = sk;
	err = fill_frame(skb, sk, &to, msg, len);
	if (err) {
		consume_skb(skb);
		return err;
	}
	if (sk->sk_tx_modes & SK_TX_WISHES)
		timestamping_ops->mark(sk, skb);
	sk->sk_net->mib.packet_out++;
	err = dev_queue_xmit(skb);
	return err ? err : (ssize)len;
}

/* ---- bind and close -------------------------------------------------------------------- */

static void listen(struct packet_sock *po, bool on)
{
	if (on == po->running)
		return;
	po->running = on;
	if (on)
		dev_add_tap(&po->tap);
	else
		dev_remove_tap(&po->tap);
}

static int packet_bind(struct socket *sock, const struct sockaddr_storage *addr, u32 len)
{
	const struct sockaddr_ll *sll = (const void *)addr;
	struct packet_sock *po = pkt_sk(sock->sk);
	const struct net_device *dev = NULL;

	if (len < sizeof(*sll) || sll->sll_family != AF_PACKET)
		return -EINVAL;
	if (sll->sll_ifindex) {
		dev = dev_get_by_index(po->sk.sk_net, sll->sll_ifindex);
		if (!dev)
			return -ENODEV;
	}
	if (!be16_is_zero(sll->sll_protocol))
		po->num = sll->sll_protocol;
	po->ifindex = sll->sll_ifindex;
	listen(po, !be16_is_zero(po->num));
	if (dev && !(dev->flags & IFF_UP))
		sk_report_error(&po->sk, ENETDOWN);
	return 0;
}

static int packet_getname(struct socket *sock, struct sockaddr_storage *addr, bool peer)
{
	const struct packet_sock *po = pkt_sk(sock->sk);
	const struct net_device *dev = dev_get_by_index(po->sk.sk_net, po->ifindex);
	struct sockaddr_ll *sll = (void *)addr;

	if (peer)
		return -EOPNOTSUPP;
	*sll = (struct sockaddr_ll){
		.sll_family = AF_PACKET, .sll_ifindex = po->ifindex, .sll_protocol = po->num
	};
	if (dev) {
		device_address(sll, dev);
		memcpy(sll->sll_addr, dev->dev_addr, ETH_ALEN);
	}
	return (int)SLL_ADDR_OFF + sll->sll_halen;
}

static u32 packet_poll(struct socket *sock, u32 wanted)
{
	const struct sock *sk = sock->sk;
	struct net_device *dev = dev_get_by_index(sk->sk_net, pkt_sk(sk)->ifindex);
	u16 events = sk->sk_err || sk->sk_error_queue.n > 0 ? POLLERR : 0;

	if (sk->sk_receive_queue.n > 0)
		events |= POLLIN | POLLRDNORM;
	if (sock_has_room(sk, dev, NULL, 1, 1))
		events |= POLLOUT | POLLWRNORM;
	return events;
}

static void packet_release(struct socket *sock)
{
	struct packet_sock *po = pkt_sk(sock->sk);

	listen(po, false);
	packet_leave(po, 0);
	packet_detach_filter(po);
	list_del(&po->list);
	sock_purge_rcv(&po->sk);
	po->sk.sk_socket = NULL;
	sock_put(&po->sk);
}

static void packet_netdev_event(struct net_device *dev, enum netdev_event event)
{
	struct packet_sock *po;

	if (event != NETDEV_DOWN && event != NETDEV_UNREGISTER)
		return;
	list_for_each(po, &packet_sockets, list) {
		bool bound = po->ifindex == dev->ifindex;

		if (po->sk.sk_net != dev->net)
			continue;
		if (bound && po->running)
			sk_report_error(&po->sk, ENETDOWN);
		if (event == NETDEV_DOWN)
			continue;
		packet_leave(po, dev->ifindex);
		if (bound)
			po->ifindex = -1;
	}
}

static void packet_free(struct sock *sk)
{
	slab_free(&packet_slab, sk);
}

/* ---- the family ------------------------------------------------------------------------- */

static const struct proto_ops packet_ops = {
	.family = AF_PACKET,
	.release = packet_release,
	.bind = packet_bind,
	.getname = packet_getname,
	.poll = packet_poll,
	.options = packet_options,
	.sendmsg = packet_sendmsg,
	.recvmsg = packet_recvmsg,
};

static const struct proto packet_proto = { .name = "PACKET", .free = packet_free };

/* protocol: the ethertype, big-endian; frames are received from here on, before any bind. */
static int packet_create(struct net *net, struct socket *sock, int protocol)
{
	struct packet_sock *po;

	if (sock->type != SOCK_RAW && sock->type != SOCK_DGRAM)
		return -ESOCKTNOSUPPORT;
	po = slab_alloc(&packet_slab);
	if (!po)
		return -ENOBUFS;
	sock->ops = &packet_ops;
	sock->sk = &po->sk;
	sock_init_data(&po->sk, sock, net, &packet_proto, sock->type);
	po->tap.fn = packet_rcv;
	po->num = (be16){ (u16)protocol };
	list_add_tail(&po->list, &packet_sockets);
	listen(po, !be16_is_zero(po->num));
	return 0;
}

static const struct net_proto_family packet_family_ops = {
	.family = AF_PACKET,
	.create = packet_create,
};

static void packet_show(struct seq_file *m, struct net *net)
{
	struct packet_sock *po;

	seq_printf(m, "sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n");
	list_for_each(po, &packet_sockets, list)
		if (po->sk.sk_net == net)
			seq_printf(m, "%p %-6u %-4u %04x   %-5d %d %-6u 0      0\n", NULL,
				po->sk.sk_refs, po->sk.sk_type, be16_to_cpu(po->num), po->ifindex,
				po->running, po->sk.sk_rmem);
}

static void af_packet_init(void)
{
	static struct proc_file file = { .path = "/proc/net/packet", .show = packet_show };

	BUG_ON(sock_register(&packet_family_ops) != 0);
	proc_register(&file);
}

PART(packet) = { .name = "packet", .init = af_packet_init, .netdev_event = packet_netdev_event };
