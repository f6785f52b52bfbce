/* SPDX-License-Identifier: MIT
 * sys_poll.c - the calls that wait for descriptors or signals: poll, ppoll, select, pselect6, pause.
 * Not here: when a file is ready (its own poll operation).
 * syscall.c calls in. Calls the files' poll operations, and net_wait in between.
 * Source: poll(2), select(2). Behaves as Linux in the order of checks. */
#include "kernel/cpu/clock.h"
#include "kernel/fs/task.h"
#include "kernel/lib/string.h"
#include "kernel/mm/uaccess.h"
#include "kernel/process/signal.h"
#include "kernel/process/syscall.h"
#include "net/device/dev.h"

/* ---- waiting ----------------------------------------------------------------------------- */

#define USEC_PER_SEC 1000000

/* A struct timespec or timeval of the program's. */
struct timeout {
	u64 at;      /* where it is; 0: none, wait for ever */
	s64 unit_ns; /* of its second word */
	bool zero;   /* just look */
	u64 end_ns;
};

/* Returns 0, -EFAULT, or -EINVAL. */
static int get_timeout(struct timeout *t)
{
	s64 v[2], sec, ns;

	t->zero = false;
	t->end_ns = UINT64_MAX;
	if (!t->at)
		return 0;
	if (copy_from_user(v, (void *)t->at, sizeof(v)) < 0)
		return -EFAULT;
	sec = v[0];
	ns = v[1];
	if (t->unit_ns > 1) { /* microseconds may be more than a second's */
		sec += v[1] / USEC_PER_SEC;
		ns = v[1] % USEC_PER_SEC * t->unit_ns;
	}
	if (sec < 0 || ns < 0 || ns >= (s64)NSEC_PER_SEC)
		return -EINVAL;
	t->zero = sec == 0 && ns == 0;
	t->end_ns = clock_ns() + (u64)min(sec, (s64)UINT32_MAX) * NSEC_PER_SEC + (u64)ns;
	return 0;
}

/* The program learns how much was left. Memory that it cannot be told in is no reason to fail. */
static void tell_time_left(const struct timeout *t)
{
	u64 now = clock_ns(), left = now < t->end_ns ? t->end_ns - now : 0;
	s64 v[2] = { (s64)(left / NSEC_PER_SEC), (s64)(left % NSEC_PER_SEC) / t->unit_ns };

	if (t->at && !t->zero && copy_to_user((void *)t->at, v, sizeof(v)) < 0)
		return;
}

/* Until something is ready, look fails, a signal comes, or the time is over. */
static long wait_until(long (*look)(void *what), void *what, u64 end_ns)
{
	u64 start = clock_ns();

	net_poll();
	for (;;) {
		long ready = look(what);

		if (ready != 0)
			return ready;
		if (signal_pending(false))
			return -EINTR;
		if (clock_ns() >= end_ns)
			return 0;
		net_wait(start, end_ns);
	}
}

static __always_inline u32 file_ready(struct file *file, u32 wanted)
{
	return file->ops->poll ? file->ops->poll(file, wanted)
			       : POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;
}

/* ---- poll -------------------------------------------------------------------------------- */

struct pollfd {
	int fd;
	u16 events, revents;
};

_Static_assert(sizeof(struct pollfd) == 8 && FDS_MAX * sizeof(struct pollfd) <= USER_GAP,
	"one word each; one check for all");

struct poll_call {
	u64 fds;
	u32 n;
};

static __always_inline u32 poll_one(int fd, u32 events)
{
	struct file *file = file_of(fd);
	u32 ready;

	if (unlikely(!file))
		return fd < 0 ? 0 : POLLNVAL;
	ready = file_ready(file, events);
	return likely(!ready) ? 0 : (u16)(ready & (events | POLLERR | POLLHUP));
}

static __always_inline int get_pollfd(u64 *word, const struct pollfd __user *user)
{
	user_access_begin();
	if (unlikely(unsafe_get_u64(word, user) < 0)) {
		user_access_end();
		return -EFAULT;
	}
	user_access_end();
	return 0;
}

static __always_inline int put_revents(u32 revents, struct pollfd __user *user)
{
	user_access_begin();
	if (unlikely(unsafe_put_u16((u16)revents, &user->revents) < 0)) {
		user_access_end();
		return -EFAULT;
	}
	user_access_end();
	return 0;
}

/* Look at each once; results go back to the program. Returns how many are ready, or -EFAULT. */
static long poll_all(void *what)
{
	const struct poll_call *call = what;
	struct pollfd __user *user = (void *)call->fds, *end = user + call->n;
	long ready = 0;
	u64 word;

	if (call->n && !user_starts_ok(call->fds))
		return -EFAULT;
	for (; user != end; user++) {
		u32 revents;

		if (get_pollfd(&word, user) < 0)
			return -EFAULT;
		revents = poll_one((int)word, (u32)(word >> 32));
		if (unlikely(revents))
			ready++;
		if (put_revents(revents, user) < 0)
			return -EFAULT;
	}
	return ready;
}

static long poll_until(u64 fds, u32 n, u64 end_ns)
{
	struct poll_call call = { fds, n };

	return call.n > FDS_MAX ? -EINVAL : wait_until(poll_all, &call, end_ns);
}

long sys_poll(u64 fds, u32 n, s32 ms)
{
	u64 end_ns = ms < 0 ? UINT64_MAX : clock_ns() + (u64)ms * NSEC_PER_MSEC;

	return poll_until(fds, n, end_ns);
}

long sys_ppoll(u64 fds, u32 n, u64 timeout, u64 sigmask, u64 sigset_len)
{
	struct timeout t = { .at = timeout, .unit_ns = 1 };
	long ret = get_timeout(&t) ?: signal_mask_lend(sigmask, sigset_len);

	if (ret)
		return ret;
	ret = signal_mask_return(poll_until(fds, n, t.end_ns));
	tell_time_left(&t);
	return ret;
}

long sys_pause(void)
{
	return poll_until(0, 0, UINT64_MAX);
}

long sys_rt_sigsuspend(u64 set, u64 set_len)
{
	return set ? sys_ppoll(0, 0, 0, set, set_len) : -EFAULT;
}

/* ---- select ------------------------------------------------------------------------------ */

#define SETS  3 /* to read, to write, exceptions */
#define WORDS (FDS_MAX / 64)

struct select_call {
	u32 n;
	u64 in[SETS][WORDS], out[SETS][WORDS];
};

/* What makes a descriptor a member of each set. Exceptions: there is no urgent data. */
static const u16 set_events[SETS] = { POLLIN | POLLRDNORM | POLLHUP | POLLERR,
	POLLOUT | POLLWRNORM | POLLERR, 0 };

/* Returns how many bits were set, or -EBADF. */
static long select_all(void *what)
{
	struct select_call *call = what;
	long ready = 0;

	memset(call->out, 0, sizeof(call->out));
	for (u32 fd = 0; fd < call->n; fd++) {
		u64 word = fd / 64, bit = 1ull << fd % 64;
		struct file *file = file_of((int)fd);
		u32 events;

		if (!((call->in[0][word] | call->in[1][word] | call->in[2][word]) & bit))
			continue;
		if (!file)
			return -EBADF;
		events = file_ready(file, POLL_ALL);
		for (u32 set = 0; set < SETS; set++) {
			if (!(call->in[set][word] & bit) || !(events & set_events[set]))
				continue;
			call->out[set][word] |= bit;
			ready++;
		}
	}
	return ready;
}

/* n: as the program gave it; more descriptors than there can be are as many as there can be. */
static long select_until(s32 n, const u64 sets[SETS], u64 end_ns)
{
	struct select_call call = { .n = min((u32)n, (u32)FDS_MAX) };
	size_t len = ALIGN_UP(call.n, 64u) / 8;
	long ready;

	if (n < 0)
		return -EINVAL;
	for (u32 i = 0; i < SETS; i++)
		if (sets[i] && copy_from_user(call.in[i], (void *)sets[i], len) < 0)
			return -EFAULT;
	ready = wait_until(select_all, &call, end_ns);
	if (ready < 0)
		return ready;
	for (u32 i = 0; i < SETS; i++)
		if (sets[i] && copy_to_user((void *)sets[i], call.out[i], len) < 0)
			return -EFAULT;
	return ready;
}

long sys_select(s32 n, u64 reads, u64 writes, u64 excepts, u64 timeout)
{
	const u64 sets[SETS] = { reads, writes, excepts };
	struct timeout t = { .at = timeout, .unit_ns = NSEC_PER_USEC };
	long ret = get_timeout(&t);

	if (ret)
		return ret;
	ret = select_until(n, sets, t.end_ns);
	tell_time_left(&t);
	return ret;
}

/* sigmask leads to a mask and its length: a seventh argument that did not fit. */
long sys_pselect6(s32 n, u64 reads, u64 writes, u64 excepts, u64 timeout, u64 sigmask)
{
	const u64 sets[SETS] = { reads, writes, excepts };
	struct timeout t = { .at = timeout, .unit_ns = 1 };
	u64 mask[2] = { 0, 0 };
	long ret;

	if (sigmask && copy_from_user(mask, (void *)sigmask, sizeof(mask)) < 0)
		return -EFAULT;
	ret = get_timeout(&t) ?: signal_mask_lend(mask[0], mask[1]);
	if (ret)
		return ret;
	ret = signal_mask_return(select_until(n, sets, t.end_ns));
	tell_time_left(&t);
	return ret;
}
