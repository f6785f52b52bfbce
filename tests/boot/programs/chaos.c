/* SPDX-License-Identifier: MIT
 * chaos.c - system calls with senseless arguments, as many as asked for: the kernel must stay whole.
 * Not here: judging; whatever a call answers is right, as long as the machine lives.
 * test_promises.py runs it. Usage: chaos <seed> <calls>
 * Source: none. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static uint64_t state;

static uint64_t next(void)
{
	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return state >> 29;
}

/* What calls write beyond a pointer into the last page goes into the padding. */
static struct {
	char page[3][4096], padding[2 * 4096];
} room __attribute__((aligned(4096)));

/* Pointers good and bad, small numbers, descriptors, extremes. */
static uint64_t argument(void)
{
	static const uint64_t extremes[] = { 0, 1, 0xfff, 0x1000, 0x7fffffff, 0x80000000,
		0xffffffff, 0x7fffffff0000, 0x7ffffffeffff, 0x800000000000, 0xffff800000000000,
		0xffffffff80101000, UINT64_MAX, INT64_MAX, (uint64_t)INT64_MIN };

	switch (next() % 8) {
	case 6:
		return (uint64_t)room.page; /* mostly an address, see refill */
	case 7:
		return sizeof(struct sockaddr_in);
	case 0:
		return extremes[next() % (sizeof(extremes) / sizeof(*extremes))];
	case 1:
		return next() % 16;
	case 2:
		return (uint64_t)room.page + next() % sizeof(room.page);
	case 3:
		return (uint64_t)room.page + sizeof(room.page[0]) - next() % 32;
	case 4:
		return next() % 300;
	default:
		return next() << 20 ^ next();
	}
}

/* So that some senseless calls are nearly sensible: an address that can be sent to. */
static void refill(void)
{
	struct sockaddr_in *in = (struct sockaddr_in *)room.page;

	in->sin_family = AF_INET;
	in->sin_port = htons((uint16_t)(next() % 3 ? 4747 : next()));
	in->sin_addr.s_addr = htonl(next() % 4   ? 0x0a000202
				    : next() % 2 ? 0x7f000001
						 : (uint32_t)next());
}

/* Not those that end the program or take its own memory away, nor those that may sleep for long. */
static int forbidden(uint64_t nr)
{
	switch (nr) {
	case SYS_exit:
	case SYS_exit_group:
	case SYS_kill:
	case SYS_tkill:
	case SYS_tgkill:
	case SYS_rt_sigreturn:
	case SYS_alarm:
	case SYS_setitimer:
	case SYS_munmap:
	case SYS_mprotect:
	case SYS_mmap:
	case SYS_mremap:
	case SYS_brk:
	case SYS_arch_prctl:
	case SYS_nanosleep:
	case SYS_clock_nanosleep:
	case SYS_poll:
	case SYS_ppoll:
	case SYS_pause:
	case SYS_rt_sigsuspend:
	case SYS_read:
	case SYS_readv:
	case SYS_recvfrom:
	case SYS_recvmsg:
	case SYS_recvmmsg:
	case SYS_select:
	case SYS_pselect6:
	case SYS_write:
	case SYS_writev:
	case SYS_madvise:
	case SYS_getrandom: /* fills as much as it is asked to */
	case SYS_dup2:
	case SYS_dup3:
		return 1;
	default:
		return 0;
	}
}

/* Memory calls only where nothing of ours lies. */
static void memory_call(void)
{
	uint64_t at = 0x200000000000 + (next() % 64) * 4096 + (next() % 8 ? 0 : next() % 4096);
	uint64_t len = next() % 8 ? (next() % 16) * 4096 : argument(),
		 from = at + next() % 16 * 4096;

	switch (next() % 5) {
	case 0:
		syscall(SYS_mmap, at, len, next() % 8, (next() % 64) | 0x22, -1, 0);
		break;
	case 1:
		if (len < 0x10000000)
			syscall(SYS_munmap, at, len);
		break;
	case 2:
		if (len < 0x10000000)
			syscall(SYS_mprotect, at, len, next() % 9);
		break;
	case 3:
		if (len < 0x10000000)
			syscall(SYS_mremap, from, next() % 16 * 4096, len, next() % 9, at);
		break;
	default:
		if (len < 0x10000000)
			syscall(SYS_madvise, at, len, next() % 6);
	}
}

int main(int argc, char **argv)
{
	long calls = argc > 2 ? atol(argv[2]) : 10000, done = 0;

	state = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	for (int i = 0; i < 4;
		i++) /* some sockets to be senseless with: they stay, dup2 is forbidden */
		syscall(SYS_socket, 2, 2 | 04000, 0);
	for (long i = 0; i < calls; i++) {
		uint64_t nr = next() % 340;

		if (i % 16 == 0)
			refill();

		if (next() % 8 == 0)
			memory_call();
		else if (next() % 3 == 0)
			nr = 41 + next() % 15; /* sockets get more than their share */
		if (forbidden(nr) || (nr == SYS_close && next() % 8))
			continue;
		if (nr == SYS_fcntl || nr == SYS_close) { /* 0..2 stay open and blocking */
			syscall((long)nr, 3 + next() % 8, argument() % 1031, argument());
			continue;
		}
		syscall((long)nr, argument(), argument(), argument(), argument(), argument(),
			argument());
		done++;
	}
	dprintf(1, "\nchaos: %ld calls, still here\n", done);
	return 0;
}
