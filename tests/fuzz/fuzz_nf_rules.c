/* SPDX-License-Identifier: MIT
 * fuzz_nf_rules.c - the input is lines written to /proc/net/filter. A refusal must point inside the
 * line; what the file shows, behind its counters, must be taken again and say the same.
 * Not here: which packets a rule matches (tests/unit/test_nf_rules.c).
 * libFuzzer calls in.
 * Source: net/config/nf_rules_text.h. */
#include "kernel/fs/procfile.h"
#include "kernel/lib/string.h"
#include "net/config/nf_rules_text.h"
#include "tests/unit/fake_device.h"
#include "tests/unit/host_machine.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

extern const struct part part_nf_rules_proc;

#define TEXT_MAX (1u << 20)

static struct net net;

static struct proc_file *file(void)
{
	static struct fake_device eth0;
	static struct proc_file *found;

	if (found)
		return found;
	list_init(&net.dev_base);
	BUG_ON(nf_init(&net) != 0);
	fake_register(&eth0, &net, 1);
	part_nf_rules_proc.init();
	found = proc_find("/proc/net/filter");
	return found;
}

static void check_parse(struct text line)
{
	struct parse_error error = { NULL, 0, NULL, NULL };
	struct nf_rule_text rule;

	if (nf_rule_parse(line, &rule, &error))
		return;
	BUG_ON(!error.what || !error.expected);
	BUG_ON(error.at < line.at || error.at > line.at + line.len);
	BUG_ON(error.len > (size_t)(line.at + line.len - error.at));
}

static size_t shown(char *buf)
{
	struct seq_file m = { .buf = buf, .size = TEXT_MAX };

	file()->show(&m, &net);
	BUG_ON(m.len + 1 >= TEXT_MAX);
	return m.len;
}

/* Every rule shown is appended again; the text must be the same then, all counters being zero. */
static void take_again(void)
{
	static char before[TEXT_MAX], after[TEXT_MAX];
	struct text rest = { before, shown(before) };
	char line[256] = "append ";

	BUG_ON(file()->store(&net, text_of("flush")) != 0);
	while (rest.len > 0) {
		struct text rule = text_cut(&rest, '\n');

		BUG_ON(!text_starts(rule, "0 0 "));
		BUG_ON(rule.len > 200);
		memcpy(line + 7, rule.at + 4, rule.len - 4);
		BUG_ON(file()->store(&net, (struct text){ line, rule.len + 3 }) != 0);
	}
	BUG_ON(shown(after) != (size_t)(rest.at - before));
	BUG_ON(memcmp(before, after, (size_t)(rest.at - before)) != 0);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	char *copy = malloc(size); /* its own, so that reading beyond it is seen */
	struct text rest = { copy, size };

	memcpy(copy, data, size);
	host_capture(true);
	file()->store(&net, text_of("flush"));
	while (rest.len > 0) {
		struct text line = text_cut(&rest, '\n');

		check_parse(line);
		if (line.len > 0)
			file()->store(&net, line);
	}
	take_again();
	file()->store(&net, text_of("flush"));
	free(copy);
	return 0;
}
