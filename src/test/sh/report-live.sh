#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016  # conditions are for expect
# What the desk makes of running kernels' results: as a page, a comparison, a gate and tests. The kernels are
# memories with a known history (live_lines.py); live-judge.sh has their verdicts.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$root" || exit 2

# shellcheck disable=SC2154  # lib.sh's
desk=$build/tornreport
make -s -C "$root" TARGET=x86_64 COMPILER=gcc build/x86_64-gcc/tornlivejudge || exit 2
tools=$root/src/test

# NAME CASE KERNEL TARGET
results() {
	printf '%s\t%s\n' target "$4" executor "qemu-system 10.0" cpu "some <b>CPU" cpus 0,1 kernel "Linux $3" compiler "gcc 12" \
		flags "as the kernel's" git unknown >"$tmp/facts"
	python3 "$tools/live_lines.py" "$2" >"$tmp/lines"
	"$build/tornlivejudge" "$tmp/facts" "$tmp/$1.jsonl" "$tmp/lines" >"$tmp/out"
}
results old pae 6.1.0-50-686-pae i686
results new pae-6.12 6.12.74-686-pae i686
results arm lpae 6.1.0-50-armmp-lpae armhf-lpae
results arm-clean lpae-clean 7.2.0-armmp-lpae armhf-lpae
results log log 6.1.0-50-686-pae i686

# ---- the page ----

page=$tmp/page.html
for name in old arm log; do
	"$desk" html "$tmp/$name.jsonl" --errata none -o "$page" 2>"$tmp/err"
	check "$name: a page: its own markup, and the results' figures, in the kernel's tables too" \
		python3 "$tools/check_page.py" "$page" "$tmp/$name.jsonl"
done
expect "the line of the kernel's log, and what was handed out" 'grep -q "BUG: unable to handle page fault" "$page" &&
	grep -q "read 80000123 where 80000007 was" "$page"'
"$desk" html "$tmp/old.jsonl" --errata none -o "$page" 2>"$tmp/err"
sed 's/"torn":[1-9][0-9]*/"torn":7/g' "$tmp/old.jsonl" >"$tmp/other.jsonl"
expect "the busted twin: other results are told apart" '! python3 "$tools/check_page.py" "$page" "$tmp/other.jsonl" >"$tmp/faults" &&
	grep -q "the kernel.s table has" "$tmp/faults"'
expect "a section for the kernel: what its reader is, a witness with what was before and after, text escaped" '
	grep -q "<h2 id=live0-h>Linux 6.1.0-50-686-pae running on qemu-system 10.0</h2>" "$page" && grep -q "<code>pmd_read_atomic</code>" "$page" &&
	grep -q "<code>000fffff:3f4000e7</code><br><small>present leaf, frame fffff3f400</small><td><code>000fffff:c0a000e6</code>" "$page" &&
	grep -q "some &lt;b&gt;CPU" "$page" && grep -q "<code>./run.sh live qemu:i686-pae</code>" "$page"'
expect "no matrix of tornwalk's own readers and writers, and no rates" '! grep -q "id=matrix\|id=rates" "$page"'
"$desk" html "$tmp/old.jsonl" "$tmp/new.jsonl" --errata none -o "$page" 2>"$tmp/err"
check "two kernels: their markup" python3 "$tools/check_page.py" "$page"
expect "two kernels: two sections, and side by side" 'grep -q "id=live1-h" "$page" && ! grep -q "earlier line" "$page" &&
	grep -A1 "<th scope=row>live.pmd.kernel.usplit" "$page" | grep -q ">torn [0-9]*</a><td class=z><a href=#c[0-9]*>clean<"'
sed 's/"episodes":{"hole"/"episode":{"hole"/' "$tmp/old.jsonl" | grep usplit | head -n 1 >"$tmp/bad.jsonl"
code=0
"$desk" html "$tmp/bad.jsonl" --errata none -o "$tmp/bad.html" >"$tmp/out" 2>"$tmp/err" || code=$?
expect "an operation that does not say what was seen is no result" 'exits 2 && err_has "bad .live."'

# ---- the comparison ----

compare() {
	code=0
	"$desk" compare "$@" --errata none >"$tmp/out" 2>"$tmp/err" || code=$?
}
# CHANGE: the cells under that heading
under() { awk -v want="$1" '/^[A-Z ]+$/ { on = $0 == want; next } on && /^live/ { sub(/:.*/, ""); print }' "$tmp/out" | paste -sd' '; }
# an answer in both
for name in old new; do grep -v "\.zap\|user\.\|high-low.usplit" "$tmp/$name.jsonl" >"$tmp/$name.part"; done
compare "$tmp/old.part" "$tmp/new.part"
expect "6.1 against 6.12: what its reader is, side by side, is the same question" 'exits 0 &&
	[ "$(under IMPROVED)" = "live.pmd.kernel.usplit live.private.kernel.set live.private.kernel.set-clear live.private.kernel.set-get-clear" ] &&
	out_has "^    pass \(pmd_read_atomic, torn [0-9]+ times\) => pass" && out_has "kernel: Linux 6.1.0-50-686-pae => Linux 6.12"'
expect "what both allow is the same, however often" '[[ " $(under SAME) " == *" live.pmd.read-once.usplit "* ]] && [ -z "$(under REGRESSED)" ]'
compare "$tmp/new.part" "$tmp/old.part"
expect "the other way round: worse, exit 1" 'exits 1 && [[ "$(under REGRESSED)" == "live.pmd.kernel.usplit "* ]]'
compare "$tmp/arm-clean.jsonl" "$tmp/arm.jsonl"
expect "a kernel that stores in two pieces: its witness, 72 columns of ASCII" 'exits 1 &&
	[[ " $(under REGRESSED) " == *" live.pmd.atomic.collapse "* ]] && out_has "^    00000000:7e[0-9a-f]{6} present leaf, frame 7e" &&
	out_has "^ +before 00000000:00000000 none" && ! LC_ALL=C grep -qE "[^ -~]|^.{73}" "$tmp/out"'
compare "$tmp/arm-clean.jsonl" "$tmp/arm.jsonl" --html
expect "the same as a page" 'exits 1 && out_has "<pre>00000000:7e"'
compare "$tmp/old.jsonl" "$tmp/new.jsonl"
expect "what has no answer is not compared: exit 4" 'exits 4 && [[ " $(under "NOT COMPARABLE") " == *" live.pmd.low-gap-high.zap "* ]]'
compare "$tmp/log.jsonl" "$tmp/log.jsonl"
expect "what was counted without a clock is compared as well" '[[ " $(under SAME) " == *" live.probe.try_grab_folio+0x0.hprot "* ]] &&
	[[ " $(under SAME) " == *" live.pmd.atomic.zap "* ]]'
compare "$tmp/old.part" "$tmp/arm.jsonl"
expect "another machine's entries: nothing is the same question" 'exits 4 && [ -z "$(under SAME)" ]'

# ---- gate and tests ----

code=0
"$desk" gate "$tmp/arm-clean.jsonl" "$tmp/arm.jsonl" --errata none >"$tmp/out" 2>"$tmp/err" || code=$?
expect "gate: closed by what fails now" 'exits 1 && out_has "^FAILS +live.pmd.atomic.collapse: memory itself held"'
code=0
"$desk" gate "$tmp/old.part" "$tmp/new.part" --errata none >"$tmp/out" 2>"$tmp/err" || code=$?
expect "gate: another kernel asks the same questions" 'exits 0 && out_has "^gate open"'
report() {
	code=0
	"$desk" "$@" "$tmp/old.jsonl" "$tmp/arm.jsonl" --errata none >"$tmp/out" 2>"$tmp/err" || code=$?
}
report ktap
expect "ktap: a kernel is a group; what fails has its values" 'python3 "$tools/check_ktap.py" <"$tmp/out" >"$tmp/names" && out_has "^1\.\.2$" &&
	out_has "not ok [0-9]+ tornwalk.live.armhf-lpae.pmd.atomic.collapse$" && out_has "#   before 00000000:00000000 none" &&
	out_has "ok [0-9]+ tornwalk.live.i686.private.atomic.set$" && out_has "tornwalk.live.i686.user.futex.usplit # SKIP"'
report junit
expect "junit" 'xmllint --noout --schema "$tools/schema/junit.xsd" "$tmp/out" 2>"$tmp/err" &&
	out_has "classname=\"tornwalk.live.armhf-lpae.pmd\" name=\"atomic.collapse\"" && out_has "before 00000000:00000000 none"'
report kcidb
expect "kcidb" 'python3 "$tools/check_kcidb.py" "$tmp/out" && out_has "\"source\":\"pmd_read_atomic\"" && out_has "\"log_excerpt\":\"00000000:7e"'

finish
