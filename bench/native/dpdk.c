/* SPDX-License-Identifier: MIT
 * dpdk.c - DPDK behind plain names; its headers and ours do not mix.
 * Not here: timing; a stack: what is not written here is not done.
 * native.c calls in.
 * Source: DPDK 22.11, Programmer's Guide: Mbuf, Poll Mode Driver; the Null and Ring drivers' guides. */
#include "bench/native/dpdk.h"

#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_ip.h>
#include <rte_udp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

#define MBUFS      2047
#define CACHE      256
#define RING_N     512
#define DATA_MAX   64
#define OFFLOADS   (RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_UDP_CKSUM)
#define FIRST_PORT 4747

enum port {
	NULL_PORT, /* in the order of the --vdev arguments */
	RING_PORT
};

struct headers {
	struct rte_ether_hdr eth;
	struct rte_ipv4_hdr ip;
	struct rte_udp_hdr udp;
};

_Static_assert(sizeof(struct headers) == 42, "as on the wire");

static struct datagram {
	rte_be32_t from;
	rte_be16_t from_port;
	uint16_t len;
	uint8_t data[DATA_MAX];
} received[DPDK_BURST];

static struct rte_mempool *pool;
static struct headers
	to[DPDK_BURST]; /* each destination's, complete but for lengths and checksums */
static struct rte_mbuf *same[DPDK_BURST], *different[DPDK_BURST], *kept[DPDK_BURST]; /* prebuilt */

static void check(int ok, const char *what)
{
	if (ok)
		return;
	printf("DPDK: %s failed\n", what);
	exit(1);
}

/* EAL binds the thread that starts it to one CPU; the other stacks' batches run in this thread, too. */
static void start_eal(void)
{
	char cpu[32];
	char *args[] = { "native", "--no-huge", "--no-pci", "--no-shconf", "--no-telemetry", "-m",
		"64", "--log-level=*:error", "--vdev=net_null0", "--vdev=net_ring0", "--lcores",
		cpu };
	cpu_set_t before;

	check(sched_getaffinity(0, sizeof(before), &before) == 0, "sched_getaffinity");
	snprintf(cpu, sizeof(cpu), "0@%d", sched_getcpu());
	check(rte_eal_init(RTE_DIM(args), args) >= 0, "rte_eal_init");
	check(sched_setaffinity(0, sizeof(before), &before) == 0, "sched_setaffinity");
}

static void start_port(uint16_t port)
{
	const struct rte_eth_conf conf = { 0 };

	check(rte_eth_dev_configure(port, 1, 1, &conf) == 0, "rte_eth_dev_configure");
	check(rte_eth_rx_queue_setup(port, 0, RING_N, 0, NULL, pool) == 0, "a receive queue");
	check(rte_eth_tx_queue_setup(port, 0, RING_N, 0, NULL) == 0, "a transmit queue");
	check(rte_eth_dev_start(port) == 0, "rte_eth_dev_start");
}

static struct headers headers_to(uint16_t port)
{
	return (struct headers){
		.eth = { .dst_addr = { { 2, 0, 0, 0, 0, 2 } },
			.src_addr = { { 2, 0, 0, 0, 0, 1 } },
			.ether_type = RTE_BE16(RTE_ETHER_TYPE_IPV4) },
		.ip = { .version_ihl = RTE_IPV4_VHL_DEF,
			.fragment_offset = RTE_BE16(RTE_IPV4_HDR_DF_FLAG),
			.time_to_live = 64,
			.next_proto_id = IPPROTO_UDP,
			.src_addr = rte_cpu_to_be_32(RTE_IPV4(10, 0, 0, 1)),
			.dst_addr = rte_cpu_to_be_32(RTE_IPV4(10, 0, 0, 2)) },
		.udp = { .src_port = RTE_BE16(40000), .dst_port = rte_cpu_to_be_16(port) },
	};
}

/* What a card that completes both checksums wants: the pseudo-header's sum, and where the headers end. */
static void build(struct rte_mbuf *m, const struct headers *of, const void *data, uint16_t len)
{
	struct headers *h = rte_pktmbuf_mtod(m, struct headers *);

	*h = *of;
	h->ip.total_length = rte_cpu_to_be_16((uint16_t)(sizeof(h->ip) + sizeof(h->udp) + len));
	h->udp.dgram_len = rte_cpu_to_be_16((uint16_t)(sizeof(h->udp) + len));
	h->udp.dgram_cksum = rte_ipv4_phdr_cksum(&h->ip, OFFLOADS);
	memcpy(h + 1, data, len);
	m->data_len = (uint16_t)(sizeof(*h) + len);
	m->pkt_len = m->data_len;
	m->l2_len = sizeof(h->eth);
	m->l3_len = sizeof(h->ip);
	m->ol_flags = OFFLOADS;
}

static const struct headers *nth_of(unsigned i, unsigned destinations)
{
	return &to[destinations == 1 ? 0 : i];
}

void dpdk_start(void)
{
	static const uint8_t data[] = "muffin";

	start_eal();
	pool = rte_pktmbuf_pool_create(
		"frames", MBUFS, CACHE, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	check(pool != NULL, "rte_pktmbuf_pool_create");
	start_port(NULL_PORT);
	start_port(RING_PORT);
	check(rte_pktmbuf_alloc_bulk(pool, same, DPDK_BURST) == 0, "rte_pktmbuf_alloc_bulk");
	check(rte_pktmbuf_alloc_bulk(pool, different, DPDK_BURST) == 0, "rte_pktmbuf_alloc_bulk");
	check(rte_pktmbuf_alloc_bulk(pool, kept, DPDK_BURST) == 0, "rte_pktmbuf_alloc_bulk");
	for (unsigned i = 0; i < DPDK_BURST; i++)
		to[i] = headers_to((uint16_t)(FIRST_PORT + i));
	for (unsigned i = 0; i < DPDK_BURST; i++) {
		build(same[i], nth_of(i, 1), data, sizeof(data) - 1);
		build(different[i], nth_of(i, DPDK_BURST), data, sizeof(data) - 1);
		build(kept[i], nth_of(i, 1), data, sizeof(data) - 1);
	}
}

int dpdk_build(const void *data, uint16_t len, unsigned destinations)
{
	struct rte_mbuf *m[DPDK_BURST];

	if (rte_pktmbuf_alloc_bulk(pool, m, DPDK_BURST) != 0)
		return 0;
	for (unsigned i = 0; i < DPDK_BURST; i++)
		build(m[i], nth_of(i, destinations), data, len);
	return rte_eth_tx_burst(NULL_PORT, 0, m, DPDK_BURST) == DPDK_BURST;
}

/* The driver frees what it has sent: one reference more keeps the frame. */
int dpdk_prebuilt(const void *data, uint16_t len, unsigned destinations)
{
	struct rte_mbuf **m = destinations == 1 ? same : different;

	for (unsigned i = 0; i < DPDK_BURST; i++) {
		rte_mbuf_refcnt_update(m[i], 1);
		memcpy(rte_pktmbuf_mtod_offset(m[i], void *, sizeof(struct headers)), data, len);
	}
	return rte_eth_tx_burst(NULL_PORT, 0, m, DPDK_BURST) == DPDK_BURST;
}

int dpdk_kept(const void *data, uint16_t len)
{
	for (unsigned i = 0; i < DPDK_BURST; i++)
		memcpy(rte_pktmbuf_mtod_offset(kept[i], void *, sizeof(struct headers)), data, len);
	return rte_eth_tx_burst(RING_PORT, 0, kept, DPDK_BURST) == DPDK_BURST &&
	       rte_eth_rx_burst(RING_PORT, 0, kept, DPDK_BURST) == DPDK_BURST;
}

void dpdk_arrive(const void *frame, uint16_t len)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);

	check(m != NULL, "rte_pktmbuf_alloc");
	memcpy(rte_pktmbuf_append(m, len), frame, len);
	check(rte_eth_tx_burst(RING_PORT, 0, &m, 1) == 1, "the ring");
}

static int parse(const struct rte_mbuf *m, struct datagram *to_user, rte_be16_t port)
{
	const struct headers *h = rte_pktmbuf_mtod(m, const struct headers *);
	uint16_t len;

	if (m->data_len < sizeof(*h) || h->eth.ether_type != RTE_BE16(RTE_ETHER_TYPE_IPV4) ||
		h->ip.version_ihl != RTE_IPV4_VHL_DEF || h->ip.next_proto_id != IPPROTO_UDP ||
		h->ip.fragment_offset & RTE_BE16((uint16_t)~RTE_IPV4_HDR_DF_FLAG) ||
		h->ip.dst_addr != to[0].ip.src_addr || h->udp.dst_port != port)
		return 0;
	len = (uint16_t)(rte_be_to_cpu_16(h->udp.dgram_len) - sizeof(h->udp));
	if (len > DATA_MAX || sizeof(*h) + len > m->data_len)
		return 0;
	to_user->from = h->ip.src_addr;
	to_user->from_port = h->udp.src_port;
	to_user->len = len;
	memcpy(to_user->data, h + 1, len);
	return 1;
}

int dpdk_receive(unsigned n, uint16_t port)
{
	struct rte_mbuf *m[DPDK_BURST];
	rte_be16_t to_port = rte_cpu_to_be_16(port);
	unsigned got = rte_eth_rx_burst(RING_PORT, 0, m, (uint16_t)n);
	int good = got == n;

	for (unsigned i = 0; i < got; i++)
		good &= parse(m[i], &received[i], to_port);
	rte_pktmbuf_free_bulk(m, got);
	return good;
}
