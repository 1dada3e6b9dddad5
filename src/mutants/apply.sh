#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# apply.sh PATCH DIR FILE...: DIR has copies of the FILEs, with the patch on them. Every
# hunk has to fit as it is written, and in one place: a guess would be another mutant.
set -eu
patch=$1 dir=$2
shift 2

rm -rf "$dir"
mkdir -p "$dir"
cp "$@" "$dir"

# Line numbers may be out of date, so patch(1) would take the nearest of two places.
awk -v dir="$dir" -v valid="$*" '
function die(at, what) {
	printf "%s:%d: %s\n", FILENAME, at, what >"/dev/stderr"
	exit failed = 1
}
function count(   n, rest, at) {
	if (begun == "")
		return
	for (rest = text; old != "" && (at = index(rest, old)); n++)
		rest = substr(rest, at + 1)
	if (n != 1)
		die(begun, "what this hunk replaces is " n + 0 " times in " file ", not once")
	begun = ""
}
/^\+\+\+ / {
	file = substr($2, 3)
	if (!index(" " valid " ", " " file " "))
		die(FNR, "cannot edit \"" file "\"; valid: " valid)
	path = file
	sub(/.*\//, dir "/", path)
	for (text = ""; (getline line <path) > 0;)
		text = text line "\n"
}
/^--- / { count() }
/^@@ / {
	count()
	if (file == "")
		die(FNR, "a hunk of no file")
	begun = FNR
	old = ""
	next
}
begun != "" && /^[- ]/ { old = old substr($0, 2) "\n" }
END {
	if (failed)
		exit 1
	count()
	if (file == "")
		die(FNR, "no diff")
}' "$patch"
out=$(patch --forward --fuzz=0 --no-backup-if-mismatch --reject-file=- --strip=3 --directory="$dir" <"$patch" 2>&1) || {
	echo "$patch: does not apply: $(echo "$out" | grep -v '^patching file' | head -n 1)" >&2
	exit 1
}
