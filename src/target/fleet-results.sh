# shellcheck shell=bash disable=SC2154  # the variables are fleet.sh's
# SPDX-License-Identifier: GPL-2.0-or-later
# What came of a fleet. Sourced by fleet.sh: $dir, $work, $fleet_mode, $fleet_boards.
#
#   $dir/merged.jsonl   every cell of every shard that is done, once
#   $dir/NAME.jsonl     what this board did, with what it has of shards that are not done

fleet_verdicts() { grep -c "\"verdict\":\"$1\"" "$dir/merged.jsonl" || :; }

# The files in $dir, from what is done and what was brought of the rest. Sets missing.
fleet_gather() {
	local unit part

	rm -f "$dir"/*.jsonl
	: >"$dir/merged.jsonl"
	missing=0
	for unit in $(fleet_units); do
		if [ -e "$work/done/$unit" ]; then
			tee -a "$dir/merged.jsonl" <"$work/done/$unit" >>"$dir/$(fleet_name "$(<"$work/done/$unit.by")").jsonl"
			continue
		fi
		missing=$((missing + 1))
		for part in "$work/part.$unit".*; do
			[[ ! -s $part || $part == *.log ]] || count_once "$part" >>"$dir/${part#"$work/part.$unit."}.jsonl"
		done
	done
}

# Who did what another should have, and who is gone: sets lost.
fleet_tell() {
	local i by

	for i in "${!fleet_boards[@]}"; do
		[ ! -e "$work/board.$i/lost" ] || lost+=("${fleet_boards[i]}")
		if [ "$fleet_mode" != sharded ] || [ "$(<"$work/shards")" != ${#fleet_boards[@]} ] ||
		   [ ! -e "$work/done/$((i + 1))" ]; then
			continue
		fi
		by=$(<"$work/done/$((i + 1)).by")
		[ "$by" = "${fleet_boards[i]}" ] ||
			echo "fleet: shard $((i + 1))/${#fleet_boards[@]} of ${fleet_boards[i]} was done by $by"
	done
}

# Each cell of the plan once? The plan is what the boards said it is.
fleet_complete() {
	local planned what=$1

	planned=$(cat "$work"/done/*.log | sed -nE 's/.*shard [0-9]+\/[0-9]+ of ([0-9]+) cells.*/\1/p' | sort -u)
	[ "$planned" != "$what" ] || [ "$(count_once "$dir/merged.jsonl" | wc -l)" != "$what" ] || return 0
	if [ "$(wc -l <<<"$planned")" -gt 1 ]; then
		fleet_say "the boards do not plan the same cells (${planned//$'\n'/, }; merged $what): some can run what others cannot; use --replicated"
	else
		fleet_say "${planned:-an unknown number of} cells were planned, but $what results arrived"
	fi
	return 2
}

# Prints the last lines; the exit code is tornwalk's, or 2 when something was not done.
fleet_finish() {
	local missing lost=() fail poor what unit=shards code=0

	[ "$fleet_mode" = sharded ] || unit=runs
	fleet_gather
	fleet_tell
	fail=$(fleet_verdicts fail) poor=$(fleet_verdicts inconclusive) what=$(wc -l <"$dir/merged.jsonl")
	echo "fleet: $what cells: $(fleet_verdicts pass) pass, $fail fail, $poor inconclusive; $fleet_mode," \
		"${#fleet_boards[@]} boards${lost[*]:+, lost: ${lost[*]}}; results in $dir"
	if [ "$missing" != 0 ]; then
		fleet_say "$missing of $(fleet_units | wc -l) $unit not done${1:+ ($1)}; fleet FILE --resume $dir goes on"
	elif [ "$fleet_mode" = sharded ]; then
		fleet_complete "$what" || code=2
	fi
	[ "$code" = 0 ] || return "$code"
	[ "$fail" = 0 ] || return 1
	[ "$missing" = 0 ] || [ -n "$1" ] || return 2
	[ "$poor$missing" = 00 ] || return 4
}

