/* SPDX-License-Identifier: MIT
 * socket_user.c - what the system calls of sockets have in common: addresses and pieces of memory as
 * the program names them.
 * Not here: the calls (socket.c, socket_calls.c, socket_recv.c).
 * Those three call in. Calls the copies from and to user memory.
 * Source: the Linux man pages, section 2. */
#include "net/socket/socket_user.h"

long not_a_socket(const struct file *file)
{
	return file ? -ENOTSOCK : -EBADF;
}

int move_addr_to_kernel(u64 uaddr, u32 ulen, struct sockaddr_storage *kaddr)
{
	if (ulen > sizeof(*kaddr))
		return -EINVAL;
	return ulen == 0 ? 0 : copy_from_user(kaddr, (const void *)uaddr, ulen);
}

int move_addr_to_user(const struct sockaddr_storage *kaddr, u32 klen, u64 uaddr, u64 ulen_at)
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

struct iovec iov_buffer[IOV_MAX];

ssize import_iovec(u64 uiov, u64 n)
{
	size_t total = 0;

	if (n > IOV_MAX)
		return -EMSGSIZE;
	if (copy_from_user(iov_buffer, (const void *)uiov, n * sizeof(*iov_buffer)) < 0)
		return -EFAULT;
	for (u64 i = 0; i < n; i++) {
		if ((s64)iov_buffer[i].len < 0)
			return -EINVAL;
		if (!access_ok(iov_buffer[i].base, iov_buffer[i].len))
			return -EFAULT;
		iov_buffer[i].len = min(iov_buffer[i].len, (size_t)SENDTO_MAX - total);
		total += iov_buffer[i].len;
	}
	return (ssize)total;
}
