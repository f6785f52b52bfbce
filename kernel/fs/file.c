/* SPDX-License-Identifier: MIT
 * file.c - open files and the descriptors that name them.
 * Not here: what a file is (memfile.c, console_file.c, net/socket/socket.c).
 * System calls and the socket layer use it. Calls ops->release.
 * Source: POSIX.1-2017 2.14. */
#include "kernel/fs/file.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"

static struct slab file_slab = SLAB(struct file);

u32 new_ino(void)
{
	static u32 last;

	return ++last;
}

struct file *file_new(const struct file_operations *ops, void *private_data, u32 flags)
{
	struct file *file = slab_alloc(&file_slab);

	if (!file)
		return NULL;
	file->ops = ops;
	file->private_data = private_data;
	file->flags = flags;
	file->refs = 1;
	file->inode = (struct inode){ .mode = ops->mode, .ino = new_ino(), .links = 1 };
	return file;
}

void file_put(struct file *file)
{
	if (--file->refs > 0)
		return;
	if (file->ops->release)
		file->ops->release(file);
	slab_free(&file_slab, file);
}

u64 file_n(void)
{
	return file_slab.in_use;
}

int fd_install(struct files *files, struct file *file, int from)
{
	for (int fd = from; fd < fd_limit(files); fd++) {
		if (!files->fd[fd]) {
			files->fd[fd] = file;
			fd_set_cloexec(files, fd, file->flags & O_CLOEXEC);
			file->flags &= ~(u32)O_CLOEXEC;
			return fd;
		}
	}
	return -EMFILE;
}

void fd_set_cloexec(struct files *files, int fd, bool on)
{
	u64 bit = 1ull << fd % 64;

	files->close_on_exec[fd / 64] &= ~bit;
	if (on)
		files->close_on_exec[fd / 64] |= bit;
}

int fd_close(struct files *files, int fd)
{
	struct file *file = fd_get(files, fd);

	if (!file)
		return -EBADF;
	files->fd[fd] = NULL;
	file_put(file);
	return 0;
}

int fd_dup2(struct files *files, int oldfd, int newfd)
{
	struct file *file = fd_get(files, oldfd);

	if (!file || (u32)newfd >= (u32)fd_limit(files))
		return -EBADF;
	if (oldfd == newfd)
		return newfd;
	file->refs++;
	if (files->fd[newfd])
		fd_close(files, newfd);
	files->fd[newfd] = file;
	fd_set_cloexec(files, newfd, false);
	return newfd;
}

void fd_close_all(struct files *files)
{
	for (int fd = 0; fd < FDS_MAX; fd++)
		if (files->fd[fd])
			fd_close(files, fd);
}

/* ---- for implementations of files ---------------------------------------------------------- */

#define USER_PAGE 4096 /* memory ends at the end of one, if at all */

ssize file_copy_out(struct file *file, void __user *buf, size_t len, const void *data)
{
	u64 start = file->pos;

	len = file->pos < file->size ? min(len, (size_t)(file->size - file->pos)) : 0;
	while (len > 0) {
		size_t n = min(len, USER_PAGE - (uintptr_t)buf % USER_PAGE);

		if (copy_to_user(buf, (const u8 *)data + file->pos, n) < 0)
			return file->pos > start ? (ssize)(file->pos - start) : -EFAULT;
		file->pos += n;
		buf = (u8 *)buf + n;
		len -= n;
	}
	return (ssize)(file->pos - start);
}

enum seek {
	SEEK_SET,
	SEEK_CUR,
	SEEK_END
};

s64 file_lseek(struct file *file, s64 offset, int whence)
{
	const s64 base[] = {
		[SEEK_SET] = 0, [SEEK_CUR] = (s64)file->pos, [SEEK_END] = (s64)file->size
	};

	if (whence < SEEK_SET || whence > SEEK_END)
		return -EINVAL;
	if (offset > INT64_MAX - base[whence] || base[whence] + offset < 0)
		return -EINVAL;
	file->pos = (u64)(base[whence] + offset);
	return (s64)file->pos;
}
