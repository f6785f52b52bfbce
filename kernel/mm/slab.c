/* SPDX-License-Identifier: MIT
 * slab.c - objects of one size, from whole pages. Control path only.
 * Not here: packets (net/core/skbuff.c), whose pool is sized at boot.
 * Used by net/ and kernel/fs. Calls mem_alloc.
 * Source: Bonwick, "The Slab Allocator", USENIX 1994, reduced to its free list. */
#include "kernel/mm/slab.h"
#include "kernel/lib/string.h"
#include "net/core/machine.h"

#define SLAB_PAGE_BYTES 4096u

struct free_object {
	struct free_object *next;
};

/* All but its link. */
static void put(struct slab *slab, struct free_object *object)
{
	object->next = slab->free;
	slab->free = object;
	mem_poison(object + 1, slab->object_len - sizeof(*object));
}

static bool grow(struct slab *slab)
{
	u8 *page = mem_alloc(SLAB_PAGE_BYTES);

	if (!page)
		return false;
	for (u32 at = 0; at + slab->object_len <= SLAB_PAGE_BYTES; at += slab->object_len)
		put(slab, (void *)(page + at));
	return true;
}

void *slab_alloc(struct slab *slab)
{
	struct free_object *object;

	if (!slab->free && !grow(slab))
		return NULL;
	object = slab->free;
	slab->free = object->next;
	slab->in_use++;
	mem_unpoison(object, slab->object_len);
	memset(object, 0, slab->object_len);
	return object;
}

void slab_free(struct slab *slab, void *object)
{
	if (!object)
		return;
	put(slab, object);
	slab->in_use--;
}
