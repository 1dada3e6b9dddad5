# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by src/test/sh/*.sh: TAP, a scratch directory, and looks into results.
#
# The machine may be shared, slow and busy: what depends on chance or on time is
# tried again with a longer budget before it fails; what must never be, never.
set -uo pipefail	# not -e: exit codes are what is tested

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=${BUILD:-$root/build/x86_64-gcc}
tornwalk=${TORNWALK:-$build/tornwalk}
export TORNWALK_CONFIGS=$root/configs
tmp=$(mktemp -d "${TMPDIR:-/tmp}/tornwalk-sh.XXXXXX") && [ -d "$tmp" ] || exit 2
readonly root tmp
numbered=0 code=0

clean_up() {
	! mountpoint -q "$tmp/mnt" 2>/dev/null || umount "$tmp/mnt"
	rm -rf --one-file-system "$tmp"	# never into a mount
}
trap clean_up EXIT

# ---- TAP ----

ok() { echo "ok $((++numbered)) - $1"; }
skip() { echo "ok $((++numbered)) - $1 # SKIP $2"; }

# With what the last program said.
not_ok() {
	local f

	echo "not ok $((++numbered)) - $1"
	echo "#   exit code $code"
	for f in out err; do
		[ ! -s "$tmp/$f" ] || tail -n 8 "$tmp/$f" | cut -c1-400 | sed "s/^/#   $f: /"
	done
}

# check NAME COMMAND...: ok if COMMAND succeeds
check() {
	if "${@:2}"; then ok "$1"; else not_ok "$1"; fi
}

# expect NAME CONDITION: shell code, expanded only then
expect() {
	if eval "$2"; then ok "$1"; else not_ok "$1"; fi
}

finish() { echo "1..$numbered"; }

# ---- running ----

# tw ARGS...: exit code in $code, output in $tmp/out and $tmp/err
tw() {
	code=0
	timeout -k 10 240 "$tornwalk" "$@" </dev/null >"$tmp/out" 2>"$tmp/err" || code=$?
}

exits() { [ "$code" = "$1" ]; }
silent() { [ ! -s "$tmp/out" ]; }
out_has() { grep -qE -- "$1" "$tmp/out"; }
err_has() { grep -qE -- "$1" "$tmp/err"; }

# refuses NAME REGEX ARGS...: exit 2, REGEX on stderr, nothing on stdout
refused() { exits 2 && silent && err_has "$1"; }
refuses() {
	tw "${@:3}"
	check "$1" refused "$2"
}

# try TIMES COMMAND...: until it succeeds; $try counts from 1
try() {
	local times=$1

	shift
	for ((try = 1; try <= times; try++)); do
		! "$@" || return 0
	done
	return 1
}

# well_formed FILE [LINES]: results, by a parser that is not ours
well_formed() {
	python3 "$root/src/test/check_results.py" "$@" >"$tmp/faults" && return
	sed 's/^/# /' "$tmp/faults"
	return 1
}

# ---- looking into the only result line in $tmp/out ----

# outcome NAME: how many were observed
outcome() {
	sed -n 's/.*"outcomes":{\([^}]*\)}.*/\1/p' "$tmp/out" | tr , '\n' |
		sed -n "s/^\"$1\"://p"
}

# number NAME: of a field that is an integer or a decimal
number() { sed -n "s/.*\"$1\":\([0-9.]*\).*/\1/p" "$tmp/out"; }
verdict() { sed -n 's/.*"verdict":"\([a-z]*\)".*/\1/p' "$tmp/out"; }
