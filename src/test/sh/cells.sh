#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016  # conditions are for expect
# Cells as a user runs them: controls fire, their safe twins stay clean.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"

# fires NAME OUTCOME CELL...: five tries, each twice as long as the one before
saw() {
	local what=$1

	shift
	tw run --out - --time $((300 << (try - 1)))ms "$@"
	exits 1 && [ "$(outcome "$what")" -gt 0 ]
}

fires() { check "control fires: $1" try 5 saw "${@:2}"; }

# One forbidden observation in any try is a failure; a run too poor is tried again.
is_clean() {
	tw run --out - --time $((300 << (try - 1)))ms "$@"
	exits 1 || exits 0
}

# Where a round waits for a grace period, which is dear on some machines, two more tries.
tries=5
stays_clean() {
	try "$tries" is_clean "${@:2}"
	expect "safe twin is clean: $1" 'exits 0 && [ "$(verdict)" = pass ]'
}

wide="--world widened"
# shellcheck disable=SC2086  # words
pairs() {
	fires "lo-hi x present-present" torn $wide --reader lo-hi --writer present-present
	stays_clean "atomic64 x pae-pmd" $wide --reader atomic64 --writer pae-pmd --transition remap
	fires "get-lockless x mips-xpa" torn $wide --reader get-lockless --writer mips-xpa
	stays_clean "get-lockless x pae-pte" $wide --reader get-lockless --writer pae-pte
	fires "irqoff x busted-nogp, aliased" torn $wide --reader get-lockless-irqoff \
		--writer busted-nogp --transition fault-zap --alias
	tries=7 stays_clean "irqoff x pae-pte, aliased" $wide --reader get-lockless-irqoff \
		--writer pae-pte --transition fault-zap --alias
	split="--walker pagewalk-rfc --reader atomic64 --writer pae-pmd-cmpxchg --transition split-direct"
	fires "reclaim busted" freed $wide $split --reclaim busted
	for r in memb mb qsbr bp; do
		stays_clean "reclaim $r" $wide $split --reclaim $r
	done
	split="--level pud --writer pae-pmd --transition split-clear --consumer numa-maps"
	fires "pagewalk takes a leaf for a table" confused $wide $split --walker pagewalk
	stays_clean "pagewalk-2026" $wide $split --walker pagewalk-2026 --reader atomic64
}
pairs

# ---- one CPU ----

one_cpu() {
	local cpu

	cpu=$(taskset -cp $$ | sed 's/.*: *\([0-9]*\).*/\1/')
	code=0
	timeout -k 10 240 taskset -c "$cpu" "$tornwalk" run --out - --world widened --reader lo-hi \
		--writer present-present --time $((500 << (try - 1)))ms \
		>"$tmp/out" 2>"$tmp/err" || code=$?
	exits 1 && [ "$(outcome torn)" -gt 0 ]
}
check "one CPU: a control fires" try 5 one_cpu
check "one CPU: says so" err_has 'one CPU'
check "one CPU: the result has it" grep -q '"cpus":\[[0-9]*\],' "$tmp/out"

# ---- threads, slots ----

for t in "1 1" "32 32" "1 63" "63 1"; do
	read -r r w <<<"$t"
	tw run --readers "$r" --writers "$w" --reader atomic64 --writer pae-pmd --time 200ms --out -
	expect "$r readers, $w writers" '{ exits 0 || exits 4; } &&
		[ "$(number readers)" = $r ] && [ "$(number writers)" = $w ] && [ "$(outcome torn)" = 0 ]'
done
refuses "63 readers, 2 writers are too many" '64' run --readers 63 --writers 2
for s in 1 1000 1M; do
	tw run --slots $s --reader atomic64 --writer pae-pmd --time 300ms --out -
	expect "$s slots" '{ exits 0 || exits 4; } && [ "$(outcome torn)" = 0 ] &&
		[ "$(number walks)" -gt 0 ]'
done
refuses "more than 1M slots" 'slots' run --slots 1048577
refuses "no slots" 'slots' run --slots 0

# ---- the delay between the halves, swept ----

swept() { # every class had its share of the time, and their tears are no more than all
	tw run --reader lo-hi --writer busted-low-first --transition remap --world widened --sweep --time "$((300 << try))ms" --out -
	sed -n 's/.*"delays":\[\(.*\)\].*/\1/p' "$tmp/out" | tr '{' '\n' | grep ns >"$tmp/delays"
	[ "$(wc -l <"$tmp/delays")" = 12 ] && ! grep -q '"seconds":0.000' "$tmp/delays" &&
		sed 's/.*"ns":\([0-9]*\),.*/\1/' "$tmp/delays" | sort -nc && well_formed "$tmp/out" 1 &&
		[ "$(sed 's/.*"torn":\([0-9]*\).*/\1/' "$tmp/delays" | awk '{ n += $1 } END { print n + 0 }')" -le "$(distinct_torn)" ]
}
distinct_torn() { sed -n 's/.*"distinct":{[^}]*"torn":\([0-9]*\).*/\1/p' "$tmp/out"; }
check "--sweep: each delay, and what it showed" try 4 swept
tw run --reader lo-hi --sweep --time 50ms --out -
expect "--sweep of a native cell: nothing to sweep" '! out_has "\"delays\""'

# ---- time ----

in_time() {
	tw run --reader atomic64 --writer pae-pmd --time "$1ms" --out -
	awk -v s="$(number seconds)" -v ms="$1" 'BEGIN {
		over = s * 1000 - ms; room = ms / 20 < 100 ? 100 : ms / 20
		exit !(s != "" && over > -1 && over <= room) }'
}
for ms in 10 200 3000; do
	check "a budget of $ms ms is kept" try 5 in_time $ms
done
refuses "a budget under 10 ms" '10ms' run --reader lo-hi --time 9ms

finish
