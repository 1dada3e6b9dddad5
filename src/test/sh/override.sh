#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016  # conditions are for expect
# Options that change a scenario's own cell: what the results say, what --resume makes of it.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"

# FIELD FILE: its values, a line each
values() { sed -nE "s/.*\"$1\":(\[[^]]*\]|\"[^\"]*\"|[0-9]+).*/\1/p" "$2"; }

own=$tmp/own.jsonl other=$tmp/other.jsonl
tw run lo-hi-overwrite --time 20ms --out "$own"
expect "without options nothing is overridden" '[ -s "$own" ] && [ -z "$(values overridden "$own")" ]'
tw run lo-hi-overwrite --time 20ms --slots 8 --readers 2 --reclaim mb --out "$other"
expect "the result names what was overridden" '[ "$(values overridden "$other")" = "[\"reclaim\",\"readers\",\"slots\"]" ]'
expect "and has the new values" '[ "$(values slots "$other") $(values readers "$other") $(values reclaim "$other")" = "8 2 \"mb\"" ]'
check "it is another question: another hash" test "$(values hash "$own")" != "$(values hash "$other")"
check "the line, by another parser" well_formed "$other" 1
tw run lo-hi-overwrite --time 20ms --slots 1 --readers 1 --out "$tmp/same.jsonl"
expect "the scenario's own values override nothing" '[ -z "$(values overridden "$tmp/same.jsonl")" ] &&
	[ "$(values hash "$tmp/same.jsonl")" = "$(values hash "$own")" ]'

tw run atomic64-remap --slots 4 --time 20ms --out "$tmp/twin.jsonl"
expect "a control is overridden with the cell that names it" '[ "$(values slots "$tmp/twin.jsonl" | sort -u)" = 4 ] &&
	[ "$(wc -l <"$tmp/twin.jsonl")" -ge 2 ]'

if [ -x "$build/tornreport" ]; then
	"$build/tornreport" html "$other" -o "$tmp/page.html" >"$tmp/out" 2>"$tmp/err" || code=$?
	expect "the page's command runs the same cell again" '
		grep -q "run lo-hi-overwrite --reclaim mb --readers 2 --slots 8" "$tmp/page.html"'
else
	skip "the page's command runs the same cell again" "the desk's packages are not there"
fi

# ---- --resume ----

tw run lo-hi-overwrite --time 20ms --slots 8 --readers 2 --reclaim mb --out "$other" --resume
expect "--resume: the same options, nothing to do" 'out_has "1 of them from" && [ "$(wc -l <"$other")" = 1 ]'
tw run lo-hi-overwrite --time 20ms --out "$other" --resume
expect "--resume: without them the cell is another one" '! out_has "of them from" && [ "$(wc -l <"$other")" = 2 ]'
if [ "$(nproc)" -gt 1 ]; then
	tw run lo-hi-overwrite --time 20ms --cpus 0 --out "$own" --resume
	expect "--resume: on other CPUs it is run again" '! out_has "of them from" && [ "$(wc -l <"$own")" = 2 ]'
else
	skip "--resume: on other CPUs it is run again" "one CPU"
fi

# ---- what makes no sense ----

cat >"$tmp/two.ini" <<-'END'
	[many]
	reader = lo-hi
	writers = 40
	require = torn
	[few]
	reader = lo-hi
	writers = 1
	require = torn
END
refuses "a cell that an option makes impossible: one line" 'many: .*more than 64 threads' run "$tmp/two.ini" --readers 63 --writers 63
tw run "$tmp/two.ini" --readers 30 --time 20ms --out "$tmp/left.jsonl"
expect "some of several cells: left out, counted, with the first one's reason" '
	[ "$(values scenario "$tmp/left.jsonl")" = "\"few\"" ] && out_has "1 combinations make no sense, e.g. many: "'
refuses "what a cell is cannot be overridden: the valid options" \
	'only these go: --reclaim --world --readers --writers --slots --time --seed' run quick --reader lo-hi
refuses "a bad number" 'bad slots "none"' run quick --slots none

finish
