/* SPDX-License-Identifier: MIT
 * run.c - traffic at a rate, for a time: waits, hands over batches, keeps the account.
 * Not here: what is sent (traffic.h), steering's sockets (steer.c).
 * muffin-blast.c calls in.
 * Source: none. */
#include "user/blast/run.h"
#include "user/blast/ask.h"
#include "user/blast/pace.h"
#include "user/blast/steer.h"
#include "user/blast/want.h"
#include "user/lib/sockets.h"
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define NEVER        UINT64_MAX
#define ROOM_NS      10000000ull /* so long room is waited for before it is tried again */
#define ASK_AGAIN_NS 50000000ull /* so long an answer is waited for */
#define WINDOW_LOOK_NS                                                                             \
	100000ull /* so short that a system that polls its cards does not rest meanwhile */
#define LAST_ASK_NS 2000000000ull /* so long the last ones may be under way */
#define LATE        100           /* a plan that is late by less of the time was kept */
#define QUIET_NS    300000000ull  /* no more come when none has for so long */
#define GIVE_UP_NS  5000000000ull /* a receiver that has not answered for so long is not there */
#define LOOK_NS                                                                                    \
	1000000ull /* so often descriptors are looked at while there is nothing to wait for */

volatile sig_atomic_t run_ended;

static const struct traffic *traffic;
static int ask_fd = -1;
static struct account account;
static struct pace pace;
static uint64_t count, count_wanted; /* 0: time ends the run, or nothing */
static bool stopped;
static uint64_t start_ns, line_ns, report_ns, end_ns;
static uint64_t first_sent; /* of the account, when the window last moved */

void run_open(const struct traffic *of, int asked_fd)
{
	traffic = of;
	count_wanted = !want.count && !want.time_ns ? of->n() : want.count;
	ask_fd = asked_fd;
	stopped = want.control != 0;
}

const struct account *run_account(void)
{
	return &account;
}

/* ---- waiting ------------------------------------------------------------------------------ */

static void count_time(uint64_t now)
{
	account.run_ns = now - start_ns;
	account.kept = want.timed ||
		       (pace_limits(&pace) && pace_due_ns(&pace) + account.run_ns / LATE >= now);
	if (want.time_ns && end_ns != NEVER)
		end_ns = start_ns + account.stopped_ns + want.time_ns;
}

/* What is to be done by the clock. */
static void tick(uint64_t now)
{
	count_time(now);
	if (now >= line_ns) {
		if (!want.quiet && !stopped)
			account_show(&account);
		line_ns += want.interval_ns;
	}
	if (now >= report_ns) {
		steer_report(&account);
		report_ns += NS_PER_S;
	}
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void obey(const struct command *command)
{
	uint64_t now = clock_now();

	switch (command->kind) {
	case COMMAND_START:
		stopped = false;
		pace_forgive(&pace, now);
		break;
	case COMMAND_STOP:
		stopped = true;
		break;
	case COMMAND_RATE:
		pace_start(&pace, command->rate, now);
		break;
	case COMMAND_END:
		run_ended = 1;
		break;
	case COMMAND_COUNTERS:
		break;
	}
}

/* Until a moment, or until something happens before it; the time goes to *what. A descriptor is waited for until it
 * has room, if it is not -1. */
static void wait_until(uint64_t moment, int room_fd, uint64_t *what)
{
	struct pollfd p[] = { { steer_fd(), POLLIN, 0 }, { ask_fd, POLLIN, 0 },
		{ room_fd, POLLOUT, 0 } };
	uint64_t start = clock_now(), ns;
	struct timespec t;

	moment = earlier(earlier(moment, stopped ? NEVER : end_ns), earlier(line_ns, report_ns));
	ns = moment > start ? moment - start : 0;
	t = (struct timespec){ (time_t)(ns / NS_PER_S), (long)(ns % NS_PER_S) };
	ppoll(p, 3, &t, NULL);
	*what += clock_now() - start;
	if (p[0].revents)
		steer_read(&account, obey);
	if (p[1].revents)
		ask_read();
}

/* ---- sending ------------------------------------------------------------------------------ */

static bool over(uint64_t now)
{
	return run_ended || (count && account.sent >= count) || now >= end_ns;
}

static uint64_t due_ns(void)
{
	return want.timed ? start_ns + account.stopped_ns + traffic->captured_ns()
			  : pace_due_ns(&pace);
}

/* How many of a batch may leave now; the plan and lengths of each are kept. */
static uint32_t choose(uint64_t now, uint32_t *frame_len, uint32_t *size)
{
	struct pace plan = pace;
	uint32_t n = 0, most = want.timed ? 1 : BATCH;

	if (count && count - account.sent < most)
		most = (uint32_t)(count - account.sent);
	if (want.window && first_sent + want.window - account.sent < most)
		most = (uint32_t)(first_sent + want.window - account.sent);
	while (n < most && pace_due_ns(&plan) <= now) {
		frame_len[n] = traffic->frame_len(n);
		size[n] = traffic->size(n);
		pace_take(&plan, frame_len[n++]);
	}
	return n;
}

static void count_sent(uint32_t n, const uint32_t *frame_len, const uint32_t *size)
{
	for (uint32_t i = 0; i < n; i++) {
		account.bytes += size[i];
		account.frame_bits += 8ull * frame_len[i];
		account.wire_bits += wire_bits(frame_len[i]);
		pace_take(&pace, frame_len[i]);
	}
	account.sent += n;
}

/* With a window: whether it is full. A question leaves each quarter of it, and again when no answer comes. */
static bool window_is_full(uint64_t now)
{
	static uint64_t asked_at, asked_ns;
	const struct told *told = ask_told();

	first_sent = told->sent;
	if (asked_at > account.sent) /* another run */
		asked_at = 0;
	if (account.sent - asked_at >= (want.window + 3) / 4 ||
		(account.sent - first_sent >= want.window && now - asked_ns > ASK_AGAIN_NS)) {
		ask(account.sent);
		asked_at = account.sent;
		asked_ns = now;
	}
	return account.sent - first_sent >= want.window;
}

/* When the receiver answered last, or began to be asked. */
static uint64_t answered_ns(uint64_t now)
{
	static uint64_t answers, since_ns;

	if (since_ns < start_ns || answers != ask_told()->answers) {
		answers = ask_told()->answers;
		since_ns = now;
	}
	return since_ns;
}

static bool give_up(void)
{
	fprintf(stderr,
		"muffin-blast: no answer for 5 s: expected a muffin-recv --answer at the host\n");
	return false;
}

/* One step: wait, or hand over a batch. False: it has said why it cannot go on. */
static bool step(uint64_t now)
{
	uint32_t frame_len[BATCH], size[BATCH], n;
	uint64_t silent_ns;
	int done;

	if (stopped)
		wait_until(NEVER, -1, &account.stopped_ns);
	else if (due_ns() > now)
		wait_until(due_ns(), -1, &account.paced_ns);
	else if (want.window && window_is_full(now)) {
		silent_ns = now - answered_ns(now);
		if (silent_ns > GIVE_UP_NS)
			return give_up();
		wait_until(now + (silent_ns > ASK_AGAIN_NS ? ASK_AGAIN_NS : WINDOW_LOOK_NS), -1,
			&account.window_ns);
	} else {
		n = choose(now, frame_len, size);
		done = traffic->send(n);
		if (done > 0)
			count_sent((uint32_t)done, frame_len, size);
		else if (done == -EAGAIN || done == -ENOBUFS)
			wait_until(now + ROOM_NS, traffic->fd(), &account.ring_ns);
		else if (done != -EINTR) {
			fprintf(stderr, "muffin-blast: not sent: %s\n", strerror(-done));
			return false;
		}
	}
	return true;
}

/* Look at the descriptors now and then, also when there is nothing to wait for. */
static void look_around(uint64_t now)
{
	static uint64_t next_ns;
	uint64_t nothing = 0;

	tick(now);
	if (now >= next_ns && (steer_fd() >= 0 || ask_fd >= 0)) {
		wait_until(now, -1, &nothing);
		next_ns = now + LOOK_NS;
	}
}

static void begin(struct rate rate, uint64_t time_ns)
{
	uint64_t now = clock_now();

	account = (struct account){ .flows = want.pcap ? 1 : plan_flows(&want.plan) };
	pace_start(&pace, rate, now);
	start_ns = now;
	first_sent = 0;
	end_ns = time_ns ? now + time_ns : NEVER;
	line_ns = want.quiet || want.search || want.json ? NEVER : now + want.interval_ns;
	report_ns = steer_reports() ? now + NS_PER_S : NEVER;
	if (ask_fd >= 0)
		ask_restart(flows_restart());
}

bool run_traffic(struct rate rate, uint64_t most, uint64_t time_ns)
{
	uint64_t now;

	begin(rate, time_ns);
	count = most ? most : count_wanted;
	for (now = start_ns; !over(now); now = clock_now()) {
		look_around(now);
		if (!step(now))
			return false;
	}
	if (!want.timed && now < due_ns() && !run_ended)
		now = due_ns() < end_ns ? due_ns()
					: now; /* the last one's share of the time is its own */
	count_time(now);
	return true;
}

void run_ask_at_the_end(void)
{
	uint64_t nothing = 0, start = clock_now(), changed = start, now;

	end_ns = line_ns = report_ns = NEVER;
	for (now = start; now - start < LAST_ASK_NS; now = clock_now()) {
		ask(account.sent);
		wait_until(now + ASK_AGAIN_NS, -1, &nothing);
		if (!ask_told()->answers || account.received != ask_told()->received)
			changed = clock_now();
		account.asked = ask_told()->answers > 0;
		account.received = ask_told()->received;
		if (account.asked &&
			(account.received >= account.sent || clock_now() - changed > QUIET_NS))
			return;
	}
}

bool run_find_receiver(void)
{
	uint64_t nothing = 0, start = clock_now(), now;

	begin((struct rate){ .packets = 0 }, 0);
	line_ns = report_ns = NEVER;
	for (now = start; now - start < GIVE_UP_NS && !run_ended; now = clock_now()) {
		ask(0);
		wait_until(now + ASK_AGAIN_NS, -1, &nothing);
		if (ask_told()->answers)
			return true;
	}
	return give_up();
}
