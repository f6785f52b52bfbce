/* SPDX-License-Identifier: MIT
 * fuzz_cpio.c - the input is an initrd; every file found must lie inside it, and every path end somewhere.
 * Not here: which refusal is given (tests/unit/test_cpio.c).
 * libFuzzer calls in.
 * Source: kernel/fs/cpio.h, kernel/fs/memfile.h.
 *
 * The sources themselves are included: files are added for ever, and a fuzzer must take them away. */
#include "kernel/fs/procfile.h"
#include "kernel/mm/slab.h"

static u8 memory[1 << 20];
static size_t memory_used;

static void *take_memory(size_t bytes)
{
	memory_used += ALIGN_UP(bytes, (size_t)16);
	BUG_ON(memory_used > sizeof(memory));
	return memory + memory_used - ALIGN_UP(bytes, (size_t)16);
}

#define slab_alloc(slab) take_memory((slab)->object_len)
#define mem_alloc(bytes) take_memory(bytes)
#include "kernel/fs/memfile.c"
#include "kernel/fs/cpio.c"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static void check_file(const struct memfile *m, const u8 *archive, size_t size)
{
	const u8 *at = m->file->data;
	int err;

	BUG_ON(m->file->file != m->file || m->file->mode != m->mode);
	BUG_ON(at < archive || at > archive + size);
	BUG_ON(m->file->len > (size_t)(archive + size - at));
	BUG_ON(!strscpy(memfile_path, m->path, PATH_MAX));
	err = memfile_walk(false);
	BUG_ON(err && err != -ENOTDIR); /* a file came later in the place of the folder */
	BUG_ON(!err && (strcmp(memfile_path, m->path) != 0 || memfile_at(memfile_path) != m));
	BUG_ON(m->mode == S_IFLNK && memfile_folder(m->path));
}

static void read_file(const struct memfile *m)
{
	struct file *file = memfile_open(m, 0);
	u64 total = 0;
	u8 buf[64];
	ssize n;

	BUG_ON(!file);
	while ((n = file->ops->read(file, buf, sizeof(buf))) > 0)
		total += (u64)n;
	BUG_ON(n != 0 || total != m->file->len);
	file_put(file);
}

/* What a program opens is never a link. */
static void open_path(const char *path)
{
	const struct memfile *m = memfile_find(path);

	BUG_ON(m && m->mode != S_IFREG);
	if (m)
		read_file(m);
}

/* What the command line says of names, as main.c does it. */
static void add_generated(const u8 *archive, size_t size)
{
	const char *path = "/etc/hosts";
	const struct memfile *m;

	if (memfile_add(path, archive, size) != 0)
		return;
	BUG_ON(!strscpy(memfile_path, path, PATH_MAX) || memfile_walk(false) != 0);
	m = memfile_at(memfile_path);
	BUG_ON(!m || m->file->data != archive || m->file->len != size);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u8 *archive = malloc(size); /* its own, so that reading beyond it is seen */
	const char *problem = NULL;
	int n;

	memset(bucket, 0, sizeof(bucket));
	room_left = memory_used = 0;
	memset(memory, 0, sizeof(memory));
	memcpy(archive, data, size);
	n = cpio_add(archive, size, &problem);
	BUG_ON(n < 0 && (!problem || !*problem));
	for (u32 i = 0; i < BUCKETS; i++) {
		for (const struct memfile *m = bucket[i]; m; m = m->next) {
			check_file(m, archive, size);
			open_path(m->path);
		}
	}
	add_generated(archive, size);
	free(archive);
	return 0;
}
