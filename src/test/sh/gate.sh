#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# tornreport gate: what closes it, what does not, and what it cannot read.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"

# shellcheck disable=SC2154  # lib.sh's
desk=$build/tornreport
base=$tmp/base.jsonl
"$tornwalk" run lo-hi-overwrite atomic64-fault-zap --time 50ms --out "$base" --quiet >/dev/null 2>&1
# whatever the machine was up to: three cells that passed
sed -i 's/"verdict":"[a-z]*","reason":"[^"]*"/"verdict":"pass","reason":""/' "$base"

# gate NAME CODE WORD SED-SCRIPT: NEW is BASE after the script
gate() {
	sed "$4" "$base" >"$tmp/new.jsonl"
	"$desk" gate "$base" "$tmp/new.jsonl" >"$tmp/out" 2>"$tmp/err" && code=0 || code=$?
	check "$1" closes "$2" "$3"
}
closes() { [ "$code" = "$1" ] && cat "$tmp/out" "$tmp/err" | grep -q -- "$2"; }

verdict() { printf '/"scenario":"%s"/s/"verdict":"pass","reason":""/"verdict":"%s","reason":"%s"/' "$@"; }

check "the baseline has its cells" [ "$(wc -l <"$base")" -ge 3 ]
gate "the same is open" 0 "gate open" ""
gate "a forbidden outcome closes it and is named" 1 "FAILS .*atomic64-fault-zap: torn 3" \
	"$(verdict atomic64-fault-zap fail 'torn 3, forbidden')"
gate "a control that no longer fires closes it" 1 "silent .*lo-hi-overwrite" \
	"$(verdict lo-hi-overwrite inconclusive 'required torn not seen')"
gate "too little evidence is named and does not" 0 "thin .*atomic64-fault-zap" \
	"$(verdict atomic64-fault-zap inconclusive 'too few present observations: 1 of 1000')"
gate "a calibration that moves a verdict closes it" 1 "calibration .*tears now" \
	"$(verdict atomic64-fault-zap inconclusive 'this executor tears it');s/\"cmpxchg8b\":{\"reads\":\([0-9]*\),\"torn\":0/\"cmpxchg8b\":{\"reads\":\1,\"torn\":7/"
gate "a cell that is gone closes it" 1 "gone .*atomic64-fault-zap" '/"scenario":"atomic64-fault-zap"/d'
gate "a cell that asks another question closes it" 1 "changed .*lo-hi-overwrite" \
	'/"scenario":"lo-hi-overwrite"/s/"hash":"..../"hash":"0000/'
gate "a half-written line is named and skipped" 1 "new.jsonl:3: skipped" '3s/.\{200\}$//'
gate "a newer schema is named and skipped" 1 "new.jsonl:1: skipped: another schema" '1s/"schema":1/"schema":99/'
gate "nothing usable is exit 2" 2 "new.jsonl" 's/^/x/'

# ---- what it was compiled to ----

"$desk" audit --json "$build/tornwalk.full" >"$tmp/base.audit.json"
# code NAME CODE WORD SED-SCRIPT: NEW's audit is BASE's after the script
code() {
	sed "$4" "$tmp/base.audit.json" >"$tmp/new.audit.json"
	gate "$1" "$2" "$3" ""
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
