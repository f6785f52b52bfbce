/* SPDX-License-Identifier: MIT
 * alarm.c - the process's alarm clock: alarm, setitimer.
 * Not here: its signal (signal.c).
 * syscall.c calls in; net_poll runs its timer.
 * Source: alarm(2), setitimer(2). */
#include "kernel/cpu/clock.h"
#include "kernel/mm/uaccess.h"
#include "kernel/process/signal.h"
#include "kernel/process/syscall.h"
#include "net/core/timer.h"

static void alarm_rings(struct timer *timer);

static struct timer alarm = { .list = LIST_HEAD_INIT(alarm.list), .fn = alarm_rings };
static u64 alarm_interval_ns;

static void alarm_rings(struct timer *timer)
{
	signal_raise(SIGALRM);
	if (alarm_interval_ns) /* at most once a millisecond: a tiny interval must not run this for ever */
		mod_timer(timer,
			max(timer->expires_ns + alarm_interval_ns, clock_ns() + NSEC_PER_MSEC));
}

/* Never 0 before it has rung. */
static u64 alarm_left(u64 now)
{
	if (list_empty(&alarm.list))
		return 0;
	return alarm.expires_ns > now ? alarm.expires_ns - now : 1;
}

/* In ns from now; 0: never. Returns the time left of the alarm before. */
static u64 set_alarm(u64 ns, u64 interval_ns)
{
	u64 now = clock_ns(), left = alarm_left(now);

	del_timer(&alarm);
	alarm_interval_ns = interval_ns;
	if (ns)
		mod_timer(&alarm, now + ns);
	return left;
}

/* As on Linux half a second and more is rounded up, and a pending alarm never to 0. */
long sys_alarm(u32 seconds)
{
	u64 left = set_alarm(seconds * NSEC_PER_SEC, 0);

	return left ? max((long)((left + NSEC_PER_SEC / 2) / NSEC_PER_SEC), 1l) : 0;
}

struct itimerval {
	s64 interval_s, interval_us, value_s, value_us;
};

#define ITIMER_REAL 0
#define ALARM_MAX_S (INT32_MAX * 2ll)

static bool timeval_ns(s64 s, s64 us, u64 *ns)
{
	*ns = (u64)min(s, ALARM_MAX_S) * NSEC_PER_SEC + (u64)us * NSEC_PER_USEC;
	return s >= 0 && us >= 0 && us < 1000000;
}

static long put_itimer(u64 at, u64 left, u64 interval)
{
	left = (left + NSEC_PER_USEC - 1) / NSEC_PER_USEC;
	interval /= NSEC_PER_USEC;

	const s64 v[4] = { (s64)(interval / 1000000), (s64)(interval % 1000000),
		(s64)(left / 1000000), (s64)(left % 1000000) };

	return copy_to_user((void *)at, v, sizeof(v));
}

long sys_getitimer(u32 which, u64 now)
{
	if (which != ITIMER_REAL)
		return -EINVAL;
	return put_itimer(now, alarm_left(clock_ns()), alarm_interval_ns);
}

long sys_setitimer(u32 which, u64 new, u64 old)
{
	u64 ns = 0, interval_ns = 0, left, before = alarm_interval_ns;
	struct itimerval v;

	if (which != ITIMER_REAL)
		return -EINVAL;
	if (new &&copy_from_user(&v, (void *)new, sizeof(v)) < 0)
		return -EFAULT;
	if (new && (!timeval_ns(v.value_s, v.value_us, &ns) ||
			   !timeval_ns(v.interval_s, v.interval_us, &interval_ns)))
		return -EINVAL;
	left = set_alarm(ns, interval_ns);
	return old ? put_itimer(old, left, before) : 0;
}
