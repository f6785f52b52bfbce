/* SPDX-License-Identifier: MIT
 * printk.h - messages of the kernel, with levels.
 * Not here: where they are shown (console.h). net/core/machine.h declares printk itself.
 * Used everywhere. Calls console.c.
 * Behaves as Linux's levels and their "\001n" prefix. */
#pragma once

#include "kernel/console/console.h"
#include "kernel/lib/format.h"
#include "net/core/machine.h"

/* printk_set_level - messages with a level below this one are shown: 4 quiet, 7 usual, 8 debug. */
void printk_set_level(u32 level);
