# shellcheck shell=bash disable=SC2154  # root and BUILD are run.sh's
# SPDX-License-Identifier: GPL-2.0-or-later
# Building, where results go, and the page beside them.

desk=$root/build/x86_64-gcc/tornreport

# make's words; TARGET, COMPILER and SAN come from the environment. Silent unless it fails.
build() {
	local log

	target_valid "$TARGET" || exit 2
	log=$(make -s -C "$root" -j"$(nproc)" "$@" 2>&1) || { echo "$log" >&2; die "the build failed: TARGET=$TARGET COMPILER=$COMPILER"; }
	[ -z "$log" ] || echo "$log" >&2
}

build_desk() { TARGET=x86_64 COMPILER=gcc SAN='' MUTANT='' build build/x86_64-gcc/tornreport; }

# FOLDER [SUFFIX]: makes results/runs/FOLDER, prints a name in it with the time that nobody has
stamp() {
	local dir=$root/results/runs/$1 name

	mkdir -p "$dir"
	while name=$dir/$(date -u +%Y%m%dT%H%M%SZ)${2:-}; [ -e "$name" ]; do
		sleep 0.2
	done
	echo "$name"
}

# RESULTS BINARY: one page beside the results; it never fails the run.
report() {
	local page=${1%.jsonl}.html audit=${1%.jsonl}.audit.json missing

	missing=$(COMPILER=gcc missing_for report)
	if [ -n "$missing" ]; then
		echo "no report, for want of $missing: ./run.sh setup report"
		return
	fi
	(build_desk) || { echo "no report: tornreport could not be built"; return; }
	"$desk" audit --json "$2" >"$audit" 2>/dev/null || :	# 1: a symbol differs from its claim
	if [ -s "$audit" ]; then
		set -- "$1" --audit "$audit"
	else
		rm -f "$audit"
		set -- "$1"
	fi
	! "$desk" html "$@" -o "$page" || echo "report: $page"
}
