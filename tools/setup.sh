#!/bin/sh
# SPDX-License-Identifier: MIT
# setup.sh - install the Debian packages that goals of the Makefile need and that are missing, naming them first.
# Not here: anything but packages. `make setup run` calls `setup.sh run`; without a goal, or with one that is not
# named below, all of the project's but what only comparisons with other stacks need (bench). With nothing missing
# it is silent and needs no network.
set -eu

build="gcc libc6-dev make binutils python3 musl-tools"
qemu="qemu-system-x86 seabios ipxe-qemu"
run="$qemu tshark"
demo="$run iproute2"
image="grub-common grub-pc-bin grub-efi-amd64-bin xorriso mtools"
check="clang-format mandoc python3-pyelftools"
test="$run $image $check python3-pytest python3-pytest-xdist python3-scapy ovmf libcmocka-dev clang llvm
	iproute2 git gdb busybox-static"
bench="$qemu python3-pyelftools cloc dpdk-dev liblwip-dev valgrind pkg-config"

fail()
{
	echo "setup: $*" >&2
	exit 1
}

missing_of()
{
	there=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || :)
	for package in "$@"; do
		printf '%s\n' "$there" | grep -qx "installed $package" || printf ' %s' "$package"
	done
}

as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		fail "not root and no sudo here. As root, run: $*"
	fi
}

# Three tries for the network; at most five minutes' wait for another package manager.
apt_get()
{
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Retries=3 \
		-o DPkg::Lock::Timeout=300 "$@" >/dev/null ||
		fail "apt-get $1 failed: see its words above; is the network there?"
}

install_packages()
{
	[ $# -gt 0 ] || return 0
	echo "setup: installing $*"
	[ -n "$updated" ] || apt_get update
	updated=yes
	apt_get install -y --no-install-recommends "$@"
}

# clang's sanitizer and fuzzer runtimes: their package carries clang's version in its name, and
# some releases ship them with clang itself. So look for the file first.
install_clang_runtime()
{
	folder=$(clang -print-runtime-dir 2>/dev/null) || return 0
	for runtime in "$folder"/libclang_rt.fuzzer* "$folder"/../linux/libclang_rt.fuzzer*; do
		[ ! -e "$runtime" ] || return 0
	done
	install_packages "libclang-rt-$(clang -dumpversion | cut -d. -f1)-dev"
}

wanted=$build
clang=
for goal in "${@:-test}"; do
	case $goal in
	all | clean | help) ;;
	run) wanted="$wanted $run" ;;
	demo) wanted="$wanted $demo" ;;
	iso | dist) wanted="$wanted $image git" ;;
	gdb) wanted="$wanted $qemu gdb" ;;
	check) wanted="$wanted $check" ;;
	bench | bench-*) wanted="$wanted $bench" ;;
	*)
		wanted="$wanted $test"
		clang=yes
		;;
	esac
done
# shellcheck disable=SC2086
wanted=$(printf '%s\n' $wanted | awk '!seen[$0]++')

# shellcheck disable=SC2086
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
	fail "this is no Debian or Ubuntu. Install what these of Debian's packages hold, then go on:" \
		$wanted ${clang:+libclang-rt-dev}
fi

updated=
# shellcheck disable=SC2046,SC2086 # package names hold no blanks
install_packages $(missing_of $wanted)
[ -z "$clang" ] || install_clang_runtime
