/* SPDX-License-Identifier: MIT
 * fuzz_cmdline.c - the input is a value of ip=, route=, neigh=, hosts=, egress=, netns= or qdisc=
 * (its first byte says which).
 * A refusal must point inside the word; what is accepted must be fit to be applied.
 * Not here: whether the right words are refused (tests/unit/test_ipconfig.c).
 * libFuzzer calls in.
 * Source: net/config/ipconfig.h, net/config/egress.h.
 *
 * The sources themselves are included: words add up, and a fuzzer must take them away. */
#include "net/config/egress.c"
#include "net/config/ipconfig.c"
#include "net/net_init.h"
#include "tests/unit/fake_device.h"
#include "tests/unit/host_machine.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#define EVERY 16 /* applying needs a process of its own: a stack is set up once */

typedef bool (*parser)(struct text value, struct parse_error *error);

static const parser parsers[] = { ipconfig_parse_ip, ipconfig_parse_route, ipconfig_parse_neigh,
	ipconfig_parse_hosts, egress_parse_word, ipconfig_parse_netns, ipconfig_parse_qdisc };

static void check_error(struct text value, const struct parse_error *error)
{
	BUG_ON(!error->what || !error->expected);
	BUG_ON(error->at < value.at || error->at > value.at + value.len);
	BUG_ON(error->len > (size_t)(value.at + value.len - error->at));
}

static void apply(void)
{
	static struct fake_device eth0;
	char problem[64] = "";
	size_t len;

	host_capture(true);
	BUG_ON(net_init() != 0);
	fake_register(&eth0, &init_net, 1);
	if (!ipconfig_apply(&init_net, problem, sizeof(problem)))
		BUG_ON(problem[0] == '\0');
	ipconfig_hostname();
	BUG_ON(strlen(ipconfig_hosts_file(&len)) != len);
	ipconfig_resolv_file(&len);
}

/* Several words, separated by newlines, until one is refused. */
static void parse_all(const u8 *data, size_t size)
{
	char *copy = malloc(size); /* its own, so that reading beyond it is seen */
	struct text rest = { copy, size };

	memcpy(copy, data, size);
	while (rest.len > 1) {
		struct text value = text_cut(&rest, '\n');
		struct parse_error error = { NULL, 0, NULL, NULL };
		u8 which = value.len ? (u8)value.at[0] : 0;

		if (value.len)
			value = (struct text){ value.at + 1, value.len - 1 };
		if (!parsers[which % ARRAY_SIZE(parsers)](value, &error))
			check_error(value, &error);
	}
	free(copy);
}

static void in_child(const u8 *data, size_t size)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		parse_all(data, size);
		apply();
		_exit(0);
	}
	while (waitpid(child, &status, 0) != child)
		; /* libFuzzer's own alarm interrupts it */
	if (status != 0)
		panic("the child that applied ended with status %#x", status);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static u32 runs;

	ipconfig_words.ip_n = ipconfig_words.route_n = ipconfig_words.neigh_n = 0;
	ipconfig_words.netns_n = ipconfig_words.qdisc_n = 0;
	hosts_file[hosts_len = 0] = 0;
	destination_n = 0;
	if (runs++ % EVERY == 0)
		in_child(data, size);
	else
		parse_all(data, size);
	return 0;
}
