# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# This machine. SPEC: native, or native:TARGET for what its kernel runs besides.

: "${root:?}"
declare -gA native_binary=()

native_target() {
	local rest=${1#native}

	rest=${rest#:}
	echo "${rest:-${TARGET:-x86_64}}"
}

native_probe() {
	target_valid "$(native_target "$1")" || return
	printf '%s\n' executor=native "target=$(native_target "$1")"
}

native_push() {
	native_binary[$1]=$2
	! "$2" help >/dev/null 2>&1 || return 0
	echo "run.sh: $1: this machine does not run $2" >&2
	return 2
}

# FILE COMMAND...: a caller that was killed stops it too, for somebody may want to go on
# with the rest
native_run() {
	local file=$1 caller=${ssh_caller:-$$} pid

	setpriv --pdeathsig TERM "${@:2}" --out "$file" --resume --trailer </dev/null &
	pid=$!
	while kill -0 $pid; do
		kill -0 "$caller" || kill -TERM $pid
		sleep 1
	done >/dev/null 2>&1 &
	target_wait $pid
}

native_exec() { native_run "$2" "${native_binary[$1]}" run "${@:3}"; }
native_fetch() { :; }
native_session() { local_session native "$@"; }

# KIND SPEC BINARY FILE ARGS...: where FILE needs no fetching
local_session() {
	local kind=$1 spec=$2 file=$4 said code=0

	"${kind}_push" "$spec" "$3" "${@:5}" || return
	said=$(mktemp) || return 2
	count_logged "$said" "${kind}_exec" "$spec" "$file" "${@:5}" || code=$?
	count_check "$spec" "$code" "$said" "$file" || code=$?
	rm -f "$said"
	return "$code"
}
