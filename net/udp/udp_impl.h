/* SPDX-License-Identifier: MIT
 * udp_impl.h - the steps of sending that one datagram, a datagram in pieces and the segments of one have in common.
 * Not here: the interface for other folders (udp.h).
 * Files of net/udp/ include it.
 * Source: design: one road, however a message came. */
#pragma once

#include "net/udp/udp.h"

/* ---- udp_route.c -------------------------------------------------------------------------- */

extern const struct ipcm_cookie ipcm_usual; /* no control message */

/* udp_destination - the message's address, or else the peer's. */
static inline const struct sockaddr_in *udp_destination(
	const struct inet_sock *inet, const struct msghdr *msg)
{
	return msg->name ? &msg->name->in : &inet->peer;
}

/* udp_route - route flow->to with flow->ipc. Returns 0 or routing's error; then nothing is cached. */
int udp_route(struct sock *sk, struct flow_cache *flow) __must_check;

/* udp_find_flow - the flow for a destination (sockaddr_key) and control messages: the one that is kept, routed again
 * if it is not valid, or a new one. The table keeps it. Or an error pointer: routing's. */
struct flow_cache *udp_find_flow(struct sock *sk, u64 to, const struct ipcm_cookie *ipc);

/* udp_try_again - the tables changed while a sender waited for room (*err is -ESTALE): is there a route
 * again, and a try left? If not, *err is why. tries: begins at zero. */
bool udp_try_again(struct sock *sk, struct flow_cache *flow, int *err, u32 *tries);

/* ---- udp_output.c ------------------------------------------------------------------------- */

/* udp_may_send - 0, or why the socket's state forbids sending: a pending error, -EPIPE. */
int udp_may_send(struct sock *sk) __must_check;

/* udp_send_skb - put the UDP header before the payload and send. Takes the skb. Returns as ip_send_skb. */
int udp_send_skb(struct sk_buff *skb, struct sock *sk, const struct flow_cache *flow);

/* udp_fast_path_ok - does the socket want nothing that a cached header does not have, and need not wait? */
static inline bool udp_fast_path_ok(const struct sock *sk)
{
	return likely(!sk->sk_tx_unusual) ||
	       !(sk->sk_no_check_tx || sk->sk_wmem_full || (sk->sk_tx_modes & SK_TX_BUILT));
}

/* udp_send_one - one datagram of msg's next len bytes: with a cached header if that can be.
 * Returns len or negative errno. Blocks as udp_sendmsg. */
ssize udp_send_one(struct sock *sk, struct flow_cache *flow, struct msghdr *msg, size_t len);

/* udp_wait_for_room - until there is room for n frames of `packets` packets more, or for as many as there
 * can be room for at once; the tables may change meanwhile. Returns 0 or as sock_wait_for_room. */
int udp_wait_for_room(struct sock *sk, struct flow_cache *flow, enum sock_wait how, u32 n,
	u32 packets) __must_check;

/* ---- udp_segment.c ------------------------------------------------------------------------- */

/* udp_send_segments - msg's next len bytes as datagrams of size bytes, but for the last. All leave or none:
 * there is room for all, or the whole of a shorter queue, and all can be read, before the first one goes.
 * Returns  len, -EMSGSIZE, -EINVAL (too many, or without checksums), -EFAULT, or as udp_send_one
 * Blocks   as udp_sendmsg */
ssize udp_send_segments(
	struct sock *sk, struct flow_cache *flow, struct msghdr *msg, size_t len, size_t size);

/* ---- udp_cork.c ---------------------------------------------------------------------------- */

/* udp_begin_pending - the first len bytes of a datagram that is kept open.
 * gso_size  not zero: it is cut into datagrams of so many bytes when it goes */
ssize udp_begin_pending(struct sock *sk, const struct flow_cache *flow, struct msghdr *msg,
	size_t len, size_t gso_size);

/* udp_append - len bytes more of the datagram that is pending; the last of it when nobody wants it kept
 * open. Returns len, or negative errno: then, but for -EAGAIN, the datagram is gone. */
ssize udp_append(struct sock *sk, struct msghdr *msg, size_t len);

/* udp_flush_pending_frames - the datagram that is pending will not be sent. */
void udp_flush_pending_frames(struct sock *sk);
