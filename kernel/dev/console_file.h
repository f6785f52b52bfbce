/* SPDX-License-Identifier: MIT
 * console_file.h - descriptors 0, 1 and 2: the console as a file.
 * Not here: the devices (kernel/console).
 * main.c opens it.
 * Source: termios(3) for what a terminal answers. */
#pragma once

#include "kernel/fs/file.h"

/* console_file_open - a file that writes to the console and reads typed input, or NULL. */
struct file *console_file_open(void);
