#!/bin/sh
# SPDX-License-Identifier: MIT
# dist.sh - what is given to others: kernel, symbols, image, pages, checksums, and whose work is in them.
# Not here: building (`make dist` does that first).
#
#     tools/dist.sh [FOLDER]        default: build/dist
#
# Two clones of the same commit, with the same packages installed, give the same bytes.
set -eu

folder=${1:-build/dist}
version=$(sed -n 's/^#define MUFFIN_VERSION "\(.*\)"$/\1/p' kernel/lib/version.h)
name=muffin-$version
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2>/dev/null || echo 1)}"
export SOURCE_DATE_EPOCH

fail()
{
	echo "dist: $*" >&2
	exit 1
}

[ -n "$version" ] || fail "kernel/lib/version.h has no MUFFIN_VERSION"
rm -rf "${folder:?}/$name"
mkdir -p "$folder/$name/licences" "$folder/$name/man" "$folder/$name/docs"
objcopy --strip-debug build/muffin.elf "$folder/$name/muffin.elf"
tools/mkiso.sh -k "$folder/$name/muffin.elf" -o "$folder/$name/muffin.iso"
cp build/muffin.sym LICENSE README.md CHANGELOG.md "$folder/$name"
cp docs/*.md docs/*.svg "$folder/$name/docs"
cp docs/man/muffin*.[17] "$folder/$name/man"

# A package's copyright file, and which source it was built from.
shipped()
{
	file=/usr/share/doc/$1/copyright
	[ -s "$file" ] || fail "$1 is not installed (no $file): run 'make setup'"
	cp "$file" "$folder/$name/licences/$1"
	dpkg-query -W -f '${source:Package} ${source:Version}' "$1"
}

# An assignment of its own: a failure inside a here-document would be lost.
musl=$(shipped musl-dev)
grub=$(shipped grub-common)
cat >"$folder/$name/NOTICES" <<END
muffin $version is under the MIT licence: LICENSE.

muffin.elf carries the programs whose pages are in man, which are linked with musl (Debian's source package
$musl): licences/musl-dev.

muffin.iso starts with GRUB (Debian's source package $grub), which is under the GNU General Public
License, version 3 or later: licences/grub-common. It is Debian's, unchanged. Its complete source is that
source package of Debian's; those who gave you this image give you the same on a medium for the cost of
copying it, for three years from the day on which they gave it.
END
(
	cd "$folder/$name"
	find . -type f ! -name SHA256SUMS | LC_ALL=C sort | xargs sha256sum >SHA256SUMS
)
tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
	-C "$folder" -cf - "$name" | gzip -9n >"$folder/$name.tar.gz"
echo "  DIST    $folder/$name.tar.gz"
