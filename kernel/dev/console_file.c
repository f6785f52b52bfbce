/* SPDX-License-Identifier: MIT
 * console_file.c - descriptors 0, 1 and 2: the console as a file.
 * Not here: the devices (kernel/console).
 * main.c opens it. Calls console.c.
 * Source: termios(3), ioctl_tty(2) for what a terminal answers and how lines are typed. */
#include "kernel/dev/console_file.h"
#include "kernel/console/console.h"
#include "kernel/console/serial.h"
#include "kernel/lib/string.h"
#include "net/device/dev.h"

#define CHUNK          256
#define TCGETS         0x5401
#define TCSETS         0x5402
#define TCSETSW        0x5403
#define TCSETSF        0x5404
#define TCSBRK         0x5409
#define TCFLSH         0x540b
#define TCOFLUSH       1
#define TCIOFLUSH      2
#define TIOCGWINSZ     0x5413
#define DEV_CONSOLE    (5 << 8 | 1)
#define SCREEN_ROWS    25
#define SCREEN_COLUMNS 80

/* A stopped line blocks the program, as on Linux, but not for ever: see console_write. */
static int wait_for_room(const struct file *file, size_t len, bool restart)
{
	while (!console_has_room(len)) {
		if (file->flags & O_NONBLOCK)
			return -EAGAIN;
		if (signal_pending(restart))
			return -EINTR;
		net_wait(NET_WAIT_RESTING, clock_ns() + SERIAL_REST_NS);
	}
	return 0;
}

static ssize console_file_write(struct file *file, const void __user *buf, size_t len)
{
	char chunk[CHUNK];
	size_t done = 0;
	int err;

	while (done < len) {
		size_t n = min(len - done, sizeof(chunk));

		if (copy_from_user(chunk, (const char *)buf + done, n) < 0)
			return done ? (ssize)done : -EFAULT;
		err = wait_for_room(file, n, done == 0);
		if (err)
			return done ? (ssize)done : err;
		console_write(chunk, n);
		done += n;
	}
	return (ssize)done;
}

/* ---- the terminal ------------------------------------------------------------------------ */

#define ICRNL  0x100 /* iflag: enter is a newline */
#define ICANON 0x002 /* lflag: input is read in lines, which can be edited */
#define ECHO   0x008 /* lflag: input is echoed */

enum termios_cc {
	VERASE = 2,
	VEOF = 4,
	VTIME = 5,
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

/* One console, for all descriptors it is read by. A line longer than this is read in pieces. */
static char typed[1024];
static u32 typed_n;
static bool complete; /* a line may be read; with nothing typed: the end of the input */

/* The echo of typed characters does not wait for a slow line. */
static void echo(const char *text, size_t len)
{
	if ((tty.lflag & ECHO) && console_has_room(len))
		console_write(text, len);
}

static void take(char c)
{
	if (c == '\r' && (tty.iflag & ICRNL))
		c = '\n';
	if ((tty.lflag & ICANON) && (c == '\b' || c == (char)tty.cc[VERASE])) {
		if (typed_n > 0) {
			typed_n--;
			echo("\b \b", 3);
		}
		return;
	}
	complete = true;
	if ((tty.lflag & ICANON) && c == (char)tty.cc[VEOF])
		return;
	typed[typed_n++] = c;
	echo(&c, 1);
	complete = c == '\n' || !(tty.lflag & ICANON) || typed_n == sizeof(typed);
}

/* A line, or without lines so many bytes. */
static bool input_ready(size_t least)
{
	char c;

	while (!(complete && (tty.lflag & ICANON)) && typed_n < sizeof(typed) &&
		console_read(&c, 1) == 1)
		take(c);
	return tty.lflag & ICANON ? complete : typed_n >= least;
}

/* Without lines, termios(3): VMIN bytes, and VTIME tenths of a second between them; VMIN 0: what is there
 * after VTIME at most. Returns 0, -EAGAIN, -EINTR. */
static int wait_for_input(const struct file *file, size_t len)
{
	bool lines = tty.lflag & ICANON;
	u64 least = tty.cc[VMIN], pause_ns = tty.cc[VTIME] * (NSEC_PER_SEC / 10);
	u64 end_ns = lines || least ? UINT64_MAX : clock_ns() + pause_ns;
	u32 seen = 0;

	while (!input_ready(min(max(least, 1ul), len)) && clock_ns() < end_ns) {
		bool some = typed_n > 0 && !lines;

		if (file->flags & O_NONBLOCK)
			return some ? 0 : -EAGAIN;
		if (signal_pending(true))
			return some ? 0 : -EINTR;
		if (some && typed_n > seen && pause_ns)
			end_ns = clock_ns() + pause_ns;
		seen = typed_n;
		net_wait(NET_WAIT_RESTING, end_ns);
	}
	return 0;
}

static ssize console_file_read(struct file *file, void __user *buf, size_t len)
{
	int err = len > 0 ? wait_for_input(file, len) : 0;
	u32 n = (u32)min(len, (size_t)typed_n);

	if (err)
		return err;
	if (copy_to_user(buf, typed, n) < 0)
		return -EFAULT;
	typed_n -= n;
	memmove(typed, typed + n, typed_n);
	complete = len == 0 ? complete : typed_n > 0;
	return n;
}

static u32 console_file_poll(struct file *file, u32 wanted)
{
	u32 least = tty.cc[VTIME] ? 1 : tty.cc[VMIN];

	return (console_has_room(CHUNK) ? POLLOUT | POLLWRNORM : 0) |
	       (input_ready(max(least, 1u)) ? POLLIN | POLLRDNORM : 0);
}

static void drop_typed(void)
{
	char c;

	while (console_read(&c, 1) == 1)
		;
	typed_n = 0;
	complete = false;
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
		if (cmd == TCSETSF)
			drop_typed();
		return 0;
	case TCSBRK: /* tcdrain; there are no breaks */
		return arg == 0 || console_flush() ? 0 : -EIO;
	case TCFLSH:
		if (arg > TCIOFLUSH)
			return -EINVAL;
		if (arg != TCOFLUSH) /* written output is not discarded */
			drop_typed();
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
	struct file *file = file_new(&console_file_ops, NULL, O_RDWR);

	if (file)
		file->inode.rdev = DEV_CONSOLE;
	return file;
}
