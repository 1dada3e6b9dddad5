#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016  # conditions are for expect
# tornreport audit: known sequences and their busted twins on each instruction set,
# our own binaries, mutants of our own source, and what it cannot read.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"

# shellcheck disable=SC2154  # lib.sh's
desk=$build/tornreport
sequences=$root/src/test/audit/sequences.c

audit() {
	code=0
	"$desk" audit "$@" >"$tmp/out" 2>"$tmp/err" || code=$?
}

# row SYMBOL FORM VERDICT: a line of the table; regular expressions
row() { tr -s ' ' <"$tmp/out" | grep -E -- "^$1 .*[a-z] $2 $3" >/dev/null; }

# ---- known sequences ----

# fixture NAME RMB WMB COMPILER...: every symbol as claimed; then its twin, which is not
# shellcheck disable=SC2034  # wmb: in expect
fixture() {
	local name=$1 rmb=$2 wmb=$3 opt

	shift 3
	if ! command -v "$1" >/dev/null; then
		skip "$name" "no $1"
		return
	fi
	for opt in -O0 -O1 -O2 -O3 -Os; do
		if ! "$@" $opt -c -o "$tmp/good.o" "$sequences" ||
		   ! "$@" $opt -DBUSTED -c -o "$tmp/bad.o" "$sequences"; then
			not_ok "$name $opt: compiles"
			continue
		fi
		audit "$tmp/good.o"
		expect "$name $opt: as claimed" 'exits 0 && out_has "13 as claimed, .* 0 differs, 0 unknown" &&
			row read_lo_hi "Rl Rh" "as claimed" && row read_hi_lo "Rh Rl" "as claimed" &&
			row read_get_lockless "Rl ${rmb}Rh ${rmb}Rl" "as claimed" &&
			row read_pmd_read_atomic "(Rl \| )?Rl ${rmb}Rh" "as claimed" &&
			row set_pae_pte "Wh ${wmb}Wl" "as claimed" && row touch_by_lpae - "as claimed" &&
			row walk_gup_fast_step "(up to )?Rh Rl" "as claimed"'
		audit "$tmp/bad.o"
		expect "$name $opt: busted, each one differs" 'exits 1 && row read_lo_hi "Rh Rl" "differs: Rh Rl" &&
			row read_hi_lo "Rh Rl Rl" differs && row read_read_once Rh differs &&
			row read_get_lockless "Rl Rh" differs && row read_plain_barrier Rl "differs: one word only" &&
			row set_busted_nowmb "Wl Wh" differs && row clear_ppc32_pte64 "Wl Wh" differs &&
			row touch_by_lpae "Rl Wl" differs && row walk_entry_step "(up to )?Rl" differs'
		expect "$name $opt: busted, what cannot be followed is unknown" '
			row read_locked ".*" "unknown: the entry.s address may go to a call" &&
			row walk_gup_fast_step ".*" "unknown: an access through a pointer made"'
		[ -z "$rmb" ] || expect "$name $opt: busted, barriers are missed" '
			row set_pae_pte "Wh Wl" differs && row read_pmd_read_atomic "(Rl \| )?Rl Rh" differs'
	done
}

fixture "x86_64 gcc" "" "" gcc
fixture "x86_64 clang" "" "" clang
fixture "i686 gcc" "" "" i686-linux-gnu-gcc -march=i686 -mno-sse
fixture "i686 gcc, no frame pointer, no PIC" "" "" i686-linux-gnu-gcc -march=pentium4 -fomit-frame-pointer -fno-pic
fixture "i686 clang" "" "" clang --target=i686-linux-gnu -march=i686
fixture "ARM gcc" "dmb.ish " "dmb.ishst " arm-linux-gnueabihf-gcc -march=armv7-a+fp -marm
fixture "Thumb gcc" "dmb.ish " "dmb.ishst " arm-linux-gnueabihf-gcc -march=armv7-a+fp -mthumb
fixture "ARM clang" "dmb.ish " "dmb.ishst " clang --target=arm-linux-gnueabihf -march=armv7-a -marm
fixture "Thumb clang" "dmb.ish " "dmb.ishst " clang --target=arm-linux-gnueabihf -march=armv7-a -mthumb

# ---- our own ----

audit "$build/tornwalk.full"
expect "the binary of this build: as claimed, nothing unknown" 'exits 0 && out_has " 0 differs, 0 unknown"'
names() { "$tornwalk" list "$1" | awk '/^  [a-z]/ { print $1 }' | tr - _; }
missing=$(for r in $(names readers); do row "read_$r" ".*" ".*" || echo "read_$r"; done
	for w in $(names writers); do
		for f in set clear invalidate touch_by; do row "${f}_$w" ".*" ".*" || echo "${f}_$w"; done
	done)
check "every reader and writer that is listed is in it" test -z "$missing"
[ -z "$missing" ] || echo "#   ${missing//$'\n'/ }"

# object TARGET: its readers, writers and walkers, from the source in $1
object() {
	make -s -C "$1" TARGET="$2" COMPILER="${3:-gcc}" OUT="$tmp/o" "$tmp/o/audit.o" </dev/null >/dev/null 2>"$tmp/err"
}
for t in i686 i686-sse2 armhf armhf-lpae; do
	triple=$(sed -n 's/^TRIPLE *= *//p' "$root/configs/targets/$t.mk")
	if ! command -v "$triple-gcc" >/dev/null; then
		skip "$t: as claimed" "no $triple-gcc"
		continue
	fi
	object "$root" "$t"
	audit "$tmp/o/audit.o"
	expect "$t: as claimed, nothing unknown" 'exits 0 && out_has " 0 differs, 0 unknown"'
	[ "$t" != i686 ] || check "the rows that README.md shows" test -z "$(grep -E '^(symbol  |read_|set_)' \
		"$root/src/audit/README.md" | grep -vxFf <(sed 's/ *$//' "$tmp/out"))"
	rm -rf --one-file-system "$tmp/o"
done

# mutant NAME TARGET SED FILE SYMBOL: our own source with one thing changed
mkdir "$tmp/m"
mutant() {
	rm -rf --one-file-system "$tmp/m" "$tmp/o"
	mkdir "$tmp/m" && cp -r "$root/src" "$root/configs" "$root/Makefile" "$tmp/m/"
	sed -i "$3" "$tmp/m/src/$4"
	if cmp -s "$tmp/m/src/$4" "$root/src/$4" || ! object "$tmp/m" "$2"; then
		not_ok "mutant: $1 (it is not one, or does not build)"
		return
	fi
	audit "$tmp/o/audit.o"
	expect "mutant: $1" 'exits 1 && row '"$5"' ".*" differs'
}
mutant "lo-hi reads high first" x86_64 's/uint32_t lo = mem_load32(&p->lo);/uint32_t lo = mem_load32(\&p->hi);/' \
	protocol/readers.h read_lo_hi
mutant "get-lockless without its recheck" x86_64 's/if (v.lo == mem_load32(&p->lo))/if (v.lo == v.lo)/' \
	protocol/readers.h read_get_lockless
mutant "the documented set, low first" x86_64 '/^static __always_inline void set_high_wmb_low/,/^}/{s/hi, hi(arg)/LO/;s/lo, lo(arg)/hi, hi(arg)/;s/LO/lo, lo(arg)/}' \
	protocol/writers.h set_pae_pte
mutant "READ_ONCE as one load" x86_64 's/uint32_t hi = mem_load32(&p->hi);/return mem_load_plain(p); uint32_t hi = 0;/' \
	native/mem.h read_read_once
mutant "xchg as a plain store" x86_64 's/v = arch_xchg32(p, v);/mem_store32(p, v);/' native/mem.h clear_pae_establish
if command -v arm-linux-gnueabihf-gcc >/dev/null; then
	mutant "wmb is only the compiler's" armhf 's/dmb ishst//' native/arm/arch.h set_pae_pte
	mutant "rmb orders stores only" armhf 's/"dmb ish"/"dmb ishst"/' native/arm/arch.h read_get_lockless
else
	skip "mutants of the barriers" "no arm-linux-gnueabihf-gcc"
fi

# ---- a row of one's own, audited without a word in src/audit ----

rm -rf --one-file-system "$tmp/m" "$tmp/o"
mkdir "$tmp/m" && cp -r "$root/src" "$root/configs" "$root/Makefile" "$tmp/m/"
sed -i '/^\/\* X(id, name, body, flags/i\
static __always_inline entry_t rd_made_up(struct walk *w, const entry_t *p)\
{\
	uint32_t hi = mem_load32(&p->hi), lo = mem_load32(&p->lo);\
\
	(void)w;\
	return entry(lo, hi ^ lo ^ mem_load32(&p->lo));\
}\
#define CLAIM_rd_made_up EXACTLY("Rh Rl Rl ", "high, low, low")\
#define CLAIM_rd_lies EXACTLY("Rl Rh ", "low, high")\
static __always_inline entry_t rd_lies(struct walk *w, const entry_t *p) { return rd_made_up(w, p); }\
' "$tmp/m/src/protocol/readers.h"
sed -i 's/^#define READERS(X) .*/#define READERS(X) X(made_up, "made-up", rd_made_up, 0, NULL, "", "") \\\
	X(lies, "lies", rd_lies, 0, NULL, "", "") \\/' "$tmp/m/src/protocol/readers.h"
make -s -C "$tmp/m" OUT="$tmp/o" "$tmp/o/audit.o" "$tmp/o/tornreport" </dev/null >/dev/null 2>"$tmp/err" || cat "$tmp/err"
code=0
"$tmp/o/tornreport" audit "$tmp/o/audit.o" >"$tmp/out" 2>"$tmp/err" || code=$?
expect "a new row is audited by its own claim" 'exits 1 && out_has " 0 unknown" &&
	row read_made_up "Rh Rl Rl" "as claimed" && row scan_made_up ".*" "as claimed" && row read_lies "Rh Rl Rl" differs'
rm -rf --one-file-system "$tmp/m" "$tmp/o"

# ---- several at once, JSON ----

gcc -O2 -c -o "$tmp/a.o" "$sequences"
gcc -O2 -DBUSTED -c -o "$tmp/b.o" "$sequences"
audit "$tmp/a.o" "$tmp/b.o"
expect "two binaries: one table, who has which form" 'exits 1 && grep -qE "read_lo_hi .* Rl Rh .* as claimed +a$" "$tmp/out" &&
	grep -qE "Rh Rl .* differs: Rh Rl +b$" "$tmp/out" && grep -qE "set_pae_pte .* as claimed +all$" "$tmp/out"'
audit --json "$tmp/b.o"
expect "JSON, by a parser that is not ours" 'exits 1 && python3 - "$tmp/out" <<-END
	import json, sys
	s = {x["symbol"]: x for x in json.load(open(sys.argv[1]))["binaries"][0]["symbols"]}
	assert s["read_hi_lo"]["traces"] == ["Rh Rl Rl"] and s["read_hi_lo"]["refetch"]
	assert s["read_lo_hi"]["verdict"] == "differs" and not s["read_lo_hi"]["refetch"]
	END'

# ---- bad input ----

bad() {
	audit "${@:3}"
	expect "$1" 'exits 2 && silent && [ $(wc -l <"$tmp/err") = 1 ] && err_has "'"$2"'"'
}
bad "a missing file" "none: No such file" "$tmp/none"
bad "not ELF" "audit.sh: not an ELF file" "$root/src/test/sh/audit.sh"
bad "a stripped binary names the other one" "tornwalk: no symbols.*tornwalk.full" "$build/tornwalk"
echo "int main(void) { return 0; }" | gcc -x c -o "$tmp/other" -
bad "another program" "no native_" "$tmp/other"
bad "an empty file" "empty: not an ELF" "$(: >"$tmp/empty"; echo "$tmp/empty")"
head -c 5000 "$tmp/a.o" >"$tmp/cut.o"
audit "$tmp/cut.o"
expect "a truncated file: no crash" 'exits 2 || exits 0 || exits 1'
audit
expect "no file: usage" 'exits 2 && silent && err_has "^usage: "'

finish
