/* SPDX-License-Identifier: MIT
 * task.h - the one process: its open files and its network namespace.
 * Not here: how it starts and ends (process.h), its memory (kernel/mm/mmap.h).
 * Used by system calls and the socket layer; the host tests bring their own `current`.
 * Names as in Linux's task_struct and nsproxy, the members this kernel needs. */
#pragma once

#include "kernel/fs/file.h"

struct net;

struct nsproxy {
	struct net *net_ns;
};

struct task {
	struct files files;
	struct nsproxy *nsproxy;
	int pid;
};

/* There is one process: its task is a constant address. */
extern struct task init_task;

/* task_init - it is process 1, without files. Data that begins as zeros costs the image nothing. */
void task_init(void);

#define current (&init_task)

/* file_of - the process's open file of that number, no reference taken; NULL when there is none. */
static inline struct file *file_of(int fd)
{
	return fd_get(&current->files, fd);
}
