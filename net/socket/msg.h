/* SPDX-License-Identifier: MIT
 * msg.h - a message on its way between the program's memory and a packet.
 * Not here: the system calls that fill it (socket.h).
 * socket.c fills it, udp_send.c and ip_output.c read it.
 * Source: sendmsg(2). Names as in Linux's struct msghdr. */
#pragma once

#include "kernel/lib/byteorder.h"
#include "kernel/lib/string.h"
#include "net/core/machine.h"

#define AF_UNSPEC 0
#define AF_UNIX   1
#define AF_INET   2

struct sockaddr_in {
	u16 sin_family; /* host order */
	be16 sin_port;
	be32 sin_addr;
	u8 sin_zero[8];
};

_Static_assert(sizeof(struct sockaddr_in) == 16, "bits of the system-call ABI");

/* sockaddr_key - family, port and address in one word, to be compared. */
static inline u64 sockaddr_key(const struct sockaddr_in *addr)
{
	u64 key;

	memcpy(&key, addr, sizeof(key));
	return key;
}

_Static_assert(offsetof(struct sockaddr_in, sin_zero) == sizeof(u64), "all of it but the zeros");

static inline struct sockaddr_in sockaddr_of_key(u64 key)
{
	struct sockaddr_in addr = { .sin_family = 0 };

	memcpy(&addr, &key, sizeof(key));
	return addr;
}

/* sockaddr_in_key - family, port and address in one word, the first of a struct sockaddr_in. */
static inline u64 sockaddr_in_key(be32 addr, be16 port)
{
	return AF_INET | (u64)port.raw << 16 | (u64)addr.raw << 32;
}

#define SOCKADDR_MAX 128

struct sockaddr_storage {
	union {
		u16 family;
		struct sockaddr_in in;
		u8 bytes[SOCKADDR_MAX];
	};
};

enum msg_flags {
	MSG_OOB = 0x1,
	MSG_PEEK = 0x2,
	MSG_DONTROUTE = 0x4,
	MSG_CTRUNC = 0x8,
	MSG_TRUNC = 0x20,
	MSG_DONTWAIT = 0x40,
	MSG_WAITALL = 0x100,
	MSG_CONFIRM = 0x800,
	MSG_ERRQUEUE = 0x2000,
	MSG_NOSIGNAL = 0x4000,
	MSG_MORE = 0x8000,
	MSG_WAITFORONE = 0x10000,
	MSG_CMSG_COMPAT = 1u << 31 /* Linux's own: not for programs */
};

/* What does not keep a message from the shortest way. */
#define MSG_USUAL ((u32)(MSG_DONTWAIT | MSG_NOSIGNAL))

/* Pieces of the program's memory. */
struct iovec {
	void __user *base;
	size_t len;
};

struct msghdr {
	struct sockaddr_storage *name; /* kernel memory; NULL: none */
	union {
		u64 how; /* all of it, for one comparison, and to begin with the flags alone */
		struct {
			u32 flags; /* MSG_*, in and out */
			bool unusual; /* a length or a piece is not the usual one, or there is control data */
			/* some of it is on its way: the rest follows, although a signal comes, and beyond the
			 * bounds of what may be queued */
			bool begun;
		};
	};
	u32 namelen;
	u8 __user *at; /* what is left of the current piece */
	size_t at_len;
	const struct iovec *iov; /* the pieces after it */
	size_t iov_n;
	/* receiving: what is left of the room for control messages; sending: they, in kernel memory */
	void __user *control;
	size_t controllen;
	u32 control_flags; /* receiving: MSG_CTRUNC when there was not room for all of them */
	bool in_kernel;    /* sending: its pieces are the kernel's memory */
};

/* How a sender waits for room. */
enum sock_wait {
	SOCK_WAIT,
	SOCK_DONT_WAIT,
	SOCK_WAIT_BEGUN /* some has been sent: a signal or a pending error is for later */
};

static inline enum sock_wait msg_wait(const struct msghdr *msg)
{
	return msg->begun                  ? SOCK_WAIT_BEGUN
	       : msg->flags & MSG_DONTWAIT ? SOCK_DONT_WAIT
					   : SOCK_WAIT;
}

/* struct msghdr as the program has it */
struct user_msghdr {
	u64 name;
	u32 namelen, pad0;
	u64 iov, iovlen, control, controllen;
	u32 flags, pad1;
};

_Static_assert(sizeof(struct user_msghdr) == 56, "x86_64 struct msghdr");

struct user_mmsghdr {
	struct user_msghdr hdr;
	u32 len, pad; /* out: what the call moved */
};

_Static_assert(sizeof(struct user_mmsghdr) == 64, "x86_64 struct mmsghdr");

#define MSG_PLAIN_MAX 0x7fff /* longer ones are never sent by the fast path */

/* One piece, an address or none: what nearly every message is. */
struct plain_message {
	const void __user *name; /* NULL: none */
	u32 namelen;
	const void __user *base; /* len bytes that are the user's */
	size_t len;              /* at most MSG_PLAIN_MAX */
	size_t controllen;       /* not zero: there are control data */
};

/* Of a call that receives plain messages: this one is not. No errno. */
#define RECV_LONG_WAY (-4096)

/* msg_read_piece - umsg, which has been checked to be the user's, after user_access_begin. Its name and its piece begin
 * where user_starts_ok accepts them. Returns false when it has several pieces or none, or cannot be read. */
static __always_inline bool msg_read_piece(
	struct plain_message *m, const struct user_mmsghdr __user *umsg)
{
	u64 word[6], base, len;

	/* name, namelen, iov, iovlen, control (not read), controllen */
	if (unlikely(unsafe_get_words(word, umsg) < 0 || word[3] != 1))
		return false;
	if (unlikely(!user_starts_ok(word[0] | word[2]) ||
		     unsafe_get_2(&base, &len, (void *)word[2]) < 0))
		return false;
	*m = (struct plain_message){ (void *)word[0], (u32)word[1], (void *)base, len, word[5] };
	return likely(user_starts_ok(base));
}

/* msg_read_plain - the same, and false when it is too long. */
static __always_inline bool msg_read_plain(
	struct plain_message *m, const struct user_mmsghdr __user *umsg)
{
	return msg_read_piece(m, umsg) && likely(m->len <= MSG_PLAIN_MAX);
}

/* One control message; its data follow, then zeros to a multiple of eight bytes. */
struct cmsghdr {
	u64 len; /* with this header */
	s32 level, type;
};

_Static_assert(sizeof(struct cmsghdr) == 16, "bits of the system-call ABI");

#define CMSG_ALIGN(len) ALIGN_UP((len), sizeof(u64))
#define CMSG_LEN(len)   (sizeof(struct cmsghdr) + (len))

/* put_cmsg - one more control message for the program: len bytes. As much as there is room for; if that
 * is not all, MSG_CTRUNC will say so. */
void put_cmsg(struct msghdr *msg, s32 level, s32 type, const void *data, u32 len);

/* memcpy_from_msg - the next len bytes of the message. Returns 0 or -EFAULT. */
int memcpy_from_msg(void *dst, struct msghdr *msg, size_t len) __must_check;

/* csum_memcpy_from_msg - the next len bytes and their checksum, in all pieces they lie in.
 * Returns  the unfolded sum (net/core/checksum.h), or -EFAULT */
s64 csum_memcpy_from_msg(void *dst, struct msghdr *msg, size_t len) __must_check;

/* msg_set_pieces - all its bytes are n pieces, of which the first is the current one. */
static inline void msg_set_pieces(struct msghdr *msg, const struct iovec *iov, size_t n)
{
	msg->at = n ? iov->base : NULL;
	msg->at_len = n ? iov->len : 0;
	msg->iov = n ? iov + 1 : iov;
	msg->iov_n = n ? n - 1 : 0;
}

/* msg_advance - n bytes of the current piece have been taken. */
static inline void msg_advance(struct msghdr *msg, size_t n)
{
	msg->at = (u8 __user *)((uintptr_t)msg->at + n); /* the program's: it may be any number */
	msg->at_len -= n;
}

/* msg_probe - can the next len bytes be read? Nothing is taken. Returns 0 or -EFAULT. */
int msg_probe(const struct msghdr *msg, size_t len) __must_check;

/* memcpy_to_msg - len bytes into it. Returns 0 or -EFAULT. */
int memcpy_to_msg(struct msghdr *msg, const void *src, size_t len) __must_check;
