/* SPDX-License-Identifier: MIT
 * namei.h - path lookup: from the program's path to a file, a device or a folder.
 * Not here: walking it (kernel/fs/memfile.h), opening and stat (sys_file.c, sys_stat.c).
 * Those two call in.
 * Source: path_resolution(7), openat(2). */
#pragma once

#include "kernel/fs/memfile.h"
#include "kernel/fs/procfile.h"

#define AT_FDCWD            -100
#define AT_SYMLINK_NOFOLLOW 0x100

/* What a path names: one of the three. */
struct found {
	struct proc_file *proc;
	const struct memfile *memfile;
	u32 folder; /* its inode's number; there is one where a file lies below */
};

/* find_path - memfile_path becomes the walked path, and found what it names.
 * dirfd    of openat and its like; AT_FDCWD for others. No folder can be opened, so no path is relative to it
 * path     the program's memory
 * follow   whether a symbolic link is followed, or found itself
 * Returns  0; -ENOENT, memfile_path being where it would be; -EFAULT, -EBADF, -ENOTDIR (dirfd), or what
 *          memfile_walk said */
long find_path(int dirfd, u64 path, bool follow, struct found *found);

/* found_inode - what stat tells of it, beside the size. */
struct inode found_inode(const struct found *found);

/* found_may_write - Returns 0, -EROFS or -EACCES. */
long found_may_write(const struct found *found);
