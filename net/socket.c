/* SPDX-License-Identifier: MIT
 * socket.c - sockets as the program sees them: descriptors, families, the system calls.
 * Not here: what a family does (af_inet.c), where packets go.
 * kernel/process/syscall.c calls in; calls the family's operations past the security hooks.
 * Source: the Linux man pages, section 2; the order of Linux's checks. */
#include "net/socket.h"
#include "kernel/lib/slab.h"
#include "kernel/process/task.h"
#include "kernel/security.h"

#define SENDTO_MAX INT32_MAX
#define IOV_MAX    1024

static const struct net_proto_family *net_families[PF_MAX];
static struct slab socket_slab = SLAB(struct socket);

/* ---- families --------------------------------------------------------------------------- */

int sock_register(const struct net_proto_family *family)
{
	if ((u32)family->family >= PF_MAX)
		return -ENOBUFS;
	if (net_families[family->family])
		return -EEXIST;
	net_families[family->family] = family;
	return 0;
}

int sock_create(struct net *net, int family, int type, int protocol, struct socket **res)
{
	const struct net_proto_family *pf;
	struct socket *sock;
	int err;

	if ((u32)family >= PF_MAX)
		return -EAFNOSUPPORT;
	if ((u32)type >= SOCK_MAX)
		return -EINVAL;
	err = security_socket_create(family, type, protocol);
	if (err)
		return err;
	pf = net_families[family];
	if (!pf)
		return -EAFNOSUPPORT;
	sock = slab_alloc(&socket_slab);
	if (!sock)
		return -ENOMEM;
	sock->type = (u16)type;
	err = pf->create(net, sock, protocol);
	if (err) {
		slab_free(&socket_slab, sock);
		return err;
	}
	*res = sock;
	return 0;
}

void sock_release(struct socket *sock)
{
	sock->ops->release(sock);
	slab_free(&socket_slab, sock);
}

/* ---- a socket is a file ------------------------------------------------------------------ */

static ssize sock_read(struct file *file, void __user *buf, size_t len)
{
	struct msghdr msg = { .at = buf, .at_len = len };

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

/* One process, and the kernel is not preempted: one call at a time uses it. */
static struct iovec iov_buffer[IOV_MAX];

/* Returns the total length, or negative. */
static ssize import_iovec(u64 uiov, u64 n)
{
	size_t total = 0;

	if (n > IOV_MAX)
		return -EMSGSIZE;
	if (copy_from_user(iov_buffer, (const void *)uiov, n * sizeof(*iov_buffer)) < 0)
		return -EFAULT;
	for (u64 i = 0; i < n; i++) {
		if ((s64)iov_buffer[i].len < 0)
			return -EINVAL;
		iov_buffer[i].len = min(iov_buffer[i].len, (size_t)SENDTO_MAX - total);
		total += iov_buffer[i].len;
	}
	return (ssize)total;
}

/* All pieces are one datagram. */
static long move_pieces(struct file *file, u64 uiov, u64 n,
	ssize (*move)(struct socket *sock, struct msghdr *msg, size_t len))
{
	ssize len = import_iovec(uiov, n);
	struct msghdr msg = { .iov = iov_buffer, .iov_n = n };

	if (len < 0)
		return len == -EMSGSIZE ? -EINVAL : len; /* readv and writev name it so */
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

static u16 sock_poll(struct file *file)
{
	struct socket *sock = file->private_data;

	return sock->ops->poll(sock);
}

static void sock_close(struct file *file)
{
	sock_release(file->private_data);
}

static const struct file_operations socket_file_ops = {
	.read = sock_read,
	.write = sock_write,
	.readv = sock_readv,
	.writev = sock_writev,
	.poll = sock_poll,
	.release = sock_close,
	.mode = S_IFSOCK | 0777,
};

static int sock_map_fd(struct socket *sock, u32 flags)
{
	int fd;

	sock->file = file_new(&socket_file_ops, sock, O_RDWR | flags);
	if (!sock->file) {
		sock_release(sock);
		return -ENOMEM;
	}
	fd = fd_install(&current->files, sock->file, 0);
	if (fd < 0)
		file_put(sock->file); /* and with it the socket */
	return fd;
}

static noinline long not_a_socket(const struct file *file)
{
	return file ? -ENOTSOCK : -EBADF;
}

static inline bool is_socket(const struct file *file)
{
	return file && file->ops == &socket_file_ops;
}

/* Returns the socket, or NULL with *err set. */
static struct socket *sockfd_lookup(u64 fd, long *err)
{
	struct file *file = fd_get(&current->files, (int)fd);

	if (likely(is_socket(file)))
		return file->private_data;
	*err = not_a_socket(file);
	return NULL;
}

/* ---- addresses across the border ---------------------------------------------------------- */

static int move_addr_to_kernel(u64 uaddr, u64 ulen, struct sockaddr_storage *kaddr)
{
	if ((s32)ulen < 0 || ulen > sizeof(*kaddr))
		return -EINVAL;
	return ulen == 0 ? 0 : copy_from_user(kaddr, (const void *)uaddr, ulen);
}

/* The program says how much room there is and learns how long the address really is. */
static int move_addr_to_user(const struct sockaddr_storage *kaddr, u32 klen, u64 uaddr, u64 ulen_at)
{
	s32 room;

	if (copy_from_user(&room, (const void *)ulen_at, sizeof(room)) < 0)
		return -EFAULT;
	if (room < 0)
		return -EINVAL;
	if (copy_to_user((void *)uaddr, kaddr, min((u32)room, klen)) < 0)
		return -EFAULT;
	return copy_to_user((void *)ulen_at, &klen, sizeof(klen));
}

/* ---- system calls ------------------------------------------------------------------------ */

long sys_socket(u64 family, u64 type, u64 protocol)
{
	u32 flags = (u32)type & ~(u32)SOCK_TYPE_MASK;
	struct socket *sock;
	int err;

	if (flags & ~(u32)(SOCK_CLOEXEC | SOCK_NONBLOCK))
		return -EINVAL;
	err = sock_create(current->nsproxy->net_ns, (int)family, (int)(type & SOCK_TYPE_MASK),
		(int)protocol, &sock);
	return err ? err : sock_map_fd(sock, flags);
}

/* What bind and connect begin with. Returns the socket, or NULL with *err set. */
static struct socket *lookup_with_address(
	u64 fd, u64 addr, u64 len, struct sockaddr_storage *kaddr, long *err)
{
	struct socket *sock = sockfd_lookup(fd, err);

	if (!sock)
		return NULL;
	*err = move_addr_to_kernel(addr, len, kaddr);
	return *err ? NULL : sock;
}

long sys_bind(u64 fd, u64 addr, u64 len)
{
	struct sockaddr_storage kaddr;
	long err = 0;
	struct socket *sock = lookup_with_address(fd, addr, len, &kaddr, &err);

	if (!sock)
		return err;
	err = security_socket_bind(sock, &kaddr, (u32)len);
	if (err)
		return err;
	return sock->ops->bind ? sock->ops->bind(sock, &kaddr, (u32)len) : -EOPNOTSUPP;
}

long sys_connect(u64 fd, u64 addr, u64 len)
{
	struct sockaddr_storage kaddr;
	long err = 0;
	struct socket *sock = lookup_with_address(fd, addr, len, &kaddr, &err);

	if (!sock)
		return err;
	err = security_socket_connect(sock, &kaddr, (u32)len);
	if (err)
		return err;
	return sock->ops->connect ? sock->ops->connect(sock, &kaddr, (u32)len) : -EOPNOTSUPP;
}

static long getname(u64 fd, u64 addr, u64 len, bool peer)
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

long sys_getsockname(u64 fd, u64 addr, u64 len)
{
	return getname(fd, addr, len, false);
}

long sys_getpeername(u64 fd, u64 addr, u64 len)
{
	return getname(fd, addr, len, true);
}

long sys_shutdown(u64 fd, u64 how)
{
	long err = 0;
	struct socket *sock = sockfd_lookup(fd, &err);

	if (!sock)
		return err;
	return sock->ops->shutdown ? sock->ops->shutdown(sock, (int)how) : -EOPNOTSUPP;
}

long sys_setsockopt(u64 fd, u64 level, u64 name, u64 val, u64 len)
{
	long err = 0;
	struct socket *sock = sockfd_lookup(fd, &err);

	if (!sock)
		return err;
	if ((s32)len < 0)
		return -EINVAL;
	return sock->ops->setsockopt(sock, (int)level, (int)name, (const void *)val, (u32)len);
}

long sys_getsockopt(u64 fd, u64 level, u64 name, u64 val, u64 len)
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
	err = sock->ops->getsockopt(sock, (int)level, (int)name, (void *)val, &room);
	return err ? err : copy_to_user((void *)len, &room, sizeof(room));
}

/* ---- sending ----------------------------------------------------------------------------- */

static noinline ssize sock_sendmsg_asked(struct socket *sock, struct msghdr *msg, size_t len)
{
	int err = security_socket_sendmsg(sock, msg, len);

	return err ? err : sock->ops->sendmsg(sock, msg, len);
}

static __always_inline ssize sock_sendmsg_inline(
	struct socket *sock, struct msghdr *msg, size_t len)
{
	if (security_hooked(SECURITY_SOCKET_SENDMSG))
		return sock_sendmsg_asked(sock, msg, len);
	return sock->ops->sendmsg(sock, msg, len);
}

ssize sock_sendmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	return sock_sendmsg_inline(sock, msg, len);
}

/* One process, and the kernel is not preempted: one call at a time uses these. They are not on the
 * stack so that what comes after sys_sendto can be jumped to: nothing is left to do here. */
static struct sockaddr_storage sendto_name;
static struct msghdr sendto_msg;

/* Any length, any address, any flags. */
static noinline ssize sendto_odd(
	struct file *file, struct msghdr *msg, u64 len, u64 addr, u64 addr_len)
{
	msg->at_len = min(len, (u64)SENDTO_MAX);
	if (file->flags & O_NONBLOCK)
		msg->flags |= MSG_DONTWAIT;
	if (addr) {
		int err = move_addr_to_kernel(addr, addr_len, &sendto_name);

		if (err)
			return err;
		msg->name = &sendto_name;
		msg->namelen = (u32)addr_len;
	}
	return sock_sendmsg(file->private_data, msg, msg->at_len);
}

long sys_sendto(u64 fd, u64 buf, u64 len, u64 flags, u64 addr, u64 addr_len)
{
	struct msghdr *msg = &sendto_msg;
	struct file *file = fd_get(&current->files, (int)fd); /* sockfd_lookup, and its flags */

	if (unlikely(!is_socket(file)))
		return not_a_socket(file);
	msg->name = NULL;
	msg->flags = (u32)flags;
	msg->at = (u8 *)buf;
	msg->at_len = len;
	if (unlikely(len > SENDTO_MAX || (file->flags & O_NONBLOCK)))
		return sendto_odd(file, msg, len, addr, addr_len);
	if (addr) {
		if (unlikely(addr_len != sizeof(struct sockaddr_in)))
			return sendto_odd(file, msg, len, addr, addr_len);
		if (unlikely(copy_from_user_16(&sendto_name, (const void *)addr)))
			return -EFAULT;
		msg->name = &sendto_name;
		msg->namelen = sizeof(struct sockaddr_in);
	}
	return sock_sendmsg_inline(file->private_data, msg, len);
}

/* struct msghdr as the program has it */
struct user_msghdr {
	u64 name;
	u32 namelen, pad0;
	u64 iov, iovlen, control, controllen;
	u32 flags, pad1;
};

_Static_assert(sizeof(struct user_msghdr) == 56, "x86_64 struct msghdr");

long sys_sendmsg(u64 fd, u64 umsg, u64 flags)
{
	struct sockaddr_storage address;
	struct user_msghdr um;
	struct msghdr msg;
	long err = 0;
	struct socket *sock = sockfd_lookup(fd, &err);
	ssize len;

	if (!sock)
		return err;
	if (copy_from_user(&um, (const void *)umsg, sizeof(um)) < 0)
		return -EFAULT;
	if ((s32)um.namelen < 0)
		return -EINVAL;
	if (um.name && um.namelen) {
		err = move_addr_to_kernel(um.name, min(um.namelen, (u32)SOCKADDR_MAX), &address);
		if (err)
			return err;
	}
	len = import_iovec(um.iov, um.iovlen);
	if (len < 0)
		return len;
	if (um.controllen) /* none is understood yet: better refused than ignored */
		return -EINVAL;
	msg = (struct msghdr){ .name = um.name && um.namelen ? &address : NULL,
		.namelen = um.namelen,
		.flags = (u32)flags,
		.iov = iov_buffer,
		.iov_n = um.iovlen };
	if (sock->file->flags & O_NONBLOCK)
		msg.flags |= MSG_DONTWAIT;
	return sock_sendmsg(sock, &msg, (size_t)len);
}

/* ---- receiving --------------------------------------------------------------------------- */

ssize sock_recvmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	int err = security_socket_recvmsg(sock, msg, len);

	return err ? err : sock->ops->recvmsg(sock, msg, len);
}

long sys_recvfrom(u64 fd, u64 buf, u64 len, u64 flags, u64 addr, u64 addr_len)
{
	struct sockaddr_storage address;
	struct msghdr msg = {
		.at = (void *)buf, .at_len = min(len, (u64)SENDTO_MAX), .flags = (u32)flags
	};
	long err = 0;
	struct socket *sock = sockfd_lookup(fd, &err);
	ssize received;

	if (!sock)
		return err;
	if (addr)
		msg.name = &address;
	if (sock->file->flags & O_NONBLOCK)
		msg.flags |= MSG_DONTWAIT;
	received = sock_recvmsg(sock, &msg, msg.at_len);
	if (received >= 0 && addr) {
		err = move_addr_to_user(&address, msg.namelen, addr, addr_len);
		if (err)
			return err;
	}
	return received;
}

long sys_recvmsg(u64 fd, u64 umsg, u64 flags)
{
	struct sockaddr_storage address;
	struct user_msghdr um;
	struct msghdr msg;
	long err = 0;
	struct socket *sock = sockfd_lookup(fd, &err);
	ssize len, received;

	if (!sock)
		return err;
	if (copy_from_user(&um, (const void *)umsg, sizeof(um)) < 0)
		return -EFAULT;
	len = import_iovec(um.iov, um.iovlen);
	if (len < 0)
		return len;
	msg = (struct msghdr){ .name = um.name ? &address : NULL,
		.flags = (u32)flags,
		.iov = iov_buffer,
		.iov_n = um.iovlen };
	if (sock->file->flags & O_NONBLOCK)
		msg.flags |= MSG_DONTWAIT;
	received = sock_recvmsg(sock, &msg, (size_t)len);
	if (received < 0)
		return received;
	if (um.name && copy_to_user((void *)um.name, &address, min(um.namelen, msg.namelen)) < 0)
		return -EFAULT;
	um.namelen = msg.namelen;
	um.controllen = 0;
	um.flags = msg.flags & MSG_TRUNC;
	return copy_to_user((void *)umsg, &um, sizeof(um)) < 0 ? -EFAULT : received;
}
