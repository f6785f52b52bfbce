/* SPDX-License-Identifier: MIT
 * fuzz_cpio.c - the input is a cpio archive; every file found must lie inside it.
 * Not here: which refusal is given (tests/unit/test_files.c).
 * libFuzzer calls in.
 * Source: kernel/fs/memfile.h.
 *
 * The source itself is included: files are added for ever, and a fuzzer must take them away. */
#include "kernel/fs/memfile.c"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static void check_file(const struct memfile *m, const u8 *archive, size_t size)
{
	const u8 *name = (const u8 *)m->path, *at = m->data;

	BUG_ON(name < archive || name + strlen(m->path) >= archive + size);
	BUG_ON(at < archive || at > archive + size || m->len > (size_t)(archive + size - at));
	BUG_ON(!memfile_find(m->path));
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
	BUG_ON(n != 0 || total != m->len);
	file_put(file);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u8 *archive = malloc(size); /* its own, so that reading beyond it is seen */
	const char *problem = NULL;
	int n;

	memcpy(archive, data, size);
	n = memfile_add_cpio(archive, size, &problem);
	BUG_ON(n < 0 && !problem);
	for (u32 i = 0; i < memfile_n; i++) {
		check_file(&memfiles[i], archive, size);
		read_file(&memfiles[i]);
	}
	memfile_n = 0;
	free(archive);
	return 0;
}
