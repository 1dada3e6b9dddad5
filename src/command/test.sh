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

# Boards over ssh: minutes of waiting for time-outs, and no work. They wait beside the rest,
# once what they run has been built.
waiting() {
	passed=0 failed=0 skipped=0
	for t in fleet ssh; do
		tap "$t" bash "$root/src/test/sh/$t.sh"
	done
	echo "$passed $failed $skipped" >"$beside.counts"
}

cmd_test() {
	local t beside ok bad skip

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
	beside=$(mktemp)
	for t in "$root"/src/test/sh/*.sh; do
		t=$(basename "$t" .sh)
		case $t in
		boards | ssh | fleet)	# minutes, virtual machines, network namespaces
			if [ -n "${TORNWALK_SKIP_BOARDS:-}" ]; then
				echo "  $t: SKIP, TORNWALK_SKIP_BOARDS is set"
				skipped=$((skipped + 1))
				continue
			fi ;;
		esac
		[[ $t != ssh && $t != fleet ]] || continue
		tap "$t" bash "$root/src/test/sh/$t.sh"
		if [ "$t" = builds ] && [ -z "${TORNWALK_SKIP_BOARDS:-}" ]; then
			waiting >"$beside" 2>&1 &
		fi
	done
	if [ -z "${TORNWALK_SKIP_BOARDS:-}" ]; then
		wait
		cat "$beside"
		read -r ok bad skip <"$beside.counts" || { bad=1; echo "not ok - fleet, ssh: ended without a count"; }
		passed=$((passed + ${ok:-0})) failed=$((failed + bad)) skipped=$((skipped + ${skip:-0}))
	fi
	rm -f "$beside" "$beside.counts"
	echo "== all in ${SECONDS}s"
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" = 0 ] || exit 1
}
