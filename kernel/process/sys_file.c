/* SPDX-License-Identifier: MIT
 * sys_file.c - system calls about files: opened, read, written.
 * Not here: what paths name (namei.c), looking at files (sys_stat.c), descriptors (sys_fd.c), sockets' own calls (net/socket/socket.c), what files do (kernel/fs).
 * syscall.c calls in. Calls the file's operations.
 * Source: the Linux man pages, section 2. */
#include "kernel/fs/task.h"
#include "kernel/lib/string.h"
#include "kernel/mm/uaccess.h"
#include "kernel/process/namei.h"
#include "kernel/process/syscall.h"

#define IOV_MAX  1024
#define RW_MAX   0x7ffff000ull /* Linux's limit of one call */
#define SEEK_MAX 4

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

/* ---- opened and closed ------------------------------------------------------------------- */

/* There is nothing of that name: nothing can be created, in folders that are there and in others. */
static long may_create(u32 flags)
{
	char *end = memfile_path + strlen(memfile_path);

	if (!(flags & O_CREAT))
		return -ENOENT;
	while (end > memfile_path && *end != '/')
		end--;
	*end = '\0';
	return memfile_folder(memfile_path) ? -EROFS : -ENOENT;
}

/* Whether it may be opened so: few files are written, no folder can be read. */
static long may_open(const struct found *found, u32 flags)
{
	if ((flags & O_CREAT) && (flags & O_EXCL))
		return -EEXIST;
	if (found->folder)
		return -EISDIR;
	if (!found->proc && found->memfile->mode == S_IFLNK)
		return -ELOOP; /* O_NOFOLLOW found it */
	if (flags & O_DIRECTORY)
		return -ENOTDIR;
	if ((flags & O_ACCMODE) != O_RDONLY)
		return found_may_write(found);
	return (flags & O_TRUNC) && !found->proc ? -EROFS : 0;
}

long sys_openat(int dirfd, u64 path, u32 flags, u32 mode)
{
	bool follow = !(flags & O_NOFOLLOW) && (flags & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL);
	struct found found;
	struct file *file;
	long err = find_path(dirfd, path, follow, &found);
	int fd;

	err = err == -ENOENT ? may_create(flags) : err ?: may_open(&found, flags);
	if (err)
		return err;
	flags = (flags & O_KEPT) | O_LARGEFILE;
	file = found.proc ? proc_open(found.proc, flags) : memfile_open(found.memfile, flags);
	if (!file)
		return -ENOMEM;
	file->inode = found_inode(&found);
	fd = fd_install(&current->files, file, 0);
	if (fd < 0)
		file_put(file);
	return fd;
}

long sys_open(u64 path, u32 flags, u32 mode)
{
	return sys_openat(AT_FDCWD, path, flags, mode);
}

long sys_close(int fd)
{
	return fd_close(&current->files, fd);
}
