/* SPDX-License-Identifier: MIT
 * test_cmdline.c - the kernel command line: its words, quotes, arguments, and each refusal.
 * Not here: what the network's words mean (test_ipconfig.c).
 * cmocka calls in; the console, the log and the power switch are this file's.
 * Source: Linux's Documentation/admin-guide/kernel-parameters. */
#include "kernel/cmdline.h"
#include "kernel/console/printk.h"
#include "kernel/console/serial.h"
#include "kernel/lib/string.h"
#include "kernel/power/power.h"
#include "net/config/ipconfig.h"
#include "tests/unit/stack.h"

static bool serial, vga, in_sync;
static u32 level = 99, baud;
static s32 panic_seconds = 99;

void console_select(bool use_serial, bool use_vga)
{
	serial = use_serial;
	vga = use_vga;
}

void console_set_sync(bool sync)
{
	in_sync = sync;
}

struct serial_port serial_com1;

bool serial_set_baud(const struct serial_port *port, u32 rate)
{
	assert_ptr_equal(port, &serial_com1);
	baud = rate;
	return rate > 0 && 115200 % rate == 0;
}

void printk_set_level(u32 l)
{
	level = l;
}

void power_set_panic(s32 seconds)
{
	panic_seconds = seconds;
}

static char text[2048];
static struct cmdline line;

static bool parse(const char *words)
{
	host_capture(true);
	strcpy(text, words);
	return cmdline_parse(text, &line);
}

static void assert_taken(const char *words)
{
	if (!parse(words))
		fail_msg("%s", host_captured());
}

/* Which word, which character, and what would have been right. */
static void assert_refused(const char *words, const char *where, const char *expected)
{
	assert_false(parse(words));
	if (!strstr(host_captured(), where) || !strstr(host_captured(), expected))
		fail_msg("'%s': '%s' and '%s' are not in:\n%s", words, where, expected,
			host_captured());
}

static void words_of_our_own(void **state)
{
	assert_taken("console=ttyS0,115200 console=tty0 panic=10 loglevel=7 init=/bin/sh");
	assert_true(serial);
	assert_true(vga);
	assert_int_equal(baud, 115200);
	assert_int_equal(panic_seconds, 10);
	assert_int_equal(level, 7);
	assert_string_equal(line.init, "/bin/sh");
	assert_int_equal(line.argc, 0);
}

static void more_words(void **state)
{
	assert_taken("quiet");
	assert_int_equal(level, 4);
	assert_taken("debug selftest rdinit=x panic=-1");
	assert_int_equal(level, 8);
	assert_true(in_sync); /* the last line before a crash is out */
	assert_int_equal(panic_seconds, -1);
	assert_string_equal(line.init, "x");
	assert_taken("console=ttyS0");
	assert_true(serial);
	assert_false(vga);
	assert_taken("console=ttyS0,9600n8");
	assert_int_equal(baud, 9600);
	assert_taken("console=tty1 BOOT_IMAGE=/boot/muffin root=/dev/sda1 ro rw");
	assert_taken("");
	assert_taken(" \t\n ");
}

static void words_of_the_network(void **state)
{
	size_t len;

	assert_taken("ip=10.0.0.1::::muffin::off route=default,dev=eth0 hosts=b:10.0.0.2 "
		     "neigh=10.0.0.2,52:54:00:12:34:56");
	assert_string_equal(ipconfig_hostname(), "muffin");
	assert_non_null(strstr(ipconfig_hosts_file(&len), "10.0.0.2\tb\n"));
}

static void arguments(void **state)
{
	assert_taken("quiet -- b \"two words\" sp\"lit q\"uote -- ip=junk \"\"");
	assert_int_equal(line.argc, 6);
	assert_string_equal(line.argv[0], "b");
	assert_string_equal(line.argv[1], "two words");
	assert_string_equal(line.argv[2], "split quote");
	assert_string_equal(line.argv[3], "--");
	assert_string_equal(line.argv[4], "ip=junk");
	assert_string_equal(line.argv[5], "");
}

static void quotes_left_open(void **state)
{
	assert_taken("-- \"to the end of it");
	assert_int_equal(line.argc, 1);
	assert_string_equal(line.argv[0], "to the end of it");
}

static void too_many_arguments(void **state)
{
	char words[512] = "--";

	for (u32 i = 0; i < CMDLINE_ARGS_MAX; i++)
		strcat(words, " a");
	assert_taken(words);
	assert_int_equal(line.argc, CMDLINE_ARGS_MAX);
	line.argc = 0;
	strcat(words, " a");
	assert_false(parse(words));
	assert_non_null(strstr(host_captured(), "more than 60 arguments"));
}

static void refused(void **state)
{
	assert_refused("quiet colour=red", "word 2, character 1", "ip= route=");
	assert_refused("quietly", "word 1, character 1", "quiet");
	assert_refused("console=lp0", "character 9", "ttyS0");
	assert_refused("console=", "character 9", "ttyS0");
	assert_refused("console=ttyS0,fast", "character 15", "115200");
	assert_refused("console=ttyS0,115201", "character 15", "115200");
	assert_refused("console=ttyS0,7", "character 15", "115200");
	assert_refused("panic=soon", "character 7", "reboot");
	/* kernel/capture.c is no part of the host build */
	assert_refused("quiet pcap", "word 2, character 1", "a kernel with 'pcap'");
	assert_refused("pcap=wait", "does not take the word 'pcap=wait'", "a kernel with 'pcap'");
	assert_refused("loglevel=9", "character 10", "0 to 8");
	assert_refused("loglevel=", "character 10", "0 to 8");
	assert_refused("quiet init=", "word 2, character 6", "initrd");
	assert_refused(
		"ip=10.0.0.1:::255.0.255.0::eth0:off", "word 1, character 15", "ones before zeros");
	assert_refused("route=default,via=x", "character 19", "IPv4 address");
	assert_refused("neigh=10.0.0.2,x", "character 16", "six bytes");
	assert_refused("hosts=b", "character 8", "IPv4 address");
	assert_refused("-", "word 1", "arguments");
}

/* What stands before the words, if anything: QEMU and iPXE put it there, other loaders do not. */
static void file_names(void **state)
{
	static const struct {
		const char *line, *words, *name;
	} row[] = {
		{ "build/muffin.elf quiet -- b", "quiet -- b", "build/muffin.elf" },
		{ "muffin ip=off", "ip=off", "muffin" },
		{ "muffin.elf ", "", "muffin.elf" },
		{ "muffin.elf", "", "muffin.elf" },
		{ "/srv/my kernels/muffin.elf ip=off", "ip=off", "/srv/my kernels/muffin.elf" },
		{ "my muffin.elf quiet", "quiet", "my muffin.elf" },
		{ "/a  b/c d/e f", "f",
			"/a  b/c d/e" }, /* what is no path is a word, if not of ours */
		{ "/a=b/muffin -- /x/y", "-- /x/y", "/a=b/muffin" },
		{ "http://10.0.2.2/m?a=b debug", "debug", "http://10.0.2.2/m?a=b" },
		/* none */
		{ "ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off quiet",
			"ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off quiet", NULL },
		{ "-- /init x", "-- /init x", NULL },
		{ "quiet x.elf", "quiet x.elf", NULL },
		{ "root=/dev/sda1 ro", "root=/dev/sda1 ro", NULL },
		{ "", "", NULL },
		/* mistyped words are left to be refused */
		{ "ipp=10.0.2.15 quiet", "ipp=10.0.2.15 quiet", NULL },
		{ "muffin.elf quite ip=off", "quite ip=off", "muffin.elf" },
		{ "muffin.elf initt=/bin/x ip=off", "initt=/bin/x ip=off", "muffin.elf" },
		{ "muffin.elf 10.0.2.2 hello", "10.0.2.2 hello", "muffin.elf" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		strcpy(text, row[i].line);
		assert_string_equal(cmdline_skip_file_name(text), row[i].words);
		if (row[i].name)
			assert_string_equal(text, row[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest cmdline[] = {
		BARE_TEST(words_of_our_own),
		BARE_TEST(more_words),
		BARE_TEST(file_names),
		BARE_TEST(words_of_the_network),
		BARE_TEST(arguments),
		BARE_TEST(quotes_left_open),
		BARE_TEST(too_many_arguments),
		BARE_TEST(refused),
	};

	return cmocka_run_group_tests(cmdline, NULL, NULL);
}
