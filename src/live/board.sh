#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: board.sh DIR ARGS...: on a board, as root: loads DIR's module, runs DIR's driver, whose lines are the
# standard output, and takes the module away. MODULE_WORDS: the module's parameters. It ends, as with Ctrl-C,
# when its standard input does: then nobody is there any more.
# Exit code: the driver's; 2 where the module is refused.
dir=$1
shift
exec 4<&0	# what runs in the background has none of its own
! grep -qs '^tornlive ' /proc/modules || {
	echo "a module tornlive is loaded already: rmmod tornlive" >&2
	exit 2
}
# shellcheck disable=SC2086  # words
refused=$(insmod "$dir/tornlive.ko" ${MODULE_WORDS:-} 2>&1) || {
	echo "the kernel refuses the module: $refused: $(dmesg | grep -E 'tornlive|ockdown|vermagic|signature' | tail -n 1)" >&2
	exit 2
}
trap 'rmmod tornlive' EXIT
trap : HUP INT TERM
"$dir/tornlive" --out 3 "$@" 3>&1 >&2 </dev/null 4<&- &
driver=$!
# shellcheck disable=SC2064  # as it is now
trap "kill -TERM $driver 2>/dev/null" HUP INT TERM
(cat <&4 >/dev/null; kill -TERM $driver 2>/dev/null) &
ears=$!
while :; do
	wait $driver
	code=$?
	kill -0 $driver 2>/dev/null || break
done
kill $ears 2>/dev/null
exit "$code"
