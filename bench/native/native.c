/* SPDX-License-Identifier: MIT
 * native.c - net/ built for the host, sending into and receiving from rings of memory, beside lwIP and DPDK: in one
 * process, in turns.
 * Not here: judging (bench/native.py), the stacks (muffin.c, lwip.c, dpdk.c).
 * Usage: native            every way, in turns: prints "ticks <name> <datagrams> <median> <least>", a
 *                          datagram
 *        native <name> <n> n batches of 64 or 32 datagrams one way, for callgrind, which counts only batch_<name>
 * Source: Intel SDM vol. 2B "RDTSC". */
#include "bench/native/dpdk.h"
#include "bench/native/frame.h"
#include "bench/native/lwip.h"
#include "bench/native/muffin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PORT    4747
#define SEND    MUFFIN_BATCH
#define RECEIVE MUFFIN_RECEIVE
#define LEN     6
#define MANY    64 /* destinations, senders */
#define ROUNDS  32
#define WARM_UP 8  /* batches of a way at the begin of its turn: two laps of the ring */
#define IN_TURN 32 /* batches behind them, which are timed */
#define TIMED   (ROUNDS * IN_TURN)

_Static_assert(SEND == DPDK_BURST, "both send as many in a batch");

static const char payload[LEN + 1] = "muffin";
static uint8_t frames[MANY][FRAME_LEN];
static unsigned next_sender;

/* Each is a batch of so many datagrams, to or from one peer or several in turn; returns whether it was done. Not
 * inlined: callgrind counts by their names. */
#define BATCH static __attribute__((noinline)) int

BATCH batch_lwip_send(enum card card, unsigned peers)
{
	int good = 1;

	(void)card;
	for (unsigned i = 0; i < SEND; i++)
		good &= lwip_send(payload, LEN, (uint16_t)(PORT + (peers == 1 ? 0 : i)));
	return good;
}

BATCH batch_sendto(enum card card, unsigned peers)
{
	return muffin_sendto(card, peers);
}

BATCH batch_send(enum card card, unsigned peers)
{
	(void)peers;
	return muffin_send(card);
}

BATCH batch_sendmmsg(enum card card, unsigned peers)
{
	return muffin_sendmmsg(card, peers);
}

BATCH batch_segment(enum card card, unsigned peers)
{
	(void)peers;
	return muffin_segment(card);
}

BATCH batch_dpdk_build(enum card card, unsigned peers)
{
	(void)card;
	return dpdk_build(payload, LEN, peers);
}

BATCH batch_dpdk_prebuilt(enum card card, unsigned peers)
{
	(void)card;
	return dpdk_prebuilt(payload, LEN, peers);
}

BATCH batch_dpdk_kept(enum card card, unsigned peers)
{
	(void)card;
	(void)peers;
	return dpdk_kept(payload, LEN);
}

BATCH batch_lwip_recv(enum card card, unsigned peers)
{
	(void)card;
	(void)peers;
	return lwip_receive(RECEIVE);
}

BATCH batch_recvmmsg(enum card card, unsigned peers)
{
	(void)card;
	(void)peers;
	return muffin_recvmmsg();
}

BATCH batch_dpdk_recv(enum card card, unsigned peers)
{
	(void)card;
	(void)peers;
	return dpdk_receive(RECEIVE, FRAME_PORT);
}

static const struct way {
	const char *name;
	int (*batch)(enum card card, unsigned peers);
	unsigned datagrams, peers;
	enum card card;
	void (*arrive)(const void *frame, uint16_t len); /* so many frames before each batch */
} ways[] = {
	{ "lwip_send", batch_lwip_send, SEND, 1, PLAIN, NULL },
	{ "sendto", batch_sendto, SEND, 1, PLAIN, NULL },
	{ "send", batch_send, SEND, 1, PLAIN, NULL },
	{ "sendmmsg", batch_sendmmsg, SEND, 1, PLAIN, NULL },
	{ "segment", batch_segment, SEND, 1, PLAIN, NULL },
	{ "lwip_send_64", batch_lwip_send, SEND, MANY, PLAIN, NULL },
	{ "sendto_64", batch_sendto, SEND, MANY, PLAIN, NULL },
	{ "sendmmsg_64", batch_sendmmsg, SEND, MANY, PLAIN, NULL },
	{ "dpdk_build", batch_dpdk_build, SEND, 1, OFFLOAD, NULL },
	{ "dpdk_prebuilt", batch_dpdk_prebuilt, SEND, 1, OFFLOAD, NULL },
	{ "dpdk_kept", batch_dpdk_kept, SEND, 1, OFFLOAD, NULL },
	{ "sendmmsg_offload", batch_sendmmsg, SEND, 1, OFFLOAD, NULL },
	{ "segment_offload", batch_segment, SEND, 1, OFFLOAD, NULL },
	{ "dpdk_build_64", batch_dpdk_build, SEND, MANY, OFFLOAD, NULL },
	{ "dpdk_prebuilt_64", batch_dpdk_prebuilt, SEND, MANY, OFFLOAD, NULL },
	{ "sendmmsg_64_offload", batch_sendmmsg, SEND, MANY, OFFLOAD, NULL },
	{ "lwip_recv", batch_lwip_recv, RECEIVE, 1, PLAIN, lwip_arrive },
	{ "recvmmsg", batch_recvmmsg, RECEIVE, 1, PLAIN, muffin_arrive },
	{ "dpdk_recv", batch_dpdk_recv, RECEIVE, 1, PLAIN, dpdk_arrive },
	{ "lwip_recv_64", batch_lwip_recv, RECEIVE, MANY, PLAIN, lwip_arrive },
	{ "recvmmsg_64", batch_recvmmsg, RECEIVE, MANY, PLAIN, muffin_arrive },
	{ "dpdk_recv_64", batch_dpdk_recv, RECEIVE, MANY, PLAIN, dpdk_arrive },
};

#define WAYS (sizeof(ways) / sizeof(*ways))

static uint64_t rdtsc(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high)::"memory");
	return (uint64_t)high << 32 | low;
}

/* One batch; its ticks. What arrives is not among them: that is a card's work. */
static uint64_t run(const struct way *way)
{
	uint64_t start;

	for (unsigned i = 0; way->arrive && i < way->datagrams; i++)
		way->arrive(frames[next_sender++ % way->peers], FRAME_LEN);
	start = rdtsc();
	if (!way->batch(way->card, way->peers)) {
		printf("%s: not all datagrams were taken\n", way->name);
		exit(1);
	}
	return rdtsc() - start;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* A few batches of each way after the other, so that all of them meet what the host does. */
static void measure_all(void)
{
	static uint64_t ticks[WAYS][TIMED];

	for (unsigned round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < WAYS; i++) {
			for (unsigned k = 0; k < WARM_UP; k++)
				run(&ways[i]);
			for (unsigned k = 0; k < IN_TURN; k++)
				ticks[i][round * IN_TURN + k] = run(&ways[i]);
		}
	for (size_t i = 0; i < WAYS; i++) {
		qsort(ticks[i], TIMED, sizeof(**ticks), compare);
		printf("ticks %s %u %.1f %.1f\n", ways[i].name, ways[i].datagrams,
			(double)ticks[i][TIMED / 2] / ways[i].datagrams,
			(double)ticks[i][0] / ways[i].datagrams);
	}
	printf("frames lwip %lu muffin %lu doorbells %lu\n", lwip_frames(), muffin_frames(),
		muffin_doorbells());
}

static void run_one(const char *name, int batches)
{
	for (size_t i = 0; i < WAYS; i++)
		for (int n = 0; strcmp(name, ways[i].name) == 0 && n < batches; n++)
			run(&ways[i]);
}

int main(int argc, char **argv)
{
	for (unsigned i = 0; i < MANY; i++)
		frame_build(frames[i], (uint16_t)(PORT + i));
	lwip_start(FRAME_PORT);
	muffin_start(FRAME_PORT);
	if (argc == 3) { /* callgrind: without DPDK, which it cannot run */
		run_one(argv[1], atoi(argv[2]));
		return 0;
	}
	dpdk_start();
	measure_all();
	return 0;
}
