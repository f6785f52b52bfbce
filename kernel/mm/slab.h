/* SPDX-License-Identifier: MIT
 * slab.h - objects of one size, from whole pages. Control path only: sockets, neighbours, files.
 * Not here: packets (net/core/skbuff.h), whose pool is sized at boot.
 * Used by net/ and kernel/fs. Calls mem_alloc.
 * Source: Bonwick, "The Slab Allocator", USENIX 1994, reduced to its free list. */
#pragma once

#include "kernel/lib/types.h"

struct slab {
	u32 object_len;
	u32 in_use;
	void *free; /* linked through each object's first word */
};

#define SLAB(type)                                                                                 \
	{                                                                                          \
		.object_len = (u32)ALIGN_UP(sizeof(type), (size_t)16)                              \
	}

/* slab_alloc - one object, zeroed, or NULL without memory. */
void *slab_alloc(struct slab *slab);

/* slab_free - give it back. Its page stays with the slab. NULL is allowed. */
void slab_free(struct slab *slab, void *object);
