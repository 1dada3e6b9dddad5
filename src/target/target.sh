# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What all targets have in common. Sourced; $root is set.
#
# A fact of a target or of a board is one line, KEY = value, in configs/targets/NAME.mk
# or configs/boards/NAME.mk; src/target/README.md says what the keys mean. make reads
# the same files.
#
# A SPEC says where a program runs: native[:TARGET], qemu-user:TARGET[:CPU],
# qemu10:TARGET[:CPU], qemu:BOARD, ssh:[USER@]HOST[:PORT]. Its kind is a file here, and
# each file defines, KIND being its name with _ for -:
#   KIND_probe SPEC                  prints KEY=value lines, target= among them
#   KIND_push SPEC BINARY ARGS...    brings the program there
#   KIND_exec SPEC FILE ARGS...      `tornwalk run ARGS`; its exit code
#   KIND_fetch SPEC FILE             what FILE does not have yet of the results
#   KIND_session SPEC BINARY FILE ARGS...    the last three, and counts the results
# 0, or 2 after one line on stderr; 255 when the target was lost in the middle.

: "${root:?}"
# shellcheck source=src/target/count.sh
. "$root/src/target/count.sh"

# fact targets/NAME|boards/NAME KEY: its value, or nothing
fact() { sed -n "s/^$2 *= *//p" "$root/configs/$1.mk"; }

# facts_names targets|boards: one a line
facts_names() {
	local file

	for file in "$root/configs/$1"/*.mk; do
		file=${file##*/}
		echo "${file%.mk}"
	done
}

# Debian's names for the architectures that are not this machine's, one a line
facts_foreign() {
	local target here

	here=$(dpkg --print-architecture 2>/dev/null || echo amd64)
	for target in $(facts_names targets); do
		fact "targets/$target" DEB
	done | sort -u | grep -vx "$here"
}

target_valid() {
	[ -n "$1" ] && [ -e "$root/configs/targets/$1.mk" ] && return
	echo "run.sh: unknown TARGET \"$1\"; valid: $(facts_names targets | paste -sd' ')" >&2
	return 2
}

# SPEC: its kind; 1 if it is of none
target_kind() {
	case $1 in
	native | native:?*) echo native ;;
	qemu-user:?* | qemu10:?*) echo qemu_user ;;
	qemu:*) echo qemu_system ;;
	ssh:*) echo ssh ;;
	*) return 1 ;;
	esac
}

# PROGRAM: its ELF header's class and machine
target_elf() {
	local class machine

	read -r class < <(od -An -tu1 -j4 -N1 "$1" 2>/dev/null) || :
	read -r machine < <(od -An -tu2 --endian=little -j18 -N2 "$1" 2>/dev/null) || :
	echo "${class:-none}.${machine:-none}"
}

# The .ini files among the arguments go along: are they here?
target_words() {
	local word

	for word; do
		[[ $word != *.ini ]] || { [ -f "$word" ] && [ -r "$word" ]; } || {
			echo "run.sh: $word: no such file here to send to the board" >&2
			return 2
		}
	done
}

# PID of a child: its exit code. A signal that comes to us is passed on, and sets ssh_stopped.
target_wait() {
	local pid=$1 signalled code

	trap 'signalled=yes ssh_stopped=yes; kill -TERM $pid 2>/dev/null || :' INT TERM
	while signalled='' code=0; do
		wait "$pid" || code=$?
		[ -n "$signalled" ] || break	# by a signal only the wait has ended
	done
	# shellcheck disable=SC2064  # as it is now
	trap "${ssh_idle_trap:--}" INT TERM
	return $code
}
