/* SPDX-License-Identifier: MIT
 * memfile.c - read-only files: texts made by the kernel, and files of archives.
 * Not here: descriptors (file.c), archives (cpio.c).
 * main.c and cpio.c fill it, the open and stat calls look into it. Calls slab.c.
 * Source: path_resolution(7). */
#include "kernel/fs/memfile.h"
#include "kernel/fs/procfile.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"

#define BUCKETS 256

static struct slab memfile_slab = SLAB(struct memfile);
static struct memfile *bucket[BUCKETS];

char memfile_path[PATH_MAX + PATH_SLACK];

static u32 hash_of(const char *path)
{
	u32 hash = 0;

	for (const char *c = path; *c; c++)
		hash = hash * 31 + (u8)*c;
	return hash;
}

/* The place of the pointer to the file of this path, or where it belongs. */
static struct memfile **place_of(const char *path)
{
	struct memfile **at = &bucket[hash_of(path) % BUCKETS];

	while (*at && strcmp((*at)->path, path) != 0)
		at = &(*at)->next;
	return at;
}

struct memfile *memfile_at(const char *path)
{
	return *place_of(path);
}

void memfile_remove(const char *path)
{
	struct memfile **at = place_of(path);

	if (*at) {
		(*at)->file->links--;
		*at = (*at)->next;
	}
}

static bool is_folder(const char *path)
{
	size_t len = strlen(path);

	if (len == 0) /* the root */
		return true;
	for (u32 i = 0; i < BUCKETS; i++)
		for (const struct memfile *file = bucket[i]; file; file = file->next)
			if (strncmp(file->path, path, len) == 0 && file->path[len] == '/')
				return true;
	return proc_is_folder(path);
}

#define FOLDER_INO (1u << 31) /* no machine has so many files */

u32 memfile_folder(const char *path)
{
	return is_folder(path) ? FOLDER_INO | hash_of(path) : 0;
}

/* ---- paths ------------------------------------------------------------------------------ */

#define NAME_MAX  255
#define LINKS_MAX 40 /* in one walk, as on Linux */

/* memfile_path during a walk: the walked path at its beginning, the rest at its end. */
struct walk {
	char *done; /* the zero behind the walked path.. */
	char *rest; /* ..always before this */
	u32 links;
};

/* Move one component over. Returns where the walked path ended before. */
static char *next_component(struct walk *w)
{
	char *before = w->done;

	if (w->done > memfile_path)
		*w->done++ = '/';
	while (*w->rest && *w->rest != '/')
		*w->done++ = *w->rest++;
	*w->done = '\0';
	return before;
}

/* The link's component ended at done, the path before it at `before`: continue with the link's contents. */
static int follow_link(struct walk *w, const struct memfile *link, char *before)
{
	const char *to = link->file->data;
	size_t len = link->file->len;

	if (len == 0)
		return -ENOENT;
	if (++w->links > LINKS_MAX)
		return -ELOOP;
	w->done = to[0] == '/' ? memfile_path : before;
	if (len + PATH_SLACK >
		(size_t)(w->rest - w->done)) /* the new path must be below PATH_MAX */
		return -ENAMETOOLONG;
	w->rest -= len;
	memcpy(w->rest, to, len);
	return 0;
}

static int walk_component(struct walk *w, bool follow)
{
	char *before = next_component(w);
	const char *name = before > memfile_path ? before + 1 : before;
	bool up = strcmp(name, "..") == 0;
	const struct memfile *file;

	if (up || strcmp(name, ".") == 0) {
		w->done = before;
		*before = '\0';
		if (up && !is_folder(memfile_path))
			return -ENOENT;
		while (up && w->done > memfile_path && *--w->done != '/')
			;
		return 0;
	}
	if (w->done - name > NAME_MAX)
		return -ENAMETOOLONG;
	file = memfile_at(memfile_path);
	if (file && file->mode == S_IFLNK && (follow || *w->rest))
		return follow_link(w, file, before);
	return *w->rest && (file || proc_find(memfile_path)) ? -ENOTDIR : 0;
}

int memfile_walk(bool follow)
{
	size_t len = strlen(memfile_path);
	struct walk w = { memfile_path, memfile_path + sizeof(memfile_path) - 1 - len, 0 };
	int err = len ? 0 : -ENOENT;

	memmove(w.rest, memfile_path, len + 1);
	while (!err) {
		*w.done = '\0';
		while (*w.rest == '/')
			w.rest++;
		if (!*w.rest)
			return 0;
		err = walk_component(&w, follow);
	}
	return err;
}

const struct memfile *memfile_find(const char *path)
{
	if (!strscpy(memfile_path, path, PATH_MAX) || memfile_walk(true) < 0)
		return NULL;
	return memfile_at(memfile_path);
}

/* ---- adding ----------------------------------------------------------------------------- */

/* Room for walked paths that are not the end of the name they come from; taken from its end. */
static char *room;
static size_t room_left;

static const char *keep_path(const char *name)
{
	size_t len = strlen(memfile_path), name_len = strlen(name);

	if (name_len >= len && strcmp(name + (name_len - len), memfile_path) == 0)
		return name + (name_len - len);
	if (room_left <= len) {
		room = mem_alloc(PATH_MAX);
		room_left = room ? PATH_MAX : 0;
	}
	if (!room)
		return NULL;
	room_left -= len + 1;
	return memcpy(room + room_left, memfile_path, len + 1);
}

struct memfile *memfile_name(const char *name, u32 mode, struct memfile *link)
{
	struct memfile *file = slab_alloc(&memfile_slab), **place;
	const char *path = keep_path(name);

	if (!file || !path)
		return NULL;
	memfile_remove(path);
	place = place_of(path);
	file->next = *place;
	file->path = path;
	file->file = link ? link : file;
	file->ino = new_ino();
	file->file->links++;
	file->mode = mode;
	*place = file;
	return file->file;
}

int memfile_add(const char *path, const void *data, size_t len)
{
	struct memfile *file;
	int err = strscpy(memfile_path, path, PATH_MAX) ? memfile_walk(false) : -ENAMETOOLONG;

	if (err)
		return err;
	file = memfile_name(path, S_IFREG, NULL);
	if (!file)
		return -ENOMEM;
	file->data = data;
	file->len = len;
	file->rights = 0444;
	return 0;
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
	const struct memfile *contents = memfile->file;
	struct file *file = file_new(&memfile_ops, (void *)(uintptr_t)contents, flags);

	if (file)
		file->size = contents->len;
	return file;
}
