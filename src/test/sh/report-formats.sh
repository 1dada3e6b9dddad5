#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016,SC2034  # conditions are for expect
# tornreport ktap, junit, kcidb: what comes out, by parsers that are not ours: prove,
# a strict KTAP grammar, xmllint with a schema, jsonschema. And that they can refuse.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"

# shellcheck disable=SC2154  # lib.sh's
desk=$build/tornreport
tools=$root/src/test
base=$root/results/baseline/armhf-lpae/qemu-user-gcc.jsonl
cells=$(wc -l <"$base")

report() {
	code=0
	"$desk" "$@" --errata none >"$tmp/out" 2>"$tmp/err" || code=$?
}
mutate() { python3 "$tools/mutate.py" "$1" <"$base"; }
is_ktap() { python3 "$tools/check_ktap.py" <"$1" >"$tmp/names" || { tail -n 1 "$tmp/names"; return 1; }; }
is_junit() { xmllint --noout --schema "$tools/schema/junit.xsd" "$1" 2>"$tmp/err"; }
is_kcidb() { python3 "$tools/check_kcidb.py" "$1" >"$tmp/faults" || { head -n 3 "$tmp/faults"; return 1; }; }

# three verdicts, whatever the baseline says
mutate '
r["verdict"], r["reason"] = [("pass", ""), ("fail", "torn 3 (distinct 2), forbidden"),
                             ("inconclusive", "too few")][n % 3]
r["witness"] = "00000000:af8000e7 (high:low)" if n % 3 == 1 else None' >"$tmp/three.jsonl"
fails=$(grep -c '"verdict":"fail"' "$tmp/three.jsonl")
skips=$(grep -c '"verdict":"inconclusive"' "$tmp/three.jsonl")

# ---- KTAP ----

report ktap "$tmp/three.jsonl"
cp "$tmp/out" "$tmp/flat.ktap"
expect "ktap: the grammar" 'exits 0 && is_ktap "$tmp/flat.ktap"'
expect "ktap: a name for every cell, none twice" '[ "$(sort -u "$tmp/names" | wc -l)" = "$cells" ]'
check "ktap: a known name, whole" grep -qx \
	tornwalk.pmd.pae.gup-fast.read-once.split-direct.pae-pte.gup.memb.widened.no-alias.r1-w1-s1.gup-fast-torn \
	"$tmp/names"
prove -e cat "$tmp/flat.ktap" >"$tmp/out" 2>"$tmp/err"
expect "ktap: prove counts the same failures" 'grep -q "Failed $fails/$cells subtests" "$tmp/out" "$tmp/err"'
expect "ktap: reasons" 'grep -q "^# torn 3 (distinct 2), forbidden$" "$tmp/flat.ktap" &&
	grep -q "^# witness: 00000000:af8000e7" "$tmp/flat.ktap" &&
	[ "$(grep -c "^ok .* # SKIP too few$" "$tmp/flat.ktap")" = "$skips" ]'

tac "$tmp/three.jsonl" | head -n 5 >"$tmp/some.jsonl"
report ktap "$tmp/some.jsonl"
expect "ktap: a name does not depend on what else is there" 'grep -oE "tornwalk\.p[^ ]*" "$tmp/out" >"$tmp/few" &&
	[ "$(wc -l <"$tmp/few")" = 5 ] && ! grep -vqxFf "$tmp/names" "$tmp/few"'

report ktap "$root/results/baseline/armhf" "$base"
expect "ktap: several executors are subtests" 'exits 0 && is_ktap "$tmp/out" && out_has "^1\.\.3$" &&
	[ "$(grep -c "^  KTAP version 1" "$tmp/out")" = 3 ]'
prove -e cat "$tmp/out" >"$tmp/proved" 2>&1
check "ktap: prove reads their parents" grep -q "Tests=3" "$tmp/proved"

report ktap "$tmp/three.jsonl" "$base"
expect "ktap: run twice is one test, and the worst counts" 'exits 0 && is_ktap "$tmp/out" &&
	[ "$(wc -l <"$tmp/names")" = "$cells" ] && out_has "^# 2 runs, the worst counts" &&
	[ "$(grep -c "^not ok" "$tmp/out")" = "$fails" ]'

# the same names as the board prints
tw run lo-hi-overwrite atomic64-remap gup-fast-torn --time 20ms --ktap --out "$tmp/board.jsonl"
cp "$tmp/out" "$tmp/board.ktap"
check "ktap: the board's own is KTAP" is_ktap "$tmp/board.ktap"
cp "$tmp/names" "$tmp/board.names"
report ktap "$tmp/board.jsonl"
expect "ktap: the board's names are the desk's" 'is_ktap "$tmp/out" && [ -s "$tmp/names" ] &&
	cmp -s "$tmp/names" "$tmp/board.names"'
code=0
"$tornwalk" run full --time 10ms --ktap --shard 1/20 --out "$tmp/map.jsonl" >"$tmp/map.ktap" 2>"$tmp/err" || code=$?
check "ktap: a shard of the full map is KTAP" is_ktap "$tmp/map.ktap"
cp "$tmp/names" "$tmp/map.names"
report ktap "$tmp/map.jsonl"
expect "ktap: and its names are the desk's" 'is_ktap "$tmp/out" && cmp -s "$tmp/names" "$tmp/map.names"'

# refuses NAME SED: the grammar has to say no
busted_ktap() {
	sed -E "$2" "$tmp/flat.ktap" >"$tmp/busted"
	expect "ktap, busted: $1" '! cmp -s "$tmp/busted" "$tmp/flat.ktap" && ! is_ktap "$tmp/busted" >/dev/null'
}
busted_ktap "no version" 1d
busted_ktap "another plan" '2s/.*/1..3/'
busted_ktap "a number left out" '0,/^ok 4/s//ok 5/'
busted_ktap "a name twice" 's/[.](naive-confused|naive-reread)$/.x/;s/[.]numa-maps[.]/.ptdump./'
busted_ktap "a line of neither kind" '5s/.*/hello/'
busted_ktap "an empty part" 's/[.]pae[.]/../'

# ---- JUnit ----

report junit "$tmp/three.jsonl"
cp "$tmp/out" "$tmp/flat.xml"
expect "junit: the schema" 'exits 0 && is_junit "$tmp/flat.xml"'
count() { xmllint --xpath "count($1)" "$tmp/flat.xml"; }
expect "junit: as many of each kind" '[ "$(count //testcase)" = "$cells" ] &&
	[ "$(count //failure)" = "$fails" ] && [ "$(count //skipped)" = "$skips" ] &&
	[ "$(count "//testsuite[@tests=$cells and @failures=$fails and @skipped=$skips and @errors=0]")" = 1 ]'
expect "junit: class and name are the test's name" '[ "$(xmllint --xpath \
	"concat((//testcase)[11]/@classname, \".\", (//testcase)[11]/@name)" "$tmp/flat.xml")" = \
	"$(grep -E "^(not )?ok 11 " "$tmp/flat.ktap" | grep -oE "tornwalk[^ ]*")" ]'
report junit "$root/results/baseline/armhf" "$base"
expect "junit: several executors are suites" 'is_junit "$tmp/out" && out_has "<testsuites .* tests=.$((3 * cells))"'
busted_junit() {
	sed -E "$2" "$tmp/flat.xml" >"$tmp/busted"
	expect "junit, busted: $1" '! cmp -s "$tmp/busted" "$tmp/flat.xml" && ! is_junit "$tmp/busted"'
}
busted_junit "an unknown element" 's/<failure/<sorry/;s/<.failure/<\/sorry/'
busted_junit "an unknown attribute" 's/<testcase /<testcase status="x" /'
busted_junit "no number of tests" 's/ tests="[0-9]*"//'
busted_junit "a control character" '0,/torn 3/s//torn \&#1;/'
busted_junit "not closed" '$d'

# ---- KCIDB ----

report kcidb "$tmp/three.jsonl"
cp "$tmp/out" "$tmp/flat.json"
expect "kcidb: the schema" 'exits 0 && is_kcidb "$tmp/flat.json"'
of() { grep -c "\"status\":\"$1\".*\"path\"\|\"path\".*\"status\":\"$1\"" "$tmp/flat.json"; }
expect "kcidb: PASS, FAIL, SKIP" '[ "$(of FAIL)" = "$fails" ] && [ "$(of SKIP)" = "$skips" ] &&
	[ "$(of PASS)" = $((cells - fails - skips)) ]'
paths=$(grep -oE '"path":"[^"]*"' "$tmp/flat.json" | cut -d'"' -f4)
expect "kcidb: paths are the names of the other formats" '[ "$paths" = \
	"$(grep -oE "^(not )?ok [0-9]+ tornwalk[^ ]*" "$tmp/flat.ktap" | grep -oE "tornwalk.*")" ]'
report kcidb "$tmp/three.jsonl"
check "kcidb: the same results, the same ids" cmp -s "$tmp/out" "$tmp/flat.json"
report kcidb "$tmp/three.jsonl" "$tmp/three.jsonl" "$base"
expect "kcidb: a result given twice is one test run, another run another" 'is_kcidb "$tmp/out" &&
	[ "$(grep -c "\"path\"" "$tmp/out")" = $((2 * cells)) ]'
report kcidb "$tmp/three.jsonl" --origin lab_7 --build-id maestro:65a1355ee98651d0fe81e412
expect "kcidb: --origin and --build-id" 'is_kcidb "$tmp/out" && ! out_has "\"builds\"|\"checkouts\"" &&
	[ "$(grep -c "\"id\":\"lab_7:.*\"build_id\":\"maestro:65a1355ee98651d0fe81e412\"" "$tmp/out")" = "$cells" ]'
busted_kcidb() {
	python3 -c 'import json, sys
d = json.load(open(sys.argv[1])); t = d["tests"][0]
exec(sys.argv[2]); json.dump(d, sys.stdout)' "$tmp/flat.json" "$2" >"$tmp/busted"
	expect "kcidb, busted: $1" '[ -s "$tmp/busted" ] && ! is_kcidb "$tmp/busted" >/dev/null'
}
busted_kcidb "an unknown status" 't["status"] = "OK"'
busted_kcidb "a path with a blank" 't["path"] = "tornwalk.a b"'
busted_kcidb "a path with an empty part" 't["path"] = "tornwalk..b"'
busted_kcidb "an unknown member" 't["verdict"] = "pass"'
busted_kcidb "no build" 'del t["build_id"]'
busted_kcidb "a build that is not there" 't["build_id"] = "x:y"'
busted_kcidb "an id of nobody" 't["id"] = "Tornwalk:1"'
busted_kcidb "an id twice" 't["id"] = d["tests"][1]["id"]'
busted_kcidb "null" 't["log_excerpt"] = None'
busted_kcidb "another version" 'd["version"]["major"] = 4'

# ---- whatever a board says ----

evil='"\u2028</testcase>]]>&amp;<script>alert(1)</script>\x01\x1b[31m\u009b\ufffe\ud83d\ude00 # SKIP\nok 99 x\n'
mutate "
evil = '$evil'
for k in 'scenario walker reader writer layout level target executor cpu kernel compiler git flags reason'.split():
    r[k] = r[k] + evil * (n % 2) if n else ''
r['scenario'] += '...' + str(n) + '..'
r['witness'] = evil
r['verdict'] = ['pass', 'fail', 'inconclusive'][n % 3]" >"$tmp/evil.jsonl"
report ktap "$tmp/evil.jsonl"
expect "hostile strings: still KTAP" 'exits 0 && is_ktap "$tmp/out" && ! grep -qP "[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]" "$tmp/out"'
report junit "$tmp/evil.jsonl"
expect "hostile strings: still JUnit" 'exits 0 && is_junit "$tmp/out" && ! out_has "<script"'
report kcidb "$tmp/evil.jsonl"
expect "hostile strings: still KCIDB" 'exits 0 && is_kcidb "$tmp/out"'
check "hostile strings: names stay apart" test "$(sort -u "$tmp/names" | wc -l)" = "$(wc -l <"$tmp/names")"

# ---- usage ----

report ktap
expect "no result: one line, exit 2" 'exits 2 && silent && err_has "usage: tornreport ktap RESULT" && [ "$(wc -l <"$tmp/err")" = 1 ]'
report junit "$tmp/none"
expect "a missing file: by name" 'exits 2 && silent && err_has "none: No such file"'
report kcidb "$base" --origin "Lab 7"
expect "a bad origin" 'exits 2 && silent && err_has "bad --origin \"Lab 7\""'
report kcidb "$base" --build-id 7
expect "a bad build" 'exits 2 && silent && err_has "bad --build-id \"7\""'
report ktap "$base" --nonsense
expect "an unknown option: the valid ones" 'exits 2 && silent && err_has "\"--nonsense\"; valid: "'
code=0
"$desk" ktap "$base" -o >"$tmp/out" 2>"$tmp/err" || code=$?
expect "an option without its value" 'exits 2 && silent && err_has "no value after \"-o\""'
report ktap "$base" -o "$tmp/o.ktap"
expect "-o FILE" 'exits 0 && silent && is_ktap "$tmp/o.ktap"'
ln -s /dev/full "$tmp/full"	# never the device itself: a test must not be able to lose it
report ktap "$base" -o "$tmp/full"
expect "a full disk: says so, and takes nothing away that is no file" 'exits 2 &&
	err_has "full: No space left" && [ -L "$tmp/full" ]'
report --help
expect "--help" 'exits 0 && out_has "^  kcidb"'

finish
