/* SPDX-License-Identifier: MIT
 * cmdline.h - the kernel command line: words, who takes them, and what is wrong with them.
 * Not here: what the network's words mean (net/config/ipconfig.h).
 * main.c parses it once.
 * Source: Linux's Documentation/admin-guide/kernel-parameters for the words that are Linux's. */
#pragma once

#include "kernel/lib/types.h"

#define CMDLINE_ARGS_MAX 60

struct cmdline {
	const char *init; /* init= or rdinit=, or NULL */
	u32 argc;         /* words behind "--" */
	const char *argv[CMDLINE_ARGS_MAX];
};

/* cmdline_parse - set everything the words say; tell each that took effect.
 * line      changed: zeros end the words; it must live as long as *result
 * Returns   false for a malformed or unknown word, having said which, where and what was expected */
bool cmdline_parse(char *line, struct cmdline *result);

/* cmdline_skip_file_name - where the words begin behind the kernel's file name, which some loaders put
 * before them: it is the first word if that could not be one of ours, with further ones as far as
 * they look like a path. A zero ends the name. */
char *cmdline_skip_file_name(char *text);

/* cmdline_next_word - the next word, its end made a zero; quotes keep spaces together and are taken away.
 * rest      where to go on; moves behind the word
 * Returns   the word, or NULL at the end */
char *cmdline_next_word(char **rest);
