#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016  # conditions are for expect
# The builds: no warnings, small and static; the other compiler; the sanitizers.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"

# builds NAME MAKE-WORDS...: into a directory of its own, silently
builds() {
	local name=$1

	shift
	code=0
	make -s -C "$root" -j"$(nproc)" OUT="$tmp/b" "$@" </dev/null >"$tmp/out" 2>"$tmp/err" || code=$?
	expect "$name: builds without a word" 'exits 0 && silent && [ ! -s "$tmp/err" ]'
}


# ---- gcc, from nothing ----

builds "gcc" COMPILER=gcc all unit
check "static" test -z "$(readelf -d "$tmp/b/tornwalk" | grep -E 'NEEDED|Dynamic section')"
check "no interpreter" test -z "$(readelf -lW "$tmp/b/tornwalk" | grep INTERP)"
check "stripped" test -z "$(readelf -SW "$tmp/b/tornwalk" | grep -E '\.symtab|\.debug_')"
size=$(stat -c %s "$tmp/b/tornwalk")
check "under 1 MiB: $size bytes" test "$size" -le 1048576
make -s -C "$root" -q OUT="$tmp/b" COMPILER=gcc all
check "nothing to do the second time" test $? = 0
cp "$tmp/b/tornwalk" "$tmp/alone"
(cd "$tmp" && env -i "$tmp/alone" run --reader lo-hi --writer present-present --world widened --time 50ms) \
	>"$tmp/out" 2>"$tmp/err"
code=$?
expect "the binary runs alone, without configs or environment" '! exits 2 && out_has "lo-hi"'
rm -rf --one-file-system "$tmp/b"

# ---- what a small board gets ----

if command -v i686-linux-gnu-gcc >/dev/null; then
	builds "i686" TARGET=i686 COMPILER=gcc all
	size=$(stat -c %s "$tmp/b/tornwalk")
	check "i686: under 1 MB: $size bytes" test "$size" -lt 1000000
	rm -rf --one-file-system "$tmp/b"
else
	skip "i686: under 1 MB" "no i686-linux-gnu-gcc"
fi

# ---- clang ----

# A control of the native world may stay silent in a short run; a claim never breaks.
builds "clang" COMPILER=clang all
broken() { grep '"verdict":"fail"' "$tmp/r" | grep -v '"cause":"required-'; }
tornwalk=$tmp/b/tornwalk tw run quick --time 50ms --out "$tmp/r"
expect "clang: quick runs" '! exits 2 && well_formed "$tmp/r"'
check "clang: no claim breaks" test -z "$(broken)"
rm -rf --one-file-system "$tmp/b" "$tmp/r"

# ---- address and undefined behaviour ----

export ASAN_OPTIONS=detect_leaks=1:exitcode=99:abort_on_error=0
export UBSAN_OPTIONS=print_stacktrace=1
builds "ASan, UBSan" COMPILER=gcc SAN=address,undefined all unit
reports() { grep -lE 'AddressSanitizer|LeakSanitizer|runtime error' "$@" 2>/dev/null; }
for t in "$tmp"/b/t_*; do
	[[ $t != *.d ]] || continue
	code=0
	timeout -k 10 300 "$t" </dev/null >"$tmp/out" 2>"$tmp/err" || code=$?
	expect "ASan, UBSan: ${t##*/}" 'exits 0 && ! reports "$tmp/out" "$tmp/err"'
done
tornwalk=$tmp/b/tornwalk
sane() {
	tw "${@:2}"
	expect "ASan, UBSan: $1" '! reports "$tmp/out" "$tmp/err" && [ $code -lt 99 ] &&
		{ exits 0 || exits 1 || exits 4; }'
}
sane "quick" run quick --time 20ms --out "$tmp/r"
check "ASan, UBSan: its results" well_formed "$tmp/r"
sane "many threads" run --readers 20 --writers 20 --slots 1000 --time 100ms
sane "widened, aliased" run --world widened --alias --reader get-lockless --time 100ms
sane "reclaim busted" run --reclaim busted --walker pagewalk-rfc --reader atomic64 \
	--writer pae-pmd-cmpxchg --transition split-direct --time 100ms
sane "resume" run quick --time 20ms --out "$tmp/r" --resume
sane "list" list
sane "calibrate" calibrate
tw run --reader nonsense
expect "ASan, UBSan: a usage error" 'exits 2 && ! reports "$tmp/err"'

finish
