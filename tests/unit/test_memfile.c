/* SPDX-License-Identifier: MIT
 * test_memfile.c - the read-only files, and how a path leads to one.
 * Not here: where they come from (test_cpio.c), other files (test_files.c).
 * cmocka calls in.
 * Source: path_resolution(7). */
#include "kernel/fs/memfile.h"
#include "kernel/lib/string.h"
#include "tests/unit/stack.h"

#include <stdio.h>

static const char *contents(const char *path)
{
	const struct memfile *m = memfile_find(path);

	return m ? m->file->data : NULL;
}

static void finding(void **state)
{
	assert_int_equal(memfile_add("/etc/hosts", "one", 3), 0);
	assert_int_equal(memfile_add("./etc//hosts", "two", 3), 0);
	assert_string_equal(contents("/etc/hosts"), "two"); /* the later one */
	assert_string_equal(contents("etc/hosts"), "two");
	assert_string_equal(contents("//etc/./../etc/hosts"), "two");
	assert_string_equal(contents("/../etc/hosts"), "two");
	assert_null(contents("/etc/x/../hosts")); /* through nowhere */
	assert_null(contents("/etc/host"));
	assert_null(contents("/etc/hosts2"));
	assert_null(contents("/etc/hosts/"));
	assert_null(contents("/etc"));
	assert_null(contents("/"));
	assert_null(contents(""));
}

/* Numbers are files' own, not names'. */
static void numbers(void **state)
{
	const struct memfile *one, *two;

	assert_int_equal(memfile_add("/a/one", "1", 1), 0);
	assert_int_equal(memfile_add("/b", "2", 1), 0);
	one = memfile_find("/a/one");
	two = memfile_find("/b");
	assert_int_not_equal(one->ino, two->ino);
	strscpy(memfile_path, "a/link", PATH_MAX);
	assert_ptr_equal(memfile_name("a/link", S_IFREG, one->file), one);
	assert_int_equal(one->links, 2);
	memfile_remove("a/one");
	assert_int_equal(memfile_find("/a/link")->file->links, 1);
	assert_true(memfile_folder("") && memfile_folder("a"));
	assert_int_not_equal(memfile_folder(""), memfile_folder("a"));
	assert_false(memfile_folder("a/link") || memfile_folder("b") || memfile_folder("c"));
}

static void as_many_as_there_is_memory_for(void **state)
{
	static char path[20000][12];
	char odd[32];

	for (u32 i = 0; i < ARRAY_SIZE(path); i++) {
		snprintf(path[i], sizeof(path[i]), "/d/%u", i);
		assert_int_equal(memfile_add(path[i], path[i], strlen(path[i])), 0);
	}
	for (u32 i = 0; i < ARRAY_SIZE(path); i++)
		assert_string_equal(contents(path[i]), path[i]);
	for (u32 i = 0; i < 500; i++) { /* 16 bytes: 241 of them are one more than a page holds */
		snprintf(odd, sizeof(odd), "/e/./%014u", i);
		assert_int_equal(memfile_add(odd, path[i], strlen(path[i])), 0);
		snprintf(odd, sizeof(odd), "/e/%014u", i);
		assert_string_equal(contents(odd), path[i]);
	}
	host_fail_commit(1, true);
	for (u32 i = 0; i < 300; i++)
		if (memfile_add("/more", "x", 1) == -ENOMEM)
			return;
	fail();
}

static int walk(const char *path, bool follow)
{
	strscpy(memfile_path, path, PATH_MAX);
	return memfile_walk(follow);
}

static char *forever(const char *s, size_t len)
{
	static char room[3 * PATH_MAX];
	static size_t used;

	assert_true(used + len <= sizeof(room));
	used += len;
	return memcpy(room + used - len, s, len);
}

/* A symbolic link; what it leads to has no zero behind it in an archive, either. */
static void add_link(const char *path, const char *to)
{
	struct memfile *file;

	assert_int_equal(walk(path, false), 0);
	file = memfile_name(path, S_IFLNK, NULL);
	file->data = forever(to, strlen(to));
	file->len = strlen(to);
}

/* path_resolution(7) */
static void symbolic_links(void **state)
{
	assert_int_equal(memfile_add("/usr/lib/real", "REAL", 5), 0);
	assert_int_equal(memfile_add("/usr/real", "USR", 4), 0);
	assert_int_equal(memfile_add("/real", "ROOT", 5), 0);
	add_link("/lib", "usr/lib");
	add_link("/usr/lib/a", "real");
	add_link("/usr/lib/b", "/lib/a");
	add_link("/usr/lib/up", "../../real");
	add_link("/here", ".");
	assert_string_equal(contents("/lib/real"), "REAL");
	assert_string_equal(contents("/lib/a"), "REAL");
	assert_string_equal(contents("/usr/lib/b"), "REAL");
	assert_string_equal(contents("/lib/up"), "ROOT");
	assert_string_equal(contents("/lib/../real"), "USR"); /* above where the link leads */
	assert_string_equal(contents("/here/here/lib/./a"), "REAL");
	assert_int_equal(memfile_add("/lib/new", "NEW", 4), 0); /* added where the link leads */
	assert_string_equal(contents("/usr/lib/new"), "NEW");
	assert_int_equal(walk("/lib/b", false), 0);
	assert_string_equal(memfile_path, "usr/lib/b");
	assert_int_equal(walk("/lib/b/", false), -ENOTDIR); /* a slash has even the last followed */
	assert_int_equal(walk("/lib/b", true), 0);
	assert_string_equal(memfile_path, "usr/lib/real");
}

static void links_that_lead_nowhere(void **state)
{
	char path[16], to[16];

	add_link("/a", "b");
	add_link("/b", "/a");
	add_link("/self/x", "x/y");
	add_link("/gone", "nowhere");
	add_link("/empty", "");
	assert_int_equal(walk("/a", true), -ELOOP);
	assert_int_equal(walk("/a", false), 0);
	assert_int_equal(walk("/self/x", true), -ELOOP);
	assert_int_equal(walk("/gone/x", true), 0);
	assert_null(memfile_find("/gone"));
	assert_int_equal(walk("/empty", true), -ENOENT);
	assert_int_equal(walk("", true), -ENOENT);
	for (u32 i = 0; i < 41; i++) { /* forty are followed, as on Linux */
		snprintf(to, sizeof(to), "%u", i - 1);
		snprintf(path, sizeof(path), "/l/%u", i);
		add_link(forever(path, strlen(path) + 1), i ? to : "end");
	}
	assert_int_equal(walk("/l/39", true), 0);
	assert_string_equal(memfile_path, "l/end");
	assert_int_equal(walk("/l/40", true), -ELOOP);
}

static void long_paths(void **state)
{
	static char path[PATH_MAX + 1];

	memset(path, '/', PATH_MAX - 1);
	path[PATH_MAX - 2] = 'f';
	assert_int_equal(walk(path, true), 0);
	assert_string_equal(memfile_path, "f");
	for (u32 i = 0; i < PATH_MAX - 1; i++)
		path[i] = i % 2 ? '/' : 'd';
	assert_int_equal(walk(path, true), 0);
	assert_int_equal(strlen(memfile_path), PATH_MAX - 1);
	assert_int_equal(memfile_add(forever(path, strlen(path) + 1), "DEEP", 5), 0);
	assert_string_equal(contents(path), "DEEP");
	memset(path, 'n', 255);
	path[255] = '\0';
	assert_int_equal(walk(path, true), 0);
	memset(path, 'n', 256);
	path[256] = '\0';
	assert_int_equal(walk(path, true), -ENAMETOOLONG);
}

/* What a link leads to and the rest of the path make one that is no longer than others. */
static void long_links(void **state)
{
	static char path[PATH_MAX], to[PATH_MAX];
	u32 longest = 0;

	memset(to, 'd', sizeof(to));
	for (u32 i = 200; i < PATH_MAX; i += 200)
		to[i] = '/';
	memset(path, '/', 2003);
	memcpy(path, "/l", 2);
	path[2002] = 'x';
	add_link("/l", "");
	for (u32 len = 2050; len < 2200; len++) {
		memfile_at("l")->data = to;
		memfile_at("l")->len = len;
		if (walk(path, true) == 0)
			longest = len;
		else
			assert_int_equal(walk(path, true), -ENAMETOOLONG);
	}
	assert_in_range(longest, 2080, 2100);
	memset(path, 'y', 2003);
	for (u32 i = 200; i < 2003; i += 200)
		path[i] = '/';
	memcpy(path, "/l/", 3);
	for (u32 len = 1; len < 2200; len++) {
		memfile_at("l")->len = len;
		if (walk(path, true) == 0)
			assert_true(strlen(memfile_path) < PATH_MAX);
	}
	memfile_at("l")->len = 2090;
	assert_int_equal(walk(path, true), 0);
	assert_in_range(strlen(memfile_path), PATH_MAX - 10, PATH_MAX - 1);
	assert_int_equal(memfile_add(path, "DEEP", 5), 0);
	assert_string_equal(contents(path), "DEEP");
}

static void reading_and_seeking(void **state)
{
	struct file *f;
	char buf[8] = "";

	assert_int_equal(memfile_add("/f", "0123456789", 10), 0);
	f = memfile_open(memfile_find("/f"), 0);
	assert_int_equal(f->size, 10);
	assert_int_equal(f->ops->read(f, buf, 4), 4);
	assert_memory_equal(buf, "0123", 4);
	assert_int_equal(f->ops->lseek(f, 2, 1), 6);
	assert_int_equal(f->ops->read(f, buf, 8), 4);
	assert_memory_equal(buf, "6789", 4);
	assert_int_equal(f->ops->read(f, buf, 8), 0);
	assert_int_equal(f->ops->lseek(f, -1, 2), 9);
	assert_int_equal(f->ops->lseek(f, 0, 0), 0);
	assert_int_equal(f->ops->read(f, (void *)8, 4), -EFAULT);
	assert_int_equal(f->pos, 0);
	assert_int_equal(f->ops->lseek(f, -1, 0), -EINVAL);
	assert_int_equal(f->ops->lseek(f, 0, 3), -EINVAL);
	assert_int_equal(f->ops->lseek(f, 0, -1), -EINVAL);
	assert_int_equal(f->ops->lseek(f, INT64_MAX, 2), -EINVAL);
	assert_int_equal(f->ops->lseek(f, INT64_MIN, 2), -EINVAL);
	assert_true(f->ops->lseek(f, INT64_MAX, 0) == INT64_MAX);
	assert_int_equal(f->ops->read(f, buf, 8), 0); /* far behind the end */
	file_put(f);
	host_fail_commit(1, true);
	for (u32 i = 0; i < 200; i++)
		if (!memfile_open(memfile_find("/f"), 0))
			return;
	fail();
}

int main(void)
{
	const struct CMUnitTest files[] = {
		BARE_TEST(finding),
		BARE_TEST(numbers),
		BARE_TEST(as_many_as_there_is_memory_for),
		BARE_TEST(symbolic_links),
		BARE_TEST(links_that_lead_nowhere),
		BARE_TEST(long_paths),
		BARE_TEST(long_links),
		BARE_TEST(reading_and_seeking),
	};

	return cmocka_run_group_tests(files, NULL, NULL);
}
