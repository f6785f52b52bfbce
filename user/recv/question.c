/* SPDX-License-Identifier: MIT
 * question.c - senders that ask how many of their datagrams have arrived: kept, then answered.
 * Not here: counting (lib/checker.c).
 * muffin-recv.c calls in.
 * Source: lib/stamp.h. */
#include "user/recv/question.h"
#include "user/lib/checker.h"
#include <string.h>
#include <sys/socket.h>

#define QUESTIONS_MAX 64

static struct question {
	uint8_t payload[QUESTION_LEN];
	int fd;
	struct sockaddr_in from;
	uint16_t run;
} questions[QUESTIONS_MAX];

static uint32_t question_n;

void question_keep(int fd, const uint8_t *payload, const struct sockaddr_in *from, uint16_t run)
{
	struct question *q = &questions[question_n];

	if (question_n == QUESTIONS_MAX)
		return;
	*q = (struct question){ .fd = fd, .from = *from, .run = run };
	memcpy(q->payload, payload, QUESTION_LEN);
	question_n++;
}

uint32_t question_waiting(void)
{
	return question_n;
}

uint32_t question_answer(uint32_t n)
{
	uint32_t unsent = 0;

	for (struct question *q = questions; q < questions + n; q++) {
		uint32_t address = ntohl(q->from.sin_addr.s_addr);

		q->payload[1] = STAMP_ANSWER;
		stamp_set_received(q->payload, checker_received(address, q->run));
		unsent += sendto(q->fd, q->payload, QUESTION_LEN, 0, (const void *)&q->from,
				  sizeof(q->from)) < 0;
	}
	question_n -= n;
	memmove(questions, questions + n, question_n * sizeof(questions[0]));
	return unsent;
}
