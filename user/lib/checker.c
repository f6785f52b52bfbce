/* SPDX-License-Identifier: MIT
 * checker.c - numbered streams as they arrive: lost, twice, out of order, jitter.
 * Not here: the stamp (stamp.c), sockets.
 * muffin-recv calls in.
 * Source: RFC 3550 6.4.1 and A.8; RFC 4737 4.2. */
#include "user/lib/checker.h"

#define JITTER_SHIFT 4 /* RFC 3550: each difference counts a sixteenth */

#define SLOTS (2 * CHECKER_STREAMS)

static struct stream streams[CHECKER_STREAMS];
static struct run runs[CHECKER_STREAMS];
static uint32_t stream_n, run_n;
static uint16_t slots[SLOTS]; /* number of a stream, from 1; 0: free */
static uint64_t unknown;

static struct run *find_run(uint32_t address, uint16_t run)
{
	for (uint32_t i = run_n; i-- > 0;) /* the latest is asked for most */
		if (runs[i].address == address && runs[i].run == run)
			return &runs[i];
	return NULL;
}

static struct stream *add_stream(uint64_t from, uint16_t run, uint16_t flow)
{
	uint32_t address = (uint32_t)(from >> 16);
	struct run *of = find_run(address, run);

	if (!of) {
		of = &runs[run_n++];
		*of = (struct run){ .address = address, .run = run };
	}
	streams[stream_n] = (struct stream){ .from = from, .run = run, .flow = flow, .of = of };
	return &streams[stream_n++];
}

/* The stream, a new one if this is the first datagram of it; NULL when the table is full. */
static struct stream *find(uint64_t from, uint16_t run, uint16_t flow)
{
	uint64_t key = from ^ (uint64_t)run << 48 ^ (uint64_t)flow << 24;
	uint32_t slot = (uint32_t)(key * 0x9e3779b97f4a7c15u >> 32) % SLOTS;
	struct stream *s;

	for (; slots[slot]; slot = (slot + 1) % SLOTS) {
		s = &streams[slots[slot] - 1];
		if (s->from == from && s->run == run && s->flow == flow)
			return s;
	}
	if (stream_n == CHECKER_STREAMS)
		return NULL;
	s = add_stream(from, run, flow);
	slots[slot] = (uint16_t)stream_n;
	return s;
}

static bool was_seen(const struct stream *s, uint64_t number)
{
	return s->seen[number / 64 % (CHECKER_WINDOW / 64)] >> number % 64 & 1;
}

static void set_seen(struct stream *s, uint64_t number, bool seen)
{
	uint64_t *word = &s->seen[number / 64 % (CHECKER_WINDOW / 64)];

	*word = (*word & ~(1ull << number % 64)) | (uint64_t)seen << number % 64;
}

/* The window moves on to number: what it then covers anew has not been seen. */
static void move_window(struct stream *s, uint64_t number)
{
	uint64_t from = number - s->next < CHECKER_WINDOW ? s->next : number - CHECKER_WINDOW + 1;

	for (uint64_t n = from; n <= number; n++)
		set_seen(s, n, false);
	s->next = number + 1;
}

/* The whole number of which a stamp has the low 32 bits: the one nearest to the next. */
static uint64_t whole_number(const struct stream *s, uint32_t number)
{
	int32_t ahead = (int32_t)(number - (uint32_t)s->next);

	return ahead < 0 && s->next < (uint64_t) - (int64_t)ahead ? number
								  : s->next + (uint64_t)ahead;
}

static void take_number(struct stream *s, uint64_t number)
{
	if (number >= s->next) {
		move_window(s, number);
	} else if (s->next - number > CHECKER_WINDOW) {
		s->old++;
		s->out_of_order++;
		s->of->received++;
		return;
	} else if (was_seen(s, number)) {
		s->twice++;
		return;
	} else {
		s->out_of_order++;
	}
	set_seen(s, number, true);
	s->received++;
	s->of->received++;
}

/* J += (|D| - J) / 16, where D is by how much the transit time differs from the last datagram's. */
static void take_time(struct stream *s, uint64_t sent_ns, uint64_t arrived_ns, bool first)
{
	int64_t transit = (int64_t)(arrived_ns - sent_ns);
	int64_t difference = transit - s->transit_ns;

	s->transit_ns = transit;
	if (first)
		return;
	s->jitter_16 += (uint64_t)(difference < 0 ? -difference : difference) -
			((s->jitter_16 + (1u << JITTER_SHIFT) / 2) >> JITTER_SHIFT);
}

void checker_take(uint64_t from, const struct stamp *stamp, uint64_t arrived_ns)
{
	struct stream *s = find(from, stamp->run, stamp->flow);

	if (!s) {
		unknown++;
		return;
	}
	take_time(s, stamp->sent_ns, arrived_ns, s->next == 0);
	take_number(s, whole_number(s, stamp->number));
}

uint64_t checker_received(uint32_t address, uint16_t run)
{
	const struct run *of = find_run(address, run);

	return of ? of->received : 0;
}

static uint64_t lost(const struct stream *s)
{
	uint64_t arrived = s->received + s->old;

	return s->next > arrived ? s->next - arrived : 0;
}

struct totals checker_totals(void)
{
	struct totals t = { .streams = stream_n, .unknown = unknown };

	for (const struct stream *s = streams; s < streams + stream_n; s++) {
		uint64_t jitter = s->jitter_16 >> JITTER_SHIFT;

		t.received += s->received;
		t.lost += lost(s);
		t.twice += s->twice;
		t.out_of_order += s->out_of_order;
		t.old += s->old;
		t.jitter_ns = jitter > t.jitter_ns ? jitter : t.jitter_ns;
	}
	return t;
}
