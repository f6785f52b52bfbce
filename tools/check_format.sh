#!/bin/sh
# SPDX-License-Identifier: MIT
# check_format.sh - every C file stands as .clang-format says. `make check` calls it.
# Not here: changing anything. To mend what it names: clang-format -i FILE
#
#     tools/check_format.sh [FOLDER]    (default: here)
set -eu

cd "${1:-.}"
command -v clang-format >/dev/null || {
	echo "check_format: clang-format is not installed: run 'make setup'" >&2
	exit 1
}
find . \( -name build -o -name .git \) -prune -o -name '*.[ch]' -print0 |
	xargs -0r clang-format --dry-run -Werror --style=file --ferror-limit=3
