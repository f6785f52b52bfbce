/* SPDX-License-Identifier: MIT
 * sys_process.c - system calls about the process, time and chance.
 * Not here: files (sys_file.c), memory (sys_mm.c), signals (signal.c).
 * syscall.c calls in.
 * Source: the Linux man pages, section 2. */
#include "kernel/cpu/asm.h"
#include "kernel/cpu/clock.h"
#include "kernel/cpu/timer.h"
#include "kernel/fs/task.h"
#include "kernel/lib/string.h"
#include "kernel/lib/version.h"
#include "kernel/mm/uaccess.h"
#include "kernel/platform/random.h"
#include "kernel/process/process.h"
#include "kernel/process/syscall.h"
#include "net/device/dev.h"

long sys_exit(u64 status)
{
	process_exit(status & 0xff);
}

long sys_getpid(void)
{
	return current->pid;
}

long sys_zero(void)
{
	return 0;
}

/* ---- the thread ------------------------------------------------------------------------- */

enum arch_prctl_op {
	ARCH_SET_GS = 0x1001,
	ARCH_SET_FS,
	ARCH_GET_FS,
	ARCH_GET_GS
};

long sys_arch_prctl(u32 op, u64 addr)
{
	u32 msr = op == ARCH_SET_FS || op == ARCH_GET_FS ? MSR_FS_BASE : MSR_KERNEL_GS;

	switch (op) {
	case ARCH_SET_FS:
	case ARCH_SET_GS: /* in the kernel the program's gs base waits in KERNEL_GS */
		if (addr >= TASK_SIZE)
			return -EPERM;
		wrmsr(msr, addr);
		return 0;
	case ARCH_GET_FS:
	case ARCH_GET_GS:
		return put_user(rdmsr(msr), (u64 *)addr);
	default:
		return -EINVAL;
	}
}

long sys_set_tid_address(u64 addr)
{
	(void)addr; /* written when a thread ends, for threads that wait: there are none */
	return current->pid;
}

#define FUTEX_CMD_MASK    127 /* without FUTEX_PRIVATE_FLAG, FUTEX_CLOCK_REALTIME */
#define FUTEX_WAIT        0
#define FUTEX_WAKE        1
#define FUTEX_WAIT_BITSET 9
#define FUTEX_WAKE_BITSET 10

/* With one thread there is no waiter to wake, and a wait that begins would never end. */
long sys_futex(u64 addr, u32 op, u32 value)
{
	u32 now;

	op &= FUTEX_CMD_MASK;
	if (addr % sizeof(now))
		return -EINVAL;
	if (op == FUTEX_WAKE || op == FUTEX_WAKE_BITSET)
		return access_ok((void *)addr, sizeof(now)) ? 0 : -EFAULT;
	if (op != FUTEX_WAIT && op != FUTEX_WAIT_BITSET)
		return -ENOSYS;
	if (copy_from_user(&now, (void *)addr, sizeof(now)) < 0)
		return -EFAULT;
	return now == value ? -ENOSYS : -EAGAIN;
}

#define UTS_LEN 65

struct utsname {
	char sysname[UTS_LEN], nodename[UTS_LEN], release[UTS_LEN], version[UTS_LEN],
		machine[UTS_LEN], domainname[UTS_LEN];
};

long sys_uname(u64 buf)
{
	struct utsname u = { .sysname = "Linux", .machine = "x86_64", .domainname = "(none)" };

	/* Programs compare the release with Linux's to know which calls exist. */
	strscpy(u.release, MUFFIN_ABI_RELEASE, UTS_LEN);
	strscpy(u.version, "muffin " MUFFIN_VERSION, UTS_LEN);
	strscpy(u.nodename, hostname, UTS_LEN);
	return copy_to_user((void *)buf, &u, sizeof(u));
}

#define RLIM_INFINITY UINT64_MAX
#define RLIMIT_STACK  3
#define RLIMIT_NOFILE 7
#define RLIMITS       16

/* Limits of the machine. */
static u64 rlimit_most(u32 resource)
{
	return resource == RLIMIT_STACK    ? USER_STACK_SIZE
	       : resource == RLIMIT_NOFILE ? FDS_MAX
					   : RLIM_INFINITY;
}

/* Soft and hard, as they were set; upside down, so that they begin as RLIM_INFINITY. Of those that can be
 * lowered only RLIMIT_NOFILE is enforced. */
static u64 rlimit_not[RLIMITS][2];

long sys_prlimit64(int pid, u32 resource, u64 new_limit, u64 old_limit)
{
	u64 new[2], old[2], most = rlimit_most(resource);

	if (new_limit && copy_from_user(new, (void *)new_limit, sizeof(new)) < 0)
		return -EFAULT;
	if (resource >= RLIMITS || (new_limit && new[0] > new[1]))
		return -EINVAL;
	if (pid != 0 && pid != current->pid)
		return -ESRCH;
	for (int i = 0; i < 2; i++)
		old[i] = min(~rlimit_not[resource][i], most);
	if (new_limit) {
		if (new[1] > most)
			return -EPERM;
		for (int i = 0; i < 2; i++)
			rlimit_not[resource][i] = ~new[i];
		if (resource == RLIMIT_NOFILE)
			current->files.fewer = FDS_MAX - (int)new[0];
	}
	return old_limit ? copy_to_user((void *)old_limit, old, sizeof(old)) : 0;
}

long sys_getrlimit(u32 resource, u64 limit)
{
	return limit ? sys_prlimit64(0, resource, 0, limit) : -EFAULT;
}

long sys_setrlimit(u32 resource, u64 limit)
{
	return limit ? sys_prlimit64(0, resource, limit, 0) : -EFAULT;
}

#define GRND_NONBLOCK 1u
#define GRND_RANDOM   2u
#define GRND_INSECURE 4u

long sys_getrandom(u64 buf, u64 len, u32 flags)
{
	const u32 either = GRND_RANDOM | GRND_INSECURE;

	if ((flags & ~(either | GRND_NONBLOCK)) || (flags & either) == either)
		return -EINVAL;
	return random_copy_out((void *)buf, min(len, (u64)INT32_MAX));
}

/* ---- time ------------------------------------------------------------------------------- */

struct timespec {
	s64 sec, nsec;
};

enum clock_id {
	CLOCK_REALTIME,
	CLOCK_MONOTONIC,
	CLOCK_PROCESS_CPUTIME_ID,
	CLOCK_THREAD_CPUTIME_ID,
	CLOCK_MONOTONIC_RAW,
	CLOCK_REALTIME_COARSE,
	CLOCK_MONOTONIC_COARSE,
	CLOCK_BOOTTIME,
	CLOCK_TAI = 11
};

/* The CPU's time of a process or thread, clock_getcpuclockid(3): a number that is no other clock's. */
#define CPU_CLOCK_PROCESS(pid) (~(u32)(pid) << 3 | 2)
#define CPU_CLOCK_THREAD(tid)  (~(u32)(tid) << 3 | 6)

static u64 realtime_ns(void)
{
	clock_realtime_start();
	return clock_realtime_ns();
}

/* Returns false for a clock that is not here. */
static bool clock_read(u32 clock, u64 *ns)
{
	switch (clock) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_COARSE:
	case CLOCK_TAI: /* ahead of UTC by what adjtimex sets: nothing here */
		*ns = realtime_ns();
		return true;
	case CLOCK_PROCESS_CPUTIME_ID:
	case CLOCK_THREAD_CPUTIME_ID:
	case CPU_CLOCK_PROCESS(0):
	case CPU_CLOCK_THREAD(0):
	case CPU_CLOCK_PROCESS(1): /* there is no other */
	case CPU_CLOCK_THREAD(1):
		*ns = timer_busy_ns();
		return true;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_BOOTTIME:
		*ns = clock_ns();
		return true;
	}
	return false;
}

long sys_clock_gettime(u32 clock, u64 ts)
{
	struct timespec t;
	u64 ns;

	if (!clock_read(clock, &ns))
		return -EINVAL;
	t = (struct timespec){ (s64)(ns / NSEC_PER_SEC), (s64)(ns % NSEC_PER_SEC) };
	return copy_to_user((void *)ts, &t, sizeof(t));
}

long sys_clock_getres(u32 clock, u64 ts)
{
	struct timespec t = { 0, 1 };
	u64 now;

	if (!clock_read(clock, &now))
		return -EINVAL;
	return ts ? copy_to_user((void *)ts, &t, sizeof(t)) : 0;
}

long sys_gettimeofday(u64 tv, u64 tz)
{
	u64 us = realtime_ns() / NSEC_PER_USEC;
	s64 t[2] = { (s64)(us / 1000000), (s64)(us % 1000000) };

	(void)tz; /* the kernel has no time zone; Linux leaves it to libc, too */
	return tv ? copy_to_user((void *)tv, t, sizeof(t)) : 0;
}

long sys_time(u64 at)
{
	s64 seconds = (s64)(realtime_ns() / NSEC_PER_SEC);

	if (at && put_user(seconds, (s64 *)at) < 0)
		return -EFAULT;
	return seconds;
}

static bool timespec_valid(const struct timespec *t)
{
	return t->sec >= 0 && t->nsec >= 0 && t->nsec < (s64)NSEC_PER_SEC;
}

/* Returns how much of it a signal cut off. */
static u64 sleep_until(u64 end_ns)
{
	u64 now;

	while ((now = clock_ns()) < end_ns && !signal_pending(false))
		net_wait(NET_WAIT_RESTING, end_ns);
	return now < end_ns ? end_ns - now : 0;
}

#define TIMER_ABSTIME 1
#define CLOCKS_NO_SLEEP                                                                            \
	(BIT(CLOCK_MONOTONIC_RAW) | BIT(CLOCK_REALTIME_COARSE) | BIT(CLOCK_MONOTONIC_COARSE))

long sys_clock_nanosleep(u32 clock, u32 flags, u64 request, u64 remain)
{
	struct timespec t;
	u64 now, ns;

	if (!clock_read(clock, &now))
		return -EINVAL;
	if (clock < 32 && CLOCKS_NO_SLEEP >> clock & 1)
		return -EOPNOTSUPP;
	if (copy_from_user(&t, (void *)request, sizeof(t)) < 0)
		return -EFAULT;
	if (!timespec_valid(&t))
		return -EINVAL;
	ns = (u64)min(t.sec, INT32_MAX * 2ll) * NSEC_PER_SEC + (u64)t.nsec;
	if (flags & TIMER_ABSTIME)
		ns = ns > now ? ns - now : 0;
	ns = sleep_until(clock_ns() + ns);
	if (ns == 0)
		return 0;
	t = (struct timespec){ (s64)(ns / NSEC_PER_SEC), (s64)(ns % NSEC_PER_SEC) };
	if (remain && !(flags & TIMER_ABSTIME) && copy_to_user((void *)remain, &t, sizeof(t)) < 0)
		return -EFAULT;
	return -EINTR;
}

long sys_nanosleep(u64 request, u64 remain)
{
	return sys_clock_nanosleep(CLOCK_MONOTONIC, 0, request, remain);
}
