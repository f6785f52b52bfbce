/* SPDX-License-Identifier: MIT
 * bench-recv.c - what it costs to receive, seen from the program: the same static ELF runs here and on Linux.
 * Not here: what the numbers should be (bench/budgets.toml), booting (bench/receive.py).
 * Usage: bench-recv [rounds=N] [flood=N] [sockets=N] [senders=N] [only=name,..]
 *   rounds=  calls of each kind; prints "cost <name> <datagrams> <median> <least> <most> <mean>", per
 *            call, in ticks of the time-stamp counter (one guest instruction under -icount shift=0)
 *   flood=   instead, so many datagrams sent and received in batches: "begin batches", then "flood
 *            batches <datagrams> <ticks> <ns>"
 *   sockets=, senders=   that receive in turn, addresses that send in turn
 * Two cards on one wire: eth0 (52:54:00:00:00:01) receives, and eth1 (52:54:00:00:00:02) sends out of a network
 * namespace of its own. What sends is not measured, if not said otherwise.
 * Source: Intel SDM vol. 2B "RDTSC"; recvmmsg(2), network_namespaces(7), rtnetlink(7). */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS_DEFAULT 501
#define ROUNDS_MAX     10001
#define WARM_UP        64
#define LOOK_MS        100
#define LINK_TRIES     200
#define PORT           5000 /* of the first socket; the others follow */
#define CLOSED_PORT    4999
#define RECEIVER       0x0a010001u /* 10.1.0.1/16 */
#define SENDER         0x0a010100u /* and those that follow */
#define NOT_OURS       0x0a010002u /* an address that nobody has, at the receiver's card */

enum {
	MUFFIN_LEN = 6,
	FULL_LEN = 1472,
	BATCH = 32,
	SENDERS = 64, /* of recvmmsg_senders */
	SENDERS_MAX = 1024,
	POLLED = 100,
	SOCKETS_MAX = 250
};

static uint32_t ticks[ROUNDS_MAX];
static char payload[FULL_LEN] = "muffin", room[BATCH][2048];
static int sockets[SOCKETS_MAX], tx_fd;
static unsigned in_turn = 1, senders = 1, turn;
static struct sockaddr_in from[BATCH];
static struct mmsghdr sent[BATCH], received[BATCH], bare[BATCH];
static struct iovec sent_iov, room_iov[BATCH];
static struct sockaddr_in to;
static struct pollfd polled[POLLED];

/* The address that a message is sent from. */
static _Alignas(struct cmsghdr) char source[BATCH][CMSG_SPACE(sizeof(struct in_pktinfo))];

static inline uint64_t rdtsc(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high)::"memory");
	return (uint64_t)high << 32 | low;
}

static void check(int ok, const char *what)
{
	if (ok)
		return;
	printf("%s: %s\n", what, strerror(errno));
	exit(1);
}

/* ---- sending: what comes in ---------------------------------------------------------------- */

static void from_sender(unsigned i, unsigned sender)
{
	struct in_pktinfo info = { .ipi_spec_dst.s_addr = htonl(SENDER + sender) };
	struct cmsghdr *cmsg = (struct cmsghdr *)source[i];

	cmsg->cmsg_level = IPPROTO_IP;
	cmsg->cmsg_type = IP_PKTINFO;
	cmsg->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(cmsg), &info, sizeof(info));
	sent[i].msg_hdr.msg_control = source[i];
	sent[i].msg_hdr.msg_controllen = sizeof(source[i]);
}

static void send_many(unsigned n, uint32_t ip, unsigned port, size_t len)
{
	to = (struct sockaddr_in){ AF_INET, htons((uint16_t)port), { htonl(ip) }, { 0 } };
	sent_iov.iov_len = len;
	for (unsigned done = 0; done < n;) {
		long more = syscall(SYS_sendmmsg, tx_fd, sent + done, n - done, 0);

		check(more > 0, "sendmmsg");
		done += (unsigned)more;
	}
}

static void drain(void)
{
	for (unsigned i = 0; i < POLLED || i < in_turn; i++)
		while (recv(sockets[i], room, sizeof(room), MSG_DONTWAIT) >= 0)
			;
}

static void one_comes(void)
{
	turn++;
	from_sender(0, turn % senders);
	send_many(1, RECEIVER, PORT + turn % in_turn, MUFFIN_LEN);
}

static void full_one_comes(void)
{
	from_sender(0, 0);
	send_many(1, RECEIVER, PORT + turn % in_turn, FULL_LEN);
}

static void batch_comes_from(unsigned n)
{
	for (unsigned i = 0; i < BATCH; i++)
		from_sender(i, (turn * BATCH + i) % n);
	turn++;
	send_many(BATCH, RECEIVER, PORT + turn % in_turn, MUFFIN_LEN);
}

static void batch_comes(void)
{
	batch_comes_from(senders);
}

static void batch_of_many_comes(void)
{
	batch_comes_from(SENDERS);
}

static void batch_to(uint32_t ip, unsigned port)
{
	for (unsigned i = 0; i < BATCH; i++)
		from_sender(i, 0);
	send_many(BATCH, ip, port, MUFFIN_LEN);
}

static void batch_for_nobody(void)
{
	batch_to(RECEIVER, CLOSED_PORT);
}

static void batch_not_for_us(void)
{
	batch_to(NOT_OURS, PORT);
}

/* One of the sockets has a datagram, and this is known. */
static void one_is_ready(void)
{
	struct pollfd one = { sockets[POLLED / 2], POLLIN, 0 };

	drain();
	from_sender(0, 0);
	send_many(1, RECEIVER, PORT + POLLED / 2, MUFFIN_LEN);
	check(poll(&one, 1, 1000) == 1, "poll");
}

static void nothing_comes(void)
{
	drain();
}

/* ---- the calls --------------------------------------------------------------------------- */

static int its_socket(void)
{
	return sockets[turn % in_turn];
}

static long call_nothing(void)
{
	return 0;
}

static long call_recvfrom(void)
{
	socklen_t len = sizeof(from[0]);

	return recvfrom(
		its_socket(), room[0], sizeof(room[0]), 0, (struct sockaddr *)&from[0], &len);
}

/* Not musl's recvmmsg, which clears the padding of each message. On Linux not all may have come. */
static long receive_all(struct mmsghdr *m)
{
	long got = 0;

	while (got < BATCH) {
		long n = syscall(
			SYS_recvmmsg, its_socket(), m + got, BATCH - got, MSG_WAITFORONE, NULL);

		if (n < 0)
			return n;
		got += n;
	}
	return got;
}

static long call_recvmmsg(void)
{
	return receive_all(received);
}

static long call_recvmmsg_unnamed(void)
{
	return receive_all(bare);
}

static long call_look(void)
{
	return recv(sockets[0], room[0], sizeof(room[0]), MSG_DONTWAIT);
}

static long call_echo(void)
{
	struct sockaddr_in peer, there = { AF_INET, htons(PORT), { htonl(RECEIVER) }, { 0 } };
	socklen_t len = sizeof(peer);

	if (sendto(tx_fd, payload, MUFFIN_LEN, 0, (struct sockaddr *)&there, sizeof(there)) < 0 ||
		recvfrom(sockets[0], room[0], sizeof(room[0]), 0, (struct sockaddr *)&peer, &len) <
			0 ||
		sendto(sockets[0], room[0], MUFFIN_LEN, 0, (struct sockaddr *)&peer, len) < 0)
		return -1;
	return recvfrom(tx_fd, room[0], sizeof(room[0]), 0, NULL, NULL);
}

static long call_poll(void)
{
	return poll(polled, POLLED, 0);
}

static long send_to(size_t len)
{
	struct sockaddr_in there = { AF_INET, htons(PORT), { htonl(RECEIVER) }, { 0 } };

	return sendto(tx_fd, payload, len, 0, (struct sockaddr *)&there, sizeof(there));
}

static long call_sendto(void)
{
	return send_to(MUFFIN_LEN);
}

static long call_sendto_1472(void)
{
	return send_to(FULL_LEN);
}

static const struct what {
	const char *name;
	long (*call)(void);
	long result; /* when it worked */
	unsigned datagrams;
	void (*prepare)(void); /* before each call, not measured; or NULL */
} whats[] = {
	{ "nothing", call_nothing, 0, 1, NULL },
	{ "recvfrom", call_recvfrom, MUFFIN_LEN, 1, one_comes },
	{ "recvfrom_1472", call_recvfrom, FULL_LEN, 1, full_one_comes },
	{ "recvmmsg", call_recvmmsg, BATCH, BATCH, batch_comes },
	{ "recvmmsg_unnamed", call_recvmmsg_unnamed, BATCH, BATCH, batch_comes },
	{ "recvmmsg_senders", call_recvmmsg, BATCH, BATCH, batch_of_many_comes },
	{ "echo", call_echo, MUFFIN_LEN, 1, NULL },
	{ "look", call_look, -1, 1, nothing_comes },
	{ "closed", call_look, -1, BATCH, batch_for_nobody },
	{ "not_ours", call_look, -1, BATCH, batch_not_for_us },
	{ "poll", call_poll, 1, POLLED, one_is_ready },
	{ "sendto", call_sendto, MUFFIN_LEN, 1, nothing_comes },
	{ "sendto_1472", call_sendto_1472, FULL_LEN, 1, nothing_comes },
};

/* ---- measuring --------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static uint32_t once(const struct what *what)
{
	uint64_t start, end;
	long result;

	if (what->prepare)
		what->prepare();
	start = rdtsc();
	result = what->call();
	end = rdtsc();
	check(result == what->result, what->name);
	return (uint32_t)(end - start);
}

static void measure(const struct what *what, unsigned rounds)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < rounds; i++)
		sum += ticks[i] = once(what);
	qsort(ticks, rounds, sizeof(*ticks), compare);
	printf("cost %s %u %u %u %u %u\n", what->name, what->datagrams, ticks[rounds / 2], ticks[0],
		ticks[rounds - 1], (unsigned)(sum / rounds));
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void let_time_pass(void)
{
	const struct timespec moment = { 0, LOOK_MS * 1000000 };

	fflush(stdout);
	nanosleep(&moment, NULL);
}

/* Sending is measured, too: both are what a program does that answers. */
static void flood(unsigned count)
{
	unsigned batches = (count + BATCH - 1) / BATCH;
	uint64_t start_ns, start, end;

	for (unsigned i = 0; i < BATCH; i++)
		sent[i].msg_hdr.msg_controllen = 0;
	printf("begin batches\n");
	let_time_pass();
	start_ns = now_ns();
	start = rdtsc();
	for (unsigned i = 0; i < batches; i++) {
		send_many(BATCH, RECEIVER, PORT, MUFFIN_LEN);
		check(receive_all(bare) == BATCH, "recvmmsg");
	}
	end = rdtsc();
	printf("flood batches %u %llu %llu\n", batches * BATCH, (unsigned long long)(end - start),
		(unsigned long long)(now_ns() - start_ns));
	let_time_pass();
}

/* ---- before: namespaces, addresses, neighbours ----------------------------------------------- */

enum {
	RTM_NEWLINK = 16,
	RTM_NEWADDR = 20,
	RTM_NEWNEIGH = 28,
	NLM_F_REQUEST_ACK = 0x001 | 0x004,
	NLM_F_CREATE_REPLACE = 0x400 | 0x100,
	NUD_PERMANENT = 0x80,
	IFA_LOCAL = 2,
	NDA_DST = 1,
	NDA_LLADDR = 2,
	IFLA_NET_NS_FD = 28
};

/* Requests of rtnetlink, whose header musl does not bring. */
struct header {
	uint32_t len;
	uint16_t type, flags;
	uint32_t seq, port;
};

struct link_request {
	struct header h;
	uint8_t family, pad;
	uint16_t type;
	int32_t index;
	uint32_t flags, change;
	uint16_t fd_len, fd_type;
	int32_t fd;
};

struct addr_request {
	struct header h;
	uint8_t family, prefix_len, flags, scope;
	int32_t index;
	uint16_t len, type;
	uint32_t address;
};

struct neigh_request {
	struct header h;
	uint8_t family, pad1;
	uint16_t pad2;
	int32_t index;
	uint16_t state;
	uint8_t flags, type;
	uint16_t dst_len, dst_type;
	uint32_t dst;
	uint16_t mac_len, mac_type;
	uint8_t mac[8];
};

struct answer {
	struct header h;
	int32_t error;
	char request[256];
};

static int netlink; /* of the namespace that the program is in */

static void ask(void *request, size_t len, uint16_t type, uint16_t flags, const char *what)
{
	struct header *h = request;
	struct answer answer;

	*h = (struct header){ (uint32_t)len, type, (uint16_t)(NLM_F_REQUEST_ACK | flags), 1, 0 };
	check(send(netlink, request, len, 0) == (ssize_t)len, what);
	check(recv(netlink, &answer, sizeof(answer), 0) > 0, what);
	errno = -answer.error;
	check(answer.error == 0, what);
}

static void open_netlink(void)
{
	if (netlink)
		close(netlink);
	netlink = socket(AF_NETLINK, SOCK_RAW, 0);
	check(netlink >= 0, "netlink");
}

static int index_of(const char *name)
{
	struct ifreq card = { 0 };
	int any = socket(AF_INET, SOCK_DGRAM, 0);

	strcpy(card.ifr_name, name);
	check(ioctl(any, SIOCGIFINDEX, &card) == 0, name);
	close(any);
	return card.ifr_ifindex;
}

static void add_address(int index, uint32_t ip)
{
	struct addr_request request = { .family = AF_INET,
		.prefix_len = 16,
		.index = index,
		.len = 8,
		.type = IFA_LOCAL,
		.address = htonl(ip) };

	ask(&request, sizeof(request), RTM_NEWADDR, NLM_F_CREATE_REPLACE, "address");
}

static void add_neighbour(int index, uint32_t ip, uint8_t last)
{
	struct neigh_request request = { .family = AF_INET,
		.index = index,
		.state = NUD_PERMANENT,
		.dst_len = 8,
		.dst_type = NDA_DST,
		.dst = htonl(ip),
		.mac_len = 10,
		.mac_type = NDA_LLADDR,
		.mac = { 0x52, 0x54, 0, 0, 0, last } };

	ask(&request, sizeof(request) - 2, RTM_NEWNEIGH, NLM_F_CREATE_REPLACE, "neighbour");
}

static void set_up(int index)
{
	struct link_request request = { .index = index, .flags = IFF_UP, .change = IFF_UP };

	ask(&request, offsetof(struct link_request, fd_len), RTM_NEWLINK, 0, "up");
}

/* The sender's namespace has eth1, its addresses, and the socket that sends. */
static void prepare_sender(unsigned n)
{
	int here = open("/proc/self/ns/net", O_RDONLY), there, index = index_of("eth1");
	struct link_request move = { .index = index, .fd_len = 8, .fd_type = IFLA_NET_NS_FD };

	check(here >= 0 && unshare(CLONE_NEWNET) == 0, "a namespace");
	there = open("/proc/self/ns/net", O_RDONLY);
	check(there >= 0 && setns(here, CLONE_NEWNET) == 0, "setns");
	open_netlink();
	move.fd = there;
	ask(&move, sizeof(move), RTM_NEWLINK, 0, "move");
	check(setns(there, CLONE_NEWNET) == 0, "setns");
	open_netlink();
	index = index_of("eth1");
	set_up(index);
	for (unsigned i = 0; i < n; i++)
		add_address(index, SENDER + i);
	add_neighbour(index, RECEIVER, 1);
	add_neighbour(index, NOT_OURS, 1);
	tx_fd = socket(AF_INET, SOCK_DGRAM, 0);
	check(tx_fd >= 0 && setns(here, CLONE_NEWNET) == 0, "setns");
	open_netlink();
	close(here);
	close(there);
}

static void prepare_receiver(unsigned n)
{
	const struct timeval wait = { 20, 0 };
	const int size = 1 << 20;
	int index = index_of("eth0");

	set_up(index);
	add_address(index, RECEIVER);
	for (unsigned i = 0; i < n; i++)
		add_neighbour(index, SENDER + i, 2);
	close(netlink);
	setsockopt(tx_fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	for (unsigned i = 0; i < POLLED || i < in_turn; i++) {
		struct sockaddr_in at = { AF_INET, htons((uint16_t)(PORT + i)), { 0 }, { 0 } };

		sockets[i] = socket(AF_INET, SOCK_DGRAM, 0);
		check(sockets[i] >= 0 && bind(sockets[i], (struct sockaddr *)&at, sizeof(at)) == 0,
			"bind");
		setsockopt(sockets[i], SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
		setsockopt(sockets[i], SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
		if (i < POLLED)
			polled[i] = (struct pollfd){ sockets[i], POLLIN, 0 };
	}
}

static void prepare_messages(void)
{
	sent_iov.iov_base = payload;
	for (unsigned i = 0; i < BATCH; i++) {
		room_iov[i] = (struct iovec){ room[i], sizeof(room[i]) };
		sent[i].msg_hdr = (struct msghdr){ .msg_name = &to,
			.msg_namelen = sizeof(to),
			.msg_iov = &sent_iov,
			.msg_iovlen = 1 };
		bare[i].msg_hdr = (struct msghdr){ .msg_iov = &room_iov[i], .msg_iovlen = 1 };
		received[i].msg_hdr = bare[i].msg_hdr;
		received[i].msg_hdr.msg_name = &from[i];
		received[i].msg_hdr.msg_namelen = sizeof(from[i]);
	}
}

/* A card that was just set up hears nothing at first: QEMU's for a second. */
static void wait_for_link(void)
{
	for (int i = 0; i < LINK_TRIES; i++) {
		turn = 0;
		from_sender(0, 0);
		send_many(1, RECEIVER, PORT, MUFFIN_LEN);
		let_time_pass();
		if (recv(sockets[0], room, sizeof(room), MSG_DONTWAIT) >= 0) {
			let_time_pass();
			drain();
			return;
		}
	}
	check(0, "no datagram comes");
}

/* Is name one of those in a list with commas? An empty list has them all. */
static int listed(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = list; *at; at += strcspn(at, ","), at += *at == ',')
		if (strcspn(at, ",") == len && strncmp(at, name, len) == 0)
			return 1;
	return !*list;
}

int main(int argc, char **argv)
{
	unsigned rounds = ROUNDS_DEFAULT, count = 0;
	char only[256] = "";

	for (int i = 1; i < argc; i++)
		if (sscanf(argv[i], "rounds=%u", &rounds) != 1 &&
			sscanf(argv[i], "flood=%u", &count) != 1 &&
			sscanf(argv[i], "sockets=%u", &in_turn) != 1 &&
			sscanf(argv[i], "senders=%u", &senders) != 1 &&
			sscanf(argv[i], "only=%255s", only) != 1)
			rounds = 0;
	if (rounds < 1 || rounds > ROUNDS_MAX || in_turn < 1 || in_turn > SOCKETS_MAX ||
		senders < 1 || senders > SENDERS_MAX) {
		printf("usage: bench-recv [rounds=1..%d] [flood=N] [sockets=1..%d] [senders=1..%d] "
		       "[only=name,..]\n",
			ROUNDS_MAX, SOCKETS_MAX, SENDERS_MAX);
		return 2;
	}
	mkdir("/proc", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	prepare_sender(senders > SENDERS ? senders : SENDERS);
	prepare_receiver(senders > SENDERS ? senders : SENDERS);
	prepare_messages();
	wait_for_link();
	if (count) {
		flood(count);
		return 0;
	}
	for (const struct what *what = whats; what < whats + sizeof(whats) / sizeof(*whats);
		what++) {
		if (!listed(only, what->name))
			continue;
		for (unsigned i = 1; i < WARM_UP + 2 * (senders + in_turn); i++)
			once(what);
		measure(what, rounds);
		drain();
	}
	return 0;
}
