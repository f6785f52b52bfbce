/* SPDX-License-Identifier: MIT
 * test_kernel_map.c - the kernel's half: with which rights its image is mapped, also where all memory is mapped
 * a second time; that what mem_reserve hands out has a guard page behind it, and is handed out again.
 * Not here: page tables (test_mmap.c), the CPU's view of them (tests/boot/test_promises.py).
 * cmocka calls in; the source is included, with a vm_map that writes down what it was asked for.
 * Source: kernel/mm/layout.h; linker.ld. */
#include "boot/boot.h"
#include "kernel/cpu/asm.h"
#include "kernel/mm/page.h"
#include "kernel/mm/vm.h"
#include "tests/unit/stack.h"

#define IMAGE_PA  0x100000ull
#define RAM_END   (64ull << 20)
#define PAGE      4096ull
#define MAPPED    0x80000000u /* with the rights below */
#define IMAGE_MAX 16

/* The image as linker.ld lays it out, in pages: 4 of text, 2 of rodata, data, and stacks above their guards. */
char image[IMAGE_MAX * 4096] __attribute__((aligned(4096)));
__asm__(".globl image_text, image_etext, image_erodata, image_end, guard_a, guard_b, guard_c\n"
	".globl image_pa_start, image_pa_boot_end, image_pa_bss, image_pa_end\n"
	".set image_text, image\n"
	".set image_etext, image + 4 * 4096\n"
	".set image_erodata, image + 6 * 4096\n"
	".set guard_a, image + 8 * 4096\n"
	".set guard_b, image + 11 * 4096\n"
	".set guard_c, image + 13 * 4096\n"
	".set image_end, image + 15 * 4096\n"
	".set image_pa_start, image\n.set image_pa_boot_end, image + 4096\n"
	".set image_pa_bss, image + 8192\n.set image_pa_end, image + 12288\n");

static u32 image_rights_at[IMAGE_MAX], direct_rights_at[RAM_END / PAGE];

static void write_down(u64 va, u32 rights)
{
	u64 at = va - (u64)image;

	if (at < sizeof(image)) {
		assert_int_equal(image_rights_at[at / PAGE], 0); /* mapped once */
		image_rights_at[at / PAGE] = MAPPED | rights;
	} else if (va - DIRECT_MAP < RAM_END) {
		assert_int_equal(direct_rights_at[(va - DIRECT_MAP) / PAGE], 0);
		direct_rights_at[(va - DIRECT_MAP) / PAGE] = MAPPED | rights;
	} else {
		assert_true(va >= VMALLOC_START && va < VMALLOC_END);
	}
}

static int fake_map(u64 va, u64 pa, u64 len, u32 rights)
{
	if (va - DIRECT_MAP < RAM_END)
		assert_int_equal(pa, va - DIRECT_MAP);
	for (u64 done = 0; done < len; done += PAGE)
		write_down(va + done, rights);
	return 0;
}

static int fake_map_large(u64 va, u64 pa)
{
	return fake_map(va, pa, 2ull << 20, VM_WRITE);
}

static u64 fake_new(void)
{
	return PAGE;
}

static void fake_unmap(u64 start, u64 end, u64 floor, u64 ceiling)
{
}

static void fake_give(u64 start_pa, u64 end_pa)
{
}

static u64 fake_ram_end(void)
{
	return RAM_END;
}

#undef KERNEL_VMA
#define KERNEL_VMA         ((u64)image - IMAGE_PA)
#define _text              image_text
#define _etext             image_etext
#define _erodata           image_erodata
#define _end               image_end
#define kernel_stack_guard guard_a
#define df_stack_guard     guard_b
#define nmi_stack_guard    guard_c
#define _image_start_pa    image_pa_start
#define _boot_end_pa       image_pa_boot_end
#define _boot_bss_pa       image_pa_bss
#define _image_end_pa      image_pa_end
#define vm_map             fake_map
#define vm_map_large       fake_map_large
#define vm_new             fake_new
#define vm_unmap           fake_unmap
#define page_give          fake_give
#define page_ram_end       fake_ram_end
#define write_cr3(pa)      ((void)(pa))
/* The host has these, too. */
void *map_reserve(size_t bytes);
int map_commit(void *at, size_t bytes);
void map_decommit(void *at, size_t bytes);
void map_release(void *at, size_t bytes);
void *map_alloc(size_t bytes);
void map_free(void *at, size_t bytes);
u64 map_total(void);
void *map_dma(size_t bytes);
#define mem_reserve  map_reserve
#define mem_commit   map_commit
#define mem_decommit map_decommit
#define mem_release  map_release
#define mem_alloc    map_alloc
#define mem_free     map_free
#define mem_total    map_total
#define dma_alloc    map_dma
#include "kernel/mm/kernel_map.c"

u64 page_total_bytes(void)
{
	return RAM_END;
}

void *page_alloc_contiguous(size_t bytes, u64 align)
{
	return NULL;
}

/* Text is run, rodata read, data written, a guard page nothing; by no way is what is run or read written. */
static void image_and_alias(void **state)
{
	static const u32 rights[IMAGE_MAX] = { [0 ... 3] = MAPPED | VM_EXEC,
		[4 ... 5] = MAPPED,
		[6 ... 7] = MAPPED | VM_WRITE,
		[9 ... 10] = MAPPED | VM_WRITE,
		[12] = MAPPED | VM_WRITE,
		[14] = MAPPED | VM_WRITE };

	vm_init();
	for (u32 i = 0; i < IMAGE_MAX; i++)
		assert_int_equal(image_rights_at[i], rights[i]);
	for (u64 pa = 0; pa < RAM_END; pa += PAGE) {
		bool sealed = pa >= IMAGE_PA && pa < IMAGE_PA + 6 * PAGE;

		assert_int_equal(direct_rights_at[pa / PAGE], MAPPED | (sealed ? 0 : VM_WRITE));
	}
}

#define PIECES 40

/* Behind each piece of any length is a page that is not mapped. */
static void guard_behind_each(void **state)
{
	u64 end = 0;

	for (u32 i = 0; i < PIECES; i++) {
		size_t len = 1 + random_u32() % (5 * 4096);
		u64 at = (u64)mem_reserve(len);

		assert_int_equal(at % PAGE, 0);
		assert_true(i == 0 || at - end >= PAGE);
		end = at + ALIGN_UP(len, PAGE);
	}
}

/* Given back in any order: then all is as it was, and a piece of the same length is the same place. */
static void handed_out_again(void **state)
{
	void *at[PIECES], *again;

	for (u32 round = 0; round < 20; round++) {
		u32 first = random_u32() % PIECES;

		for (u32 i = 0; i < PIECES; i++)
			at[i] = mem_reserve(i * 1000 + 1);
		mem_release(at[first], first * 1000 + 1);
		again = mem_reserve(first * 1000 + 1);
		assert_ptr_equal(again, at[first]);
		for (u32 i = 0; i < PIECES; i++)
			mem_release(at[(first + i) % PIECES], (first + i) % PIECES * 1000 + 1);
		assert_ptr_equal(mem_reserve(1), (void *)VMALLOC_START);
		mem_release((void *)VMALLOC_START, 1);
	}
	assert_null(
		mem_reserve(VMALLOC_END - VMALLOC_START)); /* its guard would lie behind the end */
	assert_non_null(mem_reserve(VMALLOC_END - VMALLOC_START - PAGE));
	assert_null(mem_reserve(1));
}

int main(void)
{
	const struct CMUnitTest map[] = {
		BARE_TEST(image_and_alias),
		BARE_TEST(guard_behind_each),
		BARE_TEST(handed_out_again),
	};

	return cmocka_run_group_tests(map, NULL, NULL);
}
