/* SPDX-License-Identifier: MIT
 * socket_calls.c - a socket as a file, and the calls that neither send nor receive.
 * Not here: sending (socket.c), receiving (socket_recv.c).
 * kernel/entry/syscall.c calls in; calls the family's operations past the security hooks.
 * Source: the Linux man pages, section 2. Behaves as Linux in the order of checks. */
#include "kernel/security/security.h"
#include "net/device/dev.h"
#include "net/socket/socket_user.h"
#include "net/socket/sockopt.h"
#include "net/wire/netlink.h"

/* ---- a socket is a file ------------------------------------------------------------------ */

static ssize sock_read(struct file *file, void __user *buf, size_t len)
{
	struct msghdr msg = { .at = buf, .at_len = len };

	if (len == 0)
		return 0; /* and what waits stays, as on Linux; recv would take it */
	if (file->flags & O_NONBLOCK)
		msg.flags |= MSG_DONTWAIT;
	return sock_recvmsg(file->private_data, &msg, len);
}

static ssize sock_write(struct file *file, const void __user *buf, size_t len)
{
	struct msghdr msg = { .at = (void *)(uintptr_t)buf, .at_len = len };

	if (file->flags & O_NONBLOCK)
		msg.flags |= MSG_DONTWAIT;
	return sock_sendmsg(file->private_data, &msg, len);
}

/* All pieces are one datagram. */
static long move_pieces(struct file *file, u64 uiov, u64 n,
	ssize (*move)(struct socket *sock, struct msghdr *msg, size_t len))
{
	ssize len = import_iovec(uiov, n);
	struct msghdr msg = { .unusual = true, .iov = iov_buffer, .iov_n = n };

	if (len < 0)
		return len == -EMSGSIZE ? -EINVAL : len; /* readv and writev name it so */
	if (len == 0)
		return 0; /* neither way anything is moved, not even an empty datagram */
	if (file->flags & O_NONBLOCK)
		msg.flags |= MSG_DONTWAIT;
	return move(file->private_data, &msg, (size_t)len);
}

static long sock_readv(struct file *file, u64 iov, u64 n)
{
	return move_pieces(file, iov, n, sock_recvmsg);
}

static long sock_writev(struct file *file, u64 iov, u64 n)
{
	return move_pieces(file, iov, n, sock_sendmsg);
}

static u32 sock_poll(struct file *file, u32 wanted)
{
	struct socket *sock = file->private_data;

	return sock->ops->poll(sock, wanted);
}

#define SIOCINQ  0x541b
#define SIOCOUTQ 0x5411

/* How long the next datagram is. */
static s32 next_len(const struct socket *sock)
{
	const struct sk_buff *skb;

	net_poll();
	skb = sock->sk->sk_receive_queue.first;
	return skb ? (s32)(skb->len + skb->frags_len - sock->ops->rcv_header) : 0;
}

long (*dev_ioctl)(struct net *net, u32 cmd, u64 arg);

static long sock_ioctl(struct file *file, u32 cmd, u64 arg)
{
	const struct socket *sock = file->private_data;
	s32 len;

	if ((cmd != SIOCINQ && cmd != SIOCOUTQ) || sock->ops->family == AF_NETLINK)
		return dev_ioctl ? dev_ioctl(sock->sk->sk_net, cmd, arg) : -ENOTTY;
	len = cmd == SIOCINQ ? next_len(sock) : (s32)sock->sk->sk_wmem;
	return copy_to_user((void *)arg, &len, sizeof(len));
}

static void sock_close(struct file *file)
{
	sock_release(file->private_data);
}

const struct file_operations socket_file_ops = {
	.read = sock_read,
	.write = sock_write,
	.readv = sock_readv,
	.writev = sock_writev,
	.poll = sock_poll,
	.ioctl = sock_ioctl,
	.release = sock_close,
	.mode = S_IFSOCK | 0777,
};

/* ---- system calls ------------------------------------------------------------------------ */

long sys_bind(int fd, u64 addr, u32 len)
{
	struct sockaddr_storage kaddr;
	long err = 0;
	struct socket *sock = sockfd_lookup(fd, &err);

	if (!sock)
		return err;
	err = move_addr_to_kernel(addr, len, &kaddr) ?: security_socket_bind(sock, &kaddr, len);
	if (err)
		return err;
	return sock->ops->bind ? sock->ops->bind(sock, &kaddr, len) : -EOPNOTSUPP;
}

/* The address before the question whether it is a socket: as on Linux. */
long sys_connect(int fd, u64 addr, u32 len)
{
	struct sockaddr_storage kaddr;
	long err = 0, bad_addr = move_addr_to_kernel(addr, len, &kaddr);
	struct socket *sock = sockfd_lookup(fd, &err);

	if (err != -EBADF && bad_addr)
		return bad_addr;
	if (!sock)
		return err;
	err = security_socket_connect(sock, &kaddr, len);
	if (err)
		return err;
	return sock->ops->connect ? sock->ops->connect(sock, &kaddr, len) : -EOPNOTSUPP;
}

/* listen, accept: there are no streams. */
long sys_listen(int fd)
{
	long err = 0;

	return sockfd_lookup(fd, &err) ? -EOPNOTSUPP : err;
}

long sys_accept4(int fd, u64 addr, u64 len, u32 flags)
{
	bool unknown = flags & ~(u32)(SOCK_CLOEXEC | SOCK_NONBLOCK);

	return file_of(fd) && unknown ? -EINVAL : sys_listen(fd);
}

static long getname(int fd, u64 addr, u64 len, bool peer)
{
	struct sockaddr_storage kaddr;
	long err = 0;
	struct socket *sock = sockfd_lookup(fd, &err);
	int klen;

	if (!sock)
		return err;
	klen = sock->ops->getname(sock, &kaddr, peer);
	return klen < 0 ? klen : move_addr_to_user(&kaddr, (u32)klen, addr, len);
}

long sys_getsockname(int fd, u64 addr, u64 len)
{
	return getname(fd, addr, len, false);
}

long sys_getpeername(int fd, u64 addr, u64 len)
{
	return getname(fd, addr, len, true);
}

long sys_shutdown(int fd, int how)
{
	long err = 0;
	struct socket *sock = sockfd_lookup(fd, &err);

	if (!sock)
		return err;
	return sock->ops->shutdown ? sock->ops->shutdown(sock, how) : -EOPNOTSUPP;
}

long sys_setsockopt(int fd, int level, int name, u64 val, u32 len)
{
	long err = 0;
	struct socket *sock = sockfd_lookup(fd, &err);

	if (!sock)
		return err;
	if ((s32)len < 0)
		return -EINVAL;
	return sock_setsockopt(sock, level, name, (const void *)val, len);
}

long sys_getsockopt(int fd, int level, int name, u64 val, u64 len)
{
	long err = 0;
	struct socket *sock = sockfd_lookup(fd, &err);
	u32 room;

	if (!sock)
		return err;
	if (copy_from_user(&room, (const void *)len, sizeof(room)) < 0)
		return -EFAULT;
	if ((s32)room < 0)
		return -EINVAL;
	err = sock_getsockopt(sock, level, name, (void *)val, &room);
	return err ? err : copy_to_user((void *)len, &room, sizeof(room));
}
