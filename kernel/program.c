/* SPDX-License-Identifier: MIT
 * program.c - which program runs: a built-in one, a module, or a file of the initrd.
 * Not here: loading it (kernel/process/exec.c).
 * main.c calls in. Calls cpio.c, memfile.c.
 * Source: design: the program. */
#include "kernel/program.h"
#include "kernel/console/printk.h"
#include "kernel/fs/cpio.h"
#include "kernel/fs/memfile.h"
#include "kernel/lib/string.h"
#include "kernel/mm/page.h"
#include "kernel/mm/vm.h"
#include "kernel/process/elf.h"

#define INIT_DEFAULT "/init" /* as Linux has it for an initrd */

/* Made by boot/program.S, collected by linker.ld in the order of the Makefile's list; the first one is the default. */
extern const struct built_in {
	const char *name;
	const u8 *start, *end;
} __start_built_ins[], __stop_built_ins[];

#define for_each_built_in(b)                                                                       \
	for (const struct built_in *b = __start_built_ins; b < __stop_built_ins; b++)

static bool has_initrd;

static bool take_module(struct boot_module *module, u32 number, struct exec *exec)
{
	size_t len = module->end_pa - module->start_pa;
	const void *data = phys_to_virt(module->start_pa);
	const char *problem;
	int added;

	if (module->end_pa > page_ram_end()) {
		pr_err("module %u ('%s') lies outside memory\n", number, module->args);
		return false;
	}
	if (len == 0) {
		pr_err("module %u ('%s') is empty: expected a static ELF program or a cpio "
		       "archive\n",
			number, module->args);
		return false;
	}
	if (elf_is(data, len)) {
		if (!exec->image) {
			*exec = (struct exec){ .name = module->args, .image = data, .len = len };
			return true;
		}
		pr_warn("module %u ('%s') is a second program: ignored\n", number, module->args);
		return true;
	}
	added = cpio_add(data, len, &problem);
	if (added < 0) {
		pr_err("module %u ('%s') is neither a static ELF program nor a cpio archive "
		       "(newc): "
		       "%s\n",
			number, module->args, problem);
		return false;
	}
	has_initrd = true;
	pr_info("initrd: %d files\n", added);
	return true;
}

static const struct built_in *find_built_in(const char *name)
{
	for_each_built_in(b) if (strcmp(b->name, name) == 0) return b;
	return NULL;
}

static bool list_built_in(void)
{
	for_each_built_in(b) pr_err("  built in: %s\n", b->name);
	return false;
}

static bool take_built_in(const struct built_in *b, struct exec *exec)
{
	*exec = (struct exec){
		.name = b->name, .image = b->start, .len = (size_t)(b->end - b->start)
	};
	return true;
}

static bool take_init(const char *path, struct exec *exec)
{
	const struct memfile *file = memfile_find(path);
	const struct built_in *b = file ? NULL : find_built_in(path);

	if (b)
		return take_built_in(b, exec);
	if (!file) {
		pr_err("init=%s: no such file in the initrd\n", path);
		return list_built_in();
	}
	*exec = (struct exec){ .name = path, .image = file->file->data, .len = file->file->len };
	return true;
}

static bool add_arg(struct exec *exec, const char *arg)
{
	if (exec->argc == EXEC_ARGS_MAX) {
		pr_err("program '%s': more than %u arguments\n", exec->argv[0], EXEC_ARGS_MAX - 1);
		return false;
	}
	exec->argv[exec->argc++] = arg;
	return true;
}

/* A module's string is a command line of its own: program and arguments. */
static bool split_args(char *args, struct exec *exec)
{
	char *word;

	while ((word = cmdline_next_word(&args)))
		if (!add_arg(exec, word))
			return false;
	if (exec->argc > 0)
		exec->name = exec->argv[0];
	return true;
}

bool program_read_modules(struct bootinfo *info, struct exec *exec)
{
	*exec = (struct exec){ .image = NULL };
	for (u32 i = 0; i < info->module_n; i++)
		if (!take_module(&info->module[i], i + 1, exec))
			return false;
	return true;
}

static bool choose_image(const struct cmdline *line, struct exec *exec)
{
	if (exec->image) {
		if (line->init)
			pr_warn("init=%s: ignored, a module brought the program\n", line->init);
		return true;
	}
	if (line->init || memfile_find(INIT_DEFAULT))
		return take_init(line->init ? line->init : INIT_DEFAULT, exec);
	if (!has_initrd)
		return take_built_in(__start_built_ins, exec);
	pr_err("the initrd has no " INIT_DEFAULT ": expected init= and a program\n");
	return list_built_in();
}

bool program_choose(struct bootinfo *info, const struct cmdline *line, struct exec *exec)
{
	if (!choose_image(line, exec))
		return false;
	for (u32 i = 0; i < info->module_n; i++)
		if (exec->name == info->module[i].args && !split_args(info->module[i].args, exec))
			return false;
	if (exec->argc == 0)
		exec->argv[exec->argc++] = exec->name;
	for (u32 i = 0; i < line->argc; i++)
		if (!add_arg(exec, line->argv[i]))
			return false;
	return true;
}
