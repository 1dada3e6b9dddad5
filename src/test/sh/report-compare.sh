#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016,SC2034  # conditions are for expect
# tornreport compare and ./run.sh compare, as somebody uses them. What is found and
# what is not is t_compare's.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$root" || exit 2

# shellcheck disable=SC2154  # lib.sh's
desk=$build/tornreport
base=$root/results/baseline/i686/native-gcc.jsonl
cells=$(wc -l <"$base")

# Every cell clean or firing alike, at one torn a millisecond
steady='
bad = r["expect"]["torn"] == "require" or r["expect"].get("torn-by-writer") == "require"
for k in ("torn", "reread", "confused", "freed", "stale", "invalid-mix", "phantom"):
    r["distinct"][k] = 1000 if r["expect"].get(k) == "require" else 0
    if r["expect"].get(k) == "require": bad = True
r["torn_by"] = {"reader": 0, "writer": 1000} if "torn-by-writer" in r["expect"] else {"reader": 0, "writer": 0}
if "torn-by-writer" in r["expect"]: r["distinct"]["torn"] = 1000
r["seconds"] = 1.0; r["interval_ns"] = 100000000; r["per_interval"] = [100 if bad else 0] * 10
r["verdict"], r["reason"], r["witness"] = "pass", "", None
'
set_of() { python3 "$root/src/test/mutate.py" "$steady$1" <"$base"; }
set_of "" >"$tmp/base.jsonl"

compare() {
	code=0
	"$desk" compare "$@" >"$tmp/out" 2>"$tmp/err" || code=$?
}
# changed PYTHON [ARGS]: NEW is BASE after it
changed() {
	set_of "$1" >"$tmp/new.jsonl"
	compare "$tmp/base.jsonl" "$tmp/new.jsonl" --errata none "${@:2}"
}
for_mail() { ! LC_ALL=C grep -qE '[^ -~]|^.{73}' "$tmp/out"; }

# ---- verdicts and exit codes ----

changed ""
expect "alike: exit 0" 'exits 0 && out_has "^$cells cells: 0 regressed, 0 improved, $cells same, 0 not comparable"'
worse='
if r["scenario"] == "atomic64-remap":
    r["distinct"]["torn"] = r["torn_by"]["reader"] = 500
    r["per_interval"] = [50] * 10; r["verdict"] = "fail"; r["reason"] = "torn 500 (distinct 500), forbidden"
    r["witness"] = "00000000:af8000e7 (high:low) low from store #1404"'
changed "$worse"
expect "a forbidden outcome: regressed, exit 1, with its witness" 'exits 1 && out_has ": 1 regressed" &&
	out_has "^REGRESSED" && out_has "^atomic64-remap torn +<3.00 +500" && out_has "#1404"'
check "it comes before all the rest" test \
	"$(grep -nE '^REGRESSED' "$tmp/out" | cut -d: -f1)" -lt "$(grep -nE '^SAME' "$tmp/out" | cut -d: -f1)"
compare "$tmp/new.jsonl" "$tmp/base.jsonl" --errata none
expect "the other way round: improved, exit 0" 'exits 0 && out_has ": 0 regressed, 1 improved"'
weak='
if r["scenario"] == "lo-hi-overwrite":
    r["distinct"]["torn"] = 20; r["per_interval"] = [2] * 10'
changed "$weak"
expect "a control that hardly fires: regressed" 'exits 1 && out_has "loss of power"'
changed "$weak" --margin 100
expect "--margin: a hundredth may be lost" '! exits 1 && ! out_has "loss of power"'
changed 'r["rounds"] = 50 * 10**6 if n else 10**6' --per round
expect "--per round" 'out_has "BASE/round"'
changed '
if n < 2: r["hash"] = "0" * 16; r["slots"] = 64'
expect "another question: not comparable, exit 4" 'exits 4 && out_has "another question: slots 1 and 64" &&
	out_has ", 2 not comparable"'
changed 'r["scenario"] += "-x" * (n == 3)'
expect "gone and new cells" 'exits 4 && out_has "^ +not in NEW" && out_has "^ +not in BASE"'
changed "$worse" --alpha 1e-300
expect "--alpha" '! exits 1'

# ---- for a mail ----

changed "$worse"
check "72 columns of ASCII" for_mail
compare "$base" "$root/results/baseline/i686/native-clang.jsonl"
expect "really measured ones: 72 columns, says what differs" 'for_mail && out_has "compiler: gcc .* => clang" &&
	out_has "kernel: .*, both"'
changed '
evil = "\u2028</td><script>alert(1)</script>\x1b[31m\u009b\ufffe " + "x" * 20
for k in "scenario target executor cpu kernel compiler git flags reason".split():
    r[k] = evil + r[k] if n % 2 else r[k]
r["witness"] = evil'"
$worse"
expect "hostile strings: plain text" 'for_mail && [ "$code" -le 4 ]'
changed '
evil = "</td><script>alert(1)</script>\x1b[31m "
for k in "target executor cpu kernel compiler git flags reason".split(): r[k] = evil + r[k]
r["scenario"] += evil * (n % 2)
r["witness"] = evil' --html
expect "hostile strings: no markup" '[ "$code" -le 4 ] && ! out_has "<script>alert" && out_has "&lt;script" &&
	! grep -q "$(printf "\033")" "$tmp/out"'

# ---- the page ----

changed "$worse" --html -o "$tmp/page.html"
expect "--html -o FILE: the same exit code" 'exits 1 && silent && [ -s "$tmp/page.html" ]'
links=$(grep -oE 'href="?#[a-z0-9-]+' "$tmp/page.html" | sed 's/.*#//' | sort -u)
dead=$(for l in $links; do grep -qE "id=\"?${l}[\" >]" "$tmp/page.html" || echo "$l"; done)
expect "every link arrives" '[ -n "$links" ] && [ -z "$dead" ]'
expect "nothing from elsewhere" '! grep -qE "https?://|src=|@import|url\(" "$tmp/page.html"'
check "a row for every cell" test "$(grep -c '^<tr class=' "$tmp/page.html")" = "$cells"
python3 - "$tmp/base.jsonl" >"$tmp/many.jsonl" <<'END'
import sys
lines = open(sys.argv[1]).read().splitlines()
for n in range(2016):
    print(lines[n % len(lines)].replace('"scenario":"', f'"scenario":"full.pae.pmd.entry.{n}.'))
END
compare "$tmp/many.jsonl" "$tmp/many.jsonl" --errata none --html -o "$tmp/many.html"
expect "the full suite: under 1 MB" '[ "$code" != 2 ] && [ "$(stat -c %s "$tmp/many.html")" -lt 1000000 ]'

# ---- ERRATA ----

repo=$tmp/repo
git init -q "$repo"
git -C "$repo" -c user.name=t -c user.email=t@example.org commit -q --allow-empty -m a
rev=$(git -C "$repo" rev-parse HEAD)
printf '2026-11-01\t%s\tlo-hi-*\tthe oracle slept\n' "$rev" >"$repo/ERRATA"
set_of "r['git'] = '${rev:0:12}'" >"$tmp/void.jsonl"
void=$(grep -c '"scenario":"lo-hi-' "$base")
compare "$tmp/void.jsonl" "$tmp/base.jsonl" --errata "$repo/ERRATA"
expect "ERRATA: void results are left out, and it says so" 'exits 4 && out_has "ERRATA voids $void results of BASE" &&
	out_has "BASE: void by ERRATA of 2026-11-01: the oracle" && out_has ", $void not comparable"'

# ---- bad input ----

one_line() { exits 2 && silent && [ "$(wc -l <"$tmp/err")" = 1 ] && err_has "$1"; }
compare "$base"
check "one side" one_line "usage: tornreport compare BASE NEW"
compare "$base" "$tmp/none"
check "a missing file" one_line "none: No such file"
compare "$base" /dev/null
check "an empty file" one_line "/dev/null: no result in it"
compare "$base" "$base" --alpha 2
check "--alpha 2" one_line 'bad --alpha "2"'
compare "$base" "$base" --margin 1
check "--margin 1" one_line 'bad --margin "1"'
compare "$base" "$base" --per hour
check "--per hour" one_line 'bad --per "hour"; valid: s round'

# ---- ./run.sh compare ----

here() {
	code=0
	(cd "$tmp" && "$root/run.sh" compare "$@" </dev/null >"$tmp/out" 2>"$tmp/err") || code=$?
}
here "$tmp/base.jsonl" "$tmp/base.jsonl"
expect "run.sh compare: files" 'exits 0 && out_has "^$cells cells: "'
set_of "$worse" >"$tmp/new.jsonl"
here "$tmp/base.jsonl" "$tmp/new.jsonl"
expect "run.sh compare: regressed is exit 1" 'exits 1'
mkdir "$tmp/dir"
cp "$tmp/base.jsonl" "$tmp/dir"
here "$tmp/dir" base.jsonl
expect "run.sh compare: directories, from anywhere" 'exits 0 && out_has "^$cells cells: "'
here "$base" nonsense
check "run.sh compare: an unknown word" one_line '"nonsense" is neither a file, nor a directory, nor a git revision'
here "$base" --help
check "run.sh compare: what looks like an option" one_line '"--help" is neither'
here "$base" "$base" quick
check "run.sh compare: run arguments without anything to run" one_line '"quick" means nothing'
here "$base"
check "run.sh compare: one word" one_line "compare takes two"
TORNWALK_COMPARE_ROUNDS=0 here "$base" "$base"
check "run.sh compare: no rounds" one_line 'bad TORNWALK_COMPARE_ROUNDS "0"'

if git rev-parse --verify -q HEAD >/dev/null 2>&1; then
	TORNWALK_COMPARE_ROUNDS=2 here HEAD HEAD lo-hi-overwrite --time 30ms
	dir=$(sed -n 's|^as a page: \(.*\)/compare.html$|\1|p' "$tmp/out")
	expect "run.sh compare: revisions are built and run in turns" '[ "$code" != 2 ] && [ -n "$dir" ] &&
		well_formed "$dir/base.jsonl" 2 && well_formed "$dir/new.jsonl" 2 && [ -s "$dir/compare.html" ] &&
		grep -q "\"git\":\"$(git describe --always --abbrev=12)\"" "$dir/new.jsonl"'
	[ -z "$dir" ] || rm -f "$dir"/{base,new}.jsonl "$dir/compare.html"
	[ -z "$dir" ] || rmdir "$dir"
	here HEAD HEAD nonsense
	expect "run.sh compare: a run that cannot be" 'exits 2 && err_has "cannot run: nonsense"'
	find results/runs/compare -maxdepth 1 -type d -empty -delete 2>/dev/null
else
	skip "run.sh compare: revisions are built and run in turns" "not a git repository"
	skip "run.sh compare: a run that cannot be" "not a git repository"
fi

finish
