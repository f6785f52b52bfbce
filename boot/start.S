/* SPDX-License-Identifier: MIT
 * start.S - from the boot loader's 32-bit protected mode to kmain in the upper half.
 * Not here: reading what the loader passed (bootinfo.c); the final page tables (kernel/mm/vm.c).
 * Entered from the loader; calls kmain.
 * Source: Intel SDM vol. 3A 9.8.5 (entering IA-32e mode), 4.5 (four-level paging). */

#include "boot/boot.h"

#define PTE_P   0x001
#define PTE_W   0x002
#define PTE_PS  0x080
#define NX_HIGH 0x80000000	/* bit 63 of an entry, in its upper half */

#define CR0_PE 0x00000001
#define CR0_MP 0x00000002
#define CR0_EM 0x00000004
#define CR0_TS 0x00000008
#define CR0_NE 0x00000020
#define CR0_WP 0x00010000
#define CR0_PG 0x80000000
#define CR4_PAE        0x020
#define CR4_OSFXSR     0x200
#define CR4_OSXMMEXCPT 0x400

#define MSR_EFER 0xc0000080
#define EFER_SCE 0x001
#define EFER_LME 0x100
#define EFER_NXE 0x800

#define CPUID_EXT_MAX      0x80000000
#define CPUID_EXT_FEATURES 0x80000001
#define CPUID_NX_LM        0x20100000	/* edx bits 20 (NX) and 29 (long mode) */

#define VGA_TEXT        0xb8000
#define VGA_WHITE_ON_RED 0x4f
#define COM1            0x3f8
#define DEBUG_EXIT      0xf4
#define STATUS_NO_MEMORY 68
#define STATUS_NO_CPU    72

#define MEMORY_PROBE 0x6d756666	/* not what a bus without memory reads as */

	.section .boot.text, "ax"
	.code32

/* PVH: ebx = start info, eax undefined. Give it a magic of its own. */
	.globl boot_start_pvh
boot_start_pvh:
	movl $PVH_MAGIC, %eax

/* Multiboot 1 and 2: eax = magic, ebx = information structure, flat segments, no paging. */
	.globl boot_start
boot_start:
	cli
	cld
	movl $MEMORY_PROBE, _image_end_pa - 4	/* behind the stack: loaders do not ask */
	cmpl $MEMORY_PROBE, _image_end_pa - 4
	jne no_memory
	movl $boot_stack_top, %esp
	movl %eax, %ebp			/* survives cpuid and rdmsr */
	movl %ebx, %edi

	call check_cpu
	call build_tables

	movl $boot_pml4, %eax
	movl %eax, %cr3
	movl $(CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT), %eax
	movl %eax, %cr4			/* nothing of what firmware had on */
	movl $MSR_EFER, %ecx
	rdmsr
	orl $(EFER_SCE | EFER_LME | EFER_NXE), %eax
	wrmsr
	movl %cr0, %eax
	andl $~(CR0_EM | CR0_TS), %eax
	orl $(CR0_PG | CR0_WP | CR0_NE | CR0_MP | CR0_PE), %eax
	movl %eax, %cr0			/* long mode, compatibility segment */
	lgdt boot_gdt_pointer
	ljmp $KERNEL_CS, $start64

/* Ends here without long mode and no-execute pages. */
check_cpu:
	movl $CPUID_EXT_MAX, %eax
	cpuid
	cmpl $CPUID_EXT_FEATURES, %eax
	jb no_cpu
	movl $CPUID_EXT_FEATURES, %eax
	cpuid
	andl $CPUID_NX_LM, %edx
	cmpl $CPUID_NX_LM, %edx
	jne no_cpu
	ret

no_memory:
	movl $no_memory_text, %esi
	movl $STATUS_NO_MEMORY, %ebx
	jmp stop

no_cpu:
	movl $no_cpu_text, %esi
	movl $STATUS_NO_CPU, %ebx

/* Says esi on the screen and on serial, ends with status ebx. Needs no stack. */
stop:
	movl $VGA_TEXT, %edi
	movb $VGA_WHITE_ON_RED, %ah
1:	lodsb
	testb %al, %al
	jz 2f
	stosw
	movw $COM1, %dx
	outb %al, %dx
	jmp 1b
2:	movw $DEBUG_EXIT, %dx
	movl %ebx, %eax
	outl %eax, %dx
3:	hlt
	jmp 3b

no_memory_text:
	.asciz "muffin: the memory ends before the kernel does; 4 MiB are enough. Stopped.\r\n"
no_cpu_text:
	.asciz "muffin: this CPU has no 64-bit mode or no NX bit; both are needed. Stopped.\r\n"

/* Three windows, none both writable and executable but the alias of the kernel in the direct
 * map, which vm_init takes away after the text was patched:
 *   identity    the pages of .boot, to live through the switch
 *   DIRECT_MAP  the first 4 GiB, rw-, 2 MiB pages
 *   KERNEL_VMA  the kernel, page by page with the rights of its sections */
build_tables:
	movl $(boot_pdpt_low + PTE_P + PTE_W), boot_pml4
	movl $(boot_pd_low + PTE_P + PTE_W), boot_pdpt_low
	movl $(boot_pt_low + PTE_P + PTE_W), boot_pd_low
	movl $(boot_pdpt_direct + PTE_P + PTE_W), boot_pml4 + 8 * PML4_DIRECT
	movl $(boot_pdpt_kernel + PTE_P + PTE_W), boot_pml4 + 8 * PML4_KERNEL
	movl $(boot_pd_kernel + PTE_P + PTE_W), boot_pdpt_kernel + 8 * PDPT_KERNEL
	movl $(boot_pt_kernel + PTE_P + PTE_W), boot_pd_kernel

	movl $_image_start_pa, %esi
	movl $_boot_end_pa, %edx
	movl $boot_pt_low, %ebx
	movl $PTE_P, %ecx
	xorl %eax, %eax
	call map_pages

	movl $boot_pt_kernel, %ebx
	movl $(_etext - KERNEL_VMA), %edx
	call map_pages			/* text: r-x, continues at esi */
	movl $NX_HIGH, %eax
	movl $(_erodata - KERNEL_VMA), %edx
	call map_pages			/* rodata, program: r-- */
	movl $(PTE_P + PTE_W), %ecx
	movl $(_end - KERNEL_VMA), %edx
	call map_pages			/* data, bss: rw- */

	/* the direct map's directories follow each other in memory */
	movl $boot_pd_direct, %ebx
	movl $boot_pdpt_direct, %edx
	movl $BOOT_DIRECT_GIB, %ecx
1:	leal (PTE_P + PTE_W)(%ebx), %eax
	movl %eax, (%edx)
	addl $8, %edx
	addl $PAGE_BYTES, %ebx
	loop 1b

	movl $boot_pd_direct, %ebx
	movl $(PTE_P + PTE_W + PTE_PS), %eax
	movl $(BOOT_DIRECT_GIB * 512), %ecx
2:	movl %eax, (%ebx)
	movl $NX_HIGH, 4(%ebx)
	addl $0x200000, %eax
	addl $8, %ebx
	loop 2b
	ret

/* Map physical pages esi..edx in the table ebx (which covers 0..2 MiB) with the flags ecx and
 * the upper half eax; leaves esi = edx. */
map_pages:
	push %edi
1:	cmpl %edx, %esi
	jae 2f
	movl %esi, %edi
	shrl $12, %edi
	pushl %esi
	orl %ecx, %esi
	movl %esi, (%ebx, %edi, 8)
	movl %eax, 4(%ebx, %edi, 8)
	popl %esi
	addl $PAGE_BYTES, %esi
	jmp 1b
2:	pop %edi
	ret

	.code64
start64:
	movabsq $start_high, %rax
	jmp *%rax

	.balign 8
boot_gdt:
	.quad 0
	.quad 0x00af9b000000ffff	/* KERNEL_CS: 64-bit code */
	.quad 0x00cf93000000ffff	/* KERNEL_DS */
boot_gdt_pointer:
	.word . - boot_gdt - 1
	.long boot_gdt

	.text
start_high:
	movl $KERNEL_DS, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %ss
	xorl %eax, %eax
	movl %eax, %fs
	movl %eax, %gs
	movq $kernel_stack_top, %rsp
	fninit				/* what the program finds: all exceptions masked */
	movl %edi, %esi			/* kmain(magic, information structure) */
	movl %ebp, %edi
	xorl %ebp, %ebp			/* ends stack walks */
	call kmain
1:	hlt
	jmp 1b

	.section .boot.bss, "aw", @nobits
	.balign PAGE_BYTES
boot_pml4:		.skip PAGE_BYTES
boot_pdpt_low:		.skip PAGE_BYTES
boot_pd_low:		.skip PAGE_BYTES
boot_pt_low:		.skip PAGE_BYTES
boot_pdpt_direct:	.skip PAGE_BYTES
boot_pd_direct:		.skip PAGE_BYTES * BOOT_DIRECT_GIB
boot_pdpt_kernel:	.skip PAGE_BYTES
boot_pd_kernel:		.skip PAGE_BYTES
boot_pt_kernel:		.skip PAGE_BYTES
boot_stack:		.skip 512
boot_stack_top:
