/* SPDX-License-Identifier: MIT
 * bench-rules.c - what one filter rule costs that does not match, by what it fails on.
 * Not here: what it may cost (bench/budgets.toml), booting (bench/rules.py).
 * Usage: bench-rules [rounds]. Prints "cost <name> 1 <per rule> ..", as bench-send does, in time-stamp counter
 * ticks: a datagram that passes RULES rules, less one that passes none, divided.
 * Source: Intel SDM vol. 2B "RDTSC"; net/netfilter/nf_rules.h. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROUNDS_DEFAULT 201
#define ROUNDS_MAX     100001
#define RULES          500
#define WARM_UP        8

static uint32_t ticks[ROUNDS_MAX];
static int fd, filter;

static inline uint64_t rdtsc(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high)::"memory");
	return (uint64_t)high << 32 | low;
}

static void order(const char *line)
{
	if (write(filter, line, strlen(line)) > 0)
		return;
	perror(line);
	exit(1);
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static uint32_t median_send(int rounds)
{
	for (int i = -WARM_UP; i < rounds; i++) {
		uint64_t start = rdtsc();

		if (send(fd, "muffin", 6, 0) != 6)
			exit(1);
		ticks[i < 0 ? 0 : i] = (uint32_t)(rdtsc() - start);
	}
	qsort(ticks, (size_t)rounds, sizeof(*ticks), compare);
	return ticks[rounds / 2];
}

/* The rule that accepts is there both times: being on at all costs the same. */
static void measure(const char *name, const char *rule, int rounds)
{
	uint32_t without, with;
	double each;

	order("flush");
	order("append out,accept");
	without = median_send(rounds);
	order("delete out,accept");
	for (int i = 0; i < RULES; i++)
		order(rule);
	order("append out,accept");
	with = median_send(rounds);
	each = (double)(with - without) / RULES;
	printf("cost %s 1 %.0f %.0f %.0f %.0f\n", name, each, each, each, each);
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(4747) };
	int dont =
		IP_PMTUDISC_DONT; /* each packet is built and meets the rules; a cached flow's are asked once */
	int rounds = argc > 1 ? atoi(argv[1]) : ROUNDS_DEFAULT;

	to.sin_addr.s_addr = inet_addr("10.0.2.2");
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &dont, sizeof(dont));
	filter = open("/proc/net/filter", O_WRONLY);
	if (rounds < 1 || rounds > ROUNDS_MAX || connect(fd, (void *)&to, sizeof(to)) < 0)
		return 2;
	printf("cost nothing 1 0 0 0 0\n"); /* the clock's own cost falls out of the difference */
	measure("rule_address", "append out,dst=10.0.3.0/24,drop", rounds);
	measure("rule_port", "append out,dst=10.0.2.0/24,proto=udp,dport=1-4746,drop", rounds);
	measure("rule_device", "append out,dev=lo,drop", rounds);
	return 0;
}
