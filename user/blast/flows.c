/* SPDX-License-Identifier: MIT
 * flows.c - numbered datagrams by a plan, handed over in batches.
 * Not here: what each is (plan.c), when it leaves (pace.c).
 * muffin-blast.c calls in.
 * Source: sendmmsg(2), udp(7) for UDP_SEGMENT. */
#include "user/blast/pace.h"
#include "user/blast/traffic.h"
#include "user/lib/sockets.h"
#include "user/lib/stamp.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define SOCKETS_MAX 250
#define SEND_BUF    (1 << 20)
#define SEGMENT_MAX 1472  /* larger ones would be fragments, which segments never are */
#define BURST_MAX   65507 /* bytes that one call hands over as segments */

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

static const struct plan *plan;
static int sockets[SOCKETS_MAX];
static uint64_t next, flows;
static uint16_t run;
static uint32_t stride;
static uint8_t *payloads; /* BATCH times stride */
static bool segments;     /* one flow of one length: a call's payload is cut by the kernel */

static void stamp_at(uint8_t *at, const struct item *item, uint64_t now_ns)
{
	const struct stamp stamp = { .kind = STAMP_DATA,
		.run = run,
		.flow = (uint16_t)item->flow,
		.number = (uint32_t)item->number,
		.sent_ns = now_ns };

	stamp_write(at, &stamp);
}

static struct sockaddr_in address_of(const struct item *item)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(item->address),
		.sin_port = htons(item->port) };
}

static int send_segments(uint32_t n, uint64_t now_ns)
{
	struct item item = plan_item(plan, flows, next);
	struct sockaddr_in to = address_of(&item);
	ssize_t done;

	n = n * stride > BURST_MAX ? BURST_MAX / stride : n;
	for (uint32_t i = 0; i < n; i++, item.number++)
		stamp_at(payloads + i * stride, &item, now_ns);
	done = sendto(
		sockets[0], payloads, n * stride, MSG_DONTWAIT, (const void *)&to, sizeof(to));
	return done < 0 ? -errno : (int)(done / stride);
}

/* As many as leave by the same socket. */
static int send_messages(uint32_t n, uint64_t now_ns)
{
	static struct mmsghdr msg[BATCH];
	static struct sockaddr_in to[BATCH];
	static struct iovec iov[BATCH];
	uint32_t source = plan_item(plan, flows, next).source_index, i;
	int done;

	for (i = 0; i < n; i++) {
		struct item item = plan_item(plan, flows, next + i);
		uint8_t *payload = payloads + i * stride;

		if (item.source_index != source)
			break;
		stamp_at(payload, &item, now_ns);
		to[i] = address_of(&item);
		iov[i] = (struct iovec){ payload, item.size };
		msg[i].msg_hdr = (struct msghdr){ .msg_name = &to[i],
			.msg_namelen = sizeof(to[i]),
			.msg_iov = &iov[i],
			.msg_iovlen = 1 };
	}
	done = sendmmsg(sockets[source], msg, i, MSG_DONTWAIT);
	return done < 0 ? -errno : done;
}

static int flows_send(uint32_t n)
{
	uint64_t now_ns = clock_real();
	int done = segments ? send_segments(n, now_ns) : send_messages(n, now_ns);

	next += done > 0 ? (uint64_t)done : 0;
	return done;
}

static uint32_t flows_size(uint32_t i)
{
	return plan_size(plan, next + i);
}

static uint32_t flows_frame_len(uint32_t i)
{
	return frame_bytes(flows_size(i));
}

static int flows_fd(void)
{
	return sockets[plan_item(plan, flows, next).source_index];
}

static uint64_t flows_n(void)
{
	return 0;
}

static const struct traffic traffic = {
	.send = flows_send,
	.frame_len = flows_frame_len,
	.size = flows_size,
	.fd = flows_fd,
	.n = flows_n,
};

static bool open_socket(uint32_t address, uint32_t index)
{
	uint16_t port = plan->source.first ? (uint16_t)(plan->source.first + index) : 0;
	int fd = socket_open(address, port), size = SEND_BUF;

	sockets[index] = fd;
	if (fd < 0)
		return false;
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)); /* as much as we may have */
	return socket_set(fd, SOL_SOCKET, SO_BROADCAST, 1, "broadcast");
}

uint16_t flows_restart(void)
{
	next = 0;
	run++;
	return run;
}

/* Where the kernel cuts a call's payload, that costs less than messages do. */
static bool use_segments(void)
{
	int size = (int)stride;

	return flows == 1 && plan->size.first == stride && stride <= SEGMENT_MAX &&
	       setsockopt(sockets[0], IPPROTO_UDP, UDP_SEGMENT, &size, sizeof(size)) == 0;
}

const struct traffic *flows_open(const struct plan *of, uint32_t address)
{
	uint32_t source_n = of->source.last - of->source.first + 1;

	plan = of;
	flows = plan_flows(of);
	stride = plan_size_max(of);
	run = (uint16_t)(clock_real() / 1000);
	if (source_n > SOCKETS_MAX) {
		fprintf(stderr, "muffin-blast: source %u-%u: expected at most %u ports\n",
			of->source.first, of->source.last, SOCKETS_MAX);
		return NULL;
	}
	for (uint32_t i = 0; i < source_n; i++)
		if (!open_socket(address, i))
			return NULL;
	payloads = calloc(BATCH, stride);
	if (!payloads) {
		fprintf(stderr, "muffin-blast: no memory for %u datagrams of %u bytes\n", BATCH,
			stride);
		return NULL;
	}
	segments = use_segments();
	return &traffic;
}
