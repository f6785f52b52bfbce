/* SPDX-License-Identifier: MIT
 * memfile.c - the read-only files a program finds: texts the kernel made, and a cpio archive.
 * Not here: descriptors (file.c).
 * main.c fills it, the open and stat calls look into it.
 * Source: cpio(5) "New ASCII Format" (newc), Linux's initramfs buffer format. */
#include "kernel/fs/memfile.h"
#include "kernel/lib/string.h"

#define MEMFILES_MAX 256

static struct memfile memfiles[MEMFILES_MAX];
static u32 memfile_n;

int memfile_add(const char *path, const void *data, size_t len)
{
	if (memfile_n == MEMFILES_MAX)
		return -ENOSPC;
	memfiles[memfile_n++] = (struct memfile){ path, data, len };
	return 0;
}

const struct memfile *memfile_find(const char *path)
{
	for (u32 i = memfile_n; i > 0; i--)
		if (path_eq(memfiles[i - 1].path, path))
			return &memfiles[i - 1];
	return NULL;
}

/* ---- cpio ------------------------------------------------------------------------------- */

/* 6 bytes of magic, then 13 numbers of 8 hexadecimal digits. */
#define CPIO_MAGIC      "070701"
#define CPIO_MAGIC_CRC  "070702"
#define CPIO_MAGIC_LEN  6
#define CPIO_HEADER_LEN 110
#define CPIO_TRAILER    "TRAILER!!!"
#define CPIO_TYPE_MASK  0170000

enum cpio_field {
	CPIO_MODE = 1,
	CPIO_FILE_LEN = 6,
	CPIO_NAME_LEN = 11
};

static bool hex_field(const u8 *header, enum cpio_field field, u32 *value)
{
	const u8 *p = header + CPIO_MAGIC_LEN + 8 * (u32)field;

	*value = 0;
	for (int i = 0; i < 8; i++) {
		u8 c = p[i], small = c | 0x20; /* of a letter */

		if (c >= '0' && c <= '9')
			*value = *value << 4 | (u32)(c - '0');
		else if (small >= 'a' && small <= 'f')
			*value = *value << 4 | (u32)(small - 'a' + 10);
		else
			return false;
	}
	return true;
}

bool memfile_is_cpio(const void *data, size_t len)
{
	return len >= CPIO_HEADER_LEN && (memcmp(data, CPIO_MAGIC, CPIO_MAGIC_LEN) == 0 ||
						 memcmp(data, CPIO_MAGIC_CRC, CPIO_MAGIC_LEN) == 0);
}

struct cpio_entry {
	const char *name;
	const u8 *data;
	u32 data_len, mode;
	size_t next; /* offset of the next header */
};

/* Returns what is wrong with the entry at `at`, or NULL. */
static const char *cpio_read(const u8 *archive, size_t len, size_t at, struct cpio_entry *entry)
{
	const u8 *header = archive + at;
	size_t name_end, data_at;
	u32 name_len;

	if (!memfile_is_cpio(header, len - at))
		return "no header where one was expected";
	if (!hex_field(header, CPIO_MODE, &entry->mode) ||
		!hex_field(header, CPIO_FILE_LEN, &entry->data_len) ||
		!hex_field(header, CPIO_NAME_LEN, &name_len))
		return "header with something other than hexadecimal digits";
	name_end = at + CPIO_HEADER_LEN + name_len;
	data_at = ALIGN_UP(name_end, (size_t)4);
	if (name_len == 0 || name_end > len || archive[name_end - 1] != '\0')
		return "file name that does not end inside the archive";
	if (data_at > len || entry->data_len > len - data_at)
		return "file that is longer than the archive";
	entry->name = (const char *)header + CPIO_HEADER_LEN;
	entry->data = archive + data_at;
	entry->next = ALIGN_UP(data_at + entry->data_len, (size_t)4);
	return NULL;
}

int memfile_add_cpio(const void *archive, size_t len, const char **problem)
{
	struct cpio_entry entry;
	int added = 0;

	for (size_t at = 0; at < len; at = entry.next) {
		*problem = cpio_read(archive, len, at, &entry);
		if (*problem)
			return -EINVAL;
		if (strcmp(entry.name, CPIO_TRAILER) == 0)
			return added;
		if ((entry.mode & CPIO_TYPE_MASK) != S_IFREG)
			continue;
		if (memfile_add(entry.name, entry.data, entry.data_len) < 0) {
			*problem = "more files than fit (256)";
			return -ENOSPC;
		}
		added++;
	}
	*problem = "end without a trailer: the archive is cut short";
	return -EINVAL;
}

/* ---- reading ---------------------------------------------------------------------------- */

static ssize memfile_read(struct file *file, void __user *buf, size_t len)
{
	const struct memfile *m = file->private_data;

	return file_copy_out(file, buf, len, m->data);
}

static const struct file_operations memfile_ops = {
	.read = memfile_read,
	.lseek = file_lseek,
	.mode = S_IFREG | 0444,
};

struct file *memfile_open(const struct memfile *memfile, u32 flags)
{
	struct file *file = file_new(&memfile_ops, (void *)(uintptr_t)memfile, flags);

	if (file)
		file->size = memfile->len;
	return file;
}
