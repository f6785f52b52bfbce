/* SPDX-License-Identifier: MIT
 * chaos.c - random system calls of known types: any answer is right, but nothing may be lost.
 * Not here: their arguments and the calls (chaos_*.h).
 * test_chaos.py and tests/soak/chaos.py run it. Usage: chaos <seed> <seconds> [show]: each call before it is made
 * Source: none.
 *
 * In rounds, each with a seed of its own: calls; then everything is closed, unmapped and put in order; then
 * every pool holds what it held before. At the end one datagram goes out. */
#define _GNU_SOURCE
#include "chaos_calls.h"
#include "chaos_machine.h"

#define ROUND_CALLS  3000
#define PAGES_ROUNDS 4 /* until then tables grow to what they will be */

static const struct {
	void (*call)(void);
	unsigned weight;
} table[] = {
	{ call_socket, 10 },
	{ call_named, 10 },
	{ call_get_name, 3 },
	{ call_sendto, 25 },
	{ call_recvfrom, 15 },
	{ call_msg, 20 },
	{ call_mmsg, 10 },
	{ call_netlink, 20 },
	{ call_option, 20 },
	{ call_ioctl, 6 },
	{ call_shutdown, 1 },
	{ call_close, 6 },
	{ call_dup, 4 },
	{ call_path, 6 },
	{ call_filter, 2 },
	{ call_move, 10 },
	{ call_poll, 4 },
	{ call_signal, 4 },
	{ call_time, 2 },
	{ call_memory, 6 },
	{ call_map_anywhere, 3 },
	{ call_namespace, 1 },
	{ call_limit, 1 },
	{ call_untyped, 12 },
};

#define TABLE_N (sizeof(table) / sizeof(*table))

static void call_something(void)
{
	unsigned total = 0, at = 0;

	for (size_t i = 0; i < TABLE_N; i++)
		total += table[i].weight;
	total = (unsigned)below(total);
	while (total >= table[at].weight)
		total -= table[at++].weight;
	table[at].call();
}

static void map_at(uint64_t at, uint64_t len)
{
	mmap((void *)at, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		0);
}

static void clean_up(void)
{
	setitimer(ITIMER_REAL, &(struct itimerval){ 0 }, NULL);
	catch_signals();
	for (int fd = 3; fd < 256; fd++)
		if (fd != home)
			close(fd);
	fd_n = 0;
	while (mapped_n > 0)
		unmap_one();
	munmap((void *)ARENA, 2 * ARENA_PAGES * PAGE); /* mremap may have grown it */
	memset(writable, 0, sizeof(writable));
	step("folder", chdir("/"));
	order_network();
}

static void play_round(uint64_t n)
{
	dprintf(1, "chaos: round %lu\n", n);
	seed(n);
	map_at(ARENA, ARENA_PAGES * PAGE);
	memset(writable, 1, sizeof(writable));
	set_alarm();
	for (int i = 0; i < ROUND_CALLS; i++)
		call_something();
	clean_up();
}

static int complain(const char *what)
{
	dprintf(1, "chaos: %s; the last calls:\n", what);
	show_last_calls();
	return 1;
}

static int say_goodbye(uint64_t n)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(4747),
		.sin_addr.s_addr = inet_addr("10.0.2.2") };
	char text[40];

	snprintf(text, sizeof(text), "chaos %lu is over", n);
	return sendto(socket(AF_INET, SOCK_DGRAM, 0), text, strlen(text), 0, (void *)&to,
		       sizeof(to)) == (ssize_t)strlen(text);
}

static int64_t seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

int main(int argc, char **argv)
{
	uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 0) : 1, n = first;
	int64_t end = seconds_now() + (argc > 2 ? atol(argv[2]) : 3);
	struct ifreq lo = { .ifr_name = "lo" };

	verbose = argc > 3;
	home = open("/proc/self/ns/net", O_RDONLY);
	ioctl(socket(AF_INET, SOCK_DGRAM, 0), SIOCGIFMTU, &lo);
	lo_mtu = lo.ifr_mtu;
	map_at(SCRATCH, SCRATCH_LEN);
	memset((void *)SCRATCH, 0, SCRATCH_LEN);
	keep_mapped(
		do_call(SYS_mmap, 0, PAGE, PROT_READ | PROT_WRITE, 0x22, (uint64_t)-1, 0), PAGE);
	touch(mapped[0].at, PAGE); /* the page table that it shares with the stack stays */
	clean_up();
	read_pools(pools[0]);
	do {
		play_round(n++);
		if (!wrong[0] && !wait_for_pools())
			strcpy(wrong, "a pool is not what it was");
		if (n - first == PAGES_ROUNDS)
			pools[0][0].n = pools[1][0].n;
	} while (!wrong[0] && seconds_now() < end);
	pools_as_before(1);
	dprintf(1, "\nchaos: %lu calls in %lu rounds, %u signals, still here\n", call_n, n - first,
		handled);
	if (!wrong[0] && !say_goodbye(first))
		strcpy(wrong, "nothing can be sent");
	return wrong[0] ? complain(wrong) : 0;
}
