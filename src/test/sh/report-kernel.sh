#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016,SC2034  # conditions are for expect
# What the desk makes of a kernel tree's results: the verdicts of two small trees, written
# down here as their explorers said it, as a page, a comparison, a gate and tests. No kernel is built.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$root" || exit 2

# shellcheck disable=SC2154  # lib.sh's
desk=$build/tornreport
make -s -C "$root" TARGET=x86_64 COMPILER=gcc build/x86_64-gcc/tornkernel || exit 2
tools=$root/src/test

# ---- two trees: an old one, and one with the fix ----

mkdir -p "$tmp/view/mm"
printf 'first\n\tif (pud_none(*pud)) <b>\nthird\n' >"$tmp/view/mm/pagewalk.c"
tabs() { tr '|' '\t'; }

# NAME VERSION PATCH: what the kernel command says of it
facts() {
	tabs <<-END
		view|$tmp/view
		hash|0123456789abcdef
		layout|pae
		target|x86_64
		executor|native
		cpu|some CPU
		kernel|Linux 6.1
		compiler|gcc 12.2.0
		flags|as the tree's own build
		git|unknown
		model|tso
		tree.name|$1
		tree.rev|-
		tree.version|$2
		tree.describe|v$2-3-g0123456789ab
		tree.hash|$(sha256sum <<<"$1 $2 $3" | cut -c1-8)
		tree.arch|x86_64
		tree.config|x86_64.config
		tree.patch|$3
	END
}
# CELL in|outside NOTES [WHY]: under all models
cell() {
	printf 'cell\t%s\t%s\n' "$1" "$2"
	for model in sc tso weak; do
		printf 'model\t%s\t%s\t%s\t100\t7\t%s\n' "$1" "$model" "$3" "${4:-complete}"
	done
}
# CELL NOTE
steps() {
	tabs <<-END
		step|$1|sc|$2|1|writer|glue/mm.c:193 pud_fault()|store entry 80000000400000e7
		step|$1|sc|$2|2|walker|mm/pagewalk.c:2 walk_pud_range()|load entry 80000000400000e7
		step|$1|sc|$2|3|walker|mm/pagewalk.c:900 walk_pte_range()|locked: finds entry 80000000400000e7 and more
	END
}
# CELL NOTES UNKNOWN: as compiled
made_of() {
	printf 'model\t%s\tcompiled\t%s\t100\t7\tcomplete\ncompiled\t%s\t5\t%s\t1\t0\n' "$1" "$2" "$1" "$3"
}
old() {
	cell walk.pud-split in "hole,confused"
	steps walk.pud-split confused
	cell walk.fault-zap in "hole,table"
	cell walk.retract outside "hole,wild,freed"
	made_of walk.retract "hole,freed" 2
	printf 'unknown\twalk.retract\tmm/pagewalk.c:2 walk_pud_range()\n'
	steps walk.retract wild
	cell gup.fault-zap in "hole,leaf"
	cell gup.zap-reuse in "hole" "no memory"
}
new() {
	cell walk.pud-split in hole
	cell walk.fault-zap in "hole,table"
	cell walk.retract in "hole,table"
	made_of walk.retract "hole,table" 0
	cell gup.fault-zap in "hole,bad-entry"
	steps gup.fault-zap bad-entry
	cell gup.zap-reuse in hole
}
twin() { # CELL...: in which it is caught
	for cell; do printf 'cell\t%s\tin\nmodel\t%s\ttso\tconfused\t9\t1\tcomplete\n' "$cell" "$cell"; done
}
# OUT FACTS LINES [TWIN=FILE]...
judge() {
	code=0
	rm -f "$1"
	"$build/tornkernel" "$2" "$1" "${@:3}" >"$tmp/out" 2>"$tmp/err" || code=$?
}
facts some:6.1 6.1.192 - >"$tmp/old.facts"
facts some:6.1 6.1.192 fix.patch >"$tmp/new.facts"
{ old; echo end; } >"$tmp/old.lines"
{ new; echo end; } >"$tmp/new.lines"
twin walk.pud-split walk.fault-zap walk.retract gup.fault-zap gup.zap-reuse >"$tmp/twin"

judge "$tmp/old.jsonl" "$tmp/old.facts" "$tmp/old.lines" some-twin="$tmp/twin"
expect "the table: exit 1, and the line of the source beside its step" 'exits 1 &&
	out_has "^fail +walk.pud-split +confused" && out_has "2  walker  mm/pagewalk.c:2 walk_pud_range.* if \(pud_none"'
expect "... as compiled: what nobody knows is counted in its cell, and named" 'out_has "weak +as compiled" && out_has "walk.retract .* freed,2\? " &&
	out_has "^N\?: of so many" && out_has "^  mm/pagewalk.c:2 walk_pud_range\(\)$" && grep -q "\"accesses\":5,\"unknown\":2,\"one_word\":1,\"several\":0" "$tmp/old.jsonl"'
judge "$tmp/new.jsonl" "$tmp/new.facts" "$tmp/new.lines" some-twin="$tmp/twin"
check "the results are the contract's" python3 "$tools/check_results.py" "$tmp/old.jsonl" 5

# witnesses FILE CELL: the notes that have one, how many steps the first has, and its second step's line
witnesses() {
	python3 -c 'import json, sys
for r in map(json.loads, open(sys.argv[1])):
    if r["scenario"] == "kernel." + sys.argv[2]:
        w = r["tree"]["witnesses"]
        print(*[x["note"] for x in w], len(w[0]["steps"]), w[0]["steps"][1].get("code"), w[0]["steps"][2].get("code"))' "$1" "$2"
}
check "a result has its witness in lines of the source; what is no line has none" test \
	"$(witnesses "$tmp/old.jsonl" walk.pud-split)" = "confused 3 if (pud_none(*pud)) <b> None"

# what an execution shows and the race does not is not said as if it were clean
{ cat "$tmp/old.lines"; printf 'raced\t%s\tfree\t1000\t100\t300000000\t0\thole=1000/100/5\n' walk.pud-split walk.fault-zap; } >"$tmp/raced"
{ cat "$tmp/twin"; printf 'raced\t%s\tfree\t1000\t100\t300000000\t30\tconfused=30/30/5\n' walk.pud-split walk.fault-zap; } >"$tmp/twin.raced"
judge "$tmp/raced.jsonl" "$tmp/old.facts" "$tmp/raced" some-twin="$tmp/twin.raced"
expect "the race beside it" 'exits 1 && out_has "^fail +walk.pud-split .* in 3 steps; not seen in 1000 walks of the race, where some-twin" &&
	out_has "^pass +walk.fault-zap .*in any execution; nor in 1000 walks of the race, where some-twin was caught in 30 rounds"'

# what real threads show of the plain objects has to be possible as compiled
{ cat "$tmp/old.lines"; made_of walk.pud-split hole 0; printf 'raced\twalk.pud-split\tfree\t1000\t100\t300000000\t3\tconfused=3/3/5\nseen\twalk.pud-split\thole,confused\n'; } >"$tmp/raced"
judge "$tmp/raced.jsonl" "$tmp/old.facts" "$tmp/raced" some-twin="$tmp/twin"
expect "the race shows what nothing shows as compiled: said" 'exits 1 && out_has "seen in 3 of 100 rounds of the race; ALARM: confused, which nothing shows of what it was compiled to"'
sed 's/\(compiled\twalk.pud-split\t5\t\)0/\11/' "$tmp/raced" >"$tmp/raced.unknown"
judge "$tmp/raced.jsonl" "$tmp/old.facts" "$tmp/raced.unknown" some-twin="$tmp/twin"
expect "... but not where that is not known" 'exits 1 && out_has "seen in 3 of 100 rounds of the race$"'

# what is long is there as a whole: nothing is cut without a word
many=()
for n in {10..39}; do
	cp "$tmp/twin" "$tmp/a-twin-with-quite-a-long-name-$n"
	many+=("a-twin-with-quite-a-long-name-$n=$tmp/a-twin-with-quite-a-long-name-$n")
done
judge "$tmp/long.jsonl" "$tmp/old.facts" "$tmp/old.lines" "${many[@]}"
expect "a reason of 30 twins is whole" 'exits 1 && grep -q "long-name-39 caught (confused); nothing forbidden in any execution\"" "$tmp/long.jsonl"'
judge "$tmp/more.jsonl" "$tmp/old.facts" "$tmp/old.lines" "${many[@]}" "${many[@]}"
expect "more twins than fit: by name, exit 2" 'exits 2 && err_has "more twins than fit, at \"a-twin"'

# ---- the page ----

page=$tmp/page.html
"$desk" html "$tmp/old.jsonl" --errata none -o "$page" 2>"$tmp/err"
check "a page: its own markup, and the results' figures, in the tree's table too" python3 "$tools/check_page.py" "$page" "$tmp/old.jsonl"
sed 's/"unknown":2/"unknown":3/' "$tmp/old.jsonl" >"$tmp/known.jsonl"
expect "... and how many accesses nobody knows, likewise" '! python3 "$tools/check_page.py" "$page" "$tmp/known.jsonl" >"$tmp/faults" && grep -q "freed, 3?" "$tmp/faults"'
sed 's/"bad":"confused"/"bad":"torn"/; s/"reason":"nothing/&x/' "$tmp/old.jsonl" >"$tmp/other.jsonl"
expect "the busted twin: other results are told apart" '! python3 "$tools/check_page.py" "$page" "$tmp/other.jsonl" >"$tmp/faults" &&
	grep -q "the tree.s table has" "$tmp/faults"'
expect "a section for the tree, its facts, its schedule in its source's lines, escaped" '
	grep -q "<h2 id=tree0-h>some:6.1, x86_64</h2>" "$page" && grep -q "v6.1.192-3-g0123456789ab" "$page" &&
	grep -q "mm/pagewalk.c:2 walk_pud_range()</small><br><code>if (pud_none(\*pud)) &lt;b&gt;</code>" "$page"'
expect "no rates of what was never raced, and no matrix of readers and writers" '! grep -q "id=matrix\|id=rates" "$page" &&
	! grep -q "&lt;[0-9]" "$page"'
"$desk" html "$tmp/old.jsonl" "$tmp/new.jsonl" --errata none -o "$page" 2>"$tmp/err"
expect "two trees: two sections, and no line of one takes the place of the other's" '
	grep -q "<h2 id=tree1-h>some:6.1 + fix.patch, x86_64</h2>" "$page" && ! grep -q "earlier line" "$page" &&
	[ "$(grep -c "<summary>kernel.walk.pud-split</summary>" "$page")" = 2 ]'
check "its markup" python3 "$tools/check_page.py" "$page"

sed 's/"tso":{[^}]*}/"tso":"hole"/' "$tmp/old.jsonl" | head -n 1 >"$tmp/bad.jsonl"
sed 's/"witnesses":\[/"witnessed":[/' "$tmp/old.jsonl" | head -n 1 >>"$tmp/bad.jsonl"
code=0
"$desk" html "$tmp/bad.jsonl" --errata none -o "$tmp/bad.html" >"$tmp/out" 2>"$tmp/err" || code=$?
expect "a tree that does not say what was explored is no result" 'exits 2 && [ "$(grep -c "bad .tree." "$tmp/err")" = 2 ]'

# ---- the comparison ----

compare() {
	code=0
	"$desk" compare "$@" --errata none >"$tmp/out" 2>"$tmp/err" || code=$?
}
# CHANGE: the cells under that heading
under() { awk -v want="$1" '/^[A-Z ]+$/ { on = $0 == want; next } on && /^kernel/ { sub(/:.*/, ""); print }' "$tmp/out" | paste -sd' '; }
compare "$tmp/old.jsonl" "$tmp/new.jsonl"
expect "by what executions show: closed, worse, new, without an answer" 'exits 1 &&
	[ "$(under IMPROVED)" = "kernel.walk.pud-split kernel.walk.retract" ] && [ "$(under REGRESSED)" = kernel.gup.fault-zap ] &&
	[ "$(under "NOT COMPARABLE")" = kernel.gup.zap-reuse ] && [ "$(under SAME)" = kernel.walk.fault-zap ]'
expect "what the compiler made of it, where that changed otherwise" 'tr -s " \n" " " <"$tmp/out" | grep -q "pass (clean): NEW.s contract has it, and BASE.s has not; as compiled: freed => clean" &&
	[ "$(grep -c "as compiled" "$tmp/out")" = 1 ]'
expect "before and after, and whose trees they are" 'out_has "^    fail \(confused\) => pass \(clean\)$" &&
	out_has "^  patch: - => fix.patch$" && out_has "^  version: 6.1.192, both$"'
expect "the witness of what got worse, and of what was closed" 'out_has "^    NEW: the kernel cleared a live entry" &&
	out_has "^    BASE: a leaf was walked as a table, in 3 steps under sc:$" &&
	out_has "^ +2 walker mm/pagewalk.c:2 +load entry" && out_has "^ +if \(pud_none"'
expect "for a mail: 72 columns of ASCII" '! LC_ALL=C grep -qE "[^ -~]|^.{73}" "$tmp/out"'
compare "$tmp/old.jsonl" "$tmp/old.jsonl"
expect "the same tree: the same, but for what has no answer" 'exits 4 && [ "$(under SAME | wc -w)" = 4 ] && [ -z "$(under IMPROVED)" ]'
grep -v zap-reuse "$tmp/new.jsonl" >"$tmp/less.jsonl"
compare "$tmp/less.jsonl" "$tmp/less.jsonl"
check "the same, all with an answer: exit 0" exits 0
sed 's/"hash":"0123456789abcdef"/"hash":"fedcba9876543210"/' "$tmp/less.jsonl" >"$tmp/question.jsonl"
compare "$tmp/less.jsonl" "$tmp/question.jsonl"
expect "another question: exit 4" 'exits 4 && out_has "another question"'
cat "$tmp/old.jsonl" "$tmp/new.jsonl" >"$tmp/both.jsonl"
compare "$tmp/both.jsonl" "$tmp/new.jsonl"
expect "several trees on one side: neither is taken" 'exits 4 && out_has "BASE has several trees"'
sed 's/"bad":"confused"/"bad":"wild"/g; s/"complete":true/"complete":false/g' "$tmp/old.jsonl" | grep -e pud-split >"$tmp/open.jsonl"
grep -e pud-split "$tmp/old.jsonl" >"$tmp/one.jsonl"
compare "$tmp/open.jsonl" "$tmp/one.jsonl"
expect "what a search did not come to is not said to be new" 'exits 4 && out_has "whether confused is new"'
compare "$tmp/old.jsonl" "$tmp/new.jsonl" --html
expect "the same as a page" 'exits 1 && out_has "BASE&#39;s schedule|BASE.s schedule" && out_has "&lt;b&gt;" && ! out_has "<b>"'

# ---- gate and tests ----

code=0
"$desk" gate "$tmp/old.jsonl" "$tmp/new.jsonl" --errata none >"$tmp/out" 2>"$tmp/err" || code=$?
expect "gate: says which trees, and is closed by what fails now" 'exits 1 && out_has "^tree +some:6.1, x86_64 .* => some:6.1 \+ fix.patch" &&
	out_has "^FAILS +kernel.gup.fault-zap" && out_has "1 close it"'
report() {
	code=0
	"$desk" "$@" "$tmp/old.jsonl" "$tmp/new.jsonl" --errata none >"$tmp/out" 2>"$tmp/err" || code=$?
}
report ktap
expect "ktap: two trees are two groups, a name is a walker against a transition, a failure has its schedule" '
	python3 "$tools/check_ktap.py" <"$tmp/out" >"$tmp/names" && out_has "^1\.\.2$" && ! out_has "the worst counts" &&
	out_has "not ok 1 tornwalk.kernel.x86_64.walk.pud-split$" && out_has "# tree: some:6.1 \+ fix.patch, x86_64" &&
	out_has "#   2 walker mm/pagewalk.c:2 walk_pud_range"'
report junit
expect "junit" 'xmllint --noout --schema "$tools/schema/junit.xsd" "$tmp/out" 2>"$tmp/err" &&
	out_has "classname=\"tornwalk.kernel.x86_64.walk\" name=\"pud-split\"" && out_has "name=\"patch\" value=\"fix.patch\"" &&
	out_has "walker mm/pagewalk.c:2.*&lt;b&gt;"'
report kcidb
expect "kcidb: the tree is what was checked out, and nobody counts what was not raced" 'python3 "$tools/check_kcidb.py" "$tmp/out" &&
	out_has "\"tree_name\":\"some:6.1\"" && ! out_has "torn/s" && out_has "\"log_excerpt\":\".*walk_pud_range"'

finish
