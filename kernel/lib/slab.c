/* SPDX-License-Identifier: MIT
 * slab.c - objects of one size, from whole pages. Control path only.
 * Not here: packets (net/skbuff.c), whose pool is sized at boot.
 * Used by net/ and kernel/fs. Calls mem_alloc.
 * Source: Bonwick, "The Slab Allocator", USENIX 1994, reduced to its free list. */
#include "kernel/lib/slab.h"
#include "kernel/lib/string.h"
#include "net/machine.h"

#define SLAB_PAGE_BYTES 4096u

struct free_object {
	struct free_object *next;
};

static bool grow(struct slab *slab)
{
	u8 *page = mem_alloc(SLAB_PAGE_BYTES);

	if (!page)
		return false;
	for (u32 at = 0; at + slab->object_len <= SLAB_PAGE_BYTES; at += slab->object_len) {
		struct free_object *object = (void *)(page + at);

		object->next = slab->free;
		slab->free = object;
	}
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
	memset(object, 0, slab->object_len);
	return object;
}

void slab_free(struct slab *slab, void *object)
{
	struct free_object *o = object;

	if (!o)
		return;
	o->next = slab->free;
	slab->free = o;
	slab->in_use--;
}
