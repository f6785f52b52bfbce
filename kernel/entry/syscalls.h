/* SPDX-License-Identifier: MIT
 * syscalls.h - the table of system calls: number, handler, the handler's arguments; how much of the call is implemented.
 * Not here: the handlers (kernel/process/syscall.h, net/socket/socket.h), what a row becomes (syscall.c).
 * syscall.c includes it, more than once; tools/syscalls.py makes docs/syscalls.md of it.
 * Source: the x86_64 numbers of Linux's system-call ABI. */

/* clang-format off */
CALL3(0, sys_read, int, u64, u64)                              /* read: files, the console, a datagram of a socket */
CALL3(1, sys_write, int, u64, u64)                             /* write: the console, a datagram of a socket, /proc files that take orders */
CALL3(2, sys_open, u64, u32, u32)                              /* open: nothing is created (EROFS); /dev and some of /proc are written */
CALL1(3, sys_close, int)                                       /* close: all of it */
CALL2(4, sys_stat, u64, u64)                                   /* stat: all of it; no times, everything is user 0's */
CALL2(5, sys_fstat, int, u64)                                  /* fstat: as stat */
CALL2(6, sys_lstat, u64, u64)                                  /* lstat: as stat */
CALL3(7, sys_poll, u64, u32, s32)                              /* poll: every descriptor; a socket is ready when it will not block */
CALL3(8, sys_lseek, int, s64, u32)                             /* lseek: SEEK_SET, SEEK_CUR, SEEK_END */
CALL6(9, sys_mmap, u64, u64, u64, u64, u64, u64)               /* mmap: anonymous memory; no files (ENODEV), not writable and executable */
CALL3(10, sys_mprotect, u64, u64, u64)                         /* mprotect: all of it, but never writable and executable (EACCES) */
CALL2(11, sys_munmap, u64, u64)                                /* munmap: all of it */
CALL1(12, sys_brk, u64)                                        /* brk: all of it */
CALL4(13, sys_rt_sigaction, u32, u64, u64, u64)                /* rt_sigaction: handlers get siginfo, no ucontext */
CALL4(14, sys_rt_sigprocmask, u32, u64, u64, u64)              /* rt_sigprocmask: all of it */
CALL0(15, sys_rt_sigreturn)                                    /* rt_sigreturn: all of it */
CALL3(16, sys_ioctl, int, u32, u64)                            /* ioctl: FIONBIO, FIONREAD, FIOCLEX; of the console, devices and addresses */
CALL3(19, sys_readv, int, u64, u32)                            /* readv: as read */
CALL3(20, sys_writev, int, u64, u32)                           /* writev: as write */
CALL2(21, sys_access, u64, u32)                                /* access: all of it */
CALL5(23, sys_select, s32, u64, u64, u64, u64)                 /* select: all of it; there is no urgent data */
CALL0(24, sys_zero)                                            /* sched_yield: 0: no other thread wants the CPU */
CALL5(25, sys_mremap, u64, u64, u64, u64, u64)                 /* mremap: all but MREMAP_DONTUNMAP */
CALL3(28, sys_madvise, u64, u64, u32)                          /* madvise: DONTNEED zeroes; what may be ignored is ignored; the rest EINVAL */
CALL1(32, sys_dup, int)                                        /* dup: all of it */
CALL2(33, sys_dup2, int, int)                                  /* dup2: all of it */
CALL0(34, sys_pause)                                           /* pause: all of it */
CALL2(35, sys_nanosleep, u64, u64)                             /* nanosleep: all of it */
CALL2(36, sys_getitimer, u32, u64)                             /* getitimer: ITIMER_REAL */
CALL1(37, sys_alarm, u32)                                      /* alarm: all of it */
CALL3(38, sys_setitimer, u32, u64, u64)                        /* setitimer: ITIMER_REAL */
CALL0(39, sys_getpid)                                          /* getpid: 1 */
CALL3(41, sys_socket, int, u32, int)                           /* socket: AF_INET datagrams, AF_NETLINK, AF_PACKET, AF_UNIX for /dev/log and ioctl */
CALL3(42, sys_connect, int, u64, u32)                          /* connect: all of it */
CALL1(43, sys_listen, int)                                     /* accept: EOPNOTSUPP: there are no streams */
CALL6(44, sys_sendto, int, u64, u64, u32, u64, u32)            /* sendto: all of it */
CALL6(45, sys_recvfrom, int, u64, u64, u32, u64, u64)          /* recvfrom: all of it */
CALL3(46, sys_sendmsg, int, u64, u32)                          /* sendmsg: with IP_PKTINFO, IP_TTL, IP_TOS, UDP_SEGMENT, SO_MARK, SO_PRIORITY */
CALL3(47, sys_recvmsg, int, u64, u32)                          /* recvmsg: with IP_PKTINFO, IP_TTL, IP_TOS, SO_TIMESTAMP(NS), SO_RXQ_OVFL, errors */
CALL2(48, sys_shutdown, int, int)                              /* shutdown: all of it */
CALL3(49, sys_bind, int, u64, u32)                             /* bind: all of it */
CALL1(50, sys_listen, int)                                     /* listen: EOPNOTSUPP: there are no streams */
CALL3(51, sys_getsockname, int, u64, u64)                      /* getsockname: all of it */
CALL3(52, sys_getpeername, int, u64, u64)                      /* getpeername: all of it */
CALL5(54, sys_setsockopt, int, int, int, u64, u32)             /* setsockopt: of SOL_SOCKET, IP, UDP, packet and netlink sockets */
CALL5(55, sys_getsockopt, int, int, int, u64, u64)             /* getsockopt: as setsockopt */
CALL1(56, sys_clone, u64)                                      /* clone: no threads (EAGAIN), no processes (ENOSYS) */
CALL1(60, sys_exit, u64)                                       /* exit: ends the machine, with this status */
CALL0(61, sys_wait)                                            /* wait4: ECHILD: there are no children */
CALL2(62, sys_kill, int, u32)                                  /* kill: to itself */
CALL1(63, sys_uname, u64)                                      /* uname: Linux 6.1, the machine's name */
CALL3(72, sys_fcntl, int, u32, u64)                            /* fcntl: F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL; the rest EINVAL */
CALL1(74, sys_fsync, int)                                      /* fsync: 0: no written file is stored */
CALL1(75, sys_fsync, int)                                      /* fdatasync: 0 */
CALL2(79, sys_getcwd, u64, u64)                                /* getcwd: all of it */
CALL1(80, sys_chdir, u64)                                      /* chdir: all of it */
CALL3(89, sys_readlink, u64, u64, u32)                         /* readlink: all of it */
CALL1(95, sys_umask, u32)                                      /* umask: kept and told; nothing is created */
CALL2(96, sys_gettimeofday, u64, u64)                          /* gettimeofday: all of it; no time zone */
CALL2(97, sys_getrlimit, u32, u64)                             /* getrlimit: as prlimit64 */
CALL2(98, sys_getrusage, s32, u64)                             /* getrusage: CPU time and memory */
CALL1(99, sys_sysinfo, u64)                                    /* sysinfo: uptime, memory */
CALL1(100, sys_times, u64)                                     /* times: CPU time as the user's */
CALL0(102, sys_zero)                                           /* getuid: 0 */
CALL0(104, sys_zero)                                           /* getgid: 0 */
CALL1(105, sys_setuid, u32)                                    /* setuid: 0 alone, as where no other is mapped */
CALL1(106, sys_setuid, u32)                                    /* setgid: 0 alone */
CALL0(107, sys_zero)                                           /* geteuid: 0 */
CALL0(108, sys_zero)                                           /* getegid: 0 */
CALL2(109, sys_setpgid, int, int)                              /* setpgid: EPERM: the process leads its session */
CALL0(110, sys_zero)                                           /* getppid: 0: no parent */
CALL0(111, sys_getpid)                                         /* getpgrp: 1 */
CALL0(112, sys_setsid)                                         /* setsid: EPERM: it leads its group */
CALL2(113, sys_setreuid, u32, u32)                             /* setreuid: 0 alone */
CALL2(114, sys_setreuid, u32, u32)                             /* setregid: 0 alone */
CALL1(115, sys_getgroups, s32)                                 /* getgroups: none */
CALL1(116, sys_setgroups, u32)                                 /* setgroups: none; others EPERM */
CALL3(117, sys_setresuid, u32, u32, u32)                       /* setresuid: 0 alone */
CALL3(118, sys_getresuid, u64, u64, u64)                       /* getresuid: 0 */
CALL3(119, sys_setresuid, u32, u32, u32)                       /* setresgid: 0 alone */
CALL3(120, sys_getresuid, u64, u64, u64)                       /* getresgid: 0 */
CALL1(121, sys_getpgid, int)                                   /* getpgid: 1: its own */
CALL0(122, sys_zero)                                           /* setfsuid: 0: it was 0 */
CALL0(123, sys_zero)                                           /* setfsgid: 0 */
CALL1(124, sys_getpgid, int)                                   /* getsid: 1: its own */
CALL2(125, sys_capget, u64, u64)                               /* capget: all capabilities */
CALL2(127, sys_rt_sigpending, u64, u64)                        /* rt_sigpending: all of it */
CALL2(130, sys_rt_sigsuspend, u64, u64)                        /* rt_sigsuspend: all of it */
CALL1(135, sys_personality, u32)                               /* personality: kept and told */
CALL2(140, sys_getpriority, u32, int)                          /* getpriority: kept and told */
CALL3(141, sys_setpriority, u32, int, s32)                     /* setpriority: kept and told */
CALL2(143, sys_sched_getparam, int, u64)                       /* sched_getparam: priority 0 */
CALL1(145, sys_sched_getscheduler, int)                        /* sched_getscheduler: SCHED_OTHER */
CALL1(146, sys_sched_get_priority_max, u32)                    /* sched_get_priority_max: all of it */
CALL1(147, sys_sched_get_priority_min, u32)                    /* sched_get_priority_min: all of it */
CALL2(149, sys_mlock, u64, u64)                                /* mlock: 0 for memory that is mapped: nothing is ever paged out */
CALL2(150, sys_mlock, u64, u64)                                /* munlock: as mlock */
CALL1(151, sys_mlockall, u32)                                  /* mlockall: 0 */
CALL0(152, sys_zero)                                           /* munlockall: 0 */
CALL2(157, sys_prctl, u32, u64)                                /* prctl: PR_SET_NAME, PR_GET_NAME; the rest EINVAL */
CALL2(158, sys_arch_prctl, u32, u64)                           /* arch_prctl: the bases of FS and GS */
CALL2(160, sys_setrlimit, u32, u64)                            /* setrlimit: as prlimit64 */
CALL0(162, sys_zero)                                           /* sync: 0 */
CALL0(186, sys_getpid)                                         /* gettid: 1 */
CALL2(200, sys_tkill, int, u32)                                /* tkill: to itself */
CALL1(201, sys_time, u64)                                      /* time: all of it */
CALL3(202, sys_futex, u64, u32, u32)                           /* futex: one thread: no waiter to wake; a wait that would begin is ENOSYS */
CALL3(203, sys_sched_setaffinity, int, u32, u64)               /* sched_setaffinity: CPU 0 */
CALL3(204, sys_sched_getaffinity, int, u32, u64)               /* sched_getaffinity: CPU 0 */
CALL1(218, sys_set_tid_address, u64)                           /* set_tid_address: 1; no thread waits for its end */
CALL2(228, sys_clock_gettime, u32, u64)                        /* clock_gettime: all but CLOCK_REALTIME_ALARM and CLOCK_BOOTTIME_ALARM */
CALL2(229, sys_clock_getres, u32, u64)                         /* clock_getres: 1 ns */
CALL4(230, sys_clock_nanosleep, u32, u32, u64, u64)            /* clock_nanosleep: the clocks that can, TIMER_ABSTIME too */
CALL1(231, sys_exit, u64)                                      /* exit_group: as exit: there is one thread */
CALL3(234, sys_tgkill, int, int, u32)                          /* tgkill: to itself */
CALL0(247, sys_wait)                                           /* waitid: ECHILD: there are no children */
CALL4(257, sys_openat, int, u64, u32, u32)                     /* openat: as open; relative to the working folder alone */
CALL4(262, sys_newfstatat, int, u64, u64, u32)                 /* newfstatat: as stat; AT_EMPTY_PATH and AT_SYMLINK_NOFOLLOW */
CALL4(267, sys_readlinkat, int, u64, u64, u32)                 /* readlinkat: all of it */
CALL3(269, sys_faccessat, int, u64, u32)                       /* faccessat: all of it */
CALL6(270, sys_pselect6, s32, u64, u64, u64, u64, u64)         /* pselect6: all of it */
CALL5(271, sys_ppoll, u64, u32, u64, u64, u64)                 /* ppoll: all of it */
CALL1(272, sys_unshare, u64)                                   /* unshare: CLONE_NEWNET, and what means nothing to one process */
CALL0(273, sys_zero)                                           /* set_robust_list: 0: there is one thread */
CALL4(288, sys_accept4, int, u64, u64, u32)                    /* accept4: EOPNOTSUPP: there are no streams */
CALL3(292, sys_dup3, int, int, u32)                            /* dup3: all of it */
CALL5(299, sys_recvmmsg, int, u64, u32, u32, u64)              /* recvmmsg: all of it */
CALL4(302, sys_prlimit64, int, u32, u64, u64)                  /* prlimit64: all are kept, RLIMIT_NOFILE is enforced */
CALL1(306, sys_fsync, int)                                     /* syncfs: 0 */
CALL4(307, sys_sendmmsg, int, u64, u32, u32)                   /* sendmmsg: all of it; one doorbell for the batch */
CALL2(308, sys_setns, int, u32)                                /* setns: network namespaces */
CALL2(309, sys_getcpu, u64, u64)                               /* getcpu: CPU 0, node 0 */
CALL3(318, sys_getrandom, u64, u64, u32)                       /* getrandom: all of it */
CALL5(332, sys_statx, int, u64, u32, u32, u64)                 /* statx: as stat */
