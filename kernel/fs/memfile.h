/* SPDX-License-Identifier: MIT
 * memfile.h - the read-only files a program finds: texts the kernel made, and a cpio archive.
 * Not here: descriptors (file.h).
 * main.c fills it, the open and stat calls look into it.
 * Source: cpio(5) "New ASCII Format" (newc), Linux's initramfs buffer format. */
#pragma once

#include "kernel/fs/file.h"

struct memfile {
	const char *path; /* absolute */
	const void *data;
	size_t len;
};

/* memfile_add - a file whose path and data live for ever. A later one hides an earlier one.
 * Returns  0, or -ENOSPC when there are more files than fit */
int memfile_add(const char *path, const void *data, size_t len) __must_check;

/* memfile_add_cpio - every regular file of a newc archive; data stays where it is.
 * problem  set to what is wrong when that is the answer
 * Returns  files added, or -EINVAL for a malformed archive, -ENOSPC */
int memfile_add_cpio(const void *archive, size_t len, const char **problem) __must_check;

/* memfile_is_cpio - does it begin like a newc archive? */
bool memfile_is_cpio(const void *data, size_t len);

/* memfile_find - the file at an absolute path, or NULL. */
const struct memfile *memfile_find(const char *path);

/* memfile_open - an open file that reads it. Returns it, or NULL without memory. */
struct file *memfile_open(const struct memfile *memfile, u32 flags);
