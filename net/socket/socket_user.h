/* SPDX-License-Identifier: MIT
 * socket_user.h - what the system calls of sockets have in common: descriptors, addresses and pieces of
 * memory as the program names them.
 * Not here: the calls (socket.c, socket_calls.c, socket_recv.c).
 * Those three call in. Calls the copies from and to user memory.
 * Source: the Linux man pages, section 2. Behaves as Linux's sockfd_lookup, move_addr_to_kernel, import_iovec. */
#pragma once

#include "kernel/fs/task.h"
#include "net/socket/socket.h"

#define SENDTO_MAX INT32_MAX
#define IOV_MAX    1024

extern const struct file_operations socket_file_ops;

/* not_a_socket - -ENOTSOCK, or -EBADF when there is no file. */
long not_a_socket(const struct file *file);

static inline bool is_socket(const struct file *file)
{
	return file && file->ops == &socket_file_ops;
}

/* sockfd_lookup - the socket, or NULL with *err set. */
static inline struct socket *sockfd_lookup(int fd, long *err)
{
	struct file *file = file_of(fd);

	if (likely(is_socket(file)))
		return file->private_data;
	*err = not_a_socket(file);
	return NULL;
}

/* move_addr_to_kernel - an address of ulen bytes. Returns 0, -EINVAL (length), -EFAULT. */
int move_addr_to_kernel(u64 uaddr, u32 ulen, struct sockaddr_storage *kaddr) __must_check;

/* move_addr_to_user - the program says at ulen_at how much room there is and learns there how long the
 * address really is. Returns 0, -EINVAL, -EFAULT. */
int move_addr_to_user(
	const struct sockaddr_storage *kaddr, u32 klen, u64 uaddr, u64 ulen_at) __must_check;

/* import_iovec - n pieces into iov_buffer, which one call at a time uses: there is one process, and the
 * kernel is not preempted.
 * Returns  their total length, or -EMSGSIZE (too many), -EINVAL (a length), -EFAULT */
ssize import_iovec(u64 uiov, u64 n) __must_check;

extern struct iovec iov_buffer[IOV_MAX];
