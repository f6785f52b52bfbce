/* SPDX-License-Identifier: MIT
 * proc.h - /proc/net: tables and counters of the network as files, in Linux's formats where it has them.
 * Not here: what is counted; the files themselves (kernel/fs/procfile.h).
 * net_init.c registers them.
 * Source: proc(5); Linux's net/core/net-procfs.c, net/ipv4/proc.c for the lines. */
#pragma once

/* net_proc_init - register the files. */
void net_proc_init(void);
