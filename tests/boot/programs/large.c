/* SPDX-License-Identifier: MIT
 * large.c - a program whose file is large: 6 MiB that must be copied before it starts.
 * Not here: what the kernel says when they do not fit (test_exit_status.py).
 * Source: none. */

static volatile char data[6u << 20] = { 1 };

int main(void)
{
	return data[sizeof(data) - 1];
}
