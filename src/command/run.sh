# shellcheck shell=bash disable=SC2154  # BUILD and TARGET are run.sh's
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: run      [SUITE|SCENARIO...] [OPTIONS]  set up, build, run here (default: quick)

cmd_run() {
	local out code=0

	setup run
	setup_wish report
	build
	out=$(stamp "$TARGET" .jsonl)
	"$BUILD/tornwalk" run --out "$out" "$@" || code=$?
	[ ! -s "$out" ] || report "$out" "$BUILD/tornwalk.full"
	exit "$code"
}
