# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# explain: one cell by all instruments. What the desk finds out about the program goes
# into files beside it, from where tornwalk explain reads it: the audit of this binary,
# and what the race detector says of this cell's pair (a clang build of its own).

# WORDS...: "READER WRITER" of the one cell they mean
explain_pair() {
	"$BUILD/tornwalk" run "$@" --time 10ms --quiet --out - 2>/dev/null |
		sed -n 's/.*"reader":"\([^"]*\)","writer":"\([^"]*\)".*/\1\t\2/p' | tail -n 1
}

# READER WORDS...: what three runs of 700 ms report of it, not of its twin
explain_races() {
	local dir=$root/build/x86_64-clang-thread fixed=() reader=${1//-/_} i tmp said

	shift
	command -v clang >/dev/null && command -v llvm-symbolizer >/dev/null || {
		echo "not tried: no clang, or no llvm-symbolizer"
		return
	}
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
	local pair

	[ $# -gt 0 ] || die "explain needs a scenario or cell options; ./run.sh run --help has them"
	cmd_setup report
	build all "$root/build/$TARGET-$COMPILER/tornreport"
	"$BUILD/tornreport" audit --lines "$BUILD/tornwalk.full" >"$BUILD/tornwalk.audit" || [ $? = 1 ]
	pair=$(explain_pair "$@")
	printf '%s\t%s\n' "$pair" "$(explain_races "${pair%%$'\t'*}" "$@")" >"$BUILD/tornwalk.races"
	exec "$BUILD/tornwalk" explain "$@"
}
