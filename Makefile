# SPDX-License-Identifier: MIT
# Makefile - builds the kernel, boots it, tests it. `make help` lists what there is.

CROSS_COMPILE ?=
CC            := $(CROSS_COMPILE)gcc
LD            := $(CROSS_COMPILE)ld
NM            := $(CROSS_COMPILE)nm
OBJDUMP       := $(CROSS_COMPILE)objdump
HOST_CC       ?= gcc
USER_CC       ?= musl-gcc
PYTHON        ?= /usr/bin/python3
ACCEL         ?= tcg
BUILD         := build
export ACCEL

MAKEFLAGS += --no-builtin-rules
ifneq ($(filter setup,$(MAKECMDGOALS)),)
.NOTPARALLEL: # the other goals need what it installs
endif
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

# ---- the kernel ------------------------------------------------------------------------------
# In the order a datagram meets them, so that the link map reads as the transmit path; then the way up, and
# what the machine needs.

OBJS := \
	kernel/entry/entry.o \
	kernel/entry/syscall.o \
	net/socket/socket.o \
	net/socket/socket_user.o \
	kernel/security/security.o \
	net/udp/af_inet.o \
	net/udp/udp_send.o \
	net/udp/ip_cmsg_send.o \
	net/udp/udp_segment.o \
	net/udp/udp_cork.o \
	net/udp/udp_route.o \
	net/ipv4/route.o \
	net/fib/fib_trie.o \
	net/fib/fib_select.o \
	net/flow/flow_cache.o \
	net/flow/flow_xmit.o \
	net/udp/udp_output.o \
	net/ipv4/ip_output.o \
	net/socket/msg.o \
	net/netfilter/netfilter.o \
	net/netfilter/nf_rules.o \
	net/netfilter/nf_queue.o \
	net/netfilter/nf_reinject.o \
	net/config/nf_rules_text.o \
	net/config/nf_rules_proc.o \
	net/neigh/neigh_state.o \
	net/neigh/neigh_table.o \
	net/neigh/neigh_queue.o \
	net/neigh/arp.o \
	net/neigh/arp_rcv.o \
	net/device/dev.o \
	net/device/dev_xmit.o \
	net/device/tap.o \
	net/device/qdisc.o \
	net/device/sk_pacing.o \
	net/device/rate_queue.o \
	net/device/etf.o \
	net/device/token_bucket.o \
	drivers/e1000/tx.o \
	drivers/e1000/rx.o \
	drivers/e1000/hw.o \
	drivers/e1000/watchdog.o \
	drivers/e1000/link.o \
	drivers/e1000/start.o \
	drivers/e1000/main.o \
	net/device/loopback.o \
	net/device/dev_receive.o \
	net/device/dev_poll.o \
	net/ipv4/rx_flow.o \
	net/ipv4/ip_input.o \
	net/ipv4/ip_fragment.o \
	net/ipv4/protocol.o \
	net/ipv4/igmp.o \
	net/ipv4/icmp.o \
	net/udp/udp_input.o \
	net/udp/udp_prot.o \
	net/udp/udp_port.o \
	net/udp/errqueue.o \
	net/udp/timestamping.o \
	net/udp/ip_cmsg.o \
	net/socket/socket_calls.o \
	net/socket/socket_recv.o \
	net/socket/sys_netns.o \
	net/core/sock.o \
	net/socket/datagram.o \
	net/socket/sock_room.o \
	net/packet/af_packet.o \
	net/packet/packet_sockopt.o \
	net/packet/bpf.o \
	net/packet/pcap.o \
	net/config/proc.o \
	net/ipv4/dev_ioctl.o \
	net/socket/sock_options.o \
	net/socket/sockopt.o \
	net/udp/inet_sockopt.o \
	net/netlink/af_netlink.o \
	net/netlink/netlink.o \
	net/netlink/nlattr.o \
	net/netlink/rtnetlink.o \
	net/netlink/rtnl_link.o \
	net/netlink/rtnl_addr.o \
	net/netlink/rtnl_route.o \
	net/netlink/rtnl_neigh.o \
	net/netlink/nfnetlink_queue.o \
	net/netlink/nfqnl_instance.o \
	net/netlink/nfqnl_message.o \
	net/netlink/nfqnl_mangle.o \
	net/core/skbuff.o \
	net/core/skbuff_pieces.o \
	net/core/checksum.o \
	net/core/skb_owner.o \
	net/core/timer.o \
	net/core/part.o \
	net/ipv4/pmtu.o \
	net/fib/change.o \
	net/fib/answers.o \
	net/fib/build.o \
	net/fib/list.o \
	net/fib/roots.o \
	net/fib/pool.o \
	net/fib/semantics.o \
	net/fib/sync.o \
	net/fib/hash.o \
	net/fib/table.o \
	net/fib/dump.o \
	net/fib/selftest.o \
	net/config/egress.o \
	net/device/dev_config.o \
	net/ipv4/devinet.o \
	net/device/ifaddr.o \
	net/ipv4/fib_frontend.o \
	net/core/net_namespace.o \
	net/config/ipconfig.o \
	net/config/ipconfig_route.o \
	net/config/ipconfig_qdisc.o \
	net/config/ipconfig_netns.o \
	net/config/nsfs.o \
	net/config/ipconfig_apply.o \
	net/config/routes_file.o \
	net/net_init.o \
	net/net_exit.o \
	net/device/account.o \
	drivers/pci/pci.o \
	kernel/main.o \
	kernel/cmdline.o \
	kernel/program.o \
	kernel/counts.o \
	kernel/capture.o \
	kernel/power/power.o \
	kernel/power/acpi.o \
	kernel/platform/acpi_tables.o \
	kernel/platform/rtc.o \
	kernel/platform/random.o \
	kernel/process/sys_file.o \
	kernel/process/sys_stat.o \
	kernel/process/namei.o \
	kernel/process/sys_fd.o \
	kernel/process/sys_poll.o \
	kernel/process/sys_mm.o \
	kernel/process/sys_process.o \
	kernel/process/sys_self.o \
	kernel/process/signal.o \
	kernel/process/alarm.o \
	kernel/process/process.o \
	kernel/process/exec.o \
	kernel/process/elf.o \
	kernel/fs/file.o \
	kernel/fs/task.o \
	kernel/fs/memfile.o \
	kernel/fs/cpio.o \
	kernel/fs/procfile.o \
	kernel/dev/console_file.o \
	kernel/dev/devfile.o \
	net/unix/af_unix.o \
	kernel/mm/uaccess_copy.o \
	kernel/mm/uaccess.o \
	kernel/mm/fault.o \
	kernel/mm/mmap.o \
	kernel/mm/vm.o \
	kernel/mm/kernel_map.o \
	kernel/mm/page.o \
	kernel/entry/trap.o \
	kernel/cpu/idt.o \
	kernel/cpu/user.o \
	kernel/cpu/stacks.o \
	kernel/cpu/idle.o \
	kernel/cpu/timer.o \
	kernel/cpu/clock.o \
	kernel/cpu/text.o \
	kernel/cpu/cpu.o \
	kernel/power/panic.o \
	kernel/console/symbols.o \
	kernel/console/printk.o \
	kernel/console/console.o \
	kernel/console/vga.o \
	kernel/console/serial.o \
	kernel/lib/fields.o \
	kernel/lib/format.o \
	kernel/lib/parse.o \
	kernel/mm/slab.o \
	kernel/lib/string.o \
	boot/bootinfo.o \
	boot/header.o \
	boot/start.o

# ---- what can be left out --------------------------------------------------------------------
# `make OMIT="netlink groups"` leaves their objects out of the link, and recompiles nothing; `make OMIT=road` all of
# them. Each registers itself (net/core/part.h), so that nothing else names them. A pattern may stand in two rows.

OMIT ?=
PART_egress     := net/config/egress.o
PART_errqueue   := net/udp/errqueue.o net/udp/timestamping.o
PART_fragments  := net/ipv4/ip_fragment.o
PART_groups     := net/ipv4/igmp.o
PART_ioctl      := net/ipv4/dev_ioctl.o
PART_multipath  := net/fib/fib_select.o
PART_namespaces := net/config/nsfs.o net/config/ipconfig_netns.o
PART_netfilter  := net/netfilter/%.o net/config/nf_%.o net/netlink/nf%.o
PART_netlink    := net/netlink/%.o
PART_pacing     := net/config/ipconfig_qdisc.o net/device/qdisc.o net/device/etf.o net/device/rate_queue.o net/device/sk_pacing.o \
	net/device/token_bucket.o
PART_packet     := net/packet/af_packet.o net/packet/packet_sockopt.o net/packet/bpf.o
PART_pcap       := net/packet/pcap.o kernel/capture.o
PART_pmtu       := net/ipv4/pmtu.o
PART_programs   := user/muffin-recv.o user/muffin-blast.o
PART_proc       := net/config/proc.o kernel/counts.o
PART_route      := net/config/ipconfig_route.o
PART_routesfile := net/config/routes_file.o
PART_rxflows    := net/ipv4/rx_flow.o
PART_selftest   := net/fib/selftest.o
PART_symbols    :=
PART_trie       := net/fib/build.o net/fib/hash.o net/fib/roots.o
PART_unix       := net/unix/%.o
PARTS           := $(patsubst PART_%,%,$(filter PART_%,$(.VARIABLES)))

OMITTED := $(if $(filter road,$(OMIT)),$(PARTS),$(OMIT))
ifneq ($(filter-out $(PARTS),$(OMITTED)),)
$(error OMIT: there is no part '$(filter-out $(PARTS),$(OMITTED))'; the parts are $(sort $(PARTS)), or road for all)
endif

# What several parts use is left out with the last of them.
SHARED_dump := net/fib/dump.o
USERS_dump  := netlink proc trie
SHARED      := $(patsubst SHARED_%,%,$(filter SHARED_%,$(.VARIABLES)))
UNUSED      := $(foreach name,$(SHARED),$(if $(filter-out $(OMITTED),$(USERS_$(name))),,$(SHARED_$(name))))

# Built-in programs, in the order in which they are named; the first is the default.
PROGRAMS := muffin-send muffin-recv muffin-blast
PROGRAM_OBJS := $(PROGRAMS:%=user/%.o)

LINKED := $(filter-out $(UNUSED) $(foreach part,$(OMITTED),$(PART_$(part))),$(OBJS) $(PROGRAM_OBJS))

KERNEL_OBJS := $(addprefix $(BUILD)/,$(OBJS))

WARNINGS := -Wall -Wextra -Werror -Wshadow -Wconversion -Wvla -Wmissing-prototypes \
	-Wstrict-prototypes -Wno-override-init -Wno-cast-function-type -Wno-unused-parameter
# The same in both compilers' words: an interrupt aligns the stack on 16 bytes, calls keep 8; padding costs
# pages, and instructions where it is run through.
ifneq ($(findstring clang,$(CC)),)
STACK_8   := -mstack-alignment=8
NO_IDIOMS := -fno-builtin
NO_PADDING := -falign-functions=1
else
STACK_8   := -mpreferred-stack-boundary=3
NO_IDIOMS := -fno-tree-loop-distribute-patterns
NO_PADDING := -falign-functions=1 -falign-jumps=1 -falign-loops=1
endif
# Wherever the tree lies, the kernel has the same bytes.
SAME_BYTES := -ffile-prefix-map="$(CURDIR)"=.
# Small code of net/ would copy frames by `rep movsb`, a byte an iteration: an emulator counts each, and a CPU is slow to begin one.
# clang has no such flag, and does not do it.
NO_REP := $(if $(findstring clang,$(CC)),,-mstringop-strategy=libcall)

CFLAGS := -std=gnu11 -O2 -g $(NO_PADDING) -ffreestanding -fno-pic -mcmodel=kernel -mgeneral-regs-only \
	-mno-red-zone $(STACK_8) -fno-asynchronous-unwind-tables \
	-ffunction-sections -fdata-sections -fno-strict-aliasing -fno-common -fcf-protection=none -fstack-protector-strong \
	-mstack-protector-guard=global -fomit-frame-pointer -Wframe-larger-than=2048 $(WARNINGS) -I. $(SAME_BYTES)
ASFLAGS := -I. -g -Wa,--fatal-warnings $(SAME_BYTES)
# A function that only a part asked for goes with it.
LDFLAGS := -nostdlib -static --gc-sections -T linker.ld -z max-page-size=4096 -z noexecstack --build-id=none \
	--no-warn-rwx-segments

# KERNEL= is another place for it.
KERNEL    := $(BUILD)/muffin.elf
LINK_OBJS := $(addprefix $(BUILD)/,$(LINKED))
BESIDE    := $(basename $(KERNEL))

.PHONY: all
all: $(KERNEL) ## build/muffin.elf, with a listing, a map and its symbols beside it

# Linked twice: the first link tells where functions are, the second carries their names.
$(KERNEL): $(KERNEL_OBJS) $(PROGRAM_OBJS:%=$(BUILD)/%) $(KERNEL).omitted linker.ld tools/ksyms.py
	@$(LD) $(LDFLAGS) -o $(BESIDE).first.elf $(LINK_OBJS)
	@$(if $(filter symbols,$(OMITTED)),true,$(NM) -n $(BESIDE).first.elf) | $(PYTHON) tools/ksyms.py > $(BESIDE).ksyms.S
	@$(CC) -c -o $(BESIDE).ksyms.o $(BESIDE).ksyms.S
	@$(LD) $(LDFLAGS) -Map=$(BESIDE).map -o $@ $(LINK_OBJS) $(BESIDE).ksyms.o
	@$(NM) -n $@ > $(BESIDE).sym
	@$(OBJDUMP) -d --no-show-raw-insn $@ > $(BESIDE).lst
	@echo "  LD      $@$(if $(OMIT), without $(OMIT))"

.PHONY: road
road: $(BUILD)/muffin.elf ## build/road.elf: the transmit path alone, every part left out (OMIT=road)
	@$(MAKE) --no-print-directory OMIT=road KERNEL=$(BUILD)/road.elf $(BUILD)/road.elf

# Another choice is another link.
$(KERNEL).omitted: FORCE
	@mkdir -p $(@D)
	@echo '$(sort $(OMITTED))' | cmp -s - $@ || echo '$(sort $(OMITTED))' > $@
.PHONY: FORCE

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CC) $(CFLAGS) $(CFLAGS_$(notdir $*)) -MMD -MP -c -o $@ $<

$(BUILD)/%.o: %.S Makefile
	@mkdir -p $(@D)
	@echo "  AS      $<"
	@$(CC) $(ASFLAGS) -MMD -MP -c -o $@ $<

# What runs once is built small, what every packet meets is built fast.
FAST := kernel/lib/string kernel/mm/uaccess net/socket/socket net/socket/socket_recv net/socket/datagram net/udp/udp_send net/udp/udp_route net/udp/udp_output net/udp/udp_segment net/flow/flow_cache net/flow/flow_xmit \
	net/ipv4/route net/fib/fib_trie net/ipv4/ip_output net/socket/msg \
	net/neigh/neigh_table net/device/dev_xmit net/ipv4/rx_flow net/udp/udp_input \
	drivers/e1000/tx drivers/e1000/rx net/packet/af_packet net/config/routes_file
$(filter-out $(FAST:%=$(BUILD)/%.o),$(KERNEL_OBJS)): CFLAGS += -Os
$(filter $(BUILD)/net/%,$(filter-out $(FAST:%=$(BUILD)/%.o),$(KERNEL_OBJS))): CFLAGS += $(NO_REP)

# a compiler would turn these loops into calls of themselves
CFLAGS_string := $(NO_IDIOMS)

$(PROGRAM_OBJS:%=$(BUILD)/%): $(BUILD)/%.o: boot/program.S $(BUILD)/%
	@$(CC) -c -DNAME='"$(notdir $*)"' -DPROGRAM='"$(BUILD)/$*"' -o $@ $<

# ---- ring 3 ----------------------------------------------------------------------------------

USER_CFLAGS := -std=c11 -O2 -Wall -Wextra -Werror -static -s -D_POSIX_C_SOURCE=200809L

# What is loaded is copied at the start: built small, without what nothing calls.
PROGRAM_CFLAGS := $(USER_CFLAGS) -Os -I. -D_GNU_SOURCE -Wshadow -Wmissing-prototypes -ffunction-sections -fdata-sections \
	-fno-pie -no-pie -fno-asynchronous-unwind-tables -Wl,--gc-sections -Wl,-z,noseparate-code -Wl,-z,norelro
USER_LIB := $(wildcard user/lib/*.c)

$(BUILD)/user/muffin-blast: $(wildcard user/blast/*.c)
$(BUILD)/user/muffin-recv: $(wildcard user/recv/*.c)

$(BUILD)/user/%: user/%.c $(USER_LIB) $(wildcard user/*/*.h)
	@mkdir -p $(@D)
	@echo "  USER    $<"
	@$(USER_CC) $(PROGRAM_CFLAGS) -o $@ $(filter %.c,$^)

# ---- using it --------------------------------------------------------------------------------

.PHONY: setup run demo iso dist gdb check clean help

setup: ## install what the other goals on its line need and is missing, naming it first; alone: all but bench's
	@sh tools/setup.sh $(filter-out setup,$(MAKECMDGOALS))

run: $(BUILD)/muffin.elf ## send a muffin in QEMU: what the kernel said, the listener got, the wire saw
	@$(PYTHON) tools/run.py

demo: $(BUILD)/muffin.elf ## one machine sends, another receives, across a Linux bridge: both ends and the wire between; RATE=max: a million datagrams
	@$(PYTHON) tools/demo.py $(if $(RATE),--rate $(RATE))

iso: $(BUILD)/muffin.iso ## build/muffin.iso: CD, USB stick, BIOS and UEFI

$(BUILD)/muffin.iso: $(BUILD)/muffin.elf boot/grub.cfg tools/mkiso.sh
	@sh tools/mkiso.sh
	@echo "  ISO     $@"

dist: $(BUILD)/muffin.elf ## build/dist: kernel, image, man pages, checksums, notices; the same bytes in every clone
	@sh tools/dist.sh

gdb: $(BUILD)/muffin.elf ## boot, stopped, and let gdb halt at every layer that a datagram passes
	@$(PYTHON) tools/gdb.py

check: $(BUILD)/muffin.elf ## layers, docstrings, format, links, READMEs, generated pages, promises, man pages, system calls, the list of mutants; that sending allocates nothing
	@$(PYTHON) tools/check_layers.py
	@$(PYTHON) tools/check_docs.py
	@$(PYTHON) tools/check_only.py
	@sh tools/check_format.sh
	@$(PYTHON) tools/readme.py
	@$(PYTHON) tools/check_promises.py
	@$(PYTHON) tools/check_man.py
	@$(PYTHON) tools/syscalls.py
	@$(PYTHON) tools/mutants.py --check
	@$(PYTHON) tools/check_noalloc.py --elf $(BUILD)/muffin.elf

clean: ## remove everything that was built
	rm -rf $(BUILD)

help: ## this list
	@echo "make <target>, where <target> is one of"
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort -t: -k1,1 | \
		awk -F ':.*## ' '{ printf "  %-18s %s\n", $$1, $$2 }'
	@echo "CROSS_COMPILE=<prefix> USER_CC=<compiler> ACCEL=kvm change the tools"

include bench/bench.mk
include bench/floor/floor.mk
-include bench/fib/fib.mk
-include tests/tests.mk
-include bench/native/native.mk
-include $(KERNEL_OBJS:.o=.d)
