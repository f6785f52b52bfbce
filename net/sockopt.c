/* SPDX-License-Identifier: MIT
 * sockopt.c - socket options: those of every socket, and AF_INET's.
 * Not here: what they change; each layer reads its own member.
 * af_inet.c's operations point here.
 * Source: socket(7), ip(7), udp(7); the numbers are Linux's for x86_64. */
#include "net/sockopt.h"
#include "kernel/lib/string.h"
#include "net/af_inet.h"
#include "net/wire/ip.h"

enum sockopt_level {
	SOL_IP = 0,
	SOL_SOCKET = 1,
	SOL_UDP = 17
};

enum socket_option {
	SO_REUSEADDR = 2,
	SO_TYPE = 3,
	SO_ERROR = 4,
	SO_BROADCAST = 6,
	SO_SNDBUF = 7,
	SO_RCVBUF = 8,
	SO_NO_CHECK = 11,
	SO_RCVTIMEO = 20,
	SO_SNDTIMEO = 21,
	SO_PROTOCOL = 38,
	SO_DOMAIN = 39
};

enum ip_option {
	IP_TOS = 1,
	IP_TTL = 2,
	IP_MTU_DISCOVER = 10,
	IP_MULTICAST_TTL = 33
};

#define BUF_MAX     (1 << 20)
#define TTL_DEFAULT -1

struct timeval {
	s64 sec, usec;
};

/* ---- setting ----------------------------------------------------------------------------- */

/* Linux doubles what it is given, for its own overhead, and tells the double. */
static u32 buffer_size(s32 asked)
{
	return max((u32)min(asked < 0 ? 0 : asked, BUF_MAX) * 2, (u32)SK_BUF_MIN);
}

static int set_timeout(u64 *timeout_ns, const void __user *val, u32 len)
{
	struct timeval t;

	if (len < sizeof(t))
		return -EINVAL;
	if (copy_from_user(&t, val, sizeof(t)) < 0)
		return -EFAULT;
	if (t.usec < 0 || t.usec >= 1000000)
		return -EDOM;
	if (t.sec < 0)
		*timeout_ns = 0;
	else if (t.sec == 0 && t.usec == 0)
		*timeout_ns = UINT64_MAX;
	else
		*timeout_ns = (u64)min(t.sec, (s64)UINT32_MAX) * NSEC_PER_SEC +
			      (u64)t.usec * NSEC_PER_USEC;
	return 0;
}

static int set_socket(struct sock *sk, int name, s32 value)
{
	switch (name) {
	case SO_REUSEADDR:
		sk->sk_reuse = value != 0;
		return 0;
	case SO_BROADCAST:
		sk->sk_broadcast = value != 0;
		return 0;
	case SO_SNDBUF:
		sk->sk_sndbuf = buffer_size(value);
		return 0;
	case SO_RCVBUF:
		sk->sk_rcvbuf = buffer_size(value);
		return 0;
	case SO_NO_CHECK:
		sk->sk_no_check_tx = value != 0;
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

static int set_ttl(u8 *ttl, s32 value, s32 low, u8 preset)
{
	if (value != TTL_DEFAULT && (value < low || value > 255))
		return -EINVAL;
	*ttl = value == TTL_DEFAULT ? preset : (u8)value;
	return 0;
}

static int set_ip(struct inet_sock *inet, int name, s32 value)
{
	switch (name) {
	case IP_TOS:
		inet->tos = (u8)value;
		return 0;
	case IP_TTL:
		return set_ttl(&inet->uc_ttl, value, 1, IPDEFTTL);
	case IP_MULTICAST_TTL:
		return set_ttl(&inet->mc_ttl, value, 0, 1);
	case IP_MTU_DISCOVER:
		if (value < IP_PMTUDISC_DONT || value > IP_PMTUDISC_PROBE)
			return -EINVAL;
		inet->pmtudisc = (u8)value;
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

/* BSD's options of IP are one byte; Linux takes both. */
static int get_integer(s32 *value, const void __user *val, u32 len, u32 least)
{
	u8 byte;

	if (len < least)
		return -EINVAL;
	if (len >= sizeof(*value))
		return copy_from_user(value, val, sizeof(*value));
	if (copy_from_user(&byte, val, sizeof(byte)) < 0)
		return -EFAULT;
	*value = byte;
	return 0;
}

int sock_setsockopt(struct socket *sock, int name, const void __user *val, u32 len)
{
	struct sock *sk = sock->sk;
	s32 value;
	int err;

	if (name == SO_RCVTIMEO)
		return set_timeout(&sk->sk_rcvtimeo, val, len);
	if (name == SO_SNDTIMEO)
		return set_timeout(&sk->sk_sndtimeo, val, len);
	err = get_integer(&value, val, len, sizeof(value));
	return err ? err : set_socket(sk, name, value);
}

int inet_setsockopt(struct socket *sock, int level, int name, const void __user *val, u32 len)
{
	s32 value;
	int err = -ENOPROTOOPT;

	if (level == SOL_SOCKET) {
		err = sock_setsockopt(sock, name, val, len);
	} else if (level == SOL_IP) {
		err = get_integer(&value, val, len, 1);
		if (!err)
			err = set_ip(inet_sk(sock->sk), name, value);
	}
	if (!err) /* TTL, TOS and others are in the flow's headers */
		inet_forget_route(inet_sk(sock->sk));
	return err;
}

/* ---- getting ----------------------------------------------------------------------------- */

static int get_socket(struct sock *sk, int name, s32 *value)
{
	switch (name) {
	case SO_REUSEADDR:
		*value = sk->sk_reuse;
		return 0;
	case SO_TYPE:
		*value = sk->sk_type;
		return 0;
	case SO_ERROR:
		*value = -sock_error(sk);
		return 0;
	case SO_BROADCAST:
		*value = sk->sk_broadcast;
		return 0;
	case SO_SNDBUF:
		*value = (s32)sk->sk_sndbuf;
		return 0;
	case SO_RCVBUF:
		*value = (s32)sk->sk_rcvbuf;
		return 0;
	case SO_NO_CHECK:
		*value = sk->sk_no_check_tx;
		return 0;
	case SO_PROTOCOL:
		*value = sk->sk_protocol;
		return 0;
	case SO_DOMAIN:
		*value = sk->sk_socket->ops->family;
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

static int get_ip(const struct inet_sock *inet, int name, s32 *value)
{
	switch (name) {
	case IP_TOS:
		*value = inet->tos;
		return 0;
	case IP_TTL:
		*value = inet->uc_ttl;
		return 0;
	case IP_MULTICAST_TTL:
		*value = inet->mc_ttl;
		return 0;
	case IP_MTU_DISCOVER:
		*value = inet->pmtudisc;
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

static int put_timeout(u64 timeout_ns, void __user *val, u32 *len)
{
	struct timeval t = { 0, 0 };

	if (timeout_ns != UINT64_MAX)
		t = (struct timeval){ (s64)(timeout_ns / NSEC_PER_SEC),
			(s64)(timeout_ns % NSEC_PER_SEC / NSEC_PER_USEC) };
	*len = min(*len, (u32)sizeof(t));
	return copy_to_user(val, &t, *len);
}

static int put_integer(s32 value, void __user *val, u32 *len)
{
	*len = min(*len, (u32)sizeof(value));
	return copy_to_user(val, &value, *len);
}

int sock_getsockopt(struct socket *sock, int name, void __user *val, u32 *len)
{
	s32 value;
	int err;

	if (name == SO_RCVTIMEO)
		return put_timeout(sock->sk->sk_rcvtimeo, val, len);
	if (name == SO_SNDTIMEO)
		return put_timeout(sock->sk->sk_sndtimeo, val, len);
	err = get_socket(sock->sk, name, &value);
	return err ? err : put_integer(value, val, len);
}

int inet_getsockopt(struct socket *sock, int level, int name, void __user *val, u32 *len)
{
	s32 value;
	int err;

	if (level == SOL_SOCKET)
		return sock_getsockopt(sock, name, val, len);
	if (level != SOL_IP)
		return -EOPNOTSUPP;
	err = get_ip(inet_sk(sock->sk), name, &value);
	return err ? err : put_integer(value, val, len);
}
