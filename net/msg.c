/* SPDX-License-Identifier: MIT
 * msg.c - a message on its way between the program's memory and a packet.
 * Not here: the system calls that fill it (socket.c).
 * ip_output.c and udp.c call in. Calls the copies from and to user memory.
 * Source: readv(2): pieces in their order. */
#include "net/msg.h"

/* How much the current piece still holds, at most len; goes on to the next when it is used up. */
static size_t piece(struct msghdr *msg, size_t len)
{
	while (msg->iov_n > 0 && msg->iov_off == msg->iov->len) {
		msg->iov++;
		msg->iov_n--;
		msg->iov_off = 0;
	}
	return msg->iov_n > 0 ? min(len, msg->iov->len - msg->iov_off) : 0;
}

int memcpy_from_msg(void *dst, struct msghdr *msg, size_t len)
{
	u8 *at = dst;

	while (len > 0) {
		size_t n = piece(msg, len);

		if (n == 0 || copy_from_user(at, (u8 *)msg->iov->base + msg->iov_off, n) < 0)
			return -EFAULT;
		msg->iov_off += n;
		at += n;
		len -= n;
	}
	return 0;
}

int memcpy_to_msg(struct msghdr *msg, const void *src, size_t len)
{
	const u8 *at = src;

	while (len > 0) {
		size_t n = piece(msg, len);

		if (n == 0 || copy_to_user((u8 *)msg->iov->base + msg->iov_off, at, n) < 0)
			return -EFAULT;
		msg->iov_off += n;
		at += n;
		len -= n;
	}
	return 0;
}
