/* SPDX-License-Identifier: MIT
 * native.c - net/ built for the host, sending into a ring of memory, beside lwIP sending into an
 * interface that counts: in one process, in turns.
 * Not here: judging (bench/native.py), the kernel's entry and its driver: this is net/ alone.
 * Usage: native            every way, in turns: prints "ticks <name> <median> <least>", a datagram
 *        native <name> <n> n times 64 datagrams one way, for callgrind, which counts only batch_<name>
 * Source: Intel SDM vol. 2B "RDTSC". */
#include "bench/native/lwip.h"
#include "bench/native/ring.h"
#include "net/arp.h"
#include "net/neighbour.h"
#include "net/net_init.h"
#include "net/route.h"
#include "net/sockopt.h"
#include "net/socket.h"
#include "net/socket_user.h"
#include "tests/unit/host_machine.h"

#include <stdio.h>
#include <stdlib.h>

#define OUR_IP  0x0a000001u
#define PEER_IP 0x0a000002u
#define PORT    4747
#define BATCH   64
#define LEN     6
#define ROUNDS  1001
#define WARM_UP 100
#define UDP     17

/* sendmmsg(2)'s, and a control message that says how long a segment is. */
struct mmsg {
	struct user_msghdr hdr;
	u32 len;
};

struct segment_cmsg {
	struct cmsghdr hdr;
	u16 size;
	u8 pad[6];
};

/* Until net/ has it. */
long sys_sendmmsg(u64 sockfd, u64 vec, u64 n, u64 flags);
__attribute__((weak)) long sys_sendmmsg(u64 sockfd, u64 vec, u64 n, u64 flags)
{
	(void)sockfd, (void)vec, (void)n, (void)flags;
	return -ENOSYS;
}

static u8 payload[BATCH * LEN];
static struct sockaddr_in to;
static struct iovec one = { payload, LEN }, all = { payload, sizeof(payload) };
static struct mmsg messages[BATCH];
static struct segment_cmsg segment = { { sizeof(struct cmsghdr) + sizeof(u16), UDP, UDP_SEGMENT },
	LEN, { 0 } };
static struct user_msghdr train;
static u64 fd;

/* Not inlined: callgrind counts by their names. Each sends 64 datagrams; returns whether it did. */
int batch_lwip(void);
int batch_sendto(void);
int batch_sendmmsg(void);
int batch_segment(void);

noinline int batch_lwip(void)
{
	int good = 1;

	for (int i = 0; i < BATCH; i++)
		good &= lwip_send(payload, LEN);
	return good;
}

noinline int batch_sendto(void)
{
	int good = 1;

	for (int i = 0; i < BATCH; i++)
		good &= sys_sendto(fd, (u64)payload, LEN, 0, (u64)&to, sizeof(to)) == LEN;
	return good;
}

noinline int batch_sendmmsg(void)
{
	return sys_sendmmsg(fd, (u64)messages, BATCH, 0) == BATCH;
}

noinline int batch_segment(void)
{
	return sys_sendmsg(fd, (u64)&train, 0) == sizeof(payload);
}

static const struct way {
	const char *name;
	int (*batch)(void);
} ways[] = {
	{ "lwip", batch_lwip },
	{ "sendto", batch_sendto },
	{ "sendmmsg", batch_sendmmsg },
	{ "segment", batch_segment },
};

#define WAYS (sizeof(ways) / sizeof(*ways))

/* Which of them the stack has: a failure of the first is no measurement. */
static bool works(const struct way *way)
{
	bool good = way->batch();

	if (!good)
		printf("unsupported %s\n", way->name);
	return good;
}

static void start_stack(void)
{
	static const u8 peer_mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 2 };
	struct net_device *dev;

	host_reset();
	BUG_ON(net_init() != 0);
	dev = ring_register(&init_net);
	BUG_ON(ip_addr_assign(dev, cpu_to_be32(OUR_IP), 24) != 0);
	BUG_ON(neigh_set_permanent(init_net.arp_tbl, dev, cpu_to_be32(PEER_IP), peer_mac) != 0);
	fd = (u64)sys_socket(AF_INET, SOCK_DGRAM, 0);
	to = (struct sockaddr_in){ AF_INET, cpu_to_be16(PORT), cpu_to_be32(PEER_IP), { 0 } };
	train = (struct user_msghdr){ .name = (u64)&to,
		.namelen = sizeof(to),
		.iov = (u64)&all,
		.iovlen = 1,
		.control = (u64)&segment,
		.controllen = sizeof(segment) };
	for (int i = 0; i < BATCH; i++)
		messages[i].hdr = (struct user_msghdr){
			.name = (u64)&to, .namelen = sizeof(to), .iov = (u64)&one, .iovlen = 1
		};
}

static u64 rdtsc(void)
{
	u32 low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high)::"memory");
	return (u64)high << 32 | low;
}

static int compare(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return (x > y) - (x < y);
}

/* One batch of each way after the other, so that whatever the host does meets all of them. */
static void measure_all(void)
{
	static u64 ticks[WAYS][ROUNDS];
	bool has[WAYS];

	for (size_t i = 0; i < WAYS; i++)
		has[i] = works(&ways[i]);
	for (int round = -WARM_UP; round < ROUNDS; round++)
		for (size_t i = 0; i < WAYS; i++) {
			u64 start = rdtsc();

			BUG_ON(has[i] && !ways[i].batch());
			ticks[i][round < 0 ? 0 : round] = rdtsc() - start;
		}
	for (size_t i = 0; i < WAYS; i++) {
		if (!has[i])
			continue;
		qsort(ticks[i], ROUNDS, sizeof(**ticks), compare);
		printf("ticks %s %.1f %.1f\n", ways[i].name, (double)ticks[i][ROUNDS / 2] / BATCH,
			(double)ticks[i][0] / BATCH);
	}
	printf("frames lwip %lu muffin %lu doorbells %lu\n", lwip_frames(),
		(unsigned long)init_net.mib.ip_out_requests, (unsigned long)ring_doorbells());
}

int main(int argc, char **argv)
{
	lwip_start();
	start_stack();
	if (argc < 3)
		measure_all();
	for (size_t i = 0; argc == 3 && i < WAYS; i++)
		for (int n = 0; strcmp(argv[1], ways[i].name) == 0 && n < atoi(argv[2]); n++)
			BUG_ON(!ways[i].batch());
	return 0;
}
