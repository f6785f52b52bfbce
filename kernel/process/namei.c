/* SPDX-License-Identifier: MIT
 * namei.c - path lookup: from the program's path to a file, a device or a folder; the working directory.
 * Not here: walking it (kernel/fs/memfile.c), opening and stat (sys_file.c, sys_stat.c).
 * Those two call in, syscall.c for chdir and getcwd. Calls memfile_walk.
 * Source: path_resolution(7), chdir(2), getcwd(3). */
#include "kernel/process/namei.h"
#include "kernel/fs/task.h"
#include "kernel/lib/string.h"
#include "kernel/mm/uaccess.h"
#include "kernel/process/syscall.h"

static char cwd[256]; /* a walked path */

/* The path as it is from the root on. Returns 0 or what is wrong with it. */
static long get_path(int dirfd, u64 path)
{
	size_t len = strlen(cwd);
	char *own = memfile_path + len + 1;
	long own_len = strncpy_from_user(own, (const char *)path, PATH_MAX - len - 1);

	if (own_len < 0)
		return own_len;
	if (own_len == 0)
		return -ENOENT;
	if (own[0] == '/') {
		memmove(memfile_path, own, (size_t)own_len + 1);
		return 0;
	}
	if (dirfd != AT_FDCWD)
		return file_of(dirfd) ? -ENOTDIR : -EBADF;
	memcpy(memfile_path, cwd, len);
	memfile_path[len] = '/';
	return 0;
}

long find_path(int dirfd, u64 path, bool follow, struct found *found)
{
	long err = get_path(dirfd, path) ?: memfile_walk(follow);

	if (err)
		return err;
	found->proc = proc_find(memfile_path);
	found->memfile = memfile_at(memfile_path);
	found->folder = 0;
	if (found->proc || found->memfile)
		return 0;
	found->folder = memfile_folder(memfile_path);
	return found->folder ? 0 : -ENOENT;
}

struct inode found_inode(const struct found *found)
{
	const struct proc_file *proc = found->proc;
	const struct memfile *name = found->memfile;

	if (proc)
		return (struct inode){ proc->ops ? proc->ops->mode
						 : S_IFREG | (proc->store ? 0644 : 0444),
			proc->ino, 1, proc->rdev };
	if (name)
		return (struct inode){ name->mode | name->file->rights, name->file->ino,
			name->file->links, 0 };
	return (struct inode){ S_IFDIR | 0755, found->folder, 2, 0 };
}

long found_may_write(const struct found *found)
{
	if (!found->proc)
		return -EROFS;
	return found->proc->store || found->proc->ops ? 0 : -EACCES;
}

long sys_chdir(u64 path)
{
	struct found found;
	long err = find_path(AT_FDCWD, path, true, &found);

	if (err)
		return err;
	if (!found.folder)
		return -ENOTDIR;
	if (strlen(memfile_path) >= sizeof(cwd))
		return -ENAMETOOLONG;
	strscpy(cwd, memfile_path, sizeof(cwd));
	return 0;
}

long sys_getcwd(u64 buf, u64 len)
{
	u64 need = strlen(cwd) + sizeof("/");

	if (len < need)
		return -ERANGE;
	if (put_user('/', (char *)buf) < 0 || copy_to_user((char *)buf + 1, cwd, need - 1) < 0)
		return -EFAULT;
	return (long)need;
}
