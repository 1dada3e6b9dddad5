#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016  # conditions are for expect
# What is wrong on the command line or in a file is said before any thread starts.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"

# ---- names ----

for o in layout level walker reader writer transition consumer reclaim world; do
	some=$("$tornwalk" run --$o nonsense 2>&1 | sed 's/.*valid: *//; s/ .*//')
	refuses "unknown $o: the valid ones" "unknown $o \"nonsense\"; valid: $some" run --$o nonsense
	check "unknown $o: $some is valid" test -n "$some"
done
refuses "unknown suite or scenario" 'nonsense.*suites:.* quick.*scenarios:.* lo-hi-overwrite' \
	run nonsense
refuses "unknown option" 'valid:.* --reader .*--seed' run --nonsense
refuses "unknown command" 'valid: run explore explain list calibrate tune' nonsense
refuses "unknown shape" 'unknown shape "nonsense"; valid: overwrite .*alias' tune nonsense
refuses "shapes and a cell" 'not both: "alias"' tune alias --reader lo-hi
refuses "unknown list" 'readers.*outcomes' list nonsense
refuses "an option without its value" 'needs a value' run --reader
refuses "a file that is not there" 'nowhere/x.ini' run nowhere/x.ini
refuses "cell options beside a suite" 'quick' run quick --reader lo-hi
refuses "a combination that makes no sense" 'present-present.*remap' \
	run --reader lo-hi --writer present-present --transition fault-zap
for t in -1s 1y s 366d 99999999999999999999s ""; do
	refuses "bad time \"$t\"" 'time' run --reader lo-hi --time "$t"
done
for s in -1 4294967296 x ""; do
	refuses "bad seed \"$s\"" 'seed' run --reader lo-hi --seed "$s"
done

# ---- CPUs ----

for l in x "" "," "0," 0-x 1-0 -1 99999 0,99999 "0 1" 0-; do
	refuses "bad CPU list \"$l\": the allowed ones" 'CPU.*allowed here: [0-9]' \
		run --reader lo-hi --cpus "$l"
done
tw run --reader lo-hi --writer present-present --world widened --time 50ms --quiet \
	--cpus "$(taskset -cp $$ | sed 's/.*: *\([0-9]*\).*/\1/')"
expect "a CPU that is there" 'exits 1 || exits 4 || exits 0'

# ---- help goes to stdout ----

for h in help --help -h "run --help" "list --help" "calibrate --help" "tune --help"; do
	# shellcheck disable=SC2086  # words
	tw $h
	expect "$h" 'exits 0 && out_has usage && [ ! -s "$tmp/err" ]'
done
for l in readers writers walkers transitions layouts consumers reclaim outcomes scenarios; do
	tw list $l
	expect "list $l" 'exits 0 && [ $(wc -l <"$tmp/out") -gt 1 ]'
done

# ---- configuration ----

config() {
	rm -rf "$tmp/configs"
	mkdir -p "$tmp/configs/scenarios" "$tmp/configs/suites"
	printf '%s\n' "[one]" "reader = lo-hi" "$@" >"$tmp/configs/scenarios/mine.ini"
	printf '%s\n' "[suite]" "scenarios = one" >"$tmp/configs/suites/s.ini"
}
export TORNWALK_CONFIGS=$tmp/configs
config "writer = nonsense"
refuses "a bad writer: file, line, the valid ones" 'mine\.ini:3: .*nonsense.*pae-pte' run one
config "nonsense = 1"
refuses "a bad key: file, line, the valid ones" 'mine\.ini:3: .*nonsense.*reader' run one
config "a line that is none"
refuses "a bad line: file, line" 'mine\.ini:3: ' run one
config "forbid = nonsense"
refuses "a bad outcome: file, line, the valid ones" 'mine\.ini:3: .*nonsense.*torn' run one
config "time = soon"
refuses "a bad time: file, line" 'mine\.ini:3: .*soon' run one
config "control = nobody"
refuses "a control that is not there: file, line" 'mine\.ini:3: .*nobody' run one
config
echo "scenarios = two" >>"$tmp/configs/suites/s.ini"
refuses "a suite of what is not there: file, line" 's\.ini:3: .*two' run s
config "reader = hi-lo"
refuses "a key twice: file, line" 'mine\.ini:3: .*reader' run one
rm -rf "$tmp/configs/scenarios"
refuses "no scenarios directory" 'scenarios.*No such file' run one
config "writer = present-present" "require = torn" "world = widened" "time = 300ms"
tw run s
check "a good one runs" exits 0

finish
