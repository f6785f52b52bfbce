/* SPDX-License-Identifier: MIT
 * af_unix.h - the family AF_UNIX, as far as one process needs it: a handle for ioctl, and /dev/log.
 * Not here: sockets that two ends share: there is no second process.
 * main.c registers it.
 * Source: unix(7), syslog(3). */
#pragma once

/* af_unix_init - register the family. */
void af_unix_init(void);
