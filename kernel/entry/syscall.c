/* SPDX-License-Identifier: MIT
 * syscall.c - from a system call's number to its function.
 * Not here: entry and exit (entry.S), the calls themselves (sys_*.c, net/socket/socket.c).
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

#define CALL0(nr, f)             CALL(nr, f, (void), ())
#define CALL1(nr, f, A)          CALL(nr, f, (A), ((A)a0))
#define CALL2(nr, f, A, B)       CALL(nr, f, (A, B), ((A)a0, (B)a1))
#define CALL3(nr, f, A, B, C)    CALL(nr, f, (A, B, C), ((A)a0, (B)a1, (C)a2))
#define CALL4(nr, f, A, B, C, D) CALL(nr, f, (A, B, C, D), ((A)a0, (B)a1, (C)a2, (D)a3))
#define CALL5(nr, f, A, B, C, D, E)                                                                \
	CALL(nr, f, (A, B, C, D, E), ((A)a0, (B)a1, (C)a2, (D)a3, (E)a4))
#define CALL6(nr, f, A, B, C, D, E, F)                                                             \
	CALL(nr, f, (A, B, C, D, E, F), ((A)a0, (B)a1, (C)a2, (D)a3, (E)a4, (F)a5))

/* An entry of the table takes six words and the call's number. The handler gets its own arguments, with the types
 * of its prototype: an int is the lower half of its register, with any upper half, as on Linux. The
 * compiler makes one jump of each. */
#define CALL(nr, f, types, args)                                                                   \
	_Static_assert(__builtin_types_compatible_p(__typeof__(f), long types),                    \
		#f " has other arguments");                                                        \
	static long entry_##nr(u64 a0, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5, u64 number)         \
	{                                                                                          \
		return f args;                                                                     \
	}

#include "kernel/entry/syscalls.h"

static long sys_ni_syscall(u64 a0, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5, u64 nr);

#define NR_SYSCALLS 336 /* Linux's own end of the first block; newer ones follow at 424 */

#undef CALL
#define CALL(nr, f, types, args) [nr] = entry_##nr,

/* One more than there are numbers: all that are too large share the last entry. */
static const syscall_fn sys_call_table[NR_SYSCALLS + 1] = {
	[0 ... NR_SYSCALLS] = sys_ni_syscall,
#include "kernel/entry/syscalls.h"
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
