/* SPDX-License-Identifier: MIT
 * version.h - what this kernel calls itself.
 * Not here: anything else.
 * Used by main.c and uname.
 * Source: semantic versioning. */
#pragma once

#define MUFFIN_VERSION "0.1.0"
/* The Linux whose system-call ABI is followed. */
#define MUFFIN_ABI_RELEASE "6.1.0-muffin"
