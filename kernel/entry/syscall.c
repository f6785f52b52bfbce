/* SPDX-License-Identifier: MIT
 * syscall.c - from a system call's number to its function.
 * Not here: the border itself (entry.S), what the calls do (sys_*.c, net/socket/socket.c).
 * entry.S calls do_syscall_64.
 * Source: the x86_64 numbers of Linux's system-call ABI; Spectre variant 1 for the clamp. */
#include "kernel/entry/syscall.h"
#include "boot/boot.h"
#include "kernel/process/process.h"
#include "kernel/process/syscall.h"
#include "net/core/machine.h"
#include "net/socket/socket.h"
#include "net/socket/sys_netns.h"

#define SIGSEGV 11

typedef long (*syscall_fn)(u64, u64, u64, u64, u64, u64, u64);

/* An entry of the table takes six words and the call's number. The handler gets its own arguments, with the types
 * of its prototype: an int is the lower half of its register, whatever the upper one holds, as on Linux. The
 * compiler makes one jump of each. */
#define ENTRY(f) f##_entry

#define CALL(f, types, args)                                                                       \
	_Static_assert(__builtin_types_compatible_p(__typeof__(f), long types),                    \
		#f " has other arguments");                                                        \
	static long ENTRY(f)(u64 a0, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5, u64 nr)               \
	{                                                                                          \
		return f args;                                                                     \
	}

#define CALL0(f)                CALL(f, (void), ())
#define CALL1(f, A)             CALL(f, (A), ((A)a0))
#define CALL2(f, A, B)          CALL(f, (A, B), ((A)a0, (B)a1))
#define CALL3(f, A, B, C)       CALL(f, (A, B, C), ((A)a0, (B)a1, (C)a2))
#define CALL4(f, A, B, C, D)    CALL(f, (A, B, C, D), ((A)a0, (B)a1, (C)a2, (D)a3))
#define CALL5(f, A, B, C, D, E) CALL(f, (A, B, C, D, E), ((A)a0, (B)a1, (C)a2, (D)a3, (E)a4))
#define CALL6(f, A, B, C, D, E, F)                                                                 \
	CALL(f, (A, B, C, D, E, F), ((A)a0, (B)a1, (C)a2, (D)a3, (E)a4, (F)a5))

/* clang-format off */
CALL3(sys_read, int, u64, u64)
CALL3(sys_write, int, u64, u64)
CALL3(sys_readv, int, u64, u32)
CALL3(sys_writev, int, u64, u32)
CALL3(sys_open, u64, u32, u32)
CALL4(sys_openat, int, u64, u32, u32)
CALL1(sys_close, int)
CALL3(sys_lseek, int, s64, u32)
CALL2(sys_stat, u64, u64)
CALL2(sys_lstat, u64, u64)
CALL2(sys_fstat, int, u64)
CALL4(sys_newfstatat, int, u64, u64, u32)
CALL5(sys_statx, int, u64, u32, u32, u64)
CALL2(sys_access, u64, u32)
CALL3(sys_faccessat, int, u64, u32)
CALL3(sys_readlink, u64, u64, u32)
CALL4(sys_readlinkat, int, u64, u64, u32)
CALL1(sys_chdir, u64)
CALL2(sys_getcwd, u64, u64)
CALL3(sys_ioctl, int, u32, u64)
CALL1(sys_dup, int)
CALL2(sys_dup2, int, int)
CALL3(sys_dup3, int, int, u32)
CALL3(sys_fcntl, int, u32, u64)
CALL1(sys_fsync, int)
CALL3(sys_poll, u64, u32, s32)
CALL5(sys_ppoll, u64, u32, u64, u64, u64)
CALL0(sys_pause)
CALL2(sys_rt_sigsuspend, u64, u64)
CALL5(sys_select, s32, u64, u64, u64, u64)
CALL6(sys_pselect6, s32, u64, u64, u64, u64, u64)
CALL6(sys_mmap, u64, u64, u64, u64, u64, u64)
CALL3(sys_mprotect, u64, u64, u64)
CALL2(sys_munmap, u64, u64)
CALL5(sys_mremap, u64, u64, u64, u64, u64)
CALL1(sys_brk, u64)
CALL3(sys_madvise, u64, u64, u32)
CALL2(sys_mlock, u64, u64)
CALL1(sys_mlockall, u32)
CALL1(sys_umask, u32)
CALL1(sys_personality, u32)
CALL2(sys_prctl, u32, u64)
CALL2(sys_capget, u64, u64)
CALL2(sys_getpriority, u32, int)
CALL3(sys_setpriority, u32, int, s32)
CALL1(sys_getpgid, int)
CALL2(sys_setpgid, int, int)
CALL0(sys_setsid)
CALL1(sys_clone, u64)
CALL0(sys_wait)
CALL1(sys_setuid, u32)
CALL2(sys_setreuid, u32, u32)
CALL3(sys_setresuid, u32, u32, u32)
CALL3(sys_getresuid, u64, u64, u64)
CALL1(sys_getgroups, s32)
CALL1(sys_setgroups, u32)
CALL2(sys_getcpu, u64, u64)
CALL3(sys_sched_getaffinity, int, u32, u64)
CALL3(sys_sched_setaffinity, int, u32, u64)
CALL1(sys_sched_getscheduler, int)
CALL2(sys_sched_getparam, int, u64)
CALL1(sys_sched_get_priority_max, u32)
CALL1(sys_sched_get_priority_min, u32)
CALL1(sys_times, u64)
CALL2(sys_getrusage, s32, u64)
CALL1(sys_sysinfo, u64)
CALL1(sys_exit, u64)
CALL0(sys_getpid)
CALL0(sys_zero)
CALL2(sys_kill, int, u32)
CALL0(sys_rt_sigreturn)
CALL1(sys_alarm, u32)
CALL2(sys_getitimer, u32, u64)
CALL3(sys_setitimer, u32, u64, u64)
CALL3(sys_tgkill, int, int, u32)
CALL2(sys_tkill, int, u32)
CALL2(sys_rt_sigpending, u64, u64)
CALL4(sys_rt_sigaction, u32, u64, u64, u64)
CALL4(sys_rt_sigprocmask, u32, u64, u64, u64)
CALL2(sys_arch_prctl, u32, u64)
CALL1(sys_set_tid_address, u64)
CALL1(sys_uname, u64)
CALL3(sys_getrandom, u64, u64, u32)
CALL2(sys_clock_gettime, u32, u64)
CALL2(sys_clock_getres, u32, u64)
CALL2(sys_gettimeofday, u64, u64)
CALL1(sys_time, u64)
CALL3(sys_futex, u64, u32, u32)
CALL2(sys_nanosleep, u64, u64)
CALL4(sys_clock_nanosleep, u32, u32, u64, u64)
CALL4(sys_prlimit64, int, u32, u64, u64)
CALL2(sys_getrlimit, u32, u64)
CALL2(sys_setrlimit, u32, u64)
CALL3(sys_socket, int, u32, int)
CALL3(sys_bind, int, u64, u32)
CALL3(sys_connect, int, u64, u32)
CALL1(sys_listen, int)
CALL4(sys_accept4, int, u64, u64, u32)
CALL3(sys_getsockname, int, u64, u64)
CALL3(sys_getpeername, int, u64, u64)
CALL2(sys_shutdown, int, int)
CALL5(sys_setsockopt, int, int, int, u64, u32)
CALL5(sys_getsockopt, int, int, int, u64, u64)
CALL6(sys_sendto, int, u64, u64, u32, u64, u32)
CALL6(sys_recvfrom, int, u64, u64, u32, u64, u64)
CALL3(sys_sendmsg, int, u64, u32)
CALL4(sys_sendmmsg, int, u64, u32, u32)
CALL3(sys_recvmsg, int, u64, u32)
CALL5(sys_recvmmsg, int, u64, u32, u32, u64)
CALL1(sys_unshare, u64)
CALL2(sys_setns, int, u32)

static long sys_ni_syscall(u64 a0, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5, u64 nr);

#define NR_SYSCALLS 336 /* Linux's own end of the first block; newer ones follow at 424 */

/* One more than there are numbers: all that are too large share the last entry. What each covers is
 * docs/syscalls.md, which tools/syscalls.py makes of these lines. */
static const syscall_fn sys_call_table[NR_SYSCALLS + 1] = {
	[0 ... NR_SYSCALLS] = sys_ni_syscall,
	[0] = ENTRY(sys_read),               /* read: files, the console, a datagram of a socket */
	[1] = ENTRY(sys_write),              /* write: the console, a datagram of a socket, /proc files that take orders */
	[2] = ENTRY(sys_open),               /* open: nothing is created (EROFS); /dev and some of /proc are written */
	[3] = ENTRY(sys_close),              /* close: all of it */
	[4] = ENTRY(sys_stat),               /* stat: all of it; no times, everything is user 0's */
	[5] = ENTRY(sys_fstat),              /* fstat: as stat */
	[6] = ENTRY(sys_lstat),              /* lstat: as stat */
	[7] = ENTRY(sys_poll),               /* poll: every descriptor; a socket is ready when it will not block */
	[8] = ENTRY(sys_lseek),              /* lseek: SEEK_SET, SEEK_CUR, SEEK_END */
	[9] = ENTRY(sys_mmap),               /* mmap: anonymous memory; no files (ENODEV), not writable and executable */
	[10] = ENTRY(sys_mprotect),          /* mprotect: all of it, but never writable and executable (EACCES) */
	[11] = ENTRY(sys_munmap),            /* munmap: all of it */
	[12] = ENTRY(sys_brk),               /* brk: all of it */
	[13] = ENTRY(sys_rt_sigaction),      /* rt_sigaction: handlers get siginfo, no ucontext */
	[14] = ENTRY(sys_rt_sigprocmask),    /* rt_sigprocmask: all of it */
	[15] = ENTRY(sys_rt_sigreturn),      /* rt_sigreturn: all of it */
	[16] = ENTRY(sys_ioctl),             /* ioctl: FIONBIO, FIONREAD, FIOCLEX; of the console, devices and addresses */
	[19] = ENTRY(sys_readv),             /* readv: as read */
	[20] = ENTRY(sys_writev),            /* writev: as write */
	[21] = ENTRY(sys_access),            /* access: all of it */
	[23] = ENTRY(sys_select),            /* select: all of it; there is no urgent data */
	[24] = ENTRY(sys_zero),              /* sched_yield: 0: nobody else wants the CPU */
	[25] = ENTRY(sys_mremap),            /* mremap: all but MREMAP_DONTUNMAP */
	[28] = ENTRY(sys_madvise),           /* madvise: DONTNEED zeroes; what may be ignored is ignored; the rest EINVAL */
	[32] = ENTRY(sys_dup),               /* dup: all of it */
	[33] = ENTRY(sys_dup2),              /* dup2: all of it */
	[34] = ENTRY(sys_pause),             /* pause: all of it */
	[35] = ENTRY(sys_nanosleep),         /* nanosleep: all of it */
	[36] = ENTRY(sys_getitimer),         /* getitimer: ITIMER_REAL */
	[37] = ENTRY(sys_alarm),             /* alarm: all of it */
	[38] = ENTRY(sys_setitimer),         /* setitimer: ITIMER_REAL */
	[39] = ENTRY(sys_getpid),            /* getpid: 1 */
	[41] = ENTRY(sys_socket),            /* socket: AF_INET datagrams, AF_NETLINK, AF_PACKET, AF_UNIX for /dev/log and ioctl */
	[42] = ENTRY(sys_connect),           /* connect: all of it */
	[43] = ENTRY(sys_listen),            /* accept: EOPNOTSUPP: there are no streams */
	[44] = ENTRY(sys_sendto),            /* sendto: all of it */
	[45] = ENTRY(sys_recvfrom),          /* recvfrom: all of it */
	[46] = ENTRY(sys_sendmsg),           /* sendmsg: with IP_PKTINFO, IP_TTL, IP_TOS, UDP_SEGMENT, SO_MARK, SO_PRIORITY */
	[47] = ENTRY(sys_recvmsg),           /* recvmsg: with IP_PKTINFO, IP_TTL, IP_TOS, SO_TIMESTAMP(NS), SO_RXQ_OVFL, errors */
	[48] = ENTRY(sys_shutdown),          /* shutdown: all of it */
	[49] = ENTRY(sys_bind),              /* bind: all of it */
	[50] = ENTRY(sys_listen),            /* listen: EOPNOTSUPP: there are no streams */
	[51] = ENTRY(sys_getsockname),       /* getsockname: all of it */
	[52] = ENTRY(sys_getpeername),       /* getpeername: all of it */
	[54] = ENTRY(sys_setsockopt),        /* setsockopt: of SOL_SOCKET, IP, UDP, packet and netlink sockets */
	[55] = ENTRY(sys_getsockopt),        /* getsockopt: as setsockopt */
	[56] = ENTRY(sys_clone),             /* clone: no threads (EAGAIN), no processes (ENOSYS) */
	[60] = ENTRY(sys_exit),              /* exit: ends the machine, with this status */
	[61] = ENTRY(sys_wait),              /* wait4: ECHILD: there are no children */
	[62] = ENTRY(sys_kill),              /* kill: to itself */
	[63] = ENTRY(sys_uname),             /* uname: Linux 6.1, the machine's name */
	[72] = ENTRY(sys_fcntl),             /* fcntl: F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL; the rest EINVAL */
	[74] = ENTRY(sys_fsync),             /* fsync: 0: what can be written is nowhere kept */
	[75] = ENTRY(sys_fsync),             /* fdatasync: 0 */
	[79] = ENTRY(sys_getcwd),            /* getcwd: all of it */
	[80] = ENTRY(sys_chdir),             /* chdir: all of it */
	[89] = ENTRY(sys_readlink),          /* readlink: all of it */
	[95] = ENTRY(sys_umask),             /* umask: kept and told; nothing is created */
	[96] = ENTRY(sys_gettimeofday),      /* gettimeofday: all of it; no time zone */
	[97] = ENTRY(sys_getrlimit),         /* getrlimit: as prlimit64 */
	[98] = ENTRY(sys_getrusage),         /* getrusage: CPU time and memory */
	[99] = ENTRY(sys_sysinfo),           /* sysinfo: uptime, memory */
	[100] = ENTRY(sys_times),            /* times: CPU time as the user's */
	[102] = ENTRY(sys_zero),             /* getuid: 0 */
	[104] = ENTRY(sys_zero),             /* getgid: 0 */
	[105] = ENTRY(sys_setuid),           /* setuid: 0 alone, as where no other is mapped */
	[106] = ENTRY(sys_setuid),           /* setgid: 0 alone */
	[107] = ENTRY(sys_zero),             /* geteuid: 0 */
	[108] = ENTRY(sys_zero),             /* getegid: 0 */
	[109] = ENTRY(sys_setpgid),          /* setpgid: EPERM: the process leads its session */
	[110] = ENTRY(sys_zero),             /* getppid: 0: nobody */
	[111] = ENTRY(sys_getpid),           /* getpgrp: 1 */
	[112] = ENTRY(sys_setsid),           /* setsid: EPERM: it leads its group */
	[113] = ENTRY(sys_setreuid),         /* setreuid: 0 alone */
	[114] = ENTRY(sys_setreuid),         /* setregid: 0 alone */
	[115] = ENTRY(sys_getgroups),        /* getgroups: none */
	[116] = ENTRY(sys_setgroups),        /* setgroups: none; others EPERM */
	[117] = ENTRY(sys_setresuid),        /* setresuid: 0 alone */
	[118] = ENTRY(sys_getresuid),        /* getresuid: 0 */
	[119] = ENTRY(sys_setresuid),        /* setresgid: 0 alone */
	[120] = ENTRY(sys_getresuid),        /* getresgid: 0 */
	[121] = ENTRY(sys_getpgid),          /* getpgid: 1: its own */
	[122] = ENTRY(sys_zero),             /* setfsuid: 0: it was 0 */
	[123] = ENTRY(sys_zero),             /* setfsgid: 0 */
	[124] = ENTRY(sys_getpgid),          /* getsid: 1: its own */
	[125] = ENTRY(sys_capget),           /* capget: all capabilities */
	[127] = ENTRY(sys_rt_sigpending),    /* rt_sigpending: all of it */
	[130] = ENTRY(sys_rt_sigsuspend),    /* rt_sigsuspend: all of it */
	[135] = ENTRY(sys_personality),      /* personality: kept and told */
	[140] = ENTRY(sys_getpriority),      /* getpriority: kept and told */
	[141] = ENTRY(sys_setpriority),      /* setpriority: kept and told */
	[143] = ENTRY(sys_sched_getparam),   /* sched_getparam: priority 0 */
	[145] = ENTRY(sys_sched_getscheduler), /* sched_getscheduler: SCHED_OTHER */
	[146] = ENTRY(sys_sched_get_priority_max), /* sched_get_priority_max: all of it */
	[147] = ENTRY(sys_sched_get_priority_min), /* sched_get_priority_min: all of it */
	[149] = ENTRY(sys_mlock),            /* mlock: 0 for memory that is mapped: nothing is ever paged out */
	[150] = ENTRY(sys_mlock),            /* munlock: as mlock */
	[151] = ENTRY(sys_mlockall),         /* mlockall: 0 */
	[152] = ENTRY(sys_zero),             /* munlockall: 0 */
	[157] = ENTRY(sys_prctl),            /* prctl: PR_SET_NAME, PR_GET_NAME; the rest EINVAL */
	[158] = ENTRY(sys_arch_prctl),       /* arch_prctl: the bases of FS and GS */
	[160] = ENTRY(sys_setrlimit),        /* setrlimit: as prlimit64 */
	[162] = ENTRY(sys_zero),             /* sync: 0 */
	[186] = ENTRY(sys_getpid),           /* gettid: 1 */
	[200] = ENTRY(sys_tkill),            /* tkill: to itself */
	[201] = ENTRY(sys_time),             /* time: all of it */
	[202] = ENTRY(sys_futex),            /* futex: one thread: nobody to wake; a wait that would begin is ENOSYS */
	[203] = ENTRY(sys_sched_setaffinity), /* sched_setaffinity: CPU 0 */
	[204] = ENTRY(sys_sched_getaffinity), /* sched_getaffinity: CPU 0 */
	[218] = ENTRY(sys_set_tid_address),  /* set_tid_address: 1; nobody waits for the thread's end */
	[228] = ENTRY(sys_clock_gettime),    /* clock_gettime: all but CLOCK_REALTIME_ALARM and CLOCK_BOOTTIME_ALARM */
	[229] = ENTRY(sys_clock_getres),     /* clock_getres: 1 ns */
	[230] = ENTRY(sys_clock_nanosleep),  /* clock_nanosleep: the clocks that can, TIMER_ABSTIME too */
	[231] = ENTRY(sys_exit),             /* exit_group: as exit: there is one thread */
	[234] = ENTRY(sys_tgkill),           /* tgkill: to itself */
	[247] = ENTRY(sys_wait),             /* waitid: ECHILD: there are no children */
	[257] = ENTRY(sys_openat),           /* openat: as open; relative to the working folder alone */
	[262] = ENTRY(sys_newfstatat),       /* newfstatat: as stat; AT_EMPTY_PATH and AT_SYMLINK_NOFOLLOW */
	[267] = ENTRY(sys_readlinkat),       /* readlinkat: all of it */
	[269] = ENTRY(sys_faccessat),        /* faccessat: all of it */
	[270] = ENTRY(sys_pselect6),         /* pselect6: all of it */
	[271] = ENTRY(sys_ppoll),            /* ppoll: all of it */
	[272] = ENTRY(sys_unshare),          /* unshare: CLONE_NEWNET, and what means nothing to one process */
	[273] = ENTRY(sys_zero),             /* set_robust_list: 0: there is one thread */
	[288] = ENTRY(sys_accept4),          /* accept4: EOPNOTSUPP: there are no streams */
	[292] = ENTRY(sys_dup3),             /* dup3: all of it */
	[299] = ENTRY(sys_recvmmsg),         /* recvmmsg: all of it */
	[302] = ENTRY(sys_prlimit64),        /* prlimit64: all are kept, RLIMIT_NOFILE is enforced */
	[306] = ENTRY(sys_fsync),            /* syncfs: 0 */
	[307] = ENTRY(sys_sendmmsg),         /* sendmmsg: all of it; one doorbell for the batch */
	[308] = ENTRY(sys_setns),            /* setns: network namespaces */
	[309] = ENTRY(sys_getcpu),           /* getcpu: CPU 0, node 0 */
	[318] = ENTRY(sys_getrandom),        /* getrandom: all of it */
	[332] = ENTRY(sys_statx),            /* statx: as stat */
};
/* clang-format on */

#define NR_NAMED 512 /* also those that are newer than the table */

static u64 named[NR_NAMED / 64];

static long sys_ni_syscall(u64 a0, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5, u64 nr)
{
	u64 entry = min(nr, (u64)NR_NAMED - 1);
	u64 bit = 1ull << entry % 64;

	if (!(named[entry / 64] & bit)) {
		named[entry / 64] |= bit;
		pr_debug("system call %lu is not here: ENOSYS (said once)\n", nr);
	}
	return -ENOSYS;
}

/* nr below limit stays; anything else becomes limit, also while the CPU only speculates: a
 * conditional move waits for its operands, a branch would be guessed. */
static __always_inline u64 array_index_nospec(u64 nr, u64 limit)
{
	__asm__("cmp %1, %0; cmovae %1, %0" : "+r"(nr) : "r"(limit) : "cc");
	return nr;
}

long do_syscall_64(u64 a0, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5, u64 nr)
{
	return sys_call_table[array_index_nospec(nr, NR_SYSCALLS)](a0, a1, a2, a3, a4, a5, nr);
}

void syscall_bad_return(u64 ip, u64 sp)
{
	const struct pt_regs regs = { .ip = ip, .sp = sp, .cs = USER_CS };

	process_kill(&regs, "system call from the last bytes of its address space", SIGSEGV);
}
