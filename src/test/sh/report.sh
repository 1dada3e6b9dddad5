#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016,SC2034,SC2119,SC2120,SC2123  # conditions are for expect
# tornreport html: what gets in, what must not, and that the figures are the results'.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"

# shellcheck disable=SC2154  # lib.sh's
desk=$build/tornreport
real=$tmp/real.jsonl page=$tmp/page.html

html() {
	code=0
	rm -f "$page"
	(cd "$tmp" && "$desk" html "$@" -o "$page" >"$tmp/out" 2>"$tmp/err") || code=$?
}
page_has() { grep -qF -- "$1" "$page"; }
page_holds() { # [RESULTS]: by a parser that is not ours
	python3 "$root/src/test/check_page.py" "$page" "$@" >"$tmp/faults" && return
	sed 's/^/# /' "$tmp/faults"
	return 1
}
make_results() { python3 "$root/src/test/make_results.py" "$@"; }
bytes() { wc -c <"$page"; }

"$tornwalk" run quick --time 30ms --out "$real" --quiet >/dev/null 2>&1
cells=$(wc -l <"$real")

# ---- a page, and its figures ----

html "$real"
expect "a page" 'exits 0 && silent && [ ! -s "$tmp/err" ]'
check "nothing but the page's own markup, every link lands, the results' figures" page_holds "$real"
sed 's/"torn":[1-9][0-9]*/"torn":77777/2' "$real" >"$tmp/other.jsonl"
expect "the busted twin: other results are told apart" '! page_holds "$tmp/other.jsonl" >/dev/null'
sed 's/<h2 id=cells-h>/&<img src=x>/; s/#c1>/#nowhere>/' "$page" >"$tmp/p2" && cp "$tmp/p2" "$page"
page_holds >/dev/null
expect "the busted twin: foreign markup, a link to nowhere" 'grep -q "<img>" "$tmp/faults" &&
	grep -q "#nowhere leads nowhere" "$tmp/faults"'
html "$real"
name=$(sed -n 's/.*"scenario":"\([^"]*\)".*/\1/p' "$real" | head -n 1)
command=$(grep -A 99 "<summary>$name</summary>" "$page" | grep -o '<code>build[^<]*run [^<]*</code>' | head -n 1)
command=${command#<code>build/*/tornwalk } command=${command%</code>}
# shellcheck disable=SC2086  # words
tw $command --out -
expect "a cell's command runs that cell: $command" '
	[ "$(sed -n "s/.*\"hash\":\"\([^\"]*\)\".*/\1/p" "$tmp/out")" = "$(sed -n "1s/.*\"hash\":\"\([^\"]*\)\".*/\1/p" "$real")" ]'
tw run --reader get-lockless --writer mips-xpa --world widened --alias --slots 16 --time 30ms --out -
cp "$tmp/out" "$tmp/one.jsonl"
html "$tmp/one.jsonl"
command=$(grep -o '<code>build[^<]*run [^<]*</code>' "$page" | head -n 1)
command=${command#<code>build/*/tornwalk } command=${command%</code>}
# shellcheck disable=SC2086  # words
tw $command --out -
expect "so does that of a cell by options: $command" '
	[ "$(sed -n "s/.*\"hash\":\"\([^\"]*\)\".*/\1/p" "$tmp/out")" = "$(sed -n "s/.*\"hash\":\"\([^\"]*\)\".*/\1/p" "$tmp/one.jsonl")" ]'
check "its page" page_holds "$tmp/one.jsonl"
cat "$real" "$real" >"$tmp/twice.jsonl"
html "$tmp/twice.jsonl"
expect "measured twice: the last counts, and the page says so" 'page_has "$cells earlier lines" &&
	page_holds "$real"'

# ---- what the other instruments may add ----

make_results told "$real" >"$tmp/told.jsonl"
html "$tmp/told.jsonl"
check "predictions, schedules, delays" page_holds
expect "each has its place" 'exits 0 && [ ! -s "$tmp/err" ] && page_has "W: store high 0" &&
	page_has "By the delay between the halves" && { page_has "cell fails" || page_has "cells fail"; } &&
	page_has "seen, predicted impossible</strong>" && page_has "class=gap><a"'

"$desk" audit --json "$build/tornwalk.full" >"$tmp/audit.json" 2>"$tmp/err"
exact=$tmp/exact.jsonl
"$tornwalk" run quick --time 30ms --exact-time --out "$exact" --quiet >/dev/null 2>&1
html "$exact" --audit "$tmp/audit.json"
expect "an audit: each cell says what it compiled to" 'exits 0 && page_has "<code>scan_get_lockless</code> R" &&
	page_has "<caption>$build/tornwalk.full" && page_holds "$exact"'
symbols_of() { # CELL
	awk -v want="<summary>$1<" "/<summary>/ { on = index(\$0, want) } on && /href=#code>/" "$page" |
		sed 's/.*href=#code>//' | grep -oE "<code>[a-z0-9_]+</code>" | sed "s/<[^>]*>//g" | paste -sd " "
}
expect "the walker that reads again is what a naive cell compiled to" '
	[ "$(symbols_of naive-confused)" = "read_plain_reread walk_pagewalk_pae_plain_step set_pae_pmd clear_pae_pmd" ]'
expect "a writer that is inlined in its loop, a split that invalidates, a widened cell" '
	[ "$(symbols_of atomic64-remap)" = "scan_atomic64 remap_pae_pmd_pae" ] &&
	[ "$(symbols_of establish-get-lockless)" = "scan_get_lockless set_pae_establish clear_pae_establish invalidate_pae_establish" ] &&
	[ -z "$(symbols_of irqoff-nogp)" ]'
rm "$exact"
for how in free spread paced widened; do
	"$tornwalk" run lo-hi-fault-zap --strategy $how --time 30ms --out "$exact" --quiet >/dev/null 2>&1
	html "$exact" --audit "$tmp/audit.json"
	symbols_of lo-hi-fault-zap
	rm "$exact"
done >"$tmp/symbols"
expect "a strategy that pauses is not inlined, one that does not is, and the widened rung is another code" '
	[ "$(paste -sd "|" "$tmp/symbols")" = "scan_lo_hi set_pae_pte clear_pae_pte|scan_lo_hi fault_zap_pae_pte_pae|scan_lo_hi set_pae_pte clear_pae_pte|" ]'
html "$real"
html "$real" --audit "$real"
expect "an audit that is none: exit 2, by name" 'exits 2 && err_has "real.jsonl: not what .tornreport audit"'

# ---- gnuplot is wanted, not needed ----

if command -v gnuplot >/dev/null; then
	html "$real"
	expect "pictures, each with its words and its table" '[ "$(grep -c "<svg viewBox" "$page")" -ge 2 ] &&
		[ "$(grep -c "<svg viewBox" "$page")" = "$(grep -c "role=img aria-label=" "$page")" ] &&
		[ "$(grep -c "<summary>figures" "$page")" = "$(grep -c "<svg viewBox" "$page")" ]'
else
	skip "pictures, each with its words and its table" "gnuplot is not installed"
fi
mkdir "$tmp/none"
(PATH=$tmp/none; exec "$desk" html "$real" -o "$page") >"$tmp/out" 2>"$tmp/err" && code=0 || code=$?
expect "without gnuplot: says so, the tables are open" 'exits 0 && ! grep -q "<svg" "$page" &&
	page_has "gnuplot was not installed" && page_has "<details open><summary>figures" && page_holds "$real"'

# ---- hostile strings ----

make_results hostile "$real" 400 >"$tmp/hostile.jsonl"
html "$tmp/hostile.jsonl"
expect "hostile strings in every field: a page" 'exits 0 && [ ! -s "$tmp/err" ]'
check "none of them is markup, none is left that does not print" page_holds
expect "gnuplot ran none of them" '[ -z "$(find "$tmp" "$root" -maxdepth 1 -name "*PWNED*")" ]'
expect "what is too long is cut, and says so" 'page_has "(70000 bytes)" && [ "$(bytes)" -lt 2500000 ]'

# ---- lines that are no results ----

{
	head -n 1 "$real"
	head -n 2 "$real" | tail -n 1 | cut -c1-700
	echo '{"some":"thing else"}'
	echo 'no JSON'
	printf '{"schema":1,"scenario":"\x1b[31m\xff"}\n'
	sed -n '3s/"schema":[12]/"schema":3/p' "$real"
	sed -n '4s/"walks":[0-9]*/"walks":-1/p' "$real"
	sed -n '5s/"layout":"[a-z]*",//p' "$real"
	sed -n '6s/"verdict":"[a-z]*"/"verdict":"excellent"/p' "$real"
	sed -n '7s/"outcomes":{/"outcomes":{"unheard-of":1,/p' "$real"
	echo
	printf '[[[[[[[[[['
} >"$tmp/bad.jsonl"
html "$tmp/bad.jsonl"
check "a bad line is skipped, not the file" exits 0
expect "cut off: file, line, why" 'err_has "bad.jsonl:2: skipped: not JSON"'
expect "foreign: file, line, why" 'err_has "bad.jsonl:3: skipped: not a result: no \"schema\"" && err_has "bad.jsonl:4: "'
expect "not UTF-8: file, line; the terminal is left alone" 'err_has "bad.jsonl:5: skipped" &&
	! LC_ALL=C grep -q "[^ -~]" "$tmp/err"'
expect "newer: file, line, why" 'err_has "bad.jsonl:6: skipped: schema 3 is newer than this program.s 2"'
expect "a count below zero, a member gone, words nobody knows" '
	err_has "bad.jsonl:7: .*\"walks\"" && err_has "bad.jsonl:8: .*no \"layout\"" &&
	err_has "bad.jsonl:9: .*\"verdict\"" && err_has "bad.jsonl:10: .*\"outcomes\"" && err_has "bad.jsonl:12: "'
expect "the page says how many" 'page_has "10 lines of the input"'
sed 1d "$tmp/bad.jsonl" >"$tmp/worse.jsonl"
html "$tmp/worse.jsonl"
expect "nothing usable: exit 2, no page" 'exits 2 && [ ! -e "$page" ]'
html "$tmp/nowhere.jsonl"
expect "no such file: exit 2, by name" 'exits 2 && err_has "nowhere.jsonl: No such file"'
html "$tmp/worse.jsonl" "$real"
check "a bad file beside a good one" exits 0
mkdir "$tmp/dir"
cp "$real" "$tmp/dir/a.jsonl"
cp "$tmp/worse.jsonl" "$tmp/dir/b.jsonl"
html "$tmp/dir"
expect "a directory: its *.jsonl" 'exits 0 && page_holds "$real"'
html --nonsense
expect "a bad option names the valid ones" 'exits 2 && err_has "valid: -o FILE, --limit BYTES, --audit FILE"'
html "$real" --limit 0
expect "a bad limit" 'exits 2 && err_has "bad --limit"'
"$desk" html "$real" >"$tmp/out" 2>"$tmp/err" && code=0 || code=$?
expect "no -o: usage" 'exits 2 && err_has "usage:"'
"$desk" html "$real" -o "$tmp/none/of/that.html" >"$tmp/out" 2>"$tmp/err" && code=0 || code=$?
expect "a page that cannot be written: exit 2, by name" 'exits 2 && err_has "none/of/that.html: No such file"'
"$desk" html "$real" -o /dev/full >"$tmp/out" 2>"$tmp/err" && code=0 || code=$?
expect "a full disk: exit 2" 'exits 2 && err_has "/dev/full: No space"'

# ---- size ----

make_results map "$real" >"$tmp/map.jsonl"
expect "the full suite's cells" '[ "$(wc -l <"$tmp/map.jsonl")" = 2016 ]'
html "$tmp/map.jsonl"
expect "the full suite is under 1 MB" 'exits 0 && [ ! -s "$tmp/err" ] && [ "$(bytes)" -lt 1000000 ]'
check "and complete" page_holds "$tmp/map.jsonl"
make_results told "$tmp/map.jsonl" >"$tmp/told.jsonl"
html "$tmp/told.jsonl"
expect "also with predictions and schedules" 'exits 0 && [ ! -s "$tmp/err" ] && [ "$(bytes)" -lt 1000000 ]'
# the worst there is: every cell has much to say, and is no pass
long=$(printf 'for want of evidence, %.0s' {1..12})
sed "s/\"verdict\":\"[a-z]*\"/\"verdict\":\"inconclusive\"/; s/\"reason\":\"/&$long/" "$tmp/told.jsonl" >"$tmp/worst.jsonl"
html "$tmp/worst.jsonl"
expect "whatever was found: what there is no room for is said" 'exits 0 && [ ! -s "$tmp/err" ] &&
	[ "$(bytes)" -lt 1000000 ] && page_has "the results have the rest"'
check "and complete: a row for every cell" page_holds "$tmp/worst.jsonl"
html "$real" --limit 1000
expect "a limit that nothing fits: says so" 'exits 0 && err_has "over 1000"'

# 100,000 lines, and how much memory they took at most
make_results map "$real" | awk '{ l[NR] = $0 } END { for (i = 0; i < 100000; i++) print l[i % NR + 1] }' >"$tmp/big.jsonl"
cat >"$tmp/peak.py" <<-'END'
	import resource, subprocess, sys
	code = subprocess.run(sys.argv[1:]).returncode
	print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
END
read -r code peak < <(python3 "$tmp/peak.py" "$desk" html "$tmp/big.jsonl" -o "$page" 2>"$tmp/err")
expect "100,000 lines under 200 MB: ${peak:-?} MB" 'exits 0 && [ "$peak" -lt 200 ] && page_has "97984 earlier lines"'
rm -f "$tmp/big.jsonl"

finish
