/* SPDX-License-Identifier: MIT
 * counts.c - /proc/muffin: use of every resource that can run out or leak.
 * Not here: the counting; the account of packets (net/config/proc.c).
 * main.c registers it; tests read it at a program's end: no number may have changed.
 * Source: design; the lines are our own. */
#include "kernel/fs/procfile.h"
#include "kernel/mm/mmap.h"
#include "kernel/mm/page.h"
#include "kernel/mm/vm.h"
#include "net/config/proc.h"
#include "net/core/part.h"

static u64 pages_free(void)
{
	return page_free_bytes() / PAGE_SIZE;
}

static u64 pages_total(void)
{
	return page_total_bytes() / PAGE_SIZE;
}

/* One line a row: "name n", or "name n of m" where there is a limit. */
static const struct count {
	const char *name;
	u64 (*n)(void), (*of)(void);
} counts[] = {
	{ "pages free", pages_free, pages_total },
	{ "page tables", vm_user_tables, NULL },
	{ "areas", mmap_area_n, NULL },
	{ "files open", file_n, NULL },
};

static void counts_show(struct seq_file *m, struct net *net)
{
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		seq_printf(m, "%s %lu", counts[i].name, counts[i].n());
		if (counts[i].of)
			seq_printf(m, " of %lu", counts[i].of());
		seq_printf(m, "\n");
	}
	net_counts_show(m);
}

static struct proc_file file = { .path = "/proc/muffin", .show = counts_show };

static void counts_init(void)
{
	proc_register(&file);
}

PART(counts) = { .name = "proc", .init = counts_init };
