# shellcheck shell=bash disable=SC2154  # root is run.sh's
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: board    TARGET... [run arguments]  ssh:USER@HOST[:PORT], or qemu:NAME, NAME being one of configs/boards

# SPEC ARGS...: tornwalk's exit code
board_run() {
	local spec=$1 facts target file code=0 kind

	shift
	kind=$(target_kind "$spec")
	facts=$("${kind}_probe" "$spec") || return 2
	target=$(sed -n 's/^target=//p' <<<"$facts")
	echo "== $spec: ${facts//$'\n'/, }"
	(TARGET=$target COMPILER=gcc SAN='' build) || return 2
	file=$(stamp "$target" "-${spec//[^[:alnum:]._-]/_}.jsonl")
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
	[ ${#specs[@]} -gt 0 ] || die "board needs a target, not \"${1:-}\": ssh:USER@HOST[:PORT] $qemu_system_boards"
	[ $# -gt 0 ] || set -- quick
	setup boards
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
	exit "$worst"
}
