#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016  # conditions are for expect
# The program that drives a running kernel: without its module, on this machine's own kernel.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"
tornlive=$build/tornlive
thp=/sys/kernel/mm/transparent_hugepage

tl() {
	code=0
	timeout -k 10 240 "$tornlive" "$@" </dev/null >"$tmp/out" 2>"$tmp/err" || code=$?
}

# ---- its words ----

tl --help
expect "--help has examples, every operation and every reader" '
	exits 0 && out_has "^  tornlive --time 8s --ops usplit" && out_has "^  usplit " && out_has "^  gup-fast "'

# shellcheck disable=SC2034  # says is for expect
while IFS='|' read -r words says; do
	# shellcheck disable=SC2086
	tl $words
	expect "refused in one line: $words" 'exits 2 && silent && [ "$(wc -l <"$tmp/err")" = 1 ] && err_has "$says"'
done <<-'EOF'
	--ops usplit,nonsense|"nonsense"; valid: usplit
	--levels pud|"pud"; valid: pmd pte
	--users gup-slow|"gup-slow"; valid: gup-fast
	--time 5 parsecs|unknown "parsecs"; valid: --help
	--time 1ms|"1ms" is not 0 or a time from 10ms
	--calibrate 61s|a time from 10ms to 60s
	--gap 10001|a number from 0 to 10000
	--batch 0|a number from 1 to 100000
	--spins 0|a number from 1 to 100000
	--seed -1|"-1" is not a number
	--cpus 0,99999|--cpus: .*99999
	--probe gup_pmd_range|is not SYMBOL.0xOFFSET
	--probe gup_pmd_range+0x1 --no-module|--probe and --pages need the module
	--no-module --user-time 0|nothing would be read
	--pages try_grab_folio --no-module|--probe and --pages need the module
	--fill -1|a number from 0
	--ops ptezap --levels pmd|no operation of --ops
	--no-module --out /nonexistent/file|"/nonexistent/file": No such file
	--time|--time needs a value
	--nonsense|unknown "--nonsense"; valid: --help
EOF

if [ -e /dev/tornlive ]; then
	skip "no module: one line" "there is one"
else
	tl
	expect "no module: one line" 'exits 2 && silent && [ "$(wc -l <"$tmp/err")" = 1 ] && err_has "is the module loaded"'
fi

# ---- a smoke run ----

# Every line is one of src/live/README.md's; WORD of FIELDS, or of that many and more.
formed() { # FILE
	awk -F '\t' '
		BEGIN { n["fact"] = 3; n["begin"] = 4; n["frames"] = 5; n["frame"] = 4; n["end"] = 6; n["skip"] = 4
			n["user"] = 7; n["log"] = 2; n["done"] = 2 }
		NF != n[$1] { print "# line " NR ": " $0; bad = 1 }
		$1 == "begin" { if (open) bad = 1; open = $2 " " $3 }
		$1 == "end" { if (open != $2 " " $3) bad = 1; open = "" }
		$1 == "frame" && !($4 ~ /^[0-9a-f]+$/) { bad = 1 }
		$1 == "frame" && seen[$2, $3, $4]++ { print "# twice: " $0; bad = 1 }
		done { print "# after done: " $0; bad = 1 }
		$1 == "done" { done = 1 }
		END { exit bad || !done || open }' "$1"
}
restored() { [ "$(cat $thp/enabled $thp/use_zero_page 2>/dev/null)" = "$thp_before" ]; }
thp_before=$(cat $thp/enabled $thp/use_zero_page 2>/dev/null)

tl --no-module --user-time 30ms
expect "no module: every operation runs, or is skipped with its reason" '
	exits 0 && formed "$tmp/out" && out_has "^done.0$" && ! out_has "^(hello|read|value|race|layout)" &&
	[ "$(grep -cE "^(begin|skip)" "$tmp/out")" = "$("$tornlive" --help | grep -cE "^  [a-z]+ +p(md|te): ")" ] &&
	! grep "^skip" "$tmp/out" | grep -qE "	$"'
check "what was set is put back" restored
# A flaw of huge pages is never silent; nor is it made up. Only root sees frames, and shared machines may lack huge pages.
flaws() { awk -F '\t' '$1 == "frames" && ($5 == 0 || $4 < $5 * 0.9) { print $2 " " $3 }' "$tmp/out"; }
expect "what was not huge nine times of ten is said, and nothing else" '
	[ "$(flaws)" = "$(sed -nE "s/^tornlive: (p.. [a-z]+): (only .* looks found|frame numbers are|nothing was looked).*/\1/p" "$tmp/err")" ]'

tl --no-module --user-time 20ms --ops ptezap --cpus "$(taskset -cp $$ | sed 's/.*: *\([0-9]*\).*/\1/')"
expect "one CPU: it says what cannot be shown" 'exits 0 && formed "$tmp/out" && out_has "^fact.cpus.one, "'

# ---- it ends as it is told, and puts back what it set ----

started() { # waits until an operation runs; its pid is in $pid, that of what operates in $child
	: >"$tmp/out"	# what ran before has said the same words
	"$tornlive" --no-module --ops zap,ptezap --levels pte,pmd --user-time 60s >"$tmp/out" 2>"$tmp/err" &
	pid=$!
	for _ in {1..100}; do
		! grep -q ^begin "$tmp/out" || break
		sleep 0.1
	done
	child=$(pgrep -P "$pid")
}
ended() { code=0; { wait "$pid" || code=$?; } 2>/dev/null; }

for signal in INT TERM HUP; do
	started
	# a shell's background job ignores SIGINT, but for a program that catches it
	kill -s "$signal" "$pid"
	ended
	expect "SIG$signal: the operation's lines, done, exit 4" '
		exits 4 && formed "$tmp/out" && out_has "^end" && out_has "^done.4$" && err_has interrupted && restored'
done
started
kill -SEGV "$child"
ended
expect "a crash of what operates is said" '
	exits 1 && out_has "^log.tornlive: .*killed by signal 11" && out_has "^done.1$" && restored'
started
kill -KILL "$child"
ended
expect "so is that it was killed" 'exits 1 && out_has "^log.tornlive: .*killed by signal 9" && restored'
started
{ kill -KILL "$pid"; ended; } 2>/dev/null	# bash says so, too
gone() { for _ in {1..100}; do ! kill -0 "$child" 2>/dev/null || grep -q '^State:.*Z' "/proc/$child/status" && return; sleep 0.1; done; return 1; }
expect "killed itself: what operates ends, and puts back what was set" '[ -n "$child" ] && gone && restored'

# ---- machines with other huge pages, or none: another /sys in a namespace ----

elsewhere() { # ENABLED or nothing
	code=0
	# shellcheck disable=SC2016
	unshare -m sh -c 'mount -t tmpfs none "$1" && { [ -z "$2" ] || { echo "$2" >"$1/enabled"; echo 1 >"$1/use_zero_page"; echo "$4" >"$1/hpage_pmd_size"; } } &&
		{ "$3" --no-module --user-time 20ms --ops zap,ptezap; code=$?; cat "$1"/[eu]* 2>/dev/null; exit $code; }' \
		- $thp "$1" "$tornlive" "${2:-2097152}" >"$tmp/out" 2>"$tmp/err" || code=$?
}
if ! unshare -m mount -t tmpfs none $thp 2>/dev/null; then
	skip "machines with other huge pages" "no mount namespaces, or no huge pages here"
else
	elsewhere ""
	expect "no huge pages in the kernel: skipped, and small pages are not" '
		exits 0 && out_has "^skip.pmd.zap.this kernel has no transparent huge pages" && out_has "^end.pte.ptezap"'
	elsewhere "always madvise never" 1048576
	expect "huge pages of another size: skipped" 'out_has "^skip.pmd.zap.a huge page has 1048576 bytes"'
	elsewhere "[always] madvise never"
	# files of a tmpfs keep what was longer
	expect "another choice is changed, and put back" '
		out_has "^fact.thp.madvise, before always; use_zero_page before 1" && out_has "^always" &&
		[ "$(tail -n 1 "$tmp/out")" = 1 ]'
fi

finish
