# SPDX-License-Identifier: MIT
# native.mk - `make bench-native`: net/ built for the host, with the flags that the transmit path has in
# the kernel, beside lwIP and DPDK in one process.
# Not here: the unit tests' build of the same files. The top Makefile includes this.
# Needs Debian's liblwip-dev, libdpdk-dev (of dpdk-dev), pkg-config and valgrind.

NATIVE_BUILD  := $(BUILD)/bench/native
NATIVE_STACK  := $(HOST_SRCS) tests/unit/host_machine.c tests/unit/host_task.c bench/native/ring.c
NATIVE_OWN    := native muffin frame
NATIVE_OBJS   := $(NATIVE_STACK:%.c=$(NATIVE_BUILD)/%.o) $(NATIVE_OWN:%=$(NATIVE_BUILD)/bench/native/%.o) \
	$(NATIVE_BUILD)/uaccess_copy.o
NATIVE_PEERS  := $(NATIVE_BUILD)/lwip.o $(NATIVE_BUILD)/dpdk.o
# Hidden: two of our names are also lwIP's, and its library must not find them.
NATIVE_CFLAGS := -std=gnu11 -O2 -g -I. -ffreestanding -fno-pic -fno-strict-aliasing -fomit-frame-pointer \
	-fvisibility=hidden -fcf-protection=none $(WARNINGS) -Wno-address-of-packed-member

$(NATIVE_BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  HOSTCC  $<"
	@$(HOST_CC) $(NATIVE_CFLAGS) -MMD -MP -c -o $@ $<

# net/ as in the kernel, with its own copies from the program's memory and its no-ops for hooks that
# are off; what stands for the machine is the unit tests'.
$(addprefix $(NATIVE_BUILD)/,tests/unit/host_machine.o tests/unit/host_task.o kernel/lib/string.o \
	$(NATIVE_OWN:%=bench/native/%.o)): NATIVE_CFLAGS += -DMUFFIN_HOST

$(NATIVE_BUILD)/uaccess_copy.o: kernel/mm/uaccess_copy.S kernel/mm/uaccess_copy.h
	@mkdir -p $(@D)
	@$(HOST_CC) $(ASFLAGS) -c -o $@ $<

$(NATIVE_BUILD)/lwip.o: bench/native/lwip.c bench/native/lwip.h
	@mkdir -p $(@D)
	@echo "  HOSTCC  $<"
	@$(call needs,test -d /usr/include/lwip,lwIP)
	@$(HOST_CC) -std=gnu11 -O2 -g -I. -I/usr/include/lwip -Wall -Wextra -Werror -c -o $@ $<

# With the flags that Debian's library was built with: much of DPDK is inline.
$(NATIVE_BUILD)/dpdk.o: bench/native/dpdk.c bench/native/dpdk.h
	@mkdir -p $(@D)
	@echo "  HOSTCC  $<"
	@$(call needs,pkg-config --exists libdpdk,DPDK)
	@$(HOST_CC) -std=gnu11 -D_GNU_SOURCE -O3 -g -I. $$(pkg-config --cflags libdpdk) -Wall -Wextra -Werror \
		-c -o $@ $<

# An archive: what nothing calls for, such as the kernel's command line, stays out.
$(NATIVE_BUILD)/stack.a: $(filter-out $(NATIVE_OWN:%=$(NATIVE_BUILD)/bench/native/%.o),$(NATIVE_OBJS))
	@rm -f $@ && ar rcs $@ $^

$(NATIVE_BUILD)/native: $(NATIVE_OWN:%=$(NATIVE_BUILD)/bench/native/%.o) $(NATIVE_PEERS) $(NATIVE_BUILD)/stack.a
	@$(HOST_CC) -no-pie -Wl,-z,noexecstack $(NAME_PARTS) -o $@ $^ -llwip $$(pkg-config --libs libdpdk) -lpthread

.PHONY: bench-native
bench-native: $(NATIVE_BUILD)/native ## net/ as an ordinary process beside lwIP and DPDK: ticks and instructions
	$(PYTHON) bench/native.py $<

-include $(NATIVE_OBJS:.o=.d)
