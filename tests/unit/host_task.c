/* SPDX-License-Identifier: MIT
 * host_task.c - the one process and its hooks' switches, as kernel/ would bring them.
 * Not here: the machine (host_machine.c).
 * net/socket/socket.c reads init_task; security, netfilter and taps turn their keys.
 * Source: kernel/fs/task.h, kernel/lib/static_key.h. */
#include "kernel/fs/task.h"
#include "kernel/lib/static_key.h"
#include "net/core/net_namespace.h"

static struct nsproxy nsproxy = { .net_ns = &init_net };

struct task init_task = { .nsproxy = &nsproxy, .pid = 1 };

void static_key_set(struct static_key *key, bool enabled)
{
	key->enabled = enabled;
}
