# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# QEMU's user mode on this machine: Debian's own, and a QEMU 10 unpacked under build/.
# SPEC: qemu-user:TARGET[:CPU]  qemu10:TARGET[:CPU]
# binfmt_misc is not relied on: the emulator is always named.

: "${root:?}"
declare -gA qemu_user_binary=()
qemu10=$root/build/boards/qemu10

qemu_user_target() { local rest=${1#*:}; echo "${rest%%:*}"; }

qemu_user_cpu() {
	local rest=${1#*:}

	[[ $rest != *:* ]] || echo "${rest#*:}"
}

qemu_user_program() {
	local name

	name=$(fact "targets/$(qemu_user_target "$1")" QEMU)
	case $1 in
	qemu10:*) echo "$qemu10/usr/bin/${name%-static}" ;;
	*) command -v "$name" || echo "$name" ;;
	esac
}

# QEMU's version, as it says it itself
qemu_user_version() { "$1" --version | sed -n '1s/.*version \([0-9.]*\).*/\1/p'; }

qemu_user_probe() {
	local target program cpu what=ci

	target=$(qemu_user_target "$1") program=$(qemu_user_program "$1") cpu=$(qemu_user_cpu "$1")
	target_valid "$target" || return
	if [ -z "$(fact "targets/$target" QEMU)" ]; then
		echo "run.sh: $1: no emulator is known for $target" >&2
		return 2
	elif [ ! -x "$program" ]; then
		[[ $1 != qemu10:* ]] || what=qemu10
		echo "run.sh: $1: $program is not installed; ./run.sh setup $what" >&2
		return 2
	fi
	printf '%s\n' "executor=${program##*/} $(qemu_user_version "$program") (user mode)${cpu:+ -cpu $cpu}" \
		"target=$target"
}

qemu_user_push() { qemu_user_binary[$1]=$2; }

qemu_user_exec() {
	local facts words

	facts=$(qemu_user_probe "$1") || return 2
	words=("$(qemu_user_program "$1")" -cpu "$(qemu_user_cpu "$1")")
	[ -n "${words[2]}" ] || words=("${words[0]}")
	TORNWALK_EXECUTOR=$(sed -n 's/^executor=//p' <<<"$facts") \
		native_run "$2" "${words[@]}" "${qemu_user_binary[$1]}" run "${@:3}"
}

qemu_user_fetch() { :; }
qemu_user_session() { local_session qemu_user "$@"; }
