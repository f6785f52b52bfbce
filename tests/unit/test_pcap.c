/* SPDX-License-Identifier: MIT
 * test_pcap.c - the capture: its bytes, both ways, and a sink that is slow, stuck or full.
 * Not here: a real serial port (tests/boot/test_pcap.py).
 * cmocka calls in. The source itself is included: the test looks into its ring.
 * Source: draft-ietf-opsawg-pcap. */
#include "net/packet/pcap.c"
#include "kernel/lib/format.h"
#include "tests/unit/stack.h"

#define EPOCH_NS   (1700000000ul * NSEC_PER_SEC + 999999999)
#define OUT_MAX    (4u << 20)
#define FILE_LEN   24
#define RECORD_LEN 16

static u8 out[OUT_MAX];
static u32 out_len, takes; /* what the sink takes at once */
static u64 refused_ns;     /* since when it takes nothing */
static bool drains;

#define STILL_NS (10 * NSEC_PER_SEC)

static size_t take_some(const void *bytes, size_t len)
{
	size_t n = min(len, (size_t)takes);

	memcpy(out + out_len, bytes, n);
	out_len += (u32)n;
	if (n > 0)
		refused_ns = 0;
	else if (!refused_ns)
		refused_ns = clock_ns();
	return n;
}

static bool rest(void)
{
	if (refused_ns && clock_ns() - refused_ns >= STILL_NS)
		return false;
	machine_idle(clock_ns() + NSEC_PER_MSEC);
	return true;
}

static bool drain(void)
{
	return drains;
}

static void start(bool wait)
{
	const struct pcap_sink sink = { .write_some = take_some,
		.rest = rest,
		.drain = drain,
		.epoch_ns = EPOCH_NS,
		.wait = wait };

	takes = UINT32_MAX;
	drains = true;
	host_set_clock(3);
	assert_int_equal(pcap_start(&sink), 0);
}

static u32 get32(const u8 *at)
{
	return (u32)at[0] | (u32)at[1] << 8 | (u32)at[2] << 16 | (u32)at[3] << 24;
}

/* The records of the capture, which must be whole. */
static u32 records(void)
{
	u32 n = 0, at = FILE_LEN;

	for (; at + RECORD_LEN <= out_len; n++)
		at += RECORD_LEN + get32(out + at + 8);
	assert_int_equal(at, out_len);
	return n;
}

/* A frame without an answer, longer than necessary. */
static void inject_longer(u32 more)
{
	u8 frame[256] = { 0 };
	u32 len = from_hex(FRAME_CRUMBS, frame);

	put16(frame + 12, 0x88b5); /* IEEE 802: for experiments */
	fake_inject(&eth0, frame, len + more);
}

static void inject_quiet(void)
{
	inject_longer(0);
}

static void bytes_of_the_format(void **state)
{
	static const u8 begin[] = { 0x4d, 0x3c, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 4, 0, 1, 0, 0, 0 };
	u8 frame[64] = { 0 };

	start(false);
	inject_hex(FRAME_CRUMBS);
	pcap_finish();
	assert_memory_equal(out, begin, sizeof(begin));
	assert_int_equal(get32(out + FILE_LEN), 1700000001);
	assert_int_equal(get32(out + FILE_LEN + 4), 2); /* nanoseconds, carried */
	assert_int_equal(get32(out + FILE_LEN + 8), 48);
	assert_int_equal(get32(out + FILE_LEN + 12), 48);
	from_hex(FRAME_CRUMBS, frame);
	assert_memory_equal(out + FILE_LEN + RECORD_LEN, frame, 48);
	assert_non_null(strstr(host_captured(), "none dropped"));
}

/* What goes out is as long as on the wire; lo is heard once. */
static void both_ways(void **state)
{
	u8 frame[64] = { 0 };

	start(false);
	inject_hex(FRAME_ARP_ASKED);
	send_to(udp_socket(), "muffin", 6, 0, INADDR_LOOPBACK,
		9); /* answered by ICMP, on lo, too */
	stack_step(20);
	pcap_finish();
	assert_int_equal(records(), 4);
	from_hex(FRAME_ARP_ANSWER, frame);
	assert_int_equal(get32(out + FILE_LEN + RECORD_LEN + 42 + 8), 60);
	assert_memory_equal(out + FILE_LEN + 2 * RECORD_LEN + 42, frame, 60);
	inject_hex(FRAME_CRUMBS);
	assert_int_equal(pcap_poll(SIZE_MAX), 0); /* it is over */
}

/* Frames of lo may be longer than a packet's slot, and the smallest ring has room for the longest. */
static void long_frames(void **state)
{
	static u8 payload[65507];
	int fd = udp_socket_at(0, OUR_PORT);

	for (u32 i = 0; i < sizeof(payload); i++)
		payload[i] = (u8)(i * 7 + i / 256);
	host_set_mem_total(1u << 20);
	start(false);
	for (u32 len = 1472; len <= sizeof(payload); len += len / 4) {
		out_len = 0;
		assert_int_equal(send_to(fd, payload, len, 0, INADDR_LOOPBACK, OUR_PORT), len);
		stack_step(20);
		pcap_poll(SIZE_MAX);
		out_len = len == 1472 ? out_len - FILE_LEN : out_len;
		assert_int_equal(out_len, RECORD_LEN + 42 + len);
	}
	pcap_poll(SIZE_MAX);
	out_len = 0;
	assert_int_equal(
		send_to(fd, payload, sizeof(payload), 0, INADDR_LOOPBACK, OUR_PORT), 65507);
	stack_step(20);
	pcap_finish();
	assert_int_equal(out_len, RECORD_LEN + 42 + 65507);
	assert_int_equal(get32(out + 8), 42 + 65507);
	assert_int_equal(get32(out + 12), 42 + 65507);
	assert_memory_equal(out + RECORD_LEN + 42, payload, 65507);
	assert_int_equal(pcap.dropped, 0);
}

/* A slow line gets whole frames or nothing, and the count of the others. */
static void slow(void **state)
{
	start(false);
	takes = 0;
	for (u32 i = 0; i < 70000; i++)
		inject_quiet();
	assert_int_equal(pcap.frames + pcap.dropped, 70000);
	assert_int_equal(pcap.frames, (pcap.size - FILE_LEN) / 64);
	takes = 7;
	assert_in_range(pcap_poll(100), 100, 106);
	inject_quiet();
	assert_true(pcap_finish()); /* nothing else was promised */
	assert_int_equal(records(), pcap.frames);
	assert_non_null(strstr(host_captured(), "dropped: the line was too slow"));
}

static void waiting_for_a_slow_line(void **state)
{
	start(true);
	takes = 16;
	for (u32 i = 0; i < 40000; i++)
		inject_quiet();
	pcap_finish();
	assert_int_equal(pcap.dropped, 0);
	assert_int_equal(records(), 40000);
}

/* Pass the time until the sink goes on, in machine_idle. */
static void go_on_at(void *at_ns)
{
	if (clock_ns() >= *(u64 *)at_ns)
		takes = 16;
}

/* It rests for less than the bound: nothing is missing. */
static void a_line_that_rests(void **state)
{
	u64 at_ns = STILL_NS - NSEC_PER_SEC;

	start(true);
	takes = 0;
	host_on_idle(go_on_at, &at_ns);
	for (u32 i = 0; i < 40000; i++)
		inject_quiet();
	assert_true(clock_ns() >= at_ns);
	assert_true(pcap_finish());
	assert_int_equal(records(), 40000);
	assert_non_null(strstr(host_captured(), "40000 frames captured, none dropped"));
}

/* A line that stands still is waited for once; when it goes on, the capture does, too. */
static void a_line_that_stands_still(void **state)
{
	u64 dropped;

	start(true);
	takes = 0;
	for (u32 i = 0; i < 70000; i++)
		inject_quiet();
	assert_int_equal(pcap.frames + pcap.dropped, 70000);
	assert_in_range(clock_ns(), STILL_NS, STILL_NS + NSEC_PER_SEC);
	dropped = pcap.dropped;
	takes = 16;
	for (u32 i = 0; i < 40000; i++)
		inject_quiet();
	assert_int_equal(pcap.dropped, dropped);
	assert_false(pcap_finish());
	assert_int_equal(records(), 110000 - dropped);
	assert_non_null(strstr(host_captured(), "dropped: the line stood still\n"));
}

/* Whole records that must have left the sink, which may hold back the last bytes. */
static u32 whole_records(void)
{
	u32 n = 0, at = FILE_LEN, len = max(out_len, 17u) - 17;

	while (at + RECORD_LEN <= len && at + RECORD_LEN + get32(out + at + 8) <= len) {
		at += RECORD_LEN + get32(out + at + 8);
		n++;
	}
	return n;
}

/* At the end, after any number of bytes: the count of captured frames is that of whole records. */
static void cut_short(void **state)
{
	static const u32 lens[] = { 0, 5, FILE_LEN, FILE_LEN + 10, FILE_LEN + 64, FILE_LEN + 80,
		FILE_LEN + 81, FILE_LEN + 200 };
	char expected[80];

	for (u32 i = 0; i < 2 * ARRAY_SIZE(lens); i++) {
		bool wait = i % 2;

		out_len = 0;
		pcap.frames = pcap.dropped = pcap.left = 0;
		start(wait);
		for (u32 k = 0; k < 5; k++)
			inject_quiet();
		for (takes = 1; out_len < lens[i / 2];)
			pcap_poll(1);
		takes = 0;
		refused_ns = 0;
		assert_false(pcap_finish());
		text_format(expected, sizeof(expected), "%u frames captured, %u dropped",
			whole_records(), 5 - whole_records());
		assert_non_null(strstr(host_captured(), expected));
		assert_non_null(strstr(host_captured(), "cut short"));
		host_capture(true);
	}
}

/* A ring that is filled again and again while a record is leaving it. */
static void cut_short_when_full(void **state)
{
	char expected[80];
	u32 n = 0;

	start(false);
	for (u32 i = 0; i < 1000; i++) {
		u64 dropped = pcap.dropped;

		for (takes = 0; pcap.dropped == dropped; n++)
			inject_longer(random_u32() % 100);
		takes = 1 + random_u32() % 100;
		pcap_poll(1 + random_u32() % 500);
	}
	takes = 0;
	assert_false(pcap_finish());
	text_format(expected, sizeof(expected), "%u frames captured, %u dropped", whole_records(),
		n - whole_records());
	assert_non_null(strstr(host_captured(), expected));
}

/* The sink has taken all, and what it took does not leave it. */
static void taken_and_not_left(void **state)
{
	start(true);
	inject_quiet();
	inject_quiet();
	drains = false;
	assert_false(pcap_finish());
	assert_non_null(strstr(host_captured(), "1 frames captured, 1 dropped"));
}

/* The counts of bytes pass 2^32, at every offset. */
static void counts_wrap(void **state)
{
	start(true);
	assert_int_equal(pcap_poll(SIZE_MAX), FILE_LEN);
	for (u32 before = 0; before < 130; before++) {
		u32 n = records();

		pcap.head = pcap.tail = pcap.record = 0u - before;
		inject_quiet();
		inject_quiet();
		assert_int_equal(pcap_poll(SIZE_MAX), 128);
		assert_int_equal(records(), n + 2);
		assert_memory_equal(out + out_len - 48, out + FILE_LEN + RECORD_LEN, 48);
	}
}

static void no_memory(void **state)
{
	const struct pcap_sink sink = { .write_some = take_some };

	host_fail_commit(1, false);
	assert_int_equal(pcap_start(&sink), -ENOMEM);
	pcap_finish(); /* of nothing */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		STACK_TEST(bytes_of_the_format),
		STACK_TEST(both_ways),
		STACK_TEST(long_frames),
		STACK_TEST(slow),
		STACK_TEST(waiting_for_a_slow_line),
		STACK_TEST(a_line_that_rests),
		STACK_TEST(a_line_that_stands_still),
		STACK_TEST(cut_short),
		STACK_TEST(cut_short_when_full),
		STACK_TEST(taken_and_not_left),
		STACK_TEST(counts_wrap),
		STACK_TEST(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
