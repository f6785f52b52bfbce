/* SPDX-License-Identifier: MIT
 * sock_options.c - SOL_SOCKET: the options of every socket.
 * Not here: how tables of options are used (sockopt.c), what is a family's own (inet_sockopt.c, packet_sockopt.c).
 * sockopt.c calls in.
 * Source: socket(7); the numbers are Linux's for x86_64, so are the checks and their order. */
#include "kernel/lib/string.h"
#include "net/device/dev.h"
#include "net/socket/sockopt.h"

/* Linux doubles what it is given, for its own overhead, and tells the double. */
static u32 doubled(u32 asked, u32 least)
{
	return max(min(asked, (u32)INT32_MAX / 2) * 2, least);
}

/* A negative size is a very large one, unless it is forced: as on Linux. */
static int set_sndbuf(struct sock *sk, s32 value)
{
	sk->sk_sndbuf = doubled(min((u32)value, (u32)SK_SNDBUF_DEFAULT), SK_SNDBUF_MIN);
	sock_update_wmem(sk);
	return 0;
}

static int force_sndbuf(struct sock *sk, s32 value)
{
	sk->sk_sndbuf = doubled((u32)max(value, 0), SK_SNDBUF_MIN);
	sock_update_wmem(sk);
	return 0;
}

static int set_rcvbuf(struct sock *sk, s32 value)
{
	sk->sk_rcvbuf = doubled(min((u32)value, (u32)SK_RCVBUF_DEFAULT), SK_RCVBUF_MIN);
	return 0;
}

static int force_rcvbuf(struct sock *sk, s32 value)
{
	sk->sk_rcvbuf = doubled((u32)max(value, 0), SK_RCVBUF_MIN);
	return 0;
}

static int get_error(struct sock *sk)
{
	return -sock_error(sk);
}

static int get_domain(struct sock *sk)
{
	return sk->sk_socket->ops->family;
}

static int get_one(struct sock *sk)
{
	return 1;
}

int sock_set_stamps(struct sock *sk, s32 value, enum sk_timestamp kind, bool new)
{
	u32 others = sk->sk_timestamp & ~(u32)(SK_TIMESTAMP_US | SK_TIMESTAMP_NS);

	clock_realtime_start();
	if (value)
		sk->sk_tstamp_new = new;
	sk->sk_timestamp = (u8)(others | (value ? kind : 0));
	return 0;
}

static int set_timestamp(struct sock *sk, s32 value)
{
	return sock_set_stamps(sk, value, SK_TIMESTAMP_US, false);
}

static int set_timestampns(struct sock *sk, s32 value)
{
	return sock_set_stamps(sk, value, SK_TIMESTAMP_NS, false);
}

static int get_timestamp(struct sock *sk)
{
	return (sk->sk_timestamp & SK_TIMESTAMP_US) && !sk->sk_tstamp_new;
}

static int get_timestampns(struct sock *sk)
{
	return (sk->sk_timestamp & SK_TIMESTAMP_NS) && !sk->sk_tstamp_new;
}

static int bind_to_index(struct sock *sk, s32 index)
{
	if (index < 0)
		return -EINVAL;
	if (index && !dev_get_by_index(sk->sk_net, index))
		return -ENODEV;
	sk->sk_bound_dev_if = index;
	return 0;
}

/* The name need not end with a zero; an empty one unbinds. */
static int bind_to_device(struct sock *sk, const void __user *val, u32 len)
{
	char name[IFNAMSIZ] = "";
	const struct net_device *dev;

	if (copy_from_user(name, val, min(len, (u32)IFNAMSIZ - 1)) < 0)
		return -EFAULT;
	if (!name[0])
		return bind_to_index(sk, 0);
	dev = dev_get_by_name(sk->sk_net, name, strlen(name));
	return dev ? bind_to_index(sk, dev->ifindex) : -ENODEV;
}

static int get_bound_device(struct sock *sk, void __user *val, u32 *len)
{
	const struct net_device *dev;

	if (!sk->sk_bound_dev_if) {
		*len = 0;
		return 0;
	}
	if (*len < IFNAMSIZ)
		return -EINVAL;
	dev = dev_get_by_index(sk->sk_net, sk->sk_bound_dev_if);
	return dev ? sockopt_put(dev->name, (u32)strlen(dev->name) + 1, val, len) : -ENODEV;
}

/* An int, or a long if there is room for one; all ones of either: no limit. */
static int set_pacing_rate(struct sock *sk, const void __user *val, u32 len)
{
	u64 rate = 0;

	if (len < sizeof(u32))
		return -EINVAL;
	len = len < sizeof(rate) ? sizeof(u32) : sizeof(rate);
	if (copy_from_user(&rate, val, len) < 0)
		return -EFAULT;
	if (!sk_pacing_set)
		return -ENOPROTOOPT;
	return sk_pacing_set(sk, len == sizeof(u32) && rate == UINT32_MAX ? UINT64_MAX : rate);
}

static int get_pacing_rate(struct sock *sk, void __user *val, u32 *len)
{
	u32 low = (u32)min(sk->sk_max_pacing_rate, (u64)UINT32_MAX);

	if (*len < sizeof(sk->sk_max_pacing_rate))
		return sockopt_put(&low, sizeof(low), val, len);
	return sockopt_put(&sk->sk_max_pacing_rate, sizeof(sk->sk_max_pacing_rate), val, len);
}

#define SK(member) OPT_MEMBER(struct sock, member)

static const struct sockopt options[] = {
	{ .name = SO_DEBUG, .flags = OPT_FLAG },
	{ SO_REUSEADDR, OPT_FLAG, SK(sk_reuse) },
	{ SO_TYPE, OPT_RO, SK(sk_type) },
	{ SO_ERROR, OPT_RO, .get = get_error },
	{ SO_DONTROUTE, OPT_FLAG, SK(sk_dontroute) },
	{ SO_BROADCAST, OPT_FLAG, SK(sk_broadcast) },
	{ SO_SNDBUF, 0, SK(sk_sndbuf), .set = set_sndbuf },
	{ SO_RCVBUF, 0, SK(sk_rcvbuf), .set = set_rcvbuf },
	{ SO_KEEPALIVE, OPT_FLAG, SK(sk_keepalive) },
	{ .name = SO_OOBINLINE, .flags = OPT_FLAG },
	{ SO_NO_CHECK, OPT_FLAG, SK(sk_no_check_tx) },
	{ SO_PRIORITY, 0, SK(sk_priority) },
	{ SO_LINGER, OPT_BYTES, SK(sk_linger) },
	{ SO_REUSEPORT, OPT_FLAG, SK(sk_reuseport) },
	{ SO_RCVLOWAT, 0, .get = get_one }, /* datagrams come whole */
	{ SO_SNDLOWAT, OPT_RO, .get = get_one },
	{ SO_RCVTIMEO, OPT_TIMEOUT, SK(sk_rcvtimeo) },
	{ SO_SNDTIMEO, OPT_TIMEOUT, SK(sk_sndtimeo) },
	{ SO_BINDTODEVICE, OPT_BYTES | OPT_NAME, .set_bytes = bind_to_device,
		.get_bytes = get_bound_device },
	{ SO_TIMESTAMP, OPT_FLAG, .set = set_timestamp, .get = get_timestamp },
	{ .name = SO_ACCEPTCONN, .flags = OPT_RO },
	{ SO_SNDBUFFORCE, OPT_WO, .set = force_sndbuf },
	{ SO_RCVBUFFORCE, OPT_WO, .set = force_rcvbuf },
	{ SO_TIMESTAMPNS, OPT_FLAG, .set = set_timestampns, .get = get_timestampns },
	{ SO_MARK, 0, SK(sk_mark) },
	{ SO_PROTOCOL, OPT_RO, SK(sk_protocol) },
	{ SO_DOMAIN, OPT_RO, .get = get_domain },
	{ SO_RXQ_OVFL, OPT_FLAG, SK(sk_rxq_ovfl) },
	{ SO_MAX_PACING_RATE, OPT_BYTES, .set_bytes = set_pacing_rate,
		.get_bytes = get_pacing_rate },
	{ SO_BINDTOIFINDEX, 0, SK(sk_bound_dev_if), .set = bind_to_index },
};

const struct sockopt_table socket_options = { SOL_SOCKET, SOCKOPT_TABLE(options),
	.least = sizeof(s32) };

struct sockopt_table part_options = { SOL_SOCKET, .least = sizeof(s32) };
