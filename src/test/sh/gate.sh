#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tornreport gate: what closes it, what does not, and what it cannot read.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"

# shellcheck disable=SC2154  # lib.sh's
desk=$build/tornreport
base=$tmp/base.jsonl

# lines NAME=KIND:CAUSE...: result lines as the instrument prints them (src/test/lines.c)
lines() { "$build/lines" "$@" >"$tmp/new.jsonl"; }
lines firing=control:passed-required clean=claim:passed-claim
cp "$tmp/new.jsonl" "$base"

closes() { [ "$code" = "$1" ] && cat "$tmp/out" "$tmp/err" | grep -q -- "$2"; }
# gate NAME CODE WORD: of what is in new.jsonl
gate() {
	"$desk" gate "$base" "$tmp/new.jsonl" >"$tmp/out" 2>"$tmp/err" && code=0 || code=$?
	check "$1" closes "$2" "$3"
}
# control CODE WORD CAUSE, claim CODE WORD CAUSE: a cell that passed, and is of CAUSE now
control() { lines firing=control:"$3" clean=claim:passed-claim; gate "a control: $3" "$1" "$2 .*firing: "; }
claim() { lines firing=control:passed-required clean=claim:"$3"; gate "a claim: $3" "$1" "$2 .*clean: "; }
# edited NAME CODE WORD SED-SCRIPT: NEW is BASE after the script
edited() {
	sed "$4" "$base" >"$tmp/new.jsonl"
	gate "${@:1:3}"
}

check "the baseline has its cells" [ "$(wc -l <"$base")" = 2 ]
gate "the same is open" 0 "gate open"
for cause in thin-present thin-rounds thin-distinct; do
	control 0 thin $cause
	claim 0 thin $cause
done
for cause in no-tears-shown interrupted no-memory could-not-start ladder-silent; do
	control 0 thin $cause
done
control 1 silent required-impossible
claim 0 thin thin-strength
control 1 FAILS required-unseen
for cause in forbidden alarm; do
	claim 1 FAILS $cause
done
claim 1 possible gap	# the explorer called it impossible in the baseline
for cause in control-silent control-not-run interrupted no-memory blames-executor; do
	claim 0 thin $cause
done
"$build/lines" firing=control:passed-required clean=claim:blames-executor |
	sed 's/"fild":{"reads":\([0-9]*\),"torn":0/"fild":{"reads":\1,"torn":7/' >"$tmp/new.jsonl"
gate "a calibration that moves a verdict closes it" 1 "calibration .*clean: .*fild tears now"
"$build/lines" firing=control:passed-required clean=claim:gap | sed 's/"model":"tso"/"model":"weak"/' >"$tmp/new.jsonl"
gate "possible under another model is no evidence" 0 "thin .*clean: "
sed 's/"fild":{"reads":\([0-9]*\),"torn":0/"fild":{"reads":\1,"torn":7/' "$base" >"$tmp/torn.jsonl"
"$build/lines" firing=control:passed-required clean=claim:blames-executor >"$tmp/new.jsonl"
"$desk" gate "$tmp/torn.jsonl" "$tmp/new.jsonl" >"$tmp/out" 2>"$tmp/err" && code=0 || code=$?
check "... not to see a tear is no evidence" closes 0 "thin .*clean: "

# ---- what the ladder could not produce: strength S of the baseline is a chance of e^-3S ----

# silent NAME CODE WORD S [SED-SCRIPT]: a control of that strength, silent now
silent() {
	"$build/lines" firing=control@"$4":passed-required clean=claim@1000:passed-claim >"$tmp/strong.jsonl"
	"$build/lines" firing=control:ladder-silent clean=claim@1000:passed-claim | sed "${5:-}" >"$tmp/new.jsonl"
	"$desk" gate "$tmp/strong.jsonl" "$tmp/new.jsonl" >"$tmp/out" 2>"$tmp/err" && code=0 || code=$?
	check "$1" closes "$2" "$3 .*firing: "
}
silent "a silent control that was strong closes it" 1 silent 1000
silent "a chance of 1 in 3 million closes it" 1 silent 5
silent "a chance of 1 in 160,000 does not" 0 thin 4
silent "a tenth of the time is a tenth of the strength" 0 thin 40 's/"seconds":1.000/"seconds":0.100/'
silent "... of which enough is enough" 1 silent 60 's/"seconds":1.000/"seconds":0.100/'
silent "so is a tenth of the looks" 0 thin 40 's/"present":200000/"present":20000/'

# ---- thin ----

lines firing=control:ladder-silent clean=claim:thin-strength gone=claim:gap
"$desk" gate --strict "$base" "$tmp/new.jsonl" >"$tmp/out" 2>"$tmp/err" && code=0 || code=$?
check "--strict: thin is exit 4" closes 4 "gate open: .* 0 close it, 2 thin"
"$desk" gate --thin "$base" "$tmp/new.jsonl" >"$tmp/out" 2>"$tmp/err" && code=0 || code=$?
check "--thin: those that had passed" test "$code $(xargs <"$tmp/out")" = "0 firing clean"
"$desk" gate --thin "$tmp/new.jsonl" >"$tmp/out" 2>"$tmp/err" && code=0 || code=$?
check "--thin FILE: all of them" test "$code $(xargs <"$tmp/out")" = "0 firing clean gone"
"$build/lines" firing=control:passed-required clean=claim@1000:passed-claim >>"$tmp/new.jsonl"
"$desk" gate --strict "$base" "$tmp/new.jsonl" >"$tmp/out" 2>"$tmp/err" && code=0 || code=$?
check "what was run again counts by its last line" closes 0 "gate open: 2 cells .* 0 thin"
"$desk" gate --thin "$tmp/new.jsonl" >"$tmp/out" 2>"$tmp/err" && code=0 || code=$?
check "... and for --thin" test "$code $(xargs <"$tmp/out")" = "0 gone"

{ cat "$base"; sed 's/"target":"made"/"target":"other"/' "$base"; } >"$tmp/two.jsonl"
"$build/lines" firing=control:passed-required clean=claim:forbidden >"$tmp/new.jsonl"
sed 's/"target":"made"/"target":"other"/' "$base" >>"$tmp/new.jsonl"
"$desk" gate "$tmp/two.jsonl" "$tmp/new.jsonl" >"$tmp/out" 2>"$tmp/err" && code=0 || code=$?
check "a cell of one target is not hidden by another's" closes 1 "FAILS .*clean: "
check "... and each is a cell" grep -q "gate closed: 4 cells" "$tmp/out"

edited "a cell that is gone closes it" 1 "gone .*clean" '/"scenario":"clean"/d'
edited "a cell that asks another question closes it" 1 "changed .*firing" \
	'/"scenario":"firing"/s/"hash":"..../"hash":"0000/'
edited "a half-written line is named and skipped" 1 "new.jsonl:2: skipped" '2s/.\{200\}$//'
edited "a newer schema is named and skipped" 1 "new.jsonl:1: skipped: schema 3 is newer than this program's 2" \
	'1s/"schema":2/"schema":3/'
edited "a line without its cause is named and skipped" 1 "new.jsonl:1: skipped: not a result: no \"cause\"" \
	'1s/"cause":"[a-z-]*",//'
edited "nothing usable is exit 2" 2 "new.jsonl" 's/^/x/'

# What an old file says in English: its naive-reread saw too little, and had passed before.
old=$root/src/test/schema/schema1.jsonl
grep '"scenario":"naive-reread"' "$old" >"$tmp/new.jsonl"
sed 's/"verdict":"inconclusive"/"verdict":"pass"/' "$tmp/new.jsonl" >"$base"
check "the old line is one" grep -q '^{"schema":1,.*"reason":"required .* in only [0-9]* ' "$tmp/new.jsonl"
gate "an old control that saw too little does not close it" 0 "thin .*naive-reread: "
lines firing=control:passed-required clean=claim:passed-claim
cp "$tmp/new.jsonl" "$base"

# ---- what it was compiled to ----

"$desk" audit --json "$build/tornwalk.full" >"$tmp/base.audit.json"
# code NAME CODE WORD SED-SCRIPT: NEW's audit is BASE's after the script
code() {
	sed "$4" "$tmp/base.audit.json" >"$tmp/new.audit.json"
	gate "$1" "$2" "$3"
}
code "the same code is open" 0 "gate open" ""
code "a symbol whose verdict moved closes it and is named" 1 \
	"codegen .*read_lo_hi: was as claimed (Rl Rh), now differs (Rl Rh)" \
	'/"symbol":"read_lo_hi"/s/"verdict":"as claimed"/"verdict":"differs"/'
code "luck that ran out closes it" 1 "codegen .*set_lpae_plain: was atomic by luck of this compiler (W8)" \
	'/"symbol":"set_lpae_plain"/s/"verdict":"[a-z ]*"/"verdict":"as claimed"/;/"symbol":"set_lpae_plain"/s/"form":"W8"/"form":"Wl Wh"/'
code "another form of the same verdict does not" 0 "recompiled .*1 symbols" \
	'/"symbol":"clear_lpae"/s/"form":"[^"]*"/"form":"X8"/'
code "no audit beside it is said" 0 "not audited .*new.jsonl" 's/.*//'
rm -f "$tmp"/*.audit.json

"$desk" gate "$base" "$tmp/none" >"$tmp/out" 2>"$tmp/err" && code=0 || code=$?
check "a missing file is exit 2, by name" closes 2 "none: No such file"
"$desk" gate "$base" >"$tmp/out" 2>"$tmp/err" && code=0 || code=$?
check "a missing word is exit 2" closes 2 usage
"$desk" nonsense >"$tmp/out" 2>"$tmp/err" && code=0 || code=$?
check "an unknown command names the valid ones" closes 2 "valid: gate"

finish
