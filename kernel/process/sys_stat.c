/* SPDX-License-Identifier: MIT
 * sys_stat.c - system calls that look at files: stat, statx, access, readlink.
 * Not here: finding them (namei.c), opening them (sys_file.c).
 * syscall.c calls in.
 * Source: stat(2), statx(2), access(2), readlink(2); the layouts are x86_64's. */
#include "kernel/fs/task.h"
#include "kernel/lib/string.h"
#include "kernel/mm/uaccess.h"
#include "kernel/process/namei.h"
#include "kernel/process/syscall.h"

#define AT_NO_AUTOMOUNT 0x800
#define AT_EMPTY_PATH   0x1000
#define AT_STATX_SYNC   0x6000
#define AT_STAT_KNOWN   (AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC)

#define DEVICE     1 /* on which all files are */
#define STAT_BLOCK 512

/* Attributes of a file. */
struct info {
	struct inode inode;
	u64 size;
};

/* An empty path may mean the descriptor itself. */
static long get_info(int dirfd, u64 path, u32 flags, struct info *info)
{
	const struct file *file = file_of(dirfd);
	struct found found;
	char first;
	long err;

	if (flags & ~(u32)AT_STAT_KNOWN)
		return -EINVAL;
	if ((flags & AT_EMPTY_PATH) && copy_from_user(&first, (void *)path, 1) == 0 && !first) {
		if (file)
			*info = (struct info){ file->inode, file->size };
		return file ? 0 : -EBADF;
	}
	err = find_path(dirfd, path, !(flags & AT_SYMLINK_NOFOLLOW), &found);
	if (!err)
		*info = (struct info){ found_inode(&found),
			found.proc || found.folder ? 0 : found.memfile->file->len };
	return err;
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

static long put_stat(u64 buf, const struct info *info)
{
	struct stat st = { .dev = DEVICE,
		.ino = info->inode.ino,
		.nlink = info->inode.links,
		.mode = info->inode.mode,
		.rdev = info->inode.rdev,
		.size = (s64)info->size,
		.blksize = (s64)PAGE_SIZE,
		.blocks = (s64)((info->size + STAT_BLOCK - 1) / STAT_BLOCK) };

	return copy_to_user((void *)buf, &st, sizeof(st));
}

long sys_newfstatat(int dirfd, u64 path, u64 buf, u32 flags)
{
	struct info info;

	return get_info(dirfd, path, flags, &info) ?: put_stat(buf, &info);
}

long sys_stat(u64 path, u64 buf)
{
	return sys_newfstatat(AT_FDCWD, path, buf, 0);
}

long sys_lstat(u64 path, u64 buf)
{
	return sys_newfstatat(AT_FDCWD, path, buf, AT_SYMLINK_NOFOLLOW);
}

long sys_fstat(int fd, u64 buf)
{
	const struct file *file = file_of(fd);

	return file ? put_stat(buf, &(struct info){ file->inode, file->size }) : -EBADF;
}

/* ---- statx ------------------------------------------------------------------------------ */

#define STATX_BASIC    0x7ffu
#define STATX_RESERVED 0x80000000u

struct statx {
	u32 mask, blksize;
	u64 attributes;
	u32 nlink, uid, gid;
	u16 mode, pad;
	u64 ino, size, blocks, attributes_mask;
	u64 times[8];
	u32 rdev[2], dev[2]; /* major, minor */
	u64 others[14];
};

_Static_assert(sizeof(struct statx) == 256, "struct statx");

long sys_statx(int dirfd, u64 path, u32 flags, u32 mask, u64 buf)
{
	struct info info;
	struct statx st;
	long err = mask & STATX_RESERVED || (flags & AT_STATX_SYNC) == AT_STATX_SYNC
			   ? -EINVAL
			   : get_info(dirfd, path, flags, &info);

	if (err)
		return err;
	st = (struct statx){ .mask = STATX_BASIC,
		.blksize = (u32)PAGE_SIZE,
		.nlink = info.inode.links,
		.mode = (u16)info.inode.mode,
		.ino = info.inode.ino,
		.size = info.size,
		.blocks = (info.size + STAT_BLOCK - 1) / STAT_BLOCK,
		.rdev = { info.inode.rdev >> 8, info.inode.rdev & 0xff },
		.dev = { 0, DEVICE } };
	return copy_to_user((void *)buf, &st, sizeof(st));
}

/* ---- access, links ----------------------------------------------------------------------- */

#define X_OK 1u
#define W_OK 2u
#define R_OK 4u

/* User 0 may read every file, and execute it if any execute bit is set. */
long sys_faccessat(int dirfd, u64 path, u32 mode)
{
	struct found found;
	long err = mode & ~(X_OK | W_OK | R_OK) ? -EINVAL : find_path(dirfd, path, true, &found);

	if (err)
		return err;
	if (mode & W_OK)
		err = found_may_write(&found);
	return err ?: (mode & X_OK) && !(found_inode(&found).mode & 0111) ? -EACCES : 0;
}

long sys_access(u64 path, u32 mode)
{
	return sys_faccessat(AT_FDCWD, path, mode);
}

long sys_readlinkat(int dirfd, u64 path, u64 buf, u32 len)
{
	struct found found;
	long err = (s32)len <= 0 ? -EINVAL : find_path(dirfd, path, false, &found);

	if (err)
		return err;
	if (!found.memfile || found.memfile->mode != S_IFLNK)
		return -EINVAL;
	len = (u32)min((size_t)len, found.memfile->len);
	return copy_to_user((void *)buf, found.memfile->data, len) < 0 ? -EFAULT : (long)len;
}

long sys_readlink(u64 path, u64 buf, u32 len)
{
	return sys_readlinkat(AT_FDCWD, path, buf, len);
}
