/* SPDX-License-Identifier: MIT
 * program.h - which program runs: the built-in one, a module, or a file of the initrd.
 * Not here: loading it (kernel/process/exec.h).
 * main.c calls in.
 * Source: design: the program. */
#pragma once

#include "boot/bootinfo.h"
#include "kernel/cmdline.h"
#include "kernel/process/exec.h"

/* program_choose - the first module that is an ELF file; else init='s file in a cpio module; else
 * the built-in one. Files of cpio modules become visible to the program on the way.
 * Returns  false, having said what is wrong with which module */
bool program_choose(struct bootinfo *info, const struct cmdline *line, struct exec *exec);
