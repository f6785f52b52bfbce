/* SPDX-License-Identifier: MIT
 * udp_input.c - UDP on the way up: from a datagram to a message.
 * Not here: the way down (udp.c), who answers that a port is closed (icmp.c).
 * ip_input.c calls udp_rcv, icmp.c calls udp_err, af_inet.c calls udp_recvmsg.
 * Source: RFC 768; RFC 1122 4.1.3; recv(2). */
#include "net/checksum.h"
#include "net/icmp.h"
#include "net/udp.h"
#include "net/udp_port.h"
#include "net/wire/udp.h"

/* Datagrams that nobody reads must not starve the way out: together they hold at most a quarter of
 * the pool. */
static u32 waiting_n;

static void deliver(struct sock *sk, struct sk_buff *skb)
{
	if (sk->sk_receive_queue.bytes + skb->len > sk->sk_rcvbuf ||
		waiting_n >= skb_pool.total_n / 4 || (sk->sk_shutdown & RCV_SHUTDOWN)) {
		sk->sk_drops++;
		kfree_skb(skb, SKB_DROP_RCVBUF_FULL);
		return;
	}
	waiting_n++;
	sk->sk_net->mib.udp_in_datagrams++;
	skb_queue_tail(&sk->sk_receive_queue, skb);
}

static void take_first(struct sock *sk)
{
	waiting_n--;
	consume_skb(skb_dequeue(&sk->sk_receive_queue));
}

void udp_drop_unread(struct sock *sk)
{
	while (sk->sk_receive_queue.n > 0)
		take_first(sk);
}

static enum skb_drop_reason check_datagram(struct sk_buff *skb)
{
	const struct iphdr *iph = skb_network_header(skb);
	const struct udphdr *uh = (const void *)skb->data;
	u16 len;

	if (skb->len < sizeof(*uh))
		return SKB_DROP_HEADER;
	len = be16_to_cpu(uh->len);
	if (len < sizeof(*uh) || len > skb->len)
		return SKB_DROP_HEADER;
	skb->len = len;
	if (!be16_is_zero(uh->check) &&
		!csum_ok(csum_add(csum_pseudo(iph->saddr, iph->daddr, len, IPPROTO_UDP), uh, len)))
		return SKB_DROP_CHECKSUM;
	return SKB_CONSUMED;
}

void udp_rcv(struct sk_buff *skb)
{
	const struct iphdr *iph = skb_network_header(skb);
	const struct udphdr *uh = (const void *)skb->data;
	struct net *net = skb->dev->net;
	enum skb_drop_reason problem = check_datagram(skb);
	struct sock *sk;

	if (problem != SKB_CONSUMED) {
		kfree_skb(skb, problem);
		return;
	}
	sk = udp_lookup(net, iph->saddr, uh->source, iph->daddr, uh->dest);
	if (sk) {
		deliver(sk, skb);
		return;
	}
	net->mib.udp_no_ports++;
	icmp_send_unreach(skb, ICMP_PORT_UNREACH);
	kfree_skb(skb, SKB_DROP_NO_SOCKET);
}

/* Only a connected socket asked for this peer alone; others are not told (RFC 1122 4.1.3.3 leaves
 * it to the program to ask). */
void udp_err(struct net *net, const struct iphdr *quoted, size_t len, int err)
{
	const struct udphdr *uh =
		(const void *)((const u8 *)quoted + (quoted->version_ihl & 15) * 4);
	struct sock *sk;

	if ((const u8 *)(uh + 1) > (const u8 *)quoted + len)
		return;
	sk = udp_lookup(net, quoted->daddr, uh->dest, quoted->saddr, uh->source);
	if (sk && !be16_is_zero(inet_sk(sk)->inet_dport))
		sk_report_error(sk, err);
}

/* Wait for a datagram or an error. Returns 0 when there is one of them. */
static int wait_for_datagram(const struct sock *sk, u32 flags)
{
	u64 deadline = sk->sk_rcvtimeo == UINT64_MAX ? UINT64_MAX : clock_ns() + sk->sk_rcvtimeo;

	for (;;) {
		if (sk->sk_receive_queue.n > 0 || sk->sk_err)
			return 0;
		net_poll();
		if (sk->sk_receive_queue.n > 0 || sk->sk_err)
			return 0;
		if ((flags & MSG_DONTWAIT) || clock_ns() >= deadline)
			return -EAGAIN;
		if (sk->sk_shutdown & RCV_SHUTDOWN)
			return 0;
		machine_idle();
	}
}

static void fill_name(struct msghdr *msg, const struct sk_buff *skb)
{
	const struct iphdr *iph = skb_network_header(skb);
	const struct udphdr *uh = skb_transport_header(skb);

	if (!msg->name)
		return;
	msg->name->in = (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = uh->source, .sin_addr = iph->saddr
	};
	msg->namelen = sizeof(msg->name->in);
}

ssize udp_recvmsg(struct sock *sk, struct msghdr *msg, size_t len)
{
	u32 flags = msg->flags;
	struct sk_buff *skb;
	size_t payload, n;
	int err;

	if (flags & MSG_ERRQUEUE)
		return -EAGAIN;
	err = wait_for_datagram(sk, flags);
	if (!err)
		err = sock_error(sk);
	if (err)
		return err;
	skb = sk->sk_receive_queue.first;
	if (!skb)
		return 0; /* shut down */
	payload = skb->len - sizeof(struct udphdr);
	n = min(len, payload);
	err = memcpy_to_msg(msg, skb->data + sizeof(struct udphdr), n);
	fill_name(msg, skb);
	msg->flags = n < payload ? MSG_TRUNC : 0;
	if (!(flags & MSG_PEEK))
		take_first(sk);
	return err ? err : (ssize)(flags & MSG_TRUNC ? payload : n);
}
