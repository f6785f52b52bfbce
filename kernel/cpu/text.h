/* SPDX-License-Identifier: MIT
 * text.h - patching the kernel's own instructions: static keys, and stac/clac where SMAP exists.
 * Not here: when to (each subsystem flips its own key).
 * Used by cpu.c and by static_key_set. Calls nothing.
 * Source: Intel SDM vol. 3A 8.1.3 (self-modifying code). */
#pragma once

#include "kernel/lib/types.h"

/* text_apply_alternatives - put stac and clac in place of the no-ops that mark their places. */
void text_apply_alternatives(void);
