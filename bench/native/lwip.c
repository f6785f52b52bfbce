/* SPDX-License-Identifier: MIT
 * lwip.c - lwIP behind plain names; its headers and ours do not mix.
 * Not here: timing; lwIP's own options, which are those that Debian built it with.
 * native.c calls in.
 * Source: lwIP 2.1.3, doc/rawapi.txt. */
#include "bench/native/lwip.h"

#include <lwip/etharp.h>
#include <lwip/netif.h>
#include <lwip/tcpip.h>
#include <lwip/udp.h>
#include <netif/ethernet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct netif netif;
static struct udp_pcb *pcb;
static ip_addr_t peer;
static uint64_t frames;

/* What arrived, in pbufs, and what came out of them. */
#define WAITING  64
#define DATA_MAX 64

static struct pbuf *waiting[WAITING];
static unsigned arrived, handed_up;

static struct datagram {
	ip_addr_t from;
	uint16_t from_port, len;
	uint8_t data[DATA_MAX];
} received[WAITING];
static unsigned received_n;

static void check(int ok, const char *what)
{
	if (ok)
		return;
	printf("lwIP: %s failed\n", what);
	exit(1);
}

static err_t count_frame(struct netif *to, struct pbuf *p)
{
	(void)to;
	(void)p;
	frames++;
	return ERR_OK;
}

static err_t set_up(struct netif *of)
{
	static const uint8_t mac[] = { 2, 0, 0, 0, 0, 1 };

	memcpy(of->hwaddr, mac, sizeof(mac));
	of->hwaddr_len = sizeof(mac);
	of->mtu = 1500;
	of->name[0] = 'e';
	of->name[1] = 'n';
	of->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_LINK_UP;
	of->output = etharp_output;
	of->linkoutput = count_frame;
	return ERR_OK;
}

static ip4_addr_t ip4(const char *text)
{
	ip4_addr_t address;

	check(ip4addr_aton(text, &address), text);
	return address;
}

/* Debian's build has no static entries; an answer that came in does the same. */
static void learn_peer(void)
{
	static const uint8_t answer[] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x08,
		0x06,                      /* Ethernet */
		0, 1, 0x08, 0, 6, 4, 0, 2, /* ARP: a reply for IPv4 over Ethernet */
		2, 0, 0, 0, 0, 2, 10, 0, 0, 2, 2, 0, 0, 0, 0, 1, 10, 0, 0, 1 };
	struct pbuf *p = pbuf_alloc(PBUF_RAW, sizeof(answer), PBUF_RAM);

	check(p && pbuf_take(p, answer, sizeof(answer)) == ERR_OK, "pbuf");
	check(ethernet_input(p, &netif) == ERR_OK, "ARP");
}

static void take(void *arg, struct udp_pcb *of, struct pbuf *p, const ip_addr_t *from, u16_t port)
{
	struct datagram *to = &received[received_n++ % WAITING];

	(void)arg;
	(void)of;
	to->len = pbuf_copy_partial(p, to->data, sizeof(to->data), 0);
	to->from = *from;
	to->from_port = port;
	pbuf_free(p);
}

/* Core locking makes every raw call ask for the lock: it is taken once and kept. */
void lwip_start(uint16_t port)
{
	ip4_addr_t ours = ip4("10.0.0.1"), mask = ip4("255.255.255.0"), gateway = ip4("10.0.0.254");
	ip4_addr_t theirs = ip4("10.0.0.2");

	tcpip_init(NULL, NULL);
	LOCK_TCPIP_CORE();
	check(netif_add(&netif, &ours, &mask, &gateway, NULL, set_up, tcpip_input) != NULL,
		"netif");
	netif_set_default(&netif);
	netif_set_up(&netif);
	ip_addr_copy_from_ip4(peer, theirs);
	learn_peer();
	pcb = udp_new();
	check(pcb && udp_bind(pcb, IP_ADDR_ANY, port) == ERR_OK, "udp_bind");
	udp_recv(pcb, take, NULL);
	frames = 0;
}

int lwip_send(const void *data, uint16_t len, uint16_t port)
{
	struct pbuf *p = pbuf_alloc(PBUF_TRANSPORT, len, PBUF_RAM);
	err_t answer;

	if (!p)
		return 0;
	memcpy(p->payload, data, len);
	answer = udp_sendto(pcb, p, &peer, port);
	pbuf_free(p);
	return answer == ERR_OK;
}

void lwip_arrive(const void *frame, uint16_t len)
{
	struct pbuf *p = pbuf_alloc(PBUF_RAW, len, PBUF_RAM);

	check(p && pbuf_take(p, frame, len) == ERR_OK, "pbuf");
	check(arrived - handed_up < WAITING, "room for a frame");
	waiting[arrived++ % WAITING] = p;
}

int lwip_receive(unsigned n)
{
	unsigned before = received_n;

	for (unsigned i = 0; i < n; i++)
		ethernet_input(waiting[handed_up++ % WAITING], &netif);
	return received_n - before == n;
}

uint64_t lwip_frames(void)
{
	return frames;
}
