/* SPDX-License-Identifier: MIT
 * steer.h - the sockets by which a run is steered and its account is collected.
 * Not here: what commands look like (control.h), what they do (run.c).
 * run.c and muffin-blast.c call in.
 * Source: docs/man/muffin-blast.1. */
#pragma once

#include "user/blast/account.h"
#include "user/blast/control.h"

/* steer_open - control= and report=, as far as they are wanted.
 * Returns  false, having said why not on stderr */
bool steer_open(void);

/* steer_fd - where commands come to, or -1. */
int steer_fd(void);

/* steer_read - answer all commands that have come; obey is called for each that is to be obeyed. */
void steer_read(const struct account *account, void (*obey)(const struct command *command));

/* steer_reports - whether there is an address to report to. */
bool steer_reports(void);

/* steer_report - send the account there. */
void steer_report(const struct account *account);
