#!/bin/sh
# SPDX-License-Identifier: MIT
# setup.sh - install the Debian packages this project needs and that are missing, naming them first.
# Not here: anything but packages. `make setup` calls it; `setup.sh bench` adds what only the
# comparisons with other stacks need. With nothing missing it is silent and needs no network.
set -eu

base="gcc libc6-dev make binutils python3 python3-pytest python3-pytest-xdist python3-scapy
	musl-tools qemu-system-x86 ovmf seabios ipxe-qemu grub-common grub-pc-bin grub-efi-amd64-bin
	xorriso mtools tshark libcmocka-dev clang llvm clang-format iproute2 git gdb
	busybox-static mandoc"
bench="dpdk-dev liblwip-dev valgrind pkg-config"

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

case "${1:-}" in
'') wanted=$base ;;
bench) wanted="$base $bench" ;;
*) fail "'$1' is not known here: expected nothing, or bench" ;;
esac

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
	fail "this is no Debian or Ubuntu. Install what these of Debian's packages hold, then go on:" \
		$wanted "libclang-rt-dev"
fi

updated=
# shellcheck disable=SC2046,SC2086 # package names hold no blanks
install_packages $(missing_of $wanted)
install_clang_runtime
