/* SPDX-License-Identifier: MIT
 * cpio.c - cpio archives (an initrd) become files.
 * Not here: the files (memfile.c), which of them is the program (kernel/program.c).
 * program.c calls in. Calls memfile.c.
 * Source: cpio(5) "New ASCII Format" (newc); Linux's early-userspace/buffer-format. */
#include "kernel/fs/cpio.h"
#include "kernel/fs/memfile.h"
#include "kernel/lib/format.h"
#include "kernel/lib/string.h"

/* 6 bytes of magic, then 13 numbers of 8 hexadecimal digits. */
#define MAGIC      "07070" /* then: */
#define MAGIC_LEN  5
#define NEWC       '1'
#define NEWC_CRC   '2' /* with a sum of the file's bytes */
#define DIGITS     8
#define HEADER_LEN 110
#define TRAILER    "TRAILER!!!"

enum field {
	INO,
	MODE,
	NLINK = 4,
	FILE_LEN = 6,
	DEV_MAJOR,
	DEV_MINOR,
	NAME_LEN = 11,
	CHECK,
	FIELDS
};

struct entry {
	u32 field[FIELDS];
	const char *name;
	const u8 *data;
	size_t next; /* offset of what follows */
};

static bool read_fields(const u8 *p, u32 *field)
{
	for (u32 i = 0; i < FIELDS * DIGITS; i++) {
		u8 c = p[i], small = c | 0x20; /* of a letter */
		u32 *value = &field[i / DIGITS];

		if (c >= '0' && c <= '9')
			*value = *value << 4 | (u32)(c - '0');
		else if (small >= 'a' && small <= 'f')
			*value = *value << 4 | (u32)(small - 'a' + 10);
		else
			return false;
	}
	return true;
}

static u32 sum_of(const u8 *data, u32 len)
{
	u32 sum = 0;

	while (len-- > 0)
		sum += data[len];
	return sum;
}

/* Returns what is wrong with the entry at `at`, or NULL. */
static const char *read_entry(const u8 *archive, size_t len, size_t at, struct entry *e)
{
	const u8 *header = archive + at;
	u32 *field = e->field, file_len;
	size_t name_end, data_at;

	if (at % 4 != 0 || len - at < HEADER_LEN || memcmp(header, MAGIC, MAGIC_LEN) != 0)
		return "no header";
	if (header[MAGIC_LEN] != NEWC && header[MAGIC_LEN] != NEWC_CRC)
		return "another format (it is cpio -H newc)";
	if (!read_fields(header + MAGIC_LEN + 1, field))
		return "other than hexadecimal digits";
	name_end = at + HEADER_LEN + field[NAME_LEN];
	data_at = ALIGN_UP(name_end, (size_t)4);
	file_len = field[FILE_LEN];
	if (name_end > len || (file_len > 0 && (data_at > len || file_len > len - data_at)))
		return "the archive ends within this file";
	if (field[NAME_LEN] > 0 && archive[name_end - 1] != '\0')
		return "a name without a zero behind it";
	e->name = (const char *)header + HEADER_LEN;
	e->data = archive + min(data_at, len);
	e->next = ALIGN_UP(data_at + file_len, (size_t)4);
	if (header[MAGIC_LEN] == NEWC_CRC && (field[MODE] & S_IFMT) == S_IFREG &&
		sum_of(e->data, file_len) != field[CHECK])
		return "wrong checksum";
	return NULL;
}

/* Files of this archive that may have further names. */
static struct memfile *shared_files;

static struct memfile *find_shared(const u32 id[3])
{
	struct memfile *file = shared_files;

	while (file && memcmp(file->id, id, sizeof(file->id)) != 0)
		file = file->next_shared;
	return file;
}

static void share(struct memfile *file, const u32 id[3])
{
	const struct memfile *other = shared_files;

	memcpy(file->id, id, sizeof(file->id));
	while (other && other != file)
		other = other->next_shared;
	if (other)
		return; /* its name came twice */
	file->next_shared = shared_files;
	shared_files = file;
}

/* A file that exists keeps its other names and gets new contents. Any one of several hard links may carry the
 * contents. */
static bool add_file(const struct entry *e, u32 type)
{
	const u32 id[] = { e->field[INO], e->field[DEV_MAJOR], e->field[DEV_MINOR] };
	bool shared = type == S_IFREG && e->field[NLINK] > 1;
	struct memfile *link = shared ? find_shared(id) : NULL, *file = memfile_at(memfile_path);

	if (link || !file || file->mode != type || type == S_IFLNK)
		file = memfile_name(e->name, type, link);
	if (!file)
		return false;
	file = file->file;
	file->rights = type == S_IFLNK ? 0777 : e->field[MODE] & 07777;
	if (!link || e->field[FILE_LEN] > 0) {
		file->data = e->data;
		file->len = e->field[FILE_LEN];
	}
	if (type == S_IFLNK && memchr(file->data, 0, file->len))
		file->len = strlen(file->data);
	if (shared && !link)
		share(file, id);
	return true;
}

/* Linux skips, and so does this: names and links that are too long, names that lead through a file, a
 * link in the place of a folder that is not empty. Folders come with their files; devices are ours. */
static bool add_entry(const struct entry *e, int *added)
{
	u32 type = e->field[MODE] & S_IFMT;

	if (!strscpy(memfile_path, e->name, PATH_MAX) || memfile_walk(false) < 0 || !*memfile_path)
		return true;
	if (type != S_IFREG && type != S_IFLNK) {
		memfile_remove(memfile_path);
		return true;
	}
	if (type == S_IFLNK && (e->field[FILE_LEN] > PATH_MAX || memfile_folder(memfile_path)))
		return true;
	(*added)++;
	return add_file(e, type);
}

/* Magic of compressed initrds, which Linux takes, and the program that unpacks them. */
static const struct {
	u8 magic[2];
	char program[6];
} compressed[] = {
	{ { 0x1f, 0x8b }, "gzip" },
	{ { 0x1f, 0x9e }, "gzip" },
	{ { 0x42, 0x5a }, "bzip2" },
	{ { 0x5d, 0x00 }, "lzma" },
	{ { 0xfd, 0x37 }, "xz" },
	{ { 0x89, 0x4c }, "lzop" },
	{ { 0x02, 0x21 }, "lz4" },
	{ { 0x28, 0xb5 }, "zstd" },
};

static const char *compressed_by(const u8 *data, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(compressed) && len >= 2; i++)
		if (memcmp(data, compressed[i].magic, 2) == 0)
			return compressed[i].program;
	return NULL;
}

/* Returns what is wrong, or NULL and the offset of what follows. */
static const char *add_at(const u8 *data, size_t len, size_t *at, int *added)
{
	struct entry e = { { 0 }, .next = *at + 1 };
	const char *problem = data[*at] == 0 ? NULL : read_entry(data, len, *at, &e);

	if (problem)
		return problem;
	*at = e.next;
	if (e.field[NAME_LEN] == 0)
		return NULL;
	if (strcmp(e.name, TRAILER) == 0)
		shared_files = NULL;
	else if (!add_entry(&e, added))
		return "no memory for so many files";
	return NULL;
}

int cpio_add(const void *data, size_t len, const char **problem)
{
	static char text[64];
	const char *what = NULL, *program;
	int added = 0;
	size_t at = 0;

	while (at < len && !what)
		what = add_at(data, len, &at, &added);
	shared_files = NULL;
	if (!what)
		return added;
	program = compressed_by((const u8 *)data + at, len - at);
	if (program)
		text_format(text, sizeof(text), "compressed; '%s -dc' unpacks it", program);
	else
		text_format(text, sizeof(text), "at byte %zu, %s", at, what);
	*problem = text;
	return -EINVAL;
}
