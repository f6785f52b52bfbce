/* SPDX-License-Identifier: MIT
 * siginfo.c - what handlers learn about their signals, in which order those come, which are ignored.
 * Not here: the expected answers: the build host's Linux gives them (test_programs.py).
 * Prints a table; must print the same on both kernels.
 * Source: sigaction(2), signal(7), setpgid(2): orphaned process groups. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "check.h"

static volatile int caught, order[8], codes[8];
static volatile pid_t pids[8];

static void handler(int signal, siginfo_t *info, void *context)
{
	(void)context;
	order[caught] = signal;
	codes[caught] = info->si_signo == signal ? info->si_code : 9999;
	pids[caught] = info->si_pid;
	caught++;
}

static void catch (int signal, int mask)
{
	struct sigaction act = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };

	if (mask)
		sigaddset(&act.sa_mask, mask);
	sigaction(signal, &act, NULL);
}

static void show(const char *name)
{
	printf("= %s:", name);
	for (int i = 0; i < caught; i++)
		printf(" %d code %d pid %s", order[i], codes[i],
			pids[i] == getpid() ? "own"
			: pids[i] == 0      ? "0"
					    : "another");
	printf("\n");
	caught = 0;
}

static int by_kill(int signal)
{
	return kill(getpid(), signal);
}

static int by_tkill(int signal)
{
	return (int)syscall(SYS_tkill, getpid(), signal);
}

static int by_tgkill(int signal)
{
	return (int)syscall(SYS_tgkill, getpid(), getpid(), signal);
}

static int by_alarm(int signal)
{
	(void)signal;
	setitimer(ITIMER_REAL, &(struct itimerval){ { 0, 0 }, { 0, 1 } }, NULL);
	for (struct itimerval left; getitimer(ITIMER_REAL, &left) == 0 && left.it_value.tv_usec;)
		;
	return 0;
}

static const struct way {
	const char *name;
	int (*send)(int signal);
} kill_ = { "kill", by_kill }, raise_ = { "raise", raise }, tkill_ = { "tkill", by_tkill },
  tgkill_ = { "tgkill", by_tgkill }, alarm_ = { "alarm", by_alarm };

static void check_info(void)
{
	const struct way *const ways[] = { &kill_, &raise_, &tkill_, &tgkill_, &alarm_ };

	for (int i = 0; i < 5; i++) {
		catch (SIGALRM, 0);
		ways[i]->send(SIGALRM);
		show(ways[i]->name);
	}
}

/* What is sent while held back comes at once when it is let through: which handler runs first? */
static void check_order(
	const char *name, const int signals[], const struct way *const ways[], int n)
{
	sigset_t all, before;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	for (int i = 0; i < n; i++) {
		catch (signals[i], 0);
		ways[i]->send(signals[i]);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	show(name);
}

static void check_orders(void)
{
	const struct way *const kills[] = { &kill_, &kill_, &kill_ };

	check_order("two", (int[]){ SIGTERM, SIGUSR1 }, kills, 2);
	check_order("and the other way round", (int[]){ SIGUSR1, SIGTERM }, kills, 2);
	check_order("with a fault's", (int[]){ SIGHUP, SIGSEGV, SIGUSR2 }, kills, 3);
	check_order("twice the same", (int[]){ SIGUSR1, SIGUSR1 }, kills, 2);
	check_order("a thread's and a process's", (int[]){ SIGUSR1, SIGTERM },
		(const struct way *const[]){ &kill_, &raise_ }, 2);
	check_order("to both", (int[]){ SIGUSR1, SIGUSR1 },
		(const struct way *const[]){ &kill_, &raise_ }, 2);
	check_order("kill, then alarm", (int[]){ SIGALRM, SIGALRM },
		(const struct way *const[]){ &kill_, &alarm_ }, 2);
	catch (SIGTERM, SIGUSR1);
	check_order("one that holds the other back", (int[]){ SIGUSR1 }, kills, 1);
}

/* SIGTERM's handler holds SIGUSR1 back: set up before or after it? */
static void check_held_back(void)
{
	sigset_t all, before;

	sigfillset(&all);
	catch (SIGUSR1, SIGTERM);
	catch (SIGTERM, 0);
	sigprocmask(SIG_SETMASK, &all, &before);
	by_kill(SIGTERM);
	by_kill(SIGUSR1);
	sigprocmask(SIG_SETMASK, &before, NULL);
	show("the first holds the second back");
}

static void check_ignored(void)
{
	static const int stops[] = { SIGTSTP, SIGTTIN, SIGTTOU, SIGCHLD, SIGCONT, SIGURG,
		SIGWINCH };
	sigset_t one, before, waiting;

	setsid(); /* on the host: in an orphaned process group */
	for (size_t i = 0; i < sizeof(stops) / sizeof(*stops); i++)
		RESULT("by default ignored", raise(stops[i]));
	sigemptyset(&one);
	sigaddset(&one, SIGUSR1);
	sigprocmask(SIG_BLOCK, &one, &before);
	raise(SIGUSR1);
	RESULT("sigpending", sigpending(&waiting));
	RESULT("it waits", sigismember(&waiting, SIGUSR1));
	RESULT("nothing else", sigismember(&waiting, SIGUSR2));
	signal(SIGUSR1, SIG_IGN);
	sigpending(&waiting);
	RESULT("ignored, it waits no longer", sigismember(&waiting, SIGUSR1));
	catch (SIGUSR1, 0);
	sigprocmask(SIG_SETMASK, &before, NULL);
	show("it does not come");
}

int main(void)
{
	check_info();
	check_orders();
	check_held_back();
	if (getpgrp() != getpid() || getsid(0) == getpid())
		check_ignored();
	printf("end of table\n");
	return checks_failed;
}
