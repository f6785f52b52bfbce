/* SPDX-License-Identifier: MIT
 * test_proc.c - /proc/net and SIOCGIF*: each line as Linux writes it, each question about devices.
 * Not here: programs that read them (tests/boot/test_packet.py), files as such (test_files.c).
 * cmocka calls in.
 * Source: what Linux 6.1 writes for the same tables; netdevice(7). */
#include "kernel/fs/procfile.h"
#include "kernel/lib/string.h"
#include "net/config/proc.h"
#include "net/packet/af_packet.h"
#include "net/socket/socket.h"
#include "net/socket/sockopt.h"
#include "tests/unit/stack.h"

#include <stdio.h>

static char text[8192];

static const char *read_file(const char *path)
{
	struct seq_file m = { .buf = text, .size = sizeof(text) };
	struct proc_file *proc = proc_find(path);

	assert_non_null(proc);
	text[0] = '\0';
	proc->show(&m, &init_net);
	assert_true(m.len + 1 < sizeof(text));
	return text;
}

static void assert_line(const char *path, const char *line)
{
	const char *at = strstr(read_file(path), line);

	if (!at || (at != text && at[-1] != '\n'))
		fail_msg("no line '%s' in:\n%s", line, text);
}

/* ---- /proc/net ----------------------------------------------------------------------------- */

static void devices(void **state)
{
	eth0.dev.stats = (struct net_device_stats){ .tx_packets = 1,
		.tx_bytes = 2,
		.tx_dropped = 3,
		.tx_errors = 4,
		.tx_carrier_errors = 8,
		.rx_packets = 40,
		.rx_bytes = 50,
		.rx_dropped = 6,
		.rx_errors = 7,
		.rx_missed_errors = 10,
		.rx_crc_errors = 5,
		.multicast = 9 };
	assert_line("/proc/net/dev", "  eth0:      50      40    7   16    0     5          0      "
				     "   9        2       1 "
				     "   4    3    0     0       8          0\n");
	assert_line("/proc/net/muffin", "no_link 8\n");
	assert_line("/proc/net/dev", "    lo:       0 ");
	eth0.dev.stats = (struct net_device_stats){ 0 };
}

static void counters(void **state)
{
	u8 frame[64];
	u32 len = from_hex(FRAME_CRUMBS, frame);

	udp_socket_at(0, OUR_PORT);
	fake_inject(&eth0, frame, len);
	frame[41] ^= 1;
	fake_inject(&eth0, frame, len);
	assert_line("/proc/net/snmp", "Ip: Forwarding DefaultTTL InReceives InDelivers OutRequests "
				      "OutNoRoutes ReasmTimeout ReasmReqds ReasmOKs ReasmFails "
				      "FragCreates\nIp: 2 64 2 2 0 0 0 0 0 0 0\n");
	assert_line("/proc/net/snmp", "Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors "
				      "InCsumErrors\nUdp: 1 0 1 0 0 1\n");
}

/* A datagram counts the same whether its frame was ready or every layer has seen it. */
static void counters_of_what_is_sent(void **state)
{
	int fd = udp_socket_at(0, 7000);

	stack_know_peer();
	for (u32 i = 0; i < 3; i++)
		assert_int_equal(send_to(fd, "muffin", 6, 0, PEER_IP, PEER_PORT), 6);
	assert_int_equal(set_int(fd, SOL_SOCKET, SO_NO_CHECK, 1), 0);
	assert_int_equal(send_to(fd, "muffin", 6, 0, PEER_IP, PEER_PORT), 6);
	assert_line("/proc/net/snmp", "Ip: Forwarding DefaultTTL InReceives InDelivers OutRequests "
				      "OutNoRoutes ReasmTimeout ReasmReqds ReasmOKs ReasmFails "
				      "FragCreates\nIp: 2 64 0 0 4 0 0 0 0 0 0\n");
	assert_line("/proc/net/snmp", "Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors "
				      "InCsumErrors\nUdp: 0 0 0 4 0 0\n");
}

static void routes(void **state)
{
	struct route_spec spec = {
		.dst = cpu_to_be32(FAR_IP), .dst_len = 32, .type = RTN_UNREACHABLE, .metric = 7
	};
	const char *line;

	assert_int_equal(ip_route_add(&init_net, &spec), 0);
	assert_line(
		"/proc/net/route", "eth0\t00000000\tFE00000A\t0003\t0\t0\t0\t00000000\t0\t0\t0 ");
	assert_line(
		"/proc/net/route", "eth0\t0000000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0 ");
	assert_line("/proc/net/route", "*\t010200C0\t00000000\t0205\t0\t0\t7\tFFFFFFFF\t0\t0\t0 ");
	for (line = text; *line; line += 128) /* each as long as the next */
		assert_int_equal(line[127], '\n');
	assert_int_equal(line - text, 4 * 128); /* no local ones, no broadcast */
}

static void neighbours(void **state)
{
	stack_know_peer();
	send_to(udp_socket(), "muffin", 6, 0, 0x0a000003, 9);
	assert_line("/proc/net/arp",
		"10.0.0.2         0x1         0x6         02:00:00:00:00:02    "
		" *        eth0\n");
	assert_line("/proc/net/arp",
		"10.0.0.3         0x1         0x0         00:00:00:00:00:00    "
		" *        eth0\n");
}

static void sockets(void **state)
{
	struct sockaddr_in to = inet_addr_of(PEER_IP, PEER_PORT);
	int fd = udp_socket_at(0, OUR_PORT);

	inject_hex(FRAME_CRUMBS);
	assert_line("/proc/net/udp", " 5000: 00000000:1388 00000000:0000 07 00000000:00000100 ");
	assert_int_equal(sys_connect(fd, user(&to), sizeof(to)), 0);
	assert_line("/proc/net/udp", " 5000: 0100000A:1388 0200000A:128B 01 ");
	assert_true(sys_socket(AF_PACKET, SOCK_RAW, cpu_to_be16(ETH_P_ALL).raw) >= 0);
	inject_hex(FRAME_CRUMBS);
	assert_line("/proc/net/packet",
		"0000000000000000 1      3    0003   0     1 256    0      0\n");
}

static const char *read_counts(void)
{
	struct seq_file m = { .buf = text, .size = sizeof(text) };

	net_counts_show(&m);
	return text;
}

static u32 count(const char *name)
{
	const char *at = strstr(read_counts(), name);
	u32 n;

	assert_true(at && (at == text || at[-1] == '\n'));
	assert_int_equal(sscanf(at + strlen(name), " %u", &n), 1);
	return n;
}

/* What is not free lies in a ring, or waits; when sockets are closed they are as many as before. */
static void counts(void **state)
{
	u32 packets = skb_pool.total_n, small = skb_pool.small_total_n, fd;
	char of[64];

	snprintf(of, sizeof(of), "packets free %u of %u\n", packets, packets);
	assert_non_null(strstr(read_counts(), of));
	snprintf(of, sizeof(of), "packets in reserve %u of %u\n", SKB_RESERVE, SKB_RESERVE);
	assert_non_null(strstr(text, of));
	assert_int_equal(count("sockets"), 0);
	assert_int_equal(count("socks"), 0);
	assert_int_equal(count("neighbours"), 0);
	assert_int_equal(count("namespaces"), 1);
	stack_know_peer();
	eth0.keep = true;
	fd = (u32)udp_socket();
	assert_int_equal(send_to((int)fd, "muffin", 6, 0, PEER_IP, 9), 6);
	assert_int_equal(send_to((int)fd, text, 1000, 0, PEER_IP, 9), 1000);
	assert_int_equal(count("small packets in rings"), 1);
	assert_int_equal(count("packets in rings"), 1);
	assert_int_equal(count("small packets free") + 1, small);
	assert_int_equal(count("packets free") + 1, packets);
	assert_int_equal(
		send_to((int)fd, "muffin", 6, 0, 0x0a000003, 9), 6); /* waits, behind a question */
	assert_int_equal(count("packets free") + count("packets in rings") + 1, packets);
	assert_int_equal(count("neighbours"), 3);
	assert_int_equal(count("timers"), 1);
	fd_close(&init_task.files, (int)fd);
	assert_int_equal(count("sockets"), 0);
	assert_int_equal(count("socks"), 1); /* for the datagram that waits */
	stack_step(4000);
	assert_int_equal(count("socks"), 0);
	assert_int_equal(count("timers"), 0);
	assert_int_equal(count("packets free") + count("packets in rings"), packets);
}

/* One datagram waits for ARP, one is sent; then one is dropped. What the file says adds up. */
static void the_account(void **state)
{
	unsigned long accepted, sent, waiting, queued, dropped;
	int fd = udp_socket();

	stack_know_peer();
	send_to(fd, "muffin", 6, 0, PEER_IP, 9);
	send_to(fd, "muffin", 6, 0, 0x0a000003, 9);
	assert_int_equal(sscanf(read_file("/proc/net/muffin"),
				 "accepted %lu\nsent %lu\nwaiting %lu\nqueued %lu\ndropped %lu\n",
				 &accepted, &sent, &waiting, &queued, &dropped),
		5);
	assert_int_equal(accepted, 3); /* and who has 10.0.0.3? */
	assert_int_equal(sent, 2);
	assert_int_equal(waiting, 1);
	assert_int_equal(accepted, sent + waiting + queued + dropped);
	stack_step(10000);
	assert_line("/proc/net/muffin", "out 1 neighbour did not answer ARP\n");
	assert_line("/proc/net/muffin", "dropped 1\n");
}

/* ---- SIOCGIF* ------------------------------------------------------------------------------ */

struct request {
	char name[16];
	union {
		u8 bytes[24];
		s32 value;
		struct sockaddr_in addr;
	};
};

static long ask(u32 cmd, const char *name, struct request *r)
{
	memset(r, 0xa5, sizeof(*r));
	strscpy(r->name, name, sizeof(r->name));
	return dev_ioctl(&init_net, cmd, user(r));
}

static void assert_address(u32 cmd, const char *name, u32 ip)
{
	struct request r;

	assert_int_equal(ask(cmd, name, &r), 0);
	assert_int_equal(r.addr.sin_family, AF_INET);
	assert_int_equal(r.addr.sin_port.raw, 0);
	assert_int_equal(be32_to_cpu(r.addr.sin_addr), ip);
}

static void questions(void **state)
{
	struct request r;

	assert_address(0x8915, "eth0", OUR_IP);
	assert_address(0x8919, "eth0", 0x0a0000ff);
	assert_address(0x891b, "eth0", 0xffffff00);
	assert_address(0x8915, "lo", INADDR_LOOPBACK);
	assert_int_equal(ask(0x8913, "eth0", &r), 0);
	assert_int_equal((u16)r.value, 0x1043);
	assert_int_equal(ask(0x8921, "eth0", &r), 0);
	assert_int_equal(r.value, 1500);
	assert_int_equal(ask(0x8933, "eth0", &r), 0);
	assert_int_equal(r.value, eth0.dev.ifindex);
	assert_int_equal(dev_ioctl(&init_net, 0x8910, user(&r)), 0); /* and back */
	assert_string_equal(r.name, "eth0");
	assert_int_equal(ask(0x8927, "eth0", &r), 0);
	assert_int_equal(r.bytes[0], 1);
	assert_memory_equal(r.bytes + 2, eth0.dev.dev_addr, ETH_ALEN);
	assert_int_equal(ask(0x8927, "lo", &r), 0);
	assert_int_equal(r.bytes[0] | r.bytes[1] << 8, 772);
	assert_int_equal(ask(0x8942, "eth0", &r), 0);
	assert_int_equal(r.value, 1000);
	assert_int_equal(ask(0x891d, "eth0", &r), 0);
	assert_int_equal(r.value, 0);
}

static void questions_without_answer(void **state)
{
	static struct fake_device eth1;
	struct request r;

	fake_register(&eth1, &init_net, 2);
	assert_int_equal(ask(0x8915, "eth1", &r), -EADDRNOTAVAIL);
	assert_int_equal(ask(0x8915, "eth9", &r), -ENODEV);
	assert_int_equal(ask(0x8915, "", &r), -ENODEV);
	assert_int_equal(ask(0x8980, "eth0", &r), -ENOTTY);
	assert_int_equal(dev_ioctl(&init_net, 0x5401, 0), -ENOTTY);
	assert_int_equal(dev_ioctl(&init_net, 0x8915, 0), -EFAULT);
	assert_int_equal(dev_ioctl(&init_net, 0x8912, 0), -EFAULT);
}

/* ETHTOOL, the MII's, time stamps, drivers' own: a device may know them, so ENOTTY would say that this is
 * no socket. */
static void questions_to_drivers(void **state)
{
	static const u32 cmds[] = { 0x8946, 0x8947, 0x8948, 0x8949, 0x89b0, 0x89b1, 0x89f0,
		0x89ff };
	struct request r;

	for (u32 i = 0; i < ARRAY_SIZE(cmds); i++) {
		assert_int_equal(ask(cmds[i], "eth0", &r), -EOPNOTSUPP);
		assert_int_equal(ask(cmds[i], "lo", &r), -EOPNOTSUPP);
		assert_int_equal(ask(cmds[i], "eth9", &r), -ENODEV);
	}
	assert_int_equal(ask(0x8945, "eth0", &r), -ENOTTY);
	assert_int_equal(ask(0x894a, "eth0", &r), -ENOTTY);
}

static void a_list_of_addresses(void **state)
{
	struct request r[4] = { 0 };
	struct {
		s32 len;
		u64 at;
	} conf = { 0, 0 };

	assert_int_equal(dev_ioctl(&init_net, 0x8912, user(&conf)), 0);
	assert_int_equal(conf.len, 80);
	conf.len = 79; /* room for one */
	conf.at = user(r);
	assert_int_equal(dev_ioctl(&init_net, 0x8912, user(&conf)), 0);
	assert_int_equal(conf.len, 40);
	assert_string_equal(r[0].name, "lo");
	conf.len = sizeof(r);
	assert_int_equal(dev_ioctl(&init_net, 0x8912, user(&conf)), 0);
	assert_int_equal(conf.len, 80);
	assert_string_equal(r[1].name, "eth0");
	assert_int_equal(be32_to_cpu(r[1].addr.sin_addr), OUR_IP);
}

int main(void)
{
	const struct CMUnitTest proc[] = {
		STACK_TEST(devices),
		STACK_TEST(counters),
		STACK_TEST(counters_of_what_is_sent),
		STACK_TEST(routes),
		STACK_TEST(neighbours),
		STACK_TEST(sockets),
		STACK_TEST(counts),
		STACK_TEST(the_account),
		STACK_TEST(questions),
		STACK_TEST(questions_without_answer),
		STACK_TEST(questions_to_drivers),
		STACK_TEST(a_list_of_addresses),
	};

	return cmocka_run_group_tests(proc, NULL, NULL);
}
