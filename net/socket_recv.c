/* SPDX-License-Identifier: MIT
 * socket_recv.c - the calls that receive.
 * Not here: where datagrams come from (udp_input.c).
 * kernel/process/syscall.c calls in; calls the family's operations past the security hooks.
 * Source: recv(2), recvmmsg(2); the order of Linux's checks. */
#include "kernel/security.h"
#include "net/socket_user.h"

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
