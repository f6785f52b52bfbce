/* SPDX-License-Identifier: MIT
 * console_file.c - descriptors 0, 1 and 2: the console as a file.
 * Not here: the devices (kernel/console).
 * main.c opens it. Calls console.c.
 * Source: termios(3), ioctl_tty(2) for what a terminal answers. */
#include "kernel/fs/console_file.h"
#include "kernel/console/console.h"
#include "net/dev.h"

#define CHUNK          256
#define TIOCGWINSZ     0x5413
#define SCREEN_ROWS    25
#define SCREEN_COLUMNS 80

static ssize console_file_write(struct file *file, const void __user *buf, size_t len)
{
	char chunk[CHUNK];
	size_t done = 0;

	while (done < len) {
		size_t n = min(len - done, sizeof(chunk));

		if (copy_from_user(chunk, (const char *)buf + done, n) < 0)
			return done ? (ssize)done : -EFAULT;
		console_write(chunk, n);
		done += n;
	}
	return (ssize)done;
}

/* A terminal in its usual mode, as far as people notice: what is typed is shown, and enter ends a
 * line. */
static ssize console_file_read(struct file *file, void __user *buf, size_t len)
{
	char chunk[CHUNK];
	size_t n = 0;

	while (len > 0) {
		n = console_read(chunk, min(len, sizeof(chunk)));
		if (n > 0)
			break;
		if (file->flags & O_NONBLOCK)
			return -EAGAIN;
		net_wait(NET_WAIT_RESTING, UINT64_MAX);
	}
	for (size_t i = 0; i < n; i++)
		if (chunk[i] == '\r')
			chunk[i] = '\n';
	console_write(chunk, n);
	return copy_to_user(buf, chunk, n) < 0 ? -EFAULT : (ssize)n;
}

static long console_file_ioctl(struct file *file, u32 cmd, u64 arg)
{
	const u16 size[4] = { SCREEN_ROWS, SCREEN_COLUMNS, 0, 0 };

	if (cmd != TIOCGWINSZ)
		return -ENOTTY;
	return copy_to_user((void *)arg, size, sizeof(size));
}

static const struct file_operations console_file_ops = {
	.read = console_file_read,
	.write = console_file_write,
	.ioctl = console_file_ioctl,
	.mode = S_IFCHR | 0620,
};

struct file *console_file_open(void)
{
	return file_new(&console_file_ops, NULL, O_RDWR);
}
