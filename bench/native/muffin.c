/* SPDX-License-Identifier: MIT
 * muffin.c - net/ behind plain names: its calls as a program makes them, without the kernel's entry.
 * Not here: timing (native.c), the cards (ring.c).
 * native.c calls in.
 * Source: sendto(2), sendmmsg(2), recvmmsg(2), udp(7). */
#include "bench/native/muffin.h"
#include "bench/native/ring.h"
#include "net/ipv4/devinet.h"
#include "net/neigh/arp.h"
#include "net/neigh/neighbour.h"
#include "net/net_init.h"
#include "net/socket/socket.h"
#include "net/socket/socket_user.h"
#include "net/socket/sockopt.h"
#include "tests/unit/host_machine.h"

#define PORT 4747
#define LEN  6

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

static u8 payload[MUFFIN_BATCH * LEN] = "muffin";
static struct iovec one = { payload, LEN }, all = { payload, sizeof(payload) };
static struct segment_cmsg segment = {
	{ sizeof(struct cmsghdr) + sizeof(u16), SOL_UDP, UDP_SEGMENT }, LEN, { 0 }
};

/* To one peer by one card each. */
static struct sender {
	int fd, connected;
	struct sockaddr_in to[MUFFIN_BATCH];
	struct mmsg same[MUFFIN_BATCH], different[MUFFIN_BATCH];
	struct user_msghdr burst;
} senders[RING_CARDS];

static struct receiver {
	int fd;
	struct net_device *dev;
	struct sockaddr_in from[MUFFIN_RECEIVE];
	u8 data[MUFFIN_RECEIVE][64];
	struct iovec iov[MUFFIN_RECEIVE];
	struct mmsg messages[MUFFIN_RECEIVE];
} receiver;

int muffin_sendto(enum card card, unsigned destinations)
{
	const struct sender *s = &senders[card];
	int good = 1;

	for (u32 i = 0; i < MUFFIN_BATCH; i++)
		good &= sys_sendto(s->fd, (u64)payload, LEN, 0,
				(u64)&s->to[destinations == 1 ? 0 : i], sizeof(*s->to)) == LEN;
	return good;
}

int muffin_sendmmsg(enum card card, unsigned destinations)
{
	struct sender *s = &senders[card];
	struct mmsg *messages = destinations == 1 ? s->same : s->different;

	return sys_sendmmsg(s->fd, (u64)messages, MUFFIN_BATCH, 0) == MUFFIN_BATCH;
}

int muffin_send(enum card card)
{
	int good = 1;

	for (u32 i = 0; i < MUFFIN_BATCH; i++)
		good &= sys_sendto(senders[card].connected, (u64)payload, LEN, 0, 0, 0) == LEN;
	return good;
}

int muffin_segment(enum card card)
{
	return sys_sendmsg(senders[card].fd, (u64)&senders[card].burst, 0) == sizeof(payload);
}

void muffin_arrive(const void *frame, uint16_t len)
{
	ring_arrive(receiver.dev, frame, len);
}

int muffin_recvmmsg(void)
{
	return sys_recvmmsg(receiver.fd, (u64)receiver.messages, MUFFIN_RECEIVE, 0, 0) ==
	       MUFFIN_RECEIVE;
}

static int open_socket(void)
{
	long fd = sys_socket(AF_INET, SOCK_DGRAM, 0);

	BUG_ON(fd < 0);
	return (int)fd;
}

static struct mmsg message(struct sockaddr_in *name, struct iovec *iov)
{
	return (struct mmsg){
		.hdr = { .name = (u64)name, .namelen = sizeof(*name), .iov = (u64)iov, .iovlen = 1 }
	};
}

static void start_sender(struct sender *s, be32 peer)
{
	s->fd = open_socket();
	s->connected = open_socket();
	for (u16 i = 0; i < MUFFIN_BATCH; i++) {
		s->to[i] =
			(struct sockaddr_in){ AF_INET, cpu_to_be16((u16)(PORT + i)), peer, { 0 } };
		s->same[i] = message(&s->to[0], &one);
		s->different[i] = message(&s->to[i], &one);
	}
	s->burst = message(&s->to[0], &all).hdr;
	s->burst.control = (u64)&segment;
	s->burst.controllen = sizeof(segment);
	BUG_ON(sys_connect(s->connected, (u64)&s->to[0], sizeof(s->to[0])) != 0);
	for (u32 i = LEN; i < sizeof(payload); i++)
		payload[i] = payload[i - LEN];
}

static void start_receiver(struct net_device *dev, be32 ours, u16 port)
{
	static const s64 second[2] = { 1,
		0 }; /* a struct timeval: what does not come is said, not waited for */
	struct sockaddr_in at = { AF_INET, cpu_to_be16(port), ours, { 0 } };

	receiver.dev = dev;
	receiver.fd = open_socket();
	BUG_ON(sys_bind(receiver.fd, (u64)&at, sizeof(at)) != 0);
	BUG_ON(sys_setsockopt(receiver.fd, SOL_SOCKET, SO_RCVTIMEO, (u64)second, sizeof(second)) !=
		0);
	for (u32 i = 0; i < MUFFIN_RECEIVE; i++) {
		receiver.iov[i] = (struct iovec){ receiver.data[i], sizeof(receiver.data[i]) };
		receiver.messages[i] = message(&receiver.from[i], &receiver.iov[i]);
	}
}

static void start_card(enum card card, u32 features, u16 port)
{
	static const u8 peer_mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 2 };
	struct net_device *dev = ring_register(&init_net, features);
	be32 ours = cpu_to_be32(0x0a000001u + (card << 16));
	be32 theirs = cpu_to_be32(0x0a000002u + (card << 16));

	BUG_ON(inet_insert_ifa(dev, ours, 24) != 0);
	BUG_ON(neigh_set_permanent(init_net.arp_tbl, dev, theirs, peer_mac) != 0);
	start_sender(&senders[card], theirs);
	if (card == PLAIN)
		start_receiver(dev, ours, port);
}

void muffin_start(uint16_t port)
{
	host_reset();
	host_tick_clock(1000); /* or a wait for what does not come would have no end */
	BUG_ON(net_init() != 0);
	start_card(PLAIN, 0, port);
	start_card(OFFLOAD, NETIF_F_HW_CSUM, port);
}

uint64_t muffin_frames(void)
{
	return ring_frames();
}

uint64_t muffin_doorbells(void)
{
	return ring_doorbells();
}
