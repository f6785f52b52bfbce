/* SPDX-License-Identifier: MIT
 * timestamping.c - SO_TIMESTAMPING: when a datagram came, and when one that was sent went to the driver. SO_TXTIME: when it
 * shall.
 * Not here: the error queue, which the latter are told in (errqueue.c); SO_TIMESTAMP and SO_TIMESTAMPNS (ip_cmsg.c), who
 * keeps packets until their time (net/device/etf.c).
 * Other layers call through timestamping_ops (net/core/timestamping.h), the options through part_options.
 * Source: Linux's Documentation/networking/timestamping. Behaves as its sock_set_timestamping, __sock_cmsg_send,
 * __skb_tstamp_tx and __sock_recv_timestamp. */
#include "net/core/timestamping.h"
#include "kernel/lib/string.h"
#include "net/core/part.h"
#include "net/socket/sockopt.h"
#include "net/udp/errqueue.h"

/* ---- options ----------------------------------------------------------------------------- */

struct so_timestamping {
	u32 flags;
	s32 bind_phc;
};

/* What makes a message count (OPT_ID), and leave by the slow path. */
#define TX_STAMPS                                                                                  \
	(SOF_TIMESTAMPING_TX_HARDWARE | SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_TX_SCHED | \
		SOF_TIMESTAMPING_TX_COMPLETION)
#define TX_RECORD (TX_STAMPS | SOF_TIMESTAMPING_TX_ACK)

static int check_flags(const struct sock *sk, u32 flags)
{
	if (flags & ~(u32)SOF_TIMESTAMPING_MASK)
		return -EINVAL;
	if ((flags & SOF_TIMESTAMPING_OPT_ID_TCP) && !(flags & SOF_TIMESTAMPING_OPT_ID))
		return -EINVAL;
	if ((flags & SOF_TIMESTAMPING_OPT_STATS) && !(flags & SOF_TIMESTAMPING_OPT_TSONLY))
		return -EINVAL;
	if (!(flags & SOF_TIMESTAMPING_BIND_PHC))
		return 0;
	return sk->sk_bound_dev_if ? -EINVAL : -EOPNOTSUPP; /* no card here has a clock */
}

static int set_flags(struct sock *sk, const void __user *val, u32 len, bool new)
{
	struct so_timestamping t = { .flags = 0 };
	int err = copy_from_user(&t, val, len == sizeof(t) ? sizeof(t) : sizeof(t.flags));

	if (!err)
		err = check_flags(sk, t.flags);
	if (err)
		return err;
	clock_realtime_start();
	if ((t.flags & SOF_TIMESTAMPING_OPT_ID) && !(sk->sk_tsflags & SOF_TIMESTAMPING_OPT_ID))
		sk->sk_tskey = 0;
	sk->sk_tsflags = t.flags;
	sk->sk_tstamp_new = new;
	sk->sk_timestamp = (u8)(sk->sk_timestamp & ~(u32)SK_TIMESTAMP_RX);
	if (t.flags & SOF_TIMESTAMPING_RX_SOFTWARE)
		sk->sk_timestamp |= SK_TIMESTAMP_RX;
	sk_set_tx_mode(sk, SK_TX_STAMPED, t.flags & TX_STAMPS);
	dev_pacing_start();
	return 0;
}

static int set_timestamping(struct sock *sk, const void __user *val, u32 len)
{
	return set_flags(sk, val, len, false);
}

static int set_timestamping_new(struct sock *sk, const void __user *val, u32 len)
{
	return set_flags(sk, val, len, true);
}

static int get_timestamping(struct sock *sk, void __user *val, u32 *len)
{
	struct so_timestamping t = { .flags = sk->sk_tsflags };

	return sockopt_put(&t, sizeof(t), val, len);
}

/* What was set by the old number is not told. */
static int get_timestamping_new(struct sock *sk, void __user *val, u32 *len)
{
	struct so_timestamping t = { .flags = sk->sk_tstamp_new ? sk->sk_tsflags : 0 };

	return sockopt_put(&t, sizeof(t), val, len);
}

static int set_timestamp_new(struct sock *sk, s32 value)
{
	return sock_set_stamps(sk, value, SK_TIMESTAMP_US, true);
}

static int set_timestampns_new(struct sock *sk, s32 value)
{
	return sock_set_stamps(sk, value, SK_TIMESTAMP_NS, true);
}

/* As on Linux this one does not tell microseconds from nanoseconds. */
static int get_timestamp_new(struct sock *sk)
{
	return (sk->sk_timestamp & (SK_TIMESTAMP_US | SK_TIMESTAMP_NS)) && sk->sk_tstamp_new;
}

static int get_timestampns_new(struct sock *sk)
{
	return (sk->sk_timestamp & SK_TIMESTAMP_NS) && sk->sk_tstamp_new;
}

struct sock_txtime {
	s32 clockid;
	u32 flags;
};

enum clockid {
	CLOCK_REALTIME = 0,
	CLOCK_MONOTONIC = 1,
	CLOCK_TAI = 11 /* as far ahead of UTC as Linux's before somebody sets that: not at all */
};

static int set_txtime(struct sock *sk, const void __user *val, u32 len)
{
	struct sock_txtime t;
	u64 now;

	if (len != sizeof(t))
		return -EINVAL;
	if (copy_from_user(&t, val, sizeof(t)) < 0)
		return -EFAULT;
	if (t.flags & ~(u32)(SOF_TXTIME_DEADLINE_MODE | SOF_TXTIME_REPORT_ERRORS))
		return -EINVAL;
	if (t.clockid != CLOCK_REALTIME && t.clockid != CLOCK_MONOTONIC && t.clockid != CLOCK_TAI)
		return -EINVAL;
	clock_realtime_start();
	now = clock_ns();
	sk->sk_txtime.clockid = t.clockid;
	sk->sk_txtime.flags = t.flags;
	sk->sk_txtime.ahead_ns = t.clockid == CLOCK_MONOTONIC ? 0 : clock_realtime_ns() - now;
	sk_set_tx_mode(sk, SK_TX_TIMED, true);
	dev_pacing_start();
	return 0;
}

static int get_txtime(struct sock *sk, void __user *val, u32 *len)
{
	struct sock_txtime t = { sk->sk_txtime.clockid, sk->sk_txtime.flags };

	return sockopt_put(&t, sizeof(t), val, len);
}

static const struct sockopt options[] = {
	{ SO_TXTIME, OPT_BYTES, .set_bytes = set_txtime, .get_bytes = get_txtime },
	{ SO_TIMESTAMPING, OPT_BYTES, .set_bytes = set_timestamping,
		.get_bytes = get_timestamping },
	{ SO_TIMESTAMP_NEW, OPT_FLAG, .set = set_timestamp_new, .get = get_timestamp_new },
	{ SO_TIMESTAMPNS_NEW, OPT_FLAG, .set = set_timestampns_new, .get = get_timestampns_new },
	{ SO_TIMESTAMPING_NEW, OPT_BYTES, .set_bytes = set_timestamping_new,
		.get_bytes = get_timestamping_new },
};

/* ---- sending ----------------------------------------------------------------------------- */

static void begin_wish(struct sock *sk)
{
	if (sk->sk_tx_modes & SK_TX_WISH)
		return;
	sk->sk_wish.tsflags = sk->sk_tsflags;
	sk->sk_wish.has_key = false;
	sk->sk_wish.txtime = 0;
	sk_set_tx_mode(sk, SK_TX_WISH, true);
	dev_pacing_start();
}

static int wish_time(struct sock *sk, const struct cmsghdr *c)
{
	if (!(sk->sk_tx_modes & SK_TX_TIMED) || c->len != CMSG_LEN(sizeof(u64)))
		return -EINVAL;
	begin_wish(sk);
	memcpy(&sk->sk_wish.txtime, c + 1, sizeof(u64));
	return 0;
}

static int wish(struct sock *sk, const struct cmsghdr *c)
{
	u32 value;

	if (c->type == SO_TXTIME)
		return wish_time(sk, c);
	if (c->len != CMSG_LEN(sizeof(value)))
		return -EINVAL;
	memcpy(&value, c + 1, sizeof(value));
	if (c->type == SCM_TS_OPT_ID) {
		if (!(sk->sk_tsflags & SOF_TIMESTAMPING_OPT_ID))
			return -EINVAL;
		begin_wish(sk);
		sk->sk_wish.key = value;
		sk->sk_wish.has_key = true;
		return 0;
	}
	if (value & ~(u32)TX_RECORD)
		return -EINVAL;
	begin_wish(sk);
	sk->sk_wish.tsflags = (sk->sk_wish.tsflags & ~(u32)TX_RECORD) | value;
	return 0;
}

static bool is_wish(const struct cmsghdr *c)
{
	return c->level == SOL_SOCKET &&
	       (c->type == SO_TIMESTAMPING || c->type == SO_TIMESTAMPING_NEW ||
		       c->type == SCM_TS_OPT_ID || c->type == SO_TXTIME);
}

static int cmsg_send(struct sock *sk, const struct msghdr *msg, struct ipcm_cookie *ipc)
{
	size_t left = msg->controllen;
	const u8 *at = msg->control;
	int err = 0;

	while (!err && left >= sizeof(struct cmsghdr)) {
		const struct cmsghdr *c = (const void *)at;
		struct msghdr one = { .control = (void *)(uintptr_t)at, .controllen = c->len };
		size_t step;

		if (c->len < sizeof(*c) || c->len > left)
			return -EINVAL;
		err = is_wish(c) ? wish(sk, c) : ip_cmsg_send(&one, ipc);
		step = min(CMSG_ALIGN(c->len), left);
		at += step;
		left -= step;
	}
	return err;
}

/* Of a GSO burst the first datagram is marked, as where Linux cuts it for the card. */
static void mark(struct sock *sk, struct sk_buff *skb)
{
	bool own = sk->sk_tx_modes & SK_TX_WISH;
	u32 flags = own ? sk->sk_wish.tsflags : sk->sk_tsflags;

	skb->tx_flags = 0;
	if (sk->sk_tx_modes & SK_TX_TIMED) {
		skb->tx_flags = SKBTX_TIME;
		skb->tstamp = own ? sk->sk_wish.txtime : 0;
	}
	if (sk->sk_tx_modes & SK_TX_BURST)
		return;
	if (flags & SOF_TIMESTAMPING_TX_SOFTWARE)
		skb->tx_flags |= SKBTX_SND;
	if (flags & SOF_TIMESTAMPING_TX_SCHED)
		skb->tx_flags |= SKBTX_SCHED;
	if ((flags & TX_STAMPS) && (sk->sk_tsflags & SOF_TIMESTAMPING_OPT_ID))
		skb->tskey = own && sk->sk_wish.has_key ? sk->sk_wish.key : sk->sk_tskey++;
}

static void stamp(const struct sk_buff *skb, enum scm_tstamp where)
{
	u32 flags = skb->sk->sk_tsflags;
	struct sock_extended_err ee = { .ee_errno = ENOMSG,
		.ee_origin = SO_EE_ORIGIN_TIMESTAMPING,
		.ee_info = where,
		.ee_data = flags & SOF_TIMESTAMPING_OPT_ID ? skb->tskey : 0 };

	sock_queue_tx_err(skb, &ee, !(flags & SOF_TIMESTAMPING_OPT_TSONLY), clock_realtime_ns());
}

/* As on Linux the record's time stamp is the time that was asked for. */
static void txtime_error(const struct sk_buff *skb, u32 err, enum so_ee_txtime code)
{
	struct sock_extended_err ee = { .ee_errno = err,
		.ee_origin = SO_EE_ORIGIN_TXTIME,
		.ee_code = (u8)code,
		.ee_info = (u32)skb->tstamp,
		.ee_data = (u32)(skb->tstamp >> 32) };

	if (skb->sk->sk_txtime.flags & SOF_TXTIME_REPORT_ERRORS)
		sock_queue_tx_err(skb, &ee, true, skb->tstamp);
}

/* ---- receiving --------------------------------------------------------------------------- */

/* The other two would be hardware's. */
struct scm_timestamping {
	struct {
		s64 sec, nsec;
	} ts[3];
};

static void recv_stamp(struct msghdr *msg, const struct sock *sk, u64 ns, bool error_queue)
{
	struct scm_timestamping t = { .ts[0] = { (s64)(ns / NSEC_PER_SEC),
					      (s64)(ns % NSEC_PER_SEC) } };
	u32 flags = sk->sk_tsflags;
	bool wanted = error_queue || (flags & SOF_TIMESTAMPING_RX_SOFTWARE) ||
		      !(flags & SOF_TIMESTAMPING_OPT_RX_FILTER);

	if (ns && wanted && (flags & SOF_TIMESTAMPING_SOFTWARE))
		put_cmsg(msg, SOL_SOCKET, sk->sk_tstamp_new ? SO_TIMESTAMPING_NEW : SO_TIMESTAMPING,
			&t, sizeof(t));
}

static void timestamping_init(void)
{
	static const struct timestamping_ops ops = { .cmsg_send = cmsg_send,
		.mark = mark,
		.stamp = stamp,
		.txtime_error = txtime_error,
		.recv = recv_stamp };

	timestamping_ops = &ops;
	part_options.option = options;
	part_options.n = ARRAY_SIZE(options);
}

PART(timestamping) = { .name = "errqueue", .init = timestamping_init };
