/* SPDX-License-Identifier: MIT
 * console_file.c - descriptors 0, 1 and 2: the console as a file.
 * Not here: the devices (kernel/console).
 * main.c opens it. Calls console.c.
 * Source: termios(3), ioctl_tty(2) for what a terminal answers and how lines are typed. */
#include "kernel/fs/console_file.h"
#include "kernel/console/console.h"
#include "kernel/lib/string.h"
#include "net/dev.h"

#define CHUNK          256
#define TCGETS         0x5401
#define TCSETS         0x5402
#define TCSETSW        0x5403
#define TCSETSF        0x5404
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

/* ---- the terminal ------------------------------------------------------------------------ */

#define ICRNL  0x100 /* iflag: enter is a newline */
#define ICANON 0x002 /* lflag: what is typed is read in lines, which can be corrected */
#define ECHO   0x008 /* lflag: what is typed is shown */

enum termios_cc {
	VERASE = 2,
	VEOF = 4,
	VMIN = 6
};

struct termios {
	u32 iflag, oflag, cflag, lflag;
	u8 line, cc[19];
};

_Static_assert(sizeof(struct termios) == 36, "Linux's struct termios");

static struct termios tty = {
	.iflag = ICRNL,
	.oflag = 0x5,  /* OPOST, ONLCR */
	.cflag = 0xbf, /* B38400, CS8, CREAD */
	.lflag = ICANON | ECHO,
	.cc = { [VERASE] = 0x7f, [VEOF] = 'D' & 0x1f, [VMIN] = 1 },
};

/* One console, whatever descriptor it is read by. A line longer than this is read in pieces. */
static char typed[1024];
static u32 typed_n;
static bool complete; /* what was typed may be read; with nothing typed: the end of the input */

static void take(char c)
{
	if (c == '\r' && (tty.iflag & ICRNL))
		c = '\n';
	if ((tty.lflag & ICANON) && (c == '\b' || c == (char)tty.cc[VERASE])) {
		if (typed_n > 0) {
			typed_n--;
			if (tty.lflag & ECHO)
				console_write("\b \b", 3);
		}
		return;
	}
	complete = true;
	if ((tty.lflag & ICANON) && c == (char)tty.cc[VEOF])
		return;
	typed[typed_n++] = c;
	if (tty.lflag & ECHO)
		console_write(&c, 1);
	complete = c == '\n' || !(tty.lflag & ICANON) || typed_n == sizeof(typed);
}

static bool input_ready(void)
{
	char c;

	while (!(complete && (tty.lflag & ICANON)) && typed_n < sizeof(typed) &&
		console_read(&c, 1) == 1)
		take(c);
	return complete;
}

static ssize console_file_read(struct file *file, void __user *buf, size_t len)
{
	u32 n;

	while (len > 0 && !input_ready()) {
		if (file->flags & O_NONBLOCK)
			return -EAGAIN;
		if (signal_pending(true))
			return -EINTR;
		net_wait(NET_WAIT_RESTING, UINT64_MAX);
	}
	n = (u32)min(len, (size_t)typed_n);
	if (copy_to_user(buf, typed, n) < 0)
		return -EFAULT;
	typed_n -= n;
	memmove(typed, typed + n, typed_n);
	complete = len == 0 ? complete : typed_n > 0;
	return n;
}

static u16 console_file_poll(struct file *file)
{
	return POLLOUT | POLLWRNORM | (input_ready() ? POLLIN | POLLRDNORM : 0);
}

static long console_file_ioctl(struct file *file, u32 cmd, u64 arg)
{
	const u16 size[4] = { SCREEN_ROWS, SCREEN_COLUMNS, 0, 0 };
	struct termios new;

	switch (cmd) {
	case TCGETS:
		return copy_to_user((void *)arg, &tty, sizeof(tty));
	case TCSETS:
	case TCSETSW:
	case TCSETSF:
		if (copy_from_user(&new, (void *)arg, sizeof(new)) < 0)
			return -EFAULT;
		tty = new;
		return 0;
	case TIOCGWINSZ:
		return copy_to_user((void *)arg, size, sizeof(size));
	default:
		return -ENOTTY;
	}
}

static const struct file_operations console_file_ops = {
	.read = console_file_read,
	.write = console_file_write,
	.ioctl = console_file_ioctl,
	.poll = console_file_poll,
	.mode = S_IFCHR | 0620,
};

struct file *console_file_open(void)
{
	return file_new(&console_file_ops, NULL, O_RDWR);
}
