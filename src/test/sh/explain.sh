#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016  # conditions are for expect
# explain: each scenario has its block, whatever a short race of it finds or fails to find.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"

scenarios=$(sed -n 's/^\[\(.*\)\]$/\1/p' "$root"/configs/scenarios/*.ini | grep -vx defaults)

# every line of it that no scenario may lack
block() {
	local word

	for word in claim predicted 'compiled to' raced observed verdict; do
		grep -q "^$word  *[^ ]" "$tmp/out" || return
	done
}

for s in $scenarios; do
	tw explain --names "$s"
	expect "$s: its names, without a run" 'exits 0 && [ ! -s "$tmp/err" ] && [ $(wc -l <"$tmp/out") = 1 ] &&
		out_has "^[a-z0-9-]+	[a-z0-9-]+$"'
	tw explain "$s" --time 10ms
	expect "$s: a block" '! exits 2 && block'
done
refuses "names of nothing" 'needs a scenario' explain --names
refuses "names of what is not there" 'unknown suite or scenario "nonsense"' explain --names nonsense

# As ./run.sh does it, with what the desk finds out: a race that cannot show anything in
# its time ended the script without a word.
here() {
	code=0
	"$root/run.sh" explain "$@" </dev/null >"$tmp/out" 2>"$tmp/err" || code=$?
}
for s in irqoff-aba naive-confused; do
	here "$s" --time 10ms
	expect "./run.sh explain $s: a block" '! exits 2 && block && out_has "^ +reader +[^ ].*: "'
done
here nonsense
expect "./run.sh explain nonsense: tornwalk says why" 'exits 2 && silent && err_has "unknown suite or scenario"'

finish
