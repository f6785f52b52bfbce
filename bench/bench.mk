# SPDX-License-Identifier: MIT
# bench.mk - the benches as make targets. Included by the top Makefile.

PYTHON ?= /usr/bin/python3

# PEERS=linux measures Debian's kernel beside ours.
PEERS ?=
export PEERS

# Only TCG counts instructions; with ACCEL=kvm there are ticks, and nothing that needs counting.
COUNTING := many rules receive growth lookup stages profile
BENCHES  := instructions throughput native size boot $(if $(filter tcg,$(ACCEL)),$(COUNTING))

.PHONY: bench bench-each $(BENCHES:%=bench-%)

# One at a time: a second one would take the first one's numbers away.
bench: ## all benches, held to the budgets in bench/budgets.toml; PEERS=linux: beside Linux
	@mkdir -p build/bench
	@flock -n -o -E 75 build/bench/all.lock $(MAKE) --no-print-directory bench-each; status=$$?; \
	test $$status != 75 || echo "bench: another \`make bench\` is running here"; exit $$status

# The peer first: without it nothing is begun, and the numbers of before stay. Each bench judges its own
# budgets; one that is over must not keep the others from being measured.
bench-each:
	@$(PYTHON) bench/linux_peer.py
	@rm -f build/bench/*.json
	@failed=; for bench in $(BENCHES); do \
		$(MAKE) --no-print-directory bench-$$bench || failed="$$failed $$bench"; done; \
	$(PYTHON) bench/budget.py || over=yes; \
	test -z "$$failed$$over" || { echo "bench: failed:$${failed:- over budget}"; exit 1; }

# A library that only a comparison needs: said before its headers are missed.
needs = $(1) >/dev/null 2>&1 || { echo "$(2) is not installed: run \`make setup bench\`"; exit 1; }

bench-instructions: build/muffin.elf build/floor.elf build/bench/programs/bench-send ## guest instructions of each way to send
	$(PYTHON) bench/instructions.py

bench-many: build/muffin.elf build/bench/programs/bench-many ## the same for many destinations, sockets, lengths; with a rule, a tap, a queue
	$(PYTHON) bench/many.py

bench-rules: build/muffin.elf build/bench/programs/bench-rules ## guest instructions of a filter rule that does not match
	$(PYTHON) bench/rules.py

bench-receive: build/muffin.elf build/bench/programs/bench-recv ## guest instructions of each way to receive; the same among many sockets, senders, routes
	$(PYTHON) bench/receive.py

bench-growth: build/muffin.elf build/bench/programs/bench-send ## the same with many routes, neighbours, sockets
	$(PYTHON) bench/growth.py

bench-lookup: build/muffin.elf ## guest instructions of a route lookup, and to load a million routes
	$(PYTHON) bench/fib/lookup.py

bench-throughput: build/muffin.elf build/floor.elf build/bench/programs/bench-send ## packets a second
	$(PYTHON) bench/throughput.py

bench-profile: build/muffin.elf build/bench/programs/bench-send ## where each instruction of a datagram goes
	$(PYTHON) bench/profile.py --call sendto
	$(PYTHON) bench/profile.py --call sendmmsg --datagrams 64
	$(PYTHON) bench/profile.py --call segment --datagrams 64

# With symbols: the profile looks for its calls.
build/bench/programs/%: bench/programs/%.c
	@mkdir -p $(@D)
	@echo "  USER    $<"
	@$(USER_CC) $(filter-out -s,$(USER_CFLAGS)) -o $@ $<

bench-boot: build/muffin.elf build/floor.elf ## wall time to the first frame, against the floor
	$(PYTHON) bench/boot_time.py

bench-stages: build/muffin.elf road ## guest instructions from entry to the first doorbell, by stage
	$(PYTHON) bench/stages.py

bench-size: build/muffin.elf road ## text and data per folder, lines of code, least memory, against the budget
	$(PYTHON) bench/size.py
