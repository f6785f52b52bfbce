# SPDX-License-Identifier: MIT
# tests.mk - what `make test` runs: unit tests and fuzzers on the host, then whole machines.
# The host build of the stack, under AddressSanitizer and UBSan, is what the first two link; the
# kernel's own build is the top Makefile's.

FUZZ_CC      ?= clang
FUZZ_RUNS    ?= 2000
FUZZ_SECONDS ?= 0
COVERAGE_RUNS ?= 5000
HOST_BUILD   := $(BUILD)/host
FUZZ_BUILD   := $(BUILD)/fuzz

# All of net/, and what of kernel/ knows no x86.
HOST_SRCS := $(wildcard net/*.c net/*/*.c kernel/lib/*.c kernel/security/*.c) kernel/fs/file.c \
	kernel/fs/memfile.c kernel/fs/cpio.c kernel/fs/procfile.c kernel/process/elf.c kernel/cmdline.c \
	kernel/platform/acpi_tables.c

# The program's memory; pages and a TLB are tests/unit/host_mm.c's.
HOST_SRCS += kernel/mm/vm.c kernel/mm/mmap.c kernel/mm/slab.c kernel/process/exec.c kernel/process/sys_mm.c

# Programs of ring 3, but for what opens sockets at once.
HOST_SRCS += $(wildcard user/lib/*.c) $(addprefix user/blast/,account.c control.c pace.c pcap.c plan.c search.c)

# A source with a main is a program of its own; the others are what the programs share.
UNIT_MAINS  := $(shell grep -l '^int main' tests/unit/*.c 2>/dev/null)
UNIT_SHARED := $(filter-out $(UNIT_MAINS),$(wildcard tests/unit/*.c)) $(wildcard bench/fib/synth.c bench/fib/bytes.c)
UNIT_TESTS  := $(notdir $(UNIT_MAINS:.c=))
FUZZERS     := $(notdir $(basename $(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_SHARED := $(filter-out tests/fuzz/fuzz_%,$(wildcard tests/fuzz/*.c))

HOST_CFLAGS   := -std=gnu11 -O1 -g -DMUFFIN_HOST -I. -fno-strict-aliasing -fno-omit-frame-pointer \
	-fno-sanitize-recover=all $(WARNINGS) -Wno-address-of-packed-member
UNIT_SANITIZE := -fsanitize=address,undefined
FUZZ_SANITIZE := -fsanitize=fuzzer-no-link,address,undefined
FUZZ_LINK     := -fsanitize=fuzzer,address,undefined

# cmocka's macros convert; clang sees conversions in the stack that gcc, which builds it, allows.
$(HOST_BUILD)/tests/%.o: HOST_CFLAGS += -Wno-conversion
$(FUZZ_BUILD)/%.o: HOST_CFLAGS += -Wno-conversion -Wno-sign-conversion -Wno-unknown-warning-option

.PHONY: test unit fuzz run-chaos boot-test test-matrix soak

.PHONY: mutants test unit fuzz coverage-build fuzz-coverage fuzz-merge boot-test test-matrix soak

# One job per core, unless -j says otherwise; what a job writes stays together. The machines come afterwards.
JOBS = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc) --output-sync)

test: ## everything: units, a short fuzzing, machines in QEMU
	@$(MAKE) --no-print-directory $(JOBS) all unit fuzz
	@$(MAKE) --no-print-directory boot-test

unit: $(UNIT_TESTS:%=run-%) ## unit tests of the host build, under sanitizers
	@echo "unit: all of $(words $(UNIT_TESTS)) programs passed"

fuzz: $(FUZZERS:%=run-%) $(if $(filter-out 0,$(FUZZ_SECONDS)),run-chaos) ## fuzzers, FUZZ_RUNS= inputs each; FUZZ_SECONDS= long, then random system calls, too
	@echo "fuzz: $(words $(FUZZERS)) fuzzers found nothing"

run-chaos: $(BUILD)/muffin.elf
	@$(PYTHON) tests/soak/chaos.py --seconds $(FUZZ_SECONDS)

# Built a second time, to count; without sanitizers, which have their say in `make fuzz`.
COVERAGE := -fprofile-instr-generate -fcoverage-mapping

coverage-build:
	@$(MAKE) FUZZ_BUILD=$(BUILD)/coverage FUZZ_SANITIZE='-fsanitize=fuzzer-no-link $(COVERAGE)' \
		FUZZ_LINK='-fsanitize=fuzzer $(COVERAGE)' fuzz-build

fuzz-coverage: coverage-build ## how much of the code the fuzzers reach, COVERAGE_RUNS= inputs each; fails below the budget
	@$(PYTHON) tools/fuzz_coverage.py $(BUILD)/coverage --runs $(COVERAGE_RUNS)

fuzz-merge: coverage-build ## what `make fuzz FUZZ_SECONDS=` found joins tests/fuzz/corpus, if it reaches more
	@for fuzzer in $(FUZZERS); do mkdir -p $(FUZZ_BUILD)/$$fuzzer.found; \
		LLVM_PROFILE_FILE=/dev/null $(BUILD)/coverage/$$fuzzer -set_cover_merge=1 -use_counters=0 -max_len=4096 \
			tests/fuzz/corpus/$$fuzzer $(FUZZ_BUILD)/$$fuzzer.found 2>&1 | \
			grep -a MERGE-OUTER | tail -1 | sed "s/^MERGE-OUTER/$$fuzzer/"; done

boot-test: $(BUILD)/muffin.elf ## the built kernel in QEMU: frames, exit statuses, both firmwares
	@$(PYTHON) -m pytest -q -rs $(shell $(PYTHON) -c 'import xdist' 2>/dev/null && printf '%s' '-n 2') \
		$(wildcard tests/boot tests/tools tests/host)

test-matrix: ## the boot tests with the kernel that clang builds (minutes)
	@$(MAKE) CC=clang BUILD=$(BUILD)/clang all
	@KERNEL=$(BUILD)/clang/muffin.elf $(PYTHON) -m pytest -q -rs -n 2 tests/boot

mutants: ## break the code in one place at a time (tests/mutants): which edits do tests not see?
	@$(PYTHON) tools/mutants.py --whole

soak: $(BUILD)/muffin.elf ## ten million numbered datagrams by each call that sends, all checked (minutes)
	@$(PYTHON) tests/soak/soak.py

# ---- building --------------------------------------------------------------------------------

HOST_OBJS := $(HOST_SRCS:%.c=$(HOST_BUILD)/%.o) $(UNIT_SHARED:%.c=$(HOST_BUILD)/%.o)
FUZZ_OBJS := $(HOST_SRCS:%.c=$(FUZZ_BUILD)/%.o) $(UNIT_SHARED:%.c=$(FUZZ_BUILD)/%.o) \
	$(FUZZ_SHARED:%.c=$(FUZZ_BUILD)/%.o)

$(HOST_BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  HOSTCC  $<"
	@$(HOST_CC) $(HOST_CFLAGS) $(UNIT_SANITIZE) -MMD -MP -c -o $@ $<

$(FUZZ_BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  FUZZCC  $<"
	@$(FUZZ_CC) $(HOST_CFLAGS) $(FUZZ_SANITIZE) -MMD -MP -c -o $@ $<

# An archive, so that a test may bring its own version of what it does not want from there. Nobody names a part
# (net/core/part.h): the linker is asked for each, but for the one that needs a console.
NAME_PARTS := $(shell sed -nE 's/^PART\(([a-z_]+)\).*/-Wl,-u,part_\1/p' $(filter-out net/unix/%,$(filter net/%,$(HOST_SRCS))))

$(HOST_BUILD)/stack.a: $(HOST_OBJS)
	@rm -f $@ && ar rcs $@ $^

$(FUZZ_BUILD)/stack.a: $(FUZZ_OBJS)
	@rm -f $@ && ar rcs $@ $^

$(UNIT_TESTS:%=$(HOST_BUILD)/%): $(HOST_BUILD)/%: $(HOST_BUILD)/tests/unit/%.o $(HOST_BUILD)/stack.a
	@$(HOST_CC) $(UNIT_SANITIZE) $(NAME_PARTS) -o $@ $^ -lcmocka -lpthread -lm

# The kernel's own memcpy and its like, under names that libc does not have.
$(HOST_BUILD)/our_string.o: kernel/lib/string.c kernel/lib/string.h
	@mkdir -p $(@D)
	@$(CC) -std=gnu11 -O2 -ffreestanding $(CFLAGS_string) $(WARNINGS) -I. -c -o $@ $<
	@objcopy --prefix-symbols=our_ $@

$(HOST_BUILD)/test_string: $(HOST_BUILD)/our_string.o

$(FUZZERS:%=$(FUZZ_BUILD)/%): $(FUZZ_BUILD)/%: $(FUZZ_BUILD)/tests/fuzz/%.o $(FUZZ_BUILD)/stack.a
	@$(FUZZ_CC) $(FUZZ_LINK) $(NAME_PARTS) -o $@ $^

.PHONY: fuzz-build
fuzz-build: $(FUZZERS:%=$(FUZZ_BUILD)/%)

# ---- running ---------------------------------------------------------------------------------

# All that a program says goes to its log; of one that passes only cmocka's last lines are shown.
.PHONY: $(UNIT_TESTS:%=run-%) $(FUZZERS:%=run-%)
$(UNIT_TESTS:%=run-%): run-%: $(HOST_BUILD)/%
	@$< >$<.log 2>&1 || { cat $<.log; echo "unit: $* FAILED; again: $<"; exit 1; }
	@printf '%s: %s\n' $* "$$(grep -E '^\[(  PASSED|  FAILED|  SKIPPED)' $<.log | tr -s '\n ' ' ')"

FOUND = $<.$(if $(filter-out 0,$(FUZZ_SECONDS)),found,tried)

# New inputs stay in the build folder; fuzz-merge takes those to the corpus that reach more. A short run
# begins with the corpus alone, so that it tries the same inputs each time.
$(FUZZERS:%=run-%): run-%: $(FUZZ_BUILD)/%
	@$(if $(filter-out 0,$(FUZZ_SECONDS)),,rm -rf $<.tried)
	@mkdir -p $(FOUND) tests/fuzz/corpus/$*
	@$< -timeout=60 -rss_limit_mb=1024 -artifact_prefix=$<.crash- -max_len=4096 \
		$(if $(filter-out 0,$(FUZZ_SECONDS)),-max_total_time=$(FUZZ_SECONDS),-seed=1 -runs=$(FUZZ_RUNS)) \
		$(FOUND) tests/fuzz/corpus/$* >$<.log 2>&1 || \
		{ tail -50 $<.log; echo "fuzz: $* FAILED; again: $< $<.crash-*"; exit 1; }
	@printf '%s: %s\n' $* "$$(grep '^Done' $<.log)"

-include $(HOST_OBJS:.o=.d) $(UNIT_MAINS:%.c=$(HOST_BUILD)/%.d) $(FUZZ_OBJS:.o=.d)
-include $(FUZZERS:%=$(FUZZ_BUILD)/tests/fuzz/%.d)
