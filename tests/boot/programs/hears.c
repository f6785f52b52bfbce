/* SPDX-License-Identifier: MIT
 * hears.c - which sockets hear each of the frames that come in; an echo service beside them.
 * Not here: the frames and the expected answers: the test sends the same ones to the build host's Linux
 * (test_addresses.py).
 * A frame's text is its row's number; the text "end" to END_PORT ends it. Prints a table.
 * Needs eth0 with 10.0.2.15/24.
 * Source: RFC 1122 3.2.1.3 and 3.3.6; ip(7). */
#define _GNU_SOURCE
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "listeners.h"

#define END_PORT  5001
#define ECHO_PORT 7
#define ROWS      1200

static struct row {
	unsigned short heard; /* a bit for each listener */
	char where[64];       /* what the first of them knows of its addresses */
} row[ROWS];

static void collect(enum listener i)
{
	char text[8] = "", where[64];

	while (hear(i, text, sizeof(text) - 1, where) >= 0) {
		struct row *r = &row[atoi(text) % ROWS];

		if (!r->heard)
			strcpy(r->where, where);
		r->heard |= (unsigned short)(1 << i);
		memset(text, 0, sizeof(text));
	}
}

/* RFC 862: what comes goes back to its source. */
static int echoed;

static void echo(int s)
{
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	char buf[64];
	long n = recvfrom(s, buf, sizeof(buf), MSG_DONTWAIT, (void *)&from, &len);

	if (n >= 0)
		echoed += sendto(s, buf, (size_t)n, 0, (void *)&from, len) == n;
}

static void show(void)
{
	for (int n = 0; n < ROWS; n++) {
		if (!row[n].heard)
			continue;
		printf("= %d %s", n, row[n].where);
		for (int i = 0; i < LISTENERS; i++)
			if (row[n].heard & 1 << i)
				printf(" %s", listener_name[i]);
		printf("\n");
	}
	printf("= echoed %d\n", echoed);
}

/* What comes to the end's port is sent back when all before it has been heard. Returns 0 when it is the
 * end. */
static int goes_on(int end)
{
	struct sockaddr_in to = address("10.0.2.2", END_PORT);
	char text[16] = "";
	long n = recv(end, text, sizeof(text) - 1, MSG_DONTWAIT);

	if (n < 0)
		return 1;
	if (strcmp(text, "end") == 0)
		show();
	sendto(end, text, (size_t)n, 0, (void *)&to, sizeof(to));
	return strcmp(text, "end");
}

int main(void)
{
	struct sockaddr_in to = address("10.0.2.2", END_PORT);
	int end = bound("0.0.0.0", END_PORT), service = bound("0.0.0.0", ECHO_PORT);
	struct pollfd p[LISTENERS + 2] = { [LISTENERS] = { end, POLLIN, 0 },
		{ service, POLLIN, 0 } };

	listen_all();
	for (int i = 0; i < LISTENERS; i++)
		p[i] = (struct pollfd){ listener[i], POLLIN, 0 };
	sendto(end, "ready", 5, 0, (void *)&to, sizeof(to));
	do {
		poll(p, LISTENERS + 2, -1);
		echo(service);
		for (int i = 0; i < LISTENERS; i++)
			collect((enum listener)i);
	} while (!(p[LISTENERS].revents & POLLIN) || goes_on(end));
	return 0;
}
