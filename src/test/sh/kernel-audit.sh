#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016  # conditions are for expect
# ./run.sh kernel --audit: known accesses and their busted twins, then a tree whose answer is known.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"

# shellcheck disable=SC2154  # lib.sh's
export TARGET=x86_64 COMPILER=gcc
# shellcheck source=/dev/null
. "$root/src/target/target.sh"
# shellcheck source=/dev/null
for part in tree objects audit; do . "$root/src/kernel/$part.sh"; done
die() { echo "$*" >&2; exit 2; }
entries=$root/src/test/audit/entries.c

# OBJECT PLAIN: its rows, "FUNCTION ACCESS LEVEL PROMISE ORDER", in $tmp/rows
list() {
	code=0
	"$root/build/x86_64-gcc/tornentries" "$root/" "$tmp/list" test entries.o "$2" "$1" >"$tmp/out" 2>"$tmp/err" || code=$?
	sed 's/.*"function":"\([^"]*\)","access":"\([^"]*\)","level":"\([^"]*\)","promise":"\([^"]*\)","order":"\([^"]*\)".*/\1 \2 \3 \4: \5/' \
		"$tmp/list" | LC_ALL=C sort >"$tmp/rows"
}
row() { grep -qx -- "$1" "$tmp/rows"; }
rows_are() { grep . | LC_ALL=C sort | diff - "$tmp/rows" >"$tmp/err"; }

# ---- known accesses, as each compiler makes them ----

# ARCH FLAGS...: makes $tmp/{good,bad}{,-plain}.o; 1: not here
compiled() {
	local gcc plugin name twin

	gcc=$(kernel_cross "$1")gcc
	plugin=$(kernel_plugin "$1" 2>"$tmp/err") || return
	for name in good bad; do
		twin=""
		[ $name = good ] || twin=-DBUSTED
		"$gcc" -O2 "${@:2}" $twin -c -o "$tmp/$name-plain.o" "$entries" &&
			"$gcc" -O2 "${@:2}" $twin -g1 -fplugin="$plugin" -c -o "$tmp/$name.o" "$entries" || return
	done
}

# What both have; in the busted one each is another
common='
called store - one word: low
load_low load pmd one word: low
load_next load pmd one word: low
load_next load pte one word: high
load_unknown load - unknown: -
load_unknown load pmd one word: low
store_high_low store pmd two words: high, low
store_low_high store pmd two words: low, high
store_member store pmd one word: high'
busted='
called store - one word: high
load_low load pmd one word: high
load_next load pmd one word: low
load_next load pte one word: low
load_unknown load - unknown: -
load_unknown load pmd one word: low
store_high_low store pmd two words: low, high
store_low_high store pmd two words: high, low
store_member store pmd one word: low'

# NAME ROWS BUSTED: of $tmp/good.o and of $tmp/bad.o
both() {
	list "$tmp/good.o" "$tmp/good-plain.o"
	check "$1: each access is listed, by order and promise, and no other is" rows_are <<<"$common$2"
	expect "$1: ... what is handed on is counted" 'exits 0 && out_has "^1 accesses by functions that are only given"'
	list "$tmp/bad.o" "$tmp/bad-plain.o"
	check "$1: busted, each is the other" rows_are <<<"$busted$3"
	list "$tmp/good.o" "$tmp/bad-plain.o"
	expect "$1: nothing is said of code that is not the tree's own, exit 4" 'exits 4 && ! grep -v unknown "$tmp/rows"'
}

make -s -C "$root" build/x86_64-gcc/tornentries
if ! compiled i386 -mregparm=3 -fno-strict-aliasing -fno-pic -mno-sse; then
	skip "i386: known accesses" "no plugin for its compiler: $(head -n 1 "$tmp/err")"
else
	both i386 '
not_in_a_table load pmd two words: low, high
store_by_call locked rmw pmd unknown: -
store_cmpxchg locked rmw pmd atomic: both in one' '
not_in_a_table load pmd two words: low, high
store_by_call locked rmw pmd unknown: -
store_cmpxchg rmw pmd not promised: both in one'
fi
if ! compiled arm -march=armv7ve -mfloat-abi=soft -marm -fno-strict-aliasing; then
	skip "arm: known accesses" "no plugin for its compiler: $(head -n 1 "$tmp/err")"
else
	both arm '
load_ldrd load pmd atomic: both in one
not_in_a_table load pmd atomic: both in one
store_stm store pmd not promised: both in one
store_strd store pmd atomic: both in one' '
load_ldrd load pmd two words: low, high
not_in_a_table load pmd atomic: both in one
store_stm store pmd two words: low, high
store_strd store pmd not promised: both in one'
fi

# ---- what became of each access that is explored ----

# ARCH FLAGS...: $tmp/orders-{good,bad}, "ORDERS FUNCTION" of each access of 8 bytes, by the plain object and its busted twin
joined() {
	local gcc plugin name twin source=$root/src/test/audit/announced.c

	gcc=$(kernel_cross "$1")gcc
	plugin=$(kernel_plugin "$1" 2>"$tmp/err") || return
	"$gcc" -O2 "${@:2}" -g1 -fno-ipa-icf -DANNOUNCED -fsanitize=thread --param tsan-distinguish-volatile=1 --param tsan-instrument-func-entry-exit=0 \
		-fplugin="$plugin" -c -o "$tmp/announced.o" "$source" || return
	for name in good bad; do
		twin=""
		[ $name = good ] || twin=-DBUSTED
		"$gcc" -O2 "${@:2}" -g1 $twin -c -o "$tmp/plain.o" "$source" &&
			"$gcc" -O2 "${@:2}" -g1 $twin -fplugin="$plugin" -c -o "$tmp/listed.o" "$source" &&
			"$root/build/x86_64-gcc/tornentries" "$root/" "$tmp/list" test audit/announced.o "$tmp/plain.o" "$tmp/listed.o" >"$tmp/out" &&
			"$root/build/x86_64-gcc/tornorders" "$tmp/announced.o" "$tmp/list" "$root/" >"$tmp/joined" || return
		[ $name = bad ] || mv "$tmp/plain.o" "$tmp/good-plain.o"
		sed 's/^0x[^\t]*\t\([^\t]*\)\t.* \([a-z_]*\)$/\1 \2/' "$tmp/joined" | LC_ALL=C sort >"$tmp/orders-$name"
	done
}
# the last ones, but of another plain object: nobody knows anything of it
unjoined() {
	"$root/build/x86_64-gcc/tornentries" "$root/" "$tmp/list" test audit/announced.o "$tmp/good-plain.o" "$tmp/listed.o" >"$tmp/out"
	[ $? = 4 ] && "$root/build/x86_64-gcc/tornorders" "$tmp/announced.o" "$tmp/list" "$root/" >"$tmp/joined" &&
		[ -s "$tmp/joined" ] && ! grep -qvP '^0x[0-9a-f]+\t-\t(unknown|no row)\t' "$tmp/joined"
}
# ARCH MORE MORE-OF-THE-TWIN: low is what high is of the other
joined_are() {
	local of_both='- load_nothing
low,high copied
low,high load_beside
part load_one_word'

	LC_ALL=C sort <<<"$of_both"$'\nhigh load_both\nhigh store_high_first\nlow load_both\nlow load_low_first'"$1" | diff - "$tmp/orders-good" >"$tmp/err" &&
		LC_ALL=C sort <<<"$of_both"$'\nhigh load_both\nhigh load_low_first\nlow load_both\nlow store_high_first'"$2" | diff - "$tmp/orders-bad" >"$tmp/err"
}
make -s -C "$root" build/x86_64-gcc/tornorders
if ! joined i386 -mregparm=3 -fno-strict-aliasing -fno-pic -mno-sse; then
	skip "i386: what became of each access" "no plugin for its compiler: $(head -n 1 "$tmp/err")"
else
	check "i386: each access is what the plain object has there, and of the busted one the other" joined_are "" ""
	check "... and nobody knows what became of it where the object is not the one that was listed" unjoined
fi
if ! joined arm -march=armv7ve -mfloat-abi=soft -marm -fno-strict-aliasing; then
	skip "arm: what became of each access" "no plugin for its compiler: $(head -n 1 "$tmp/err")"
else
	check "arm: each access is what the plain object has there, and of the busted one the other" joined_are $'\nwhole load_whole' $'\nhigh load_whole'
fi

# ---- what it does not take ----

code=0
"$root/run.sh" kernel debian:6.1 --audit --rev v6.1 >"$tmp/out" 2>"$tmp/err" || code=$?
expect "--audit with --rev: one line, exit 2" 'exits 2 && silent && [ "$(wc -l <"$tmp/err")" = 1 ] && err_has "is of one tree as it is"'

code=0
"$root/run.sh" kernel debian:6.1 --audit --file mm >"$tmp/out" 2>"$tmp/err" || code=$?
expect "--file of a folder: one line, exit 2" 'exits 2 && silent && err_has "takes a .c file of the tree"'

# ---- a tree whose answer is known ----

code=0
timeout -k 10 900 "$root/run.sh" kernel debian:6.1 --audit --arch i386 --file mm/memory.c --file mm/pgtable-generic.c </dev/null >"$tmp/out" 2>"$tmp/err" || code=$?
if [ "$code" = 2 ] && grep -qE 'could be had|missing for|could not install' "$tmp/err"; then
	skip "6.1, PAE" "$(tail -n 1 "$tmp/err")"
	finish
	exit
fi
# FUNCTION OBJECT WORDS...: a line of the object's, of an access that came out of this inline function
line() { awk -v o="$2" '$0 == o { on = 1 } on && !NF { exit } on' "$tmp/out" | tr -s ' ' | grep -E "^ [^ ]+ $3 .*[] ]$1( |\(|$)" >/dev/null; }
expect "6.1, PAE: exit 0, each kind of promise in the summary" 'exits 0 && out_has "^all +[0-9]+ +[0-9]+ +[0-9]+ +[0-9]+ +[0-9]+$"'
expect "... set_pte is high, low" 'line native_set_pte mm/memory.o "store pte two words: high first" &&
	! line native_set_pte mm/memory.o "store pte two words: low first"'
expect "... set_pmd is lock cmpxchg8b" 'line set_64bit mm/memory.o "locked rmw pmd atomic lock cmpxchg8b"'
expect "... pmd_clear is low, high" 'line native_pmd_clear mm/pgtable-generic.o "store pmd two words: low first"'
expect "... pmdp_huge_get_and_clear swaps low, then clears high" 'line native_pmdp_get_and_clear mm/pgtable-generic.o "locked rmw pmd one word: low xchg" &&
	line native_pmdp_get_and_clear mm/pgtable-generic.o "store pmd one word: high mov"'
expect "... what asm does behind a call is unknown, and said" 'out_has "unknown: asm calls a function with its address"'
file=$root/$(sed -n 's/^results: //p' "$tmp/out")
check "... its JSON lines" python3 -c 'import json, sys; assert all(json.loads(l)["promise"] for l in open(sys.argv[1]))' "$file"
rm -f "$file"
finish
