#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# In a guest of qemu-system: loads the module, runs the driver with what it is given, and takes the
# module away again. Descriptor 3 is where the driver's lines go. MODULE_WORDS: the module's parameters.
# Exit code: the driver's; 2 where the module is refused.
# shellcheck disable=SC2086  # words
if ! insmod /tornlive.ko ${MODULE_WORDS:-} 2>/tmp/refused; then
	echo "the kernel refuses the module: $(cat /tmp/refused)" >&2
	dmesg | grep tornlive | tail -n 3 >&2
	exit 2
fi
/tornlive --out 3 "$@"
code=$?
rmmod tornlive || echo "the module stays loaded" >&2
exit $code
