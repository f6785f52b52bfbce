/* SPDX-License-Identifier: MIT
 * devfile.c - /dev/null, /dev/random and /dev/urandom, which programs take for granted.
 * Not here: the console (console_file.c).
 * main.c registers them. Calls random.c.
 * Source: null(4), random(4). */
#include "kernel/dev/devfile.h"
#include "kernel/fs/procfile.h"
#include "kernel/platform/random.h"

static ssize null_read(struct file *file, void __user *buf, size_t len)
{
	return 0;
}

/* /dev/random, too: what the program writes adds no entropy. */
static ssize null_write(struct file *file, const void __user *buf, size_t len)
{
	return (ssize)len;
}

static ssize random_read(struct file *file, void __user *buf, size_t len)
{
	return random_copy_out(buf, len);
}

static const struct file_operations null_ops = {
	.read = null_read,
	.write = null_write,
	.lseek = file_lseek,
	.mode = S_IFCHR | 0666,
};

static const struct file_operations random_ops = {
	.read = random_read,
	.write = null_write,
	.lseek = file_lseek,
	.mode = S_IFCHR | 0666,
};

#define MEM(minor) (1 << 8 | (minor)) /* Linux's major number of these */

static struct proc_file files[] = {
	{ .path = "/dev/null", .ops = &null_ops, .rdev = MEM(3) },
	{ .path = "/dev/random", .ops = &random_ops, .rdev = MEM(8) },
	{ .path = "/dev/urandom", .ops = &random_ops, .rdev = MEM(9) },
};

void devfile_init(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		proc_register(&files[i]);
}
