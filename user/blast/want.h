/* SPDX-License-Identifier: MIT
 * want.h - what muffin-blast was told.
 * Not here: doing it.
 * muffin-blast's files look.
 * Source: none. */
#pragma once

#include "user/blast/control.h"
#include "user/blast/plan.h"

struct want {
	struct plan plan;
	struct rate rate, link;
	uint64_t count, time_ns, interval_ns, window, trial_ns, control;
	uint32_t address;
	const char *pcap, *device;
	struct allowed allow;
	struct sockaddr_in report;
	bool quiet, json, search, timed;
};

extern struct want want;

/* want_read - fill it from the command line; options may stand behind the host, too.
 * Returns  OPTIONS_HELP or OPTIONS_BAD, having said why, else 0: *host is NULL with pcap= */
int want_read(int argc, char **argv, const char **host);
