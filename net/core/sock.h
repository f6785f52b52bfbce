/* SPDX-License-Identifier: MIT
 * sock.h - the protocol's side of a socket: what outlives the file descriptor.
 * Not here: descriptors and system calls (socket.h), addresses (net/udp/inet_sock.h).
 * Used by every layer from the socket down to the neighbour, which reports errors here.
 * Names as in Linux's struct sock, the members this stack needs. */
#pragma once

#include "kernel/lib/list.h"
#include "net/core/skbuff.h"

struct Qdisc;
struct net;
struct socket;
struct msghdr;
struct user_mmsghdr;
struct sockaddr_in;

/* A protocol's operations, called by its family. */
struct proto {
	const char *name;
	struct sock *(*alloc)(void); /* zeroed, of the protocol's own type; NULL without memory */
	void (*free)(struct sock *sk);
	void (*close)(struct sock *sk); /* the descriptor is gone; drops the socket's reference */
	int (*connect)(struct sock *sk, const struct sockaddr_in *addr);
	int (*disconnect)(struct sock *sk);
	/* take port (host order), or a random free one when it is 0; 0, -EADDRINUSE, -EAGAIN */
	int (*get_port)(struct sock *sk, u16 port);
	ssize (*sendmsg)(struct sock *sk, struct msghdr *msg, size_t len);
	/* send the first of n messages that can take the fast path; returns how many. NULL: none */
	u32 (*send_batch)(struct sock *sk, struct user_mmsghdr __user *vec, u32 n, u32 flags);
	ssize (*recvmsg)(struct sock *sk, struct msghdr *msg, size_t len);
	/* receive the first of n messages as far as they are plain and there already; returns how many */
	u32 (*recv_batch)(struct sock *sk, struct user_mmsghdr __user *vec, u32 n);
	/* sock_reader.one, a plain message, or RECV_LONG_WAY */
	ssize (*recv_plain)(struct sock *sk, u32 flags);
	/* a reader waits: queue what is made only when it is read; NULL: nothing is */
	void (*refill)(struct sock *sk);
	/* skb, an IPv4 packet of sk's that was queued, is dropped: its next hop did not answer ARP */
	void (*link_failure)(struct sock *sk, const struct sk_buff *skb);
};

enum sock_shutdown {
	RCV_SHUTDOWN = 1,
	SEND_SHUTDOWN = 2,
	SHUTDOWN_MASK = 3
};

/* Why a socket may not send at once. */
enum sk_tx_mode {
	SK_TX_PENDING = 1,  /* a datagram is being put together */
	SK_TX_CORKED = 2,   /* UDP_CORK */
	SK_TX_SEGMENT = 4,  /* UDP_SEGMENT as an option */
	SK_TX_PACED = 8,    /* SO_MAX_PACING_RATE */
	SK_TX_STAMPED = 16, /* SO_TIMESTAMPING of what is sent */
	SK_TX_WISH = 32,    /* sk_wish is the message's */
	SK_TX_BURST = 64,   /* the first datagram of a GSO burst has been sent, others follow */
	SK_TX_TIMED = 128,  /* SO_TXTIME */
	SK_TX_WISHES = SK_TX_STAMPED | SK_TX_WISH | SK_TX_TIMED,
	SK_TX_BUILT = SK_TX_PACED | SK_TX_WISHES /* cached headers do not do */
};

struct sock {
	const struct proto *sk_prot;
	struct net *sk_net;
	struct socket *sk_socket; /* NULL once closed */
	u32 sk_refs;              /* the socket's, and one for each packet that waits */
	struct sk_buff_head sk_receive_queue;
	struct sk_buff_head sk_error_queue; /* errqueue.h */
	u32 sk_rcvbuf, sk_sndbuf;           /* bytes */
	u32 sk_wmem;                  /* bytes of memory of packets that wait on the way out */
	u32 sk_rmem;                  /* of packets that wait in both queues */
	u64 sk_rcvtimeo, sk_sndtimeo; /* nanoseconds; UINT64_MAX: for ever */
	int sk_bound_dev_if;
	u16 sk_type, sk_protocol;
	/* if any of these is set, sending takes the slow path: one test instead of seven */
	union {
		u64 sk_tx_unusual;
		struct {
			u16 sk_err; /* pending error, positive; told once */
			u8 sk_shutdown;
			bool sk_no_check_tx;
			bool sk_unbound;   /* has no port yet */
			bool sk_wmem_full; /* sk_wmem has reached sk_sndbuf */
			u8 sk_tx_modes;    /* enum sk_tx_mode */
		};
	};
	bool sk_broadcast, sk_reuse, sk_reuseport, sk_dontroute, sk_keepalive, sk_rxq_ovfl;
	u8 sk_timestamp; /* SK_TIMESTAMP_*: received packets get a stamp, and why */
	bool sk_tstamp_new; /* its options were set by their new numbers, and so are the control messages */
	u32 sk_priority, sk_mark;
	struct {
		s32 on, seconds;
	} sk_linger;             /* kept, but a datagram socket has nothing to linger for */
	u64 sk_drops;            /* datagrams that found sk_rcvbuf full */
	u64 sk_max_pacing_rate;  /* bytes a second; UINT64_MAX: any */
	struct Qdisc *sk_pacing; /* its queue; NULL: it was never paced */
	u32 sk_tsflags;          /* enum sof_timestamping */
	u32 sk_tskey;            /* the next message's number (OPT_ID) */
	s32 sk_bind_phc;
	/* control messages of one message, in place of the socket's: valid with SK_TX_WISH */
	struct {
		u64 txtime;
		u32 tsflags, key;
		bool has_key;
	} sk_wish;
	struct {
		s32 clockid;
		u32 flags;    /* enum sof_txtime */
		u64 ahead_ns; /* of clock_ns */
	} sk_txtime;
};

_Static_assert(offsetof(struct sock, sk_tx_modes) < offsetof(struct sock, sk_tx_unusual) + 8,
	"the union covers them all");

#define SK_RCVBUF_DEFAULT 212992
#define SK_SNDBUF_DEFAULT 212992
#define SK_RCVBUF_MIN     2304
#define SK_SNDBUF_MIN     4608

enum sk_timestamp {
	SK_TIMESTAMP_US = 1, /* SO_TIMESTAMP */
	SK_TIMESTAMP_NS = 2, /* SO_TIMESTAMPNS */
	SK_TIMESTAMP_RX = 4  /* SOF_TIMESTAMPING_RX_SOFTWARE */
};

extern u32 sock_n; /* number of socks */

/* How SO_MAX_PACING_RATE is set: net/device/sk_pacing.h; NULL in a kernel without. */
extern int (*sk_pacing_set)(struct sock *sk, u64 rate);

/* sock_init_data - what every family's sock starts with: one reference, Linux's buffer sizes, no
 * timeouts. sk: zeroed. type: SOCK_* */
void sock_init_data(struct sock *sk, struct socket *socket, struct net *net,
	const struct proto *prot, u16 type);

/* sock_put - drop a reference; the last one frees the sock, to which nothing is charged any more. */
void sock_put(struct sock *sk);

/* sock_update_wmem - sk_wmem or sk_sndbuf has changed: is it full (sk_wmem_max)? As on Linux one packet may go
 * beyond the end. */
void sock_update_wmem(struct sock *sk);

/* skb_waiting_max - packets of the pool that all queues of one kind may hold together: receive queues, arp_queues,
 * netfilter's, queueing disciplines. A quarter, so that no kind starves the others, or the rings. */
static inline u32 skb_waiting_max(void)
{
	return skb_pool.total_n / 4;
}

/* skb_share_max - packets of these that one socket may hold: half, so that another can send and receive. */
static inline u32 skb_share_max(void)
{
	return skb_waiting_max() / 2;
}

/* sk_wmem_max - bytes that sk's packets may occupy while they wait on the way out. */
static inline u32 sk_wmem_max(const struct sock *sk)
{
	return min(sk->sk_sndbuf, skb_share_max() * SKB_SLOT);
}

/* sk_tx_room - packets that sk may still have waiting: by SO_SNDBUF and by its own queue, if it is
 * paced. */
u32 sk_tx_room(const struct sock *sk);

/* sk_set_tx_mode - set or clear one mode. */
static inline void sk_set_tx_mode(struct sock *sk, enum sk_tx_mode mode, bool on)
{
	sk->sk_tx_modes = (u8)(on ? sk->sk_tx_modes | mode : sk->sk_tx_modes & ~(u32)mode);
}

/* sk_report_error - the socket's next call answers -err, once. err: positive. */
void sk_report_error(struct sock *sk, int err);

/* sock_error - take the pending error: 0 or negative. */
static inline int sock_error(struct sock *sk)
{
	int err = sk->sk_err;

	if (likely(!err))
		return 0;
	sk->sk_err = 0;
	return -err;
}
