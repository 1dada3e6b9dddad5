#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016  # conditions are for expect
# What is finished stays: signals, power cuts, full disks.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"

names() { sed 's/.*"scenario":"\([^"]*\)".*/\1/' "$1"; }

# In the background as a terminal would start it; a shell's own & ignores SIGINT.
start() {
	env --default-signal=INT,TERM,HUP "$tornwalk" "$@" </dev/null >"$tmp/out" 2>"$tmp/err" &
	pid=$!
}

# ---- kill -9 at any point, then go on ----

# FILE: its whole lines in $tmp/whole, and how many are cut. A kill may cut the line that
# is being written; the next run begins a line of its own.
cut_lines() {
	grep -a '^{"schema":.*}$' "$1" >"$tmp/whole"
	grep -avc '^{"schema":.*}$' "$1"
}

# grown FILE LINES: waits until it has more
grown() {
	while [ "$(wc -l <"$1")" -le "$2" ]; do
		kill -0 $pid 2>/dev/null || return
		sleep 0.005
	done
}

tw run quick --time 10ms --out "$tmp/all"
names "$tmp/all" | sort >"$tmp/plan"
f=$tmp/killed
killed_six_times() {
	killed=0 malformed=0
	: >"$f"
	for _ in 1 2 3 4 5 6; do
		had=$(wc -l <"$f")
		start run quick --time 100ms --out "$f" --resume
		grown "$f" $((had + RANDOM % 2))
		sleep "0.$(printf %03d $((RANDOM % 150)))"
		! kill -9 $pid 2>/dev/null || killed=$((killed + 1))
		{ wait $pid; } 2>/dev/null
		[ "$(cut_lines "$f")" -le $killed ] && well_formed "$tmp/whole" || malformed=$((malformed + 1))
	done
	[ $malformed != 0 ] || [ $killed = 6 ]	# a machine that stood still tries again
}
try 3 killed_six_times
check "killed six times, at any point" test "$killed" = 6
check "each time, all but the line that was cut is a result" test "$malformed" = 0
before=$(wc -l <"$tmp/whole")
tw run quick --time 30ms --out "$f" --resume
check "resume: the others are taken over" out_has " $before of them from "
expect "resume: whole lines" '[ "$(cut_lines "$f")" -le 6 ] && well_formed "$tmp/whole" "$(wc -l <"$tmp/plan")"'
check "resume: every cell, none twice" diff <(names "$tmp/whole" | sort) "$tmp/plan"
cp "$f" "$tmp/complete"
tw run quick --time 30ms --out "$f" --resume
expect "resume: nothing left to do" '! exits 2 && cmp -s "$f" "$tmp/complete"'
refuses "resume without a file" 'resume.*--out' run quick --resume
tw run lo-hi-overwrite --time 50ms --out "$tmp/fresh" --resume
check "resume from a file that is not there" well_formed "$tmp/fresh" 1
tw run lo-hi-overwrite --time 50ms --out "$tmp/fresh" --resume --seed 7
check "resume: another seed is another cell" well_formed "$tmp/fresh" 2

# ---- a line cut by a power failure ----

half=$tmp/half
head -n 4 "$tmp/all" >"$half"
truncate -s -$((RANDOM % 1000 + 2)) "$half"
tw run quick --time 10ms --out "$half" --resume
expect "half a line: run again, in a line of its own" '
	sed 4d "$half" >"$tmp/rest" && well_formed "$tmp/rest" $(wc -l <"$tmp/plan")'
expect "half a line: stays as it was" '
	[ "$(sed -n 4p "$half")" = "$(sed -n 4p "$tmp/all" | cut -c1-$(sed -n 4p "$half" | tr -d "\n" | wc -c))" ]'

# ---- signals ----

# The cell's own line has to be there, and the program to be gone, within 2 s.
stops_at() {
	local signal=$1 begin

	rm -f "$tmp/s"
	start run lo-hi-overwrite read-once-remap --time 1h --exact-time --out "$tmp/s"
	sleep 1
	begin=$(date +%s%N)
	kill -"$signal" $pid
	code=0
	wait $pid || code=$?
	[ $(($(date +%s%N) - begin)) -lt 2000000000 ]
}
for s in INT TERM HUP; do
	check "SIG$s: ends within 2 s" try 3 stops_at $s
	expect "SIG$s: exit 4, what was measured is written" 'exits 4 && well_formed "$tmp/s" 1'
	expect "SIG$s: as interrupted, and says so" '
		grep -q "\"cause\":\"interrupted" "$tmp/s" && out_has "1 not run .interrupted."'
done
start run lo-hi-overwrite --time 3s --exact-time --out "$tmp/s2"
sleep 1
kill -INT $pid
wait $pid
tw run lo-hi-overwrite --time 3s --exact-time --out "$tmp/s2" --resume
check "an interrupted cell does not count as done" well_formed "$tmp/s2" 2
(
	trap '' HUP
	exec "$tornwalk" run lo-hi-overwrite --time 1s >"$tmp/out" 2>"$tmp/err"
) &
pid=$!
sleep 0.4
kill -HUP $pid
code=0
wait $pid || code=$?
expect "nohup: SIGHUP stays ignored" '! out_has interrupted'

# ---- where nothing can be written ----

refuses "--out is a directory" "$tmp: Is a directory" run quick --out "$tmp"
refuses "--out in a directory that is not there" "nowhere/r: No such file" run quick --out "$tmp/nowhere/r"
if [ "$(id -u)" = 0 ]; then
	refuses "--out where writing is not allowed" '/proc/r: ' run quick --out /proc/r
else
	refuses "--out where writing is not allowed" '/r: Permission denied' run quick --out /r
fi

gave_up_on() { exits 2 && err_has "cannot append to $1: $2"; }
no_space() { check "$1: exit 2, names file and reason" gave_up_on "$2" "$3"; }
tw run lo-hi-overwrite --time 10ms --out /dev/full
no_space "/dev/full" /dev/full "No space left"
tw run lo-hi-overwrite --time 10ms --out - >"$tmp/err"
code=0
"$tornwalk" run lo-hi-overwrite --time 10ms --out - >/dev/full 2>"$tmp/err" || code=$?
expect "stdout is full: exit 2, says so" 'exits 2 && err_has "standard output: No space left"'

mkdir "$tmp/mnt"
if mount -t tmpfs -o size=16k tornwalk-test "$tmp/mnt" 2>/dev/null; then
	tw run quick --time 10ms --out "$tmp/mnt/r"
	no_space "a full disk" "$tmp/mnt/r" "No space left"
	expect "a full disk: earlier cells are safe" '[ -s "$tmp/mnt/r" ] && well_formed "$tmp/mnt/r"'
	umount "$tmp/mnt"
else
	skip "a full disk" "mounting a tmpfs is not permitted here"
fi
code=0
(ulimit -f 16; exec "$tornwalk" run quick --time 10ms --out "$tmp/limited") >"$tmp/out" 2>"$tmp/err" || code=$?
no_space "a file size limit" "$tmp/limited" "File too large"
expect "a file size limit: earlier cells are safe" '[ -s "$tmp/limited" ] && well_formed "$tmp/limited"'

finish
