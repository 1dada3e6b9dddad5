# shellcheck shell=bash disable=SC2154  # root, BUILD are run.sh's
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: mutants  [MUTANT...] [OPTIONS]  who catches which busted protocol, and the score by all instruments

# What the audit makes of each mutant's own objects: "audit MUTANT WORD". Nothing of
# consumers and transitions is audited.
mutants_audit() {
	local object code

	for object in "$BUILD"/mutated/*.o; do
		code=0
		"$BUILD/tornreport" audit "$object" >/dev/null 2>&1 || code=$?
		case $code in
		0) echo "audit $(basename "$object" .o) ." ;;
		1) echo "audit $(basename "$object" .o) differs" ;;
		esac
	done
}

# mutants_races PROGRAM MUTANT WHO TIME: racing pairs that ThreadSanitizer reports
mutants_races() {
	local log

	log=$(mktemp -d)
	TSAN_OPTIONS="exitcode=0 suppress_equal_addresses=0 log_path=$log/log" \
		setarch -R "$1" --watch "$3" --time "$4" "$2" >/dev/null || return
	[ -z "$(ls "$log")" ] || python3 "$root/src/test/races.py" "$log"/log.*
	rm -r "$log"
}

# "tsan MUTANT WORD": `race` if a pair races that does not in the original. What is
# seen of either is chance: the original gets many more tries.
mutants_tsan() {
	local mutant new try with=$root/build/$TARGET-clang-thread/tornwalk-mutants.full

	for mutant in $(basename -s .patch "$root"/src/mutants/patches/*.patch); do
		new=$({ mutants_races "$with" "$mutant" mutant 500ms
			mutants_races "$with" "$mutant" mutant 500ms; } | sort -u)
		for try in 1 2 3 4 5 6 7 8; do
			[ -n "$new" ] || break
			new=$(comm -23 <(echo "$new") <(mutants_races "$with" "$mutant" original "$((try * 300))ms"))
		done
		echo "tsan $mutant ${new:+race}" | sed 's/ $/ ./'
	done
}

cmd_mutants() {
	local also code=0

	setup test
	build mutants "$BUILD/tornreport"
	also=$(mktemp)
	mutants_audit >"$also"
	if [ "$TARGET" != x86_64 ] || ! command -v llvm-symbolizer >/dev/null; then
		echo "run.sh: without the race detector: it wants x86_64 and llvm-symbolizer" >&2
	else
		COMPILER=clang SAN=thread build mutants
		mutants_tsan >>"$also"
	fi
	"$BUILD/tornwalk-mutants" --also "$also" "$@" || code=$?
	rm -f "$also"
	exit $code
}
