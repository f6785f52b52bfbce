/* SPDX-License-Identifier: MIT
 * test_pcap.c - the capture: its bytes, both ways, and a sink that is slow, stuck or full.
 * Not here: a real serial port (tests/boot/test_pcap.py).
 * cmocka calls in. The source itself is included: the test looks into its ring.
 * Source: draft-ietf-opsawg-pcap. */
#include "net/packet/pcap.c"
#include "tests/unit/stack.h"

#define EPOCH_NS   (1700000000ul * NSEC_PER_SEC + 999999999)
#define OUT_MAX    (4u << 20)
#define FILE_LEN   24
#define RECORD_LEN 16

static u8 out[OUT_MAX];
static u32 out_len, takes; /* what the sink takes at once */

static size_t take_some(const void *bytes, size_t len)
{
	size_t n = min(len, (size_t)takes);

	memcpy(out + out_len, bytes, n);
	out_len += (u32)n;
	return n;
}

static void start(bool wait)
{
	const struct pcap_sink sink = {
		.write_some = take_some, .epoch_ns = EPOCH_NS, .wait = wait
	};

	takes = UINT32_MAX;
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

/* A frame that nobody answers. */
static void inject_quiet(void)
{
	u8 frame[64];
	u32 len = from_hex(FRAME_CRUMBS, frame);

	put16(frame + 12, 0x88b5); /* IEEE 802: for experiments */
	fake_inject(&eth0, frame, len);
}

static void bytes_of_the_format(void **state)
{
	static const u8 begin[] = { 0x4d, 0x3c, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		8, 0, 0, 1, 0, 0, 0 };
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
	pcap_finish();
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

static void a_line_that_is_stuck(void **state)
{
	host_tick_clock(NSEC_PER_MSEC);
	start(true);
	takes = 0;
	for (u32 i = 0; i < 70000; i++)
		inject_quiet();
	assert_int_equal(pcap.frames + pcap.dropped, 70000);
	assert_in_range(
		clock_ns(), NSEC_PER_SEC, 150 * NSEC_PER_SEC); /* one second's wait, not 70000 */
	pcap_finish();
	assert_non_null(strstr(host_captured(), "cut short"));
}

/* The counts of bytes pass 2^32, at every offset. */
static void counts_wrap(void **state)
{
	start(true);
	assert_int_equal(pcap_poll(SIZE_MAX), FILE_LEN);
	for (u32 before = 0; before < 130; before++) {
		u32 n = records();

		pcap.head = pcap.tail = 0u - before;
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
		STACK_TEST(slow),
		STACK_TEST(waiting_for_a_slow_line),
		STACK_TEST(a_line_that_is_stuck),
		STACK_TEST(counts_wrap),
		STACK_TEST(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
