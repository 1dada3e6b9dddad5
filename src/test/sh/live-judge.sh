#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016  # conditions are for expect
# What the desk makes of a running kernel's own page tables: lines of memories whose history is
# known (live_lines.py), so that it is known who tore what. No kernel is asked.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$root" || exit 2

make -s -C "$root" TARGET=x86_64 COMPILER=gcc build/x86_64-gcc/tornlivejudge || exit 2
# shellcheck disable=SC2154  # lib.sh's
judge=$build/tornlivejudge tools=$root/src/test

printf '%s\t%s\n' target i686 executor "qemu-system-i386 7.2" cpu "some CPU" cpus 0,1 compiler "gcc 12" flags "as the kernel's" \
	git unknown >"$tmp/facts"

# FILE [JUDGE [OUT]]: judged into OUT, usually FILE.jsonl
judged() {
	code=0
	rm -f "${3:-$1.jsonl}"
	"${2:-$judge}" "$tmp/facts" "${3:-$1.jsonl}" "$1" >"$tmp/out" 2>"$tmp/err" || code=$?
}
# FILE CELL: cause, by reader, by writer, unsure, unknown
cell() {
	python3 -c 'import json, sys
for r in map(json.loads, open(sys.argv[1])):
    if r["scenario"] == "live." + sys.argv[2]:
        e = r["live"].get("episodes", {})
        print(r["cause"], r["torn_by"]["reader"], r["torn_by"]["writer"], e.get("unsure"), e.get("unknown"))' "$1.jsonl" "$2"
}
# FILE CELL: how many episodes of what memory never held
never() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]].get("never", 0))' "$1.known" "$2"; }
# JUDGE DIRECTORY: all cases, by this judge: is every claim so, and nobody blamed for nothing?
survey() {
	local case

	for case in $cases; do
		judged "$tmp/$case" "$1" "$2/$case.jsonl"
		[ "$2" = "$tmp" ] || cp "$tmp/$case.known" "$2"
	done
	python3 "$tools/check_live.py" "$tmp/claims" "$2" >"$tmp/wrong"
}

# What each rule is for: CASE CELL CAUSE
claims=(
	"pae pmd.low-high-low.usplit passed-claim" "pae pmd.low-gap-high.usplit passed-required" "pae pmd.atomic.usplit passed-claim"
	"pae pmd.kernel.usplit passed-claim" "pae pmd.low-gap-high.zap required-impossible" "pae pmd.low-high-low.zap required-impossible"
	"pae user.futex.usplit no-twin" "pae private.atomic.set passed-claim" "pae private.atomic.set-words passed-required"
	"pae-6.12 pmd.kernel.usplit passed-claim"
	"fixed-tears pmd.low-high-low.usplit forbidden" "fast pmd.low-gap-high.usplit passed-required"
	"few pmd.low-gap-high.usplit unsure" "few pmd.low-high-low.usplit control-silent"
	"lost pmd.low-high-low.usplit unknown-values" "lost pmd.low-gap-high.usplit unknown-values"
	"wrong-pages pmd.low-high-low.usplit wrong-pages"
	"one-cpu pmd.low-gap-high.usplit no-tears-shown"
	"log pmd.atomic.zap kernel-log" "log user.futex.zap forbidden" "log probe.try_grab_folio+0x0.hprot forbidden" "log probe.try_grab_folio+0x0.usplit no-twin"
	"lpae pmd.atomic.collapse forbidden" "lpae pmd.low-high-low.collapse forbidden"
	"lpae-few pmd.atomic.collapse unsure" "lpae-clean pmd.kernel.collapse passed-claim" "lpae-clean pmd.read-once.collapse passed-claim"
	"lpae-qemu7 pmd.atomic.collapse blames-executor" "lpae-qemu7 private.atomic.set blames-executor"
	"apart pmd.atomic.zap passed-claim" "apart pmd.low-gap-high.zap passed-required"
	"apart-missed pmd.plain.zap unsure" "apart-many pmd.plain.zap unsure" "apart-many pmd.low-high-low.zap unsure"
	"protected pmd.atomic.protect required-impossible"
	"x86_64 pmd.plain.usplit passed-claim"
	"no-race pmd.low-gap-high.usplit control-not-run" "silent-race pmd.low-gap-high.usplit control-silent"
	"torn-atomic pmd.low-high-low.usplit blames-executor"
)
printf '%s\n' "${claims[@]}" >"$tmp/claims"
cases=$(cut -d' ' -f1 "$tmp/claims" | sort -u)
for case in $cases; do
	python3 "$tools/live_lines.py" "$case" "$tmp/$case.known" >"$tmp/$case"
done
check "every cause is what its history deserves, and nobody is blamed for what memory held" survey "$judge" "$tmp"
sed 's/^/# /' "$tmp/wrong"
for case in $cases; do
	check "$case: results as the contract has them" well_formed "$tmp/$case.jsonl"
done
judged "$tmp/pae"
expect "all that the control tore is said to be torn" '[ "$(never "$tmp/pae" pmd.low-gap-high.usplit)" -gt 20 ] &&
	[[ "$(cell "$tmp/pae" pmd.low-gap-high.usplit)" == "passed-required $(never "$tmp/pae" pmd.low-gap-high.usplit) 0 0 0" ]]'
expect "exit 4 where something has no answer; the table, with a witness, its neighbours, and what was not run" 'exits 4 &&
	out_has "^pass +live.pmd.kernel.usplit .* pmd_read_atomic: " && out_has "^  000fffff:3f[0-9a-f]{6} +present (leaf|table), frame fffff3f" &&
	out_has "^    before  000" && out_has "live.pmd.migrate .*not run: no second node"'
judged "$tmp/x86_64"
check "all with an answer: exit 0" exits 0
judged "$tmp/lpae"
check "something forbidden: exit 1" exits 1

# ---- cut off, and what a serial line adds ----

begin=$(grep -n '^begin.*zap' "$tmp/pae" | cut -d: -f1)
head -n $((begin + 9)) "$tmp/pae" >"$tmp/cut"
judged "$tmp/cut"
expect "cut off in an operation: it is interrupted, what was whole stays, exit 4" 'exits 4 && out_has "never said that it was done" &&
	[[ $(cell "$tmp/cut" pmd.atomic.zap) == interrupted* && $(cell "$tmp/cut" pmd.low-high-low.usplit) == passed-claim* ]]'
wrong=""
size=$(stat -c %s "$tmp/pae")
for at in 1 2 3 4 5 6 7 8 9 10 11 12; do
	head -c $((size * at / 12 - 7)) "$tmp/pae" >"$tmp/cut"
	judged "$tmp/cut"
	{ [ "$code" = 4 ] || [ "$code" = 1 ]; } && { [ ! -s "$tmp/cut.jsonl" ] || well_formed "$tmp/cut.jsonl"; } &&
		! out_has '^fail' || wrong+=" $at"
done
expect "cut off anywhere: nothing fails that did not, nothing passes as a whole" '[ -z "$wrong" ]'
{
	head -n $((begin + 9)) "$tmp/pae"
	printf 'value\tpmd\tzap\tplain\t0000[  12.345678] BUG: unable to handle page fault for address: fffff000\r\n\001\377garbage\n'
	printf '[  12.345999] Kernel panic - not syncing: Fatal exception\n[  12.4] ---[ end'
} >"$tmp/panic"
judged "$tmp/panic"
expect "a panic: exit 1, with its line, in the operation that ran" 'exits 1 && well_formed "$tmp/panic.jsonl" &&
	out_has "^fail +live.pmd.atomic.zap .*BUG: unable to handle page fault" && [[ $(cell "$tmp/panic" pmd.low-high-low.usplit) == passed-claim* ]]'
{ cat "$tmp/pae"; echo "[ 99.1] Bad page state in process x"; } >"$tmp/late"
judged "$tmp/late"
expect "a complaint while nothing ran: a failure of its own" 'exits 1 && out_has "^fail +live.log.kernel.run .*Bad page state"'
sed '/^value\tpmd\tusplit\tplain/{0,/./d}' "$tmp/pae" | awk '/^value\tpmd\tusplit\tlow-high-low/ && !n++ { next } 1' >"$tmp/less"
judged "$tmp/less"
expect "a value that got lost on the way: nothing is concluded from the others" '
	[[ $(cell "$tmp/less" pmd.low-high-low.usplit) == interrupted* ]] && out_has "of [a-z-]+ [0-9]+ values came, not"'
sed 's/^read\tpmd\tusplit\tkernel\t/read\tpmd\tusplit\tkernel\tx/' "$tmp/pae" >"$tmp/mangled"
judged "$tmp/mangled"
expect "a line that is not whole: nothing is concluded, and it is named" '[[ $(cell "$tmp/mangled" pmd.atomic.usplit) == interrupted* ]] &&
	out_has "1 lines were not whole.* first: read"'
sed 's/^hello\t[0-9]*/hello\t99/' "$tmp/pae" >"$tmp/other"
judged "$tmp/other"
expect "another version of the module: exit 2" 'exits 2 && err_has "another version of the module: \"99\"" && silent'
printf 'begin\tpmd\tzap\t5.000\nuser\tfutex\tzap\t1000\t0\t5000000\t-\nframes\tpmd\tzap\t10\t10\nend\tpmd\tzap\t5000000\t70\t0\ndone\t4\n' >"$tmp/smoke"
judged "$tmp/smoke"
expect "without the module: what user space saw, and no cell of entries" 'exits 4 && well_formed "$tmp/smoke.jsonl" 1 &&
	[[ $(cell "$tmp/smoke" user.futex.zap) == no-twin* ]] && out_has "ended with exit code 4"'
for signal in "9 (Killed)" "11 (Segmentation fault)"; do
	{ head -n $((begin + 9)) "$tmp/pae"; printf 'log\ttornlive: what operates on the memory was killed by signal %s\ndone\t1\n' "$signal"; } >"$tmp/killed"
	judged "$tmp/killed"
	wanted=kernel-log
	[ "${signal%% *}" = 11 ] || wanted=interrupted
	expect "killed by signal $signal: $wanted" 'exits 1 && [[ $(cell "$tmp/killed" pmd.atomic.zap) == $wanted* ]]'
done
{ head -n $((begin + 9)) "$tmp/pae"; printf 'value\tpmd\tzlog\ttornlive: module verification failed: tainting kernel\nlog\tBUG: Bad page\n'; } >"$tmp/appended"
judged "$tmp/appended"
expect "what was appended of a dead guest: the kernel's own line stands for all" 'exits 1 && out_has "^fail +live.pmd.atomic.zap .*: BUG: Bad page"'
echo "nothing of it" >"$tmp/nothing"
judged "$tmp/nothing"
expect "no board's lines: exit 2" 'exits 2 && err_has "hello" && [ "$(wc -l <"$tmp/err")" = 1 ]'

# ---- wrong rules are found ----

# NAME FILE SED: a judge with that rule; is some claim no longer what it should be, or somebody blamed for nothing?
planted() {
	local dir=$tmp/planted others

	rm -rf "$dir"
	mkdir -p "$dir" && sed "$3" "src/live/judge/$2" >"$dir/$2"
	if cmp -s "$dir/$2" "src/live/judge/$2"; then
		echo "# $1 changes nothing"
		return 1
	fi
	mapfile -t others < <(printf "%s\n" "$build"/live/judge/*.o | grep -vxF "$build/live/judge/${2%.c}.o")
	gcc -w -std=gnu11 -D_GNU_SOURCE -Isrc -Isrc/protocol -Isrc/live/judge -o "$dir/judge" "$dir/$2" "${others[@]}" "$build"/kernel/judge/members.o \
		"$build"/judge/words.o "$build"/config/text.o "$build"/protocol/{outcome,layouts}.o -ljansson -lRmath -lm || return 1
	! survey "$dir/judge" "$dir"
}
for rule in \
	"seen once is torn|chance.c|s/return pbinom(/return 0 * pbinom(/" \
	"time is no share|chance.c|s/least = ratio(sampler->reads, l->reads)/least = 1e9/; s/ratio(sampler->ns, l->ns) < least/0/; s/n >= ENOUGH_EPISODES/0/" \
	"what may be a mix is none|chance.c|s/return value_valid(j, v) \&\& made_of_others(op, v)/return false/" \
	"what others make is whole|chance.c|s/ \&\& !made_of_others(op, s->value)//" \
	"a writer stores all at once|truth.c|s/return between > elsewhere/return false/" \
	"one such pair is a half|truth.c|s/return between > elsewhere/return between > 0/" \
	"a half that nobody saw is a half|truth.c|s/return IS_UNKNOWN/return mixed(j, op->level, v, IS_UNSURE)/" \
	"silence calibrates|private.c|s/!tears_whatever(j, LIVE_READER_TRUTH)/false/" \
	"nobody need calibrate|private.c|s/return set->reads ? CAUSE_CONTROL_SILENT : CAUSE_CONTROL_NOT_RUN/return CAUSE_PASSED_CLAIM/" \
	"a reader may|private.c|s/return EXPECT_FORBID;/return EXPECT_ALLOW;/" \
	"once is enough|cells.c|s/>= CONFIRMED/>= 1/" \
	"huge or not|cells.c|s/op->huge \* 10 >= op->looked/op->huge * 20 >= op->looked/" \
	"unknown is clean|cells.c|s/> all_of(l->episodes)/> 100 * all_of(l->episodes)/" \
	"silent controls|cells.c|s/if (!control->episodes\[IS_BY_READER\])/if (false)/; s/c->strength < LEAST_STRENGTH/false/" \
	"the log is nobody's|cells.c|s/if (op->log)/if (false)/" \
	"the writer may|cells.c|s/c->by_writer = EXPECT_FORBID/c->by_writer = EXPECT_ALLOW/"; do
	IFS='|' read -r what file sed <<<"$rule"
	check "a wrong rule is found: $what" planted "$what" "$file" "$sed"
done

finish
