/* SPDX-License-Identifier: MIT
 * libc_table.c - calls of libc that cannot fail, or whose failure programs do not look at.
 * Not here: the expected answers: the build host's Linux gives them (test_programs.py).
 * Prints a table; must print the same on both kernels, for user 0 and for others.
 * Source: the man pages, sections 2 and 3. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

#define NOBODY  99999999 /* a process that there is not */
#define NOWHERE 99       /* a descriptor that is not open */

static void check_kept(void)
{
	char name[17] = "";

	umask(022);
	RESULT("umask 077", umask(077));
	RESULT("umask 01777", umask(01777));
	RESULT("umask 0", umask(0));
	RESULT("personality", personality(0xffffffff));
	RESULT("personality no randomness", personality(ADDR_NO_RANDOMIZE));
	RESULT("personality then", personality(0xffffffff));
	RESULT("name", prctl(PR_SET_NAME, "oven"));
	RESULT("name back", prctl(PR_GET_NAME, name));
	printf("= it is %s\n", name);
	RESULT("long name", prctl(PR_SET_NAME, "a very hot oven of bricks"));
	RESULT("name back", prctl(PR_GET_NAME, name));
	printf("= it is %s\n", name);
	RESULT("no name", prctl(PR_SET_NAME, 8));
	RESULT("prctl 9999", prctl(9999, 0, 0, 0, 0));
}

static void check_priority(void)
{
	setpriority(PRIO_PROCESS, 0, 0); /* the host's tests may run under nice */
	RESULT("getpriority", getpriority(PRIO_PROCESS, 0));
	RESULT("getpriority self", getpriority(PRIO_PROCESS, getpid()));
	RESULT("getpriority nobody", getpriority(PRIO_PROCESS, NOBODY));
	RESULT("getpriority group", getpriority(PRIO_PGRP, 0));
	RESULT("getpriority what", getpriority(3, 0));
	RESULT("nice 5", nice(5));
	RESULT("getpriority", getpriority(PRIO_PROCESS, 0));
	RESULT("setpriority 7", setpriority(PRIO_PROCESS, 0, 7));
	RESULT("getpriority", getpriority(PRIO_PROCESS, 0));
	RESULT("nice 100", nice(100));
	RESULT("getpriority", getpriority(PRIO_PROCESS, 0));
	RESULT("setpriority what", setpriority(3, 0, 7));
	RESULT("setpriority nobody", setpriority(PRIO_PROCESS, NOBODY, 7));
}

static void check_group(void)
{
	setsid(); /* on the host */
	RESULT("setsid", setsid());
	RESULT("getpgrp", getpgrp() - getpid());
	RESULT("getpgid", getpgid(0) - getpid());
	RESULT("getpgid self", getpgid(getpid()) - getpid());
	RESULT("getpgid nobody", getpgid(NOBODY));
	RESULT("getpgid -1", getpgid(-1));
	RESULT("getsid", getsid(0) - getpid());
	RESULT("getsid nobody", getsid(NOBODY));
	RESULT("setpgid", setpgid(0, 0));
	RESULT("setpgid -1", setpgid(0, -1));
	RESULT("setpgid nobody", setpgid(NOBODY, 0));
	RESULT("tkill nobody", syscall(SYS_tkill, NOBODY, 0));
	RESULT("tkill -1", syscall(SYS_tkill, -1, 0));
	RESULT("tgkill nobody", syscall(SYS_tgkill, getpid(), NOBODY, 0));
	RESULT("tgkill of another", syscall(SYS_tgkill, NOBODY, getpid(), 0));
	RESULT("wait", wait(NULL));
	RESULT("waitpid nobody", waitpid(NOBODY, NULL, WNOHANG));
	RESULT("waitid", waitid(P_ALL, 0, &(siginfo_t){ 0 }, WEXITED));
}

static void check_user(void)
{
	uid_t real = 7, effective = 7, saved = 7;
	unsigned header[2] = { 0x20080522, 0 }, data[6];

	RESULT("getresuid", getresuid(&real, &effective, &saved));
	RESULT("as getuid", real == getuid() && effective == geteuid() && saved == geteuid());
	RESULT("getresgid", getresgid(&real, &effective, &saved));
	RESULT("as getgid", real == getgid() && effective == getegid() && saved == getegid());
	RESULT("setuid", setuid(getuid()));
	RESULT("setgid", setgid(getgid()));
	RESULT("seteuid", seteuid(geteuid()));
	RESULT("setegid", setegid(getegid()));
	RESULT("setreuid", setreuid((uid_t)-1, (uid_t)-1));
	RESULT("setregid", setregid(getgid(), (gid_t)-1));
	RESULT("setresuid", setresuid((uid_t)-1, (uid_t)-1, (uid_t)-1));
	RESULT("setresgid", setresgid((gid_t)-1, getgid(), (gid_t)-1));
	RESULT("setfsuid", setfsuid((uid_t)-1) - (int)geteuid());
	RESULT("setfsgid", setfsgid((gid_t)-1) - (int)getegid());
	RESULT("getgroups", getgroups(0, NULL) >= 0);
	RESULT("getgroups -1", getgroups(-1, NULL));
	RESULT("capget", syscall(SYS_capget, header, data));
	RESULT("all or none", data[0] && geteuid() != 0);
	RESULT("capget question", syscall(SYS_capget, header, NULL));
	header[1] = NOBODY;
	RESULT("capget nobody", syscall(SYS_capget, header, data));
	header[0] = 1;
	RESULT("capget version", syscall(SYS_capget, header, data));
	RESULT("it should be", header[0]);
}

static void check_cpu(void)
{
	struct sched_param param = { .sched_priority = 5 };
	unsigned cpu = 9999;
	unsigned first = 0;
	cpu_set_t set;

	sched_getaffinity(0, sizeof(set), &set);
	while (!CPU_ISSET(first, &set))
		first++;
	CPU_ZERO(&set);
	RESULT("sched_setaffinity none", sched_setaffinity(0, sizeof(set), &set));
	CPU_SET(first, &set);
	RESULT("sched_setaffinity", sched_setaffinity(0, sizeof(set), &set));
	RESULT("sched_setaffinity nobody", sched_setaffinity(NOBODY, sizeof(set), &set));
	memset(&set, 0xff, sizeof(set));
	RESULT("sched_getaffinity", sched_getaffinity(0, sizeof(set), &set));
	RESULT("how many", CPU_COUNT(&set));
	RESULT("_SC_NPROCESSORS_ONLN", sysconf(_SC_NPROCESSORS_ONLN));
	RESULT("4 bytes of it", syscall(SYS_sched_getaffinity, 0, 4, &set));
	RESULT("12 bytes of it", syscall(SYS_sched_getaffinity, 0, 12, &set));
	RESULT("sched_getaffinity nobody", sched_getaffinity(NOBODY, sizeof(set), &set));
	RESULT("getcpu", syscall(SYS_getcpu, &cpu, NULL, NULL));
	RESULT("it is the first", cpu == first);
	RESULT("sched_yield", sched_yield());
	RESULT("scheduler", syscall(SYS_sched_getscheduler, 0));
	RESULT("scheduler nobody", syscall(SYS_sched_getscheduler, NOBODY));
	RESULT("scheduler -1", syscall(SYS_sched_getscheduler, -1));
	RESULT("parameter", syscall(SYS_sched_getparam, 0, &param));
	RESULT("it is", param.sched_priority);
	for (int policy = 0; policy < 7; policy++) {
		RESULT("most", sched_get_priority_max(policy));
		RESULT("least", sched_get_priority_min(policy));
	}
}

static void check_use(void)
{
	struct tms tms = { 7, 7, 7, 7 };
	struct utsname name;
	struct sysinfo info;
	struct rusage use;

	RESULT("times", times(&tms) > 0);
	RESULT("of children", tms.tms_cutime | tms.tms_cstime);
	RESULT("times nowhere", times(NULL) > 0);
	for (int who = -2; who < 3; who++)
		RESULT("getrusage", getrusage(who, &use));
	getrusage(RUSAGE_SELF, &use);
	RESULT("memory", use.ru_maxrss > 0);
	RESULT("sysinfo", sysinfo(&info));
	RESULT("unit", info.mem_unit);
	RESULT("memory",
		info.totalram > 1 << 20 && info.freeram > 0 && info.freeram < info.totalram);
	RESULT("processes", info.procs > 0);
	RESULT("uname", uname(&name));
	RESULT("_SC_PHYS_PAGES",
		sysconf(_SC_PHYS_PAGES) > 256 && sysconf(_SC_PHYS_PAGES) < 1 << 30);
	RESULT("_SC_AVPHYS_PAGES", sysconf(_SC_AVPHYS_PAGES) > 0);
	RESULT("mlock", mlock(&info, sizeof(info)));
	RESULT("munlock", munlock(&info, sizeof(info)));
	RESULT("mlock nothing there", mlock((void *)0x10000, 1));
	RESULT("mlock around", mlock((void *)0x10000, (size_t)-1));
	RESULT("mlockall none", mlockall(0));
	RESULT("mlockall 8", mlockall(9));
	RESULT("munlockall", munlockall());
	sync();
	RESULT("fsync", fsync(open("/etc/hosts", O_RDONLY)));
	RESULT("fsync a socket", fsync(socket(AF_INET, SOCK_DGRAM, 0)));
	RESULT("fsync closed", fsync(NOWHERE));
	RESULT("fdatasync closed", fdatasync(NOWHERE));
	RESULT("syncfs closed", syncfs(NOWHERE));
}

static void check_clocks(void)
{
	struct timespec wall, tai, sleep = { 0, 300000000 };
	clock_t start = clock(), used;
	struct itimerval it;
	clockid_t id;

	RESULT("alarm", alarm(0));
	RESULT("getitimer", getitimer(ITIMER_REAL, &it));
	RESULT("getitimer 3", getitimer(3, &it));
	setitimer(ITIMER_REAL, &(struct itimerval){ { 9, 0 }, { 1000, 0 } }, NULL);
	RESULT("getitimer", getitimer(ITIMER_REAL, &it));
	RESULT("left", it.it_value.tv_sec == 1000 || it.it_value.tv_sec == 999);
	RESULT("interval", it.it_interval.tv_sec);
	alarm(0);
	RESULT("CLOCK_TAI", clock_gettime(CLOCK_TAI, &tai));
	clock_gettime(CLOCK_REALTIME, &wall);
	RESULT("beside the wall's", wall.tv_sec - tai.tv_sec < 2);
	RESULT("CLOCK_TAI's step", clock_getres(CLOCK_TAI, &tai));
	RESULT("clock_getcpuclockid", clock_getcpuclockid(0, &id));
	RESULT("its time", clock_gettime(id, &tai));
	RESULT("clock_getcpuclockid self", clock_getcpuclockid(getpid(), &id));
	RESULT("its time", clock_gettime(id, &tai));
	RESULT("clock_getcpuclockid nobody", clock_getcpuclockid(NOBODY, &id));
	RESULT("clock 10", clock_gettime(10, &tai));
	RESULT("clock 12", clock_gettime(12, &tai));
	while (clock() - start < CLOCKS_PER_SEC / 50)
		;
	used = clock();
	nanosleep(&sleep, NULL);
	RESULT("a rest takes no CPU time", clock() - used < CLOCKS_PER_SEC / 5);
}

static void check_limits(void)
{
	struct rlimit limit;

	for (int i = 0; i < 17; i++)
		RESULT("getrlimit", getrlimit(i, &limit));
	getrlimit(RLIMIT_NOFILE, &limit);
	RESULT("the same", setrlimit(RLIMIT_NOFILE, &limit));
	limit.rlim_cur = limit.rlim_max + 1;
	RESULT("soft above hard", setrlimit(RLIMIT_NOFILE, &limit));
	limit.rlim_cur = 20;
	limit.rlim_max = 30;
	RESULT("20 files", setrlimit(RLIMIT_NOFILE, &limit));
	RESULT("told", getdtablesize());
	RESULT("dup2 to 19", dup2(0, 19));
	RESULT("dup2 to 20", dup2(0, 20));
	RESULT("a copy from 20 on", fcntl(0, F_DUPFD, 20));
	RESULT("a copy from 19 on", fcntl(0, F_DUPFD, 19));
	limit.rlim_cur = 21;
	RESULT("21 files", setrlimit(RLIMIT_NOFILE, &limit));
	RESULT("a copy from 19 on", fcntl(0, F_DUPFD, 19));
	limit = (struct rlimit){ 0, 0 };
	RESULT("no cores", setrlimit(RLIMIT_CORE, &limit));
	limit.rlim_max = 5;
	getrlimit(RLIMIT_CORE, &limit);
	RESULT("told", limit.rlim_max);
	RESULT("nowhere", syscall(SYS_getrlimit, 0, 8));
	RESULT("from nowhere", syscall(SYS_setrlimit, 0, NULL));
}

int main(void)
{
	check_kept();
	check_priority();
	check_group();
	check_user();
	check_cpu();
	check_use();
	check_clocks();
	check_limits();
	printf("end of table\n");
	return checks_failed;
}
