/* SPDX-License-Identifier: MIT
 * page.h - physical memory in pages of 4096 bytes.
 * Not here: mapping it (vm.h).
 * Used by vm.c, exec.c and drivers' rings. Never on the transmit path.
 * Source: the boot loader's memory map. */
#pragma once

#include "boot/bootinfo.h"

/* page_init - take over all usable memory but the kernel's image, the modules and the first 64
 * KiB (BIOS data, and so that physical address 0 never means a page). */
void page_init(const struct bootinfo *info);

/* page_alloc - one page; its contents are unknown. Returns its direct-map address, or NULL. */
void *page_alloc(void) __must_check;

/* page_alloc_zeroed - one page of zeros. Returns its direct-map address, or NULL. */
void *page_alloc_zeroed(void) __must_check;

/* page_free - give one page back. */
void page_free(void *page);

/* page_alloc_contiguous - physically contiguous memory for a device, never given back; its
 * contents are unknown.
 * bytes    rounded up to pages
 * align    a power of two, at least a page
 * Returns  its direct-map address, or NULL */
void *page_alloc_contiguous(size_t bytes, u64 align) __must_check;

/* page_give - hand over physical memory that was in use at boot (whole pages inside it). */
void page_give(u64 start_pa, u64 end_pa);

/* page_ram_end - the first physical address above all RAM. */
u64 page_ram_end(void);

/* page_total_bytes, page_free_bytes - how much there was at first, how much there is. */
u64 page_total_bytes(void);
u64 page_free_bytes(void);
