/* SPDX-License-Identifier: MIT
 * procfile.h - files whose text is made when they are read, and whose lines are commands when written.
 * Not here: their contents; each subsystem registers its files. Builds on the host, too.
 * net/ registers files, sys_file.c opens them.
 * Source: proc(5). Behaves as Linux's seq_file: one text made at the first read, read in pieces of any size. */
#pragma once

#include "kernel/fs/file.h"
#include "kernel/lib/list.h"
#include "kernel/lib/parse.h"

struct net;

/* A text being made. */
struct seq_file {
	char *buf;
	size_t size,
		len; /* of buf; of the text. A text that does not fit is made again with more room */
};

struct proc_file {
	struct list_head list;
	const char *path; /* absolute */
	u32 ino, rdev;    /* its inode's number, which proc_register sets; a device's own */
	/* make the whole text, as it is now for this namespace; may be called twice for one read */
	void (*show)(struct seq_file *m, struct net *net);
	/* one line that was written, without its newline, never empty; 0 or a negative errno, having
	 * said what is wrong. NULL: the file is read-only */
	int (*store)(struct net *net, struct text line);
	/* a file of another kind: an open file, or NULL without memory. NULL: it is such a text */
	struct file *(*open)(struct proc_file *proc, u32 flags);
	const struct file_operations *ops; /* a device; NULL: it is none */
};

/* proc_register - the file is there from now on. It stays the caller's, and must live for ever. */
void proc_register(struct proc_file *proc);

/* proc_find - the file at a walked path (memfile.h), with a slash before it or without; or NULL. */
struct proc_file *proc_find(const char *path);

/* proc_is_folder - is there a file below this walked path? */
bool proc_is_folder(const char *path);

/* proc_open - Returns an open file, or NULL without memory. Reading answers for the namespace that
 * the reader is in.
 * A write may hold several lines, at most PROC_WRITE_MAX bytes; they are taken in order until one is
 * refused: the answer is the bytes before that one, or, when it was the first, its errno. */
struct file *proc_open(struct proc_file *proc, u32 flags);

#define PROC_WRITE_MAX 4096

/* seq_printf - append to the text; format as in kernel/lib/format.h. */
void seq_printf(struct seq_file *m, const char *fmt, ...) __printf(2, 3);
