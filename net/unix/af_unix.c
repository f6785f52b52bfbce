/* SPDX-License-Identifier: MIT
 * af_unix.c - the family AF_UNIX, as far as one process needs it: a handle for ioctl, and /dev/log.
 * Not here: sockets that two ends share: there is no second process.
 * socket.c calls its operations, main.c registers it. Calls console.c.
 * Source: unix(7), syslog(3). Behaves as Linux in the order of checks. */

#include "kernel/console/console.h"
#include "kernel/fs/memfile.h"
#include "kernel/fs/procfile.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "net/core/part.h"
#include "net/socket/datagram.h"
#include "net/socket/socket.h"
#include "net/socket/sockopt.h"

#define DEV_LOG  "/dev/log"
#define PATH_OFF 2 /* of a struct sockaddr_un */
#define PATH_LEN 108
#define CHUNK    256

struct unix_sock {
	struct sock sk;
	bool connected; /* to DEV_LOG */
};

static struct slab unix_slab = SLAB(struct unix_sock);

static struct unix_sock *unix_sk(const struct socket *sock)
{
	return (struct unix_sock *)sock->sk;
}

/* The only listener is syslog (/dev/log). */
static int find_peer(const struct socket *sock, const struct sockaddr_storage *addr, u32 len)
{
	char path[PATH_LEN + 1];

	if (len <= PATH_OFF || len > PATH_OFF + PATH_LEN || addr->family != AF_UNIX)
		return -EINVAL;
	len -= PATH_OFF;
	memcpy(path, addr->bytes + PATH_OFF, len);
	path[len] = '\0'; /* the program may leave it out */
	if (strcmp(path, DEV_LOG) == 0)
		return sock->type == SOCK_DGRAM ? 0 : -EPROTOTYPE;
	return !path[0] || memfile_find(path) || proc_find(memfile_path) ? -ECONNREFUSED : -ENOENT;
}

static int unix_connect(struct socket *sock, const struct sockaddr_storage *addr, u32 len)
{
	bool disconnect = len >= sizeof(addr->family) && addr->family == AF_UNSPEC;
	int err = disconnect ? 0 : find_peer(sock, addr, len);

	if (!err)
		unix_sk(sock)->connected = !disconnect;
	return err;
}

static int unix_getname(struct socket *sock, struct sockaddr_storage *addr, bool peer)
{
	if (peer && !unix_sk(sock)->connected)
		return -ENOTCONN;
	addr->family = AF_UNIX;
	memcpy(addr->bytes + PATH_OFF, DEV_LOG, sizeof(DEV_LOG));
	return PATH_OFF + (peer ? sizeof(DEV_LOG) : 0);
}

/* A message is a line of the console. */
static int write_log(struct msghdr *msg, size_t len)
{
	char chunk[CHUNK];

	if (!console_at_line_start())
		console_write("\n", 1);
	while (len > 0) {
		size_t n = min(len, sizeof(chunk));

		if (memcpy_from_msg(chunk, msg, n) < 0)
			return -EFAULT;
		console_write(chunk, n);
		len -= n;
	}
	if (!console_at_line_start())
		console_write("\n", 1);
	return 0;
}

static ssize unix_sendmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	int err = 0;

	if (msg->flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (msg->name)
		err = find_peer(sock, msg->name, msg->namelen);
	else if (!unix_sk(sock)->connected)
		err = -ENOTCONN;
	if (sock->sk->sk_shutdown & SEND_SHUTDOWN)
		err = -EPIPE;
	if (!err)
		err = write_log(msg, len);
	return err ? err : (ssize)len;
}

/* Nothing ever arrives. */
static ssize unix_recvmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	int err;

	if (sock->type != SOCK_DGRAM)
		return -EINVAL;
	skb_recv_datagram(sock->sk, msg->flags, &err);
	return err;
}

static u32 unix_poll(struct socket *sock, u32 wanted)
{
	return POLLOUT | POLLWRNORM |
	       (sock->sk->sk_shutdown & RCV_SHUTDOWN ? POLLIN | POLLRDNORM : 0);
}

static int unix_shutdown(struct socket *sock, int how)
{
	if (how < 0 || how >= SHUTDOWN_MASK)
		return -EINVAL;
	sock->sk->sk_shutdown |= (u8)(how + 1);
	return 0;
}

static void unix_release(struct socket *sock)
{
	sock_put(sock->sk);
}

static void unix_free(struct sock *sk)
{
	slab_free(&unix_slab, sk);
}

static const struct sockopt_table *const unix_options[] = { &part_options, &socket_options, NULL };

static const struct proto_ops unix_ops = {
	.family = AF_UNIX,
	.release = unix_release,
	.connect = unix_connect,
	.getname = unix_getname,
	.poll = unix_poll,
	.shutdown = unix_shutdown,
	.options = unix_options,
	.sendmsg = unix_sendmsg,
	.recvmsg = unix_recvmsg,
};

static const struct proto unix_proto = { .name = "UNIX", .free = unix_free };

static int unix_create(struct net *net, struct socket *sock, int protocol)
{
	struct unix_sock *u;

	if (protocol != 0 && protocol != AF_UNIX)
		return -EPROTONOSUPPORT;
	if (sock->type == SOCK_RAW)
		sock->type = SOCK_DGRAM;
	if (sock->type != SOCK_DGRAM && sock->type != SOCK_STREAM && sock->type != SOCK_SEQPACKET)
		return -ESOCKTNOSUPPORT;
	u = slab_alloc(&unix_slab);
	if (!u)
		return -ENOMEM;
	sock->ops = &unix_ops;
	sock->sk = &u->sk;
	sock_init_data(&u->sk, sock, net, &unix_proto, sock->type);
	return 0;
}

static const struct net_proto_family unix_family = { .family = AF_UNIX, .create = unix_create };

static void af_unix_init(void)
{
	BUG_ON(sock_register(&unix_family) != 0);
}

PART(af_unix) = { .name = "unix", .init = af_unix_init };
