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
	timeout -k 10 1200 "$@" </dev/null >"$log" 2>&1 || code=$?
	count "$name" "$log" "$code" $((SECONDS - begin))
	rm -f "$log"
}

cmd_test() {
	local t

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
	for t in "$root"/src/test/sh/*.sh; do
		case $(basename "$t" .sh) in
		boards | ssh | fleet)	# minutes, virtual machines, network namespaces
			if [ -n "${TORNWALK_SKIP_BOARDS:-}" ]; then
				echo "  $(basename "$t" .sh): SKIP, TORNWALK_SKIP_BOARDS is set"
				skipped=$((skipped + 1))
				continue
			fi ;;
		esac
		tap "$(basename "$t" .sh)" bash "$t"
	done
	echo "== all in ${SECONDS}s"
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" = 0 ] || exit 1
}
