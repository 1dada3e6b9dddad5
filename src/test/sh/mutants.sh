#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016  # conditions are for expect
# The mutants: the explorer's column against src/test/mutants.expected, who may be
# explained, and what mutate.sh refuses.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"

# shellcheck disable=SC2154,SC2034  # lib.sh's; in expect
with=$build/tornwalk-mutants list=$root/src/mutants/list

mutants() {
	code=0
	timeout -k 10 240 "$with" "$@" </dev/null >"$tmp/out" 2>"$tmp/err" || code=$?
}

# ---- the explorer: the same answer every time ----

# name, sc, tso, weak
explored() { awk 'NR > 1 && NF == 0 { exit } NR > 1 { print $1, $2, $3, $4 }' "$1"; }

mutants --explorer
expect "the explorer: none survives" 'exits 0 && out_has " 0 survive, 0 explained wrongly$"'
check "the explorer: exactly what it has caught before" diff \
	<(grep -v '^#' "$root/src/test/mutants.expected") <(explored "$tmp/out")
expect "every mutant of the list has its row" '
	[ "$(explored "$tmp/out" | wc -l)" = "$(grep -c "^\[" "$list")" ]'

# ---- races: sure ones only ----

caught() { # COLUMN WORD MUTANT
	mutants "$3" --time $((400 << (try - 1)))ms
	[ "$(awk -v k="$1" 'f { print $k; exit } /^mutant / { f = 1 }' "$tmp/out")" = "$2" ]
}
check "races: the widened world tears without the recheck" try 6 caught 5 torn get-lockless-no-recheck
check "races: a table page that is freed early" try 6 caught 5 freed split-direct-free-early
check "races: two stores for one, natively" try 6 caught 6 torn set-atomic-two-words

# ---- who may be explained ----

also() { # LINES...
	printf '%s\n' "$@" >"$tmp/also"
	mutants --explorer --also "$tmp/also" plain-barrier-no-barrier read-once-whole get-lockless-no-recheck
}
also "audit read-once-whole differs"
expect "what only the audit can tell, it has told" 'exits 0 &&
	out_has "^3 mutants: 2 caught .explorer 1, .* audit 1, .* 1 explained, 0 for others"'
also "audit read-once-whole ."
expect "it has not: it survives" 'exits 1 && out_has "^SURVIVES: read-once-whole: "'
also "audit plain-barrier-no-barrier differs"
expect "an explained one is caught: the explanation is wrong" 'exits 1 &&
	out_has "^EXPLAINED WRONGLY: plain-barrier-no-barrier: audit caught it"'
also "tsan read-once-whole race"
expect "caught by another than the list says" 'exits 1 && out_has "^EXPLAINED WRONGLY: read-once-whole: tsan"'
for bad in "nonsense read-once-whole ." "audit nonsense ." "audit read-once-whole"; do
	also "audit read-once-whole ." "$bad"
	expect "--also \"$bad\": file and line" 'exits 2 && silent && err_has "^tornwalk: $tmp/also:2: " &&
		[ "$(wc -l <"$tmp/err")" = 1 ]'
done

# ---- the command line ----

tw
expect "tornwalk has none, and says who has" 'exits 2 && silent && err_has "make mutants .*tornwalk-mutants" &&
	[ "$(wc -l <"$tmp/err")" = 1 ]'
for bad in nonsense "--time nonsense" --nonsense "--also $tmp/nonsense" "--cpus x"; do
	# shellcheck disable=SC2086  # words
	mutants $bad
	expect "run --mutants ${bad/$tmp/...}: one line" 'exits 2 && silent && [ "$(wc -l <"$tmp/err")" = 1 ]'
done
mutants nonsense
check "an unknown mutant: the valid ones" err_has 'valid: .*get-lockless-no-recheck'
mutants --help
expect "run --mutants --help" 'exits 0 && out_has "^usage: "'

# ---- mutate.sh ----

mutate() { # LIST from standard input
	cat >"$tmp/list"
	code=0
	"$root/src/mutants/mutate.sh" "$tmp/list" "$root/src/protocol" "$tmp/made" >"$tmp/out" 2>"$tmp/err" || code=$?
}

good='[one]
file = readers.h
in = rd_lo_hi
- uint32_t lo = mem_load32(&p->lo);
+ uint32_t lo = 0;
what = nothing is read
cell = reader lo-hi'
mutate <<<"$good"
expect "a mutant: that line, and no other" 'exits 0 &&
	[ "$(diff "$root/src/protocol/readers.h" "$tmp/made/one/protocol/readers.h" | grep -c "^[<>]")" = 2 ] &&
	grep -q "^	uint32_t lo = 0;$" "$tmp/made/one/protocol/readers.h" &&
	[ "$(diff -rq "$root/src/protocol" "$tmp/made/one/protocol" | wc -l)" = 1 ]'
touch -d 2001-01-01 "$tmp/made/one.edited"
mutate <<<"$good"
check "made again, the same: left alone" test "$tmp/made/one.edited" -ot "$tmp/list"

unmade_with() { exits 2 && silent && [ "$(wc -l <"$tmp/err")" = 1 ] && err_has "^$tmp/list:[0-9]+: .*$1"; }

# unmade WHAT SED-EXPRESSION WORDS
unmade() {
	mutate < <(sed "$2" <<<"$good")
	check "mutate.sh: $1" unmade_with "$3"
}
unmade "a line that is not there" 's/^- .*/- nonsense;/' '"nonsense;" is 0 times in rd_lo_hi of readers.h, not once'
unmade "a line that is there twice" 's/= rd_lo_hi/= rd_get_lockless/; s/^- .*/- mem_rmb();/' 'is 2 times in'
unmade "no such function" 's/= rd_lo_hi/= rd_nonsense/' 'readers.h has no rd_nonsense'
unmade "no such file" 's/= readers.h/= nonsense.h/' 'unknown file "nonsense.h"; valid: readers.h'
unmade "no edit" '/^[-+]/d' 'no edit'
unmade "nothing about it" '/^what/d' 'no "what ="'
unmade "an unknown key" 's/^what/nonsense/' 'nonsense.* valid are file, in'
unmade "by without why" '$a by = nothing' '"by" and "why" go together'
unmade "a bad name" 's/one/One/' 'bad mutant name "One"'

finish
