/* SPDX-License-Identifier: MIT
 * proc.h - /proc/net: tables and counters of the network as files, in Linux's formats where it has them.
 * Not here: what is counted; the files themselves (kernel/fs/procfile.h).
 * net_init.c registers them.
 * Source: proc(5). Behaves as Linux's files of these names, line by line. */
#pragma once

struct seq_file;

/* net_counts_show - lines of /proc/muffin: how much of what the network has is in use, in all namespaces. When
 * all is quiet, packets that are not free lie in rings. */
void net_counts_show(struct seq_file *m);
