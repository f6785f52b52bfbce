/* SPDX-License-Identifier: MIT
 * typed.c - what is typed on the console: in lines that can be corrected, then key by key, then the end.
 * Not here: typing (test_programs.py).
 * test_programs.py starts it.
 * Source: termios(3), poll(2). */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

#define SHORT_MS 300
#define LONG_MS  10000

static int typed_within(int ms)
{
	struct pollfd p = { .fd = 0, .events = POLLIN };

	return poll(&p, 1, ms);
}

static void say(const char *what)
{
	write(1, what, strlen(what));
}

static long ms_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void set_counts(struct termios *tio, int least, int tenths)
{
	tio->c_cc[VMIN] = (cc_t)least;
	tio->c_cc[VTIME] = (cc_t)tenths;
	tcsetattr(0, TCSANOW, tio);
}

/* How many bytes a read waits for, and how long. */
static void check_counts(struct termios *tio)
{
	char keys[8];
	long start;

	set_counts(tio, 0, 0);
	CHECK("nothing, at once", read(0, keys, sizeof(keys)) == 0);
	fcntl(0, F_SETFL, O_RDWR | O_NONBLOCK);
	CHECK("nothing, not blocking", read(0, keys, sizeof(keys)) == 0);
	set_counts(tio, 1, 0);
	CHECK("not yet", read(0, keys, sizeof(keys)) == -1 && errno == EAGAIN);
	fcntl(0, F_SETFL, O_RDWR);
	set_counts(tio, 0, 3);
	start = ms_now();
	CHECK("nothing, after a while", read(0, keys, sizeof(keys)) == 0);
	CHECK("a while", ms_now() - start >= 300);
	set_counts(tio, 2, 0);
	say("type two keys\n");
	CHECK("two keys", typed_within(LONG_MS) == 1);
	set_counts(tio, 3, 0);
	CHECK("two are not three", typed_within(0) == 0);
	say("type the third\n");
	CHECK("three", read(0, keys, sizeof(keys)) == 3 && memcmp(keys, "abc", 3) == 0);
	set_counts(tio, 8, 2);
	say("type a few\n");
	CHECK("then a pause", read(0, keys, sizeof(keys)) == 2 && memcmp(keys, "de", 2) == 0);
	set_counts(tio, 1, 0);
	say("type in vain\n");
	CHECK("typed", typed_within(LONG_MS) == 1);
	CHECK("dropped", tcflush(0, TCIFLUSH) == 0 && typed_within(0) == 0);
	CHECK("nothing to drop so", tcflush(0, 9) == -1 && errno == EINVAL);
	CHECK("written", tcdrain(1) == 0 && tcflush(1, TCOFLUSH) == 0);
}

int main(void)
{
	struct termios tio;
	char line[64] = { 0 };
	int half;

	CHECK("a terminal", isatty(0) && tcgetattr(0, &tio) == 0 && (tio.c_lflag & ICANON));
	CHECK("nothing typed", typed_within(0) == 0);
	say("type mu\n");
	half = typed_within(SHORT_MS);
	say("\n");
	CHECK("half a line", half == 0);
	say("type the rest\n");
	CHECK("a line", typed_within(LONG_MS) == 1);
	CHECK("its first bytes", read(0, line, 4) == 4 && memcmp(line, "muff", 4) == 0);
	CHECK("the others", read(0, line, sizeof(line)) == 3 && memcmp(line, "in\n", 3) == 0);
	tio.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	CHECK("key by key", tcsetattr(0, TCSANOW, &tio) == 0);
	say("type a key\n");
	CHECK("one key", read(0, line, sizeof(line)) == 1 && line[0] == 'k');
	check_counts(&tio);
	tio.c_lflag |= ICANON;
	CHECK("in lines again", tcsetattr(0, TCSAFLUSH, &tio) == 0);
	say("type control-D\n");
	CHECK("the end", typed_within(LONG_MS) == 1 && read(0, line, sizeof(line)) == 0);
	CHECK("once", typed_within(0) == 0);
	return checks_failed != 0;
}
