# shellcheck shell=bash disable=SC2154  # root, TARGET and BUILD are run.sh's
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: compare  A B [run arguments]  two result sets; files, directories, or git revisions run in turns
#
# Result sets, or git revisions that are built and measured
# here and now, in turns, so that whatever else the machine does hits both alike.

compare_rounds=${TORNWALK_COMPARE_ROUNDS:-10}

# WORD: "results" or a commit
compare_kind() {
	local commit

	if [ -e "$1" ]; then
		echo results
	elif commit=$(git -C "$root" rev-parse --verify --quiet --end-of-options "$1^{commit}" 2>/dev/null); then
		echo "$commit"
	else
		die "compare: \"$1\" is neither a file, nor a directory, nor a git revision"
	fi
}

# COMMIT: its tree, built, under build/compare
compare_build() {
	local tree=$root/build/compare/$1 log

	if [ ! -e "$tree/.git" ]; then
		mkdir -p "${tree%/*}"
		git -C "$root" worktree prune
		git -C "$root" worktree add --quiet --detach "$tree" "$1" >&2 || die "compare: no worktree of $1"
	fi
	log=$(make -s -C "$tree" -j"$(nproc)" all 2>&1) ||
		{ echo "$log" >&2; die "compare: ${1:0:12} does not build"; }
}

# COMMIT FILE ARGS...: one round, appended to FILE; by the clock, which is all that older ones know
compare_round() {
	local tree=$root/build/compare/$1 program code=0 exact=""

	program=$tree/build/$TARGET-$COMPILER/tornwalk
	"$program" run --help | grep -q -- --exact-time && exact=--exact-time
	# shellcheck disable=SC2086  # a word or none
	TORNWALK_CONFIGS=$tree/configs "$program" run "${@:3}" $exact --quiet --out "$2" >/dev/null || code=$?
	[ "$code" != 2 ] || die "compare: ${1:0:12} cannot run: ${*:3}"
}

# DIR BASE NEW ARGS...: what is a commit is measured into DIR, in turns
compare_measure() {
	local dir=$1 commit=("$2" "$3") file=("$1/base.jsonl" "$1/new.jsonl") round side

	for side in 0 1; do
		[ "${commit[side]}" = results ] || compare_build "${commit[side]}"
	done
	for ((round = 0; round < compare_rounds; round++)); do
		echo "round $((round + 1)) of $compare_rounds" >&2
		for side in $((round % 2)) $((1 - round % 2)); do
			[ "${commit[side]}" = results ] ||
				compare_round "${commit[side]}" "${file[side]}" "${@:4}"
		done
	done
}

cmd_compare() {
	local path kind dir code=0

	[ $# -ge 2 ] || die "compare takes two: files, directories or git revisions; then run arguments"
	[[ $compare_rounds =~ ^[1-9][0-9]{0,2}$ ]] ||
		die "bad TORNWALK_COMPARE_ROUNDS \"$compare_rounds\": 1 to 999"
	path=("$1" "$2")
	kind=("$(compare_kind "$1")") || exit
	kind+=("$(compare_kind "$2")") || exit
	shift 2
	[ "${kind[*]}" != "results results" ] || [ $# = 0 ] ||
		die "compare: nothing is run for two result sets, so \"$1\" means nothing"
	setup compare
	build_desk
	if [ "${kind[*]}" != "results results" ]; then
		[[ ${kind[*]} != *results* ]] ||
			echo "run.sh: only one side is measured now: other load than the other's is not seen" >&2
		dir=$(stamp compare)
		mkdir "$dir"
		[ $# -gt 0 ] || set -- quick --time 200ms
		compare_measure "$dir" "${kind[@]}" "$@"
		[ "${kind[0]}" = results ] || path[0]=$dir/base.jsonl
		[ "${kind[1]}" = results ] || path[1]=$dir/new.jsonl
	fi
	"$desk" compare "${path[@]}" --errata "$root/results/ERRATA" || code=$?
	if [ -n "${dir:-}" ] && [ "$code" != 2 ]; then
		"$desk" compare "${path[@]}" --errata "$root/results/ERRATA" --html -o "$dir/compare.html" || :
		echo "as a page: ${dir#"$root"/}/compare.html"
	fi
	exit "$code"
}
