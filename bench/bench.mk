# SPDX-License-Identifier: MIT
# bench.mk - the benches as make targets. Included by the top Makefile.

PYTHON ?= /usr/bin/python3

.PHONY: bench-boot bench-size

bench-boot: build/muffin.elf build/floor.elf ## wall time to the first frame, against the floor
	$(PYTHON) bench/boot_time.py

bench-size: build/muffin.elf ## text and data per folder, least memory, against the budget
	$(PYTHON) bench/size.py
