# shellcheck shell=bash disable=SC2154  # root is tree.sh's
# SPDX-License-Identifier: GPL-2.0-or-later
# One entry: each line of glue/primitives.h is compiled alone, as mm/pagewalk.c was; those that
# compile are linked with the tree's objects into a program, whose cells are a matrix.

: "${root:?}"

# ARCH: the lines of primitives.h for it, as NAME<tab>LINE
entry_rows() {
	sed -n 's/^\(READER\|WRITER\)(\([a-z_]*\), \(pmd\|pud\), .*/\1 \2 \3\t&/p' "$root/src/kernel/glue/primitives.h" |
		{ if [ "$1" = x86_64 ]; then cat; else grep -v '^[A-Z]* [a-z_]* pud'; fi; } |
		sed 's/^READER \([a-z_]*\) [a-z]*/read_\1/; s/^WRITER \([a-z_]*\) [a-z]*/write_\1/'
}

# DIR OVERLAY TO NAME: an object, or NAME.absent. 1: it is there and does not compile
entry_probe() {
	local o=$3/$4.o

	! kernel_fresh "$1" "$3/$4.absent" || return 0
	rm -f "$3/$4.absent"
	! kernel_compile "$1" "$2" "$3/$4.c" "$o" explore || return 0
	rm -f "$o"
	grep -qE 'implicit declaration|undeclared|storage size' "$o.log" || return 1
	# it has no dependencies of its own: those of a line that every tree has
	sed "s|$3/read_plain\.c|$3/$4.c|" "$3/read_plain.o.d" >"$3/$4.absent.d"
	touch "$3/$4.absent"
}

entry_complain() { echo "run.sh: kernel: a line of primitives.h is in this tree and does not compile: ${1#"$root"/}/log" >&2; }

# DIR OVERLAY ARCH VARIANT: the program VARIANT/explore
entry_program() {
	local to=$1/$4 name line names=() objects=() jobs=() job

	mkdir -p "$to"
	while IFS=$'\t' read -r name line; do
		names+=("$name")
		printf '#include "%s"\n%s\n' "$root/src/kernel/glue/entry.h" "$line" >"$to/new"
		cmp -s "$to/new" "$to/$name.c" || cp "$to/new" "$to/$name.c"
	done < <(entry_rows "$3")
	rm -f "$to/new"
	entry_probe "$1" "$2" "$to" read_plain || { cat "$to/read_plain.o.log" >&2; return 2; }
	for name in "${names[@]}"; do
		if [ ${#jobs[@]} -ge "$(nproc)" ]; then
			wait "${jobs[0]}" || { entry_complain "$1"; return 2; }
			jobs=("${jobs[@]:1}")
		fi
		entry_probe "$1" "$2" "$to" "$name" &
		jobs+=($!)
	done
	for job in "${jobs[@]}"; do
		wait "$job" || { entry_complain "$1"; return 2; }
	done
	for name in "${names[@]}"; do
		[ ! -e "$to/$name.o" ] || objects+=("$to/$name.o")
	done
	# shellcheck disable=SC2046  # words
	kernel_link "$1" "$3" explore "$4" $(kernel_objects "$1" explore) "${objects[@]}" >>"$1/log" 2>&1 ||
		{ kernel_complain "$1" "linking the entry's program"; return 2; }
}

# SAID: the matrix of what an explorer said; exit code 0, 1 a reader that promises tears, 4 no answer
entry_matrix() {
	awk -F'\t' '
		$1 == "pair" { split($2, n, "."); r = n[2]; w = n[3]; kind[r] = $3; level[w] = $4; lr[r] = $4; words[w] = $5
			if ($3 == "promises") promised = 1
			if (!(r in seen)) { seen[r] = 1; readers[++nr] = r }
			if (!(w in seenw)) { seenw[w] = 1; writers[++nw] = w } }
		$1 == "model" { split($2, n, "."); r = n[2]; w = n[3]
			v = $7 != "complete" || $4 ~ /stuck|missing|parted|unlocked|fault|bug/ ? "?" $4 : $4 ~ /torn/ ? "torn" : $4 ~ /invalid-mix/ ? "mixed" : "whole"
			is[r, w] = v; if (v == "torn" && kind[r] == "control") caught[w] = 1 }
		$1 == "missing" { unserved[$3] = 1 }
		$1 == "end" { ended = 1 }
		function matrix(lv,   i, j, line, v, word) {
			line = sprintf("%-26s", lv " writer \\ reader")
			for (j = 1; j <= nr; j++) if (lr[readers[j]] == lv) line = line sprintf(" %-*s", length(readers[j]) > 5 ? length(readers[j]) : 5, readers[j])
			print line
			for (i = 1; i <= nw; i++) { w = writers[i]; if (level[w] != lv) continue
				line = sprintf("%-26s", w); word = caught[w] ? (promised ? "pass" : "control caught; no reader promises") : words[w] == "one-word" ? "one word changes" : "inconclusive"
				for (j = 1; j <= nr; j++) { r = readers[j]; if (lr[r] != lv) continue
					v = is[r, w]; if (v == "" || v ~ /^\?/) word = "inconclusive"
					if (v == "torn" && kind[r] == "promises") word = "fail"
					line = line sprintf(" %-*s", length(r) > 5 ? length(r) : 5, v) }
				print line "  " word
				if (word == "fail") failed = 1; if (word == "inconclusive") open = 1 }
			print "" }
		END { for (i = 1; i <= nw; i++) levels[level[writers[i]]] = 1
			if ("pmd" in levels) matrix("pmd"); if ("pud" in levels) matrix("pud")
			for (s in unserved) print "reached, and nothing serves it: " s
			if (!ended) print "the explorer did not come to its end"
			exit failed ? 1 : open || !ended || !nw ? 4 : 0 }' "$1"
}

# VIEW TREE ARCH LABEL: the matrix of one tree on one architecture, and of the twin that must not pass
entry_one() {
	local dir=${1%/src}/$3 code=0 twin=0 absent

	kernel_program "$1" "$dir" "$3" || return 2
	entry_program "$dir" - "$3" entry || return 2
	kernel_explore "$dir/entry/explore" "$3" --entry >"$dir/entry/said" || echo "run.sh: kernel: the explorer ended early: exit code $?" >&2
	printf '\n%s (%s), %s: what a reader without the lock returns\n\n' "$4" "$(kernel_version "$1")" "$3"
	entry_matrix "$dir/entry/said" >"$dir/entry/matrix" || code=$?
	cat "$dir/entry/matrix"
	absent=$(cd "$dir/entry" && printf '%s\n' *.absent | sed -n 's/^[a-z]*_\(.*\)\.absent$/\1/p' | paste -sd, | sed 's/,/, /g')
	[ -z "$absent" ] || echo "not in this tree: $absent"
	# get_lockless must fail without its loop, or that it is whole is worth nothing
	if [ -e "$dir/entry/read_pmdp_get_lockless.o" ] && [ "$3" != x86_64 ]; then
		kernel_busted "$1" "$dir" "$3" lockless-once || twin=$?
		if [ "$twin" = 0 ]; then
			entry_program "$dir" "$dir/lockless-once/overlay" "$3" entry-lockless-once || return 2
			kernel_explore "$dir/entry-lockless-once/explore" "$3" --entry >"$dir/entry-lockless-once/said"
			entry_matrix "$dir/entry-lockless-once/said" >"$dir/entry-lockless-once/matrix" || :
			# caught: against a writer that the tree as it is passes
			twin=$(awk 'NR == FNR { if (/ pass$/) pass[$1] = 1; next } / fail$/ && $1 in pass { c = 1 } END { print c + 0 }' \
				"$dir/entry/matrix" "$dir/entry-lockless-once/matrix")
			echo "busted twin lockless-once: $([ "$twin" = 1 ] || echo "not ")caught"
			[ "$twin" = 1 ] || code=$(kernel_worse "$code" 4)
		else
			echo "busted twin lockless-once: has no place in this tree"
			code=$(kernel_worse "$code" 4)
		fi
	fi
	return "$code"
}
