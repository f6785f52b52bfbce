/* SPDX-License-Identifier: MIT
 * stack.c - a whole network stack for each test, in a process of its own.
 * Not here: the card (fake_device.c), the machine (host_machine.c).
 * Every test_*.c of net/ uses it.
 * Source: design: nothing is lost in silence; a test leaves no packet behind.
 *
 * The stack keeps its state in static variables, as a kernel does. So each test runs in a child
 * that begins with all of them untouched; cmocka runs once more in there, for its checks. */
#include "kernel/lib/string.h"
#include "net/core/skb_owner.h"
#include "net/core/timer.h"
#include "net/device/account.h"
#include "net/wire/arp.h"
#include "tests/unit/stack.h"

#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define SETTLE_MS        60000 /* longer than any timer of the stack */
#define TEST_MAX_SECONDS 60

const u8 peer_mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 2 }, gateway_mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 0xfe };
struct fake_device eth0;

static bool uncached;

/* ---- a process for each test ------------------------------------------------------------- */

static int stack_up(void **state)
{
	struct route_spec gateway = { .via = cpu_to_be32(GATEWAY_IP), .type = RTN_UNICAST };

	host_reset();
	host_capture(true);
	assert_int_equal(net_init(), 0);
	get_net(&init_net); /* the process is in it */
	fake_register(&eth0, &init_net, 1);
	assert_int_equal(inet_insert_ifa(&eth0.dev, cpu_to_be32(OUR_IP), 24), 0);
	assert_int_equal(ip_route_add(&init_net, &gateway), 0);
	return 0;
}

/* All small packets are somewhere in their list or were never used. */
static u32 small_free(void)
{
	u32 n = skb_pool.small_fresh_n;

	for (const struct sk_buff *skb = skb_pool.small_free; skb; skb = skb->next)
		n++;
	assert_int_equal(skb_pool.small_free_n, n);
	return n;
}

/* What still waits is let fail; then every packet must be back and accounted for. */
static int stack_down(void **state)
{
	fd_close_all(&init_task.files);
	eth0.stuck = false;
	eth0.on_poll = NULL;
	fake_set_link(&eth0, true);
	stack_step(SETTLE_MS);
	assert_int_equal(init_net.mib.waiting, 0);
	assert_int_equal(init_net.mib.queued, 0);
	assert_int_equal(sock_n, 0);
	stack_check_accounts();
	fake_give_back_all();
	assert_int_equal(skb_pool.free_n, skb_pool.total_n);
	assert_int_equal(small_free(), skb_pool.total_n / 2);
	assert_int_equal(skb_pool.reserve_n, SKB_RESERVE);
	return 0;
}

void stack_limit_cpu(u32 seconds)
{
	assert_int_equal(setrlimit(RLIMIT_CPU, &(struct rlimit){ seconds, seconds }), 0);
}

static void in_child(CMUnitTestFunction fn, bool bare, FILE *log)
{
	const struct CMUnitTest test[] = { { "in a child", fn, bare ? NULL : stack_up,
		bare ? NULL : stack_down, NULL } };

	stack_limit_cpu(TEST_MAX_SECONDS); /* a loop without end is a failure, too */
	dup2(fileno(log), STDOUT_FILENO);
	dup2(fileno(log), STDERR_FILENO);
	exit(cmocka_run_group_tests(test, NULL, NULL) != 0);
}

static void show(FILE *log)
{
	char line[512];

	rewind(log);
	while (fgets(line, sizeof(line), log))
		print_error("  %s", line);
}

static void run(void **state, bool bare)
{
	CMUnitTestFunction fn = (CMUnitTestFunction)*state;
	FILE *log = tmpfile();
	int status = -1;
	pid_t child;

	assert_non_null(log);
	fflush(NULL);
	child = fork();
	if (child == 0)
		in_child(fn, bare, log);
	assert_int_equal(waitpid(child, &status, 0), child);
	if (status != 0)
		show(log);
	fclose(log);
	if (status != 0)
		fail_msg("its process ended with status %#x%s", status,
			uncached ? ", uncached" : "");
}

/* Twice: with cached routes, and with each cached answer stale (design: cached, not skipped). */
void stack_run(void **state)
{
	run(state, false);
	uncached = true;
	run(state, false);
	uncached = false;
}

void stack_run_bare(void **state)
{
	run(state, true);
}

/* ---- accounts ---------------------------------------------------------------------------- */

u64 stack_dropped(enum skb_drop_reason reason)
{
	return skb_pool.dropped[reason];
}

void stack_take_packets(struct sk_buff_head *held, u32 leave)
{
	struct sk_buff *skb;

	while (skb_pool.free_n > leave)
		skb_queue_tail(held, skb_alloc(0));
	while ((skb = skb_alloc_small())) {
		skb_init(skb, 0);
		skb_queue_tail(held, skb);
	}
}

void stack_give_packets(struct sk_buff_head *held)
{
	struct sk_buff *skb;

	while ((skb = skb_dequeue(held)))
		skb_release(skb);
}

void stack_check_accounts(void)
{
	struct net_account a = net_account();

	assert_int_equal(a.accepted, a.sent + a.waiting + a.queued + a.dropped);
}

void stack_know_peer(void)
{
	assert_int_equal(
		neigh_set_permanent(init_net.arp_tbl, &eth0.dev, cpu_to_be32(PEER_IP), peer_mac),
		0);
	assert_int_equal(neigh_set_permanent(
				 init_net.arp_tbl, &eth0.dev, cpu_to_be32(GATEWAY_IP), gateway_mac),
		0);
}

void stack_answer_arp(u32 ip, const u8 mac[ETH_ALEN])
{
	u8 frame[FAKE_FRAME_MAX];
	u32 len = from_hex(FRAME_ARP_ANSWERED, frame);
	struct arphdr *arp = (struct arphdr *)(frame + ETH_HLEN);

	memcpy(frame + ETH_ALEN, mac, ETH_ALEN);
	memcpy(arp->ar_sha, mac, ETH_ALEN);
	arp->ar_sip = cpu_to_be32(ip);
	fake_inject(&eth0, frame, len);
}

void stack_step(u32 ms)
{
	net_poll();
	for (u32 passed = 0; passed < ms; passed += 10) {
		host_advance_clock(min(ms - passed, 10u) * NSEC_PER_MSEC);
		net_poll();
	}
}

/* ---- sockets ----------------------------------------------------------------------------- */

struct sockaddr_in inet_addr_of(u32 ip, u16 port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = cpu_to_be16(port), .sin_addr = cpu_to_be32(ip)
	};
}

int udp_socket(void)
{
	long fd = sys_socket(AF_INET, SOCK_DGRAM, 0);

	assert_true(fd >= 0);
	return (int)fd;
}

int udp_socket_at(u32 ip, u16 port)
{
	struct sockaddr_in at = inet_addr_of(ip, port);
	int fd = udp_socket();

	assert_int_equal(sys_bind(fd, user(&at), sizeof(at)), 0);
	return fd;
}

long send_to(int fd, const void *data, size_t len, u32 flags, u32 ip, u16 port)
{
	struct sockaddr_in to = inet_addr_of(ip, port);

	if (uncached)
		net_changed(&init_net);
	return sys_sendto(fd, user(data), len, flags, user(&to), sizeof(to));
}

struct sock *sk_of(int fd)
{
	struct socket *sock = fd_get(&init_task.files, fd)->private_data;

	return sock->sk;
}

long set_int(int fd, int level, int name, int value)
{
	return sys_setsockopt(fd, (u64)level, (u64)name, user(&value), sizeof(value));
}

/* ---- bytes ------------------------------------------------------------------------------- */

u32 from_hex(const char *hex, u8 *bytes)
{
	u32 n = 0;
	unsigned byte;

	for (; sscanf(hex + 2 * n, "%2x", &byte) == 1; n++)
		bytes[n] = (u8)byte;
	return n;
}

void assert_frame(u32 i, const char *hex)
{
	u8 expected[FAKE_FRAME_MAX] = { 0 };
	u32 len = from_hex(hex, expected);

	assert_true(i < eth0.sent_n);
	assert_int_equal(eth0.sent[i].len, max(len, (u32)ETH_ZLEN));
	assert_memory_equal(eth0.sent[i].bytes, expected, eth0.sent[i].len);
}

void inject_hex(const char *hex)
{
	u8 frame[FAKE_FRAME_MAX];
	u32 len = from_hex(hex, frame);

	fake_inject(&eth0, frame, len);
}
