/* SPDX-License-Identifier: MIT
 * typed.c - what is typed on the console: in lines that can be corrected, then key by key, then the end.
 * Not here: who types (test_programs.py).
 * test_programs.py starts it.
 * Source: termios(3), poll(2). */
#include <poll.h>
#include <string.h>
#include <termios.h>
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
	tio.c_lflag |= ICANON;
	CHECK("in lines again", tcsetattr(0, TCSAFLUSH, &tio) == 0);
	say("type control-D\n");
	CHECK("the end", typed_within(LONG_MS) == 1 && read(0, line, sizeof(line)) == 0);
	CHECK("once", typed_within(0) == 0);
	return checks_failed != 0;
}
