# shellcheck shell=bash disable=SC2154  # root is run.sh's
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: setup    [run|test|report|ci|boards|boards-test|audit|compare|kernel|qemu10]  only the installing; TORNWALK_NO_INSTALL=1: only a list

# For the tests of boards: an sshd that is not installed, for its package would start
# it; LAVA's scripts for a board; the kernels. What cannot be had has its line, and the
# tests skip what needs it.
setup_fetch() {
	local board

	[ -x /usr/sbin/sshd ] || debs_unpack "openssh-server:$(dpkg --print-architecture)" sshd || :
	debs_unpack lava-dispatcher:all lava || :
	for board in $qemu_system_boards; do
		qemu_system_probe "$board" >/dev/null || :
	done
}

# QEMU 10 from the next Debian, and of system mode ARM's from this one's backports: unpacked under build/, never installed.
setup_qemu10() {
	local host

	host=$(dpkg --print-architecture)
	! debs_unpack "qemu-system-arm:$host" qemu10-arm "$(debs_here)-backports" ||
		echo "for boards: TORNWALK_BOARD_QEMU=$qemu10_arm"
	debs_unpack "qemu-user:$host" qemu10 trixie || die "no QEMU 10"
	"$qemu10/usr/bin/qemu-arm" --version | head -n 1
}

cmd_setup() {
	local what=${1:-run}

	[ $# -le 1 ] || die "setup takes one word, not \"$2\"; valid: $setup_valid"
	if [ "$what" = qemu10 ]; then
		setup_qemu10
		return
	fi
	setup "$what"
	[ "$what" != boards-test ] || [ -n "${TORNWALK_NO_INSTALL:-}" ] || setup_fetch
	echo "$what: nothing is missing"
}
