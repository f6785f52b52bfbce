/* SPDX-License-Identifier: MIT
 * sys_fd.c - system calls about descriptors themselves: dup, fcntl, ioctls of every file.
 * Not here: what files do (kernel/fs), sockets' ioctls (net/socket/socket_calls.c).
 * syscall.c calls in. Calls the file's ioctl operation.
 * Source: dup(2), fcntl(2), ioctl(2). Behaves as Linux's do_vfs_ioctl for what it answers itself. */
#include "kernel/fs/task.h"
#include "kernel/mm/uaccess.h"
#include "kernel/process/syscall.h"

#define FIONREAD 0x541b
#define FIONBIO  0x5421
#define FIONCLEX 0x5450
#define FIOCLEX  0x5451

static long set_nonblock(struct file *file, u64 arg)
{
	s32 on;

	if (copy_from_user(&on, (void *)arg, sizeof(on)) < 0)
		return -EFAULT;
	file->flags = on ? file->flags | O_NONBLOCK : file->flags & ~(u32)O_NONBLOCK;
	return 0;
}

long sys_ioctl(int fd, u32 cmd, u64 arg)
{
	struct file *file = file_of(fd);

	if (!file)
		return -EBADF;
	switch (cmd) {
	case FIOCLEX:
	case FIONCLEX:
		fd_set_cloexec(&current->files, fd, cmd == FIOCLEX);
		return 0;
	case FIONBIO:
		return set_nonblock(file, arg);
	case FIONREAD:
		if ((file->ops->mode & S_IFMT) == S_IFREG)
			return put_user((s32)(file->size - file->pos), (s32 *)arg);
	}
	return file->ops->ioctl ? file->ops->ioctl(file, cmd, arg) : -ENOTTY;
}

/* And fdatasync, syncfs: no written file is stored. */
long sys_fsync(int fd)
{
	struct file *file = file_of(fd);

	if (!file)
		return -EBADF;
	return (file->ops->mode & S_IFMT) == S_IFREG ? 0 : -EINVAL;
}

static long dup_from(int fd, u32 lowest, bool cloexec)
{
	struct file *file = file_of(fd);
	int new;

	if (!file)
		return -EBADF;
	if (lowest >= (u32)fd_limit(&current->files))
		return -EINVAL;
	new = fd_install(&current->files, file, (int)lowest);
	if (new < 0)
		return new;
	file->refs++;
	fd_set_cloexec(&current->files, new, cloexec);
	return new;
}

long sys_dup(int fd)
{
	return dup_from(fd, 0, false);
}

long sys_dup2(int oldfd, int newfd)
{
	return fd_dup2(&current->files, oldfd, newfd);
}

long sys_dup3(int oldfd, int newfd, u32 flags)
{
	long new;

	if ((flags & ~(u32)O_CLOEXEC) || oldfd == newfd)
		return -EINVAL;
	new = sys_dup2(oldfd, newfd);
	if (new >= 0)
		fd_set_cloexec(&current->files, (int)new, flags & O_CLOEXEC);
	return new;
}

enum fcntl_cmd {
	F_DUPFD = 0,
	F_GETFD = 1,
	F_SETFD = 2,
	F_GETFL = 3,
	F_SETFL = 4,
	F_DUPFD_CLOEXEC = 1030
};

#define FD_CLOEXEC 1

long sys_fcntl(int fd, u32 cmd, u64 arg)
{
	struct file *file = file_of(fd);

	if (!file)
		return -EBADF;
	switch (cmd) {
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		return dup_from(fd, (u32)arg, cmd == F_DUPFD_CLOEXEC);
	case F_GETFD:
		return fd_cloexec(&current->files, fd) ? FD_CLOEXEC : 0;
	case F_SETFD:
		fd_set_cloexec(&current->files, fd, arg & FD_CLOEXEC);
		return 0;
	case F_GETFL:
		return file->flags;
	case F_SETFL:
		if (arg & O_DIRECT)
			return -EINVAL;
		file->flags = (file->flags & ~(u32)(O_NONBLOCK | O_APPEND)) |
			      ((u32)arg & (O_NONBLOCK | O_APPEND));
		return 0;
	default:
		return -EINVAL;
	}
}
