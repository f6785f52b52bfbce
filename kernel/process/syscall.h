/* SPDX-License-Identifier: MIT
 * syscall.h - the system calls, each with the arguments of Linux's x86_64 ABI.
 * Not here: sockets (net/socket/socket.h), their numbers (kernel/entry/syscalls.h).
 * kernel/entry/syscall.c calls them.
 * Source: the Linux man pages, section 2; the numbers are x86_64's. */
#pragma once

#include "kernel/lib/errno.h"
#include "kernel/lib/types.h"

/* sys_file.c */
long sys_read(int fd, u64 buf, u64 len);
long sys_write(int fd, u64 buf, u64 len);
long sys_readv(int fd, u64 iov, u32 n);
long sys_writev(int fd, u64 iov, u32 n);
long sys_open(u64 path, u32 flags, u32 mode);
long sys_openat(int dirfd, u64 path, u32 flags, u32 mode);
long sys_close(int fd);
long sys_lseek(int fd, s64 offset, u32 whence);

/* sys_stat.c */
long sys_stat(u64 path, u64 buf);
long sys_lstat(u64 path, u64 buf);
long sys_fstat(int fd, u64 buf);
long sys_newfstatat(int dirfd, u64 path, u64 buf, u32 flags);
long sys_statx(int dirfd, u64 path, u32 flags, u32 mask, u64 buf);
long sys_access(u64 path, u32 mode);
long sys_faccessat(int dirfd, u64 path, u32 mode);
long sys_readlink(u64 path, u64 buf, u32 len);
long sys_readlinkat(int dirfd, u64 path, u64 buf, u32 len);

/* namei.c */
long sys_chdir(u64 path);
long sys_getcwd(u64 buf, u64 len);

/* sys_fd.c */
long sys_ioctl(int fd, u32 cmd, u64 arg);
long sys_dup(int fd);
long sys_dup2(int oldfd, int newfd);
long sys_dup3(int oldfd, int newfd, u32 flags);
long sys_fcntl(int fd, u32 cmd, u64 arg);
long sys_fsync(int fd);

/* sys_poll.c */
long sys_poll(u64 fds, u32 n, s32 ms);
long sys_ppoll(u64 fds, u32 n, u64 timeout, u64 sigmask, u64 sigset_len);
long sys_pause(void);
long sys_rt_sigsuspend(u64 set, u64 set_len);
long sys_select(s32 n, u64 reads, u64 writes, u64 excepts, u64 timeout);
long sys_pselect6(s32 n, u64 reads, u64 writes, u64 excepts, u64 timeout, u64 sigmask);

/* sys_mm.c */
long sys_mmap(u64 addr, u64 len, u64 prot, u64 flags, u64 fd, u64 offset);
long sys_mprotect(u64 addr, u64 len, u64 prot);
long sys_munmap(u64 addr, u64 len);
long sys_mremap(u64 addr, u64 old_len, u64 new_len, u64 flags, u64 to);
long sys_brk(u64 addr);
long sys_madvise(u64 addr, u64 len, u32 advice);
long sys_mlock(u64 addr, u64 len);
long sys_mlockall(u32 flags);

/* sys_self.c */
long sys_umask(u32 mask);
long sys_personality(u32 new);
long sys_prctl(u32 what, u64 at);
long sys_capget(u64 header, u64 data);
long sys_getpriority(u32 which, int who);
long sys_setpriority(u32 which, int who, s32 value);
long sys_getpgid(int pid);
long sys_setpgid(int pid, int pgid);
long sys_setsid(void);
long sys_clone(u64 flags);
long sys_wait(void);
long sys_setuid(u32 id);
long sys_setreuid(u32 real, u32 effective);
long sys_setresuid(u32 real, u32 effective, u32 saved);
long sys_getresuid(u64 real, u64 effective, u64 saved);
long sys_getgroups(s32 n);
long sys_setgroups(u32 n);
long sys_getcpu(u64 cpu, u64 node);
long sys_sched_getaffinity(int pid, u32 len, u64 mask);
long sys_sched_setaffinity(int pid, u32 len, u64 mask);
long sys_sched_getscheduler(int pid);
long sys_sched_getparam(int pid, u64 param);
long sys_sched_get_priority_max(u32 policy);
long sys_sched_get_priority_min(u32 policy);
long sys_times(u64 buf);
long sys_getrusage(s32 who, u64 buf);
long sys_sysinfo(u64 buf);

/* sys_process.c */
long sys_exit(u64 status);
long sys_getpid(void);
long sys_zero(void);
long sys_kill(int pid, u32 signal);
long sys_rt_sigreturn(void);
long sys_alarm(u32 seconds);
long sys_getitimer(u32 which, u64 now);
long sys_setitimer(u32 which, u64 new, u64 old);
long sys_tgkill(int tgid, int tid, u32 signal);
long sys_tkill(int tid, u32 signal);
long sys_rt_sigpending(u64 set, u64 set_len);
long sys_rt_sigaction(u32 signal, u64 act, u64 oldact, u64 sigset_len);
long sys_rt_sigprocmask(u32 how, u64 set, u64 oldset, u64 sigset_len);
long sys_arch_prctl(u32 op, u64 addr);
long sys_set_tid_address(u64 addr);
long sys_uname(u64 buf);
long sys_getrandom(u64 buf, u64 len, u32 flags);
long sys_clock_gettime(u32 clock, u64 ts);
long sys_clock_getres(u32 clock, u64 ts);
long sys_gettimeofday(u64 tv, u64 tz);
long sys_time(u64 at);
long sys_futex(u64 addr, u32 op, u32 value);
long sys_nanosleep(u64 request, u64 remain);
long sys_clock_nanosleep(u32 clock, u32 flags, u64 request, u64 remain);
long sys_prlimit64(int pid, u32 resource, u64 new_limit, u64 old_limit);
long sys_getrlimit(u32 resource, u64 limit);
long sys_setrlimit(u32 resource, u64 limit);
