/* SPDX-License-Identifier: MIT
 * steer.c - the sockets by which a run is steered and its account is collected.
 * Not here: what commands look like (control.c), what they do (run.c).
 * run.c and muffin-blast.c call in.
 * Source: docs/man/muffin-blast.1. */
#include "user/blast/steer.h"
#include "user/blast/want.h"
#include "user/lib/sockets.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static int control_fd = -1, report_fd = -1;

bool steer_open(void)
{
	if (want.control && (control_fd = socket_open(want.address, (uint16_t)want.control)) < 0)
		return false;
	return !want.report.sin_port || (report_fd = socket_open(want.address, 0)) >= 0;
}

int steer_fd(void)
{
	return control_fd;
}

bool steer_reports(void)
{
	return report_fd >= 0;
}

void steer_report(const struct account *account)
{
	char text[512];
	size_t len = account_json(account, want.link.bits, text, sizeof(text) - 1);

	text[len++] = '\n';
	/* a report that cannot leave now is not worth waiting for: the next one has its numbers */
	sendto(report_fd, text, len, MSG_DONTWAIT, (const void *)&want.report, sizeof(want.report));
}

/* One datagram of an address that may steer: obeyed and answered. Another's is not answered, so that nobody is told
 * anything, and a forged address gets nothing. */
static void take_command(const struct account *account, const char *text, size_t len,
	const struct sockaddr_in *from, void (*obey)(const struct command *command))
{
	char answer[512] = "ok", problem[256];
	struct command command;

	if (!control_allows(&want.allow, ntohl(from->sin_addr.s_addr)))
		return;
	if (!control_parse(text, len, &command, problem, sizeof(problem)))
		snprintf(answer, sizeof(answer), "error: %s", problem);
	else if (command.kind == COMMAND_COUNTERS)
		account_json(account, want.link.bits, answer, sizeof(answer) - 1);
	else
		obey(&command);
	len = strlen(answer);
	answer[len++] = '\n';
	sendto(control_fd, answer, len, MSG_DONTWAIT, (const void *)from, sizeof(*from));
}

void steer_read(const struct account *account, void (*obey)(const struct command *command))
{
	char text[256];
	struct sockaddr_in from;
	socklen_t from_len = sizeof(from);
	ssize_t len;

	while ((len = recvfrom(control_fd, text, sizeof(text), MSG_DONTWAIT, (void *)&from,
			&from_len)) >= 0)
		take_command(account, text, (size_t)len, &from, obey);
}
