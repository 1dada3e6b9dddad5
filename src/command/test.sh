# shellcheck shell=bash disable=SC2154  # root, BUILD and others are run.sh's
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: test     set up, build everything, run every test: everything that speaks TAP

passed=0 failed=0 skipped=0

# Every program says `1..N`; fewer lines than that, or none, is a failure of its own.
count() {
	local name=$1 log=$2 code=$3 seconds=$4 ok bad skip plan

	skip=$(grep -cE '^(not )?ok .*# SKIP' "$log") || :
	ok=$(grep -E '^ok ' "$log" | grep -vc '# SKIP') || :
	bad=$(grep -E '^not ok ' "$log" | grep -vc '# SKIP') || :
	plan=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
	if [ $((ok + bad + skip)) != "$plan" ] || [ "$plan" = 0 ] ||
	   { [ "$code" != 0 ] && [ "$bad" = 0 ]; }; then
		echo "not ok - $name ended early: exit code $code, $((ok + bad + skip)) of $plan tests" >>"$log"
		bad=$((bad + 1))
	fi
	printf '  %-16s %4s passed %4s failed %4s skipped  %4ss\n' "$name" "$ok" "$bad" "$skip" "$seconds"
	[ "$bad" = 0 ] || grep -vE '^ok ' "$log" || :
	grep -E '^ok .*# SKIP' "$log" || :
	passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
}

tap() {
	local name=$1 log code=0 begin=$SECONDS

	shift
	log=$(mktemp)
	timeout -k 10 2400 "$@" </dev/null >"$log" 2>&1 || code=$?
	count "$name" "$log" "$code" $((SECONDS - begin))
	rm -f "$log"
}

# These run beside the rest, each group in a row: what waits for time-outs and is no work; and what compiles
# kernels, which is most of the work. What several of them need has been built before.
beside_waiting="fleet ssh live-ssh"
beside_kernel="kernel kernel-audit"

# FILE TESTS...
beside() {
	local t file=$1

	shift
	passed=0 failed=0 skipped=0
	for t; do
		tap "$t" bash "$root/src/test/sh/$t.sh"
	done
	echo "$passed $failed $skipped" >"$file.counts"
}

# FILE: what it said, and its counts
beside_ended() {
	local ok bad skip

	cat "$1"
	read -r ok bad skip <"$1.counts" || { ok=0 bad=1 skip=0; echo "not ok - what ran beside ended without a count"; }
	passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
}

# What more than one test uses, for every machine that is compiled for
build_shared() {
	local t

	build build/x86_64-gcc/{tornkernel,tornlivejudge,tornentries,tornorders,kernel/explorer.o,kernel/racer.o}
	for t in i686 armhf-lpae; do
		! command -v "$(fact "targets/$t" TRIPLE)-gcc" >/dev/null ||
			TARGET=$t COMPILER=gcc SAN='' build all "build/$t-gcc/"{tornlive,kernel/explorer.o,kernel/racer.o}
	done
}

cmd_test() {
	local t scratch

	[ $# = 0 ] || die "test takes no words, not \"$1\""
	setup test
	[ -n "${TORNWALK_SKIP_BOARDS:-}" ] || ("$root/run.sh" setup boards-test) >/dev/null ||
		echo "run.sh: going on without; what needs it is skipped" >&2
	echo "== build"
	build all tests
	echo "== unit tests"
	for t in "$BUILD"/t_*; do
		[[ $t == *.d ]] || CMOCKA_MESSAGE_OUTPUT=TAP tap "${t##*/}" "$t"
	done
	echo "== as a user, and the house"
	scratch=$(mktemp -d)
	tap builds bash "$root/src/test/sh/builds.sh"
	build_shared
	# shellcheck disable=SC2086,SC2094  # words; the name is of two other files
	beside "$scratch/kernel" $beside_kernel >"$scratch/kernel" 2>&1 &
	# shellcheck disable=SC2086,SC2094  # words; the name is of two other files
	[ -n "${TORNWALK_SKIP_BOARDS:-}" ] || beside "$scratch/waiting" $beside_waiting >"$scratch/waiting" 2>&1 &
	for t in "$root"/src/test/sh/*.sh; do
		t=$(basename "$t" .sh)
		[[ " builds $beside_kernel " != *" $t "* ]] || continue
		case $t in
		boards | live | ssh | fleet | live-ssh)	# minutes, virtual machines, network namespaces
			if [ -n "${TORNWALK_SKIP_BOARDS:-}" ]; then
				echo "  $t: SKIP, TORNWALK_SKIP_BOARDS is set"
				skipped=$((skipped + 1))
				continue
			fi ;;
		esac
		[[ " $beside_waiting " == *" $t "* ]] || tap "$t" bash "$root/src/test/sh/$t.sh"
	done
	wait
	beside_ended "$scratch/kernel"
	[ -n "${TORNWALK_SKIP_BOARDS:-}" ] || beside_ended "$scratch/waiting"
	rm -rf --one-file-system "$scratch"
	echo "== all in ${SECONDS}s"
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" = 0 ] || exit 1
}
