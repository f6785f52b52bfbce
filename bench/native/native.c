/* SPDX-License-Identifier: MIT
 * native.c - net/ built for the host, sending into a ring of memory, beside lwIP sending into an
 * interface that counts: in one process, in turns.
 * Not here: judging (bench/native.py), the kernel's entry and its driver: this is net/ alone.
 * Usage: native            every way, in turns: prints "ticks <name> <median> <least>", a datagram
 *        native <name> <n> n times 64 datagrams one way, for callgrind, which counts only batch_<name>
 * Source: Intel SDM vol. 2B "RDTSC". */
#include "bench/native/lwip.h"
#include "bench/native/ring.h"
#include "net/ipv4/devinet.h"
#include "net/neigh/arp.h"
#include "net/neigh/neighbour.h"
#include "net/net_init.h"
#include "net/socket/socket.h"
#include "net/socket/socket_user.h"
#include "net/socket/sockopt.h"
#include "tests/unit/host_machine.h"

#include <stdio.h>
#include <stdlib.h>

#define PORT    4747
#define BATCH   64
#define LEN     6
#define ROUNDS  1001
#define WARM_UP 100

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

static u8 payload[BATCH * LEN];
static struct iovec one = { payload, LEN }, all = { payload, sizeof(payload) };
static struct segment_cmsg segment = {
	{ sizeof(struct cmsghdr) + sizeof(u16), SOL_UDP, UDP_SEGMENT }, LEN, { 0 }
};

/* To one peer each: PLAIN's card leaves checksums to the stack, as lwIP's interface does; OFFLOAD's
 * completes them, as the e1000 does. */
enum card {
	PLAIN,
	OFFLOAD
};

static struct flow {
	int fd;
	struct sockaddr_in to;
	struct mmsg messages[BATCH];
	struct user_msghdr burst;
} flows[RING_CARDS];

/* Each sends 64 datagrams; returns whether it did. Not inlined: callgrind counts by their names. */
int batch_lwip(enum card card);
int batch_sendto(enum card card);
int batch_sendmmsg(enum card card);
int batch_segment(enum card card);

noinline int batch_lwip(enum card card)
{
	int good = 1;

	for (int i = 0; i < BATCH; i++)
		good &= lwip_send(payload, LEN);
	return good;
}

noinline int batch_sendto(enum card card)
{
	const struct flow *f = &flows[card];
	int good = 1;

	for (int i = 0; i < BATCH; i++)
		good &= sys_sendto(f->fd, (u64)payload, LEN, 0, (u64)&f->to, sizeof(f->to)) == LEN;
	return good;
}

noinline int batch_sendmmsg(enum card card)
{
	return sys_sendmmsg(flows[card].fd, (u64)flows[card].messages, BATCH, 0) == BATCH;
}

noinline int batch_segment(enum card card)
{
	return sys_sendmsg(flows[card].fd, (u64)&flows[card].burst, 0) == sizeof(payload);
}

static const struct way {
	const char *name;
	int (*batch)(enum card card);
	enum card card;
} ways[] = {
	{ "lwip", batch_lwip, PLAIN },
	{ "sendto", batch_sendto, PLAIN },
	{ "sendmmsg", batch_sendmmsg, PLAIN },
	{ "segment", batch_segment, PLAIN },
	{ "sendto_offload", batch_sendto, OFFLOAD },
	{ "sendmmsg_offload", batch_sendmmsg, OFFLOAD },
	{ "segment_offload", batch_segment, OFFLOAD },
};

#define WAYS (sizeof(ways) / sizeof(*ways))

/* Its card is 10.<card>.0.1/24, its peer 10.<card>.0.2, known. */
static void start_flow(struct flow *f, enum card card, u32 features)
{
	static const u8 peer_mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 2 };
	struct net_device *dev = ring_register(&init_net, features);
	be32 ours = cpu_to_be32(0x0a000001u + (card << 16));
	be32 theirs = cpu_to_be32(0x0a000002u + (card << 16));

	BUG_ON(inet_insert_ifa(dev, ours, 24) != 0);
	BUG_ON(neigh_set_permanent(init_net.arp_tbl, dev, theirs, peer_mac) != 0);
	f->fd = (int)sys_socket(AF_INET, SOCK_DGRAM, 0);
	f->to = (struct sockaddr_in){ AF_INET, cpu_to_be16(PORT), theirs, { 0 } };
	f->burst = (struct user_msghdr){ .name = (u64)&f->to,
		.namelen = sizeof(f->to),
		.iov = (u64)&all,
		.iovlen = 1,
		.control = (u64)&segment,
		.controllen = sizeof(segment) };
	for (int i = 0; i < BATCH; i++)
		f->messages[i].hdr = (struct user_msghdr){
			.name = (u64)&f->to, .namelen = sizeof(f->to), .iov = (u64)&one, .iovlen = 1
		};
}

static void start_stack(void)
{
	host_reset();
	BUG_ON(net_init() != 0);
	start_flow(&flows[PLAIN], PLAIN, 0);
	start_flow(&flows[OFFLOAD], OFFLOAD, NETIF_F_HW_CSUM);
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

/* One batch of each way after the other, so that all of them meet what the host does. */
static void measure_all(void)
{
	static u64 ticks[WAYS][ROUNDS];
	for (int round = -WARM_UP; round < ROUNDS; round++)
		for (size_t i = 0; i < WAYS; i++) {
			u64 start = rdtsc();

			BUG_ON(!ways[i].batch(ways[i].card));
			ticks[i][round < 0 ? 0 : round] = rdtsc() - start;
		}
	for (size_t i = 0; i < WAYS; i++) {
		qsort(ticks[i], ROUNDS, sizeof(**ticks), compare);
		printf("ticks %s %.1f %.1f\n", ways[i].name, (double)ticks[i][ROUNDS / 2] / BATCH,
			(double)ticks[i][0] / BATCH);
	}
	printf("frames lwip %lu muffin %lu doorbells %lu\n", lwip_frames(),
		(unsigned long)ring_frames(), (unsigned long)ring_doorbells());
}

int main(int argc, char **argv)
{
	lwip_start();
	start_stack();
	if (argc < 3)
		measure_all();
	for (size_t i = 0; argc == 3 && i < WAYS; i++)
		for (int n = 0; strcmp(argv[1], ways[i].name) == 0 && n < atoi(argv[2]); n++)
			BUG_ON(!ways[i].batch(ways[i].card));
	return 0;
}
