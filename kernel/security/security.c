/* SPDX-License-Identifier: MIT
 * security.c - hooks where a module may refuse what a program asks for.
 * Not here: the modules.
 * Modules register; net/socket/socket.c walks the lists through security.h.
 * Behaves as Linux's LSM: hooks are lists, the first refusal wins. */
#include "kernel/security/security.h"

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

/* One walk for each hook: they differ in the arguments they pass on. */
#define WALK(id, member, ...)                                                                      \
	do {                                                                                       \
		struct security_hook_list *p;                                                      \
		int rc = 0;                                                                        \
                                                                                                   \
		list_for_each(p, &security_hook_heads[id], list) {                                 \
			rc = p->member(__VA_ARGS__);                                               \
			if (rc != 0)                                                               \
				break;                                                             \
		}                                                                                  \
		return rc;                                                                         \
	} while (0)

int security_call_create(int family, int type, int protocol)
{
	WALK(SECURITY_SOCKET_CREATE, socket_create, family, type, protocol);
}

int security_call_bind(struct socket *sock, const struct sockaddr_storage *addr, u32 len)
{
	WALK(SECURITY_SOCKET_BIND, socket_bind, sock, addr, len);
}

int security_call_connect(struct socket *sock, const struct sockaddr_storage *addr, u32 len)
{
	WALK(SECURITY_SOCKET_CONNECT, socket_connect, sock, addr, len);
}

int security_call_sendmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	WALK(SECURITY_SOCKET_SENDMSG, socket_sendmsg, sock, msg, len);
}

int security_call_recvmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	WALK(SECURITY_SOCKET_RECVMSG, socket_recvmsg, sock, msg, len);
}
