#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016  # conditions are for expect
# The audit of a kernel's image: a planted one and its busted twin, then Debian's.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"

# shellcheck source=/dev/null
. "$root/src/target/debs.sh"
# shellcheck source=/dev/null
. "$root/src/kernel/image.sh"
make -s -C "$root" build/x86_64-gcc/tornimage
export image_lines_file=$tmp/lines

# IMAGE [--loads]: its rows, "KIND FUNCTION LEVEL PROMISE ORDER", in $tmp/rows
list() {
	code=0
	image_audit "$@" >"$tmp/out" 2>"$tmp/err" || code=$?
	sed -n 's/^\([^\t]*\)\t\([^+\t]*\)+[^\t]*\t\([^\t]*\)\t\([^\t]*\)\t\([^\t]*\)\t.*/\1 \2 \3 \4: \5/p' "$tmp/lines" | LC_ALL=C sort >"$tmp/rows"
}
rows_are() { grep . | LC_ALL=C sort | diff - "$tmp/rows" >"$tmp/err"; }

# NAME COMPILER FLAGS...: $tmp/NAME, linked as a kernel is
linked() {
	"$2" -O2 -ffreestanding -fno-pic -fno-builtin -fcf-protection=none -fno-asynchronous-unwind-tables "${@:3}" -nostdlib -static -Wl,-Ttext=0xc0100000 \
		-Wl,-e,start -Wl,--build-id=none -o "$tmp/$1" "$root/src/test/audit/image.c" 2>"$tmp/err" ||
		"$2" -O2 -ffreestanding -fno-pic -fno-builtin -fno-asynchronous-unwind-tables "${@:3}" -nostdlib -static -Wl,-Ttext=0xc0100000 \
			-Wl,-e,start -Wl,--build-id=none -o "$tmp/$1" "$root/src/test/audit/image.c" 2>"$tmp/err"
}

# ---- a planted image, as each compiler makes it, and its twin, in which each access is another one ----

# start reads the entries that lead to the others, and so do find_member, walk_with
common='
load find_member pmd one word: low
load load_again pmd two words: low, high, low again
load load_callback pmd one word: high
load load_member pte two words: low, high
load other_frame pte one word: low
load start pgd one word: low
load start pmd one word: low
load start pmd one word: low
load walk_with pgd one word: low
store store_high_low pte two words: high, low
store store_low_high pmd two words: low, high'
busted='
load find_member pmd one word: low
load load_again pmd two words: high, low, high again
load load_callback pmd one word: low
load load_member pte two words: high, low
load other_frame pte one word: high
load start pgd one word: low
load start pmd one word: low
load start pmd one word: low
load walk_with pgd one word: low
store store_high_low pte two words: low, high
store store_low_high pmd two words: high, low'

# NAME GOOD BUSTED COMPILER FLAGS...
both() {
	if ! linked good "${@:4}" || ! linked bad "${@:4}" -DBUSTED; then
		not_ok "$1: the planted image is built"
		return
	fi
	list "$tmp/good" --loads
	check "$1: each access of an entry is listed, by order and promise, and no other is" rows_are <<<"$common$2"
	expect "$1: ... and each is resolved: exit 0" 'exits 0'
	list "$tmp/bad" --loads
	check "$1: busted, each is the other" rows_are <<<"$busted$3"
	list "$tmp/good"
	expect "$1: without --loads, stores only" 'exits 0 && ! grep -q "^load" "$tmp/rows" && grep -q "^store" "$tmp/rows"'
	strip -o "$tmp/bare" "$tmp/good" 2>/dev/null || "${4%gcc}strip" -o "$tmp/bare" "$tmp/good"
	list "$tmp/bare"
	expect "$1: an image without names is refused in one line, exit 2" 'exits 2 && [ "$(wc -l <"$tmp/err")" = 1 ] && err_has "no names"'
}

if ! command -v i686-linux-gnu-gcc >/dev/null; then
	skip "i386: a planted image" "no i686-linux-gnu-gcc"
else
	both i386 '
load load_whole pmd atomic: both in one
locked rmw store_whole pmd atomic: both in one' '
load load_whole pmd one word: low
rmw store_whole pmd not promised: both in one' i686-linux-gnu-gcc -march=i686 -mregparm=3 -fno-ipa-ra
fi
if ! command -v arm-linux-gnueabihf-gcc >/dev/null; then
	skip "arm: a planted image" "no arm-linux-gnueabihf-gcc"
else
	both arm '
load load_whole pmd atomic: both in one
store store_cleaned pmd one word: high
store store_whole pmd atomic: both in one' '
load load_whole pmd not promised: both in one
store store_cleaned pmd one word: low
store store_whole pmd not promised: both in one' arm-linux-gnueabihf-gcc -march=armv7ve -mfloat-abi=soft -marm -fno-ipa-ra
fi

# ---- what it does not take ----

list "$tmp/nowhere"
expect "no such file: one line, exit 2" 'exits 2 && silent && [ "$(wc -l <"$tmp/err")" = 1 ] && err_has "no such image"'
head -c 100000 /dev/urandom >"$tmp/noise"
list "$tmp/noise"
expect "a file that is no kernel: one line that names it, exit 2" 'exits 2 && silent && [ "$(wc -l <"$tmp/err")" = 1 ] && err_has "noise: neither"'
echo 'int start(int *p) { p[0] = p[1]; return p[2]; }' >"$tmp/narrow.c"
if command -v i686-linux-gnu-gcc >/dev/null; then
	i686-linux-gnu-gcc -O2 -ffreestanding -fno-pic -nostdlib -static -Wl,-Ttext=0xc0100000 -Wl,-e,start -o "$tmp/narrow" "$tmp/narrow.c"
	list "$tmp/narrow"
	expect "an image that walks no table of 8-byte entries: one line, exit 2" 'exits 2 && silent && [ "$(wc -l <"$tmp/err")" = 1 ] && err_has "no kernel with PAE"'
fi
list debian:linux-image-amd64
expect "a kernel of 64 bits: one line, exit 2" 'exits 2 && silent && err_has "not a kernel with 64-bit entries"'

# ---- Debian's, without names but for its own ----

# FUNCTION WORDS...: a row of it
row() { grep -qE -- "^$2 $1 $3$" "$tmp/rows"; }

list debian:linux-image-686-pae --loads
if [ "$code" = 3 ]; then
	skip "Debian's, PAE" "$(tail -n 1 "$tmp/err")"
else
	expect "Debian's, PAE: exit 0, every access is resolved" 'exits 0'
	expect "... gup-fast loads a pmd by two instructions" 'row "internal_get_user_pages_fast|gup_.*" load "pmd two words: .*"'
	expect "... pmdp_invalidate swaps the low word first" 'row "pmdp_invalidate" "(locked rmw|store)" "pmd (two words: low, high|atomic: both in one)"'
	expect "... set_pmd is lock cmpxchg8b" 'row "[a-z_0-9.]+" "locked rmw" "pmd atomic: both in one"'
	expect "... the second load of a pair has an address, for a probe" 'grep -qP "^load\tinternal_get_user_pages_fast\+0x[0-9a-f]+\tpmd\t.*\tinternal_get_user_pages_fast\+0x[0-9a-f]+\t" "$tmp/lines"'
fi
finish
