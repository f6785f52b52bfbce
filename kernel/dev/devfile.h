/* SPDX-License-Identifier: MIT
 * devfile.h - /dev/null, /dev/random and /dev/urandom, which programs take for granted.
 * Not here: the console (console_file.h).
 * main.c registers them.
 * Source: null(4), random(4). */
#pragma once

/* devfile_init - register the files. */
void devfile_init(void);
