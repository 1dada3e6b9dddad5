# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154,SC2034  # the variables are those of qemu_system_take
# Any program on a board of qemu-system, once. Sourced by qemu-system.sh.
#
#   qemu_once SPEC DIR RESULTS LOG SECONDS COMMAND [ARGS...]
#
#   SPEC      as qemu-system.sh has it; qemu_system_probe SPEC, called before, fetches it
#   DIR       is copied to / of the guest: programs that need no library, modules, scripts
#   RESULTS   what COMMAND writes to its descriptor 3 is appended
#   LOG       the guest's console: all that its kernel says, from the first line to the last
#   SECONDS   without a new line in RESULTS: then it hangs, and is killed
#   COMMAND   found in /bin, or a path; busybox is there. Its standard output and error
#             come out here as they are said, a line at a time
#
# From outside, each may be unset:
#   $qemu_append   more words for the kernel, like oops=panic or loglevel=4
#   $qemu_kernel   a directory with boot/vmlinuz-* and lib/modules, whose kernel is taken
#   $TORNWALK_BOARD_SMP, $TORNWALK_BOARD_MEM
#
# The exit code is COMMAND's; after one line that says why 2 if it was never begun, 4 if
# we were interrupted, 255 if it was lost in the middle: the guest died or hung.
#
# Key invariant: what one write() gave to descriptor 3 is in RESULTS before the guest goes
# on, and stays there whatever comes; a line that was cut short ends there. No QEMU is left.

qemu_once() {
	local code=0

	(qemu_once_guest "$@") </dev/null &	# for the traps are its own
	target_wait $! || code=$?
	return "$code"
}

qemu_once_guest() {
	declare -A board=()
	local dir

	set +e
	[[ $# -ge 6 && $5 =~ ^[1-9][0-9]*$ ]] ||
		{ qemu_system_say "qemu_once SPEC DIR RESULTS LOG SECONDS COMMAND, not \"$*\""; exit 2; }
	[ -d "$2" ] || { qemu_system_say "$1: $2: no such directory to take there"; exit 2; }
	qemu_system_take "$1"
	dir=$2 results=$(realpath -m -- "$3") console=$(realpath -m -- "$4") once=$5
	append="loglevel=8 ${qemu_append:-}"
	shift 5
	[ -n "$(qemu_system_kernel)" ] ||
		{ qemu_system_say "$name: ${board[kernel]} has no boot/vmlinuz-*"; exit 2; }
	if ! : >>"$results" || ! : >"$console"; then
		qemu_system_say "$name: $results and $console must be files that can be written to"
		exit 2
	fi 2>/dev/null
	if ! qemu_once_pack "$dir" "$@"; then
		qemu_system_say "$name: $dir could not be packed: is there space?"
		exit 2
	fi
	vm_boot
	[ -z "$(tail -c 1 "$results")" ] || echo >>"$results"
	[ -z "$code" ] || exit "$code"
	qemu_system_lost "nothing new" "; its log is $console"
}

# DIR COMMAND ARGS...
qemu_once_pack() {
	mkdir "$run/add" && cp -a "$1/." "$run/add" && qemu_system_stage "$run/add" &&
		echo "once=yes; set --$(qemu_system_quote "${@:2}")" >"$run/add/go" &&
		qemu_system_pack "$run/add" >"$run/initrd"
}
