/* SPDX-License-Identifier: MIT
 * counts.h - /proc/muffin: how much of each thing that can run out or leak is in use.
 * Not here: who counts.
 * main.c calls in.
 * Source: design. */
#pragma once

/* counts_init - register the file. A new line is a row of the table in counts.c. */
void counts_init(void);
