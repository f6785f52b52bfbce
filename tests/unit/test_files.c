/* SPDX-License-Identifier: MIT
 * test_files.c - descriptors, and files made when they are read.
 * Not here: sockets as files (test_socket.c), read-only files (test_memfile.c).
 * cmocka calls in.
 * Source: POSIX.1-2017 2.14. */
#include "kernel/fs/procfile.h"
#include "kernel/lib/string.h"
#include "tests/unit/stack.h"

#include <stdio.h>

/* ---- descriptors --------------------------------------------------------------------------- */

static int released;

static void count_release(struct file *file)
{
	released++;
}

static const struct file_operations counting = { .release = count_release }, plain = { .mode = 1 };
static struct files table;

static int open_one(void)
{
	return fd_install(&table, file_new(&counting, NULL, 0), 0);
}

static void lowest_descriptor(void **state)
{
	assert_int_equal(open_one(), 0);
	assert_int_equal(open_one(), 1);
	assert_int_equal(open_one(), 2);
	assert_int_equal(file_n(), 3);
	assert_int_equal(fd_close(&table, 1), 0);
	assert_int_equal(file_n(), 2);
	assert_int_equal(released, 1);
	assert_int_equal(open_one(), 1);
	assert_int_equal(fd_install(&table, file_new(&plain, NULL, 0), 10), 10);
	assert_int_equal(fd_close(&table, 10), 0);
	fd_close_all(&table);
	assert_int_equal(released, 4);
	assert_int_equal(fd_close(&table, 0), -EBADF);
	assert_int_equal(fd_close(&table, -1), -EBADF);
	assert_int_equal(fd_close(&table, FDS_MAX), -EBADF);
}

/* A number's close-on-exec belongs to what is open there, wherever in the table; O_CLOEXEC is no flag of the file. */
static void close_on_exec(void **state)
{
	for (int fd = 0; fd < FDS_MAX; fd++)
		assert_int_equal(
			fd_install(&table, file_new(&plain, NULL, fd % 3 ? 0 : O_CLOEXEC), 0), fd);
	for (int fd = 0; fd < FDS_MAX; fd++) {
		assert_int_equal(fd_cloexec(&table, fd), fd % 3 == 0);
		assert_int_equal(fd_get(&table, fd)->flags, 0);
	}
	assert_int_equal(fd_close(&table, 63), 0);
	assert_int_equal(open_one(), 63);
	assert_false(fd_cloexec(&table, 63));
	fd_set_cloexec(&table, 66, false);
	assert_false(fd_cloexec(&table, 66));
	assert_true(fd_cloexec(&table, 69));
	fd_close_all(&table);
}

static void table_full(void **state)
{
	struct file *file = file_new(&counting, NULL, 0);

	for (int i = 0; i < FDS_MAX; i++)
		assert_int_equal(open_one(), i);
	assert_int_equal(fd_install(&table, file, 0), -EMFILE);
	assert_int_equal(fd_install(&table, file, FDS_MAX), -EMFILE);
	file_put(file);
	assert_int_equal(released, 1);
	assert_null(fd_get(&table, FDS_MAX));
	assert_null(fd_get(&table, -1));
}

static void duplicates(void **state)
{
	open_one();
	open_one();
	assert_int_equal(fd_dup2(&table, 0, 5), 5);
	assert_ptr_equal(fd_get(&table, 5), fd_get(&table, 0));
	assert_int_equal(fd_dup2(&table, 0, 1), 1);
	assert_int_equal(released, 1); /* what 1 was */
	assert_int_equal(fd_dup2(&table, 0, 0), 0);
	fd_close(&table, 0);
	fd_close(&table, 1);
	assert_int_equal(released, 1);
	fd_close(&table, 5);
	assert_int_equal(released, 2);
	assert_int_equal(fd_dup2(&table, 0, 3), -EBADF);
	open_one();
	assert_int_equal(fd_dup2(&table, 0, FDS_MAX), -EBADF);
	assert_int_equal(fd_dup2(&table, 0, -1), -EBADF);
}

static void no_memory_for_a_file(void **state)
{
	host_fail_commit(1, true);
	assert_null(file_new(&plain, NULL, 0));
}

/* ---- files made when they are read --------------------------------------------------------- */

static u32 lines_n = 3, shows;
static char taken[64];

static void show(struct seq_file *m, struct net *net)
{
	assert_ptr_equal(net, &init_net);
	shows++;
	for (u32 i = 0; i < lines_n; i++)
		seq_printf(m, "line %06u\n", i); /* 12 bytes */
}

static int store(struct net *net, struct text line)
{
	assert_ptr_equal(net, &init_net);
	if (text_eq(line, "bad"))
		return -ENODEV;
	snprintf(taken + strlen(taken), sizeof(taken) - strlen(taken), "[%.*s]", (int)line.len,
		line.at);
	return 0;
}

static struct proc_file proc = { .path = "/proc/net/config/proc", .show = show, .store = store };

static struct file *open_proc(void)
{
	proc_register(&proc);
	assert_null(proc_find("/proc/net"));
	assert_null(proc_find(""));
	assert_ptr_equal(proc_find("proc/net/config/proc"), &proc);
	assert_true(proc_is_folder("proc/net"));
	assert_false(proc_is_folder("proc/ne"));
	assert_false(proc_is_folder("proc/net/config/proc"));
	return proc_open(proc_find("/proc/net/config/proc"), O_RDWR);
}

static void made_text_in_pieces(void **state)
{
	struct file *file = open_proc();
	char buf[40];

	assert_int_equal(file->ops->read(file, buf, 20), 20);
	assert_memory_equal(buf, "line 000000\nline 000", 20);
	lines_n = 1; /* what is being read stays what it was */
	assert_int_equal(file->ops->read(file, buf, 40), 16);
	assert_memory_equal(buf, "001\nline 000002\n", 16);
	assert_int_equal(file->ops->read(file, buf, 40), 0);
	assert_int_equal(shows, 1);
	assert_int_equal(file->ops->lseek(file, 0, 0), 0);
	assert_int_equal(file->ops->read(file, buf, 40), 12);
	assert_int_equal(shows, 2);
	assert_int_equal(file->ops->lseek(file, 100, 0), 100);
	assert_int_equal(file->ops->read(file, buf, 40), 0);
	file_put(file);
}

/* What another file's reader saw is not shown again, wherever reading begins. */
static void made_text_from_the_middle(void **state)
{
	struct file *file = open_proc();
	char buf[40];

	lines_n = 2;
	assert_int_equal(file->ops->read(file, buf, 40), 24);
	file_put(file);
	file = proc_open(&proc, O_RDONLY);
	lines_n = 1;
	assert_int_equal(file->ops->lseek(file, 5, 0), 5);
	assert_int_equal(file->ops->read(file, buf, 40), 7);
	assert_memory_equal(buf, "000000\n", 7);
	file_put(file);
}

/* 4095 characters fit the first page with their zero; that they were all cannot be seen. */
static void made_text_of_any_length(void **state)
{
	static char buf[200000];
	struct file *file = open_proc();
	size_t before = host_mem_out();

	for (lines_n = 340; lines_n <= 342; lines_n++) {
		file->pos = 0;
		assert_int_equal(file->ops->read(file, buf, sizeof(buf)), 12 * lines_n);
	}
	lines_n = 10000;
	file->pos = 0;
	assert_int_equal(file->ops->read(file, buf, sizeof(buf)), 120000);
	assert_memory_equal(buf + 119988, "line 009999\n", 12);
	file_put(file);
	assert_int_equal(host_mem_out(), before); /* a text of any size is gone with its file */
	file = proc_open(&proc, O_RDONLY);
	lines_n = 20000;
	file->pos = 0;
	host_fail_commit(1, false);
	assert_int_equal(file->ops->read(file, buf, sizeof(buf)), -ENOMEM);
	assert_int_equal(file->ops->read(file, buf, sizeof(buf)), sizeof(buf));
	file_put(file);
}

static ssize write_proc(struct file *file, const char *text)
{
	taken[0] = '\0';
	return file->ops->write(file, text, strlen(text));
}

static void written_lines(void **state)
{
	static char long_line[PROC_WRITE_MAX + 2];
	struct file *file = open_proc();

	memset(long_line, 'x', sizeof(long_line) - 1);
	assert_int_equal(write_proc(file, "one"), 3);
	assert_string_equal(taken, "[one]");
	assert_int_equal(write_proc(file, "one\n\ntwo\n"), 9);
	assert_string_equal(taken, "[one][two]");
	assert_int_equal(write_proc(file, "bad\ntwo\n"), -ENODEV);
	assert_string_equal(taken, "");
	assert_int_equal(write_proc(file, "one\nbad\ntwo\n"), 4);
	assert_string_equal(taken, "[one]");
	assert_int_equal(write_proc(file, ""), 0);
	assert_int_equal(write_proc(file, long_line), -EINVAL);
	file_put(file);
}

static void no_memory_for_a_made_text(void **state)
{
	host_fail_commit(1, true);
	assert_null(open_proc());
	assert_null(proc_open(&proc, 0));
	host_fail_commit(0, false);
}

int main(void)
{
	const struct CMUnitTest files[] = {
		BARE_TEST(lowest_descriptor),
		BARE_TEST(close_on_exec),
		BARE_TEST(table_full),
		BARE_TEST(duplicates),
		BARE_TEST(no_memory_for_a_file),
		BARE_TEST(made_text_in_pieces),
		BARE_TEST(made_text_from_the_middle),
		BARE_TEST(made_text_of_any_length),
		BARE_TEST(written_lines),
		BARE_TEST(no_memory_for_a_made_text),
	};

	return cmocka_run_group_tests(files, NULL, NULL);
}
