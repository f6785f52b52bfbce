/* SPDX-License-Identifier: MIT
 * ask.c - asking a muffin-recv how many datagrams of a run have arrived; how long its answers take.
 * Not here: what follows from it (muffin-blast.c).
 * muffin-blast.c calls in.
 * Source: user/lib/stamp.h. */
#include "user/blast/ask.h"
#include "user/lib/sockets.h"
#include "user/lib/stamp.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define OPEN_QUESTIONS 64 /* an older one's answer does not count */

static int fd = -1;
static uint16_t run;
static uint32_t next;
static struct {
	uint64_t sent, asked_ns;
	bool open;
} question[OPEN_QUESTIONS];
static struct told told;
static struct histogram round_trips;

int ask_open(const struct sockaddr_in *to, uint32_t our_address)
{
	fd = socket_open(our_address, 0);
	if (fd >= 0 && connect(fd, (const void *)to, sizeof(*to)) < 0) {
		fprintf(stderr, "muffin-blast: the receiver cannot be asked: %s\n",
			strerror(errno));
		return -1;
	}
	return fd;
}

void ask_restart(uint16_t of)
{
	run = of;
	told = (struct told){ .sent = 0 };
	memset(question, 0, sizeof(question));
}

void ask(uint64_t sent)
{
	uint8_t payload[QUESTION_LEN] = { 0 };
	const struct stamp stamp = {
		.kind = STAMP_QUESTION, .run = run, .number = next, .sent_ns = clock_real()
	};

	stamp_write(payload, &stamp);
	if (send(fd, payload, sizeof(payload), MSG_DONTWAIT) < 0)
		return; /* it is asked again */
	question[next % OPEN_QUESTIONS].sent = sent;
	question[next % OPEN_QUESTIONS].asked_ns = clock_now();
	question[next % OPEN_QUESTIONS].open = true;
	next++;
}

static void take_answer(const uint8_t *payload, const struct stamp *stamp)
{
	uint32_t slot = stamp->number % OPEN_QUESTIONS;

	if (stamp->kind != STAMP_ANSWER || stamp->run != run ||
		next - stamp->number > OPEN_QUESTIONS || !question[slot].open)
		return;
	question[slot].open = false;
	histogram_add(&round_trips, clock_now() - question[slot].asked_ns);
	told.answers++;
	if (question[slot].sent >= told.sent) {
		told.sent = question[slot].sent;
		told.received = stamp_received(payload);
	}
}

void ask_read(void)
{
	uint8_t payload[QUESTION_LEN];
	struct stamp stamp;
	ssize_t len;

	while ((len = recv(fd, payload, sizeof(payload), MSG_DONTWAIT)) >= 0)
		if (stamp_read(payload, (size_t)len, &stamp))
			take_answer(payload, &stamp);
}

const struct told *ask_told(void)
{
	return &told;
}

const struct histogram *ask_round_trips(void)
{
	return &round_trips;
}
