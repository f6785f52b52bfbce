/* SPDX-License-Identifier: MIT
 * signal.c - signals that the process sends itself: sent, handled, ignored, or its end.
 * Not here: the alarm clock (alarm.c), faults, which end the process (process.c).
 * syscall.c calls in, trap.c and every wait. Calls the tick.
 * Source: signal(7), sigaction(2). Behaves as Linux's SA_RESTART.
 *
 * Handlers start in one place only, when a tick out of ring 3 goes back there: then all registers are on
 * the stack. Each that is due gets its frame on top of the one before, so the last one runs first. A wait that a signal ends answers EINTR and asks for a tick at once, which comes before
 * the program's next instruction; should a CPU be slow with it, the call is not begun anew. */
#include "kernel/process/signal.h"
#include "boot/boot.h"
#include "kernel/console/printk.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/timer.h"
#include "kernel/fs/task.h"
#include "kernel/mm/uaccess.h"
#include "kernel/process/process.h"
#include "kernel/process/syscall.h"

#define SIGNALS    64
#define SIGSET_LEN 8
#define SIGABRT    6
#define SIGKILL    9
#define SIGSEGV    11
#define SIGSTOP    19

#define SA_RESTART   0x10000000u
#define SA_NODEFER   0x40000000u
#define SA_RESETHAND 0x80000000u

struct sigaction {
	u64 handler, flags, restorer, mask;
};

static struct sigaction sigactions[SIGNALS + 1];
static u64 sigmask;

/* Sent, and not yet acted upon: to the thread, by tkill, which is looked at first, and to the process, by
 * kill and the alarm clock. Each holds a number once; siginfo is that of the first sender. */
enum {
	THREAD,
	PROCESS
};

static u64 pending[2], by_kernel;

/* si_code, sigaction(2) */
#define SI_USER   0
#define SI_KERNEL 0x80
#define SI_TKILL  (u32) - 6

#define SIG_DFL 0
#define SIG_IGN 1

static u64 signal_bit(u32 signal)
{
	return 1ull << (signal - 1);
}

/* Two cannot be held back. */
static void set_sigmask(u64 mask)
{
	sigmask = mask & ~(signal_bit(SIGKILL) | signal_bit(SIGSTOP));
}

static void send(u32 to, u32 signal, u64 kernel)
{
	u64 bit = signal_bit(signal);

	if (pending[to] & bit)
		return;
	pending[to] |= bit;
	by_kernel = (by_kernel & ~bit) | (kernel & bit);
}

void signal_raise(u32 signal)
{
	send(PROCESS, signal, ~0ull);
}

static u64 signals_waiting(void)
{
	return pending[THREAD] | pending[PROCESS];
}

/* Told to be, or by default: SIGCHLD, SIGCONT, SIGURG, SIGWINCH; and SIGTSTP, SIGTTIN, SIGTTOU, as this
 * process group is orphaned: no process could continue it. */
static bool signal_ignored(u32 signal)
{
	const u64 by_default = 7ull << 19 | 1ull << 16 | 1ull << 17 | 1ull << 22 | 1ull << 27;
	u64 handler = sigactions[signal].handler;

	return handler == SIG_IGN || (handler == SIG_DFL && (by_default & signal_bit(signal)));
}

/* SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV, SIGSYS: before all others. */
#define SYNCHRONOUS (1ull << 3 | 1ull << 4 | 1ull << 6 | 1ull << 7 | 1ull << 10 | 1ull << 30)

/* The next one that is not held back, in Linux's order; 0: none. *to: where it waits. */
static u32 signal_next(u32 *to)
{
	for (*to = THREAD; *to <= PROCESS; ++*to) {
		u64 now = pending[*to] & ~sigmask;

		if (now & SYNCHRONOUS)
			now &= SYNCHRONOUS;
		if (now)
			return (u32)__builtin_ctzll(now) + 1;
	}
	return 0;
}

static const char *signal_words(u32 signal)
{
	switch (signal) {
	case SIGABRT:
		return " (abort)";
	case SIGALRM:
		return " (alarm)";
	case SIGSTOP:
		return " (stop: no process could continue it)";
	}
	return "";
}

/* The next signal whose handler is due, 0: none. Those without a handler end the process, or are
 * forgotten. */
static u32 signal_due(u32 *to)
{
	u32 signal;

	while ((signal = signal_next(to)) && sigactions[signal].handler <= SIG_IGN) {
		pending[*to] &= ~signal_bit(signal);
		if (signal_ignored(signal))
			continue;
		pr_err("program killed by signal %u%s\n", signal, signal_words(signal));
		process_exit(signal + 128);
	}
	return signal;
}

/* Left by the wait that has just ended, for the tick. */
static u64 restart_nr, restart_ip; /* its call's number, and where it returns to; 0: not anew */
static u64 mask_before;            /* in force again once the handler is over ... */
static bool mask_is_lent;          /* ... as the call had brought a mask of its own */

bool signal_pending(bool restart)
{
	u32 to;

	if (likely(!(signals_waiting() & ~sigmask)) || !signal_due(&to))
		return false;
	restart_nr = cpu_syscall_nr();
	restart_ip = restart ? cpu_syscall_ip() : 0;
	timer_tick_now();
	return true;
}

int signal_mask_lend(u64 set, u64 set_len)
{
	u64 mask;

	if (!set)
		return 0;
	if (set_len != SIGSET_LEN)
		return -EINVAL;
	if (copy_from_user(&mask, (void *)set, sizeof(mask)) < 0)
		return -EFAULT;
	mask_before = sigmask;
	mask_is_lent = true;
	set_sigmask(mask);
	return 0;
}

long signal_mask_return(long ret)
{
	if (mask_is_lent && ret != -EINTR) {
		mask_is_lent = false;
		sigmask = mask_before;
	}
	return ret;
}

/* ---- handlers ---------------------------------------------------------------------------- */

#define RED_ZONE    128 /* psABI 3.2.2 */
#define FXSAVE      512
#define FX_MXCSR    6 /* which of its words; bits above 15 are reserved and fault */
#define MXCSR_MASK  0xffff
#define MXCSR_INIT  0x1f80 /* exceptions masked, psABI 3.2.3 */
#define SYSCALL_LEN 2
#define FLAGS_USER  0x240cd5 /* what a program may change: carry to overflow, AC, ID */
#define FLAGS_FIXED 0x202    /* interrupts on */

/* On the program's stack: where its handler returns to, and what it interrupted. */
struct sigframe {
	u64 restorer, mask;
	struct pt_regs regs;
	u32 info[32]; /* siginfo_t: number, error, code, padding, sender's process and user */
	u32 fx[FXSAVE / 4] __attribute__((aligned(16)));
};

static struct sigframe frame;

/* regs go to the handler of this signal, which waits in pending[to], and then to where they were; mask is
 * in force again from there on. */
static void push_frame(struct pt_regs *regs, u32 signal, u32 to, u64 mask)
{
	u64 sp = ALIGN_DOWN(regs->sp - RED_ZONE - sizeof(frame), 16ull) - 8,
	    bit = signal_bit(signal);
	struct sigaction *act = &sigactions[signal];
	const u32 mxcsr = MXCSR_INIT;

	pending[to] &= ~bit;
	frame.restorer = act->restorer;
	frame.mask = mask;
	frame.regs = *regs;
	frame.info[0] = signal;
	frame.info[2] = to == THREAD ? SI_TKILL : by_kernel & bit ? SI_KERNEL : SI_USER;
	frame.info[4] = frame.info[2] == SI_KERNEL ? 0 : (u32)current->pid;
	/* The interrupted code may use all of the x87's registers; functions begin with none. */
	__asm__ volatile("fxsave64 %0; fninit; ldmxcsr %1" : "=m"(frame.fx) : "m"(mxcsr));
	if (act->handler >= TASK_SIZE || copy_to_user((void *)sp, &frame, sizeof(frame)) < 0)
		process_kill(regs, "no such handler of a signal, or no stack for it", SIGSEGV);
	regs->sp = sp;
	regs->ip = act->handler;
	regs->di = signal;
	regs->si = sp + offsetof(struct sigframe, info);
	regs->dx = 0; /* no ucontext_t */
	regs->flags = FLAGS_FIXED;
	set_sigmask(sigmask | act->mask | (act->flags & SA_NODEFER ? 0 : bit));
	if (act->flags & SA_RESETHAND)
		act->handler = SIG_DFL;
}

void signal_deliver(struct pt_regs *regs)
{
	bool ended_call = regs->ip == restart_ip && regs->ax == (u64)-EINTR;
	u64 mask = mask_is_lent ? mask_before : sigmask;
	u32 to, signal = signal_due(&to);

	mask_is_lent = false;
	restart_ip = 0;
	if (!signal)
		sigmask = mask;
	else if (ended_call && (sigactions[signal].flags & SA_RESTART)) {
		regs->ax = restart_nr;
		regs->ip -= SYSCALL_LEN;
	}
	for (; signal; signal = signal_due(&to), mask = sigmask)
		push_frame(regs, signal, to, mask);
}

/* kernel/cpu/user.S */
void return_to_user(const struct pt_regs *regs) __noreturn;

/* The handler has returned to its restorer, which took one word off the stack. */
long sys_rt_sigreturn(void)
{
	struct pt_regs *regs = &frame.regs;

	if (copy_from_user(&frame, (void *)(cpu_user_rsp() - sizeof(u64)), sizeof(frame)) < 0 ||
		regs->ip >= TASK_SIZE)
		process_kill(regs, "what a signal's handler returned to is not whole", SIGSEGV);
	regs->cs = USER_CS;
	regs->ss = USER_DS;
	regs->flags = (regs->flags & FLAGS_USER) | FLAGS_FIXED;
	frame.fx[FX_MXCSR] &= MXCSR_MASK;
	__asm__ volatile("fxrstor64 %0" ::"m"(frame.fx));
	set_sigmask(frame.mask);
	signal_pending(false);
	return_to_user(regs);
}

/* ---- system calls ------------------------------------------------------------------------ */

static long send_to(u32 to, bool here, u32 signal)
{
	if (signal > SIGNALS)
		return -EINVAL;
	if (!here)
		return -ESRCH;
	if (signal)
		send(to, signal, 0);
	signal_pending(false);
	return 0;
}

long sys_kill(int pid, u32 signal)
{
	return send_to(PROCESS, pid == current->pid || pid == 0, signal);
}

long sys_tgkill(int tgid, int tid, u32 signal)
{
	if (tgid <= 0 || tid <= 0)
		return -EINVAL;
	return send_to(THREAD, tgid == current->pid && tid == current->pid, signal);
}

long sys_tkill(int tid, u32 signal)
{
	return sys_tgkill(current->pid, tid, signal);
}

long sys_rt_sigaction(u32 signal, u64 act, u64 oldact, u64 sigset_len)
{
	struct sigaction new;

	if (sigset_len != SIGSET_LEN)
		return -EINVAL;
	if (act && copy_from_user(&new, (void *)act, sizeof(new)) < 0)
		return -EFAULT;
	if (signal == 0 || signal > SIGNALS || (act && (signal == SIGKILL || signal == SIGSTOP)))
		return -EINVAL;
	if (oldact && copy_to_user((void *)oldact, &sigactions[signal], sizeof(new)) < 0)
		return -EFAULT;
	if (act) {
		sigactions[signal] = new;
		if (signal_ignored(signal)) {
			pending[THREAD] &= ~signal_bit(signal);
			pending[PROCESS] &= ~signal_bit(signal);
		}
	}
	return 0;
}

long sys_rt_sigpending(u64 set, u64 set_len)
{
	u64 waiting = signals_waiting() & sigmask;

	return set_len > SIGSET_LEN ? -EINVAL : copy_to_user((void *)set, &waiting, set_len);
}

enum sigprocmask_how {
	SIG_BLOCK,
	SIG_UNBLOCK,
	SIG_SETMASK
};

long sys_rt_sigprocmask(u32 how, u64 set, u64 oldset, u64 sigset_len)
{
	u64 old = sigmask, bits;

	if (sigset_len != SIGSET_LEN)
		return -EINVAL;
	if (set) {
		if (copy_from_user(&bits, (void *)set, sizeof(bits)) < 0)
			return -EFAULT;
		if (how == SIG_BLOCK)
			set_sigmask(sigmask | bits);
		else if (how == SIG_UNBLOCK)
			sigmask &= ~bits;
		else if (how == SIG_SETMASK)
			set_sigmask(bits);
		else
			return -EINVAL;
	}
	if (oldset && put_user(old, (u64 *)oldset) < 0)
		return -EFAULT;
	signal_pending(false);
	return 0;
}
