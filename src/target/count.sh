# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What a run said it did, against what came home. Sourced by whoever brings results
# from a board.
#
# Key invariant: a run that ends well says in its trailer how many cells it did; exactly as many
# are in FILE, or the caller says so and exits 2. A cell is known by its scenario,
# hash and seed; of one that was interrupted and run again the last line counts.

# A line that was cut short is no result.
# shellcheck disable=SC2016  # awk's own
count_awk='
	function part(re) { return match($0, re) ? substr($0, RSTART, RLENGTH) : "" }
	function cell() { return part("\"scenario\":\"[^\"]*\"") part("\"hash\":\"[^\"]*\"") part("\"seed\":[0-9]+") }
	function whole() { return $0 ~ /^\{"schema":.*\}$/ }'

# FILE...: each cell of these files once
count_once() {
	awk "$count_awk"'
		!whole() { next }
		{ c = cell(); text[++n] = $0; of[n] = c; last[c] = n }
		END { for (i = 1; i <= n; i++) if (last[of[i]] == i) print text[i] }' "$@"
}

# FILE: of standard input what FILE has not, each cell once
count_new() {
	awk -v file="$1" "$count_awk"'
		BEGIN { while ((getline line < file) > 0) has[line] = 1 }
		!whole() { bad++; next }
		{ c = cell(); text[++n] = $0; of[n] = c; last[c] = n }
		END {
			for (i = 1; i <= n; i++)
				if (last[of[i]] == i && !(text[i] in has))
					print text[i]
			if (bad)
				print "run.sh: " bad " half-written lines on the board left out" >"/dev/stderr"
		}'
}

# LOG KEY: what the trailer of the run in LOG (tornwalk run --trailer) says of KEY; nothing
# if the run did not get that far
count_trailer() {
	sed -nE "s/^tornwalk: cells=([0-9]+ .*)/ cells=\1/; T; s/.* $2=([0-9]+).*/\1/p" "$1" | tail -n 1
}

# LOG of a run's output: how many cells it says it did; nothing if it did not get that far
count_promised() { count_trailer "$1" cells; }

# NAME CODE LOG FILE: CODE if FILE has what LOG promises, else one line and 2
count_check() {
	local promised have

	case $2 in
	0 | 1 | 4) ;;
	*) return "$2" ;;
	esac
	promised=$(count_promised "$3")
	have=$([ ! -e "$4" ] || count_once "$4" | wc -l)
	[ "${promised:-none}" != "${have:-0}" ] || return "$2"
	echo "run.sh: $1: ${promised:-it does not say how many} cells were run, but ${have:-0} results arrived" >&2
	return 2
}

# LOG COMMAND...: its output in LOG too. What copies it outlives a Ctrl-C.
count_logged() {
	local log=$1 out err tees=() code=0

	shift
	: >"$log"
	exec {out}> >(trap '' INT TERM; exec tee -a "$log")
	tees+=($!)
	exec {err}> >(trap '' INT TERM; exec tee -a "$log" >&2)
	tees+=($!)
	"$@" 1>&"$out" 2>&"$err" || code=$?
	exec {out}>&- {err}>&-
	wait "${tees[@]}" 2>/dev/null || :
	return "$code"
}
