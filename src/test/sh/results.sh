#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016  # conditions are for expect
# What comes out: exit codes, JSON, KTAP, quiet.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"

cells() { sed -n 's/^\([0-9]*\) cells: .*/\1/p' "$1"; }

# ---- exit codes ----

scenarios() {
	mkdir -p "$tmp/configs/scenarios" "$tmp/configs/suites"
	cat >"$tmp/configs/scenarios/mine.ini" <<-'END'
	[defaults]
	reader = lo-hi
	writer = present-present
	world = widened
	time = 100ms
	[good]
	require = torn
	min_present = 1
	min_rounds = 1
	[poor]
	reader = atomic64
	writer = pae-pmd
	transition = remap
	min_present = 1000000000000
	[bad]
	forbid = torn
	END
	printf '%s\n' "[suite]" "scenarios = good poor bad" >"$tmp/configs/suites/s.ini"
}
scenarios
mine() { TORNWALK_CONFIGS=$tmp/configs tw run "$@"; }
runs_to() {
	local want=$1

	shift
	mine "$@" --time $((100 << (try - 1)))ms
	exits "$want"
}

check "exit 0: pass" try 6 runs_to 0 good
check "exit 1: fail" try 6 runs_to 1 bad
check "exit 1: a failure is worse than inconclusive" try 6 runs_to 1 s
check "exit 4: inconclusive" try 6 runs_to 4 poor
check "exit 4: inconclusive is worse than a pass" try 6 runs_to 4 good poor
mine nonsense
check "exit 2: usage" exits 2

check "--fail-fast: exit 1" try 6 runs_to 1 bad poor good --fail-fast --out -
expect "--fail-fast: the rest is not run" '[ $(wc -l <"$tmp/out") = 1 ] && err_has "2 not run"'

check "--quiet: failures, witness, last line" try 6 runs_to 1 s --quiet
expect "--quiet: no passes, no heading" '! grep -qE "^(pass|inconclusive|verdict|executor)" "$tmp/out" &&
	[ $(wc -l <"$tmp/out") -le 3 ] && tail -n 1 "$tmp/out" | grep -q "^3 cells: "'

# ---- JSON ----

named=$(sed -nE '/^#define CAUSES/,/^enum/s/^\tX\([A-Z_]+, "([a-z-]+)".*/\1/p' "$root/src/judge/words.h")
check "results/README.md has every cause" test "$(wc -w <<<"$named")" -ge 21 -a "$named" = \
	"$(sed -n '/^| cause/,/^$/s/^| `\([a-z-]*\)`.*/\1/p' "$root/results/README.md")"

tw run quick --time 20ms --out "$tmp/r.jsonl"
n=$(cells "$tmp/out")
check "quick: it has cells" test "${n:-0}" -ge 20
expect "quick: the exit code is the last line's" '
	case $(tail -n 1 "$tmp/out") in
	*" 0 fail, 0 inconclusive"*) exits 0 ;;
	*" 0 fail, "*) exits 4 ;;
	*) exits 1 ;;
	esac'
check "quick: says where the results are" out_has "results in .*r\\.jsonl"
check "every line, by another parser" well_formed "$tmp/r.jsonl" "$n"
expect "as many verdicts as rows" '
	[ "$(grep -cE "^(pass|fail|inconclusive) " "$tmp/out")" = "$n" ]'
tw run quick --time 20ms --out "$tmp/r.jsonl"
check "a second run is appended" well_formed "$tmp/r.jsonl" $((2 * n))
"$tornwalk" run full --time 10ms --out - --seed 4294967295 2>/dev/null | head -n 300 >"$tmp/many"
check "the full map, by another parser" well_formed "$tmp/many"
check "the seed is in the result" grep -q '"seed":4294967295,' "$tmp/many"

tw run lo-hi-overwrite --time 50ms --out -
expect "--out -: JSON and nothing else on stdout" 'well_formed "$tmp/out" 1 && err_has "1 cells:"'
tw run --reader get-lockless --writer pae-pte --slots 100 --readers 3 --writers 2 --time 100ms --out -
check "several readers add up" well_formed "$tmp/out" 1
code=0
"$tornwalk" run quick --time 10ms --out - 2>"$tmp/err" | head -n 1 >"$tmp/out" || code=${PIPESTATUS[0]}
expect "a closed pipe: exit 2, says so" 'exits 2 && err_has "cannot write.*Broken pipe"'

# ---- KTAP, by its own rules ----

ktap() {
	awk '
	NR == 1 { if ($0 != "KTAP version 1") bad = 1; next }
	NR == 2 { if ($0 !~ /^1\.\.[0-9]+$/) bad = 2; plan = substr($0, 4); next }
	/^#/ { next }
	!/^(not )?ok [0-9]+ [^ ]+( # SKIP .*)?$/ { bad = 3; exit }
	{ sub(/^not /, ""); if ($2 != ++n) bad = 4; if (seen[$3]++) bad = 5 }
	END { if (bad || n != plan || !n) { print "# ktap: rule " bad+0 ", " n+0 " of " plan; exit 1 } }' "$1"
}
tw run quick --time 20ms --ktap
check "--ktap: version, plan, numbers, unique names" ktap "$tmp/out"
check "--ktap: the summary is on stderr" err_has '[0-9]+ cells: '
mine s --ktap --time 300ms
expect "--ktap: not ok, SKIP" 'out_has "^not ok 3 " && out_has "^ok 2 .* # SKIP too few" && ktap "$tmp/out"'

finish
