/* SPDX-License-Identifier: MIT
 * test_cpio.c - archives become files as Linux's initramfs has them, and malformed ones are refused.
 * Not here: paths and links once they are there (test_memfile.c), whole machines (tests/boot/test_initrd.py).
 * cmocka calls in; archives are built from cpio(5), a field changed at a time.
 * Source: cpio(5) "New ASCII Format"; Linux's early-userspace/buffer-format. */
#include "kernel/fs/cpio.h"
#include "kernel/fs/memfile.h"
#include "kernel/lib/string.h"
#include "tests/unit/stack.h"

#include <stdio.h>

#define FILE_MODE 0100755u
#define LINK_MODE 0120777u

static u8 archive[1 << 17];
static size_t archive_len, last; /* last: where the last header is */
static const char *problem;

/* What stands in a header beside its name and contents. */
struct spec {
	const char *magic;
	u32 mode, ino, nlink, major, minor, check;
};

static void pad(void)
{
	while (archive_len % 4)
		archive[archive_len++] = 0;
}

static void put(const char *name, const char *data, struct spec s)
{
	size_t len = strlen(data);

	last = archive_len;
	archive_len += (size_t)sprintf((char *)archive + archive_len,
		"%s%08X%08X%08X%08X%08X%08X%08zx%08X%08X%08X%08X%08zX%08X",
		s.magic ? s.magic : "070701", s.ino, s.mode ? s.mode : FILE_MODE, 0, 0,
		s.nlink ? s.nlink : 1, 0, len, s.major, s.minor, 0, 0, strlen(name) + 1, s.check);
	memcpy(archive + archive_len, name, strlen(name) + 1);
	archive_len += strlen(name) + 1;
	pad();
	memcpy(archive + archive_len, data, len);
	archive_len += len;
	pad();
}

static void file(const char *name, const char *data)
{
	put(name, data, (struct spec){ .ino = 1 });
}

static void symlink_to(const char *name, const char *to)
{
	put(name, to, (struct spec){ .mode = LINK_MODE });
}

static void hard_link(const char *name, const char *data, u32 ino)
{
	put(name, data, (struct spec){ .ino = ino, .nlink = 2 });
}

static void trailer(void)
{
	put("TRAILER!!!", "", (struct spec){ .nlink = 1 });
}

static void zeros(u32 n)
{
	memset(archive + archive_len, 0, n);
	archive_len += n;
}

/* A change of one field of the last header, by cpio(5)'s order. */
static void set_field(u32 field, const char *digits)
{
	memcpy(archive + last + 6 + 8 * field, digits, 8);
}

enum {
	FIELD_MODE = 1,
	FIELD_FILE_LEN = 6,
	FIELD_NAME_LEN = 11
};

static void assert_added(int n)
{
	assert_int_equal(cpio_add(archive, archive_len, &problem), n);
}

static void assert_contents(const char *path, const char *data)
{
	const struct memfile *m = memfile_find(path);

	if (!m)
		fail_msg("%s is not there", path);
	assert_int_equal(m->file->len, strlen(data));
	assert_memory_equal(m->file->data, data, strlen(data));
}

static void assert_refused(const char *why)
{
	problem = NULL;
	assert_int_equal(cpio_add(archive, archive_len, &problem), -EINVAL);
	if (!problem || !strstr(problem, why))
		fail_msg("'%s' is not in '%s'", why, problem ? problem : "nothing");
}

/* ---- files and links ------------------------------------------------------------------------- */

static void files_under_any_name(void **state)
{
	put("bin", "", (struct spec){ .mode = 040755 });
	put("dev/console", "", (struct spec){ .mode = 020600 });
	file("init", "program");
	file("./etc/hosts", "10.0.0.2 b\n");
	file("/abs", "ABS");
	file("a/b/d", "D");
	file("a/./b//../c", "C");
	file("init", "again");
	file("nowhere/../e", "E"); /* skipped */
	trailer();
	assert_added(6);
	assert_contents("/init", "again");
	assert_contents("/etc/hosts", "10.0.0.2 b\n");
	assert_contents("/abs", "ABS");
	assert_contents("/a/c", "C");
	assert_null(memfile_find("/bin"));
	assert_null(memfile_find("/dev/console"));
}

/* GNU cpio writes the contents with the last name, others with the first, or with each. */
static void hard_links_share_their_contents(void **state)
{
	hard_link("last/a", "", 7);
	hard_link("last/b", "LAST", 7);
	hard_link("first/a", "FIRST", 8);
	hard_link("first/b", "", 8);
	put("other/a", "OTHER", (struct spec){ .ino = 7, .nlink = 2, .major = 1 });
	put("other/b", "", (struct spec){ .ino = 7, .nlink = 2, .major = 1 });
	put("alone", "", (struct spec){ .ino = 7, .nlink = 1 });
	hard_link("twice", "OLD", 5);
	hard_link("twice", "TWICE", 6);
	hard_link("thrice", "", 6);
	hard_link("unknown", "NEW", 4);
	assert_added(11);
	assert_contents("/twice", "TWICE");
	assert_contents("/thrice", "TWICE");
	assert_contents("/last/a", "LAST");
	assert_contents("/last/b", "LAST");
	assert_contents("/first/a", "FIRST");
	assert_contents("/first/b", "FIRST");
	assert_contents("/other/b", "OTHER");
	assert_contents("/alone", "");
}

/* A later archive writes to the file, under each of its names. */
static void names_of_another_archive(void **state)
{
	hard_link("a", "ONE", 7);
	hard_link("b", "", 7);
	trailer();
	hard_link("c", "", 7); /* numbers mean something within an archive only */
	trailer();
	file("a", "TWO");
	assert_added(4);
	assert_contents("/a", "TWO");
	assert_contents("/b", "TWO");
	assert_contents("/c", "");
}

/* Those of its last header; a link's are Linux's, not those of its header. */
static void rights(void **state)
{
	put("a", "A", (struct spec){ .ino = 1, .mode = 0100640 });
	put("b", "B", (struct spec){ .ino = 2, .mode = 0104751 });
	put("link", "a", (struct spec){ .mode = 0120600 });
	assert_added(3);
	assert_int_equal(memfile_at("a")->file->rights, 0640);
	assert_int_equal(memfile_at("b")->file->rights, 04751);
	assert_int_equal(memfile_at("link")->file->rights, 0777);
}

static void symbolic_links(void **state)
{
	file("bin/p", "P");
	symlink_to("init", "bin/p");
	symlink_to("sbin", "bin");
	file("sbin/q", "Q");      /* through the link */
	symlink_to("bin", "etc"); /* there are files in it */
	file("etc/a", "A");
	symlink_to("etc/a", "b");
	file("etc/b", "B");
	file("init2", "FILE");
	symlink_to("init2", "etc/a"); /* in its place */
	symlink_to("link", "etc/a");
	file("link", "NEW"); /* the link goes, what it led to stays */
	symlink_to("cut", "etc/b..");
	archive[archive_len - 2] = 0; /* etc/b.. was 7 bytes and one of padding */
	archive[archive_len - 3] = 0; /* a zero ends it */
	assert_added(12);
	assert_contents("/cut", "B");
	assert_contents("/init", "P");
	assert_contents("/bin/q", "Q");
	assert_contents("/init2", "B");
	assert_contents("/link", "NEW");
	assert_contents("/etc/a", "B");
}

static void another_type_takes_the_name(void **state)
{
	file("etc", "FILE");
	file("etc/a", "A"); /* through a file */
	assert_added(1);
	assert_null(memfile_find("/etc/a"));
	archive_len = 0;
	put("etc", "", (struct spec){ .mode = 040755 });
	file("etc/a", "A");
	assert_added(1);
	assert_null(memfile_find("/etc"));
	assert_contents("/etc/a", "A");
}

static void names_that_are_skipped(void **state)
{
	static char name[PATH_MAX + 8], target[PATH_MAX + 8];

	memset(name, 'n', 256);
	file(name, "component of 256");
	memset(name, '/', PATH_MAX);
	file(name, "path of 4096");
	memset(target, '/', PATH_MAX + 1);
	symlink_to("l", target);
	file("/", "the root");
	symlink_to(".", "init");
	file("", "no name");
	set_field(FIELD_NAME_LEN, "00000000"); /* the zero becomes padding */
	trailer();
	file("init", "program");
	assert_added(1);
	assert_null(memfile_find("/l"));
	assert_contents("/init", "program");
}

/* ---- archives one after the other ------------------------------------------------------------ */

static void archives_and_zeros(void **state)
{
	zeros(512);
	file("a", "ONE");
	trailer();
	zeros(1020);
	file("b", "TWO");
	file("a", "NEW");
	trailer();
	file("c", "THREE"); /* at once, and without a trailer */
	zeros(4096 + 3);
	assert_added(4);
	assert_contents("/a", "NEW");
	assert_contents("/b", "TWO");
	assert_contents("/c", "THREE");
	archive_len = 0;
	zeros(100);
	assert_added(0);
	archive_len = 0;
	assert_added(0);
}

static void more_than_the_old_limit(void **state)
{
	char name[8];

	for (u32 i = 0; i < 600; i++) {
		snprintf(name, sizeof(name), "%u", i);
		file(name, name);
		if (i == 299)
			assert_added(300);
	}
	assert_contents("/299", "299");
	host_fail_commit(1, true);
	assert_refused("no memory for so many files");
}

static void checksums(void **state)
{
	put("a", "abc", (struct spec){ .magic = "070702", .check = 'a' + 'b' + 'c' });
	put("l", "a", (struct spec){ .magic = "070702", .mode = LINK_MODE });
	assert_added(2);
	assert_contents("/l", "abc");
	put("b", "abc", (struct spec){ .magic = "070702", .check = 'a' + 'b' + 'd' });
	assert_refused("wrong checksum");
}

/* ---- refused --------------------------------------------------------------------------------- */

/* Cut anywhere in a header, a name or contents. Between entries it is an archive without a trailer. */
static void cut_short(void **state)
{
	size_t entry_end, len;

	file("init", "program");
	entry_end = archive_len;
	file("etc/hosts", "10.0.0.2 b\n");
	len = archive_len - 1; /* the last byte is padding */
	for (archive_len = 1; archive_len < len; archive_len++)
		if (archive_len < entry_end - 1 || archive_len > entry_end)
			assert_refused("at byte");
	archive_len = entry_end;
	assert_added(1);
}

static void malformed_headers(void **state)
{
	file("init", "program");
	set_field(FIELD_FILE_LEN, "g0000007");
	assert_refused("at byte 0, other than hexadecimal digits");
	set_field(FIELD_FILE_LEN, "\x10"
				  "0000007"); /* no digit, for all that it is one with a bit more */
	assert_refused("hexadecimal");
	set_field(FIELD_FILE_LEN, "ffffffff");
	assert_refused("ends within this file");
	set_field(FIELD_FILE_LEN, "00000007");
	set_field(FIELD_NAME_LEN, "ffffffff");
	assert_refused("ends within this file");
	set_field(FIELD_NAME_LEN, "00000003"); /* ends before the name does */
	assert_refused("name without a zero");
	set_field(FIELD_NAME_LEN, "00000005");
	file("second", "");
	archive[last + 5] = '7';
	assert_refused("at byte 124, another format");
	archive[last + 4] = '1';
	assert_refused("at byte 124, no header");
	archive_len = 0;
	zeros(2);
	file("init", "program"); /* not at a multiple of four */
	assert_refused("at byte 2, no header");
}

/* The first bytes of what each program writes: RFC 1952; bzip2; the LZMA SDK; xz's file format; lzop;
 * LZ4's legacy frame, which Linux takes; RFC 8878. Found behind an archive, too. */
static void compressed_archives(void **state)
{
	static const struct {
		u8 start[4];
		const char *program;
	} row[] = {
		{ { 0x1f, 0x8b, 8, 0 }, "'gzip -dc'" },
		{ { 'B', 'Z', 'h', '9' }, "'bzip2 -dc'" },
		{ { 0x5d, 0, 0, 0x80 }, "'lzma -dc'" },
		{ { 0xfd, '7', 'z', 'X' }, "'xz -dc'" },
		{ { 0x89, 'L', 'Z', 'O' }, "'lzop -dc'" },
		{ { 0x02, 0x21, 0x4c, 0x18 }, "'lz4 -dc'" },
		{ { 0x28, 0xb5, 0x2f, 0xfd }, "'zstd -dc'" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(row); i++) {
		archive_len = 0;
		for (u32 round = 0; round < 2; round++) {
			memcpy(archive + archive_len, row[i].start, 4);
			archive_len += 4;
			assert_refused("compressed");
			assert_refused(row[i].program);
			archive_len = 0;
			file("kernel/x86/microcode", "M");
			trailer();
		}
	}
	archive_len = (size_t)sprintf((char *)archive, "#!/bin/sh");
	assert_refused("at byte 0, no header");
	archive_len = 1;
	archive[0] = 0x1f;
	assert_refused("at byte 0, no header");
}

int main(void)
{
	const struct CMUnitTest cpio[] = {
		BARE_TEST(files_under_any_name),
		BARE_TEST(hard_links_share_their_contents),
		BARE_TEST(names_of_another_archive),
		BARE_TEST(rights),
		BARE_TEST(symbolic_links),
		BARE_TEST(another_type_takes_the_name),
		BARE_TEST(names_that_are_skipped),
		BARE_TEST(archives_and_zeros),
		BARE_TEST(more_than_the_old_limit),
		BARE_TEST(checksums),
		BARE_TEST(cut_short),
		BARE_TEST(malformed_headers),
		BARE_TEST(compressed_archives),
	};

	return cmocka_run_group_tests(cpio, NULL, NULL);
}
