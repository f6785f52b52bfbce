/* SPDX-License-Identifier: MIT
 * signals.c - handlers: of signals sent to oneself, of the alarm clock, in a wait and while computing.
 * Not here: signals that kill (exit.c).
 * test_programs.py starts it, here and on the build host.
 * Source: sigaction(2), setitimer(2), signal(7): which waits begin anew. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static volatile sig_atomic_t caught, number;
static int wake_fd = -1;
static struct sockaddr_in wake_address;

struct rounding {
	unsigned short x87;
	unsigned sse;
};

static const struct rounding usual = { 0x37f, 0x1f80 };
static struct rounding in_handler;

static struct rounding rounding_now(void)
{
	struct rounding now;

	__asm__ volatile("fnstcw %0; stmxcsr %1" : "=m"(now.x87), "=m"(now.sse));
	now.sse &= ~0x3fu; /* what has happened */
	return now;
}

static void handler(int signal)
{
	volatile double spoil;

	in_handler = rounding_now();
	spoil = signal * 1.5; /* SSE registers are the interrupted code's */
	number = signal + (int)(spoil * 0);
	caught++;
	if (wake_fd >= 0)
		sendto(wake_fd, "x", 1, 0, (void *)&wake_address, sizeof(wake_address));
}

static void catch_with(int signal, int flags)
{
	struct sigaction act = { .sa_handler = handler, .sa_flags = flags };

	caught = 0;
	sigaction(signal, &act, NULL);
}

static void ring_in_ms(long ms, long interval_ms)
{
	const struct itimerval when = { { 0, interval_ms * 1000 }, { 0, ms * 1000 } };

	setitimer(ITIMER_REAL, &when, NULL);
}

static void check_raise(void)
{
	sigset_t set;

	catch_with(SIGUSR1, 0);
	CHECK("raised", raise(SIGUSR1) == 0 && caught == 1 && number == SIGUSR1);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	CHECK("blocked", raise(SIGUSR1) == 0 && caught == 1);
	CHECK("unblocked", sigprocmask(SIG_UNBLOCK, &set, NULL) == 0 && caught == 2);
	catch_with(SIGUSR1, SA_RESETHAND);
	raise(SIGUSR1);
	sigaction(SIGUSR1, NULL, &(struct sigaction){ 0 });
	CHECK("once", caught == 1 && signal(SIGUSR1, SIG_IGN) == SIG_DFL);
}

/* A loop in registers, of both kinds, that a handler must not disturb. */
static void check_computing(void)
{
	double x = 1;
	unsigned long n = 0;

	catch_with(SIGALRM, 0);
	ring_in_ms(20, 10);
	while (caught < 5) {
		x = x * 1.0000001 / 1.0000001;
		n += 3;
	}
	setitimer(ITIMER_REAL, &(struct itimerval){ { 0, 100 }, { 0, 100 } }, NULL);
	while (caught < 8)
		n += 3;
	ring_in_ms(0, 0);
	CHECK("while computing", n % 3 == 0 && x > 0.99 && x < 1.01);
}

/* Which way numbers are rounded is the interrupted code's, too. */
static void check_rounding(void)
{
	const struct rounding odd = { 0x0c7f, 0x7f80 };
	struct rounding after;

	catch_with(SIGALRM, 0);
	ring_in_ms(20, 0);
	__asm__ volatile("fldcw %0; ldmxcsr %1" ::"m"(odd.x87), "m"(odd.sse));
	while (caught < 1)
		;
	after = rounding_now();
	__asm__ volatile("fldcw %0; ldmxcsr %1" ::"m"(usual.x87), "m"(usual.sse));
	CHECK("the handler rounds as usual",
		in_handler.x87 == usual.x87 && in_handler.sse == usual.sse);
	CHECK("the program as it wants", after.x87 == odd.x87 && after.sse == odd.sse);
}

/* Again and again until the wait has ended: the first one may come before it has begun. */
static void begin_ringing(int flags)
{
	catch_with(SIGALRM, flags);
	ring_in_ms(50, 50);
}

static int has_rung(void)
{
	ring_in_ms(0, 0);
	return caught > 0;
}

static void check_waits(int fd)
{
	struct timespec t = { 50, 0 };
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char c;

	begin_ringing(SA_RESTART);
	CHECK("poll", poll(&p, 1, 50000) == -1 && errno == EINTR && has_rung());
	begin_ringing(SA_RESTART);
	CHECK("sleep", nanosleep(&t, &t) == -1 && errno == EINTR && has_rung());
	CHECK("what was left of it", t.tv_sec > 0 && t.tv_sec < 50);
	begin_ringing(0);
	CHECK("recv", recv(fd, &c, 1, 0) == -1 && errno == EINTR && has_rung());
	wake_fd = fd;
	begin_ringing(SA_RESTART);
	CHECK("recv begins anew", recv(fd, &c, 1, 0) == 1 && c == 'x' && has_rung());
	wake_fd = -1;
	begin_ringing(0);
	CHECK("pause", pause() == -1 && errno == EINTR && has_rung());
}

/* What is held back comes in calls that let it through, and in no other place. */
static void check_masks(void)
{
	int netlink = socket(AF_NETLINK, SOCK_RAW, 0);
	const struct timespec zero = { 0, 0 };
	sigset_t all, none, now;
	char c;

	sigfillset(&all);
	sigemptyset(&none);
	catch_with(SIGALRM, 0);
	sigprocmask(SIG_SETMASK, &all, NULL);
	sigprocmask(SIG_SETMASK, NULL, &now);
	CHECK("neither of these", !sigismember(&now, SIGKILL) && !sigismember(&now, SIGSTOP));
	raise(SIGALRM);
	CHECK("poll looks", poll(NULL, 0, 0) == 0 && caught == 0);
	CHECK("ppoll looks", ppoll(NULL, 0, &zero, &none) == -1 && errno == EINTR && caught == 1);
	ring_in_ms(50, 0);
	CHECK("ppoll", ppoll(NULL, 0, NULL, &none) == -1 && errno == EINTR && caught == 2);
	ring_in_ms(50, 0);
	CHECK("pselect", pselect(0, NULL, NULL, NULL, NULL, &none) == -1 && caught == 3);
	ring_in_ms(50, 0);
	CHECK("sigsuspend", sigsuspend(&none) == -1 && errno == EINTR && caught == 4);
	CHECK("nothing came", ppoll(NULL, 0, &zero, &none) == 0);
	sigprocmask(SIG_SETMASK, NULL, &now);
	raise(SIGALRM);
	CHECK("the mask is back", sigismember(&now, SIGUSR2) && caught == 4);
	sigprocmask(SIG_SETMASK, &none, NULL);
	CHECK("when it is lifted", caught == 5);
	begin_ringing(0);
	CHECK("netlink", recv(netlink, &c, 1, 0) == -1 && errno == EINTR && has_rung());
	close(netlink);
}

static void check_alarm(void)
{
	struct itimerval left;

	CHECK("no alarm was set", alarm(100) == 0);
	CHECK("what is left of it", alarm(0) == 100);
	alarm(100);
	CHECK("set", setitimer(ITIMER_REAL, &(struct itimerval){ 0 }, &left) == 0);
	CHECK("less than was asked for", left.it_value.tv_sec > 0 && left.it_value.tv_sec <= 100);
	CHECK("no such clock", setitimer(9, &left, NULL) == -1 && errno == EINVAL);
	left.it_value.tv_usec = 1000000;
	CHECK("no such time", setitimer(ITIMER_REAL, &left, NULL) == -1 && errno == EINVAL);
}

int main(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	socklen_t len = sizeof(wake_address);

	wake_address.sin_family = AF_INET;
	wake_address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	bind(fd, (void *)&wake_address, sizeof(wake_address));
	getsockname(fd, (void *)&wake_address, &len);
	check_raise();
	check_computing();
	check_rounding();
	check_waits(fd);
	check_masks();
	check_alarm();
	return checks_failed != 0;
}
