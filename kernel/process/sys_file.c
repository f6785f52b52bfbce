/* SPDX-License-Identifier: MIT
 * sys_file.c - system calls about files and descriptors.
 * Not here: sockets' own calls (net/socket.c), what files do (kernel/fs).
 * syscall.c calls in. Calls the file's operations.
 * Source: the Linux man pages, section 2. */
#include "kernel/cpu/clock.h"
#include "kernel/fs/memfile.h"
#include "kernel/fs/procfile.h"
#include "kernel/lib/string.h"
#include "kernel/mm/uaccess.h"
#include "kernel/process/syscall.h"
#include "kernel/process/task.h"
#include "net/dev.h"

#define PATH_LEN      256
#define IOV_MAX       1024
#define RW_MAX        0x7ffff000ull /* what one call moves at most on Linux */
#define AT_FDCWD      -100
#define AT_EMPTY_PATH 0x1000
#define SEEK_MAX      4

struct iovec {
	u64 base, len;
};

static struct file *file_of(u64 fd)
{
	return fd_get(&current->files, (int)fd);
}

static ssize read_file(struct file *file, u64 buf, u64 len)
{
	if ((file->flags & O_ACCMODE) == O_WRONLY)
		return -EBADF;
	if (!file->ops->read)
		return -EINVAL;
	if (!user_range_ok((void *)buf, len))
		return -EFAULT;
	return file->ops->read(file, (void *)buf, min(len, RW_MAX));
}

static ssize write_file(struct file *file, u64 buf, u64 len)
{
	if ((file->flags & O_ACCMODE) == O_RDONLY)
		return -EBADF;
	if (!file->ops->write)
		return -EINVAL;
	if (!user_range_ok((void *)buf, len))
		return -EFAULT;
	return file->ops->write(file, (const void *)buf, min(len, RW_MAX));
}

long sys_read(u64 fd, u64 buf, u64 len)
{
	struct file *file = file_of(fd);

	return file ? read_file(file, buf, len) : -EBADF;
}

long sys_write(u64 fd, u64 buf, u64 len)
{
	struct file *file = file_of(fd);

	return file ? write_file(file, buf, len) : -EBADF;
}

/* One piece after the other: right for streams. */
static long each_iovec(u64 fd, u64 iov, u64 n, ssize (*move)(struct file *, u64, u64))
{
	struct file *file = file_of(fd);
	long total = 0;

	if (!file)
		return -EBADF;
	if (n > IOV_MAX)
		return -EINVAL;
	for (u64 i = 0; i < n; i++) {
		struct iovec v;
		ssize moved;

		if (copy_from_user(&v, (void *)(iov + i * sizeof(v)), sizeof(v)) < 0)
			return total ? total : -EFAULT;
		if (v.len == 0)
			continue;
		moved = move(file, v.base, v.len);
		if (moved < 0)
			return total ? total : moved;
		total += moved;
		if ((u64)moved < v.len)
			break;
	}
	return total;
}

long sys_readv(u64 fd, u64 iov, u64 n)
{
	struct file *file = file_of(fd);

	if (file && file->ops->readv)
		return file->ops->readv(file, iov, n);
	return each_iovec(fd, iov, n, read_file);
}

long sys_writev(u64 fd, u64 iov, u64 n)
{
	struct file *file = file_of(fd);

	if (file && file->ops->writev)
		return file->ops->writev(file, iov, n);
	return each_iovec(fd, iov, n, write_file);
}

/* ---- names ------------------------------------------------------------------------------ */

/* What a path names: one of the two. */
struct found {
	struct proc_file *proc;
	const struct memfile *memfile;
};

static long find_path(u64 upath, struct found *found)
{
	char path[PATH_LEN];
	long len = strncpy_from_user(path, (const char *)upath, sizeof(path));

	if (len < 0)
		return len;
	found->proc = proc_find(path);
	found->memfile = len ? memfile_find(path) : NULL;
	return found->proc || found->memfile ? 0 : -ENOENT;
}

static bool writable(const struct found *found)
{
	return found->proc && found->proc->store;
}

/* Whether it may be opened so: nothing can be created, and few files written. */
static long may_open(const struct found *found, u64 flags)
{
	if ((flags & O_ACCMODE) != O_RDONLY && !writable(found))
		return found->proc ? -EACCES : -EROFS;
	if ((flags & O_TRUNC) && !found->proc)
		return -EROFS;
	return flags & O_DIRECTORY ? -ENOTDIR : 0;
}

long sys_open(u64 path, u64 flags, u64 mode)
{
	struct found found;
	struct file *file;
	long err = find_path(path, &found);
	int fd;

	(void)mode;
	if (err == -ENOENT && (flags & O_CREAT))
		return -EROFS;
	err = err ?: may_open(&found, flags);
	if (err)
		return err;
	file = found.proc ? proc_open(found.proc, (u32)flags)
			  : memfile_open(found.memfile, (u32)flags);
	if (!file)
		return -ENOMEM;
	fd = fd_install(&current->files, file, 0);
	if (fd < 0)
		file_put(file);
	return fd;
}

/* There are no directories to be relative to: every path is looked up from the root. */
long sys_openat(u64 dirfd, u64 path, u64 flags, u64 mode)
{
	(void)dirfd;
	return sys_open(path, flags, mode);
}

long sys_close(u64 fd)
{
	return fd_close(&current->files, (int)fd);
}

long sys_access(u64 path, u64 mode)
{
	struct found found;
	long err = find_path(path, &found);

	return err ? err : mode & 2 && !writable(&found) ? -EROFS : 0;
}

/* ---- stat ------------------------------------------------------------------------------- */

struct stat {
	u64 dev, ino, nlink;
	u32 mode, uid, gid, pad;
	u64 rdev;
	s64 size, blksize, blocks;
	s64 times[6], reserved[3];
};

_Static_assert(sizeof(struct stat) == 144, "x86_64 struct stat");

#define STAT_BLOCK 512

static long put_stat(u64 buf, u32 mode, u64 size)
{
	struct stat st = { .dev = 1,
		.ino = 1,
		.nlink = 1,
		.mode = mode,
		.size = (s64)size,
		.blksize = (s64)PAGE_SIZE,
		.blocks = (s64)((size + STAT_BLOCK - 1) / STAT_BLOCK) };

	return copy_to_user((void *)buf, &st, sizeof(st));
}

long sys_stat(u64 path, u64 buf)
{
	struct found found;
	long err = find_path(path, &found);

	if (err)
		return err;
	return put_stat(buf, S_IFREG | (writable(&found) ? 0644 : 0444),
		found.proc ? 0 : found.memfile->len);
}

long sys_fstat(u64 fd, u64 buf)
{
	struct file *file = file_of(fd);

	return file ? put_stat(buf, file->ops->mode, file->size) : -EBADF;
}

long sys_newfstatat(u64 dirfd, u64 path, u64 buf, u64 flags)
{
	char first;

	if ((flags & AT_EMPTY_PATH) && copy_from_user(&first, (void *)path, 1) == 0 && !first)
		return sys_fstat(dirfd, buf);
	return sys_stat(path, buf);
}

/* ---- descriptors ------------------------------------------------------------------------ */

long sys_lseek(u64 fd, u64 offset, u64 whence)
{
	struct file *file = file_of(fd);

	if (!file)
		return -EBADF;
	if ((u32)whence > SEEK_MAX)
		return -EINVAL;
	return file->ops->lseek ? file->ops->lseek(file, (s64)offset, (int)whence) : -ESPIPE;
}

long sys_ioctl(u64 fd, u64 cmd, u64 arg)
{
	struct file *file = file_of(fd);

	if (!file)
		return -EBADF;
	return file->ops->ioctl ? file->ops->ioctl(file, (u32)cmd, arg) : -ENOTTY;
}

static long dup_from(u64 fd, u64 lowest)
{
	struct file *file = file_of(fd);
	int new;

	if (!file)
		return -EBADF;
	if (lowest >= FDS_MAX)
		return -EINVAL;
	new = fd_install(&current->files, file, (int)lowest);
	if (new >= 0)
		file->refs++;
	return new;
}

long sys_dup(u64 fd)
{
	return dup_from(fd, 0);
}

long sys_dup2(u64 oldfd, u64 newfd)
{
	return fd_dup2(&current->files, (int)oldfd, (int)newfd);
}

long sys_dup3(u64 oldfd, u64 newfd, u64 flags)
{
	if ((flags & ~(u64)O_CLOEXEC) || oldfd == newfd)
		return -EINVAL;
	return sys_dup2(oldfd, newfd);
}

enum fcntl_cmd {
	F_DUPFD = 0,
	F_GETFD = 1,
	F_SETFD = 2,
	F_GETFL = 3,
	F_SETFL = 4,
	F_DUPFD_CLOEXEC = 1030
};

long sys_fcntl(u64 fd, u64 cmd, u64 arg)
{
	struct file *file = file_of(fd);

	if (!file)
		return -EBADF;
	switch (cmd) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		return dup_from(fd, arg);
	case F_GETFD:
	case F_SETFD: /* close-on-exec: there is no exec */
		return 0;
	case F_GETFL:
		return file->flags;
	case F_SETFL:
		file->flags = (file->flags & ~(u32)(O_NONBLOCK | O_APPEND)) |
			      ((u32)arg & (O_NONBLOCK | O_APPEND));
		return 0;
	default:
		return -EINVAL;
	}
}

/* ---- poll ------------------------------------------------------------------------------- */

struct pollfd {
	int fd;
	u16 events, revents;
};

static u16 poll_one(const struct pollfd *p)
{
	struct file *file;
	u16 ready;

	if (p->fd < 0)
		return 0;
	file = fd_get(&current->files, p->fd);
	if (!file)
		return POLLNVAL;
	ready = file->ops->poll ? file->ops->poll(file) : POLLIN | POLLOUT;
	return ready & (p->events | POLLERR | POLLHUP);
}

/* Look at each once; results go back to the program. Returns how many are ready, or -EFAULT. */
static long poll_all(u64 fds, u64 n)
{
	long ready = 0;

	for (u64 i = 0; i < n; i++) {
		struct pollfd *user = (struct pollfd *)fds + i, p;

		if (copy_from_user(&p, user, sizeof(p)) < 0)
			return -EFAULT;
		p.revents = poll_one(&p);
		if (p.revents)
			ready++;
		if (put_user(p.revents, &user->revents) < 0)
			return -EFAULT;
	}
	return ready;
}

static long poll_until(u64 fds, u64 n, u64 end_ns)
{
	u64 start = clock_ns();

	if (n > FDS_MAX)
		return -EINVAL;
	net_poll();
	for (;;) {
		long ready = poll_all(fds, n);

		if (ready != 0 || clock_ns() >= end_ns)
			return ready;
		net_wait(start, end_ns);
	}
}

long sys_poll(u64 fds, u64 n, u64 timeout_ms)
{
	s32 ms = (s32)timeout_ms;

	if (ms < 0)
		return poll_until(fds, (u32)n, UINT64_MAX);
	return poll_until(fds, (u32)n, clock_ns() + (u64)ms * NSEC_PER_MSEC);
}

long sys_ppoll(u64 fds, u64 n, u64 timeout, u64 sigmask, u64 sigset_len)
{
	s64 t[2]; /* seconds, nanoseconds */
	u64 ns;

	(void)sigmask;
	(void)sigset_len;
	if (!timeout)
		return poll_until(fds, (u32)n, UINT64_MAX);
	if (copy_from_user(t, (void *)timeout, sizeof(t)) < 0)
		return -EFAULT;
	if (t[0] < 0 || t[1] < 0 || t[1] >= (s64)NSEC_PER_SEC)
		return -EINVAL;
	ns = (u64)min(t[0], (s64)UINT32_MAX) * NSEC_PER_SEC;
	ns += (u64)t[1];
	return poll_until(fds, (u32)n, clock_ns() + ns);
}
