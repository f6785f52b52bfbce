/* SPDX-License-Identifier: MIT
 * sys_self.c - what a process asks about itself and its machine, and what it may set there.
 * Not here: time, names and limits (sys_process.c). Most of these cannot fail: programs do not look.
 * syscall.c calls in.
 * Source: the Linux man pages, section 2. One process, which leads its group and session; one CPU; one
 * user, 0, as in a user namespace that maps no other. */
#include "kernel/cpu/clock.h"
#include "kernel/cpu/timer.h"
#include "kernel/fs/task.h"
#include "kernel/lib/string.h"
#include "kernel/mm/page.h"
#include "kernel/mm/uaccess.h"
#include "kernel/process/syscall.h"

static bool own(int pid)
{
	return pid == 0 || pid == current->pid;
}

/* ---- kept and told ----------------------------------------------------------------------- */

static u32 file_mask = 022, persona;
static s32 nice;

long sys_umask(u32 mask)
{
	u32 old = file_mask;

	file_mask = mask & 0777; /* of files that it would create */
	return old;
}

#define PERSONALITY_ASK UINT32_MAX

long sys_personality(u32 new)
{
	u32 old = persona;

	if (new != PERSONALITY_ASK)
		persona = new;
	return old;
}

#define PR_SET_NAME 15
#define PR_GET_NAME 16
#define NAME_LEN    16 /* with its closing zero */

long sys_prctl(u32 what, u64 at)
{
	static char name[NAME_LEN];

	if (what == PR_GET_NAME)
		return copy_to_user((void *)at, name, sizeof(name));
	if (what != PR_SET_NAME)
		return -EINVAL;
	memset(name, 0, sizeof(name));
	if (strncpy_from_user(name, (const char *)at, sizeof(name)) == -EFAULT)
		return -EFAULT;
	name[NAME_LEN - 1] = '\0'; /* one that is too long is cut */
	return 0;
}

#define PRIO_USER 2
#define NICE_LOW  -20
#define NICE_HIGH 19

static int find_nice(u32 which, int who)
{
	if (which > PRIO_USER)
		return -EINVAL;
	return who == 0 || (which != PRIO_USER && own(who)) ? 0 : -ESRCH;
}

/* Told upside down, so that it is not negative. */
long sys_getpriority(u32 which, int who)
{
	return find_nice(which, who) ?: NICE_HIGH + 1 - nice;
}

long sys_setpriority(u32 which, int who, s32 value)
{
	int err = find_nice(which, who);

	if (!err)
		nice = min(max(value, NICE_LOW), NICE_HIGH);
	return err;
}

/* ---- one process, one group, one session --------------------------------------------------- */

/* getsid, too. */
long sys_getpgid(int pid)
{
	return own(pid) ? current->pid : -ESRCH;
}

/* The leader of a process group cannot begin a session. */
long sys_setsid(void)
{
	return -EPERM;
}

long sys_setpgid(int pid, int pgid)
{
	if (pgid < 0)
		return -EINVAL;
	return own(pid) ? -EPERM : -ESRCH;
}

#define CLONE_THREAD 0x10000

/* pthread_create knows EAGAIN alone; there is no fork, which has an errno of its own. */
long sys_clone(u64 flags)
{
	return flags & CLONE_THREAD ? -EAGAIN : -ENOSYS;
}

/* wait4, waitid */
long sys_wait(void)
{
	return -ECHILD;
}

/* ---- one user ------------------------------------------------------------------------------ */

static bool id_ok(u32 id)
{
	return id == 0 || id == UINT32_MAX; /* unchanged */
}

long sys_setuid(u32 id)
{
	return id ? -EINVAL : 0;
}

long sys_setreuid(u32 real, u32 effective)
{
	return id_ok(real) && id_ok(effective) ? 0 : -EINVAL;
}

long sys_setresuid(u32 real, u32 effective, u32 saved)
{
	return id_ok(saved) ? sys_setreuid(real, effective) : -EINVAL;
}

long sys_getresuid(u64 real, u64 effective, u64 saved)
{
	return put_user(0u, (u32 *)real) ?: put_user(0u, (u32 *)effective) ?: put_user(0u, (u32 *)saved);
}

long sys_getgroups(s32 n)
{
	return n < 0 ? -EINVAL : 0;
}

long sys_setgroups(u32 n)
{
	return n ? -EPERM : 0;
}

#define CAPABILITY_VERSION 0x20080522
#define CAPABILITIES       ((1ull << 41) - 1)

/* User 0 has all capabilities; none is inheritable. */
long sys_capget(u64 header, u64 data)
{
	const u32 low = (u32)CAPABILITIES, high = CAPABILITIES >> 32;
	const u32 sets[] = { low, low, 0, high, high, 0 };
	u32 asked[2]; /* version, process */

	if (copy_from_user(asked, (void *)header, sizeof(asked)) < 0)
		return -EFAULT;
	if (asked[0] != CAPABILITY_VERSION)
		return put_user(CAPABILITY_VERSION, (u32 *)header) ?: data ? -EINVAL : 0;
	if (!own((int)asked[1]))
		return -ESRCH;
	return data ? copy_to_user((void *)data, sets, sizeof(sets)) : 0;
}

/* ---- one CPU ------------------------------------------------------------------------------- */

long sys_getcpu(u64 cpu, u64 node)
{
	return (cpu ? put_user(0u, (u32 *)cpu) : 0) ?: node ? put_user(0u, (u32 *)node) : 0;
}

long sys_sched_getaffinity(int pid, u32 len, u64 mask)
{
	if (len < sizeof(u64) || len % sizeof(u64))
		return -EINVAL;
	if (!own(pid))
		return -ESRCH;
	return put_user(1ull, (u64 *)mask) ?: (long)sizeof(u64);
}

long sys_sched_setaffinity(int pid, u32 len, u64 mask)
{
	u8 first = 0;

	if (len && copy_from_user(&first, (void *)mask, 1) < 0)
		return -EFAULT;
	if (!own(pid))
		return -ESRCH;
	return first & 1 ? 0 : -EINVAL;
}

/* SCHED_OTHER */
long sys_sched_getscheduler(int pid)
{
	return pid < 0 ? -EINVAL : own(pid) ? 0 : -ESRCH;
}

long sys_sched_getparam(int pid, u64 param)
{
	return sys_sched_getscheduler(pid) ?: put_user(0, (s32 *)param);
}

#define SCHED_FIFO     1
#define SCHED_RR       2
#define SCHED_KNOWN    (BIT(0) | BIT(SCHED_FIFO) | BIT(SCHED_RR) | BIT(3) | BIT(5) | BIT(6))
#define SCHED_PRIO_MAX 99

long sys_sched_get_priority_max(u32 policy)
{
	if (policy == SCHED_FIFO || policy == SCHED_RR)
		return SCHED_PRIO_MAX;
	return policy < 32 && SCHED_KNOWN >> policy & 1 ? 0 : -EINVAL;
}

long sys_sched_get_priority_min(u32 policy)
{
	return min(sys_sched_get_priority_max(policy), 1l);
}

/* ---- usage ------------------------------------------------------------------------------- */

#define TICK_NS (NSEC_PER_SEC / 100)

long sys_times(u64 buf)
{
	s64 t[4] = { (s64)(timer_busy_ns() / TICK_NS) };

	if (buf && copy_to_user((void *)buf, t, sizeof(t)) < 0)
		return -EFAULT;
	return (long)(clock_ns() / TICK_NS);
}

struct rusage {
	s64 utime[2], stime[2], maxrss_kib, others[13];
};

_Static_assert(sizeof(struct rusage) == 144, "x86_64 struct rusage");

#define RUSAGE_CHILDREN -1
#define RUSAGE_THREAD   1

static u64 bytes_used(void)
{
	return page_total_bytes() - page_free_bytes();
}

/* The machine's memory in use is its one process's. */
long sys_getrusage(s32 who, u64 buf)
{
	u64 us = timer_busy_ns() / NSEC_PER_USEC;
	struct rusage r = { 0 };

	if (who < RUSAGE_CHILDREN || who > RUSAGE_THREAD)
		return -EINVAL;
	if (who != RUSAGE_CHILDREN)
		r = (struct rusage){ .utime = { (s64)(us / 1000000), (s64)(us % 1000000) },
			.maxrss_kib = (s64)(bytes_used() >> 10) };
	return copy_to_user((void *)buf, &r, sizeof(r));
}

struct sysinfo {
	s64 uptime_s;
	u64 loads[3], totalram, freeram, others[4];
	u16 procs;
	u64 high[2];
	u32 mem_unit;
};

_Static_assert(sizeof(struct sysinfo) == 112, "x86_64 struct sysinfo");

long sys_sysinfo(u64 buf)
{
	struct sysinfo s = { .uptime_s = (s64)(clock_ns() / NSEC_PER_SEC),
		.totalram = page_total_bytes(),
		.freeram = page_free_bytes(),
		.procs = 1,
		.mem_unit = 1 };

	return copy_to_user((void *)buf, &s, sizeof(s));
}
