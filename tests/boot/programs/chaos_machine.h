/* SPDX-License-Identifier: MIT
 * chaos_machine.h - calls that wait, of signals, of memory, of namespaces and limits; and untyped ones.
 * Not here: sockets and files (chaos_calls.h).
 * chaos.c includes it.
 * Source: the Linux man pages, section 2. */
#pragma once

#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/time.h>

#include "chaos_calls.h"

/* ---- waiting and signals ------------------------------------------------------------------------ */

#define ALARM_US 4000 /* ends the calls that wait */

static volatile unsigned handled;

static void handler(int signal)
{
	handled++;
	if (signal == SIGUSR2 && fd_n > 0) /* a call inside a call that was cut off */
		send(fds[0].fd, "x", 1, MSG_DONTWAIT);
}

static const int signals[] = { SIGUSR1, SIGUSR2, SIGHUP, SIGTERM, SIGCHLD, SIGTSTP, 40 };

static void set_alarm(void)
{
	setitimer(ITIMER_REAL, &(struct itimerval){ { 0, ALARM_US }, { 0, ALARM_US } }, NULL);
}

static void catch_signals(void)
{
	struct sigaction act = { .sa_handler = handler };
	sigset_t none;

	sigemptyset(&none);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaction(signals[i], &act, NULL);
	sigaction(SIGALRM, &act, NULL);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* SIGALRM is never held back: it ends every wait. */
static uint64_t any_mask(void)
{
	uint64_t mask = next() & ~(1ull << (SIGALRM - 1));

	return place_well(&mask, sizeof(mask));
}

static void call_poll(void)
{
	struct pollfd p[8];
	uint64_t sets[3][4];
	int64_t t[2] = { one_in(6) ? (int64_t)number() : 0, (int64_t)below(1000) };
	uint64_t n = one_in(16) ? number() : below(9), at = place(t, sizeof(t));

	for (int i = 0; i < 8; i++)
		p[i] = (struct pollfd){ any_fd(), (short)next(), 0 };
	for (int i = 0; i < 3; i++)
		fill(sets[i], sizeof(sets[i]));
	if (one_in(3))
		CALL(SYS_select, one_in(4) ? number() : below(256),
			one_in(2) ? 0 : place(sets[0], 32), one_in(2) ? 0 : place(sets[1], 32),
			one_in(2) ? 0 : place(sets[2], 32), one_in(8) ? 0 : at);
	else if (one_in(2))
		CALL(SYS_poll, place(p, sizeof(p)), n, below(3));
	else
		CALL(SYS_ppoll, place(p, sizeof(p)), n, one_in(8) ? 0 : at,
			one_in(2) ? 0 : any_mask(), 8);
}

static void call_signal(void)
{
	static const long nrs[] = { SYS_kill, SYS_tkill };
	struct {
		uint64_t handler, flags, restorer, mask;
	} act, old;
	int signal = PICK(signals);

	switch (below(5)) {
	case 0:
		CALL(SYS_rt_sigprocmask, one_in(8) ? number() : below(3),
			one_in(4) ? 0 : any_mask(), one_in(2) ? 0 : address(8),
			one_in(16) ? number() : 8);
		break;
	case 1:
		CALL(PICK(nrs), getpid(), signal);
		break;
	case 2:
		CALL(SYS_tgkill, one_in(8) ? number() : (uint64_t)getpid(), getpid(), signal);
		break;
	case 3: /* ignored or not, with other flags; the handler and its restorer stay */
		syscall(SYS_rt_sigaction, signal, NULL, &old, 8);
		act = old;
		act.flags |= one_in(2) ? 0x10000000 : 0x40000000;
		act.mask = next() & ~(1ull << (SIGALRM - 1));
		if (one_in(4))
			act.handler = 1;
		CALL(SYS_rt_sigaction, signal,
			one_in(8) ? bad_address() : place_well(&act, sizeof(act)),
			one_in(2) ? 0 : address(32), 8);
		break;
	default:
		CALL(SYS_rt_sigpending, address(8), number() & 15);
	}
	if (one_in(8))
		catch_signals();
}

static void call_time(void)
{
	int64_t t[4] = { one_in(4) ? (int64_t)number() : 0, (int64_t)below(1000), 0,
		(int64_t)below(3000) };

	switch (below(4)) {
	case 0:
		CALL(SYS_clock_nanosleep, below(3), below(2), place(t, 16),
			one_in(2) ? 0 : address(16));
		break;
	case 1:
		CALL(SYS_setitimer, one_in(8) ? number() : 0, place(t, 32),
			one_in(2) ? 0 : address(32));
		set_alarm();
		break;
	case 2:
		CALL(SYS_alarm, one_in(2) ? number() : 0);
		set_alarm();
		break;
	default:
		CALL(SYS_clock_gettime, number(), address(16));
	}
}

/* ---- memory ------------------------------------------------------------------------------------- */

#define MAPPED_MOST  40
#define MEMORY_SPARE (1u << 20)

static struct {
	uint64_t at, len;
} mapped[MAPPED_MOST];
static unsigned mapped_n;

/* What a call answered, and what it asked for: not in the arena, which is unmapped as a whole. */
static void keep_mapped(long at, uint64_t len)
{
	if (at == -1 || ((uint64_t)at >= ARENA && (uint64_t)at < ARENA + ARENA_PAGES * PAGE))
		return;
	if (mapped_n == MAPPED_MOST) {
		munmap((void *)at, len);
		return;
	}
	mapped[mapped_n].at = (uint64_t)at;
	mapped[mapped_n++].len = len;
}

static void unmap_one(void)
{
	unsigned i = (unsigned)below(mapped_n);

	CALL(SYS_munmap, mapped[i].at, mapped[i].len);
	mapped[i] = mapped[--mapped_n];
}

static void note_arena(uint64_t at, uint64_t len, int can_write)
{
	for (uint64_t page = (at - ARENA) / PAGE;
		page < ARENA_PAGES && page * PAGE < at - ARENA + len; page++)
		writable[page] = (uint8_t)can_write;
}

static void call_memory(void)
{
	static const int prots[] = { 3, 3, 3, 1, 0, 5, 4 };
	uint64_t first = below(ARENA_PAGES), at = ARENA + first * PAGE,
		 len = (1 + below(ARENA_PAGES - first)) * PAGE;
	int prot = PICK(prots);

	uint64_t to = one_in(2) ? at : arena_address(), to_len = (1 + below(8)) * PAGE;

	switch (below(6)) { /* one that fails may have been half done */
	case 0:
		note_arena(at, len,
			CALL(SYS_mmap, at, len, prot, 0x32, -1, 0) == (long)at && prot == 3);
		break;
	case 1:
		CALL(SYS_munmap, at, len);
		note_arena(at, len, 0);
		break;
	case 2:
		note_arena(at, len, CALL(SYS_mprotect, at, len, prot) == 0 && prot == 3);
		break;
	case 3:
		CALL(SYS_madvise, at, len, one_in(4) ? number() : 4);
		break;
	case 4:
		note_arena(at, len, 0);
		to_len = to_len < ARENA + ARENA_PAGES * PAGE - to ? to_len : PAGE;
		note_arena(to, to_len, 0);
		keep_mapped(CALL(SYS_mremap, at, len, to_len, one_in(8) ? number() & 3 : 3, to),
			to_len);
		break;
	default: /* lengths that cannot be, flags that are not there */
		CALL(SYS_mmap, one_in(2) ? 0 : at + below(PAGE),
			one_in(2) ? 0 : UINT64_MAX - below(PAGE), next() % 16, number() & ~0x10ull,
			any_fd(), number());
	}
}

/* MREMAP_DONTUNMAP, 4, leaves an empty mapping where it was. */
static void move_one(uint64_t len)
{
	unsigned i = (unsigned)below(mapped_n);
	uint64_t flags = one_in(8) ? number() & 5 : 1;
	long at = CALL(SYS_mremap, mapped[i].at, mapped[i].len, len, flags);

	if (at == -1)
		return;
	if (!(flags & 4))
		mapped[i] = mapped[--mapped_n];
	keep_mapped(at, len);
}

/* What is mapped is touched, as long as the machine has memory to spare. */
static void touch(uint64_t at, uint64_t len)
{
	struct sysinfo info;

	for (uint64_t i = 0; i < len; i += PAGE)
		if (i % (64 * PAGE) != 0 || (sysinfo(&info) == 0 && info.freeram > MEMORY_SPARE))
			*(volatile char *)(at + i) = 1;
		else
			return;
}

static void call_map_anywhere(void)
{
	uint64_t len = 1 + below(one_in(8) ? 1000 : 8) * PAGE, brk = (uint64_t)syscall(SYS_brk, 0);
	long at;

	if (mapped_n == MAPPED_MOST || (mapped_n > 0 && one_in(3))) {
		unmap_one();
		return;
	}
	if (mapped_n > 0 && one_in(4)) {
		move_one(len);
		return;
	}
	if (one_in(8)) {
		if (CALL(SYS_brk, brk + below(16) * PAGE + 1) > (long)brk)
			touch(brk, 1);
		syscall(SYS_brk, brk);
		return;
	}
	at = CALL(SYS_mmap, one_in(2) ? 0 : number(), len, 3, 0x22, -1, 0);
	keep_mapped(at, len);
	if (at != -1)
		touch((uint64_t)at, len);
}

/* ---- others --------------------------------------------------------------------------------------- */

static void call_namespace(void)
{
	if (one_in(2))
		CALL(SYS_unshare, one_in(8) ? number() & ~0x100ull : 0x40000000);
	else
		CALL(SYS_setns, one_in(2) ? home : any_fd(), one_in(4) ? number() : 0);
}

static void call_limit(void)
{
	struct rlimit limit = { number(), number() }, most = { 256, 256 };

	CALL(SYS_prlimit64, 0, below(17), place(&limit, sizeof(limit)),
		one_in(2) ? 0 : address(16));
	setrlimit(RLIMIT_NOFILE, &most);
}

/* Those that end the program, take away its memory or its thread's, or wait longer than an alarm does; and
 * those that have a type above. */
static int is_typed(long nr)
{
	static const long typed[] = { SYS_exit, SYS_exit_group, SYS_rt_sigreturn, SYS_mmap,
		SYS_munmap, SYS_mprotect, SYS_mremap, SYS_brk, SYS_madvise, SYS_arch_prctl,
		SYS_close, SYS_dup2, SYS_dup3, SYS_dup, SYS_kill, SYS_tkill, SYS_tgkill,
		SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigsuspend, SYS_alarm, SYS_setitimer,
		SYS_ioctl, SYS_fcntl, SYS_write, SYS_writev, SYS_ppoll, SYS_pselect6, SYS_prlimit64,
		SYS_setrlimit, SYS_open, SYS_openat, SYS_socket, SYS_read, SYS_readv, SYS_setns,
		SYS_unshare, SYS_set_tid_address, SYS_close_range };

	for (size_t i = 0; i < sizeof(typed) / sizeof(*typed); i++)
		if (nr == typed[i])
			return 1;
	return 0;
}

static uint64_t anything(void)
{
	switch (below(4)) {
	case 0:
		return (uint64_t)any_fd();
	case 1:
		return number();
	default:
		return address(below(4096));
	}
}

static void call_untyped(void)
{
	long nr = (long)below(470);

	if (!is_typed(nr))
		CALL(nr, anything(), anything(), anything(), anything(), anything(), anything());
	else if (one_in(100))
		call_log();
}
