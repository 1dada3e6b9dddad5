# shellcheck shell=bash disable=SC2154  # root, BUILD and others are run.sh's
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: qemus    [TARGET]  one binary's calibration under QEMU 7.2 and QEMU 10, side by side

qemus_targets() {
	local target

	for target in $(facts_names targets); do
		[ -z "$(fact "targets/$target" QEMU)" ] || echo "$target"
	done | xargs
}

# One binary's calibration under Debian 12's QEMU and under QEMU 10, line by line.
cmd_qemus() {
	local target=${1:-armhf-lpae} spec said=() out version

	[ $# -le 1 ] || die "qemus takes one target, not \"$*\""
	[[ " $(qemus_targets) " == *" $target "* ]] ||
		die "qemus needs a target that has an emulator, not \"$target\"; valid: $(qemus_targets)"
	setup ci
	"$root/run.sh" setup qemu10 >/dev/null || exit
	TARGET=$target SAN='' build
	for spec in "qemu-user:$target" "qemu10:$target"; do
		out=$("$(qemu_user_program "$spec")" "$root/build/$target-$COMPILER/tornwalk" calibrate) ||
			die "could not calibrate on $spec"
		version=$(qemu_user_probe "$spec" | sed -n 's/^executor=\([^ ]* [^ ]*\).*/\1/p')
		said+=("$version"$'\n'"$out")
	done
	echo "build/$target-$COMPILER/tornwalk calibrate: reads, torn, verdict"
	qemus_beside "${said[@]}"
}

# Two texts, each a title and a table, as one table.
qemus_beside() {
	paste -d'\n' <(echo "$1") <(echo "$2") | awk -F'  +' '
		NR == 1 { left = $0 }
		NR == 2 { printf "%-11s %-35s %s\n", "", left, $0 }
		NR < 5 { next }
		NR % 2 { name = $1; reads = $2; torn = $3; verdict = $4; next }
		{ printf "%-11s %6s %6s %-21s %6s %6s %s\n", name, reads, torn, verdict, $2, $3, name == $1 ? $4 : "?" }'
}
