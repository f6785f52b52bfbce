/* SPDX-License-Identifier: MIT
 * fuzz_frames.c - the input is frames, each behind two bytes of length; the stack must survive them,
 * lose no packet and keep its accounts.
 * Not here: whether an answer is right (tests/unit).
 * libFuzzer calls in; it calls netif_receive_skb and the system calls through the unit tests' card.
 * Source: design: panic is for a broken invariant, never for input. */
#include "kernel/fs/task.h"
#include "net/device/account.h"
#include "net/ipv4/devinet.h"
#include "net/ipv4/fib_frontend.h"
#include "net/ipv4/route.h"
#include "net/net_init.h"
#include "net/packet/af_packet.h"
#include "net/socket/socket_user.h"
#include "net/socket/sockopt.h"
#include "tests/unit/fake_device.h"
#include "tests/unit/host_machine.h"
#include "tests/unit/route_spec.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#define FRAME_LEN_MAX 1952

static struct fake_device eth0;
static int connected, bound, frames, datagrams;

static u64 user(const void *p)
{
	return (u64)(uintptr_t)p;
}

static int udp_socket(u16 port)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = cpu_to_be16(port) };
	long fd = sys_socket(AF_INET, SOCK_DGRAM, 0);

	BUG_ON(fd < 0 || sys_bind(fd, user(&at), sizeof(at)) != 0);
	return (int)fd;
}

/* Once: the stack keeps its state between inputs, as a machine does. */
static void start(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = cpu_to_be16(4747),
		.sin_addr = cpu_to_be32(0x0a000002) };
	static const u8 asked[] = { IP_RECVERR, IP_PKTINFO, IP_RECVTTL, IP_RECVTOS };
	const be32 group[2] = { cpu_to_be32(0xef000001), cpu_to_be32(0x0a000001) };
	const int on = 1;
	struct route_spec gateway = { .via = cpu_to_be32(0x0a0000fe), .type = RTN_UNICAST };

	host_capture(true);
	BUG_ON(net_init() != 0);
	fake_register(&eth0, &init_net, 1);
	BUG_ON(inet_insert_ifa(&eth0.dev, cpu_to_be32(0x0a000001), 24) != 0);
	BUG_ON(ip_route_add(&init_net, &gateway) != 0);
	frames = (int)sys_socket(AF_PACKET, SOCK_RAW, cpu_to_be16(ETH_P_ALL).raw);
	datagrams = (int)sys_socket(AF_PACKET, SOCK_DGRAM, cpu_to_be16(ETH_P_IP).raw);
	bound = udp_socket(5000);
	connected = udp_socket(5001);
	BUG_ON(sys_connect(connected, user(&to), sizeof(to)) != 0);
	for (u32 i = 0; i < ARRAY_SIZE(asked); i++)
		BUG_ON(sys_setsockopt(connected, SOL_IP, asked[i], user(&on), sizeof(on)) != 0);
	BUG_ON(sys_setsockopt(bound, SOL_IP, IP_ADD_MEMBERSHIP, user(group), sizeof(group)));
}

static void inject(const u8 *data, size_t size)
{
	while (size > 2) {
		size_t len = min((size_t)(data[0] << 8 | data[1]), size - 2);

		len = min(len, (size_t)FRAME_LEN_MAX);
		fake_inject(&eth0, data + 2, (u32)len);
		data += 2 + len;
		size -= 2 + len;
	}
}

/* The input is also a frame of the program's own. */
static void send_frame(const u8 *data, size_t size)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET, .sll_ifindex = eth0.dev.ifindex, .sll_halen = ETH_ALEN
	};

	sys_sendto(frames, user(data), size, MSG_DONTWAIT, user(&to), sizeof(to));
	sys_sendto(datagrams, user(data), size, MSG_DONTWAIT, user(&to), sizeof(to));
}

static void read_all(int fd)
{
	struct sockaddr_in from;
	s32 len = sizeof(from);
	u8 buf[2048];

	while (sys_recvfrom(fd, user(buf), sizeof(buf), MSG_DONTWAIT, user(&from), user(&len)) !=
		-EAGAIN)
		len = sizeof(from);
}

static void read_messages(int fd, u32 flags)
{
	u8 buf[256], control[256];
	struct iovec piece = { buf, sizeof(buf) };
	struct user_msghdr um;
	long n;

	do {
		um = (struct user_msghdr){ .iov = user(&piece),
			.iovlen = 1,
			.control = user(control),
			.controllen = sizeof(control) };
		n = sys_recvmsg(fd, user(&um), MSG_DONTWAIT | flags);
		BUG_ON(n > (long)sizeof(buf) || um.controllen > sizeof(control));
	} while (n != -EAGAIN);
}

/* All timers run out; then no packet may be missing and nothing unaccounted for. */
static void check(void)
{
	struct net_account a;

	for (u32 s = 0; s < 40; s++) {
		host_advance_clock(NSEC_PER_SEC);
		net_poll();
	}
	read_all(frames); /* what was sent meanwhile */
	read_messages(connected, MSG_ERRQUEUE);
	a = net_account();
	BUG_ON(a.waiting != 0);
	BUG_ON(a.accepted != a.sent + a.queued + a.dropped);
	fake_give_back_all();
	BUG_ON(skb_pool.free_n != skb_pool.total_n);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static bool started;

	if (!started)
		start();
	started = true;
	host_capture(true); /* empties what was said before */
	sys_sendto(connected, user("muffin"), 6, MSG_DONTWAIT, 0, 0);
	inject(data, size);
	net_poll();
	send_frame(data, size);
	read_all(datagrams);
	read_all(bound);
	read_messages(connected, MSG_ERRQUEUE);
	read_messages(connected, 0);
	check();
	return 0;
}
