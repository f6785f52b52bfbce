/* SPDX-License-Identifier: MIT
 * muffin-send.c - the program where the muffin's journey begins: resolve, open, send.
 * Not here: anything of this kernel's; it runs on Linux as well. Traffic by rates and flows: muffin-blast.
 * Built in, the default; replaced by a boot module. See docs/man/muffin-send.1.
 * Source: getaddrinfo(3), socket(2), sendto(2), ip(7). */
#include "user/lib/histogram.h"
#include "user/lib/options.h"
#include "user/lib/sockets.h"
#include "user/lib/values.h"
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HOST    "b"
#define MESSAGE "muffin"
#define UNSAID  UINT64_MAX
#define BATCH   64

static struct {
	uint64_t port, source;
	uint32_t address;
	uint64_t count, interval_ns, ttl, tos, wait_ns;
	const char *lines;
	bool broadcast, echo;
} want = { .port = 4747, .count = 1, .ttl = UNSAID, .tos = UNSAID, .wait_ns = NS_PER_S };

static const struct option options[] = {
	{ 'p', "port", "<port>", "of the host (4747)", take_number, NULL, 1, 65535, &want.port },
	{ 'c', "count", "<n>", "how many times (1)", take_number, .least = 1, .most = UINT64_MAX,
		.to = &want.count },
	{ 'i', "interval", "<time>", "from one to the next", take_duration, EXPECTED_DURATION,
		.to = &want.interval_ns },
	{ 'l', "lines", "<file>", "a datagram of each line; -: of standard input", take_text,
		"a file", .to = &want.lines },
	{ 's', "source", "<port>", "our port", take_number, NULL, 1, 65535, &want.source },
	{ 'a', "address", "<address>", "our address; for groups, its device", take_address,
		EXPECTED_ADDRESS, .to = &want.address },
	{ 't', "ttl", "<n>", "time to live", take_number, .least = 1, .most = 255,
		.to = &want.ttl },
	{ 'T', "tos", "<n>", "type of service", take_number, .most = 255, .to = &want.tos },
	{ 'b', "broadcast", NULL, "may go to a broadcast address", .to = &want.broadcast },
	{ 'e', "echo", NULL, "wait for each to come back; measure how long", .to = &want.echo },
	{ 'w', "wait", "<time>", "for an echo (1s)", take_duration, EXPECTED_DURATION,
		.to = &want.wait_ns },
	{ .name = NULL },
};

static const struct program program = {
	.name = "muffin-send",
	.operands = "[host [message]]",
	.about = "Sends one UDP datagram to port 4747, \"" MESSAGE "\" to \"" HOST
		 "\" unless told.\n",
	.more = "Built into muffin it is told behind the last word of the kernel's command line:\n"
		"  ip=10.0.2.15::10.0.2.2:255.255.255.0 -- 10.0.2.2 hello\n"
		"Exit status: 0 sent, 1 the name cannot be resolved, 2 no socket, 3 not sent,\n"
		"4 an option is wrong, 5 an echo did not come back.\n",
	.option = options,
};

static struct sockaddr_in to;
static uint64_t sent;

/* Only with --echo: what is never touched costs nothing, but lies between what is. */
static struct echoes {
	uint64_t lost;
	struct histogram round_trips;
	char payload[65536];
} * echoes;

static bool set_options(int fd)
{
	bool group = is_group(ntohl(to.sin_addr.s_addr));

	return (!want.broadcast || socket_set(fd, SOL_SOCKET, SO_BROADCAST, 1, "broadcast")) &&
	       (want.tos == UNSAID || socket_set(fd, IPPROTO_IP, IP_TOS, (int)want.tos, "tos")) &&
	       (want.ttl == UNSAID || socket_set(fd, IPPROTO_IP, group ? IP_MULTICAST_TTL : IP_TTL,
					      (int)want.ttl, "ttl")) &&
	       (!want.address || !group || socket_leave_by(fd, want.address));
}

/* One datagram. False: it has said that it was not sent, and why. */
static bool send_one(int fd, const char *message, size_t len)
{
	ssize_t done = sendto(fd, message, len, 0, (const void *)&to, sizeof(to));

	if (done < 0)
		printf("not sent: %s\n", strerror(errno));
	else if ((size_t)done < len)
		printf("only %zd of %zu bytes sent\n", done, len);
	else
		sent++;
	return done == (ssize_t)len;
}

/* Several of the same at once, as many as there is room for. */
static bool send_some(int fd, const char *message, size_t len, uint64_t n)
{
	struct iovec iov = { (void *)message, len };
	struct mmsghdr msg[BATCH];
	int done;

	n = n < BATCH ? n : BATCH;
	for (uint64_t i = 0; i < n; i++)
		msg[i].msg_hdr = (struct msghdr){
			.msg_name = &to, .msg_namelen = sizeof(to), .msg_iov = &iov, .msg_iovlen = 1
		};
	done = sendmmsg(fd, msg, (unsigned)n, 0);
	if (done < 0)
		printf("not sent: %s\n", strerror(errno));
	else
		sent += (uint64_t)done;
	return done >= 0;
}

/* The next datagram that comes from where we send to. False: none, in time. */
static bool wait_for_echo(int fd, uint64_t start)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	struct sockaddr_in from;
	socklen_t from_len = sizeof(from);
	uint64_t waited;

	while ((waited = clock_now() - start) < want.wait_ns) {
		int ms = (int)((want.wait_ns - waited) / 1000000 % INT32_MAX) + 1;
		ssize_t len;

		if (poll(&p, 1, ms) <= 0)
			continue;
		len = recvfrom(
			fd, echoes->payload, sizeof(echoes->payload), 0, (void *)&from, &from_len);
		if (len < 0 || from.sin_port != to.sin_port)
			continue;
		waited = clock_now() - start;
		histogram_add(&echoes->round_trips, waited);
		printf("%zd bytes back from %s in %.1f us\n", len, inet_ntoa(from.sin_addr),
			(double)waited / 1000);
		return true;
	}
	printf("no echo within %.3f s\n", (double)want.wait_ns / NS_PER_S);
	echoes->lost++;
	return false;
}

static void wait_for_turn(uint64_t *turn_ns)
{
	const struct timespec t = { (time_t)(*turn_ns / NS_PER_S), (long)(*turn_ns % NS_PER_S) };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
	*turn_ns += want.interval_ns;
}

/* The same message count times; turn_ns is when the next one may leave. */
static bool send_message(int fd, const char *message, size_t len, uint64_t *turn_ns)
{
	uint64_t end = sent + want.count, start;

	while (sent < end) {
		if (!want.interval_ns && !want.echo && end - sent > 1) {
			if (!send_some(fd, message, len, end - sent))
				return false;
			continue;
		}
		if (want.interval_ns)
			wait_for_turn(turn_ns);
		start = clock_now();
		if (!send_one(fd, message, len))
			return false;
		if (want.echo)
			wait_for_echo(fd, start);
	}
	return true;
}

static bool send_lines(int fd, FILE *file, uint64_t *turn_ns)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while ((len = getline(&line, &size, file)) >= 0) {
		if (len > 0 && line[len - 1] == '\n')
			len--;
		if (!send_message(fd, line, (size_t)len, turn_ns))
			return false;
	}
	free(line);
	return true;
}

static FILE *open_lines(void)
{
	FILE *file = strcmp(want.lines, "-") == 0 ? stdin : fopen(want.lines, "r");

	if (!file)
		fprintf(stderr, "muffin-send: lines '%s': %s\n", want.lines, strerror(errno));
	return file;
}

static void show_echoes(void)
{
	uint64_t n = echoes->round_trips.n;

	printf("%" PRIu64 " echo%s, %" PRIu64 " lost\n", n, n == 1 ? "" : "es", echoes->lost);
	histogram_show(&echoes->round_trips);
}

static enum status run(int fd, const char *message, FILE *file)
{
	uint64_t turn_ns = clock_now();
	bool ok = file ? send_lines(fd, file, &turn_ns)
		       : send_message(fd, message, strlen(message), &turn_ns);

	if (ok && !file && want.count == 1)
		printf("%s sent :)\n", message);
	else if (file || want.count > 1)
		printf("%" PRIu64 " datagram%s sent\n", sent, sent == 1 ? "" : "s");
	if (echoes)
		show_echoes();
	return !ok ? STATUS_SEND : echoes && echoes->lost ? STATUS_WRONG : STATUS_OK;
}

static enum status send_to(const char *host, const char *message)
{
	FILE *file = want.lines ? open_lines() : NULL;
	enum status status;
	int fd;

	if (want.lines && !file)
		return STATUS_USAGE;
	if (!socket_resolve(host, &to))
		return STATUS_RESOLVE;
	to.sin_port = htons((uint16_t)want.port);
	echoes = want.echo ? calloc(1, sizeof(*echoes)) : NULL;
	if (want.echo && !echoes) {
		fprintf(stderr, "muffin-send: no memory\n");
		return STATUS_USAGE;
	}
	fd = socket_open(want.address, (uint16_t)want.source);
	if (fd < 0 || !set_options(fd))
		return STATUS_SOCKET;
	status = run(fd, message, file);
	close(fd);
	return status;
}

int main(int argc, char **argv)
{
	int at = options_read(&program, argc, argv);

	if (at < 0)
		return at == OPTIONS_HELP ? STATUS_OK : STATUS_USAGE;
	if (argc - at > (want.lines ? 1 : 2)) {
		fprintf(stderr, "muffin-send: '%s': expected nothing behind %s\n", argv[argc - 1],
			want.lines ? "the host, because of lines="
				   : "host and message; quotes keep blanks together");
		return STATUS_USAGE;
	}
	return send_to(at < argc ? argv[at] : HOST, at + 1 < argc ? argv[at + 1] : MESSAGE);
}
