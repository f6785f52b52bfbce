/* SPDX-License-Identifier: MIT
 * sockopt.c - socket options: how tables of them are used.
 * Not here: those of every socket (sock_options.c), what is a family's own (inet_sockopt.c, packet_sockopt.c, af_netlink.c).
 * socket_calls.c calls in.
 * Source: socket(7); the numbers are Linux's for x86_64, so are the checks and their order. */
#include "net/socket/sockopt.h"
#include "kernel/lib/string.h"

/* ---- tables ------------------------------------------------------------------------------ */

/* Returns the option, or NULL; *table: where it is, or the last one of its level, or NULL. */
static const struct sockopt *find(
	const struct socket *sock, int level, int name, const struct sockopt_table **table)
{
	*table = NULL;
	for (const struct sockopt_table *const *t = sock->ops->options; *t; t++) {
		if ((*t)->level != level)
			continue;
		*table = *t;
		for (u32 i = 0; i < (*t)->n; i++)
			if ((*t)->option[i].name == name)
				return &(*t)->option[i];
	}
	return NULL;
}

/* BSD's options of IP are one byte, and no byte is 0; Linux takes all three forms. */
static int get_integer(s32 *value, const void __user *val, u32 len, u32 least)
{
	*value = 0;
	if (len < least)
		return -EINVAL;
	if (len == 0)
		return 0;
	return copy_from_user(value, val, len >= sizeof(*value) ? sizeof(*value) : 1);
}

int sockopt_put(const void *value, u32 len_is, void __user *val, u32 *len)
{
	*len = min(*len, len_is);
	return copy_to_user(val, value, *len);
}

/* ---- what is no number --------------------------------------------------------------------- */

struct timeval {
	s64 sec, usec;
};

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

static int put_timeout(u64 timeout_ns, void __user *val, u32 *len)
{
	struct timeval t = { 0, 0 };

	if (timeout_ns != UINT64_MAX)
		t = (struct timeval){ (s64)(timeout_ns / NSEC_PER_SEC),
			(s64)(timeout_ns % NSEC_PER_SEC / NSEC_PER_USEC) };
	return sockopt_put(&t, sizeof(t), val, len);
}

static int set_bytes(const struct sockopt *o, struct sock *sk, const void __user *val, u32 len)
{
	void *member = (u8 *)sk + o->at;

	if (o->flags & OPT_RO)
		return -ENOPROTOOPT;
	if (o->flags & OPT_TIMEOUT)
		return set_timeout(member, val, len);
	if (o->set_bytes)
		return o->set_bytes(sk, val, len);
	return len < o->size ? -EINVAL : copy_from_user(member, val, o->size);
}

static int get_bytes(const struct sockopt *o, struct sock *sk, void __user *val, u32 *len)
{
	const void *member = (const u8 *)sk + o->at;

	if (o->flags & OPT_TIMEOUT)
		return put_timeout(*(const u64 *)member, val, len);
	return o->get_bytes ? o->get_bytes(sk, val, len) : sockopt_put(member, o->size, val, len);
}

/* ---- the two calls ------------------------------------------------------------------------- */

static int set_option(struct socket *sock, int level, int name, const void __user *val, u32 len)
{
	const struct sockopt_table *table;
	const struct sockopt *o = find(sock, level, name, &table);
	struct sock *sk = sock->sk;
	s32 value;
	int err;

	if (!table && sock->ops->family == AF_UNIX)
		return -EOPNOTSUPP;
	if (!o && (!table || table->least == 0))
		return -ENOPROTOOPT;
	err = o && (o->flags & OPT_NAME) ? 0 : get_integer(&value, val, len, table->least);
	if (err)
		return err;
	if (o && (o->flags & (OPT_BYTES | OPT_TIMEOUT)))
		return set_bytes(o, sk, val, len);
	if (!o || (o->flags & OPT_RO))
		return -ENOPROTOOPT;
	if (len == 0 && (o->flags & OPT_NONEMPTY))
		return -EINVAL;
	if (o->flags & OPT_FLAG)
		value = value != 0;
	else if (o->low < o->high && (value < o->low || value > o->high))
		return -EINVAL;
	if (o->set)
		return o->set(sk, value);
	memcpy((u8 *)sk + o->at, &value, o->size); /* x86_64 puts the low byte first */
	return 0;
}

int sock_setsockopt(struct socket *sock, int level, int name, const void __user *val, u32 len)
{
	int err = set_option(sock, level, name, val, len);

	if (!err && sock->ops->forget_route)
		sock->ops->forget_route(sock);
	return err;
}

int sock_getsockopt(struct socket *sock, int level, int name, void __user *val, u32 *len)
{
	const struct sockopt_table *table;
	const struct sockopt *o = find(sock, level, name, &table);
	struct sock *sk = sock->sk;
	s32 value = 0;

	if (!table && (sock->ops->family == AF_INET || sock->ops->family == AF_UNIX))
		return -EOPNOTSUPP; /* as on Linux */
	if (!o || (o->flags & OPT_WO))
		return -ENOPROTOOPT;
	if (o->flags & (OPT_BYTES | OPT_TIMEOUT))
		return get_bytes(o, sk, val, len);
	if (*len < table->room)
		return -EINVAL;
	memcpy(&value, (u8 *)sk + o->at, o->size);
	if (o->get) {
		value = o->get(sk);
		if (value < 0)
			return value;
	}
	if (table->least < sizeof(value) && *len < sizeof(value) && value >= 0 && value <= 255)
		return sockopt_put(&value, 1, val, len);
	return sockopt_put(&value, sizeof(value), val, len);
}
