# SPDX-License-Identifier: MIT
# floor.mk - builds build/floor.elf, the kernel every comparison starts from. Included by the top
# Makefile. FLOOR_CC may name any compiler that makes 32-bit x86 code.

FLOOR_CC ?= $(CC)
FLOOR_DIR := bench/floor
FLOOR_OBJ := $(addprefix build/$(FLOOR_DIR)/,start.o floor.o machine.o)
FLOOR_CFLAGS := -m32 -march=i686 -std=c11 -O2 -g -ffreestanding -fno-pic -fno-stack-protector \
	-fno-asynchronous-unwind-tables -mgeneral-regs-only -Wall -Wextra -Werror -Wshadow \
	-Wconversion -Wvla

build/floor.elf: $(FLOOR_OBJ) $(FLOOR_DIR)/floor.ld
	@echo "  LD      $@"
	@$(FLOOR_CC) -m32 -static -nostdlib -no-pie -Wl,--build-id=none \
		-Wl,-T,$(FLOOR_DIR)/floor.ld -o $@ $(FLOOR_OBJ)

build/$(FLOOR_DIR)/%.o: $(FLOOR_DIR)/%.c $(FLOOR_DIR)/floor.h
	@mkdir -p $(@D)
	@echo "  FLOOR   $<"
	@$(FLOOR_CC) $(FLOOR_CFLAGS) -c -o $@ $<

build/$(FLOOR_DIR)/%.o: $(FLOOR_DIR)/%.S
	@mkdir -p $(@D)
	@echo "  FLOOR   $<"
	@$(FLOOR_CC) $(FLOOR_CFLAGS) -c -o $@ $<
