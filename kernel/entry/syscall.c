/* SPDX-License-Identifier: MIT
 * syscall.c - from a system call's number to its function.
 * Not here: the border itself (entry.S), what the calls do (sys_*.c, net/socket/socket.c).
 * entry.S calls do_syscall_64.
 * Source: the x86_64 numbers of Linux's system-call ABI; Spectre variant 1 for the clamp. */
#include "kernel/process/syscall.h"
#include "boot/boot.h"
#include "kernel/process/process.h"
#include "net/core/machine.h"
#include "net/socket/socket.h"
#include "net/socket/sys_netns.h"

#define SIGSEGV 11

#define CALL(f) (syscall_fn)(void *)(f)

static long sys_ni_syscall(u64 a0, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5, u64 nr);

#define NR_SYSCALLS 336 /* Linux's own end of the first block; newer ones follow at 424 */

/* One more than there are numbers: all that are too large share the last entry. */
static const syscall_fn sys_call_table[NR_SYSCALLS + 1] = {
	[0 ... NR_SYSCALLS] = sys_ni_syscall,
	[0] = CALL(sys_read),
	[1] = CALL(sys_write),
	[2] = CALL(sys_open),
	[3] = CALL(sys_close),
	[4] = CALL(sys_stat),
	[5] = CALL(sys_fstat),
	[6] = CALL(sys_lstat),
	[7] = CALL(sys_poll),
	[8] = CALL(sys_lseek),
	[9] = CALL(sys_mmap),
	[10] = CALL(sys_mprotect),
	[11] = CALL(sys_munmap),
	[12] = CALL(sys_brk),
	[13] = CALL(sys_rt_sigaction),
	[14] = CALL(sys_rt_sigprocmask),
	[15] = CALL(sys_rt_sigreturn),
	[16] = CALL(sys_ioctl),
	[19] = CALL(sys_readv),
	[20] = CALL(sys_writev),
	[21] = CALL(sys_access),
	[23] = CALL(sys_select),
	[24] = CALL(sys_zero), /* sched_yield: nobody else wants the CPU */
	[25] = CALL(sys_mremap),
	[28] = CALL(sys_madvise),
	[32] = CALL(sys_dup),
	[33] = CALL(sys_dup2),
	[34] = CALL(sys_pause),
	[35] = CALL(sys_nanosleep),
	[36] = CALL(sys_getitimer),
	[37] = CALL(sys_alarm),
	[38] = CALL(sys_setitimer),
	[39] = CALL(sys_getpid),
	[41] = CALL(sys_socket),
	[42] = CALL(sys_connect),
	[43] = CALL(sys_listen), /* accept */
	[44] = CALL(sys_sendto),
	[45] = CALL(sys_recvfrom),
	[46] = CALL(sys_sendmsg),
	[47] = CALL(sys_recvmsg),
	[48] = CALL(sys_shutdown),
	[49] = CALL(sys_bind),
	[50] = CALL(sys_listen),
	[51] = CALL(sys_getsockname),
	[52] = CALL(sys_getpeername),
	[54] = CALL(sys_setsockopt),
	[55] = CALL(sys_getsockopt),
	[56] = CALL(sys_clone),
	[60] = CALL(sys_exit),
	[61] = CALL(sys_wait),
	[62] = CALL(sys_kill),
	[63] = CALL(sys_uname),
	[72] = CALL(sys_fcntl),
	[74] = CALL(sys_fsync),
	[75] = CALL(sys_fsync), /* fdatasync */
	[79] = CALL(sys_getcwd),
	[80] = CALL(sys_chdir),
	[89] = CALL(sys_readlink),
	[95] = CALL(sys_umask),
	[96] = CALL(sys_gettimeofday),
	[97] = CALL(sys_getrlimit),
	[98] = CALL(sys_getrusage),
	[99] = CALL(sys_sysinfo),
	[100] = CALL(sys_times),
	[102] = CALL(sys_zero), /* getuid */
	[104] = CALL(sys_zero), /* getgid */
	[105] = CALL(sys_setuid),
	[106] = CALL(sys_setuid), /* setgid */
	[107] = CALL(sys_zero),   /* geteuid */
	[108] = CALL(sys_zero),   /* getegid */
	[109] = CALL(sys_setpgid),
	[110] = CALL(sys_zero),   /* getppid: nobody */
	[111] = CALL(sys_getpid), /* getpgrp */
	[112] = CALL(sys_setsid),
	[113] = CALL(sys_setreuid),
	[114] = CALL(sys_setreuid), /* setregid */
	[115] = CALL(sys_getgroups),
	[116] = CALL(sys_setgroups),
	[117] = CALL(sys_setresuid),
	[118] = CALL(sys_getresuid),
	[119] = CALL(sys_setresuid), /* setresgid */
	[120] = CALL(sys_getresuid), /* getresgid */
	[121] = CALL(sys_getpgid),
	[122] = CALL(sys_zero),    /* setfsuid: it was 0 */
	[123] = CALL(sys_zero),    /* setfsgid */
	[124] = CALL(sys_getpgid), /* getsid */
	[125] = CALL(sys_capget),
	[127] = CALL(sys_rt_sigpending),
	[130] = CALL(sys_rt_sigsuspend),
	[135] = CALL(sys_personality),
	[140] = CALL(sys_getpriority),
	[141] = CALL(sys_setpriority),
	[143] = CALL(sys_sched_getparam),
	[145] = CALL(sys_sched_getscheduler),
	[146] = CALL(sys_sched_get_priority_max),
	[147] = CALL(sys_sched_get_priority_min),
	[149] = CALL(sys_mlock),
	[150] = CALL(sys_mlock), /* munlock */
	[151] = CALL(sys_mlockall),
	[152] = CALL(sys_zero), /* munlockall */
	[157] = CALL(sys_prctl),
	[158] = CALL(sys_arch_prctl),
	[160] = CALL(sys_setrlimit),
	[162] = CALL(sys_zero),   /* sync */
	[186] = CALL(sys_getpid), /* gettid */
	[200] = CALL(sys_tkill),
	[201] = CALL(sys_time),
	[202] = CALL(sys_futex),
	[203] = CALL(sys_sched_setaffinity),
	[204] = CALL(sys_sched_getaffinity),
	[218] = CALL(sys_set_tid_address),
	[228] = CALL(sys_clock_gettime),
	[229] = CALL(sys_clock_getres),
	[230] = CALL(sys_clock_nanosleep),
	[231] = CALL(sys_exit), /* exit_group: there is one thread */
	[234] = CALL(sys_tgkill),
	[247] = CALL(sys_wait), /* waitid */
	[257] = CALL(sys_openat),
	[262] = CALL(sys_newfstatat),
	[267] = CALL(sys_readlinkat),
	[269] = CALL(sys_faccessat),
	[270] = CALL(sys_pselect6),
	[271] = CALL(sys_ppoll),
	[272] = CALL(sys_unshare),
	[273] = CALL(sys_zero), /* set_robust_list: there is one thread */
	[288] = CALL(sys_accept4),
	[292] = CALL(sys_dup3),
	[299] = CALL(sys_recvmmsg),
	[302] = CALL(sys_prlimit64),
	[306] = CALL(sys_fsync), /* syncfs */
	[307] = CALL(sys_sendmmsg),
	[308] = CALL(sys_setns),
	[309] = CALL(sys_getcpu),
	[318] = CALL(sys_getrandom),
	[332] = CALL(sys_statx),
};

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
