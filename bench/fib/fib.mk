# SPDX-License-Identifier: MIT
# fib.mk - `make bench-fib`: the routing table beside DPDK's, on this machine.
# Not here: the kernel's build. The top Makefile includes this; CC, BUILD and PYTHON are its.
# Needs Debian's dpdk-dev.

FIB_BENCH_SRC := bench/fib/fib_bench.c bench/fib/bulk.c bench/fib/bytes.c bench/fib/synth.c tests/unit/host_machine.c \
	kernel/lib/parse.c kernel/lib/format.c $(wildcard net/fib/*.c)
FIB_BENCH_CFLAGS := -std=gnu11 -DMUFFIN_HOST -O2 -g -Wall -Wextra -Werror -Wshadow -Wno-unused-parameter -I.
FIB_BENCH_LIBS := -lrte_fib -lrte_lpm -lrte_rib -lrte_eal -lm

# DPDK's headers want a newer -march; only peers.c sees them, so ours is built as the kernel is.
$(BUILD)/bench/peers.o: bench/fib/peers.c bench/fib/peers.h
	@mkdir -p $(@D)
	@$(call needs,pkg-config --exists libdpdk,DPDK)
	$(CC) $(FIB_BENCH_CFLAGS) $$(pkg-config --cflags libdpdk) -c $< -o $@

$(BUILD)/bench/fib_bench: $(FIB_BENCH_SRC) $(BUILD)/bench/peers.o $(wildcard net/*.h net/fib/*.h bench/fib/*.h)
	@mkdir -p $(@D)
	$(CC) $(FIB_BENCH_CFLAGS) -ffreestanding -Wconversion -Wvla -Wmissing-prototypes \
		$(FIB_BENCH_SRC) $(BUILD)/bench/peers.o -o $@ $(FIB_BENCH_LIBS)

.PHONY: bench-fib
bench-fib: $(BUILD)/bench/fib_bench ## the routing table beside DPDK's, on this machine
	$(PYTHON) bench/fib/run.py $< $(BUILD)/bench-fib.json
