/* SPDX-License-Identifier: MIT
 * main.c - kmain: brings the machine up, in the order of the calls, then enters ring 3.
 * Not here: how any of it is done.
 * start.S calls kmain; it ends by entering the program.
 * Source: none; read this file first, each call leads to its own. */
#include "boot/bootinfo.h"
#include "drivers/e1000/e1000.h"
#include "kernel/cmdline.h"
#include "kernel/console/printk.h"
#include "kernel/cpu/clock.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/idt.h"
#include "kernel/cpu/timer.h"
#include "kernel/dev/console_file.h"
#include "kernel/dev/devfile.h"
#include "kernel/entry/trap.h"
#include "kernel/fs/memfile.h"
#include "kernel/fs/task.h"
#include "kernel/lib/string.h"
#include "kernel/lib/version.h"
#include "kernel/mm/mmap.h"
#include "kernel/mm/page.h"
#include "kernel/mm/vm.h"
#include "kernel/platform/acpi_tables.h"
#include "kernel/platform/random.h"
#include "kernel/power/panic.h"
#include "kernel/power/power.h"
#include "kernel/process/exec.h"
#include "kernel/process/process.h"
#include "kernel/program.h"
#include "net/config/ipconfig.h"
#include "net/core/part.h"
#include "net/device/account.h"
#include "net/neigh/arp.h"
#include "net/net_init.h"

#define STDIO_FDS   3
#define ROUTES_FILE "/etc/routes"

static struct bootinfo info;
static struct cmdline line;
static struct exec program;
static u64 entry, stack; /* where it begins */

static void __noreturn fail(enum machine_status status, const char *what)
{
	pr_err("%s\n", what);
	power_fail(status);
}

/* ---- stages ------------------------------------------------------------------------------ */

static void machine_init(void)
{
	console_init();
	cpu_detect();
	cpu_segments_init();
	idt_init(trap_stubs);
	clock_start();
	random_init();
	task_init();
}

static void check_lines(void)
{
	if (!info.line_problem)
		return;
	if (info.line_module)
		pr_err("module %u: its line: %s\n", info.line_module, info.line_problem);
	else
		pr_err("command line: %s\n", info.line_problem);
	power_fail(STATUS_CMDLINE);
}

static void read_command_line(u32 magic, u32 info_pa)
{
	char *words;

	bootinfo_read(&info, magic, info_pa);
	check_lines();
	words = info.name_first ? cmdline_skip_file_name(info.cmdline) : info.cmdline;
	if (!cmdline_parse(words, &line))
		power_fail(STATUS_CMDLINE);
	if (words > info.cmdline && strchr(info.cmdline, ' '))
		pr_info("the kernel's file name is '%s'\n", info.cmdline);
	if (ipconfig_hostname())
		strscpy(hostname, ipconfig_hostname(), sizeof(hostname));
	pr_info("muffin %s, started by %s\n", MUFFIN_VERSION, info.protocol);
	if (info.problem) {
		pr_err("boot loader's information: %s\n", info.problem);
		power_fail(STATUS_NO_MEMORY);
	}
	if (info.modules_dropped)
		pr_warn("%u modules more than fit were ignored\n", info.modules_dropped);
}

/* The program has ended: should all memory be used, its pages make room for page tables. */
static bool find_power_off(struct acpi_off *off)
{
	mmap_discard(0, TASK_SIZE);
	return acpi_find_off(off);
}

static void memory_init(void)
{
	u64 apic_pa = timer_apic_pa();

	page_init(&info);
	cpu_protect();
	vm_init();
	timer_start(apic_pa ? vm_map_device(apic_pa, PAGE_SIZE) : NULL);
	acpi_init(info.has_rsdp ? info.rsdp : NULL);
	acpi_set_finder(find_power_off);
	pr_info("memory: %lu KiB, %lu KiB free\n", page_total_bytes() >> 10,
		page_free_bytes() >> 10);
	pr_debug("cpu: %s%s%s%s%s\n", cpu_features.vendor, cpu_features.smep ? " smep" : "",
		cpu_features.smap ? " smap" : "", cpu_features.umip ? " umip" : "",
		cpu_features.rdrand ? " rdrand" : "");
	if (random_is_weak())
		pr_debug("random: the CPU has no generator, seeded by timing\n");
}

static void devices_init(void)
{
	u32 failed, working;

	pci_scan();
	working = e1000_probe_all(&init_net, &failed);
	if (working > 0)
		return;
	if (failed > 0)
		fail(STATUS_NIC_FAILED, "no network card works");
	pr_err("no supported network card: an Intel 8254x is needed (QEMU: -nic "
	       "user,model=e1000)\n");
	pr_err("  on PCI there are:\n");
	pci_show();
	power_fail(STATUS_NO_NIC);
}

static const struct part *routes_reader(void)
{
	for_each_part(p)
		if (p->load_routes)
			return p;
	return NULL;
}

static void load_routes(void)
{
	const struct memfile *file = memfile_find(ROUTES_FILE);
	const struct part *reader = routes_reader();
	char problem[192];

	if (!file)
		return;
	clock_init(); /* it is said how long they took */
	if (!reader)
		pr_err(ROUTES_FILE ": this kernel was built without 'routesfile' (make OMIT=)\n");
	else if (reader->load_routes(&init_net, (struct text){ file->file->data, file->file->len },
			 problem, sizeof(problem)))
		return;
	else
		pr_err(ROUTES_FILE ", %s\n", problem);
	power_fail(STATUS_CMDLINE);
}

static void start_parts(void)
{
	for_each_part(p)
		if (p->start && !p->start())
			power_fail(STATUS_CMDLINE);
}

static void announce(void)
{
	struct net_device *dev;
	struct net *net;

	for_each_net(net)
		list_for_each(dev, &net->dev_base, list)
			arp_announce(dev);
}

static void network_init(void)
{
	char problem[128];

	if (net_init() < 0)
		fail(STATUS_NO_MEMORY, "out of memory: no room for the network's tables");
	current->nsproxy->net_ns = get_net(&init_net);
	start_parts();
	devices_init();
	if (!ipconfig_apply(&init_net, problem, sizeof(problem))) {
		pr_err("command line: %s\n", problem);
		power_fail(STATUS_CMDLINE);
	}
	load_routes();
	announce();
}

/* As late as possible: they are measured since clock_start and timer_start. */
static void measure_clocks(void)
{
	char what[80];

	clock_init();
	if (clock_describe(what, sizeof(what)))
		pr_info("clock: %s\n", what);
	else
		pr_warn("clock: %s\n", what);
	timer_init();
	timer_describe(what, sizeof(what));
	pr_debug("timer: %s\n", what);
}

static void poll_on_tick(void)
{
	net_poll();
	for_each_part(p)
		if (p->tick)
			p->tick();
}

static u64 drain_network(void)
{
	u64 dropped = net_drain();

	net_stats_show();
	for_each_part(p)
		if (p->end)
			p->end();
	return dropped;
}

/* An initrd's program replaces the built-in one. */
static void add_file(const char *path, const char *text, size_t len)
{
	if (!memfile_find(path) && memfile_add(path, text, len) == -ENOMEM)
		fail(STATUS_NO_MEMORY, "out of memory: no room for files");
}

static void files_init(void)
{
	size_t hosts_len, resolv_len;
	const char *hosts = ipconfig_hosts_file(&hosts_len);
	const char *resolv = ipconfig_resolv_file(&resolv_len);

	devfile_init();
	if (!program_read_modules(&info, &program))
		power_fail(STATUS_NO_PROGRAM);
	add_file("/etc/hosts", hosts, hosts_len);
	add_file("/etc/resolv.conf", resolv, resolv_len);
}

static void open_console(void)
{
	struct file *console;

	for (int fd = 0; fd < STDIO_FDS; fd++) {
		console = console_file_open();
		if (!console || fd_install(&current->files, console, fd) != fd)
			fail(STATUS_NO_MEMORY, "out of memory: no room for the console's file");
	}
}

static void load_program(void)
{
	const char *problem;

	if (!program_choose(&info, &line, &program))
		power_fail(STATUS_NO_PROGRAM);
	problem = exec_load(&program, &entry, &stack);
	if (problem) {
		pr_err("program '%s' (%lu bytes) is %s\n", program.name, program.len, problem);
		power_fail(STATUS_NO_PROGRAM);
	}
}

static void __noreturn start_program(void)
{
	pr_info("starting '%s' in ring 3\n", program.argv[0]);
	enter_user(entry, stack);
}

/* Its first byte in memory is zero: an overflowing string cannot copy it. */
static u64 random_canary(void)
{
	u64 v;

	random_bytes(&v, sizeof(v));
	return v & ~0xffull;
}

/* magic, info_pa: what the boot loader left in eax and ebx. The canary is set in here, so this
 * function must not check one of its own. */
__attribute__((no_stack_protector)) void kmain(u32 magic, u32 info_pa);
void kmain(u32 magic, u32 info_pa)
{
	machine_init();
	__stack_chk_guard = random_canary();
	read_command_line(magic, info_pa);
	memory_init();
	cpu_syscall_init(entry_SYSCALL_64);
	files_init();
	network_init();
	load_program();
	measure_clocks();
	trap_set_poll(poll_on_tick);
	process_set_drain(drain_network);
	open_console();
	start_program();
}
