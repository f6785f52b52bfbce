/* SPDX-License-Identifier: MIT
 * socket.c - families and their sockets, and the calls that send: where a datagram enters the stack.
 * Not here: what a family does (af_inet.c), other calls (socket_calls.c), receiving (socket_recv.c).
 * kernel/entry/syscall.c calls in; calls the family's operations past the security hooks.
 * Source: the Linux man pages, section 2. Behaves as Linux in the order of checks. */
#include "net/socket/socket_user.h"
#include "kernel/mm/slab.h"
#include "kernel/security/security.h"
#include "net/device/dev.h"

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

u32 socket_n(void)
{
	return socket_slab.in_use;
}

void sock_release(struct socket *sock)
{
	sock->ops->release(sock);
	slab_free(&socket_slab, sock);
}

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

long sys_socket(int family, u32 type, int protocol)
{
	u32 flags = type & ~(u32)SOCK_TYPE_MASK;
	struct socket *sock;
	int err;

	if (flags & ~(u32)(SOCK_CLOEXEC | SOCK_NONBLOCK))
		return -EINVAL;
	err = sock_create(
		current->nsproxy->net_ns, family, (int)(type & SOCK_TYPE_MASK), protocol, &sock);
	return err ? err : sock_map_fd(sock, flags);
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

/* One process, and the kernel is not preempted: one call at a time uses these. On the stack they would cost
 * sys_sendto a canary, and a call where there is a tail call now. Between calls iov_n and controllen are zero, which
 * plain messages, nearly all, need not write; who sets one of them clears it again. */
static struct sockaddr_storage sendto_name;
static struct msghdr sendto_msg;

/* Any length, any address, any flags. */
static noinline ssize sendto_odd(
	struct file *file, struct msghdr *msg, u64 len, u64 addr, u32 addr_len)
{
	msg->unusual = true;
	msg->at_len = min(len, (u64)SENDTO_MAX);
	if (file->flags & O_NONBLOCK)
		msg->flags |= MSG_DONTWAIT;
	if (addr) {
		int err = move_addr_to_kernel(addr, addr_len, &sendto_name);

		if (err)
			return err;
		msg->name = &sendto_name;
		msg->namelen = addr_len;
	}
	return sock_sendmsg(file->private_data, msg, msg->at_len);
}

long sys_sendto(int fd, u64 buf, u64 len, u32 flags, u64 addr, u32 addr_len)
{
	struct msghdr *msg = &sendto_msg;
	struct file *file = file_of(fd); /* sockfd_lookup, and its flags */

	if (unlikely(!is_socket(file)))
		return not_a_socket(file);
	msg->name = NULL;
	msg->how = flags;
	msg->at = (u8 *)buf;
	msg->at_len = len;
	if (unlikely(len > MSG_PLAIN_MAX || (file->flags & O_NONBLOCK)))
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

/* ---- sendmsg and sendmmsg ------------------------------------------------------------------ */

/* Bytes of control messages. Linux's bound is larger; what fits is the same. */
#define CONTROL_MAX 1024

static u64 control_buffer[CONTROL_MAX / sizeof(u64)];

static int import_control(u64 control, u64 len, struct msghdr *msg)
{
	if (len > CONTROL_MAX)
		return -ENOBUFS;
	msg->control = control_buffer;
	msg->controllen = len;
	return len ? copy_from_user(control_buffer, (const void *)control, len) : 0;
}

/* A message of any form. Returns its length, or what is wrong with it, in Linux's order. */
static ssize import_message(const void __user *umsg, struct msghdr *msg)
{
	struct user_msghdr um;
	ssize len;
	int err;

	if (copy_from_user(&um, umsg, sizeof(um)) < 0)
		return -EFAULT;
	if (!um.name)
		um.namelen = 0;
	if ((s32)um.namelen < 0)
		return -EINVAL;
	msg->name = um.namelen ? &sendto_name : NULL;
	msg->namelen = min(um.namelen, (u32)SOCKADDR_MAX);
	err = move_addr_to_kernel(um.name, msg->namelen, &sendto_name);
	if (err)
		return err;
	len = import_iovec(um.iov, um.iovlen);
	if (len < 0)
		return len;
	msg_set_pieces(msg, iov_buffer, um.iovlen);
	err = import_control(um.control, um.controllen, msg);
	return err ? err : len;
}

static noinline ssize sendmsg_any(
	struct socket *sock, const void __user *umsg, struct msghdr *msg, u32 flags)
{
	ssize len = import_message(umsg, msg);

	msg->how = flags;
	msg->unusual = true;
	if (len >= 0)
		len = sock_sendmsg(sock, msg, (size_t)len);
	msg->iov_n = 0;
	msg->controllen = 0;
	return len;
}

/* All of a plain message has been read but its control data. */
static noinline ssize send_controlled(
	struct socket *sock, const struct user_mmsghdr __user *umsg, struct msghdr *msg)
{
	u64 control, controllen;
	ssize len;
	int err;

	user_access_begin();
	err = unsafe_get_2(&control, &controllen, &umsg->hdr.control);
	user_access_end();
	if (err)
		return err;
	len = import_control(control, controllen, msg);
	if (len == 0) {
		msg->unusual = true;
		len = sock_sendmsg_inline(sock, msg, msg->at_len);
	}
	msg->controllen = 0;
	return len;
}

/* umsg has been checked to be the user's. */
static ssize send_message(
	struct socket *sock, const struct user_mmsghdr __user *umsg, struct msghdr *msg, u32 flags)
{
	struct plain_message m;
	bool plain;

	user_access_begin();
	plain = msg_read_plain(&m, umsg);
	user_access_end();
	if (unlikely(!plain))
		return sendmsg_any(sock, umsg, msg, flags);
	msg->name = NULL;
	if (m.name) {
		if (unlikely(m.namelen != sizeof(struct sockaddr_in) ||
			     copy_from_user_16(&sendto_name, m.name) < 0))
			return sendmsg_any(sock, umsg, msg, flags);
		msg->name = &sendto_name;
		msg->namelen = sizeof(struct sockaddr_in);
	}
	msg->how = flags;
	msg->at = (u8 *)(uintptr_t)m.base;
	msg->at_len = m.len;
	if (m.controllen)
		return send_controlled(sock, umsg, msg);
	return sock_sendmsg_inline(sock, msg, m.len);
}

static u32 message_flags(const struct socket *sock, u32 flags)
{
	return flags | (sock->file->flags & O_NONBLOCK ? MSG_DONTWAIT : 0);
}

long sys_sendmsg(int fd, u64 umsg, u32 flags)
{
	long err = 0;
	struct socket *sock;

	if (flags & MSG_CMSG_COMPAT)
		return -EINVAL;
	sock = sockfd_lookup(fd, &err);
	if (!sock)
		return err;
	if (umsg > TASK_SIZE - sizeof(struct user_msghdr))
		return -EFAULT;
	return send_message(sock, (const void *)umsg, &sendto_msg, message_flags(sock, flags));
}

/* Those of the first messages that nobody need look at. */
static u32 send_batch(struct socket *sock, struct user_mmsghdr __user *um, u32 n, u32 flags)
{
	if (!sock->ops->send_batch || security_hooked(SECURITY_SOCKET_SENDMSG))
		return 0;
	return sock->ops->send_batch(sock, um, n, flags);
}

/* One doorbell for all of them. */
long sys_sendmmsg(int fd, u64 vec, u32 vlen, u32 flags)
{
	u32 n = min(vlen, (u32)IOV_MAX), sent = 0;
	struct user_mmsghdr *um = (void *)vec;
	struct socket *sock;
	bool outer;
	long err = 0;

	if (flags & MSG_CMSG_COMPAT)
		return -EINVAL;
	sock = sockfd_lookup(fd, &err);
	if (!sock)
		return err;
	if (vec > TASK_SIZE - n * sizeof(*um))
		return n ? -EFAULT : 0;
	flags = message_flags(sock, flags);
	outer = dev_xmit_begin();
	for (;; sent++) {
		sent += send_batch(sock, um + sent, n - sent, flags);
		if (sent == n)
			break;
		err = send_message(sock, um + sent, &sendto_msg, flags);
		if (err >= 0)
			err = copy_to_user(&um[sent].len, &(u32){ (u32)err }, sizeof(u32));
		if (err < 0)
			break;
	}
	dev_xmit_end(sock->sk->sk_net, outer);
	return sent ? sent : err;
}
