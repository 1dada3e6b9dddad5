#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sets up, builds, runs. `./run.sh --help` has the commands.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export TARGET=${TARGET:-x86_64} COMPILER=${COMPILER:-gcc}
export TORNWALK_CONFIGS=${TORNWALK_CONFIGS:-$root/configs}
export BUILD=$root/build/$TARGET-$COMPILER${SAN:+-${SAN//,/-}}${MUTANT:+-mutant-$MUTANT}

for part in target/{qemu-user,qemu-system,ssh,fleet} command/{ci,audit,compare,mutants,explain}; do
	# shellcheck source=/dev/null
	. "$root/src/$part.sh"
done

commands=(
	"run      [SUITE|SCENARIO...] [OPTIONS]  set up, build, run here (default: quick)"
	"test     set up, build everything, run every test"
	"ci       [--update-baseline]  the ci suite on i686 and ARM32, native and QEMU user mode, gated"
	"qemus    [TARGET]  one binary's calibration under QEMU 7.2 and QEMU 10, side by side"
	"board    TARGET... [run arguments]  ssh:USER@HOST[:PORT], qemu:i686-pae, qemu:armhf-lpae"
	"fleet    FILE [--replicated] [run arguments]  many boards at once"
	"explain  SCENARIO  one cell by all instruments, in one block"
	"audit    what each compiler here makes of the readers and writers, against their claims"
	"compare  A B [run arguments]  two result sets; files, directories, or git revisions run in turns"
	"mutants  [MUTANT...] [OPTIONS]  who catches which busted protocol, and the score"
	"bench    what the tester costs and how sharp it is"
	"setup    [run|test|report|ci|boards|boards-test|audit|compare|qemu10]  only the installing; TORNWALK_NO_INSTALL=1: only a list"
	"help     this"
)

die() { echo "run.sh: $*" >&2; exit 2; }

# ---- setup: Debian's packages; git is for the results' `git` field only ----

packages() {
	local run="make libc6-dev liburcu-dev libinih-dev git" desk="libjansson-dev libcapstone-dev libelf-dev r-mathlib gnuplot-nox"

	case $COMPILER in
	clang*) run="clang libclang-rt-dev $run" ;;
	*) run="gcc $run" ;;
	esac
	case $1 in
	run) echo "$run" ;;
	report) echo "$run $desk" ;;
	test) echo "$run $desk gcc clang libclang-rt-dev llvm libcmocka-dev chromium shellcheck perl patch" \
		"libxml2-utils mandoc python3 python3-jsonschema util-linux" ;;
	ci) echo "$run $desk gcc clang qemu-user-static" \
		"gcc-i686-linux-gnu gcc-arm-linux-gnueabihf libc6-dev-i386-cross libc6-dev-armhf-cross" \
		"liburcu-dev:i386 libinih-dev:i386 liburcu-dev:armhf libinih-dev:armhf" ;;
	compare) echo "$run $desk gcc" ;;
	audit) echo "$(packages ci) clang-16 clang-19" ;;	# what is there is used
	boards) echo "$(packages ci) qemu-system-x86 qemu-system-arm cpio openssh-client parallel util-linux" ;;
	boards-test) echo "$(packages boards) iproute2 libwrap0 procps lava-common wget" ;;
	*) die "unknown thing to set up \"$1\"; valid: run test report ci boards boards-test audit compare qemu10" ;;
	esac
}

missing_of() {
	local p

	for p; do
		case $(dpkg-query -W -f '${db:Status-Abbrev}' "$p" 2>/dev/null) in
		ii*) ;;
		*) echo "$p" ;;
		esac
	done | sort -u
}

install() {
	local as=(env DEBIAN_FRONTEND=noninteractive) arch

	[ "$(id -u)" = 0 ] || as=(sudo -n "${as[@]}")
	echo "installing: $*" >&2
	for arch in i386 armhf; do
		[[ " $* " != *:$arch\ * ]] || "${as[@]}" dpkg --add-architecture "$arch"
	done
	"${as[@]}" apt-get update -qq >&2 ||
		echo "run.sh: warning: apt-get update failed; going on with what is known" >&2
	"${as[@]}" apt-get install -qq -o Dpkg::Use-Pty=0 -y --no-install-recommends "$@" >&2 ||
		die "could not install: $*"
}

# For the tests of boards: an sshd that is not installed, for its package would start
# it; LAVA's scripts for a board; the kernels. What cannot be had is said, and the tests
# skip what needs it.
setup_fetch() {
	local board

	[ -x /usr/sbin/sshd ] || debs_unpack "openssh-server:$(dpkg --print-architecture)" sshd ||
		echo "run.sh: openssh-server could not be fetched" >&2
	debs_unpack lava-dispatcher:all lava || echo "run.sh: lava-dispatcher could not be fetched" >&2
	# shellcheck disable=SC2154  # qemu-system.sh's
	for board in $qemu_system_boards; do
		qemu_system_probe "$board" >/dev/null || :
	done
}

cmd_setup() {
	local what=${1:-run} all missing

	if [ "$what" = qemu10 ]; then
		setup_qemu10
		return
	fi
	all=$(packages "$what")
	if ! command -v dpkg-query >/dev/null; then
		echo "run.sh: not Debian, nothing checked; needed: $all" >&2
		return
	fi
	# shellcheck disable=SC2086  # words
	mapfile -t missing < <(missing_of $all)
	if [ ${#missing[@]} = 0 ]; then
		[ "${FUNCNAME[1]}" != main ] || echo "$what: nothing is missing"
	elif [ -z "${TORNWALK_NO_INSTALL:-}" ] &&
	     { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then
		install "${missing[@]}"
	else
		printf 'missing for %s: %s\nas root:\n  apt-get install --no-install-recommends %s\n' \
			"$what" "${missing[*]}" "${missing[*]}" >&2
		[ "${missing[*]}" = git ] && [ "$what" = run ] || exit 2
	fi
	[ "$what" != boards-test ] || [ -n "${TORNWALK_NO_INSTALL:-}" ] || setup_fetch
}

# ---- build, run ----

build() {
	local log

	[ -e "$root/configs/targets/$TARGET.mk" ] ||
		die "unknown TARGET \"$TARGET\"; valid: $(cd "$root/configs/targets" && echo *.mk | sed 's/\.mk//g')"
	log=$(make -s -C "$root" -j"$(nproc)" "$@" 2>&1) || { echo "$log" >&2; die "the build failed"; }
	[ -z "$log" ] || echo "$log" >&2
}

cmd_run() {
	local dir=$root/results/runs/$TARGET out code=0

	cmd_setup run
	build
	mkdir -p "$dir"
	while out=$dir/$(date -u +%Y%m%dT%H%M%SZ).jsonl; [ -e "$out" ]; do
		sleep 0.2
	done
	"$BUILD/tornwalk" run --out "$out" "$@" || code=$?
	[ ! -s "$out" ] || report "$out" "$BUILD/tornwalk.full"
	return "$code"
}

# RESULTS BINARY: one page beside the results; it never fails the run.
report() {
	local desk=$root/build/x86_64-gcc/tornreport page=${1%.jsonl}.html audit=${1%.jsonl}.audit.json missing=()

	# shellcheck disable=SC2046  # words
	! command -v dpkg-query >/dev/null ||
		mapfile -t missing < <(missing_of $(COMPILER=gcc packages report))
	if [ ${#missing[@]} -gt 0 ]; then
		echo "no report, for want of ${missing[*]}: ./run.sh setup report"
		return
	fi
	make -s -C "$root" -j"$(nproc)" TARGET=x86_64 COMPILER=gcc SAN= build/x86_64-gcc/tornreport >&2 || return 0
	"$desk" audit --json "$2" >"$audit" 2>/dev/null || :
	if [ -s "$audit" ]; then
		set -- "$1" --audit "$audit"
	else
		rm -f "$audit"
		set -- "$1"
	fi
	! "$desk" html "$@" -o "$page" || echo "report: $page"
}

# ---- boards: probe, push, exec, fetch ----

# SPEC ARGS...: tornwalk's exit code
board_run() {
	local spec=$1 facts target file code=0 kind=ssh

	shift
	[[ $spec != qemu:* ]] || kind=qemu_system
	facts=$("${kind}_probe" "$spec") || return 2
	target=$(sed -n 's/^target=//Ip' <<<"$facts")
	echo "== $spec: ${facts//$'\n'/, }"
	TARGET=$target COMPILER=gcc make -s -C "$root" -j"$(nproc)" || return 2
	file=$root/results/runs/$target/$(date -u +%Y%m%dT%H%M%SZ)-${spec//[^[:alnum:]._-]/_}.jsonl
	mkdir -p "${file%/*}"
	"${kind}_session" "$spec" "$root/build/$target-gcc/tornwalk" "$file" "$@" || code=$?
	[ ! -s "$file" ] || echo "results: ${file#"$root"/}"
	return "$code"
}

cmd_board() {
	local specs=() worst=0 code spec

	while [[ ${1:-} == ssh:* || ${1:-} == qemu:* ]]; do
		specs+=("$1")
		shift
	done
	# shellcheck disable=SC2154  # qemu-system.sh's
	[ ${#specs[@]} -gt 0 ] || die "board needs a target, not \"${1:-}\": ssh:USER@HOST[:PORT] $qemu_system_boards"
	[ $# -gt 0 ] || set -- quick
	cmd_setup boards
	for spec in "${specs[@]}"; do
		code=0
		board_run "$spec" "$@" || code=$?
		# 2 and a lost board before 1 before 4 before 0
		case $worst,$code in
		2,* | *,0) ;;
		*,2 | *,255) worst=2 ;;
		1,* | *,1) worst=1 ;;
		*) worst=$code ;;
		esac
	done
	return "$worst"
}

cmd_fleet() {
	cmd_setup boards
	fleet "$@"
}

cmd_bench() {
	cmd_setup run
	build all tests
	exec make -s -C "$root" bench
}

# ---- test: everything that speaks TAP ----

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
	cmd_setup test
	[ -n "${TORNWALK_SKIP_BOARDS:-}" ] || (cmd_setup boards-test) ||
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
	[ "$failed" = 0 ]
}

cmd_help() {
	echo "usage: ./run.sh [COMMAND] [...]; without one: run quick"
	echo
	printf '  %s\n' "${commands[@]}"
	cat <<-'END'

	A suite's name is short for run SUITE. TARGET and COMPILER are make's.

	  ./run.sh
	  ./run.sh run full --time 200ms
	  ./run.sh run --reader lo-hi --writer present-present
	  COMPILER=clang ./run.sh quick

	Results: results/runs/<target>/<UTC time>.jsonl. Exit: 0 pass, 1 fail,
	2 bad usage or input, 4 inconclusive.
	END
}

main() {
	local word=${1:-quick} c names=""

	case $word in
	-h | --help) word=help ;;
	esac
	for c in "${commands[@]}"; do
		if [ "$word" = "${c%% *}" ]; then
			shift
			"cmd_$word" "$@"
			return
		fi
		names+=" ${c%% *}"
	done
	for c in "$root"/configs/suites/*.ini; do
		c=$(basename "$c" .ini)
		[ "$c" != ci ] || continue	# ./run.sh run ci; `ci` alone is more than a suite
		if [ "$word" = "$c" ]; then
			cmd_run "$word" "${@:2}"
			return
		fi
		names+=" $c"
	done
	die "unknown command \"$word\"; valid:$names"
}

main "$@"
