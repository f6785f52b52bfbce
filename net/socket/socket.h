/* SPDX-License-Identifier: MIT
 * socket.h - sockets as the program sees them: descriptors, families, the system calls.
 * Not here: what a family does (af_inet.h), where packets go.
 * kernel/entry/syscall.c calls the sys_ functions; families register themselves.
 * Source: POSIX.1-2017 2.10; the Linux man pages, section 2. Names as in Linux's net/socket/socket.c. */
#pragma once

#include "kernel/fs/file.h"
#include "net/core/sock.h"
#include "net/socket/msg.h"

#define PF_MAX 46 /* families are numbered below this */

enum sock_type {
	SOCK_STREAM = 1,
	SOCK_DGRAM = 2,
	SOCK_RAW = 3,
	SOCK_SEQPACKET = 5,
	SOCK_MAX = 11
};

#define SOCK_TYPE_MASK 0xf
#define SOCK_CLOEXEC   O_CLOEXEC
#define SOCK_NONBLOCK  O_NONBLOCK

struct proto_ops;
struct sockopt_table;

struct socket {
	const struct proto_ops *ops;
	struct sock *sk;
	struct file *file;
	u16 type;
};

/* The seam between the socket layer and a family. Addresses are kernel memory by now. An entry that
 * is NULL answers -EOPNOTSUPP. */
struct proto_ops {
	int family;
	u32 rcv_header; /* bytes before the payload of what waits in sk_receive_queue */
	void (*release)(struct socket *sock);
	int (*bind)(struct socket *sock, const struct sockaddr_storage *addr, u32 len);
	int (*connect)(struct socket *sock, const struct sockaddr_storage *addr, u32 len);
	/* fills addr; returns its length or a negative errno. peer: the other end's */
	int (*getname)(struct socket *sock, struct sockaddr_storage *addr, bool peer);
	u32 (*poll)(struct socket *sock, u32 wanted); /* see struct file_operations */
	int (*shutdown)(struct socket *sock, int how);
	const struct sockopt_table *const *options; /* sockopt.h */
	/* an option has been set that what is cached may depend on; NULL: nothing is */
	void (*forget_route)(struct socket *sock);
	ssize (*sendmsg)(struct socket *sock, struct msghdr *msg, size_t len);
	ssize (*recvmsg)(struct socket *sock, struct msghdr *msg, size_t len);
	/* see struct proto; NULL: none */
	u32 (*send_batch)(struct socket *sock, struct user_mmsghdr __user *vec, u32 n, u32 flags);
};

struct net_proto_family {
	int family;
	int (*create)(struct net *net, struct socket *sock, int protocol);
};

/* sock_register - a family makes itself known. Returns 0, -ENOBUFS (number), -EEXIST. */
int sock_register(const struct net_proto_family *family) __must_check;

/* sock_create - a socket of net's, without a descriptor.
 * Returns  0, or -EAFNOSUPPORT, -EINVAL, what the family and the security modules say, -ENOMEM */
int sock_create(
	struct net *net, int family, int type, int protocol, struct socket **res) __must_check;

/* sock_release - the opposite. */
void sock_release(struct socket *sock);

/* socket_n - how many sockets there are. */
u32 socket_n(void);

/* sock_sendmsg - past the security hooks to the family. len: bytes in msg. */
ssize sock_sendmsg(struct socket *sock, struct msghdr *msg, size_t len);

/* sock_recvmsg - the same the other way. */
ssize sock_recvmsg(struct socket *sock, struct msghdr *msg, size_t len);

/* The system calls: the man pages, section 2. */
long sys_socket(int family, u32 type, int protocol);
long sys_bind(int fd, u64 addr, u32 len);
long sys_connect(int fd, u64 addr, u32 len);
long sys_listen(int fd);
long sys_accept4(int fd, u64 addr, u64 len, u32 flags);
long sys_getsockname(int fd, u64 addr, u64 len);
long sys_getpeername(int fd, u64 addr, u64 len);
long sys_shutdown(int fd, int how);
long sys_setsockopt(int fd, int level, int name, u64 val, u32 len);
long sys_getsockopt(int fd, int level, int name, u64 val, u64 len);
long sys_sendto(int fd, u64 buf, u64 len, u32 flags, u64 addr, u32 addr_len);
long sys_recvfrom(int fd, u64 buf, u64 len, u32 flags, u64 addr, u64 addr_len);
long sys_sendmsg(int fd, u64 msg, u32 flags);
long sys_sendmmsg(int fd, u64 vec, u32 vlen, u32 flags);
long sys_recvmsg(int fd, u64 msg, u32 flags);
long sys_recvmmsg(int fd, u64 msgs, u32 n, u32 flags, u64 timeout);

/* dev_ioctl - SIOCGIF*, by name, of net's devices; SIOCSIFFLAGS (up, down), SIOCSIFMTU, SIOCSIFNAME.
 * NULL: -ENOTTY for all. net/ipv4/dev_ioctl.c sets it.
 * arg      struct ifreq or struct ifconf in user memory
 * Returns  0, or -ENOTTY (not one of them), -ENODEV, -EADDRNOTAVAIL (it has no address), -EFAULT, or
 *          what the change says (dev_config.h) */
extern long (*dev_ioctl)(struct net *net, u32 cmd, u64 arg);
