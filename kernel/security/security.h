/* SPDX-License-Identifier: MIT
 * security.h - hooks where a module may refuse what a program asks for.
 * Not here: the modules.
 * net/socket/socket.c passes each hook before it does anything; modules register.
 * Behaves as Linux's LSM: hooks are lists, the first refusal wins. */
#pragma once

#include "kernel/lib/list.h"
#include "kernel/lib/static_key.h"

struct socket;
struct msghdr;
struct sockaddr_storage;

enum security_hook {
	SECURITY_SOCKET_CREATE,
	SECURITY_SOCKET_BIND,
	SECURITY_SOCKET_CONNECT,
	SECURITY_SOCKET_SENDMSG,
	SECURITY_SOCKET_RECVMSG,
	SECURITY_HOOKS
};

/* One module's function for one hook: 0 lets it pass, a negative errno refuses. */
struct security_hook_list {
	struct list_head list;
	enum security_hook hook;
	union {
		int (*socket_create)(int family, int type, int protocol);
		int (*socket_bind)(
			struct socket *sock, const struct sockaddr_storage *addr, u32 len);
		int (*socket_connect)(
			struct socket *sock, const struct sockaddr_storage *addr, u32 len);
		int (*socket_sendmsg)(struct socket *sock, struct msghdr *msg, size_t len);
		int (*socket_recvmsg)(struct socket *sock, struct msghdr *msg, size_t len);
	};
};

extern struct list_head security_hook_heads[SECURITY_HOOKS];
extern struct static_key security_active[SECURITY_HOOKS];

/* security_add_hooks - a module's hooks, n of them; they stay the module's. Modules are asked in
 * the order in which they came. */
void security_add_hooks(struct security_hook_list *hooks, size_t n);

/* security_call_create, security_call_bind, security_call_connect, security_call_sendmsg,
 * security_call_recvmsg - the walks behind security_socket_*: every module until one refuses. */
int security_call_create(int family, int type, int protocol);
int security_call_bind(struct socket *sock, const struct sockaddr_storage *addr, u32 len);
int security_call_connect(struct socket *sock, const struct sockaddr_storage *addr, u32 len);
int security_call_sendmsg(struct socket *sock, struct msghdr *msg, size_t len);
int security_call_recvmsg(struct socket *sock, struct msghdr *msg, size_t len);

/* While no module has registered for a hook it is one no-op. A caller that has nothing to do after it asks
 * this first, and need not come back. */
#define security_hooked(id) static_branch_unlikely(&security_active[id])

#define call_int_hook(id, walk, ...) (security_hooked(id) ? walk(__VA_ARGS__) : 0)

static inline int security_socket_create(int family, int type, int protocol)
{
	return call_int_hook(SECURITY_SOCKET_CREATE, security_call_create, family, type, protocol);
}

static inline int security_socket_bind(
	struct socket *sock, const struct sockaddr_storage *addr, u32 len)
{
	return call_int_hook(SECURITY_SOCKET_BIND, security_call_bind, sock, addr, len);
}

static inline int security_socket_connect(
	struct socket *sock, const struct sockaddr_storage *addr, u32 len)
{
	return call_int_hook(SECURITY_SOCKET_CONNECT, security_call_connect, sock, addr, len);
}

static inline int security_socket_sendmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	return call_int_hook(SECURITY_SOCKET_SENDMSG, security_call_sendmsg, sock, msg, len);
}

static inline int security_socket_recvmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	return call_int_hook(SECURITY_SOCKET_RECVMSG, security_call_recvmsg, sock, msg, len);
}
