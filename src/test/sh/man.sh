#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016  # conditions are for expect
# The man pages against the programs: every option, name, key and field is there, and
# nothing else is.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$root" || exit 2
tornreport=$build/tornreport man=src/man

# ---- they are man pages ----

if command -v mandoc >/dev/null; then
	# where the pages find each other
	mkdir -p "$tmp/man/man1" "$tmp/man/man5"
	cp $man/*.1 "$tmp/man/man1" && cp $man/*.5 "$tmp/man/man5"
	for page in "$man"/*.[1-9]; do
		code=0
		MANPATH=$tmp/man mandoc -Tlint "$page" >"$tmp/out" 2>"$tmp/err" || code=$?
		sed -i '/referenced manual not found: Xr torn\(walk 1\|walk 5\|report 1\)\b/d' "$tmp/out"
		expect "${page##*/}: mandoc -Tlint" '[ "$code" -lt 2 ] && silent'
	done
else
	skip "mandoc -Tlint" "mandoc is not installed"
fi

# ---- a page's words ----

# PAGE SECTION ITEM [SUBSECTION]: first words of `.It ITEM WORD...` there; all of `.It ITEM a , b`
words() {
	awk -v sh="$2" -v macro="$3" -v ss="${4-}" '
		/^\.Sh / { s = substr($0, 5); sub_ = "" }
		/^\.Ss / { sub_ = substr($0, 5) }
		s == sh && (ss == "" || ss == sub_) && $1 == ".It" && $2 == macro {
			print $3
			for (i = 4; i < NF; i++)
				if ($i == ",")
					print $(i + 1)
		}' "$1"
}

# both NAME: $tmp/page and $tmp/program have the same lines
both() {
	code=0
	sort -u -o "$tmp/page" "$tmp/page"
	sort -u -o "$tmp/program" "$tmp/program"
	diff "$tmp/page" "$tmp/program" >"$tmp/out" 2>"$tmp/err" || code=$?
	check "$1" test -s "$tmp/program" -a "$code" = 0
}

dashes() { sed -nE 's/^(-[a-z-]+)$/-\1/p'; }
options_in() { grep -oE -- '--[a-z][a-z-]*' | grep -vxF -e --help; }
# PROGRAM COMMAND: the options it takes, by its own error
valid() { "$1" "$2" --nonsense 2>&1 | sed 's/.*valid: //' | options_in; }

# ---- tornwalk(1) ----

commands=$("$tornwalk" nonsense 2>&1 | sed 's/.*valid: //' | tr ' ' '\n' | grep -vx help)
for command in $commands; do
	{ valid "$tornwalk" "$command"; echo --none; } >"$tmp/program"
	{ words $man/tornwalk.1 DESCRIPTION Fl "$command" | dashes
	  ! grep -qx -e --layout "$tmp/program" || words $man/tornwalk.1 DESCRIPTION Fl "Cell options" | dashes
	  echo --none; } >"$tmp/page"
	both "tornwalk $command: the page has its options"
	"$tornwalk" "$command" --help | options_in >"$tmp/help"
	sort -u "$tmp/help" >"$tmp/help.sorted"
	check "tornwalk $command --help: only options it takes" test -z \
		"$(comm -13 "$tmp/program" "$tmp/help.sorted")"
done
"$tornwalk" run --help | options_in >"$tmp/page"
valid "$tornwalk" run >"$tmp/program"
both "tornwalk run --help has every option"
sed -n 's/^\.Ss \([a-z]*\)$/\1/p' $man/tornwalk.1 >"$tmp/page"
echo "$commands" >"$tmp/program"
both "tornwalk: the page has its commands"
"$tornwalk" list nonsense 2>&1 | sed 's/.*valid: //' | tr ' ' '\n' >"$tmp/program"
sed -n '/^\.Ss list$/,/^\.Ss /s/^\.Cm //p' $man/tornwalk.1 | tr -d ' ;' | tr , '\n' | grep . >"$tmp/page"
both "tornwalk list: the page has its words"

# The names and what they mean are the program's own text.
bash $man/names.sh $man/tornwalk.1 "$tornwalk" >"$tmp/page.1"
code=0
diff $man/tornwalk.1 "$tmp/page.1" >"$tmp/out" || code=$?
check "tornwalk(1): the names are those of tornwalk list (src/man/names.sh)" exits 0
sed -n 's/^\.\\" BEGIN //p' $man/tornwalk.1 >"$tmp/page"
"$tornwalk" list nonsense 2>&1 | sed 's/.*valid: //' | tr ' ' '\n' | grep -vxE 'scenarios|suites' >"$tmp/program"
both "tornwalk(1): all of its lists"
grep -ohE 'arch_load64_[a-z0-9]+\(const' src/native/*/arch.h | sed 's/arch_load64_\(.*\)(const/atomic64-\1/' >"$tmp/program"
grep -oE 'atomic64-[a-z0-9]+' $man/tornwalk.1 >"$tmp/page"
both "tornwalk(1): every machine's 8-byte readers"

# ---- tornwalk(5) ----

export TORNWALK_CONFIGS=$tmp/configs
mkdir -p "$TORNWALK_CONFIGS/scenarios" "$TORNWALK_CONFIGS/suites"
keys() { # TEXT of a file with an unknown key
	printf '%b' "$1" >"$tmp/x.ini"
	"$tornwalk" run "$tmp/x.ini" 2>&1 | sed 's/.*valid: //' | tr ' ' '\n'
}
printf '[one]\nreader = lo-hi\n' >"$TORNWALK_CONFIGS/scenarios/one.ini"
keys '[two]\nnonsense = 1\n' >"$tmp/program"
words $man/tornwalk.5 "SCENARIO FILES" Cm >"$tmp/page"
both "tornwalk(5): the keys of a scenario"
keys '[suite]\nnonsense = 1\n' >"$tmp/program"
words $man/tornwalk.5 "SUITE FILES" Cm >"$tmp/page"
both "tornwalk(5): the keys of a suite"
keys '[suite]\n[product p]\nnonsense = 1\n' >"$tmp/program"
{ words $man/tornwalk.5 "SCENARIO FILES" Cm | grep -vxE 'allow|forbid|require|summary|control|min_.*'
  sed -n '/^stands for every name/,/^as well/s/^\.Cm //p' $man/tornwalk.5 | tr -d ' ' | tr , '\n'; } >"$tmp/page"
both "tornwalk(5): the keys of a product"

# The examples of tornwalk(5) are files that run.
awk -v dir="$tmp" '/^\.Bd/ { n++; go = 1; next } /^\.Ed/ { go = 0 } go { print >(dir "/example" n ".ini") }' \
	$man/tornwalk.5
for n in 1 2; do
	tw explore "$tmp/example$n.ini" --model sc
	expect "tornwalk(5): example $n" 'exits 0 && out_has "possible"'
done
TORNWALK_CONFIGS=$root/configs

# Every field that a line can have: swept, overridden, with the explorer's schedule; and from
# `strategy` on those of a claim that ran in turns with its control until that was answered.
some_line() {
	tw run lo-hi-overwrite --world widened --sweep --time "$((try * 200))ms" --out - --quiet
	out_has '"schedule"' && out_has '"delays"' && out_has '"overridden"'
}
some_claim() {
	tw run get-lockless-fault-zap --strategy paced,hold=1000 --strength 1 --time "${try}s" --out - --quiet
	out_has '"stop":"seen".*"unbiased"' && out_has '"stop":"strong".*"twin"' && out_has '"pauses"'
}
fields() { python3 -c 'import json, sys; print("\n".join(json.loads(sys.stdin.read().split("\n")[-2])))'; }
check "a line with every field" try 4 some_line
fields <"$tmp/out" | sed '/^strategy$/,$d' >"$tmp/program"
check "a line of a claim in turns" try 4 some_claim
fields <"$tmp/out" | sed -n '/^strategy$/,$p' >>"$tmp/program"
head -n 1 "$tmp/out" | fields | tail -n 1 >>"$tmp/program"	# the control's, that its own counts ended
words $man/tornwalk.5 "RESULT FILES" Va >"$tmp/page"
grep -vxE 'primitive|tree|live' <"$tmp/page" >"$tmp/always"	# only where one tears; only of a kernel tree, of a running kernel
code=0
diff "$tmp/always" "$tmp/program" >"$tmp/out" 2>&1 || code=$?
check "tornwalk(5): the fields of a result, in their order" exits 0
check "... and primitive" grep -q '"primitive"' src/session/result.c
check "... and a kernel tree's" grep -q 'add(o, "tree"' src/kernel/judge/line.c
check "... and a running kernel's" grep -q 'add(o, "live"' src/live/judge/line.c
sed -nE 's/^\tX\([A-Z_]+, "([a-z-]+)", (PASS|FAIL|INCONCLUSIVE),.*/\1/p' src/judge/words.h >"$tmp/program"
words $man/tornwalk.5 "RESULT FILES" Cm >"$tmp/page"
both "tornwalk(5): the causes of a verdict"
sed -nE 's/^\| `([a-z-]+)` \| (pass|fail|inconclusive) \|.*/\1/p' results/README.md >"$tmp/page"
both "results/README.md: the causes of a verdict"
words $man/tornwalk.5 "RESULT FILES" Va | sort -u >"$tmp/program"
sed -n '/^| field | meaning |/,/^$/s/^| \([^|]*\) |.*/\1/p' results/README.md | grep -oE '`[a-z_0-9]+`' | tr -d '`' >"$tmp/page"
both "results/README.md: the fields of a result"

# ---- tornreport(1) ----

words $man/tornreport.1 DESCRIPTION Cm >"$tmp/page"
"$tornreport" nonsense 2>&1 | sed 's/.*valid: //' | tr ' ' '\n' >"$tmp/program"
both "tornreport: the page has its commands"
words $man/tornreport.1 OPTIONS Fl "General options" | dashes >"$tmp/page"
valid "$tornreport" ktap >"$tmp/program"
sed -n 's/^\.It Fl o , \(-output\).*/-\1/p' $man/tornreport.1 >>"$tmp/page"
both "tornreport: the page has its options"
"$tornreport" --help | options_in >"$tmp/page"
both "tornreport --help has every option"
for command in html audit; do
	words $man/tornreport.1 OPTIONS Fl "Options of $command" | dashes >"$tmp/page"
	code=0
	"$tornreport" $command --help >"$tmp/out" 2>"$tmp/err" || code=$?
	expect "tornreport $command --help" 'exits 0 && out_has usage && [ ! -s "$tmp/err" ]'
	options_in <"$tmp/out" >"$tmp/program"
	both "tornreport $command: the page has its options"
done

finish
