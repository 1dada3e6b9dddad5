# shellcheck shell=bash disable=SC2154,SC2034,SC2128  # the variables are those of kernel.sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The race on a board, --on: sent there, run there, and what it said is judged here. A
# board over ssh gets one program after the other. One of qemu-system is booted once for
# all of them: kernel_race leaves them to kernel_board_later, kernel_board_now takes them along.

: "${root:?}"
# shellcheck source=src/target/ssh.sh
. "$root/src/target/ssh.sh"
# shellcheck source=src/target/qemu-system.sh
. "$root/src/target/qemu-system.sh"

# The board of --on: is it one that can race this? Sets board_cpu, board_kernel, board_executor.
kernel_board() {
	if [ ${#arches[@]} != 1 ] || [ "$race_ms" = 0 ] || [ ${#of_entries[@]} -gt 0 ]; then
		die "kernel: --on needs one --arch, a --time, and no --entries or --models"
	fi
	case $board in
	ssh:*) kernel_board_ssh ;;
	qemu:*) kernel_board_qemu ;;
	*) die "kernel: --on takes ssh:USER@HOST[:PORT] or $qemu_system_boards, not \"$board\"" ;;
	esac
}

kernel_board_ssh() {
	local facts

	ssh_probe "$board" >/dev/null || exit 2
	facts=$(ssh_on "$board" "uname -sr; sed -n 's/^\\(model name\\|Hardware\\).*: //p' /proc/cpuinfo" </dev/null) || exit 2
	board_kernel=$(sed -n 1p <<<"$facts") board_cpu=$(sed -n 2p <<<"$facts")
	board_cpu=${board_cpu:-unknown}
}

# Its CPU says itself what it is, when it has raced.
kernel_board_qemu() {
	local -A board_of=()
	local facts on name=${board#qemu:}

	[[ " $qemu_system_boards " == *" ${board%@*} "* ]] || qemu_system_probe "$board" || exit 2
	on=$(fact "targets/$(fact "boards/${name%@*}" TARGET)" TRIPLE)
	kernel_board_fits "${arches[0]}" "${on%%-*}" ||
		die "kernel: $board runs no ${arches[0]} programs; --on takes for them: $(kernel_boards_of "${arches[0]}")"
	setup boards
	facts=$(qemu_system_probe "$board") || exit 2
	board_kernel="Linux $(sed -n 's/^kernel=//p' <<<"$facts")"
	board_executor=$(sed -n 's/^executor=//p' <<<"$facts") board_cpu=unknown
}

# ARCH MACHINE: do that one's programs run on this one?
kernel_board_fits() {
	local target on=() word

	target=$(kernel_target "$1")
	[ "$(fact "targets/$target" TRIPLE | cut -d- -f1)" != "$2" ] || return 0
	read -ra on <<<"$(fact "targets/$target" RUNS_ON)"
	for word in "${on[@]}"; do
		# shellcheck disable=SC2053  # a pattern
		[[ $2 != $word ]] || return 0
	done
	return 1
}

kernel_boards_of() {
	local name machine

	for name in $(facts_names boards); do
		machine=$(fact "targets/$(fact "boards/$name" TARGET)" TRIPLE)
		! kernel_board_fits "$1" "${machine%%-*}" || echo "qemu:$name"
	done | paste -sd' '
}

# As kernel_race: what is to be raced, and where its lines go
kernel_board_later() {
	local to=$1/board

	[ "$2" != tree ] || { rm -rf --one-file-system "$to" && mkdir -p "$to/bin"; }
	cp "$1/$2/race" "$to/bin/race-$2"
	{
		echo "echo '= $2' >&3"
		echo "echo 'racing $2'"
		echo "timeout -k 10 $((600 + race_ms / 10))$(qemu_system_quote "race-$2" "$race_ms" "${@:4}") >&3 || echo \"the race of $2 ended early: exit code \$?\" >&2"
	} >>"$to/go.sh"
}

# DIR: all of it, in one boot. A line is appended to what it is about even if the guest dies after it.
kernel_board_now() {
	local to=$1/board code=0 cpu

	rm -f "$to.said"
	echo "sed -n 's/^\\(model name\\|Hardware\\).*: //p' /proc/cpuinfo | sed -n '1s/^/cpu /p' >&3" >"$to/boot.sh"
	cat "$to/go.sh" >>"$to/boot.sh"
	qemu_once "$board" "$to" "$to.said" "$to.log" $((120 + race_ms / 100)) sh /boot.sh >&2 || code=$?
	[ "$code" != 4 ] || exit 4
	[ "$code" = 0 ] || echo "run.sh: kernel: the race ended early on $board: exit code $code" >&2
	cpu=$(sed -n 's/^cpu //p' "$to.said")
	[ -z "$cpu" ] || sed -i "s|^cpu\t.*|cpu\t${cpu//[|\\&]/ }|" "$1/facts"
	awk -v dir="$1" '/^= / { to = dir "/" $2 ($2 == "tree" ? "/lines" : "/said"); next } /\t/ || /^raced-all/ { if (to) print >>to }' "$to.said"
}
