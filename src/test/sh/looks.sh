#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The report page in a browser: phone and desk, light and dark, on paper.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"

browser=$(command -v chromium || :)
if [ -z "$browser" ]; then
	skip "the page in a browser" "chromium is not installed"
	finish
	exit
fi

# shellcheck disable=SC2154  # lib.sh's
desk=$build/tornreport
make_results() { python3 "$root/src/test/make_results.py" "$@"; }
chrome() {
	timeout -k 5 120 "$browser" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
		--user-data-dir="$tmp/profile" --hide-scrollbars --enable-logging=stderr \
		"$@" 2>"$tmp/log" </dev/null
}

# look NAME WIDTH PAGE: what looks.js says, and what the console said
look() {
	sed '$d' "$3" >"$tmp/look.html"
	{
		tail -n 1 "$3"
		echo "<script>"
		cat "$root/src/test/looks.js"
		echo "</script>"
	} >>"$tmp/look.html"
	cat >"$tmp/frame.html" <<-END
		<!DOCTYPE html><meta charset=utf-8><body><pre></pre>
		<script>onmessage = function (e) {
			document.querySelector("pre").textContent = "\nTAP\n" + e.data + "\nEND\n"; };</script>
		<iframe src="look.html" style="width:$2px;height:800px;border:0"></iframe>
	END
	chrome --window-size=1700,900 --virtual-time-budget=10000 --dump-dom "file://$tmp/frame.html" |
		sed -n '/^TAP$/,/^END$/p' | sed '1d;$d; s/&gt;/>/g; s/&lt;/</g; s/&amp;/\&/g' >"$tmp/tap"
	code=0
	while read -r line; do
		case $line in
		"ok - "*) ok "$1: ${line#ok - }" ;;
		*) not_ok "$1: ${line#not ok - }" ;;
		esac
	done <"$tmp/tap"
	check "$1, $2 px: looked at" test "$(wc -l <"$tmp/tap")" -gt 20
	grep 'CONSOLE' "$tmp/log" | head -n 5 >"$tmp/err"
	check "$1, $2 px: the console is silent" test ! -s "$tmp/err"
}

"$tornwalk" run quick --time 350ms --exact-time --out "$tmp/real.jsonl" --quiet >/dev/null 2>&1
make_results told "$tmp/real.jsonl" >"$tmp/told.jsonl"
head -n 12 "$tmp/real.jsonl" >"$tmp/some.jsonl"
make_results boards "$tmp/some.jsonl" 3 >"$tmp/three.jsonl"
make_results boards "$tmp/some.jsonl" 60 >"$tmp/sixty.jsonl"
make_results trees "$tmp/some.jsonl" 3 >"$tmp/trees.jsonl"
make_results hostile "$tmp/real.jsonl" 120 >"$tmp/hostile.jsonl"
make_results map "$tmp/real.jsonl" >"$tmp/map.jsonl"
for p in told three sixty trees hostile map; do
	"$desk" html "$tmp/$p.jsonl" -o "$tmp/$p.html" 2>"$tmp/err" || not_ok "a page of $p"
done
for p in told three sixty trees hostile map; do
	look "$p" 360 "$tmp/$p.html"
done
look told 1600 "$tmp/told.html"
look trees 1600 "$tmp/trees.html"
look sixty 1600 "$tmp/sixty.html"

# the busted twin: a page with what must be caught
sed -e 's|<main>|<main><p><a href=#nowhere style="color:#eee;display:block;width:2000px">x</a>|' \
	-e 's|<th scope=col>verdict|<th>verdict|' "$tmp/told.html" >"$tmp/busted.html"
(look busted 360 "$tmp/busted.html") >"$tmp/busted.tap"
for what in "wider than the window" "what it heads" "every link lands" "is legible, light"; do
	check "the busted twin: $what" grep -q "^not ok .*$what" "$tmp/busted.tap"
done
sed 's|<script>|<script>console.error("x");|' "$tmp/told.html" >"$tmp/busted.html"
(look busted 360 "$tmp/busted.html") >"$tmp/busted.tap"
check "the busted twin: the console" grep -q "^not ok .*console" "$tmp/busted.tap"

# on paper
chrome --print-to-pdf="$tmp/told.pdf" "file://$tmp/told.html" >/dev/null
check "it prints" test "$(head -c 5 "$tmp/told.pdf" 2>/dev/null)" = %PDF-

finish
