# shellcheck shell=bash disable=SC2154  # root and others are the command's
# SPDX-License-Identifier: GPL-2.0-or-later
# tornwalk's transcriptions against the tree's own primitives (models.c), in the program of entry.sh.

: "${root:?}"

# PAE's twins of headers, whose primitives must be said to differ
models_twins="lockless-once set-low-first clear-high-first"

# SAID: the list, from what the explorer said; exit code 0, 1 something differs, 4 no answer
models_list() {
	awk -F'\t' '
		function line(what) { printf "%-14s %-11s %-17s %-28s %s\n", what, $2, $3, $4, $6 }
		$1 == "compared" && $7 == "planted" {
			if ($5 == "differs") { line("planted: seen"); seen++ } else if ($5 != "absent") { line("planted: MISSED"); open = 1 }
			next }
		$1 == "compared" { line($5); n[$5]++ }
		$1 == "shows" { printf "    under %s, against %s, only %s shows %s\n", $5, $6, $7, $8 }
		$1 == "alone" { alone = alone sprintf("%-14s %-11s %-17s %s\n", "nothing here", $2, $3, $4) }
		$1 == "end" { ended = 1 }
		END { printf "%s", alone
			if (!ended) print "the explorer did not come to its end"
			exit n["differs"] ? 1 : !ended || open || !seen || n["blind"] || n["unanswered"] || !n["same"] ? 4 : 0 }' "$1"
}

# SAID TWIN'S-SAID: what is the same in the tree, and differs in its twin
models_caught() {
	awk -F'\t' '$1 != "compared" || $7 == "planted" { next }
		NR == FNR { if ($5 == "same") same[$2, $3, $4] = 1; next }
		$5 == "differs" && ($2, $3, $4) in same { printf "%s%s/%s", comma, $3, $4; comma = ", " }' "$1" "$2"
}

# VIEW TREE ARCH LABEL: one tree on one architecture
models_one() {
	local dir version code=0 twin has caught

	dir=${1%/src}/$(kernel_variant "$3")
	version=$(kernel_version "$1")
	kernel_program "$1" "$dir" "$3" && entry_program "$1" "$dir" - "$3" entry || return 2
	kernel_explore "$dir/entry/explore" "$3" --models "$version" >"$dir/entry/models" || echo "run.sh: kernel: the explorer ended early: exit code $?" >&2
	printf '\n%s (%s), %s: tornwalk'\''s transcriptions and the tree'\''s own primitives, by %s\n\n' "$4" "$version" "$3" \
		"$("$(kernel_cc "$3")" --version | head -n 1)"
	models_list "$dir/entry/models" || code=$?
	for twin in $([ "$3" != i386 ] || echo "$models_twins"); do
		has=0
		entry_twin "$1" "$dir" "$3" "$twin" || has=$?
		[ "$has" != 2 ] || return 2
		[ "$has" = 0 ] || { echo "busted twin $twin: has no place in this tree"; continue; }
		kernel_explore "$dir/entry-$twin/explore" "$3" --models "$version" >"$dir/entry-$twin/models" || :
		caught=$(models_caught "$dir/entry/models" "$dir/entry-$twin/models")
		echo "busted twin $twin: ${caught:-not caught}"
		[ -n "$caught" ] || code=$(kernel_worse "$code" 4)
	done
	return "$code"
}
