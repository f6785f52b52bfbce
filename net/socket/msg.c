/* SPDX-License-Identifier: MIT
 * msg.c - a message on its way between the program's memory and a packet.
 * Not here: the system calls that fill it (socket.c).
 * ip_output.c and udp_segment.c call in. Calls the copies from and to user memory.
 * Source: readv(2): pieces in their order. */
#include "net/socket/msg.h"
#include "kernel/lib/string.h"
#include "net/core/checksum.h"

/* How much the current piece still holds, at most len; goes on to the next when it is used up. */
static size_t piece(struct msghdr *msg, size_t len)
{
	while (msg->at_len == 0 && msg->iov_n > 0) {
		msg->at = msg->iov->base;
		msg->at_len = msg->iov->len;
		msg->iov++;
		msg->iov_n--;
	}
	return min(len, msg->at_len);
}

int memcpy_from_msg(void *dst, struct msghdr *msg, size_t len)
{
	u8 *at = dst;

	while (len > 0) {
		size_t n = piece(msg, len);

		if (n == 0 || copy_from_user(at, msg->at, n) < 0)
			return -EFAULT;
		msg_advance(msg, n);
		at += n;
		len -= n;
	}
	return 0;
}

static noinline s64 csum_and_copy(void *dst, const void *src, size_t len)
{
	return (s64)csum_add(0, memcpy(dst, src, len), len);
}

s64 csum_memcpy_from_msg(void *dst, struct msghdr *msg, size_t len)
{
	u8 *to = dst;
	u64 sum = 0;
	bool odd = false;

	while (len > 0) {
		size_t n = piece(msg, len);
		s64 part = -EFAULT;

		if (n)
			part = msg->in_kernel ? csum_and_copy(to, msg->at, n)
					      : csum_and_copy_from_user(to, msg->at, n);

		if (part < 0)
			return -EFAULT;
		sum += odd ? csum_swap((csum)part) : (csum)part;
		odd ^= n & 1;
		msg_advance(msg, n);
		to += n;
		len -= n;
	}
	return (s64)((u32)sum + (sum >> 32));
}

#define PAGE_BYTES 4096u

/* One byte of each page tells for all of it. */
static int probe(const u8 __user *at, size_t len)
{
	u8 byte;

	for (size_t done = 0; done < len;
		done += PAGE_BYTES - ((uintptr_t)(at + done) % PAGE_BYTES))
		if (copy_from_user(&byte, at + done, sizeof(byte)) < 0)
			return -EFAULT;
	return len ? copy_from_user(&byte, at + len - 1, sizeof(byte)) : 0;
}

int msg_probe(const struct msghdr *msg, size_t len)
{
	struct msghdr rest = *msg;
	int err = 0;

	while (!err && len > 0) {
		size_t n = piece(&rest, len);

		err = !n ? -EFAULT : msg->in_kernel ? 0 : probe(rest.at, n);
		msg_advance(&rest, n);
		len -= n;
	}
	return err;
}

int memcpy_to_msg(struct msghdr *msg, const void *src, size_t len)
{
	const u8 *at = src;

	while (len > 0) {
		size_t n = piece(msg, len);

		if (n == 0 || copy_to_user(msg->at, at, n) < 0)
			return -EFAULT;
		msg_advance(msg, n);
		at += n;
		len -= n;
	}
	return 0;
}

void put_cmsg(struct msghdr *msg, s32 level, s32 type, const void *data, u32 len)
{
	struct cmsghdr header = { .len = CMSG_LEN(len), .level = level, .type = type };
	size_t space = min(CMSG_ALIGN(header.len), msg->controllen);
	u8 __user *at = msg->control;

	if (!at || msg->controllen < sizeof(header)) {
		msg->control_flags |= MSG_CTRUNC;
		return;
	}
	if (header.len > msg->controllen) {
		header.len = msg->controllen;
		msg->control_flags |= MSG_CTRUNC;
	}
	if (copy_to_user(at, &header, sizeof(header)) < 0 ||
		copy_to_user(at + sizeof(header), data, header.len - sizeof(header)) < 0)
		return; /* as on Linux: the message itself has come, and is told */
	msg->control = at + space;
	msg->controllen -= space;
}
