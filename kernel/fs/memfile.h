/* SPDX-License-Identifier: MIT
 * memfile.h - read-only files: texts made by the kernel, and files of archives.
 * Not here: descriptors (file.h), archives (cpio.h).
 * main.c and cpio.c fill it, the open and stat calls look into it.
 * Source: path_resolution(7). */
#pragma once

#include "kernel/fs/file.h"

#define PATH_MAX   4096 /* with its closing zero */
#define PATH_SLACK 8    /* the walked path and the rest never touch */

struct memfile {
	struct memfile *next; /* of the same hash */
	const char *path;     /* from the root on, without a slash before it: "etc/hosts" */
	struct memfile *file; /* whose contents these are: itself, or the first of its hard links */
	u32 mode;             /* S_IFREG, or S_IFLNK: then the contents are its target */
	const void *data;
	size_t len;
	/* of a file that is its own: how many hard links it has, its permissions (0777 and above) */
	u32 ino, links, rights;
	/* cpio.c: the files of an archive that may have further names, which bring the same numbers */
	struct memfile *next_shared;
	u32 id[3];
};

/* memfile_path - the path being looked at. One for all: one process makes one call at a time. */
extern char memfile_path[PATH_MAX + PATH_SLACK];

/* memfile_walk - from memfile_path, as a program gives it, to the only path of a file in the same place,
 * without slashes before it, "." and "..", through all symbolic links.
 * follow   whether the last component is followed, too
 * Returns  0, whether or not there is such a file; -ENOENT (empty, or up from where no folder is),
 *          -ENOTDIR (through a file), -ELOOP, -ENAMETOOLONG */
int memfile_walk(bool follow);

/* memfile_at - the file of a walked path, or NULL. */
struct memfile *memfile_at(const char *path);

/* memfile_find - walk this path, following a link at its end. Returns the file, or NULL. */
const struct memfile *memfile_find(const char *path);

/* memfile_add - a file whose path and data live for ever; it takes the place of an earlier one.
 * Returns  0, or -ENOMEM, or what memfile_walk said */
int memfile_add(const char *path, const void *data, size_t len) __must_check;

/* memfile_name - memfile_path, walked, is a name from now on, in place of an earlier one.
 * name     the same path before the walk; lives for ever
 * mode     see struct memfile
 * link     the file that gets one more hard link, or NULL for a new, empty one
 * Returns  the file whose contents may now be set, or NULL without memory */
struct memfile *memfile_name(const char *name, u32 mode, struct memfile *link);

/* memfile_folder - Returns 0 if no file is below this walked path, or else a number for the folder, which no
 * file has and few other folders. */
u32 memfile_folder(const char *path);

/* memfile_remove - there is no file of this walked path from now on. */
void memfile_remove(const char *path);

/* memfile_open - an open file that reads it. Returns it, or NULL without memory. */
struct file *memfile_open(const struct memfile *memfile, u32 flags);
