#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016,SC2034  # conditions are for expect
# ERRATA: what it voids, what it leaves alone, and what it cannot tell.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"

# shellcheck disable=SC2154  # lib.sh's
desk=$build/tornreport
base=$root/results/baseline/i686/native-gcc.jsonl
cells=$(wc -l <"$base")

# Four commits of a repository of its own: a b c d
repo=$tmp/repo
git init -q "$repo"
mkdir "$repo/results"
for name in a b c d; do
	git -C "$repo" -c user.name=t -c user.email=t@example.org commit -q --allow-empty -m $name
	declare "$name=$(git -C "$repo" rev-parse HEAD)"
done

# A result set as if built from that revision; all pass
as() { python3 "$root/src/test/mutate.py" "r['git'] = '$1'; r['verdict'] = 'pass'; r['reason'] = ''" <"$base"; }

# errata REVISIONS CELLS: voided [RESULTS' GIT]: how many KTAP then skips
errata() { printf 'Prose.\n\nDATE\tREVISIONS\tCELLS\tWHY\n2026-11-01\t%s\t%s\tthe oracle slept\n' "$@" >"$repo/results/ERRATA"; }
voided() {
	as "$1" >"$tmp/r.jsonl"
	code=0
	"$desk" ktap "$tmp/r.jsonl" --errata "$repo/results/ERRATA" >"$tmp/out" 2>"$tmp/err" || code=$?
	grep -c '# SKIP void by ERRATA of 2026-11-01: the oracle slept$' "$tmp/out"
}
is() { [ "$(voided "$2")" = "$1" ]; }

# shellcheck disable=SC2154  # declared above
{
errata "$a..$c" '*'
check "a range voids what is in it" is "$cells" "${b:0:12}"
check "and its end" is "$cells" "${c:0:12}"
check "not its beginning" is 0 "${a:0:12}"
check "not what came later" is 0 "${d:0:12}"
check "a dirty build counts as its commit" is "$cells" "${c:0:12}-dirty"
check "git describe with a tag" is "$cells" "v1.0-rc1-3-g${c:0:12}-dirty"
check "an unknown revision is not void" is 0 unknown
check "nor is a commit of another repository" is 0 0123456789ab
check "nor a hash too short to say" is 0 "${c:0:6}"
errata "$b" '*'
check "a revision alone is it and all before it" is "$cells" "${a:0:12}"
errata "$b^!" '*'
check "REV^! is that one" is 0 "${a:0:12}"
errata "$a..$d" 'lpae-* naive-confused'
check "patterns of cells" is "$(grep -cE '"scenario":"(lpae-|naive-confused")' "$base")" "${b:0:12}"
errata "$a..$d" 'nothing-like-it'
check "a pattern of none" is 0 "${b:0:12}"
voided 0 >/dev/null

errata "nonsense..$d" '*'
voided "${b:0:12}" >/dev/null
expect "a revision git does not know: file:line, exit 2" 'exits 2 && silent &&
	err_has "ERRATA:4: git knows no revisions \"nonsense..$d\"" && [ "$(wc -l <"$tmp/err")" = 1 ]'
errata "--output=$tmp/owned" '*'
voided "${b:0:12}" >/dev/null
expect "what looks like an option is a revision" 'exits 2 && [ ! -e "$tmp/owned" ]'
errata "$a..$d" ''
voided "${b:0:12}" >/dev/null
expect "three columns: file:line, exit 2" 'exits 2 && silent && err_has "ERRATA:4: not four columns"'

"$desk" ktap "$tmp/r.jsonl" --errata "$tmp/none" >"$tmp/out" 2>"$tmp/err" && code=0 || code=$?
expect "no such ERRATA: by name, exit 2" 'exits 2 && err_has "none: No such file"'
"$desk" ktap "$tmp/r.jsonl" --errata none >"$tmp/out" 2>"$tmp/err" && code=0 || code=$?
expect "--errata none does without" 'exits 0 && ! out_has "void by"'
(cd "$root" && "$desk" ktap "$tmp/r.jsonl") >"$tmp/out" 2>"$tmp/err" && code=0 || code=$?
expect "the project's own ERRATA can be read" 'exits 0 && [ ! -s "$tmp/err" ]'

# ---- gate ----

gated() { "$desk" gate "$tmp/base.jsonl" "$tmp/new.jsonl" --errata "$repo/results/ERRATA" >"$tmp/out" 2>"$tmp/err" && code=0 || code=$?; }
errata "$a..$b" 'naive-reread'
as "${a:0:12}" >"$tmp/base.jsonl"
as "${b:0:12}" >"$tmp/new.jsonl"
gated
expect "gate: a void result of NEW closes it, and is named" 'exits 1 && out_has "^void +naive-reread: now, void by ERRATA" &&
	out_has "; 1 close it"'
errata "$a^!" 'naive-reread'
gated
expect "gate: a void baseline is named and asks nothing" 'exits 0 && out_has "^void +naive-reread: the baseline, void by"'
}

finish
