#!/bin/sh
# SPDX-License-Identifier: MIT
# mkiso.sh - a bootable image: CD, USB stick (dd), BIOS and UEFI.
# Not here: the menu itself (boot/grub.cfg). `make iso` calls it.
#
#     tools/mkiso.sh [-k KERNEL] [-c GRUB.CFG] [-p PROGRAM] [-o IMAGE]
#
# Two runs over the same commit and kernel give the same bytes.
set -eu

kernel=build/muffin.elf
config=boot/grub.cfg
program=
image=build/muffin.iso

fail()
{
	echo "mkiso: $*" >&2
	exit 1
}

need_file()
{
	[ -s "$1" ] || fail "$2 '$1' is not there or empty${3:+: $3}"
}

need_tool()
{
	command -v "$1" >/dev/null || fail "$1 is not installed: run 'make setup'"
}

while getopts k:c:p:o: option; do
	case $option in
	k) kernel=$OPTARG ;;
	c) config=$OPTARG ;;
	p) program=$OPTARG ;;
	o) image=$OPTARG ;;
	*) fail "expected [-k KERNEL] [-c GRUB.CFG] [-p PROGRAM] [-o IMAGE]" ;;
	esac
done

need_tool grub-mkrescue
need_tool xorriso
need_tool mformat
need_file "$kernel" kernel "run 'make'"
need_file "$config" "boot menu"
[ -z "$program" ] || need_file "$program" program
grub-file --is-x86-multiboot2 "$kernel" || fail "$kernel has no multiboot 2 header"
for platform in i386-pc x86_64-efi; do
	[ -d "/usr/lib/grub/$platform" ] || fail "GRUB lacks $platform: run 'make setup'"
done

# One date for everything in the image: the commit's.
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2>/dev/null || echo 1)}"
export SOURCE_DATE_EPOCH
stamp=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y%m%d%H%M%S)00

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir -p "$tree/boot/grub" "$(dirname "$image")"
cp "$config" "$tree/boot/grub/grub.cfg"
cp "$kernel" "$tree/boot/muffin.elf"
[ -z "$program" ] || cp "$program" "$tree/boot/program"
find "$tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

words=$tree.log
grub-mkrescue -o "$image" --locales= --fonts= --themes= \
	--install-modules="multiboot2 normal serial terminal all_video iso9660 part_msdos part_gpt test search fat echo ls reboot halt" \
	"$tree" -- -volid MUFFIN -volume_date all_file_dates "$stamp" -volume_date uuid "$stamp" \
	>"$words" 2>&1 || { cat "$words" >&2; rm -f "$words"; fail "grub-mkrescue failed"; }
rm -f "$words"

# mtools gives the EFI partition's FAT a serial number from the clock: 4 bytes at offset 39 of its
# boot sector (Microsoft FAT specification 3.2).
block=$(xorriso -indev "$image" -report_el_torito plain 2>/dev/null |
	awk '/^El Torito boot img .* UEFI /{ print $NF }')
[ -n "$block" ] || fail "$image has no UEFI boot image"
printf MUFN | dd of="$image" bs=1 seek=$((block * 2048 + 39)) conv=notrunc status=none
