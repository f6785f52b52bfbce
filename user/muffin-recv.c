/* SPDX-License-Identifier: MIT
 * muffin-recv.c - the program where the muffin's journey ends: prints what arrives, counts it, checks numbered
 * streams, sends it back.
 * Not here: what lost and jitter mean (lib/checker.h); anything of this kernel's: it runs on Linux as well.
 * Built in, chosen by init=muffin-recv. See docs/man/muffin-recv.1.
 * Source: recvmmsg(2), udp(7), socket(7). */
#include "user/lib/checker.h"
#include "user/lib/options.h"
#include "user/lib/sockets.h"
#include "user/lib/values.h"
#include "user/recv/question.h"
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define BATCH       32
#define PAYLOAD_MAX 65536 /* more than any datagram has */
#define SOCKETS_MAX 250
#define RECEIVE_BUF (1 << 20)

static struct {
	struct range ports;
	uint32_t address;
	struct range group;
	uint64_t count, time_ns, idle_ns, interval_ns;
	bool quiet, check, echo, answer, busy, json;
} want = { .ports = { 4747, 4747 } };

static const struct option options[] = {
	{ 'p', "port", "<port>[-<port>]", "where to listen (4747)", take_range, EXPECTED_PORTS, 1,
		65535, &want.ports },
	{ 'a', "address", "<address>", "of ours, to listen on (all)", take_address,
		EXPECTED_ADDRESS, .to = &want.address },
	{ 'g', "group", "<group>[-<group>]", "multicast groups to join", take_addresses,
		EXPECTED_ADDRESSES, .to = &want.group },
	{ 'c', "count", "<n>", "end when so many have arrived", take_number, .least = 1,
		.most = UINT64_MAX, .to = &want.count },
	{ 't', "time", "<time>", "end after so long", take_duration, EXPECTED_DURATION,
		.to = &want.time_ns },
	{ 'w', "idle", "<time>", "end when nothing came for so long after the first", take_duration,
		EXPECTED_DURATION, .to = &want.idle_ns },
	{ 'i', "interval", "<time>", "a line of counts each so often", take_duration,
		EXPECTED_DURATION, .to = &want.interval_ns },
	{ 'q', "quiet", NULL, "do not print what arrives", .to = &want.quiet },
	{ 'x', "check", NULL, "numbered streams: exit with 5 unless all is there, in order",
		.to = &want.check },
	{ 'e', "echo", NULL, "send each datagram back", .to = &want.echo },
	{ 'k', "answer", NULL, "tell a sender that asks how many have arrived",
		.to = &want.answer },
	{ 'b', "busy", NULL, "never rest: look again and again", .to = &want.busy },
	{ 'j', "json", NULL, "the account at the end as a line of JSON", .to = &want.json },
	{ .name = NULL },
};

static const struct program program = {
	.name = "muffin-recv",
	.operands = "",
	.about = "Prints the UDP datagrams that arrive, and at the end how many.\n",
	.more = "Built into muffin it is chosen, and told, on the kernel's command line:\n"
		"  ip=10.0.2.16::10.0.2.2:255.255.255.0 init=muffin-recv -- count=1\n"
		"Exit status: 0 well, 2 no socket, 3 an answer was not sent, 4 an option is "
		"wrong,\n"
		"5 fewer than count= arrived, or a stream is not whole.\n",
	.option = options,
};

static struct pollfd sockets[SOCKETS_MAX];
static uint32_t socket_n;
static volatile sig_atomic_t stop;

static struct {
	uint64_t datagrams, bytes, plain, unsent;
	uint64_t first_ns, last_ns;
} got;

/* ---- one batch ---------------------------------------------------------------------------- */

static struct batch {
	uint8_t payload[BATCH][PAYLOAD_MAX];
	struct sockaddr_in from[BATCH];
	uint8_t control[BATCH][CMSG_SPACE(sizeof(struct timespec))];
	struct iovec iov[BATCH];
	struct mmsghdr msg[BATCH];
} batch;

static void prepare(struct batch *b)
{
	for (uint32_t i = 0; i < BATCH; i++) {
		b->iov[i] = (struct iovec){ b->payload[i], PAYLOAD_MAX };
		b->msg[i].msg_hdr = (struct msghdr){ .msg_name = &b->from[i],
			.msg_namelen = sizeof(b->from[i]),
			.msg_iov = &b->iov[i],
			.msg_iovlen = 1,
			.msg_control = want.check ? b->control[i] : NULL,
			.msg_controllen = want.check ? sizeof(b->control[i]) : 0 };
	}
}

/* When the kernel took it in; now, if it does not say. */
static uint64_t arrival(struct msghdr *msg)
{
	struct timespec t;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
			memcpy(&t, CMSG_DATA(c), sizeof(t));
			return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
		}
	}
	return clock_real();
}

static void show_byte(uint8_t byte)
{
	if (byte >= ' ' && byte <= '~' && byte != '\\')
		putchar(byte);
	else
		printf("\\x%02x", byte);
}

static void show(const uint8_t *payload, uint32_t len, const struct sockaddr_in *from)
{
	char address[INET_ADDRSTRLEN];

	printf("%u byte%s from %s:%u: ", len, len == 1 ? "" : "s",
		inet_ntop(AF_INET, &from->sin_addr, address, sizeof(address)),
		ntohs(from->sin_port));
	for (uint32_t i = 0; i < len; i++)
		show_byte(payload[i]);
	putchar('\n');
}

/* What becomes of one datagram. Returns whether it goes back to its sender. */
static bool take(int fd, uint8_t *payload, uint32_t len, struct msghdr *msg)
{
	const struct sockaddr_in *from = msg->msg_name;
	uint32_t address = ntohl(from->sin_addr.s_addr);
	struct stamp stamp;
	bool stamped = stamp_read(payload, len, &stamp);

	if (stamped && stamp.kind == STAMP_QUESTION) {
		if (want.answer)
			question_keep(fd, payload, from, stamp.run);
		return false;
	}
	got.datagrams++;
	got.bytes += len;
	if (!want.quiet)
		show(payload, len, from);
	if (stamped && stamp.kind == STAMP_DATA) {
		checker_take((uint64_t)address << 16 | ntohs(from->sin_port), &stamp,
			want.check ? arrival(msg) : 0);
		payload[1] = STAMP_ECHO;
	} else {
		got.plain++;
	}
	/* two that echo would never end */
	return want.echo && !(stamped && stamp.kind != STAMP_DATA) &&
	       (ntohs(from->sin_port) < want.ports.first ||
		       ntohs(from->sin_port) > want.ports.last);
}

static void send_back(int fd, struct mmsghdr *msg, uint32_t n)
{
	uint32_t sent = 0;

	while (sent < n) {
		int done = sendmmsg(fd, msg + sent, n - sent, 0);

		if (done <= 0 && errno != EINTR) {
			if (got.unsent++ == 0)
				fprintf(stderr, "muffin-recv: an answer was not sent: %s\n",
					strerror(errno));
			sent++; /* an unreachable sender does not keep the others from their answers */
		}
		sent += done > 0 ? (uint32_t)done : 0;
	}
}

static void take_batch(int fd, struct batch *b, uint32_t n)
{
	struct mmsghdr back[BATCH];
	uint32_t back_n = 0;

	for (uint32_t i = 0; i < n; i++) {
		struct msghdr *msg = &b->msg[i].msg_hdr;

		if (take(fd, b->payload[i], b->msg[i].msg_len, msg)) {
			b->iov[i].iov_len = b->msg[i].msg_len;
			msg->msg_control = NULL;
			msg->msg_controllen = 0;
			back[back_n++] = (struct mmsghdr){ *msg, 0 };
		}
	}
	send_back(fd, back, back_n);
}

/* Read a socket until it has no more, or count= is reached. */
static void drain(int fd)
{
	uint32_t most;
	int n;

	do {
		most = BATCH;
		if (want.count && want.count - got.datagrams < BATCH)
			most = (uint32_t)(want.count - got.datagrams);
		prepare(&batch);
		n = most ? recvmmsg(fd, batch.msg, most, MSG_DONTWAIT, NULL) : 0;
		if (n <= 0)
			return;
		got.last_ns = clock_now();
		got.first_ns = got.first_ns ? got.first_ns : got.last_ns;
		take_batch(fd, &batch, (uint32_t)n);
	} while ((uint32_t)n == most);
}

/* ---- the account -------------------------------------------------------------------------- */

static double seconds(void)
{
	return (double)(got.last_ns - got.first_ns) / NS_PER_S;
}

static double per_second(double n)
{
	return got.last_ns > got.first_ns ? n / seconds() : 0;
}

static void show_json(const struct totals *t)
{
	printf("{\"datagrams\":%" PRIu64 ",\"bytes\":%" PRIu64
	       ",\"seconds\":%.6f,\"streams\":%" PRIu64 ",\"received\":%" PRIu64
	       ",\"lost\":%" PRIu64 ",\"twice\":%" PRIu64 ",\"out_of_order\":%" PRIu64
	       ",\"too_old\":%" PRIu64 ",\"unknown\":%" PRIu64 ",\"jitter_ns\":%" PRIu64 "}\n",
		got.datagrams, got.bytes, seconds(), t->streams, t->received, t->lost, t->twice,
		t->out_of_order, t->old, t->unknown, t->jitter_ns);
}

static void show_streams(const struct totals *t)
{
	printf("%" PRIu64 " stream%s: %" PRIu64 " received, %" PRIu64 " lost, %" PRIu64
	       " twice, %" PRIu64 " out of order",
		t->streams, t->streams == 1 ? "" : "s", t->received + t->old, t->lost, t->twice,
		t->out_of_order);
	if (t->old)
		printf(" (%" PRIu64 " of them so late that they may have come twice)", t->old);
	if (want.check)
		printf(", jitter %.1f us", (double)t->jitter_ns / 1000);
	putchar('\n');
	if (t->unknown)
		printf("%" PRIu64 " datagrams of more streams than %u were not checked\n",
			t->unknown, CHECKER_STREAMS);
}

static void show_counts(void)
{
	printf("%" PRIu64 " datagram%s, %" PRIu64 " bytes", got.datagrams,
		got.datagrams == 1 ? "" : "s", got.bytes);
	if (got.last_ns > got.first_ns)
		printf(" in %.3f s: %.1f a second, %.3f Mbit/s", seconds(),
			per_second((double)got.datagrams), per_second((double)got.bytes * 8) / 1e6);
	putchar('\n');
}

static enum status finish(void)
{
	struct totals t = checker_totals();
	bool whole = !t.lost && !t.twice && !t.out_of_order && !t.unknown && t.streams > 0;

	if (want.json) {
		show_json(&t);
	} else {
		show_counts();
		if (t.streams)
			show_streams(&t);
		else if (want.check)
			printf("no numbered stream arrived\n");
	}
	if ((want.check && !whole) || got.datagrams < want.count)
		return STATUS_WRONG;
	return got.unsent ? STATUS_SEND : STATUS_OK;
}

/* ---- start and end ------------------------------------------------------------------------ */

static void interrupted(int number)
{
	stop = number;
}

static bool join_all(int fd)
{
	for (uint32_t group = want.group.first; group && group <= want.group.last; group++)
		if (!socket_join(fd, group, want.address))
			return false;
	return true;
}

static bool listen_on(uint16_t port)
{
	int fd = socket_open(want.group.first ? 0 : want.address, port);
	int size = RECEIVE_BUF;

	if (fd < 0)
		return false;
	/* as much as the system lets us have */
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (want.check && !socket_set(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1, "SO_TIMESTAMPNS"))
		return false;
	sockets[socket_n++] = (struct pollfd){ .fd = fd, .events = POLLIN };
	return join_all(fd);
}

static bool listen_all(void)
{
	for (uint32_t port = want.ports.first; port <= want.ports.last; port++)
		if (!listen_on((uint16_t)port))
			return false;
	return true;
}

/* The next moment at which something is to be done though nothing arrives; UINT64_MAX: never. */
static uint64_t next_moment(uint64_t end_ns, uint64_t line_ns)
{
	uint64_t idle_ns = want.idle_ns && got.last_ns ? got.last_ns + want.idle_ns : UINT64_MAX;
	uint64_t first = end_ns < line_ns ? end_ns : line_ns;

	return idle_ns < first ? idle_ns : first;
}

static int timeout_ms(uint64_t moment, uint64_t now)
{
	uint64_t ms = moment <= now ? 0 : (moment - now + 999999) / 1000000;

	return moment == UINT64_MAX ? -1 : ms > INT32_MAX ? INT32_MAX : (int)ms;
}

static void receive(void)
{
	uint64_t now = clock_now();
	uint64_t end_ns = want.time_ns ? now + want.time_ns : UINT64_MAX;
	uint64_t line_ns = want.interval_ns ? now + want.interval_ns : UINT64_MAX;

	while (!stop && !(want.count && got.datagrams >= want.count)) {
		uint64_t moment = next_moment(end_ns, line_ns);
		uint32_t asked_n = question_waiting();

		if (poll(sockets, socket_n, asked_n || want.busy ? 0 : timeout_ms(moment, now)) > 0)
			for (uint32_t i = 0; i < socket_n; i++)
				if (sockets[i].revents)
					drain(sockets[i].fd);
		got.unsent += question_answer(asked_n);
		now = clock_now();
		if (now >= line_ns) {
			show_counts();
			line_ns += want.interval_ns;
		}
		if (now >= next_moment(end_ns, UINT64_MAX))
			return;
	}
}

/* False: the program is over, with *status. */
static bool read_options(int argc, char **argv, enum status *status)
{
	int at = options_read(&program, argc, argv);

	*status = at == OPTIONS_HELP ? STATUS_OK : STATUS_USAGE;
	if (at < 0)
		return false;
	if (at < argc) {
		fprintf(stderr, "muffin-recv: '%s': expected options alone; see --help\n",
			argv[at]);
		return false;
	}
	if (want.ports.last - want.ports.first >= SOCKETS_MAX) {
		fprintf(stderr, "muffin-recv: port %u-%u: expected at most %u ports\n",
			want.ports.first, want.ports.last, SOCKETS_MAX);
		return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	enum status status;

	if (!read_options(argc, argv, &status))
		return status;
	signal(SIGINT, interrupted);
	signal(SIGTERM, interrupted);
	if (!listen_all())
		return STATUS_SOCKET;
	if (!want.json)
		printf("listening on port %u%s\n", want.ports.first,
			want.ports.last > want.ports.first ? " and those behind it" : "");
	receive();
	return finish();
}
