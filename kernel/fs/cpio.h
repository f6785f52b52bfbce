/* SPDX-License-Identifier: MIT
 * cpio.h - cpio archives (an initrd) become files.
 * Not here: the files (memfile.h), which of them is the program (kernel/program.h).
 * program.c calls in.
 * Source: cpio(5) "New ASCII Format" (newc); Linux's early-userspace/buffer-format. */
#pragma once

#include "kernel/lib/types.h"

/* cpio_add - every file and link of newc archives, one behind the other, with zeros before, between and
 * behind them.
 * data     stays where it is, aligned to four bytes, for ever
 * problem  set to what is wrong when something is; the text is ours
 * Returns  how many names were added, or -EINVAL: data is no archive, or a malformed one, or memory is
 *          short */
int cpio_add(const void *data, size_t len, const char **problem) __must_check;
