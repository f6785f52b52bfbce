/* SPDX-License-Identifier: MIT
 * stack.h - a whole network stack for each test, in a process of its own, with a card to look at.
 * Not here: the card (fake_device.h), the machine (host_machine.h).
 * Every test_*.c of net/ uses it.
 * Source: design: nothing is lost in silence; a test leaves no packet behind. */
#pragma once

#include "kernel/fs/task.h"
#include "net/ipv4/devinet.h"
#include "net/ipv4/fib_frontend.h"
#include "net/ipv4/route.h"
#include "net/neigh/arp.h"
#include "net/net_init.h"
#include "net/socket/socket.h"
#include "net/wire/ip.h"
#include "tests/unit/octets.h"
#include "tests/unit/fake_device.h"
#include "tests/unit/host_machine.h"
#include "tests/unit/route_spec.h"
#include "tests/unit/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

/* The link: we are 10.0.0.1/24 on eth0 (02:00:00:00:00:01), the default gateway is 10.0.0.254. */
#define OUR_IP     0x0a000001u
#define PEER_IP    0x0a000002u
#define GATEWAY_IP 0x0a0000feu
#define FAR_IP     0xc0000201u /* 192.0.2.1, RFC 5737: behind the gateway */
#define OUR_PORT   5000
#define PEER_PORT  4747

extern const u8 peer_mac[ETH_ALEN], gateway_mac[ETH_ALEN];
extern struct fake_device eth0;

/* One row of a test group. STACK_TEST: with the stack above, checked for leaks afterwards;
 * BARE_TEST: in an untouched process. */
#define STACK_TEST(fn)                                                                             \
	{                                                                                          \
#fn, stack_run, NULL, NULL, (void *)(fn)                                           \
	}
#define BARE_TEST(fn)                                                                              \
	{                                                                                          \
#fn, stack_run_bare, NULL, NULL, (void *)(fn)                                      \
	}

/* stack_run, stack_run_bare - run *state, a test, in a child; it passes when the child does. The first
 * runs it twice: the second time send_to never finds a cached route current. */
void stack_run(void **state);
void stack_run_bare(void **state);

/* stack_limit_cpu - this process is killed after so many seconds on the CPU, however busy the host is. */
void stack_limit_cpu(u32 seconds);

/* stack_check_accounts - accepted = sent + waiting + queued + dropped, and no skb is unaccounted. */
void stack_check_accounts(void);

/* stack_dropped - how many packets ended under a reason so far. */
u64 stack_dropped(enum skb_drop_reason reason);

/* stack_take_packets - hold what the pool has, but for `leave` of them, and all small ones. */
void stack_take_packets(struct sk_buff_head *held, u32 leave);

/* stack_give_packets - back to the pool. */
void stack_give_packets(struct sk_buff_head *held);

/* stack_know_peer - 10.0.0.2 is at peer_mac and 10.0.0.254 at gateway_mac, without ARP. */
void stack_know_peer(void);

/* stack_answer_arp - ip on eth0's link says to us that it is at mac. */
void stack_answer_arp(u32 ip, const u8 mac[ETH_ALEN]);

/* stack_step - let ms milliseconds pass, polling every ten. */
void stack_step(u32 ms);

/* ---- sockets, as a program has them ------------------------------------------------------ */

/* inet_addr_of - host order to struct sockaddr_in. */
struct sockaddr_in inet_addr_of(u32 ip, u16 port);

/* udp_socket - socket(AF_INET, SOCK_DGRAM, 0); the test fails without it. */
int udp_socket(void);

/* udp_socket_at - the same, bound to OUR_PORT of any address. */
int udp_socket_at(u32 ip, u16 port);

/* send_to - sendto(fd, data, len, flags, ip:port). */
long send_to(int fd, const void *data, size_t len, u32 flags, u32 ip, u16 port);

/* sk_of - the sock behind a descriptor. */
struct sock *sk_of(int fd);

/* user - a pointer as a system call's argument. */
static inline u64 user(const void *p)
{
	return (u64)(uintptr_t)p;
}

/* set_int - setsockopt of an int. */
long set_int(int fd, int level, int name, int value);

/* ---- bytes ------------------------------------------------------------------------------- */

/* from_hex - digits to bytes; returns how many. */
u32 from_hex(const char *hex, u8 *bytes);

/* assert_frame - the i-th frame sent is this one (hex), but for padding to 60 bytes of zeros. */
void assert_frame(u32 i, const char *hex);

/* inject_hex - a frame comes in on eth0. */
void inject_hex(const char *hex);
