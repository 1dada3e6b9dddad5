# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: fleet    FILE [--replicated] [run arguments]  many boards at once

cmd_fleet() {
	local code=0

	setup boards
	fleet "$@" || code=$?
	exit "$code"
}
