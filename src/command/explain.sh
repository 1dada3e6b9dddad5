# shellcheck shell=bash disable=SC2154  # root, BUILD are run.sh's
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: explain  SCENARIO  one cell by all instruments, in one block
#
# What the desk finds out about the program goes
# into files beside it, from where tornwalk explain reads it: the audit of this binary,
# and what the race detector says of this cell's pair (a clang build of its own).

# READER WORDS...: what three runs of 700 ms report of it, not of its twin
explain_races() {
	local dir=$root/build/x86_64-clang-thread fixed=() reader=${1//-/_} i tmp said

	shift
	if ! command -v clang >/dev/null || ! command -v llvm-symbolizer >/dev/null; then
		echo "not tried: no clang, or no llvm-symbolizer"
		return
	fi
	make -s -C "$root" -j"$(nproc)" TARGET=x86_64 COMPILER=clang SAN=thread >/dev/null 2>&1 || {
		echo "not tried: SAN=thread does not build here"
		return
	}
	"$dir/tornwalk.full" list readers >/dev/null 2>&1 || fixed=(setarch -R)
	tmp=$(mktemp -d)
	for i in 1 2 3; do
		TSAN_OPTIONS="exitcode=0 suppress_equal_addresses=0 log_path=$tmp/log" "${fixed[@]}" \
			"$dir/tornwalk.full" run "$@" --time 700ms --quiet >/dev/null 2>&1 || :
	done
	said=$(compgen -G "$tmp/log.*" >/dev/null && python3 "$root/src/test/races.py" "$tmp"/log.* |
		grep -E "^($reader|walk_[a-z0-9_]*|TESTER[^ ]*) " | sort -u | paste -sd ';') || :
	rm -rf --one-file-system "$tmp"
	if [ -n "$said" ]; then
		echo "reported by ThreadSanitizer: $said"
	else
		echo "no race reported by ThreadSanitizer in $i runs of 700 ms, on x86_64"
	fi
}

cmd_explain() {
	local names

	[ $# -gt 0 ] || die "explain needs a scenario or cell options; ./run.sh run --help has them"
	setup report
	build all "$BUILD/tornreport"
	names=$("$BUILD/tornwalk" explain --names "$@") || exit	# its own words say why
	"$BUILD/tornreport" audit --lines "$BUILD/tornwalk.full" >"$BUILD/tornwalk.audit" || [ $? = 1 ] ||
		die "the audit failed"
	printf '%s\t%s\n' "$names" "$(explain_races "${names%%$'\t'*}" "$@")" >"$BUILD/tornwalk.races"
	exec "$BUILD/tornwalk" explain "$@"
}
