/* SPDX-License-Identifier: MIT
 * fuzz_cmdline.c - the input is values of ip=, route=, neigh=, hosts=, egress=, netns= or qdisc=, a line each,
 * whose first byte says which; or, if its first byte is above 127, a whole command line.
 * A refusal must point inside the word; what is accepted must be fit to be applied.
 * Not here: whether the right words are refused (tests/unit/test_ipconfig.c, test_cmdline.c).
 * libFuzzer calls in.
 * Source: kernel/cmdline.h, net/config/ipconfig.h, net/config/egress.h.
 *
 * The sources themselves are included: words add up, and a fuzzer must take them away. */
#include "net/config/egress.c"
#include "net/config/ipconfig.c"
#undef WORDS_MAX
#define hooks rule_hooks /* egress.c has hooks of another kind */
#include "net/config/nf_rules_text.c"
#undef hooks
#include "kernel/cmdline.h"
#include "kernel/console/printk.h"
#include "kernel/console/serial.h"
#include "kernel/fs/task.h"
#include "kernel/power/power.h"
#include "net/device/account.h"
#include "net/device/ifaddr.h"
#include "net/ipv4/devinet.h"
#include "net/ipv4/devinet.h"
#include "net/net_init.h"
#include "tests/fuzz/host_net.h"
#include "tests/unit/host_machine.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

/* How the coverage of a process gets into its file. */
__attribute__((weak)) int __llvm_profile_write_file(void);

struct serial_port serial_com1;

void console_select(bool serial, bool vga)
{
}

void console_set_sync(bool on)
{
}

bool serial_set_baud(const struct serial_port *port, u32 baud)
{
	return baud > 0 && 115200 % baud == 0;
}

void printk_set_level(u32 level)
{
}

void power_set_panic(s32 seconds)
{
}

typedef bool (*parser)(struct text value, struct parse_error *error);

static const parser parsers[] = { ipconfig_parse_ip, ipconfig_parse_route, ipconfig_parse_neigh,
	ipconfig_parse_hosts, egress_parse_word, ipconfig_parse_netns, ipconfig_parse_qdisc };

static void check_error(struct text value, const struct parse_error *error)
{
	BUG_ON(!error->what || !error->expected);
	BUG_ON(error->at < value.at || error->at > value.at + value.len);
	BUG_ON(error->len > (size_t)(value.at + value.len - error->at));
}

/* Several values, separated by newlines, until the text ends. */
static void parse_values(char *copy, size_t size)
{
	struct text rest = { copy, size };

	while (rest.len > 1) {
		struct text value = text_cut(&rest, '\n');
		struct parse_error error = { NULL, 0, NULL, NULL };
		u8 which = value.len ? (u8)value.at[0] : 0;

		if (value.len)
			value = (struct text){ value.at + 1, value.len - 1 };
		if (!parsers[which % ARRAY_SIZE(parsers)](value, &error))
			check_error(value, &error);
	}
}

/* As main.c does it. */
static void parse_line(char *copy, size_t size)
{
	struct cmdline line = { .argc = 0 };
	char *text = copy + 1, *end = copy + size - 1;

	*end = '\0';
	if (copy[0] & 1)
		text = cmdline_skip_file_name(text);
	BUG_ON(text > end);
	cmdline_parse(text, &line);
	for (u32 i = 0; i < line.argc; i++)
		BUG_ON(line.argv[i] < copy || line.argv[i] > end);
	BUG_ON(line.init && (line.init < text || line.init > end));
}

/* As at boot: the cards have no addresses yet. */
static void forget_addresses(void)
{
	struct in_ifaddr *ifa;

	for (u32 i = 0; i < HOST_NET_CARDS; i++)
		while ((ifa = inet_find_ifa(&host_card[i].dev, host_card[i].dev.ip_addr, 24)))
			inet_del_ifa(&host_card[i].dev, ifa);
}

static void apply(void)
{
	struct net *net = current->nsproxy->net_ns;
	char problem[64] = "";
	size_t len;

	forget_addresses();
	if (!ipconfig_apply(net, problem, sizeof(problem)))
		BUG_ON(problem[0] == '\0');
	ipconfig_hostname();
	BUG_ON(strlen(ipconfig_hosts_file(&len)) != len);
	ipconfig_resolv_file(&len);
}

static void forget_egress(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(hooks); i++) {
		if (!hooks[i].list.next || list_empty(&hooks[i].list))
			continue; /* a word before it could not be applied */
		list_del(&hooks[i].list);
		static_key_set(&security_active[hooks[i].hook], false);
	}
}

/* Past what the allow-list lets through, in every way that it looks at. */
static void call_past_egress(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = cpu_to_be16(4747) };
	int fd = (int)sys_socket(AF_INET, SOCK_DGRAM, 0);

	for (u32 i = 0; i < 4; i++) {
		to.sin_addr = cpu_to_be32(0x0a000000 + i);
		sys_sendto(
			fd, (u64)(uintptr_t)&to, 4, MSG_DONTWAIT, (u64)(uintptr_t)&to, sizeof(to));
		sys_connect(fd, (u64)(uintptr_t)&to, sizeof(to));
	}
	sys_socket(AF_PACKET, SOCK_RAW, 0);
	sys_socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
	egress_show();
}

static void boot(void)
{
	host_net_begin();
	apply();
	call_past_egress();
	net_stats_show();
	forget_egress();
	host_net_end();
}

/* Names of namespaces stay as long as the machine. So often in a process of its own, which costs much: */
#define EVERY 8

static void boot_in_child(void)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		host_net_begin();
		apply();
		net_drain();
		if (__llvm_profile_write_file)
			__llvm_profile_write_file();
		_exit(0);
	}
	while (waitpid(child, &status, 0) != child)
		;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static u32 named;
	char *copy;

	if (size < 2)
		return 0;
	copy = malloc(size); /* its own, so that reading beyond it is seen */
	memcpy(copy, data, size);
	ipconfig_words.ip_n = ipconfig_words.route_n = ipconfig_words.neigh_n = 0;
	ipconfig_words.netns_n = ipconfig_words.qdisc_n = word_n = 0;
	hosts_file[hosts_len = 0] = 0;
	destination_n = 0;
	host_capture(true);
	if (data[0] & 0x80)
		parse_line(copy, size);
	else
		parse_values(copy, size);
	if (ipconfig_words.netns_n == 0)
		boot();
	else if (named++ % EVERY == 0)
		boot_in_child();
	free(copy);
	return 0;
}
