/* SPDX-License-Identifier: MIT
 * socket_recv.c - the calls that receive.
 * Not here: where datagrams come from (udp_input.c).
 * kernel/entry/syscall.c calls in; calls the family's operations past the security hooks.
 * Source: recv(2), recvmmsg(2). Behaves as Linux in the order of checks. */
#include "kernel/security/security.h"
#include "net/socket/datagram.h"
#include "net/socket/socket_user.h"

/* Does a security module want to see each call that receives? */
static __always_inline bool recv_watched(void)
{
	return static_branch_unlikely(&security_active[SECURITY_SOCKET_RECVMSG]);
}

ssize sock_recvmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	int err = security_socket_recvmsg(sock, msg, len);

	return err ? err : sock->ops->recvmsg(sock, msg, len);
}

static noinline long recvfrom_slow(
	struct socket *sock, u64 buf, u64 len, u32 flags, u64 addr, u64 addr_len)
{
	struct sockaddr_storage address;
	struct msghdr msg = { .at = (void *)buf,
		.at_len = min(len, (u64)SENDTO_MAX),
		.flags = flags,
		.name = addr ? &address : NULL };
	ssize received = sock_recvmsg(sock, &msg, msg.at_len);
	int err;

	if (received < 0 || !addr)
		return received;
	err = move_addr_to_user(&address, msg.namelen, addr, addr_len);
	return err ? err : received;
}

/* Is the range of the room the user's, and is there room for the sender's whole address, where it is asked for? Who
 * writes there sees whether there is memory. */
static __always_inline bool recvfrom_is_plain(u64 buf, u64 len, u64 addr, u64 addr_len)
{
	u32 room = sizeof(struct sockaddr_in);
	int err = 0;

	if (len > SENDTO_MAX || !user_starts_ok(buf | addr | addr_len))
		return false;
	if (addr) {
		user_access_begin();
		err = unsafe_get_u32(&room, (void *)addr_len);
		user_access_end();
	}
	return !err && (s32)room >= (s32)sizeof(struct sockaddr_in);
}

static __always_inline int tell_namelen(u64 addr_len)
{
	int err;

	user_access_begin();
	err = unsafe_put_u32(sizeof(struct sockaddr_in), (void *)addr_len);
	user_access_end();
	return err;
}

long sys_recvfrom(int fd, u64 buf, u64 len, u32 flags, u64 addr, u64 addr_len)
{
	long err = 0;
	struct socket *sock = sockfd_lookup(fd, &err);
	const struct proto *prot;

	if (unlikely(!sock))
		return err;
	if (sock->file->flags & O_NONBLOCK)
		flags |= MSG_DONTWAIT;
	prot = sock->sk->sk_prot;
	if (likely(prot->recv_plain && !(flags & ~MSG_USUAL) && !recv_watched() &&
		    recvfrom_is_plain(buf, len, addr, addr_len))) {
		ssize received;

		sock_reader.one.name = (void *)addr;
		sock_reader.one.base = (void *)buf;
		sock_reader.one.len = len;
		received = prot->recv_plain(sock->sk, flags);
		if (likely(received >= 0) && addr)
			err = tell_namelen(addr_len);
		if (likely(received != RECV_LONG_WAY))
			return err ? err : received;
	}
	return recvfrom_slow(sock, buf, len, flags, addr, addr_len);
}

/* What the program learns beside the message: the sender, flags, how much of its room for control
 * messages is used. */
static int tell_msghdr(u64 umsg, struct user_msghdr *um, const struct msghdr *msg)
{
	int err = 0;

	if (um->name)
		err = move_addr_to_user(msg->name, msg->namelen, um->name,
			umsg + offsetof(struct user_msghdr, namelen));
	if (err)
		return err;
	um->controllen -= msg->controllen;
	um->flags = msg->flags | msg->control_flags;
	return copy_to_user((u8 *)umsg + offsetof(struct user_msghdr, controllen), &um->controllen,
		sizeof(um->controllen) + sizeof(um->flags));
}

_Static_assert(offsetof(struct user_msghdr, flags) ==
		       offsetof(struct user_msghdr, controllen) + sizeof(u64),
	"one copy tells both");

/* One message into the struct msghdr at umsg. Returns its length or why there is none. */
static ssize recv_user_msg(struct socket *sock, u64 umsg, u32 flags)
{
	struct sockaddr_storage address;
	struct user_msghdr um;
	struct msghdr msg;
	ssize len, received;
	int err;

	if (copy_from_user(&um, (const void *)umsg, sizeof(um)) < 0)
		return -EFAULT;
	if (um.name && (s32)um.namelen < 0)
		return -EINVAL;
	len = import_iovec(um.iov, um.iovlen);
	if (len < 0)
		return len;
	msg = (struct msghdr){ .name = um.name ? &address : NULL,
		.flags = flags,
		.control = (void *)um.control,
		.controllen = um.controllen };
	msg_set_pieces(&msg, iov_buffer, um.iovlen);
	if (sock->file->flags & O_NONBLOCK)
		msg.flags |= MSG_DONTWAIT;
	received = sock_recvmsg(sock, &msg, (size_t)len);
	if (received < 0)
		return received;
	err = tell_msghdr(umsg, &um, &msg);
	return err ? err : received;
}

long sys_recvmsg(int fd, u64 umsg, u32 flags)
{
	long err = 0;
	struct socket *sock;

	if (flags & MSG_CMSG_COMPAT)
		return -EINVAL;
	sock = sockfd_lookup(fd, &err);
	return sock ? recv_user_msg(sock, umsg, flags) : err;
}

/* ---- several at once ---------------------------------------------------------------------- */

struct user_timespec {
	s64 sec, nsec;
};

static u64 time_left(u64 deadline_ns)
{
	u64 now = clock_ns();

	return now < deadline_ns ? deadline_ns - now : 0;
}

/* What needs no waiting, no clock and no odd message, which is nearly everything. */
static u64 recv_batch(struct socket *sock, u64 umsgs, u64 n, u32 flags)
{
	if (!sock->sk->sk_prot->recv_batch || (flags & ~(u32)(MSG_USUAL | MSG_WAITFORONE)) ||
		recv_watched() || !access_ok((void *)umsgs, n * sizeof(struct user_mmsghdr)))
		return 0;
	return sock->sk->sk_prot->recv_batch(sock->sk, (void *)umsgs, (u32)n);
}

/* The next message, and its length. own_timeout: the socket's. Returns 0 or why there is none. */
static long recv_one(struct socket *sock, u64 umsg, u32 flags, u64 own_timeout, u64 deadline_ns)
{
	long err;
	u32 len;

	if (deadline_ns != UINT64_MAX)
		sock->sk->sk_rcvtimeo = min(own_timeout, time_left(deadline_ns));
	err = recv_user_msg(sock, umsg, flags & ~(u32)MSG_WAITFORONE);
	if (err < 0)
		return err;
	len = (u32)err;
	return copy_to_user((u8 *)umsg + offsetof(struct user_mmsghdr, len), &len, sizeof(len));
}

/* Until n messages are there, the deadline has passed, or the first has come and the rest is not worth
 * waiting for (MSG_WAITFORONE). Returns how many, *err: why no more. */
static u64 recv_messages(
	struct socket *sock, u64 umsgs, u64 n, u32 flags, u64 deadline_ns, long *err)
{
	u64 own_timeout = sock->sk->sk_rcvtimeo, got = 0;

	for (;;) {
		if (deadline_ns == UINT64_MAX)
			got += recv_batch(
				sock, umsgs + got * sizeof(struct user_mmsghdr), n - got, flags);
		if (got == n)
			break;
		if (got && (flags & MSG_WAITFORONE))
			flags |= MSG_DONTWAIT;
		*err = recv_one(sock, umsgs + got * sizeof(struct user_mmsghdr), flags, own_timeout,
			deadline_ns);
		if (*err < 0)
			break;
		got++;
		if (deadline_ns != UINT64_MAX && clock_ns() >= deadline_ns)
			break;
	}
	sock->sk->sk_rcvtimeo = own_timeout;
	return got;
}

static int get_deadline(u64 utimeout, u64 *deadline_ns)
{
	struct user_timespec t;

	*deadline_ns = UINT64_MAX;
	if (!utimeout)
		return 0;
	if (copy_from_user(&t, (const void *)utimeout, sizeof(t)) < 0)
		return -EFAULT;
	if (t.sec < 0 || (u64)t.nsec >= NSEC_PER_SEC)
		return -EINVAL;
	*deadline_ns = clock_ns() + (u64)min(t.sec, (s64)UINT32_MAX) * NSEC_PER_SEC + (u64)t.nsec;
	return 0;
}

static int tell_time_left(u64 utimeout, u64 deadline_ns)
{
	u64 left = time_left(deadline_ns);
	struct user_timespec t = { (s64)(left / NSEC_PER_SEC), (s64)(left % NSEC_PER_SEC) };

	return utimeout ? copy_to_user((void *)utimeout, &t, sizeof(t)) : 0;
}

/* Linux looks at the time only when a message has come, and so may wait for ever for the next; here the
 * timeout ends that wait, too, as the man page means it. */
long sys_recvmmsg(int fd, u64 umsgs, u32 n, u32 flags, u64 utimeout)
{
	u64 deadline_ns, got;
	long err = flags & MSG_CMSG_COMPAT ? -EINVAL : get_deadline(utimeout, &deadline_ns);
	struct socket *sock = err ? NULL : sockfd_lookup(fd, &err);

	if (!sock)
		return err;
	if (!(flags & MSG_ERRQUEUE))
		err = sock_error(sock->sk);
	if (err)
		return err;
	got = recv_messages(sock, umsgs, n, flags, deadline_ns, &err);
	if (got == 0)
		return err;
	if (err < 0 && err != -EAGAIN)
		sk_report_error(
			sock->sk, (int)-err); /* of the one that failed: for the next call */
	err = tell_time_left(utimeout, deadline_ns);
	return err ? err : (long)got;
}
