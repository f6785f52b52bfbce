/* SPDX-License-Identifier: MIT
 * udp_segment.c - UDP_SEGMENT: a GSO burst, one message that becomes many datagrams.
 * Not here: one datagram (udp_output.c).
 * udp_send.c and udp_cork.c call in. Calls flow_xmit if there is a cached header, else udp_send_one.
 * Source: udp(7). Behaves as Linux's udp_send_skb and udp_cmsg_send: what it refuses. */
#include "net/flow/flow_xmit.h"
#include "net/udp/udp_impl.h"

/* Send up to n consecutive segments of size bytes with the cached header: at least `least`, or none. Returns how
 * many. */
static size_t xmit_segments(
	struct flow_cache *flow, u8 __user *payload, size_t size, size_t n, size_t least)
{
	struct net_device *dev = flow->dev;
	struct flow_payloads segments = flow_payloads(flow, payload, size);

	segments.two_words = (segments.tag & FLOW_TAG_CSUM) && size - 4 <= 4;
	n = flow_room(dev, (u32)n);
	if (n < least || !user_starts_ok((u64)payload))
		return 0;
	return flow_xmit(dev, n, least, true, flow_fill_next, &segments);
}

/* As many of the next ones as can go at once, or else one, however: left bytes are to be sent. Returns how many
 * were, or negative errno. */
static ssize send_some(
	struct sock *sk, struct flow_cache *flow, struct msghdr *msg, size_t left, size_t size)
{
	int err = rt_valid(sk->sk_net, &flow->rt) ? 0 : udp_route(sk, flow);
	size_t n = 0;

	if (err)
		return err;
	if (udp_fast_path_ok(sk) && size < flow->len_end && msg->at_len >= left && left >= size)
		n = xmit_segments(flow, msg->at, size, left / size, 1);
	if (n == 0)
		return udp_send_one(sk, flow, msg, min(left, size));
	msg_advance(msg, n * size);
	return (ssize)(n * size);
}

/* Send all segments at once, if none has to wait and all can be read. */
static __always_inline bool send_at_once(const struct sock *sk, struct flow_cache *flow,
	const struct msghdr *msg, size_t len, size_t size, size_t n)
{
	return size < flow->len_end && n * size == len && msg->at_len == len &&
	       udp_fast_path_ok(sk) && xmit_segments(flow, msg->at, size, n, n) == n;
}

/* One after the other, as there is room. */
static noinline ssize send_each(
	struct sock *sk, struct flow_cache *flow, struct msghdr *msg, size_t len, size_t size)
{
	size_t n = (len + size - 1) / size, left = len;
	ssize sent = 0;
	bool outer;
	int err = msg_probe(msg, len);

	if (!err)
		err = udp_wait_for_room(sk, flow, msg_wait(msg), (u32)n,
			(u32)n * ip_packets_for(&flow->rt, UDP_HLEN + min(len, size)));
	if (err)
		return err;
	/* a queue may be shorter than the burst; a burst that has begun is finished */
	msg->begun = true;
	outer = dev_xmit_begin();
	for (; left > 0 && sent >= 0; left -= (size_t)max(sent, (ssize)0)) {
		sent = send_some(sk, flow, msg, left, size);
		sk_set_tx_mode(sk, SK_TX_BURST, true);
	}
	sk_set_tx_mode(sk, SK_TX_BURST, false);
	dev_xmit_end(sk->sk_net, outer);
	return sent < 0 ? sent : (ssize)len;
}

ssize udp_send_segments(
	struct sock *sk, struct flow_cache *flow, struct msghdr *msg, size_t len, size_t size)
{
	size_t n = (len + size - 1) / size;

	if (len + UDP_HLEN + IP_HLEN > UINT16_MAX ||
		min(len, size) + UDP_HLEN + IP_HLEN > flow->rt.mtu)
		return -EMSGSIZE;
	if (n > UDP_MAX_SEGMENTS || sk->sk_no_check_tx)
		return -EINVAL;
	if (len <= size)
		return udp_send_one(sk, flow, msg, len);
	if (likely(send_at_once(sk, flow, msg, len, size, n)))
		return (ssize)len;
	return send_each(sk, flow, msg, len, size);
}
