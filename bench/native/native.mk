# SPDX-License-Identifier: MIT
# native.mk - `make bench-native`: net/ built for the host, with the flags that the transmit path has in
# the kernel, beside lwIP in one process.
# Not here: the unit tests' build of the same files. The top Makefile includes this.
# Needs Debian's liblwip-dev and valgrind.

NATIVE_BUILD  := $(BUILD)/bench/native
NATIVE_STACK  := $(HOST_SRCS) tests/unit/host_machine.c tests/unit/host_task.c bench/native/ring.c
NATIVE_OBJS   := $(NATIVE_STACK:%.c=$(NATIVE_BUILD)/%.o) $(NATIVE_BUILD)/bench/native/native.o
# Hidden: two of our names are also lwIP's, and its library must not find them.
NATIVE_CFLAGS := -std=gnu11 -O2 -g -DMUFFIN_HOST -I. -ffreestanding -fno-strict-aliasing \
	-fvisibility=hidden -fcf-protection=none -fomit-frame-pointer $(WARNINGS) \
	-Wno-address-of-packed-member

$(NATIVE_BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  HOSTCC  $<"
	@$(HOST_CC) $(NATIVE_CFLAGS) -MMD -MP -c -o $@ $<

$(NATIVE_BUILD)/lwip.o: bench/native/lwip.c bench/native/lwip.h
	@mkdir -p $(@D)
	@echo "  HOSTCC  $<"
	@$(HOST_CC) -std=gnu11 -O2 -g -I. -I/usr/include/lwip -Wall -Wextra -Werror -c -o $@ $<

# An archive: what nothing calls for, such as the kernel's command line, stays out.
$(NATIVE_BUILD)/stack.a: $(NATIVE_STACK:%.c=$(NATIVE_BUILD)/%.o)
	@rm -f $@ && ar rcs $@ $^

$(NATIVE_BUILD)/native: $(NATIVE_BUILD)/bench/native/native.o $(NATIVE_BUILD)/lwip.o $(NATIVE_BUILD)/stack.a
	@$(HOST_CC) -o $@ $^ -llwip -lpthread

.PHONY: bench-native
bench-native: $(NATIVE_BUILD)/native ## net/ as an ordinary process beside lwIP: ticks and instructions
	$(PYTHON) bench/native.py $<

-include $(NATIVE_OBJS:.o=.d)
