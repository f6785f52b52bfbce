/* SPDX-License-Identifier: MIT
 * init.c - the whole user space of the Linux that muffin is measured beside: drivers in, address and
 * neighbours set as muffin's command line sets them, then one program, then power-off.
 * Not here: which modules (bench/linux_peer.py puts them into /modules, in order), the program.
 * Usage: init [pktgen=<frames>,<burst>] <program> <argument> ..
 * pktgen, which runs first, prints "begin pktgen" and "flood pktgen <frames> <ticks> <ns>", as bench-send does.
 * Source: netdevice(7), arp(7); Linux's Documentation/networking/pktgen.rst. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MODULES_MAX 16
#define LINK_MS     60000
#define STEP_MS     10
#define LOOK_MS     100
#define PKTGEN      "/proc/net/pktgen/"

static int control; /* any socket, for ioctl */

static void power_off(void)
{
	fflush(stdout);
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

static void check(int ok, const char *what)
{
	if (ok)
		return;
	printf("init: %s: %s\n", what, strerror(errno));
	power_off();
}

static void load_modules(void)
{
	char path[32];

	for (int i = 0; i < MODULES_MAX; i++) {
		int file;

		snprintf(path, sizeof(path), "/modules/%02d.ko", i);
		file = open(path, O_RDONLY);
		if (file < 0)
			return;
		check(syscall(SYS_finit_module, file, "", 0) == 0, path);
		close(file);
	}
}

static struct sockaddr inet_of(const char *host)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = inet_addr(host) };
	struct sockaddr out;

	memcpy(&out, &in, sizeof(out));
	return out;
}

static void set_address(void)
{
	struct ifreq req = { .ifr_name = "eth0" };

	req.ifr_addr = inet_of("10.0.2.15");
	check(ioctl(control, SIOCSIFADDR, &req) == 0, "address");
	req.ifr_addr = inet_of("255.255.255.0");
	check(ioctl(control, SIOCSIFNETMASK, &req) == 0, "netmask");
	check(ioctl(control, SIOCGIFFLAGS, &req) == 0, "flags");
	req.ifr_flags |= IFF_UP;
	check(ioctl(control, SIOCSIFFLAGS, &req) == 0, "up");
}

static void set_neighbour(const char *host, uint8_t last)
{
	const uint8_t mac[] = { 0x52, 0x55, 0x0a, 0x00, 0x02, last };
	struct arpreq req = { .arp_flags = ATF_COM | ATF_PERM, .arp_dev = "eth0" };

	req.arp_pa = inet_of(host);
	req.arp_ha.sa_family = ARPHRD_ETHER;
	memcpy(req.arp_ha.sa_data, mac, sizeof(mac));
	check(ioctl(control, SIOCSARP, &req) == 0, "neighbour");
}

static int running(void)
{
	struct ifreq req = { .ifr_name = "eth0" };

	return ioctl(control, SIOCGIFFLAGS, &req) == 0 && req.ifr_flags & IFF_RUNNING;
}

static void wait_for_link(void)
{
	const struct timespec step = { 0, STEP_MS * 1000000 };

	for (int ms = 0; !running(); ms += STEP_MS) {
		check(ms < LINK_MS, "no link");
		nanosleep(&step, NULL);
	}
}

/* ---- pktgen ------------------------------------------------------------------------------ */

static uint64_t rdtsc(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high)::"memory");
	return (uint64_t)high << 32 | low;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

__attribute__((format(printf, 2, 3))) static void tell(const char *path, const char *format, ...)
{
	char line[64];
	va_list args;
	int file = open(path, O_WRONLY), len;

	va_start(args, format);
	len = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	check(file >= 0 && write(file, line, (size_t)len) == len, line);
	close(file);
}

/* What pktgen says it took, without starting its thread and waiting for it to end. */
static uint64_t pktgen_ns(void)
{
	unsigned long long us = 0;
	char line[256];
	FILE *file = fopen(PKTGEN "eth0", "r");

	while (file && fgets(line, sizeof(line), file))
		sscanf(line, "Result: OK: %llu(", &us);
	check(us > 0, "pktgen's result");
	return us * 1000;
}

/* See bench-send. */
static void let_others_look(void)
{
	const struct timespec moment = { 0, LOOK_MS * 1000000 };

	fflush(stdout);
	nanosleep(&moment, NULL);
}

/* Frames as long as bench-send's muffin; one buffer for all of them, sent burst at a time. */
static void pktgen(unsigned count, unsigned burst)
{
	uint64_t start_ns, start, ticks, ns;

	tell(PKTGEN "kpktgend_0", "add_device eth0\n");
	tell(PKTGEN "eth0", "count %u\n", count);
	tell(PKTGEN "eth0", "burst %u\n", burst);
	tell(PKTGEN "eth0", "clone_skb %u\n", count);
	tell(PKTGEN "eth0", "pkt_size 60\n");
	tell(PKTGEN "eth0", "delay 0\n");
	tell(PKTGEN "eth0", "dst 10.0.2.2\n");
	tell(PKTGEN "eth0", "dst_mac 52:55:0a:00:02:02\n");
	printf("begin pktgen\n");
	let_others_look();
	start_ns = now_ns();
	start = rdtsc();
	tell(PKTGEN "pgctrl", "start\n");
	ticks = rdtsc() - start;
	ns = pktgen_ns();
	printf("flood pktgen %u %.0f %llu\n", count,
		(double)ticks * (double)ns / (double)(now_ns() - start_ns), (unsigned long long)ns);
}

static void run(char **argv)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		execv(argv[0], argv);
		check(0, argv[0]);
	}
	check(child > 0 && waitpid(child, &status, 0) == child, "fork");
	printf("init: %s ended with %d\n", argv[0], WEXITSTATUS(status));
}

/* What the card was given, so that datagrams dropped by a queue are not counted. */
static void show_sent(void)
{
	unsigned long long sent = 0, dropped = 0;
	char line[256];
	FILE *file = fopen("/proc/net/dev", "r");

	while (file && fgets(line, sizeof(line), file))
		sscanf(line, " eth0: %*u %*u %*u %*u %*u %*u %*u %*u %*u %llu %*u %llu", &sent,
			&dropped);
	printf("sent %llu dropped %llu\n", sent, dropped);
}

int main(int argc, char **argv)
{
	unsigned frames, burst;

	check(mount("proc", "/proc", "proc", 0, NULL) == 0, "/proc");
	load_modules();
	control = socket(AF_INET, SOCK_DGRAM, 0);
	check(control >= 0, "socket");
	set_address();
	set_neighbour("10.0.2.2", 2);
	set_neighbour("10.0.2.3", 3);
	wait_for_link();
	if (argc > 1 && sscanf(argv[1], "pktgen=%u,%u", &frames, &burst) == 2) {
		pktgen(frames, burst);
		argv++;
	}
	if (argv[1])
		run(argv + 1);
	show_sent();
	power_off();
}
