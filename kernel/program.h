/* SPDX-License-Identifier: MIT
 * program.h - which program runs: a built-in one, a module, or a file of the initrd.
 * Not here: loading it (kernel/process/exec.h).
 * main.c calls in.
 * Source: design: the program. */
#pragma once

#include "boot/bootinfo.h"
#include "kernel/cmdline.h"
#include "kernel/process/exec.h"

/* program_read_modules - look through the boot modules: the first ELF file goes to *exec, files of
 * cpio archives become visible (kernel/fs/memfile.h).
 * Returns  false, having said what is wrong with which module */
bool program_read_modules(struct bootinfo *info, struct exec *exec);

/* program_choose - the first of these that there is: that ELF file; init='s file of a cpio archive; the built-in
 * program that init= names; the archive's /init; without an archive, the first built-in program.
 * exec     as program_read_modules left it
 * Returns  false, having said what is wrong */
bool program_choose(struct bootinfo *info, const struct cmdline *line, struct exec *exec);
