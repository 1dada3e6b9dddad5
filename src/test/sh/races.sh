#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016  # conditions are for expect
# The race detector, make SAN=thread COMPILER=clang: each cell has exactly the racing
# pairs it is to have, and the tester itself has none.
#
# ThreadSanitizer reports one race an address, so there are many slots; and it
# misses one in a thousand, so what must be reported is looked for in several runs.
# What must not be is wrong in any of them.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"

if ! command -v clang >/dev/null || ! command -v llvm-symbolizer >/dev/null; then
	skip "race detector" "no clang, or no llvm-symbolizer"
	finish
	exit
fi
code=0
make -s -C "$root" -j"$(nproc)" SAN=thread COMPILER=clang OUT="$tmp/b" </dev/null >"$tmp/out" 2>"$tmp/err" || code=$?
expect "make SAN=thread COMPILER=clang: builds without a word" 'exits 0 && silent && [ ! -s "$tmp/err" ]'

# An old runtime cannot place its shadow where a new kernel has put the program.
fixed=""
"$tmp/b/tornwalk.full" list readers >"$tmp/out" 2>&1 || fixed="setarch -R"
# shellcheck disable=SC2086
$fixed "$tmp/b/tornwalk.full" list readers >"$tmp/out" 2>&1
expect "it runs${fixed:+, with $fixed}" 'out_has "read-once" && ! out_has ThreadSanitizer'

export TSAN_OPTIONS="exitcode=0 suppress_equal_addresses=0 log_path=$tmp/log"

# seen ARGS...: adds to $tmp/seen what is reported in one run
seen() {
	local logs

	rm -f "$tmp"/log.*
	tw run --quiet --out "$tmp/r" "$@"
	logs=("$tmp"/log.*)
	[ -e "${logs[0]}" ] || return 0
	# calibration races its plain copies on purpose
	python3 "$root/src/test/races.py" "${logs[@]}" |
		grep -v '^calibrate_load_plain calibrate_store_plain$' >>"$tmp/seen"
	sort -u -o "$tmp/seen" "$tmp/seen"
}
last() { tail -n 1 "$tmp/r" | sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p"; }
all_seen() { seen --slots 64 "$@"; [ -z "$(comm -23 "$tmp/must" "$tmp/seen")" ]; }

# races NAME PAIRS ARGS...: PAIRS, separated by commas, and no others
races() {
	local name=$1 pairs=$2 odd

	shift 2
	: >"$tmp/seen"
	tr , '\n' <<<"$pairs" | sed 's/^ *//; /^$/d' | sort >"$tmp/must"
	if [ -s "$tmp/must" ]; then
		try 10 all_seen "$@" --time 400ms
		check "$name: reported" test -z "$(comm -23 "$tmp/must" "$tmp/seen")"
	else
		for _ in 1 2 3; do seen --slots 64 "$@" --time 700ms; done
		check "$name: both sides were at it" test "$(last walks)" -gt 1000 -a "$(last rounds)" -gt 100
	fi
	odd=$(comm -13 "$tmp/must" "$tmp/seen")
	check "$name: nothing else" test -z "$odd"
	[ -z "$odd" ] || echo "#   not expected: ${odd//$'\n'/; }"
	[ ! -s "$tmp/must" ] || echo "# seen after run $try: $(tr '\n' ';' <"$tmp/seen")"
}

# shellcheck disable=SC2034  # lib.sh's
tornwalk="$tmp/run"
printf '#!/bin/sh\nexec %s %s "$@"\n' "$fixed" "$tmp/b/tornwalk.full" >"$tmp/run"
chmod +x "$tmp/run"

races "plain reader" "plain_barrier w:pae_pte" \
	--reader plain-barrier --writer pae-pte
races "read-once" "" --reader read-once --writer pae-pte
races "get-lockless" "" --reader get-lockless --writer pae-pte
races "atomic64" "" --reader atomic64 --writer pae-pmd-cmpxchg
races "locked" "" --reader locked --writer pae-pte
races "plain writer" "read_once w:lpae_plain" \
	--reader read-once --writer lpae-plain
races "plain writer, locked" "" --reader locked --writer lpae-plain
races "plain walker" "walk_pagewalk_pae_plain_step w:pae_pte" \
	--reader plain-reread --walker pagewalk --transition split-clear --consumer numa-maps --writer pae-pte
races "gup-fast's recheck" "walk_gup_fast_step w:pae_pte" \
	--reader read-once --walker gup-fast --writer pae-pte
races "tables, RCU" "" --reader read-once --walker pagewalk-rfc --transition split-direct --writer pae-pte
races "tables, qsbr" "" --reader read-once --walker pagewalk-rfc --transition split-direct --writer pae-pte \
	--reclaim qsbr
races "tables taken away at once" "read_once machine_reclaim_page" --reader read-once --walker pagewalk-rfc \
	--transition split-direct --writer pae-pte --reclaim busted --slots 1

# ---- the tester itself ----

: >"$tmp/seen"
seen quick --time 30ms --reclaim memb	# the busted one reads what is freed, and is filled anew: its own race
seen --readers 6 --writers 6 --slots 40 --time 300ms --reader read-once
seen --world widened --reader get-lockless --time 300ms
tester=$(grep -E '^TESTER' "$tmp/seen")
check "no race in the tester itself" test -z "$tester"
[ -z "$tester" ] || echo "#   ${tester//$'\n'/; }"

# A lookup that takes up nothing: the filling of a table then races with its reader.
make -s -C "$root" SAN=thread COMPILER=clang OUT="$tmp/b" RACES="-mllvm -tsan-distinguish-volatile=1" \
	-W src/machine/tables.c </dev/null >"$tmp/out" 2>"$tmp/err" || code=$?
: >"$tmp/seen"
for _ in 1 2 3; do
	seen --reader read-once --walker pagewalk-rfc --transition split-direct --writer pae-pte --time 700ms
done
check "busted: without its annotation, the machine is reported" grep -q '^TESTER data race' "$tmp/seen"

finish
