/* SPDX-License-Identifier: MIT
 * test_netlink.c - AF_NETLINK with a family made for it: addresses, requests, acknowledgements, dumps,
 * lost messages.
 * Not here: the kernel's own families; netlink's errno beside Linux's (tests/boot).
 * cmocka calls in; the family under test is this file's.
 * Source: netlink(7); RFC 3549 2.2-2.3. */
#include "net/core/skb_owner.h"
#include "net/netlink/netlink.h"
#include "net/socket/sockopt.h"
#include "tests/unit/stack.h"

#define DEMO_PROTOCOL 2 /* NETLINK_USERSOCK: unused here */
#define DEMO_GROUPS   40
#define SO_RCVBUF     8

enum demo_type {
	DEMO_FAIL = NLMSG_MIN_TYPE, /* answers the errno in its value */
	DEMO_COUNT,                 /* dumps value messages of value2 bytes */
	DEMO_SAY,                   /* tells group value */
	DEMO_ECHO                   /* answers its value */
};

struct demo {
	u32 value, value2;
};

struct request {
	struct nlmsghdr nlh;
	struct demo demo;
};

static int demo_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct demo *demo = nlmsg_data(&cb->nlh);

	for (; cb->args[0] < demo->value; cb->args[0]++) {
		struct nlmsghdr *nlh = nlmsg_put(skb, 0, cb->nlh.nlmsg_seq, DEMO_COUNT,
			sizeof(struct demo) + demo->value2, NLM_F_MULTI);

		if (!nlh)
			return -EMSGSIZE;
		((struct demo *)nlmsg_data(nlh))->value = (u32)cb->args[0];
	}
	return demo->value2 == 13 ? -ENODEV : 0;
}

static struct sk_buff *one_message(const struct nlmsghdr *request, u32 value)
{
	struct sk_buff *skb = nlmsg_new();
	struct nlmsghdr *nlh;

	if (!skb)
		return NULL;
	nlh = nlmsg_put(skb, 0, request->nlmsg_seq, DEMO_ECHO, 0, 0);
	assert_int_equal(nla_put_u32(skb, 1, value), 0);
	nlmsg_end(skb, nlh);
	return skb;
}

static int demo_rcv(struct netlink_sock *nlk, const struct nlmsghdr *nlh)
{
	const struct demo *demo = nlmsg_data(nlh);

	if (nlh->nlmsg_len < sizeof(struct request))
		return -EINVAL;
	switch (nlh->nlmsg_type) {
	case DEMO_FAIL:
		return -(int)demo->value;
	case DEMO_COUNT:
		return netlink_dump_start(nlk, nlh, demo_dump);
	case DEMO_SAY:
		netlink_broadcast(
			nlk->sk.sk_net, DEMO_PROTOCOL, demo->value, one_message(nlh, demo->value));
		return 0;
	default:
		netlink_unicast(nlk, one_message(nlh, demo->value));
		return 0;
	}
}

static const struct netlink_family demo_family = {
	.protocol = DEMO_PROTOCOL, .groups = DEMO_GROUPS, .rcv = demo_rcv
};

/* ---- a program's side -------------------------------------------------------------------- */

static u8 got[4096] __aligned(4);

static int demo_socket(void)
{
	static bool there;
	long fd;

	if (!there)
		assert_int_equal(netlink_kernel_create(&demo_family), 0);
	there = true;
	fd = sys_socket(AF_NETLINK, SOCK_RAW, DEMO_PROTOCOL);
	assert_true(fd >= 0);
	return (int)fd;
}

static struct request request(u16 type, u16 flags, u32 value, u32 value2)
{
	return (struct request){ .nlh = { .nlmsg_len = sizeof(struct request),
					 .nlmsg_type = type,
					 .nlmsg_flags = NLM_F_REQUEST | flags,
					 .nlmsg_seq = 77 },
		.demo = { value, value2 } };
}

static long send_bytes(int fd, const void *at, size_t len)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	return sys_sendto(fd, user(at), len, 0, user(&kernel), sizeof(kernel));
}

static void ask(int fd, u16 type, u16 flags, u32 value, u32 value2)
{
	struct request r = request(type, flags, value, value2);

	assert_int_equal(send_bytes(fd, &r, sizeof(r)), sizeof(r));
}

static long receive(int fd, size_t len, u32 flags)
{
	return sys_recvfrom(fd, user(got), len, MSG_DONTWAIT | flags, 0, 0);
}

static void assert_ack(int fd, int err, u32 len, u16 flags)
{
	const struct nlmsghdr *nlh = (const void *)got;
	const struct nlmsgerr *e = (const void *)(got + NLMSG_HDRLEN);

	assert_int_equal(receive(fd, sizeof(got), 0), len);
	assert_int_equal(nlh->nlmsg_len, len);
	assert_int_equal(nlh->nlmsg_type, NLMSG_ERROR);
	assert_int_equal(nlh->nlmsg_flags, flags);
	assert_int_equal(nlh->nlmsg_seq, 77);
	assert_int_equal(e->error, err);
	assert_int_equal(e->msg.nlmsg_seq, 77);
	assert_int_equal(receive(fd, sizeof(got), 0), -EAGAIN);
}

static struct sockaddr_nl name_of(int fd)
{
	struct sockaddr_nl nl;
	s32 len = sizeof(nl);

	assert_int_equal(sys_getsockname(fd, user(&nl), user(&len)), 0);
	assert_int_equal(len, sizeof(nl));
	return nl;
}

/* ---- tests ------------------------------------------------------------------------------- */

static void families(void **state)
{
	const struct netlink_family high = { .protocol = NETLINK_PROTOCOLS },
				    many = { .protocol = 5, .groups = 65 };

	demo_socket();
	assert_int_equal(netlink_kernel_create(&demo_family), -EEXIST);
	assert_int_equal(netlink_kernel_create(&high), -EINVAL);
	assert_int_equal(netlink_kernel_create(&many), -EINVAL);
	assert_int_equal(sys_socket(AF_NETLINK, SOCK_STREAM, DEMO_PROTOCOL), -ESOCKTNOSUPPORT);
	assert_int_equal(sys_socket(AF_NETLINK, SOCK_RAW, 31), -EPROTONOSUPPORT);
	assert_int_equal(sys_socket(AF_NETLINK, SOCK_RAW, 32), -EPROTONOSUPPORT);
	assert_int_equal(sys_socket(AF_NETLINK, SOCK_DGRAM, -1), -EPROTONOSUPPORT);
}

static void addresses(void **state)
{
	struct sockaddr_nl at = { .nl_family = AF_NETLINK, .nl_groups = 5 };
	int a = demo_socket(), b = demo_socket(), c = demo_socket();

	assert_int_equal(name_of(a).nl_pid, 0);
	assert_int_equal(sys_bind(a, user(&at), sizeof(at)), 0);
	assert_int_equal(name_of(a).nl_pid, init_task.pid);
	assert_int_equal(name_of(a).nl_groups, 5);
	at.nl_pid = (u32)init_task.pid;
	at.nl_groups = 0;
	assert_int_equal(sys_bind(b, user(&at), sizeof(at)), -EADDRINUSE);
	assert_int_equal(sys_bind(a, user(&at), sizeof(at)), 0);
	assert_int_equal(name_of(a).nl_groups, 0);
	at.nl_pid = 4711;
	assert_int_equal(sys_bind(a, user(&at), sizeof(at)), -EINVAL);
	assert_int_equal(sys_bind(b, user(&at), sizeof(at)), 0);
	assert_int_equal(name_of(b).nl_pid, 4711);
	ask(c, DEMO_ECHO, 0, 1, 0); /* binds itself */
	assert_true(name_of(c).nl_pid > 0x80000000u);
	assert_int_equal(sys_bind(c, user(&at), 8), -EINVAL);
	at.nl_family = AF_INET;
	assert_int_equal(sys_bind(c, user(&at), sizeof(at)), -EINVAL);
}

static void peers(void **state)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK, .nl_pid = 9 };
	int fd = demo_socket();
	struct request r = request(DEMO_FAIL, 0, 0, 0);

	assert_int_equal(sys_connect(fd, user(&to), 8), -EINVAL);
	assert_int_equal(sys_connect(fd, user(&to), 1), -EINVAL);
	assert_int_equal(sys_connect(fd, user(&to), sizeof(to)), 0);
	assert_int_equal(sys_sendto(fd, user(&r), sizeof(r), 0, 0, 0), -ECONNREFUSED);
	to.nl_family = AF_UNSPEC;
	assert_int_equal(sys_connect(fd, user(&to), sizeof(to)), 0);
	assert_int_equal(sys_sendto(fd, user(&r), sizeof(r), 0, 0, 0), sizeof(r));
	assert_int_equal(sys_sendto(fd, user(&r), sizeof(r), 0, user(&to), sizeof(to)), -EINVAL);
	assert_int_equal(sys_sendto(fd, user(&r), 0, 0, 0, 0), -ENODATA);
	assert_int_equal(sys_sendto(fd, user(&r), sizeof(r), MSG_OOB, 0, 0), -EOPNOTSUPP);
	assert_int_equal(sys_sendto(fd, user(&r), 300000, 0, 0, 0), -EMSGSIZE);
	assert_int_equal(sys_sendto(fd, 0, 8, 0, 0, 0), -EFAULT);
	assert_int_equal(sys_shutdown(fd, 2), -EOPNOTSUPP);
}

static void acknowledgements(void **state)
{
	int fd = demo_socket();
	struct request r = request(DEMO_FAIL, NLM_F_ACK, EPERM, 0);

	ask(fd, DEMO_FAIL, 0, 0, 0);
	assert_int_equal(receive(fd, sizeof(got), 0), -EAGAIN);
	ask(fd, DEMO_FAIL, NLM_F_ACK, 0, 0);
	assert_ack(fd, 0, 36, NLM_F_CAPPED);
	ask(fd, DEMO_FAIL, 0, ENOENT, 3);
	assert_ack(fd, -ENOENT, 36 + sizeof(struct demo), 0);
	assert_int_equal(((struct request *)(got + NLMSG_HDRLEN + 4))->demo.value2, 3);
	assert_int_equal(set_int(fd, SOL_NETLINK, NETLINK_CAP_ACK, 1), 0);
	ask(fd, DEMO_FAIL, 0, ENOENT, 0);
	assert_ack(fd, -ENOENT, 36, NLM_F_CAPPED);
	r.nlh.nlmsg_flags = NLM_F_ACK; /* no request: nothing is done */
	assert_int_equal(send_bytes(fd, &r, sizeof(r)), sizeof(r));
	assert_ack(fd, 0, 36, NLM_F_CAPPED);
	r.nlh.nlmsg_flags |= NLM_F_REQUEST;
	r.nlh.nlmsg_type = NLMSG_NOOP;
	assert_int_equal(send_bytes(fd, &r, sizeof(r)), sizeof(r));
	assert_ack(fd, 0, 36, NLM_F_CAPPED);
}

/* The next message starts at a multiple of four. */
static void padded_request(void **state)
{
	int fd = demo_socket();
	struct {
		struct request r;
		u8 rest[4];
		struct request next;
	} two = { .r = request(DEMO_ECHO, 0, 1, 0), .next = request(DEMO_ECHO, 0, 2, 0) };

	two.r.nlh.nlmsg_len++;
	assert_int_equal(send_bytes(fd, &two, sizeof(two)), sizeof(two));
	assert_int_equal(receive(fd, sizeof(got), 0), 24);
	assert_int_equal(receive(fd, sizeof(got), 0), 24);
	assert_int_equal(*(u32 *)(got + 20), 2);
}

/* An error about a request that is longer than a packet comes without it. */
static void long_request(void **state)
{
	int fd = demo_socket();
	struct {
		struct request r;
		u8 rest[8000];
	} big = { .r = request(DEMO_FAIL, 0, ENOENT, 0) };

	big.r.nlh.nlmsg_len = sizeof(big);
	assert_int_equal(send_bytes(fd, &big, sizeof(big)), sizeof(big));
	assert_ack(fd, -ENOENT, 36, NLM_F_CAPPED);
}

static void several_in_one(void **state)
{
	int fd = demo_socket();
	struct request r[3] = { request(DEMO_ECHO, 0, 1, 0), request(DEMO_ECHO, 0, 2, 0),
		request(DEMO_ECHO, 0, 3, 0) };

	r[2].nlh.nlmsg_len++; /* reaches past the end */
	assert_int_equal(send_bytes(fd, r, sizeof(r)), sizeof(r));
	assert_int_equal(receive(fd, sizeof(got), 0), 24);
	assert_int_equal(receive(fd, sizeof(got), 0), 24);
	assert_int_equal(*(u32 *)(got + 20), 2);
	assert_int_equal(receive(fd, sizeof(got), 0), -EAGAIN);
	r[0].nlh.nlmsg_len = 15;
	assert_int_equal(send_bytes(fd, r, sizeof(r)), sizeof(r));
	assert_int_equal(receive(fd, sizeof(got), 0), -EAGAIN);
}

static void receiving(void **state)
{
	int fd = demo_socket();
	struct sockaddr_nl from;
	s32 len = sizeof(from);

	ask(fd, DEMO_ECHO, 0, 1, 0);
	ask(fd, DEMO_ECHO, 0, 2, 0);
	assert_int_equal(receive(fd, 10, MSG_PEEK | MSG_TRUNC), 24);
	assert_int_equal(receive(fd, 10, 0), 10); /* the rest is lost */
	assert_int_equal(sys_recvfrom(fd, user(got), 100, 0, user(&from), user(&len)), 24);
	assert_int_equal(*(u32 *)(got + 20), 2);
	assert_int_equal(len, sizeof(from));
	assert_int_equal(from.nl_family, AF_NETLINK);
	assert_int_equal(from.nl_pid, 0);
	assert_int_equal(receive(fd, 10, MSG_OOB), -EOPNOTSUPP);
	assert_int_equal(receive(fd, 10, 0), -EAGAIN);
}

/* Reads a dump to its end. Returns how many messages came in how many datagrams. */
static u32 read_dump(int fd, u32 *datagrams, s32 *err)
{
	u32 n = 0;

	for (*datagrams = 0;; ++*datagrams) {
		long len = receive(fd, sizeof(got), 0);

		assert_true(len >= 20);
		for (const u8 *at = got; at < got + len;) {
			const struct nlmsghdr *nlh = (const void *)at;

			assert_int_equal(nlh->nlmsg_flags, NLM_F_MULTI);
			assert_int_equal(nlh->nlmsg_seq, 77);
			if (nlh->nlmsg_type == NLMSG_DONE) {
				*err = *(const s32 *)(at + NLMSG_HDRLEN);
				return n;
			}
			assert_int_equal(*(const u32 *)(at + NLMSG_HDRLEN), n++);
			at += NLMSG_ALIGN(nlh->nlmsg_len);
		}
	}
}

static void dumps(void **state)
{
	int fd = demo_socket();
	u32 datagrams;
	s32 err;

	ask(fd, DEMO_COUNT, 0, 1000, 8);
	ask(fd, DEMO_ECHO, 0, 0, 0); /* in between */
	assert_true(receive(fd, sizeof(got), MSG_PEEK) > 24);
	ask(fd, DEMO_COUNT, 0, 3, 0);
	assert_int_equal(receive(fd, sizeof(got), 0) % 32, 0);
	assert_int_equal(receive(fd, sizeof(got), 0), 24);
	assert_int_equal(receive(fd, sizeof(got), 0), 36 + sizeof(struct demo)); /* EBUSY */
	assert_int_equal(((struct nlmsgerr *)(got + NLMSG_HDRLEN))->error, -EBUSY);
	while (receive(fd, sizeof(got), 0) > 0)
		continue;
	ask(fd, DEMO_COUNT, 0, 1000, 8);
	assert_int_equal(read_dump(fd, &datagrams, &err), 1000);
	assert_true(datagrams > 10);
	assert_int_equal(err, 0);
	ask(fd, DEMO_COUNT, NLM_F_ACK, 0, 0);
	assert_int_equal(read_dump(fd, &datagrams, &err), 0);
	assert_int_equal(datagrams, 0);
	assert_int_equal(receive(fd, sizeof(got), 0), -EAGAIN);
}

/* A full packet leaves no room for the end; an error is told there; what never fits ends it. */
static void ends_of_dumps(void **state)
{
	int fd = demo_socket();
	u32 datagrams;
	s32 err;

	for (u32 n = 1; n < 100; n++) {
		ask(fd, DEMO_COUNT, 0, n, 0);
		assert_int_equal(read_dump(fd, &datagrams, &err), n);
		assert_int_equal(err, 0);
	}
	ask(fd, DEMO_COUNT, 0, 80, 13);
	assert_int_equal(read_dump(fd, &datagrams, &err), 80);
	assert_int_equal(err, -ENODEV);
	ask(fd, DEMO_COUNT, 0, 1, 2000);
	assert_int_equal(read_dump(fd, &datagrams, &err), 0);
	assert_int_equal(err, -EMSGSIZE);
}

static void lost_messages(void **state)
{
	int fd = demo_socket();
	u32 n = 0;

	assert_int_equal(set_int(fd, SOL_SOCKET, SO_RCVBUF, 0), 0); /* Linux's least: 2304 */
	for (u32 i = 0; i < 200; i++)
		ask(fd, DEMO_ECHO, 0, i, 0);
	assert_int_equal(receive(fd, sizeof(got), 0), -ENOBUFS);
	for (; receive(fd, sizeof(got), 0) == 24; n++) {
		assert_int_equal(*(u32 *)(got + 20), n);
		if (n == 0) /* still congested: not told again */
			for (u32 i = 0; i < 3; i++)
				ask(fd, DEMO_ECHO, 0, 9, 0);
	}
	assert_int_equal(n, 9 + 1); /* of 256 bytes each */
	assert_int_equal(sk_of(fd)->sk_drops, 200 - 9 + 2);
	for (u32 i = 0; i < 200; i++)
		ask(fd, DEMO_ECHO, 0, i, 0);
	assert_int_equal(receive(fd, sizeof(got), 0), -ENOBUFS);
	while (receive(fd, sizeof(got), 0) > 0)
		continue;
	assert_int_equal(set_int(fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, 1), 0);
	for (u32 i = 0; i < 200; i++)
		ask(fd, DEMO_ECHO, 0, i, 0);
	assert_int_equal(receive(fd, sizeof(got), 0), 24);
}

static void no_packets_left(void **state)
{
	struct sk_buff *held = NULL, *skb;
	int fd = demo_socket();

	while ((skb = nlmsg_new())) {
		skb->next = held;
		held = skb;
	}
	ask(fd, DEMO_FAIL, NLM_F_ACK, 0, 0);
	assert_int_equal(receive(fd, sizeof(got), 0), -ENOBUFS);
	assert_int_equal(receive(fd, sizeof(got), 0), -EAGAIN);
	ask(fd, DEMO_COUNT, 0, 1000, 0); /* a dump with a hole is none */
	while (held) {
		skb = held;
		held = skb->next;
		consume_skb(skb);
	}
	assert_int_equal(receive(fd, sizeof(got), 0), -EAGAIN);
	ask(fd, DEMO_FAIL, NLM_F_ACK, 0, 0);
	assert_ack(fd, 0, 36, NLM_F_CAPPED);
}

static void groups(void **state)
{
	int a = demo_socket(), b = demo_socket();
	u32 group = 37, list[2] = { 9, 9 }, room = sizeof(list);
	struct sockaddr_nl from;
	s32 len = sizeof(from);

	ask(a, DEMO_SAY, 0, 3, 0);
	assert_false(netlink_has_listeners(&init_net, DEMO_PROTOCOL, 3));
	assert_int_equal(set_int(b, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, 3), 0);
	assert_int_equal(set_int(b, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, (int)group), 0);
	assert_int_equal(set_int(b, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, 0), -EINVAL);
	assert_int_equal(set_int(b, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, 41), -EINVAL);
	assert_true(netlink_has_listeners(&init_net, DEMO_PROTOCOL, 3));
	ask(a, DEMO_SAY, 0, 3, 0);
	ask(a, DEMO_SAY, 0, group, 0);
	assert_int_equal(receive(a, sizeof(got), 0), -EAGAIN);
	assert_int_equal(sys_recvfrom(b, user(got), 100, 0, user(&from), user(&len)), 24);
	assert_int_equal(from.nl_groups, 4);
	assert_int_equal(*(u32 *)(got + 20), 3);
	assert_int_equal(receive(b, sizeof(got), 0), 24);
	assert_int_equal(
		sys_getsockopt(b, SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, user(list), user(&room)),
		0);
	assert_int_equal(room, 8);
	assert_int_equal(list[0], 4);
	assert_int_equal(list[1], 1 << 4);
	assert_int_equal(set_int(b, SOL_NETLINK, NETLINK_DROP_MEMBERSHIP, 3), 0);
	assert_false(netlink_has_listeners(&init_net, DEMO_PROTOCOL, 3));
}

static void options(void **state)
{
	int fd = demo_socket();
	u32 value = 9, len = sizeof(value);

	assert_int_equal(set_int(fd, SOL_NETLINK, NETLINK_EXT_ACK, 5), 0);
	assert_int_equal(
		sys_getsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, user(&value), user(&len)), 0);
	assert_int_equal(value, 1);
	len = 2;
	assert_int_equal(sys_getsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, user(&value), user(&len)),
		-EINVAL);
	assert_int_equal(set_int(fd, SOL_NETLINK, 99, 1), -ENOPROTOOPT);
	assert_int_equal(set_int(fd, 99, NETLINK_EXT_ACK, 1), -ENOPROTOOPT);
	assert_int_equal(
		sys_getsockopt(fd, SOL_NETLINK, 99, user(&value), user(&len)), -ENOPROTOOPT);
	assert_int_equal(sys_setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, 0, 4), -EFAULT);
}

static void namespaces(void **state)
{
	struct net other = { .genid = 1 };
	struct nsproxy there = { &other }, *here = init_task.nsproxy;
	struct sockaddr_nl at = { .nl_family = AF_NETLINK, .nl_pid = 7, .nl_groups = 4 };
	int a = demo_socket(), b;

	list_init(&other.dev_base);
	init_task.nsproxy = &there;
	b = demo_socket();
	init_task.nsproxy = here;
	assert_int_equal(sys_bind(a, user(&at), sizeof(at)), 0);
	assert_int_equal(sys_bind(b, user(&at), sizeof(at)), 0); /* the same number, elsewhere */
	ask(a, DEMO_SAY, 0, 3, 0);
	assert_int_equal(receive(b, sizeof(got), 0), -EAGAIN);
	assert_int_equal(receive(a, sizeof(got), 0), 24);
}

static void readiness(void **state)
{
	int fd = demo_socket();
	struct file *file = fd_get(&init_task.files, fd);

	assert_int_equal(file->ops->poll(file, POLL_ALL), POLLOUT | POLLWRNORM);
	ask(fd, DEMO_ECHO, 0, 1, 0);
	assert_int_equal(
		file->ops->poll(file, POLL_ALL), POLLOUT | POLLWRNORM | POLLIN | POLLRDNORM);
}

/* ---- attributes -------------------------------------------------------------------------- */

static void attributes(void **state)
{
	static const u16 least[4] = { [2] = 4 };
	struct sk_buff *skb = nlmsg_new();
	struct nlmsghdr *nlh = nlmsg_put(skb, 0, 0, DEMO_ECHO, 3, 0);
	const struct nlattr *tb[4], *inner[4];
	struct nlattr *nest;

	assert_int_equal(nla_put_u8(skb, 1, 0xab), 0);
	nest = nla_nest_start(skb, 3);
	assert_int_equal(nla_put_string(skb, 1, "eth0"), 0);
	assert_int_equal(nla_put_be32(skb, 2, cpu_to_be32(0x01020304)), 0);
	nla_nest_end(skb, nest);
	nlmsg_end(skb, nlh);
	assert_int_equal(nlh->nlmsg_len, 16 + 4 + 8 + 4 + 12 + 8);
	assert_memory_equal(
		skb->data + 20, "\5\0\1\0\xab\0\0\0\x18\0\3\x80\x9\0\1\0eth0\0\0\0\0", 24);
	assert_int_equal(nlmsg_parse(nlh, 3, tb, 3, least), 0);
	assert_null(tb[2]);
	assert_int_equal(nla_len(tb[1]), 1);
	assert_int_equal(nla_parse_nested(inner, 3, tb[3], least), 0);
	assert_string_equal(nla_data(inner[1]), "eth0");
	assert_int_equal(be32_to_cpu(nla_get_be32(inner[2])), 0x01020304);
	assert_int_equal(nlmsg_parse(nlh, 3, tb, 0, NULL), 0); /* all skipped */
	assert_int_equal(nlmsg_parse(nlh, 100, tb, 3, NULL), -EINVAL);
	nest->nla_len = 25;
	assert_int_equal(nlmsg_parse(nlh, 3, tb, 3, NULL), -EINVAL);
	nest->nla_len = 3;
	assert_int_equal(nlmsg_parse(nlh, 3, tb, 3, NULL), -EINVAL);
	nest->nla_len = 5;
	nest->nla_type = 2;
	assert_int_equal(nlmsg_parse(nlh, 3, tb, 3, least), -ERANGE);
	nlmsg_cancel(skb, nlh);
	assert_int_equal(skb->len, 0);
	assert_null(nla_reserve(skb, 1, 70000));
	assert_null(nla_reserve(skb, 1, SKB_SLOT));
	assert_int_equal(skb->len, 0);
	consume_skb(skb);
}

int main(void)
{
	const struct CMUnitTest netlink[] = {
		STACK_TEST(families),
		STACK_TEST(addresses),
		STACK_TEST(peers),
		STACK_TEST(acknowledgements),
		STACK_TEST(padded_request),
		STACK_TEST(long_request),
		STACK_TEST(several_in_one),
		STACK_TEST(receiving),
		STACK_TEST(dumps),
		STACK_TEST(ends_of_dumps),
		STACK_TEST(lost_messages),
		STACK_TEST(no_packets_left),
		STACK_TEST(groups),
		STACK_TEST(options),
		STACK_TEST(namespaces),
		STACK_TEST(readiness),
		STACK_TEST(attributes),
	};

	return cmocka_run_group_tests(netlink, NULL, NULL);
}
