/* SPDX-License-Identifier: MIT
 * security.c - hooks where a module may refuse what a program asks for.
 * Not here: the modules.
 * Modules register; net/socket.c walks the lists through security.h.
 * Source: Linux's LSM: hooks are lists, the first refusal wins. */
#include "kernel/security.h"

struct list_head security_hook_heads[SECURITY_HOOKS] = {
	LIST_HEAD_INIT(security_hook_heads[SECURITY_SOCKET_CREATE]),
	LIST_HEAD_INIT(security_hook_heads[SECURITY_SOCKET_BIND]),
	LIST_HEAD_INIT(security_hook_heads[SECURITY_SOCKET_CONNECT]),
	LIST_HEAD_INIT(security_hook_heads[SECURITY_SOCKET_SENDMSG]),
	LIST_HEAD_INIT(security_hook_heads[SECURITY_SOCKET_RECVMSG]),
};

struct static_key security_active[SECURITY_HOOKS];

void security_add_hooks(struct security_hook_list *hooks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		list_add_tail(&hooks[i].list, &security_hook_heads[hooks[i].hook]);
		static_key_set(&security_active[hooks[i].hook], true);
	}
}

void security_delete_hooks(struct security_hook_list *hooks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		enum security_hook hook = hooks[i].hook;

		list_del(&hooks[i].list);
		static_key_set(&security_active[hook], !list_empty(&security_hook_heads[hook]));
	}
}
