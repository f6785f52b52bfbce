/* SPDX-License-Identifier: MIT
 * question.h - senders that ask how many of their datagrams have arrived: kept, then answered.
 * Not here: counting (lib/checker.h).
 * muffin-recv.c calls in.
 * Source: lib/stamp.h.
 *
 * What was sent before a question may still wait at another socket. So a question that was found in one round over all
 * sockets is answered after the next one. */
#pragma once

#include <netinet/in.h>
#include <stdint.h>

/* question_keep - one has come, of QUESTION_LEN bytes. When too many wait it is not answered, and asked again. */
void question_keep(int fd, const uint8_t *payload, const struct sockaddr_in *from, uint16_t run);

/* question_waiting - how many wait. */
uint32_t question_waiting(void);

/* question_answer - answer the first n. Returns how many answers were not sent. */
uint32_t question_answer(uint32_t n);
