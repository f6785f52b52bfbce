/* SPDX-License-Identifier: MIT
 * netlink.c - requests to the kernel one by one, and what it answers: errors, messages, dumps.
 * Not here: sockets (af_netlink.c), what a request means (the families).
 * af_netlink.c and the families call in; calls the family's functions.
 * Source: RFC 3549 2.2-2.3. Behaves as Linux's netlink_rcv_skb, netlink_ack, netlink_dump. */
#include "kernel/lib/string.h"
#include "net/core/skb_owner.h"
#include "net/netlink/netlink_impl.h"
#include "net/socket/datagram.h"

/* ---- answers ----------------------------------------------------------------------------- */

struct sk_buff *nlmsg_new(void)
{
	struct sk_buff *skb = skb_alloc(SKB_NETWORK_OFF + NETLINK_CB_ROOM);

	if (skb)
		NETLINK_CB(skb)->dst_group = 0;
	return skb;
}

/* Told once, until all that did arrive has been read. */
static void overrun(struct netlink_sock *nlk)
{
	if (nlk->congested || nlk->no_enobufs)
		return;
	nlk->congested = true;
	sk_report_error(&nlk->sk, ENOBUFS);
}

int netlink_unicast(struct netlink_sock *nlk, struct sk_buff *skb)
{
	int err = sock_queue_rcv_skb(&nlk->sk, skb);

	if (err)
		overrun(nlk);
	return err;
}

static bool is_listener(
	const struct netlink_sock *nlk, const struct net *net, u16 protocol, u32 group)
{
	return nlk->sk.sk_net == net && nlk->family->protocol == protocol &&
	       (nlk->groups >> (group - 1) & 1);
}

bool netlink_has_listeners(const struct net *net, u16 protocol, u32 group)
{
	const struct netlink_sock *nlk;

	list_for_each(nlk, &netlink_socks, list)
		if (is_listener(nlk, net, protocol, group))
			return true;
	return false;
}

void netlink_broadcast(struct net *net, u16 protocol, u32 group, struct sk_buff *skb)
{
	struct netlink_sock *nlk;

	list_for_each(nlk, &netlink_socks, list) {
		struct sk_buff *copy;

		if (!is_listener(nlk, net, protocol, group))
			continue;
		copy = skb ? nlmsg_new() : NULL;
		if (copy) {
			memcpy(skb_put(copy, skb->len), skb->data, skb->len);
			NETLINK_CB(copy)->dst_group = group;
		}
		netlink_unicast(nlk, copy);
	}
	if (skb)
		consume_skb(skb);
}

/* An error comes with the request it is about, unless the program wants it short or it is too long
 * for one packet; a success never does. */
static void netlink_ack(struct netlink_sock *nlk, const struct nlmsghdr *nlh, int err)
{
	u32 rest = nlh->nlmsg_len - NLMSG_HDRLEN;
	struct sk_buff *skb = nlmsg_new();
	struct nlmsghdr *reply;
	struct nlmsgerr *e;

	if (!skb) {
		netlink_unicast(nlk, NULL);
		return;
	}
	if (!err || nlk->cap_ack || rest > skb_room(skb) - NLMSG_HDRLEN - sizeof(*e))
		rest = 0;
	reply = nlmsg_put(skb, nlk->portid, nlh->nlmsg_seq, NLMSG_ERROR, (u32)sizeof(*e) + rest, 0);
	if (rest < nlh->nlmsg_len - NLMSG_HDRLEN || !err)
		reply->nlmsg_flags |= NLM_F_CAPPED;
	e = nlmsg_data(reply);
	e->error = err;
	memcpy(&e->msg, nlh, NLMSG_HDRLEN + rest);
	netlink_unicast(nlk, skb);
}

/* ---- requests ---------------------------------------------------------------------------- */

static void rcv_one(struct netlink_sock *nlk, const struct nlmsghdr *nlh)
{
	int err = 0;

	if ((nlh->nlmsg_flags & NLM_F_REQUEST) && nlh->nlmsg_type >= NLMSG_MIN_TYPE)
		err = nlk->family->rcv(nlk, nlh);
	if (err != -EINTR && (err || (nlh->nlmsg_flags & NLM_F_ACK)))
		netlink_ack(nlk, nlh, err);
}

static void rcv_all(struct netlink_sock *nlk, const void *at, size_t len)
{
	while (len >= NLMSG_HDRLEN) {
		const struct nlmsghdr *nlh = at;
		size_t whole;

		if (nlh->nlmsg_len < NLMSG_HDRLEN || nlh->nlmsg_len > len)
			return; /* as on Linux: no header to answer to */
		rcv_one(nlk, nlh);
		whole = min(NLMSG_ALIGN((size_t)nlh->nlmsg_len), len);
		at = (const u8 *)at + whole;
		len -= whole;
	}
}

int netlink_rcv_msg(struct netlink_sock *nlk, struct msghdr *msg, size_t len)
{
	/* One process, and the kernel is not preempted: one call at a time uses it. */
	static u32 usual[1024];
	void *at = len <= sizeof(usual) ? usual : mem_alloc(len);
	int err;

	if (!at)
		return -ENOBUFS;
	err = memcpy_from_msg(at, msg, len);
	if (!err)
		rcv_all(nlk, at, len);
	if (at != usual)
		mem_free(at, len);
	return err;
}

/* ---- what is made when it is read --------------------------------------------------------- */

int netlink_dump_start(struct netlink_sock *nlk, const struct nlmsghdr *nlh, netlink_dump_fn dump)
{
	struct netlink_callback *cb = &nlk->cb;

	if (cb->dump)
		return -EBUSY;
	if (nlh->nlmsg_len > sizeof(cb->request))
		return -EINVAL;
	*cb = (struct netlink_callback){ .dump = dump, .net = nlk->sk.sk_net };
	memcpy(cb->request, nlh, nlh->nlmsg_len);
	netlink_refill(nlk);
	return -EINTR;
}

void netlink_dump_end(struct netlink_callback *cb)
{
	if (cb->done)
		cb->done(cb);
	cb->done = NULL;
	cb->dump = NULL;
}

/* All but NLMSG_DONE. Returns whether there is no more. */
static bool dump_messages(struct netlink_callback *cb, struct sk_buff *skb)
{
	int err = cb->told ? cb->err : cb->dump(skb, cb);

	if (err == -EMSGSIZE && skb->len > 0)
		return false;
	cb->told = true;
	cb->err = err; /* also of a message that does not even fit alone */
	return true;
}

static void dump_next(struct netlink_sock *nlk)
{
	struct netlink_callback *cb = &nlk->cb;
	struct sk_buff *skb = nlmsg_new();
	struct nlmsghdr *done = NULL;

	if (skb && dump_messages(cb, skb))
		done = nlmsg_put(skb, nlk->portid, cb->nlh.nlmsg_seq, NLMSG_DONE, sizeof(cb->err),
			NLM_F_MULTI);
	if (done)
		memcpy(nlmsg_data(done), &cb->err, sizeof(cb->err));
	if (netlink_unicast(nlk, skb) < 0 || done)
		netlink_dump_end(cb); /* a dump with a hole is none */
}

void netlink_refill(struct netlink_sock *nlk)
{
	if (nlk->sk.sk_receive_queue.n > 0)
		return;
	if (nlk->cb.dump)
		dump_next(nlk);
	else if (nlk->family->next)
		nlk->family->next(nlk);
}
