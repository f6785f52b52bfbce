# SPDX-License-Identifier: MIT
# bench.mk - the benches as make targets. Included by the top Makefile.

PYTHON ?= /usr/bin/python3

.PHONY: bench bench-boot bench-size bench-instructions bench-profile bench-rules

bench: bench-instructions bench-rules bench-size bench-boot ## all benches, held to the budgets in bench/budgets.toml

bench-instructions: build/muffin.elf build/bench/programs/bench-send ## guest instructions of a system call
	$(PYTHON) bench/instructions.py

bench-rules: build/muffin.elf build/bench/programs/bench-rules ## guest instructions of a filter rule that does not match
	$(PYTHON) bench/rules.py

bench-profile: build/muffin.elf build/bench/programs/bench-send ## where each instruction of a warm sendto goes
	$(PYTHON) bench/profile.py

# With symbols: the profile looks for its calls.
build/bench/programs/%: bench/programs/%.c
	@mkdir -p $(@D)
	@echo "  USER    $<"
	@$(USER_CC) $(filter-out -s,$(USER_CFLAGS)) -o $@ $<

bench-boot: build/muffin.elf build/floor.elf ## wall time to the first frame, against the floor
	$(PYTHON) bench/boot_time.py

bench-size: build/muffin.elf ## text and data per folder, least memory, against the budget
	$(PYTHON) bench/size.py
