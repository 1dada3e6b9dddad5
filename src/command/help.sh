# shellcheck shell=bash disable=SC2154  # root is run.sh's
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: help     this

cmd_help() {
	echo "usage: ./run.sh [COMMAND] [...]; without one: run quick"
	echo
	sed -n 's/^# usage:/ /p' "$root"/src/command/*.sh
	cat <<-'END'

	A suite's name is short for run SUITE. TARGET and COMPILER are make's.

	  ./run.sh
	  ./run.sh run full --time 200ms
	  ./run.sh run --reader lo-hi --writer present-present
	  COMPILER=clang ./run.sh quick

	Results: results/runs/<target>/<UTC time>.jsonl. Exit: 0 pass, 1 fail,
	2 bad usage or input, 4 inconclusive.
	END
}
