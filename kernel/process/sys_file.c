/* SPDX-License-Identifier: MIT
 * sys_file.c - system calls about files: opened, read, written, looked at.
 * Not here: descriptors (sys_fd.c), sockets' own calls (net/socket.c), what files do (kernel/fs).
 * syscall.c calls in. Calls the file's operations.
 * Source: the Linux man pages, section 2. */
#include "kernel/fs/memfile.h"
#include "kernel/fs/procfile.h"
#include "kernel/mm/uaccess.h"
#include "kernel/process/syscall.h"
#include "kernel/process/task.h"

#define IOV_MAX             1024
#define RW_MAX              0x7ffff000ull /* what one call moves at most on Linux */
#define AT_EMPTY_PATH       0x1000
#define AT_SYMLINK_NOFOLLOW 0x100
#define SEEK_MAX            4

struct iovec {
	u64 base, len;
};

static ssize read_file(struct file *file, u64 buf, u64 len)
{
	if ((file->flags & O_ACCMODE) == O_WRONLY)
		return -EBADF;
	if (!file->ops->read)
		return -EINVAL;
	if (!access_ok((void *)buf, len))
		return -EFAULT;
	return file->ops->read(file, (void *)buf, min(len, RW_MAX));
}

static ssize write_file(struct file *file, u64 buf, u64 len)
{
	if ((file->flags & O_ACCMODE) == O_RDONLY)
		return -EBADF;
	if (!file->ops->write)
		return -EINVAL;
	if (!access_ok((void *)buf, len))
		return -EFAULT;
	return file->ops->write(file, (const void *)buf, min(len, RW_MAX));
}

long sys_read(int fd, u64 buf, u64 len)
{
	struct file *file = file_of(fd);

	return file ? read_file(file, buf, len) : -EBADF;
}

long sys_write(int fd, u64 buf, u64 len)
{
	struct file *file = file_of(fd);

	return file ? write_file(file, buf, len) : -EBADF;
}

/* One piece after the other, right for streams; all of them are looked at before the first is moved. */
static long each_iovec(
	struct file *file, u64 iov, u32 n, u32 refused, ssize (*move)(struct file *, u64, u64))
{
	const struct iovec *at = (const struct iovec *)iov;
	long total = 0;
	struct iovec v;

	if ((file->flags & O_ACCMODE) == refused)
		return -EBADF;
	if (n > IOV_MAX)
		return -EINVAL;
	for (u32 i = 0; i < n; i++) {
		if (copy_from_user(&v, at + i, sizeof(v)) < 0)
			return -EFAULT;
		if ((s64)v.len < 0)
			return -EINVAL;
		if (!access_ok((void *)v.base, v.len))
			return -EFAULT;
	}
	for (u32 i = 0; i < n; i++) {
		ssize moved;

		if (copy_from_user(&v, at + i, sizeof(v)) < 0)
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

long sys_readv(int fd, u64 iov, u32 n)
{
	struct file *file = file_of(fd);

	if (!file)
		return -EBADF;
	if (file->ops->readv)
		return file->ops->readv(file, iov, n);
	return each_iovec(file, iov, n, O_WRONLY, read_file);
}

long sys_writev(int fd, u64 iov, u32 n)
{
	struct file *file = file_of(fd);

	if (!file)
		return -EBADF;
	if (file->ops->writev)
		return file->ops->writev(file, iov, n);
	return each_iovec(file, iov, n, O_RDONLY, write_file);
}

long sys_lseek(int fd, s64 offset, u32 whence)
{
	struct file *file = file_of(fd);

	if (!file)
		return -EBADF;
	if (whence > SEEK_MAX)
		return -EINVAL;
	return file->ops->lseek ? file->ops->lseek(file, offset, (int)whence) : -ESPIPE;
}

/* ---- names ------------------------------------------------------------------------------ */

/* What a path names: one of the two. */
struct found {
	struct proc_file *proc;
	const struct memfile *memfile;
};

/* follow: whether a symbolic link is followed, or found itself */
static long find_path(u64 path, bool follow, struct found *found)
{
	long len = strncpy_from_user(memfile_path, (const char *)path, PATH_MAX);
	long err = len < 0 ? len : memfile_walk(follow);

	if (err)
		return err;
	found->proc = proc_find(memfile_path);
	found->memfile = memfile_at(memfile_path);
	return found->proc || found->memfile ? 0 : -ENOENT;
}

static bool writable(const struct found *found)
{
	return found->proc && (found->proc->store || found->proc->ops);
}

/* Whether it may be opened so: nothing can be created, and few files written. */
static long may_open(const struct found *found, u32 flags)
{
	if (!found->proc && found->memfile->mode == S_IFLNK)
		return -ELOOP; /* O_NOFOLLOW found it */
	if ((flags & O_ACCMODE) != O_RDONLY && !writable(found))
		return found->proc ? -EACCES : -EROFS;
	if ((flags & O_TRUNC) && !found->proc)
		return -EROFS;
	return flags & O_DIRECTORY ? -ENOTDIR : 0;
}

long sys_open(u64 path, u32 flags, u32 mode)
{
	struct found found;
	struct file *file;
	long err = find_path(path, !(flags & O_NOFOLLOW), &found);
	int fd;

	if (err == -ENOENT && (flags & O_CREAT))
		return -EROFS;
	err = err ?: may_open(&found, flags);
	if (err)
		return err;
	flags = (flags & ~(u32)(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC)) | O_LARGEFILE;
	file = found.proc ? proc_open(found.proc, flags) : memfile_open(found.memfile, flags);
	if (!file)
		return -ENOMEM;
	fd = fd_install(&current->files, file, 0);
	if (fd < 0)
		file_put(file);
	return fd;
}

/* There are no directories to be relative to: every path is looked up from the root. */
long sys_openat(int dirfd, u64 path, u32 flags, u32 mode)
{
	return sys_open(path, flags, mode);
}

long sys_close(int fd)
{
	return fd_close(&current->files, fd);
}

long sys_access(u64 path, u32 mode)
{
	struct found found;
	long err = find_path(path, true, &found);

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

static long stat_path(u64 path, bool follow, u64 buf)
{
	struct found found;
	long err = find_path(path, follow, &found);
	u32 rights;

	if (err)
		return err;
	rights = writable(&found) ? 0644 : 0444;
	if (found.proc)
		return put_stat(buf, found.proc->ops ? found.proc->ops->mode : S_IFREG | rights, 0);
	if (found.memfile->mode == S_IFLNK)
		rights = 0777;
	return put_stat(buf, found.memfile->mode | rights, found.memfile->file->len);
}

long sys_stat(u64 path, u64 buf)
{
	return stat_path(path, true, buf);
}

long sys_lstat(u64 path, u64 buf)
{
	return stat_path(path, false, buf);
}

long sys_fstat(int fd, u64 buf)
{
	struct file *file = file_of(fd);

	return file ? put_stat(buf, file->ops->mode, file->size) : -EBADF;
}

long sys_newfstatat(int dirfd, u64 path, u64 buf, u32 flags)
{
	char first;

	if ((flags & AT_EMPTY_PATH) && copy_from_user(&first, (void *)path, 1) == 0 && !first)
		return sys_fstat(dirfd, buf);
	return stat_path(path, !(flags & AT_SYMLINK_NOFOLLOW), buf);
}

long sys_readlink(u64 path, u64 buf, u32 len)
{
	struct found found;
	long err = find_path(path, false, &found);
	const struct memfile *link;

	if (err)
		return err;
	link = found.memfile;
	if ((s32)len <= 0 || found.proc || link->mode != S_IFLNK)
		return -EINVAL;
	len = (u32)min((size_t)len, link->len);
	return copy_to_user((void *)buf, link->data, len) < 0 ? -EFAULT : (long)len;
}

long sys_readlinkat(int dirfd, u64 path, u64 buf, u32 len)
{
	return sys_readlink(path, buf, len);
}
