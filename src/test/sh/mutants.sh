#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016  # conditions are for expect
# The mutants: the explorer's column against src/test/mutants.expected, who may be
# explained, and which patches are refused.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"

# shellcheck disable=SC2154,SC2034  # lib.sh's; in expect
with=$build/tornwalk-mutants

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
check "every patch has its row" diff <(explored "$tmp/out" | cut -d" " -f1) \
	<(basename -s .patch "$root"/src/mutants/patches/*.patch | LC_ALL=C sort)

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
expect "caught by another than its patch says" 'exits 1 && out_has "^EXPLAINED WRONGLY: read-once-whole: tsan"'
either() { # WORD: of the audit, for a mutant that it tells on ARM only
	echo "audit clear-high-low-no-wmb $1" >"$tmp/also"
	mutants --explorer --also "$tmp/also" clear-high-low-no-wmb
}
either differs
expect "By: audit, or nothing; it was the audit" 'exits 0 && out_has "^1 mutants: 1 caught .*, 0 explained, "'
either .
expect "it was nothing" 'exits 0 && out_has "^1 mutants: 0 caught .*, 1 explained, " && out_has "by audit, or nothing: "'
for bad in "nonsense read-once-whole ." "audit nonsense ." "audit read-once-whole"; do
	also "audit read-once-whole ." "$bad"
	expect "--also \"$bad\": file and line" 'exits 2 && silent && err_has "^tornwalk-mutants: $tmp/also:2: " &&
		[ "$(wc -l <"$tmp/err")" = 1 ]'
done

# ---- the command line ----

for bad in nonsense "--time nonsense" --nonsense "--also $tmp/nonsense" "--cpus x"; do
	# shellcheck disable=SC2086  # words
	mutants $bad
	expect "tornwalk-mutants ${bad/$tmp/...}: one line" 'exits 2 && silent && [ "$(wc -l <"$tmp/err")" = 1 ]'
done
mutants nonsense
check "an unknown mutant: the valid ones" err_has 'valid: .*get-lockless-no-recheck'
mutants --help
expect "tornwalk-mutants --help" 'exits 0 && out_has "^usage: tornwalk-mutants " && out_has "^examples:"'

# ---- the patches ----

# apply PATCH: onto copies of the sources, in $tmp/made; table PATCH...: the rows of table.c
apply() {
	code=0
	(cd "$root" && src/mutants/apply.sh "$1" "$tmp/made" src/protocol/*.[ch]) >"$tmp/out" 2>"$tmp/err" || code=$?
}
table() {
	code=0
	awk -f "$root/src/mutants/table.awk" "$@" >"$tmp/out" 2>"$tmp/err" || code=$?
}

cat >"$tmp/one.patch" <<'END'
Subject: nothing is read
Cell: reader lo-hi

--- a/src/protocol/readers.h
+++ b/src/protocol/readers.h
@@ -1,5 +1,5 @@
 static __always_inline entry_t rd_lo_hi(struct walk *w, const entry_t *p)
 {
-	uint32_t lo = mem_load32(&p->lo);
+	uint32_t lo = 0;
 
 	(void)w;
END
apply "$tmp/one.patch"
expect "a patch: that line wherever it is now, and no other" 'exits 0 && silent && [ ! -s "$tmp/err" ] &&
	[ "$(diff "$root/src/protocol/readers.h" "$tmp/made/readers.h" | grep -c "^[<>]")" = 2 ] &&
	grep -q "^	uint32_t lo = 0;$" "$tmp/made/readers.h" &&
	[ "$(diff -rq "$root/src/protocol" "$tmp/made" | wc -l)" = 1 ]'
table "$tmp/one.patch"
expect "and its row" 'exits 0 && out_has "^X.one, \"one\", \"nothing is read\",$"'

refused() { ! exits 0 && silent && [ "$(wc -l <"$tmp/err")" = 1 ] && err_has "^$tmp/bad.patch:[0-9]+: .*$1"; }

# bad apply|table WHAT SED-EXPRESSION WORDS
bad() {
	sed "$3" "$tmp/one.patch" >"$tmp/bad.patch"
	"$1" "$tmp/bad.patch"
	check "a patch with $2" refused "$4"
}
bad apply "a line that is not there" 's/^-.*/-	nonsense;/' 'is 0 times in src/protocol/readers.h, not once'
bad apply "context that has changed" 's/(void)w;/(void)x;/' 'is 0 times in'
bad apply "two places" '/^ /d; s/^-.*/-	mem_rmb();/' 'is [2-9] times in .*, not once'
bad apply "no context and nothing replaced" '/^[- ]/{ /^---/!d }' 'is 0 times in'
bad apply "no such file" 's/readers\.h/nonsense.h/' 'cannot edit "src/protocol/nonsense.h"; valid: .*readers.h'
bad apply "no diff" '/^---/,$d' 'no diff'
bad table "nothing about it" '/^Subject/d' 'no "Subject:"'
bad table "no cell" '/^Cell/d' 'no "Cell:"'
bad table "an unknown key" 's/^Subject/Nonsense/' 'Nonsense.* valid .* Subject: Cell: By: Why:'
bad table "By: without Why:" '2a By: nothing' '"By:" and "Why:" go together'
bad table "a key twice" '1p' '"Subject:" twice'
bad table "an unknown instrument" '2a By: oracle\nWhy: it knows' 'unknown instrument "oracle"; valid: explorer'
table "$tmp/one.patch" "$tmp/bad.patch"
check "a bad one behind a good one" exits 1
cp "$tmp/one.patch" "$tmp/One.patch"
table "$tmp/One.patch"
expect "a bad name" 'exits 1 && err_has "a mutant.s name"'

# ---- a tornwalk whose protocol is a mutant ----

# planted MUTANT: which sources its worlds' writers.o, and protocol.o, would be made of
planted() {
	local o=build/x86_64-gcc-mutant-$1

	code=0
	(cd "$root" && make -n TARGET=x86_64 COMPILER=gcc SAN= MUTANT="$1" \
		"$o"/{native,widened,explored}/writers.o "$o/native/protocol.o") \
		>"$tmp/made.out" 2>"$tmp/err" || code=$?
	grep -oE '[^ ]+/(writers|protocol)\.c$' "$tmp/made.out" | sed "s,^$o/,," | sort | uniq -c | tr -s ' ' >"$tmp/out"
}
planted set-swap
expect "make MUTANT=NAME: all three worlds" 'exits 0 && out_has "^ 3 mutated/set-swap/protocol/writers.c" &&
	out_has "^ 1 src/protocol/protocol.c"'
planted set-swap.raced
expect "make MUTANT=NAME.raced: the explorer's is honest" 'exits 0 &&
	out_has "^ 2 mutated/set-swap/protocol/writers.c" && out_has "^ 1 src/protocol/writers.c"'
planted nonsense
expect "make MUTANT=nonsense: the valid ones" 'exits 2 && silent && [ "$(wc -l <"$tmp/err")" = 1 ] &&
	err_has "unknown MUTANT \"nonsense\"; valid.* set-swap"'

finish
