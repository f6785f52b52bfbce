/* SPDX-License-Identifier: MIT
 * bad_input.c - system calls about descriptors and sockets with every argument wrong in turn, then two
 * at once: which error comes first.
 * Not here: the expected answers: the build host's Linux gives them (test_bad_input.py); sequences of
 * calls (errno_table.c).
 * Prints a table; must print the same on both kernels. Every row starts from the same state.
 * Source: the man pages, section 2. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

typedef uint64_t u64;

#define PAGE     4096
#define ARGS_MAX 9
#define OBJECT   64 /* bytes of what a pointer leads to that are copied along */
#define PORT     5000

#define COUNT_MAX 1025 /* the greatest that is tried and not refused for its sign alone */

/* ---- the state at the start of each row ---------------------------------------------------- */

/* Descriptors: the next free one is NEXT. */
enum {
	FIRST = 3,
	FILE_FD = FIRST,
	UNBOUND, /* a datagram socket */
	BOUND,   /* to 127.0.0.1:PORT; a datagram waits */
	PEER,    /* connected to BOUND */
	NETLINK, /* of NETLINK_NETFILTER; packet sockets are slow to close on Linux */
	NEXT
};

static struct sockaddr_in addr_any = { .sin_family = AF_INET }, addr_to = { .sin_family = AF_INET },
			  addr_back;
static socklen_t len16;
static int one, back;
static char buf[OBJECT];
static struct iovec iov[COUNT_MAX];
static struct msghdr msg;
static struct mmsghdr msgs[COUNT_MAX];
static struct pollfd polls[COUNT_MAX];
static fd_set reads, writes, closed;
static struct timespec no_time, bad_ns, bad_sec;
static struct timeval no_timeval, bad_usec;
static u64 limit[2], action[4]; /* the action: the default one */
static u64 sigset, sigset_arg[2], bad_sigset_arg[2];
static char *edge, *hidden, *read_only;
static const char *file;

static void reset_objects(void)
{
	addr_any.sin_addr.s_addr = addr_to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	addr_to.sin_port = htons(PORT);
	memset(&addr_back, 0, sizeof(addr_back));
	len16 = 16;
	one = 1;
	back = 0;
	iov[0] = (struct iovec){ buf, 4 };
	iov[1] = (struct iovec){ buf + 4, 4 };
	msg = (struct msghdr){ .msg_iov = iov, .msg_iovlen = 2 };
	msgs[0] = msgs[1] = (struct mmsghdr){ .msg_hdr = msg };
	for (int i = 2; i < COUNT_MAX; i++)
		polls[i] = (struct pollfd){ .fd = -1 };
	polls[0] = (struct pollfd){ .fd = BOUND, .events = POLLIN };
	polls[1] = (struct pollfd){ .fd = UNBOUND, .events = POLLOUT };
	FD_ZERO(&reads);
	FD_ZERO(&writes);
	FD_ZERO(&closed);
	FD_SET(NEXT, &closed);
	FD_SET(BOUND, &reads);
	FD_SET(UNBOUND, &writes);
	bad_ns = (struct timespec){ 0, 1000000000 };
	bad_sec = (struct timespec){ -1, 0 };
	no_time = (struct timespec){ 0, 0 };
	no_timeval = (struct timeval){ 0, 0 };
	bad_usec = (struct timeval){ 0, -1 };
	sigset_arg[0] = bad_sigset_arg[0] = (u64)(uintptr_t)&sigset;
	sigset_arg[1] = 8;
	bad_sigset_arg[1] = 7;
}

static void reset_descriptors(void)
{
	int type = SOCK_DGRAM | SOCK_NONBLOCK;

	poll(NULL, 0, 0); /* what is on its way over the loopback arrives now, at the old sockets */
	for (int fd = FIRST; fd < NEXT + 2; fd++)
		close(fd);
	open(file, O_RDONLY);
	socket(AF_INET, type, 0);
	socket(AF_INET, type, 0);
	socket(AF_INET, type, 0);
	socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK, 12);
	bind(BOUND, (void *)&addr_to, sizeof(addr_to));
	connect(PEER, (void *)&addr_to, sizeof(addr_to));
	if (send(PEER, "datagram", 8, 0) != 8)
		printf("no state to start from: %s\n", strerror(errno));
	poll(NULL, 0, 0); /* and this at the new one */
}

static void make_pages(void)
{
	int prot = PROT_READ | PROT_WRITE, flags = MAP_PRIVATE | MAP_ANONYMOUS;
	char *pages = mmap(NULL, 4 * PAGE, prot, flags, -1, 0);

	edge = pages + PAGE;
	munmap(edge, PAGE);
	hidden = pages + 2 * PAGE;
	mprotect(hidden, PAGE, PROT_NONE);
	read_only = pages + 3 * PAGE;
}

/* ---- values that are wrong, or odd, by the kind of argument -------------------------------- */

struct value {
	const char *name; /* with a star: also two at a time */
	u64 is;
};

/* Pointers that are made for the object they would lead to. */
enum {
	P_READ_ONLY = 1,
	P_HIDDEN,
	P_EDGE /* only four bytes of it are there */
};

#define END                                                                                        \
	{                                                                                          \
		NULL, 0                                                                            \
	}

static const struct value fds[] = { { "-1", (u64)-1 }, { "closed*", 99 }, { "256", 256 },
	{ "2^31", 1ull << 31 }, { "2^32+socket", (1ull << 32) + UNBOUND }, { "file*", FILE_FD },
	{ "bound", BOUND }, { "peer", PEER }, { "netlink", NETLINK }, END };
static const struct value new_fds[] = { { "-1*", (u64)-1 }, { "255", 255 }, { "256", 256 },
	{ "2^31", 1ull << 31 }, { "2^32+10", (1ull << 32) + 10 }, { "same*", UNBOUND },
	{ "file", FILE_FD }, END };
static const struct value pointers[] = { { "null*", 0 }, { "low", 8 }, { "hole*", 0x7000000000 },
	{ "top", 0x7ffffffff000 }, { "not-canonical", 0x800000000000 },
	{ "kernel", 0xffffffff80100000 }, { "wraps", (u64)-8 }, { "read-only", P_READ_ONLY },
	{ "hidden", P_HIDDEN }, { "edge*", P_EDGE }, END };
/* where null would mean for ever */
static const struct value times[] = { { "hole*", 0x7000000000 }, { "kernel", 0xffffffff80100000 },
	{ "edge", P_EDGE }, { "read-only", P_READ_ONLY }, END };
static const struct value addr_lens[] = { { "0*", 0 }, { "1", 1 }, { "2", 2 }, { "15", 15 },
	{ "17", 17 }, { "128", 128 }, { "129", 129 }, { "2^31-1", INT32_MAX }, { "-1*", (u64)-1 },
	{ "2^32-1", UINT32_MAX }, { "2^32+16", (1ull << 32) + 16 }, END };
static const struct value sizes[] = { { "0*", 0 }, { "1", 1 }, { "2^31-1", INT32_MAX },
	{ "2^31", 1ull << 31 }, { "2^32+4", (1ull << 32) + 4 }, { "2^47", 1ull << 47 },
	{ "2^63", 1ull << 63 }, { "-1*", (u64)-1 }, END };
static const struct value option_lens[] = { { "0*", 0 }, { "1", 1 }, { "3", 3 }, { "5", 5 },
	{ "8", 8 }, { "64", 64 }, { "-1*", (u64)-1 }, { "2^31", 1ull << 31 },
	{ "2^32+4", (1ull << 32) + 4 }, END };
static const struct value counts[] = { { "0*", 0 }, { "1", 1 }, { "256", 256 }, { "257", 257 },
	{ "1024", 1024 }, { "1025*", 1025 }, { "2^31", 1ull << 31 }, { "2^32+1", (1ull << 32) + 1 },
	{ "-1", (u64)-1 }, END };
static const struct value families[] = { { "0", 0 }, { "45*", 45 }, { "46", 46 },
	{ "-1*", (u64)-1 }, { "2^32+2", (1ull << 32) + 2 }, END };
static const struct value types[] = { { "0*", 0 }, { "5", 5 }, { "11*", 11 }, { "15", 15 },
	{ "-1", (u64)-1 }, { "0x12", 0x12 }, { "2^20", 1 << 20 }, { "cloexec", 02000002 },
	{ "nonblock", 04002 }, { "2^32+2", (1ull << 32) + 2 }, END };
static const struct value protocols[] = { { "tcp", 6 }, { "udp", 17 }, { "200*", 200 },
	{ "256", 256 }, { "263", 263 }, { "-1*", (u64)-1 }, END };
static const struct value levels[] = { { "-1", (u64)-1 }, { "tcp*", 6 }, { "9999*", 9999 },
	{ "2^32+1", (1ull << 32) + 1 }, END };
static const struct value options[] = { { "-1*", (u64)-1 }, { "9999*", 9999 }, END };
static const struct value hows[] = { { "-1*", (u64)-1 }, { "3", 3 }, { "2^31", 1ull << 31 },
	{ "2^32", 1ull << 32 }, END };
static const struct value send_flags[] = { { "oob*", MSG_OOB }, { "0x2", 2 }, { "dontroute", 4 },
	{ "ctrunc", 8 }, { "0x20", 0x20 }, { "dontwait", 0x40 }, { "eor", 0x80 },
	{ "waitall", 0x100 }, { "confirm", 0x800 }, { "errqueue", 0x2000 }, { "nosignal", 0x4000 },
	{ "2^17", 1 << 17 }, { "2^20", 1 << 20 }, { "2^32", 1ull << 32 }, END };
static const struct value recv_flags[] = { { "oob*", MSG_OOB }, { "peek", 2 }, { "dontroute", 4 },
	{ "trunc", 0x20 }, { "eor", 0x80 }, { "waitall", 0x100 }, { "confirm", 0x800 },
	{ "errqueue*", 0x2000 }, { "more", 0x8000 }, { "2^20", 1 << 20 }, { "cloexec", 0x40000000 },
	{ "2^32", 1ull << 32 }, END };
static const struct value nfds[] = { { "0", 0 }, { "-1*", (u64)-1 }, { "2^31", 1ull << 31 },
	{ "5", 5 }, { "64", 64 }, { "65", 65 }, { "256", 256 }, { "257*", 257 }, { "1024", 1024 },
	{ "100000", 100000 }, { "2^32+8", (1ull << 32) + 8 }, END };
static const struct value dup_flags[] = { { "1*", 1 }, { "nonblock", 04000 },
	{ "cloexec", 02000000 }, { "2^32", 1ull << 32 }, { "-1", (u64)-1 }, END };
static const struct value fcntl_cmds[] = { { "dupfd", F_DUPFD }, { "getfd", F_GETFD },
	{ "setfd", F_SETFD }, { "getfl", F_GETFL }, { "setfl", F_SETFL }, { "dupfd-cloexec", 1030 },
	{ "99*", 99 }, { "-1", (u64)-1 }, { "2^32+1", (1ull << 32) + 1 }, END };
static const struct value dupfd_args[] = { { "-1*", (u64)-1 }, { "255", 255 }, { "256", 256 },
	{ "2^31", 1ull << 31 }, { "2^32", 1ull << 32 }, END };
static const struct value setfl_args[] = { { "2^31", 1ull << 31 }, { "2^32", 1ull << 32 },
	{ "append", 02000 }, { "nonblock", 04000 }, { "cloexec*", 02000000 }, END };
static const struct value ioctls[] = { { "0*", 0 }, { "fionbio", FIONBIO },
	{ "fionread", FIONREAD }, { "fioclex", FIOCLEX }, { "fionclex", FIONCLEX },
	{ "tiocoutq", TIOCOUTQ }, { "tiocgwinsz", TIOCGWINSZ }, { "tcgets", TCGETS },
	{ "-1*", (u64)-1 }, END };
static const struct value unshares[] = { { "1", 1 }, { "2", 2 }, { "vfork", 0x4000 },
	{ "parent", 0x8000 }, { "2^33", 1ull << 33 }, { "2^63", 1ull << 63 }, END };

static const struct value signals[] = { { "0", 0 }, { "65", 65 }, { "-1", (u64)-1 },
	{ "2^32", 1ull << 32 }, END };
static const struct value acted_on[] = { { "0", 0 }, { "9", 9 }, { "19", 19 }, { "65*", 65 },
	{ "2^32+15", (1ull << 32) + 15 }, END };
static const struct value pids[] = { { "2^32", 1ull << 32 }, END };
static const struct value mask_hows[] = { { "3", 3 }, { "-1*", (u64)-1 },
	{ "2^32+1", (1ull << 32) + 1 }, END };
static const struct value limits[] = { { "16", 16 }, { "-1*", (u64)-1 },
	{ "2^32+7", (1ull << 32) + 7 }, END };
static const struct value clocks[] = { { "16", 16 }, { "10*", 10 }, { "2^32+1", (1ull << 32) + 1 },
	END };
static const struct value chances[] = { { "6", 6 }, { "8*", 8 }, { "2^32", 1ull << 32 }, END };
static const struct value whences[] = { { "5", 5 }, { "-1*", (u64)-1 }, { "2^32", 1ull << 32 },
	END };

/* ---- the calls ------------------------------------------------------------------------------ */

struct arg {
	const char *name;
	const struct value *wrong; /* NULL: never wrong */
	u64 good;
};

struct call {
	const char *name;
	long nr;
	void (*pack)(u64 *args); /* from the row's arguments to the call's */
	struct arg args[ARGS_MAX];
};

static void pack_message(u64 *a)
{
	u64 flags = a[7];

	msg.msg_name = (void *)a[1];
	msg.msg_namelen = (socklen_t)a[2];
	msg.msg_iov = (void *)a[3];
	memcpy((char *)&msg + 24, &a[4], 8); /* musl pads these two */
	msg.msg_control = (void *)a[5];
	memcpy((char *)&msg + 40, &a[6], 8);
	a[1] = (uintptr_t)&msg;
	a[2] = flags;
}

static void pack_piece(u64 *a)
{
	iov[1] = (struct iovec){ (void *)a[1], a[2] };
	a[1] = (uintptr_t)iov;
	a[2] = 2;
}

#define P(object) (u64)(uintptr_t) & (object)
#define FD(fd)                                                                                     \
	{                                                                                          \
		"fd", fds, fd                                                                      \
	}
#define NAME(a, n)                                                                                 \
	{ "name", pointers, a },                                                                   \
	{                                                                                          \
		"namelen", addr_lens, n                                                            \
	}
#define BUF                                                                                        \
	{ "buf", pointers, P(buf) },                                                               \
	{                                                                                          \
		"len", sizes, 8                                                                    \
	}
#define FIXED(n)                                                                                   \
	{                                                                                          \
		"", NULL, n                                                                        \
	}

/* clang-format off */
static const struct call calls[] = {
	{ "socket", SYS_socket, NULL, { { "family", families, AF_INET },
		{ "type", types, SOCK_DGRAM }, { "protocol", protocols, 0 } } },
	{ "bind", SYS_bind, NULL, { FD(UNBOUND), NAME(P(addr_any), 16) } },
	{ "connect", SYS_connect, NULL, { FD(UNBOUND), NAME(P(addr_to), 16) } },
	{ "sendto", SYS_sendto, NULL, { FD(UNBOUND), BUF, { "flags", send_flags, 0 },
		NAME(P(addr_to), 16) } },
	{ "send", SYS_sendto, NULL, { FD(PEER), BUF, { "flags", send_flags, 0 } } },
	{ "sendmsg", SYS_sendmsg, NULL, { FD(PEER), { "msg", pointers, P(msg) },
		{ "flags", send_flags, 0 } } },
	{ "sendmsg", SYS_sendmsg, pack_message, { FD(UNBOUND), NAME(P(addr_to), 16),
		{ "iov", pointers, P(iov) }, { "iovlen", counts, 2 },
		{ "control", pointers, 0 }, { "controllen", sizes, 0 }, FIXED(0) } },
	{ "sendmmsg", SYS_sendmmsg, NULL, { FD(PEER), { "msgs", pointers, P(msgs) },
		{ "n", counts, 2 }, { "flags", send_flags, 0 } } },
	{ "recvfrom", SYS_recvfrom, NULL, { FD(BOUND), BUF, { "flags", recv_flags, 0 },
		{ "name", pointers, P(addr_back) }, { "namelen", pointers, P(len16) } } },
	{ "recvmsg", SYS_recvmsg, NULL, { FD(BOUND), { "msg", pointers, P(msg) },
		{ "flags", recv_flags, 0 } } },
	{ "recvmsg", SYS_recvmsg, pack_message, { FD(BOUND), NAME(P(addr_back), 16),
		{ "iov", pointers, P(iov) }, { "iovlen", counts, 2 },
		{ "control", pointers, 0 }, { "controllen", sizes, 0 }, FIXED(0) } },
	{ "recvmmsg", SYS_recvmmsg, NULL, { FD(BOUND), { "msgs", pointers, P(msgs) },
		{ "n", counts, 1 }, { "flags", recv_flags, 0 }, { "timeout", times, 0 } } },
	{ "recvmmsg-bad-ns", SYS_recvmmsg, NULL, { FD(BOUND), { "msgs", pointers, P(msgs) },
		{ "n", counts, 1 }, FIXED(0), FIXED(P(bad_ns)) } },
	{ "getsockname", SYS_getsockname, NULL, { FD(BOUND), { "name", pointers, P(addr_back) },
		{ "namelen", pointers, P(len16) } } },
	{ "getpeername", SYS_getpeername, NULL, { FD(PEER), { "name", pointers, P(addr_back) },
		{ "namelen", pointers, P(len16) } } },
#define SETSOCKOPT(name, level, option) \
	{ "setsockopt-" name, SYS_setsockopt, NULL, { FD(UNBOUND), { "level", levels, level }, \
		{ "option", options, option }, { "val", pointers, P(one) }, \
		{ "len", option_lens, 4 } } }
	SETSOCKOPT("broadcast", SOL_SOCKET, SO_BROADCAST),
	SETSOCKOPT("rcvtimeo", SOL_SOCKET, SO_RCVTIMEO),
	SETSOCKOPT("bindtodevice", SOL_SOCKET, SO_BINDTODEVICE),
	SETSOCKOPT("ttl", IPPROTO_IP, IP_TTL),
	SETSOCKOPT("mtu-discover", IPPROTO_IP, IP_MTU_DISCOVER),
	SETSOCKOPT("cork", IPPROTO_UDP, 1),
#define GETSOCKOPT(name, level, option) \
	{ "getsockopt-" name, SYS_getsockopt, NULL, { FD(UNBOUND), { "level", levels, level }, \
		{ "option", options, option }, { "val", pointers, P(back) }, \
		{ "len", pointers, P(len16) } } }
	GETSOCKOPT("type", SOL_SOCKET, SO_TYPE),
	GETSOCKOPT("rcvtimeo", SOL_SOCKET, SO_RCVTIMEO),
	GETSOCKOPT("error", SOL_SOCKET, SO_ERROR),
	GETSOCKOPT("ttl", IPPROTO_IP, IP_TTL),
	GETSOCKOPT("cork", IPPROTO_UDP, 1),
	{ "shutdown", SYS_shutdown, NULL, { FD(PEER), { "how", hows, SHUT_WR } } },
	{ "poll", SYS_poll, NULL, { { "fds", pointers, P(polls) }, { "n", counts, 2 }, FIXED(0) } },
	{ "ppoll", SYS_ppoll, NULL, { { "fds", pointers, P(polls) }, { "n", counts, 2 },
		{ "time", times, P(no_time) }, { "mask", pointers, P(sigset) },
		{ "masklen", sizes, 8 } } },
	{ "ppoll-bad-ns", SYS_ppoll, NULL, { { "fds", pointers, P(polls) }, { "n", counts, 2 },
		FIXED(P(bad_ns)), { "mask", pointers, P(sigset) }, { "masklen", sizes, 8 } } },
	{ "ppoll-bad-sec", SYS_ppoll, NULL, { { "fds", pointers, P(polls) }, { "n", counts, 2 },
		FIXED(P(bad_sec)) } },
	{ "select", SYS_select, NULL, { { "n", nfds, NEXT }, { "reads", pointers, P(reads) },
		{ "writes", pointers, P(writes) }, { "excepts", pointers, 0 },
		{ "time", times, P(no_timeval) } } },
	{ "select-bad-usec", SYS_select, NULL, { { "n", nfds, NEXT }, { "reads", pointers, P(reads) },
		{ "writes", pointers, P(writes) }, FIXED(0), FIXED(P(bad_usec)) } },
	{ "select-closed", SYS_select, NULL, { { "n", nfds, NEXT + 1 }, { "reads", pointers, P(closed) },
		{ "writes", pointers, P(writes) }, FIXED(0), FIXED(P(no_timeval)) } },
	{ "pselect6", SYS_pselect6, NULL, { { "n", nfds, NEXT }, { "reads", pointers, P(reads) },
		{ "writes", pointers, P(writes) }, { "excepts", pointers, 0 },
		{ "time", times, P(no_time) }, { "mask", pointers, P(sigset_arg) } } },
	{ "pselect6-bad-mask", SYS_pselect6, NULL, { { "n", nfds, NEXT },
		{ "reads", pointers, P(reads) }, FIXED(0), FIXED(0), FIXED(P(no_time)),
		FIXED(P(bad_sigset_arg)) } },
	{ "pselect6-bad-ns", SYS_pselect6, NULL, { { "n", nfds, NEXT },
		{ "reads", pointers, P(reads) }, FIXED(0), FIXED(0), FIXED(P(bad_ns)),
		{ "mask", pointers, P(sigset_arg) } } },
	{ "fcntl", SYS_fcntl, NULL, { FD(UNBOUND), { "cmd", fcntl_cmds, F_GETFL }, FIXED(0) } },
	{ "fcntl-dupfd", SYS_fcntl, NULL, { FD(UNBOUND), FIXED(F_DUPFD), { "arg", dupfd_args, 0 } } },
	{ "fcntl-setfl", SYS_fcntl, NULL, { FD(UNBOUND), FIXED(F_SETFL), { "arg", setfl_args, 0 } } },
	{ "fcntl-setfd", SYS_fcntl, NULL, { FD(UNBOUND), FIXED(F_SETFD), { "arg", setfl_args, 0 } } },
	{ "ioctl", SYS_ioctl, NULL, { FD(BOUND), { "cmd", ioctls, FIONBIO },
		{ "arg", pointers, P(one) } } },
	{ "ioctl-fionread", SYS_ioctl, NULL, { FD(BOUND), FIXED(FIONREAD),
		{ "arg", pointers, P(back) } } },
	{ "close", SYS_close, NULL, { FD(UNBOUND) } },
	{ "dup", SYS_dup, NULL, { FD(UNBOUND) } },
	{ "dup2", SYS_dup2, NULL, { FD(UNBOUND), { "new", new_fds, NEXT + 1 } } },
	{ "dup3", SYS_dup3, NULL, { FD(UNBOUND), { "new", new_fds, NEXT + 1 },
		{ "flags", dup_flags, 0 } } },
	{ "read", SYS_read, NULL, { FD(BOUND), BUF } },
	{ "read-file", SYS_read, NULL, { FD(FILE_FD), BUF } },
	{ "write", SYS_write, NULL, { FD(PEER), BUF } },
	{ "readv", SYS_readv, NULL, { FD(BOUND), { "iov", pointers, P(iov) }, { "n", counts, 2 } } },
	{ "readv-piece", SYS_readv, pack_piece, { FD(BOUND), BUF } },
	{ "readv-file-piece", SYS_readv, pack_piece, { FD(FILE_FD), BUF } },
	{ "writev", SYS_writev, NULL, { FD(PEER), { "iov", pointers, P(iov) }, { "n", counts, 2 } } },
	{ "writev-piece", SYS_writev, pack_piece, { FD(PEER), BUF } },
	{ "lseek", SYS_lseek, NULL, { FD(FILE_FD), FIXED(0), { "whence", whences, 0 } } },
	{ "kill", SYS_kill, NULL, { { "pid", pids, 0 }, { "signal", signals, 0 } } },
	{ "sigaction", SYS_rt_sigaction, NULL, { { "signal", acted_on, 15 },
		{ "act", pointers, P(action) }, { "old", pointers, 0 }, { "size", sizes, 8 } } },
	{ "sigprocmask", SYS_rt_sigprocmask, NULL, { { "how", mask_hows, 0 },
		{ "set", pointers, P(sigset) }, { "old", pointers, 0 }, { "size", sizes, 8 } } },
	{ "prlimit", SYS_prlimit64, NULL, { { "pid", pids, 0 }, { "resource", limits, 7 }, FIXED(0),
		{ "old", pointers, P(limit) } } },
	{ "clock_gettime", SYS_clock_gettime, NULL, { { "clock", clocks, 1 },
		{ "time", pointers, P(no_time) } } },
	{ "clock_getres", SYS_clock_getres, NULL, { { "clock", clocks, 1 },
		{ "time", pointers, P(no_time) } } },
	{ "clock_nanosleep", SYS_clock_nanosleep, NULL, { { "clock", clocks, 1 },
		FIXED(1ull << 32), { "time", times, P(no_time) } } },
	{ "getrandom", SYS_getrandom, NULL, { { "buf", pointers, P(limit) }, FIXED(8),
		{ "flags", chances, 0 } } },
	{ "unshare", SYS_unshare, NULL, { { "flags", unshares, 0 } } },
};
/* clang-format on */

/* ---- rows ----------------------------------------------------------------------------------- */

static u64 place(const struct value *v, const struct arg *arg)
{
	int pointer = arg->wrong == pointers || arg->wrong == times;
	const void *object = (const void *)(uintptr_t)(arg->good ?: (u64)(uintptr_t)buf);

	if (!pointer || v->is < P_READ_ONLY || v->is > P_EDGE)
		return v->is;
	if (v->is == P_HIDDEN)
		return (uintptr_t)hidden;
	if (v->is == P_EDGE)
		return (uintptr_t)memcpy(edge - 4, object, 4);
	mprotect(read_only, PAGE, PROT_READ | PROT_WRITE);
	memcpy(read_only, object, OBJECT);
	mprotect(read_only, PAGE, PROT_READ);
	return (uintptr_t)read_only;
}

static void say(const struct arg *arg, const struct value *v)
{
	printf(" %s=%.*s", arg->name, (int)strcspn(v->name, "*"), v->name);
}

/* One row: argument i is *v, argument j (unless it is i) is *w. */
static void row(const struct call *call, int i, const struct value *v, int j, const struct value *w)
{
	u64 a[ARGS_MAX];
	long result;

	reset_objects();
	reset_descriptors();
	for (int k = 0; k < ARGS_MAX; k++)
		a[k] = call->args[k].good;
	printf("= %s", call->name);
	say(&call->args[i], v);
	if (j != i)
		say(&call->args[j], w);
	a[i] = place(v, &call->args[i]);
	if (j != i)
		a[j] = place(w, &call->args[j]);
	if (call->pack)
		call->pack(a);
	errno = 0;
	result = syscall(call->nr, a[0], a[1], a[2], a[3], a[4], a[5]);
	printf(": %ld", result == -1 ? -errno : result);
	printf(len16 == 16 ? "\n" : ", length %d\n", (int)len16);
}

static void wrong_alone(const struct call *call)
{
	for (int i = 0; i < ARGS_MAX; i++)
		for (const struct value *v = call->args[i].wrong; v && v->name; v++)
			row(call, i, v, i, NULL);
}

static void wrong_together(const struct call *call)
{
	for (int i = 0; i < ARGS_MAX; i++)
		for (const struct value *v = call->args[i].wrong; v && v->name; v++)
			for (int j = i + 1; j < ARGS_MAX; j++)
				for (const struct value *w = call->args[j].wrong; w && w->name; w++)
					if (strchr(v->name, '*') && strchr(w->name, '*'))
						row(call, i, v, j, w);
}

/* Usage: bad_input <file> [call]: one call alone. The file is a short one. */
int main(int argc, char **argv)
{
	static char out[1 << 16];

	if (argc < 2)
		return 1;
	file = argv[1];
	setvbuf(stdout, out, _IOFBF, sizeof(out));
	make_pages();
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		if (argc > 2 && strcmp(argv[2], calls[i].name) != 0)
			continue;
		wrong_alone(&calls[i]);
		wrong_together(&calls[i]);
	}
	printf("end of table\n");
	return checks_failed;
}
