#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016  # conditions are for expect
# tornwalk explore, as a user meets it; the configs against what it finds.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"

aba=(--reader get-lockless --writer pae-pte --alias)

# ---- one cell ----

tw explore "${aba[@]}"
expect "one cell: every outcome under every model" 'exits 0 && out_has "sc +tso +weak" &&
	out_has "^torn-by-reader +possible +possible +possible$" && out_has "^torn-by-writer +- +- +-$"'
tw explore --reader get-lockless --writer pae-pte
expect "the same without alias: clean" 'exits 0 && out_has "^torn-by-reader +- +- +-$"'
tw explore --reader lo-hi --rounds 1 --brute
expect "brute force agrees, and is longer" 'exits 0 && out_has "^by brute force +28 "'
tw explore "${aba[@]}" --readers 2 --rounds 1
expect "two readers" 'exits 0 && out_has "2 readers"'
tw explore --reader get-lockless --writers 2 --rounds 1
expect "two writers take turns: clean" 'exits 0 && out_has "2 writers" && out_has "^torn-by-reader +- +- +-$"'
tw explore --reader atomic64 --layout lpae --writer lpae --tears
expect "an executor that tears" 'exits 0 && out_has "^torn-by-reader +possible"'
tw explore "${aba[@]}" --limit 10
expect "not to the end: exit 4, and it says so" 'exits 4 && out_has "not to the end: too many states"'

# ---- a witness, and its replay ----

tw explore "${aba[@]}" --witness
expect "a witness in numbered steps" 'exits 0 && out_has "^torn-by-reader under sc, in [0-9]+ steps:" &&
	out_has "^ +1  W +store entry.hi" && out_has "<- step [0-9]+$"'
read -r _ model _ schedule < <(sed -n 's/^ *--model/--model/p' "$tmp/out" | head -1)
tw explore "${aba[@]}" --model "$model" --replay "$schedule"
expect "its replay ends the same" 'exits 0 && out_has "=> torn-by-reader"'
tw explore "${aba[@]}" --model "$model" --replay "${schedule%?}"
expect "a move less: not ended" 'exits 0 && out_has "not ended yet"'
tw explore --reader get-lockless --model "$model" --replay "$schedule"
expect "the same moves without alias: no tear" 'exits 0 && ! out_has "=> torn"'

# ---- bad input ----

refuses "unknown model" 'unknown model "pso"; valid: sc tso weak' explore --model pso
refuses "unknown option" 'unknown option "--wittness"; valid:.*--witness' explore --wittness
refuses "a replay needs its model" '--replay needs the --model' explore "${aba[@]}" --replay WW
refuses "a letter of nobody" 'nobody is called "Q" \(letter 2\); valid: W X R S' explore "${aba[@]}" --model sc --replay WQ
refuses "rounds out of range" 'bad --rounds "9": a whole number from 1 to 4' explore --reader lo-hi --rounds 9
refuses "walks are a number" 'bad --walks "x"' explore --reader lo-hi --walks x
refuses "five threads" 'more than 4 threads' explore --reader lo-hi --readers 4
refuses "unknown scenario" 'unknown suite' explore nonsense
refuses "a replay of a suite" '--replay is of one cell' explore quick --model sc --replay WW
tw explore --help
expect "--help" 'exits 0 && out_has "^usage: tornwalk explore" && out_has "exit: 0"'

# ---- the configs ----

for suite in quick ci; do
	for model in tso weak; do
		tw explore $suite --model $model
		expect "suite $suite under $model: explored to the end, no expectation contradicts it" '
			exits 0 && ! out_has "CONTRADICTION| \.\.\. "'
	done
done
printf '[wrong]\nreader = lo-hi\nwriter = pae-pte\ntransition = fault-zap\nforbid = torn\n' >"$tmp/wrong.ini"
printf '[wrong2]\nreader = atomic64\nwriter = pae-pte\ntransition = fault-zap\nrequire = torn\n' >>"$tmp/wrong.ini"
tw explore "$tmp/wrong.ini" --model tso
expect "expectations that contradict: exit 1, each named" 'exits 1 &&
	[ "$(grep -c CONTRADICTION "$tmp/out")" = 2 ] && out_has "forbids torn-by-reader, which is possible" &&
	out_has "requires torn, which is impossible"'

# ---- predicted, in a result ----

tw run --reader get-lockless --writer pae-pte --time 50ms --out -
expect "a result says what was predicted" 'well_formed "$tmp/out" 1 && out_has "\"predicted\":.*\"torn\":\"impossible\"" &&
	out_has "\"leaf\":\"possible\""'
tw run "${aba[@]}" --time 20ms --out -
expect "possible and unseen is never a pass" '[ "$(outcome torn)" -gt 0 ] || ! exits 0'

finish
