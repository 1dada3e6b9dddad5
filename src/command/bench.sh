# shellcheck shell=bash disable=SC2154  # root is run.sh's
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: bench    what the tester costs and how sharp it is

cmd_bench() {
	[ $# = 0 ] || die "bench takes no words, not \"$1\""
	setup run
	build all tests
	exec make -s -C "$root" bench
}
