/* SPDX-License-Identifier: MIT
 * file.h - open files and the descriptors that name them.
 * Not here: what a file is (memfile.c, console_file.c, net/socket/socket.c); this builds on the host, too.
 * System calls and the socket layer use it.
 * Source: POSIX.1-2017 2.14. Names as in Linux's struct file, file_operations and O_* numbers. */
#pragma once

#include "kernel/lib/errno.h"
#include "kernel/lib/types.h"
#include "net/core/machine.h"

struct file;

struct poll_state {
	u16 events; /* POLL* that hold now */
};

/* Entries may be NULL: the call then answers -EINVAL (read, write) or as each entry says. */
struct file_operations {
	/* up to len bytes; they return the number of bytes or a negative errno, and may block */
	ssize (*read)(struct file *file, void __user *buf, size_t len);
	ssize (*write)(struct file *file, const void __user *buf, size_t len);
	/* pieces that belong together, as a datagram's do; NULL: piece by piece */
	long (*readv)(struct file *file, u64 iov, u64 n);
	long (*writev)(struct file *file, u64 iov, u64 n);
	s64 (*lseek)(struct file *file, s64 offset, int whence); /* NULL: -ESPIPE */
	long (*ioctl)(struct file *file, u32 cmd, u64 arg);      /* NULL: -ENOTTY */
	/* which POLL* events there are; those outside `wanted` (and POLLERR, POLLHUP) may be missing. NULL: always
	 * ready */
	u32 (*poll)(struct file *file, u32 wanted);
	void (*release)(struct file *file); /* the last descriptor is gone */
	u32 mode;                           /* S_IF* and rights, for fstat */
};

/* What stat reports, beside the size. */
struct inode {
	u32 mode, ino, links, rdev; /* rdev: of a device, its major and minor number */
};

struct file {
	const struct file_operations *ops;
	void *private_data;
	u64 pos, size;
	u32 flags; /* O_* */
	u32 refs;
	struct inode inode;
};

#define FDS_MAX 256

struct files {
	struct file *fd[FDS_MAX];
	u64 close_on_exec[FDS_MAX / 64]; /* kept for fcntl; there is no exec */
	int fewer;                       /* than FDS_MAX may be opened, RLIMIT_NOFILE */
};

#define O_ACCMODE   3
#define O_RDONLY    0
#define O_WRONLY    1
#define O_RDWR      2
#define O_CREAT     0100
#define O_EXCL      0200
#define O_NOCTTY    0400
#define O_TRUNC     01000
#define O_APPEND    02000
#define O_NONBLOCK  04000
#define O_DIRECT    040000
#define O_LARGEFILE 0100000
#define O_DIRECTORY 0200000
#define O_NOFOLLOW  0400000
#define O_CLOEXEC   02000000
#define O_KEPT      017776003 /* what an open file keeps of its flags; O_CLOEXEC is the descriptor's */

#define S_IFMT   0170000
#define S_IFSOCK 0140000
#define S_IFLNK  0120000
#define S_IFREG  0100000
#define S_IFCHR  0020000
#define S_IFDIR  0040000

/* new_ino - a number that no other file has. */
u32 new_ino(void);

#define POLL_ALL   0xffff
#define POLLIN     0x001
#define POLLOUT    0x004
#define POLLERR    0x008
#define POLLHUP    0x010
#define POLLNVAL   0x020
#define POLLRDNORM 0x040
#define POLLWRNORM 0x100

/* file_new - an open file with one reference, not yet in a table. Returns it, or NULL. */
struct file *file_new(const struct file_operations *ops, void *private_data, u32 flags);

/* file_put - drop a reference; the last one calls ops->release and frees the file. */
void file_put(struct file *file);

/* file_n - how many open files there are. */
u64 file_n(void);

/* fd_install - the lowest free descriptor, not below `from`, takes over the caller's reference, and
 * O_CLOEXEC, which is the descriptor's, from the file's flags.
 * Returns  the descriptor, or -EMFILE (the reference stays with the caller) */
int fd_install(struct files *files, struct file *file, int from) __must_check;

/* fd_get - the file behind a descriptor, no reference taken; NULL when it is not open. */
static inline struct file *fd_get(const struct files *files, int fd)
{
	return likely((u32)fd < FDS_MAX) ? files->fd[(u32)fd] : NULL;
}

/* fd_limit - new descriptors are below this. */
static inline int fd_limit(const struct files *files)
{
	return FDS_MAX - files->fewer;
}

static inline bool fd_cloexec(const struct files *files, int fd)
{
	return files->close_on_exec[fd / 64] >> fd % 64 & 1;
}

/* fd_set_cloexec - of an open descriptor. */
void fd_set_cloexec(struct files *files, int fd, bool on);

/* fd_close - Returns 0 or -EBADF. */
int fd_close(struct files *files, int fd);

/* fd_dup2 - newfd names the file of oldfd; what it named before is closed.
 * Returns  newfd or -EBADF */
int fd_dup2(struct files *files, int oldfd, int newfd);

/* fd_close_all - as at the end of a process. */
void fd_close_all(struct files *files);

/* ---- for implementations of files -------------------------------------------------------- */

/* file_copy_out - what a read of a file in memory does: len bytes to the program, from the file's place
 * on, which moves. Returns how many, fewer where the program's memory or the file ends; or -EFAULT. */
ssize file_copy_out(struct file *file, void __user *buf, size_t len, const void *data);

/* file_lseek - an lseek operation for files of file->size bytes. Returns the new place or -EINVAL. */
s64 file_lseek(struct file *file, s64 offset, int whence);
