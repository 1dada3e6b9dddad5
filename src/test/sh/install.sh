#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016  # conditions are for expect
# make install: programs that find their configurations, manual, completion; uninstall.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"

made() {
	code=0
	make -s -C "$root" OUT="${build#"$root"/}" "$@" </dev/null >"$tmp/out" 2>"$tmp/err" || code=$?
}
at=$tmp/dest/usr
installed=$at/bin/tornwalk

made install DESTDIR="$tmp/dest" PREFIX=/usr
expect "install: silent" 'exits 0 && silent && [ ! -s "$tmp/err" ]'
check "the programs are those that were built" cmp "$installed" "$tornwalk"

# Nothing of the source: another directory, one that has configs of somebody else's.
mkdir -p "$tmp/else/configs"
unset TORNWALK_CONFIGS
there() {
	code=0
	(cd "$tmp/else" && "$@" </dev/null >"$tmp/out" 2>"$tmp/err") || code=$?
}
there "$installed" list suites
expect "finds its own suites" 'exits 0 && out_has "^  quick$"'
there "$installed" run quick --time 10ms --out "$tmp/r"
check "runs the quick suite" well_formed "$tmp/r" 35
there "$at/bin/tornreport" html "$tmp/r" -o "$tmp/page.html"
expect "makes its page" 'exits 0 && [ -s "$tmp/page.html" ]'
for m in "$root"/src/man/*.[1-9]; do
	[ ! -e "$m" ] || check "manual: ${m##*/}" cmp "$m" "$at/share/man/man${m##*.}/${m##*/}"
done

# ---- completion: what a person types, and then Tab ----

# completes WORDS...: what the last of them may become
completes() {
	PATH=$at/bin:$PATH bash -c '. "$1"; shift; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _tornwalk; printf "%s\n" "${COMPREPLY[@]}"' \
		- "$at/share/bash-completion/completions/tornwalk" "$@" 2>"$tmp/err" | sort
}
# valid COMMAND...: the words that it names when it is given a bad one
valid() { "$@" nonsense 2>&1 | sed -n 's/.*valid: *//p' | tr ' ' '\n' | sort; }

check "commands" diff <(completes tornwalk "") <(valid "$tornwalk")
check "commands of tornreport" diff <(completes tornreport "") <(valid "$at/bin/tornreport")
check "lists" diff <(completes tornwalk list "") <(valid "$tornwalk" list)
for o in layout level walker reader writer transition consumer reclaim world; do
	check "values of --$o" diff <(completes tornwalk run --$o "") <(valid "$tornwalk" run --$o)
done
for c in run explore explain; do
	check "options of $c: each of its help's" test -z "$(comm -13 <(completes tornwalk $c --) \
		<("$tornwalk" $c --help | grep -oE -- '--[a-z][a-z-]+' | sort -u))"
done
expect "scenarios and suites" 'completes tornwalk run quic | grep -qx quick && completes tornwalk explain lo-hi-o | grep -qx lo-hi-overwrite'
expect "the completion says nothing on stderr" '[ ! -s "$tmp/err" ]'
check "the completion, by shellcheck" shellcheck -s bash "$at/share/bash-completion/completions/tornwalk"

# ---- uninstall ----

echo mine >"$at/share/mine"
made uninstall DESTDIR="$tmp/dest" PREFIX=/usr
expect "uninstall: silent" 'exits 0 && silent && [ ! -s "$tmp/err" ]'
check "uninstall: nothing is left but what was never ours" test "$(find "$at" ! -type d -o -name '*tornwalk*')" = "$at/share/mine"
made uninstall DESTDIR="$tmp/dest" PREFIX=/usr
check "uninstall twice" exits 0
made help
expect "make help" 'exits 0 && out_has "^  install " && out_has "armhf-lpae"'

finish
