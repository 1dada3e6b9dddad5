# shellcheck shell=bash disable=SC2154  # root is tree.sh's
# SPDX-License-Identifier: GPL-2.0-or-later
# One entry: the lines of glue/primitives.h that are in the tree are compiled as mm/pagewalk.c was,
# and linked with the tree's objects into a program, whose cells are a matrix.

: "${root:?}"

# ARCH: the lines of primitives.h for it, as NAME<tab>LINE
entry_rows() {
	sed -n 's/^\(READER\|WRITER\)(\([a-z_]*\), \(pte\|pmd\|pud\), .*/\2 \3\t&/p' "$root/src/kernel/glue/primitives.h" |
		{ if [ "$1" = x86_64 ]; then cat; else grep -v '^[a-z_]* pud'; fi; } | sed 's/^\([a-z_]*\) [a-z]*/\1/'
}

# FILE LOG: the numbers of the lines of FILE that name what nobody has declared
entry_strangers() {
	awk -F: -v file="$1" '
		/ error: / { strange = /implicit declaration|undeclared|storage size|incomplete type/ }
		strange && $1 == file { print $2; strange = 0 }' "$2" | sort -un
}

# DIR OVERLAY ARCH TO: TO/rows.o of the lines that are in this tree; TO/absent names the others
entry_compile() {
	local rows=$4/rows.c lines line

	entry_rows "$3" >"$4/new"
	if cmp -s "$4/new" "$4/rows" && kernel_fresh "$1" "$4/rows.o"; then
		return
	fi
	rm -f "$4"/{rows,rows.o,absent}
	touch "$4/absent"
	{ printf '#include "%s"\n' "$root/src/kernel/glue/entry.h"; cut -f 2 "$4/new"; } >"$rows"
	until kernel_compile "$1" "$2" "$rows" "$4/rows.o" explore; do
		rm -f "$4/rows.o"
		lines=$(entry_strangers "$rows" "$4/rows.o.log")
		[ -n "$lines" ] || { kernel_complain "$1" "compiling lines of primitives.h"; return 2; }
		for line in $lines; do
			sed -n "${line}s/^[A-Z]*(\([a-z_]*\),.*/\1/p" "$rows" >>"$4/absent"
			sed -i "${line}s/.*//" "$rows"
		done
	done
	mv "$4/new" "$4/rows"
}

# VIEW DIR OVERLAY ARCH VARIANT: the program VARIANT/explore
entry_program() {
	local to=$2/$5

	mkdir -p "$to" "$2/entry"
	entry_compile "$2" "$3" "$4" "$to" || return
	# shellcheck disable=SC2046  # words
	kernel_link "$2" "$4" explore "$5" $(kernel_objects "$2" explore) "$to/rows.o" >>"$2/log" 2>&1 ||
		{ kernel_complain "$2" "linking the entry's program"; return 2; }
}

# SAID MODEL: the matrix of what an explorer said under the machine's model, and where another one differs; exit
# code 0, 1 a reader that promises tears, 4 no answer
entry_matrix() {
	awk -F'\t' -v machine="$2" '
		$1 == "pair" { split($2, n, "."); r = n[2]; w = n[3]; kind[r] = $3; level[w] = $4; lr[r] = $4; words[w] = $5
			if ($3 == "promises") promised[$4] = 1
			if (!(r in seen)) { seen[r] = 1; readers[++nr] = r }
			if (!(w in seenw)) { seenw[w] = 1; writers[++nw] = w } }
		$1 == "model" { split($2, n, "."); r = n[2]; w = n[3]; models[$3] = 1
			v = $7 != "complete" || $4 ~ /stuck|missing|parted|unlocked|fault|bug/ ? "?" $4 : $4 ~ /torn/ ? "torn" : $4 ~ /invalid-mix/ ? "mixed" : "whole"
			under[r, w, $3] = v
			if ($3 == machine) { is[r, w] = v; if (v == "torn" && kind[r] == "control") caught[w] = 1 } }
		$1 == "missing" { unserved[$3] = 1 }
		$1 == "end" { ended = 1 }
		function matrix(lv,   i, j, line, v, word) {
			line = sprintf("%-26s", lv " writer \\ reader")
			for (j = 1; j <= nr; j++) if (lr[readers[j]] == lv) line = line sprintf(" %-*s", length(readers[j]) > 5 ? length(readers[j]) : 5, readers[j])
			print line
			for (i = 1; i <= nw; i++) { w = writers[i]; if (level[w] != lv) continue
				line = sprintf("%-26s", w); word = caught[w] ? (promised[lv] ? "pass" : "control caught; no reader promises") : words[w] == "one-word" ? "one word changes" : "inconclusive"
				for (j = 1; j <= nr; j++) { r = readers[j]; if (lr[r] != lv) continue
					v = is[r, w]; if (v == "" || v ~ /^\?/) word = "inconclusive"
					if (v == "torn" && kind[r] == "promises") word = "fail"
					line = line sprintf(" %-*s", length(r) > 5 ? length(r) : 5, v) }
				print line "  " word
				if (word == "fail") failed = 1; if (word == "inconclusive") open = 1 }
			print "" }
		# which readers are something else under this model, against which writer
		function elsewhere(m,   i, j, line, any) {
			if (!(m in models) || m == machine) return
			for (i = 1; i <= nw; i++) { w = writers[i]; line = ""
				for (j = 1; j <= nr; j++) { r = readers[j]
					if (lr[r] == level[w] && under[r, w, m] != is[r, w]) line = line " " r " " under[r, w, m] }
				if (line != "") { print "under " m ", " w ":" line; any = 1 } }
			if (!any) print "under " m ": the same" }
		END { for (i = 1; i <= nw; i++) levels[level[writers[i]]] = 1
			if ("pte" in levels) matrix("pte"); if ("pmd" in levels) matrix("pmd"); if ("pud" in levels) matrix("pud")
			elsewhere("sc"); elsewhere("tso"); elsewhere("weak")
			if (!("weak" in models)) print "under weak: not asked, this tree does not announce its fences"
			for (s in unserved) print "reached, and nothing serves it: " s
			if (!ended) print "the explorer did not come to its end"
			exit failed ? 1 : open || !ended || !nw ? 4 : 0 }' "$1"
}

# VIEW TREE ARCH LABEL: the matrix of one tree on one architecture, and of the twin that must not pass
entries_one() {
	local dir code=0 twin=0 model

	dir=${1%/src}/$(kernel_variant "$3") model=$(kernel_model "$3")
	kernel_program "$1" "$dir" "$3" && entry_program "$1" "$dir" - "$3" entry || return 2
	kernel_explore "$dir/entry/explore" "$3" --entry >"$dir/entry/said" || echo "run.sh: kernel: the explorer ended early: exit code $?" >&2
	printf '\n%s (%s), %s: what a reader without the lock returns (%s)\n\n' "$4" "$(kernel_version "$1")" "$3" "$model"
	entry_matrix "$dir/entry/said" "$model" >"$dir/entry/matrix" || code=$?
	cat "$dir/entry/matrix"
	[ ! -s "$dir/entry/absent" ] || echo "not in this tree: $(paste -sd, "$dir/entry/absent" | sed 's/,/, /g')"
	# get_lockless must fail without its loop, where it has one, or that it is whole is worth nothing
	if ! grep -qx pmdp_get_lockless "$dir/entry/absent" && [ "$3" = i386 ]; then
		entry_twin "$1" "$dir" "$3" lockless-once || twin=$?
		if [ "$twin" = 0 ]; then
			kernel_explore "$dir/entry-lockless-once/explore" "$3" --entry >"$dir/entry-lockless-once/said"
			entry_matrix "$dir/entry-lockless-once/said" "$model" >"$dir/entry-lockless-once/matrix" || :
			# caught: against a writer that the tree as it is passes
			twin=$(awk 'NR == FNR { if (/ pass$/) pass[$1] = 1; next } / fail$/ && $1 in pass { c = 1 } END { print c + 0 }' \
				"$dir/entry/matrix" "$dir/entry-lockless-once/matrix")
			echo "busted twin lockless-once: $([ "$twin" = 1 ] || echo "not ")caught"
			[ "$twin" = 1 ] || code=$(kernel_worse "$code" 4)
		elif [ "$twin" = 1 ]; then
			echo "busted twin lockless-once: has no place in this tree"
			code=$(kernel_worse "$code" 4)
		else
			return 2
		fi
	fi
	return "$code"
}

# VIEW DIR ARCH TWIN: the program entry-TWIN/explore of its headers. 1: it has no place in this tree
entry_twin() {
	# shellcheck disable=SC2034  # kernel_overlay fills it
	local changed=()

	kernel_overlay "$1" "$4" "$2/entry-$4" || return
	entry_program "$1" "$2" "$2/entry-$4/overlay" "$3" "entry-$4"
}
