#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The board's side of ssh.sh: any POSIX sh, busybox included, sent along each time.
#
#   sh board.sh NAME BASE COMMAND ...    NAME is what messages begin with
#
# The work directory is BASE/tornwalk-UID, or without a BASE ~/.tornwalk, else one
# in $TMPDIR or /tmp. In it:
#   bin-ID/    tornwalk, configs/, this file; ID is a hash of what is in it
#   run-KEY/   results.jsonl; KEY is a hash of ID and the arguments. `ended`: nothing
#              is missing any more, and when it has been fetched it can go
#   in.TOKEN/  somebody's push that is not complete, or a program that runs once
#   lock/      a run is going on: pid, boot, who, and a beat that the caller makes
set -u
umask 077
LC_ALL=C
export LC_ALL

name=$1 base=$2 command=$3
shift 3

say() { echo "$name: $*" >&2; }

# Ours, nobody else's, and not on a read-only filesystem.
usable() {
	mkdir "$1" 2>/dev/null
	# shellcheck disable=SC3067  # dash and busybox have -O
	[ -d "$1" ] && [ ! -L "$1" ] && [ -O "$1" ] && [ -w "$1" ]
}

find_dir() {
	uid=$(id -u)
	if [ -n "$base" ]; then
		set -- "$base/tornwalk-$uid"
	else
		set -- "${HOME:-/nowhere}/.tornwalk" "${TMPDIR:-/tmp}/tornwalk-$uid" "/tmp/tornwalk-$uid"
	fi
	for dir; do
		! usable "$dir" || return 0
	done
	say "no place to work in: cannot write to $*"
	exit 2
}

# Only when nothing is in it.
leave_dir() { rmdir "$dir" 2>/dev/null || :; }

# ---- what is this? ----

# As small as a 32-bit ARM program can be: exit(0).
runs_arm32() {
	{
		printf '\177ELF\001\001\001\000\000\000\000\000\000\000\000\000\002\000\050\000\001\000\000\000'
		printf '\124\000\001\000\064\000\000\000\000\000\000\000\000\002\000\005\064\000\040\000'
		printf '\001\000\000\000\000\000\000\000\001\000\000\000\000\000\000\000\000\000\001\000'
		printf '\000\000\001\000\140\000\000\000\140\000\000\000\005\000\000\000\000\000\001\000'
		printf '\000\000\240\343\001\160\240\343\000\000\000\357'
	} >"$dir/arm32.$$" && chmod +x "$dir/arm32.$$" && "$dir/arm32.$$" 2>/dev/null
	set -- $?
	rm -f "$dir/arm32.$$"
	return "$1"
}

# Is there what a target needs: arm32, or a word of /proc/cpuinfo?
has() {
	case $1 in
	-) ;;
	arm32) runs_arm32 ;;
	*) grep -qw "$1" /proc/cpuinfo 2>/dev/null ;;
	esac
}

# "TARGET PATTERN NEEDED" lines: the first of our kind. Sets target, or lacks.
choose_target() {
	target='' lacks=''
	while read -r candidate pattern needed; do
		# shellcheck disable=SC2254  # a pattern
		case $machine in
		$pattern) ;;
		*) continue ;;
		esac
		if has "$needed"; then
			target=$candidate
			return
		fi
		lacks="$lacks $needed"
	done <<-END
	$1
	END
}

probe() {
	machine=$(uname -m)
	choose_target "$1"
	cpus=$(getconf _NPROCESSORS_ONLN 2>/dev/null || grep -c ^processor /proc/cpuinfo 2>/dev/null)
	memory=$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo 2>/dev/null)
	targets=$(echo "$1" | cut -d' ' -f1 | sort -u | tr '\n' ' ')
	# shellcheck disable=SC2046  # the fields of df
	set -- $(df -Pk "$dir" 2>/dev/null | tail -n 1)
	free=${4:-unknown}
	leave_dir
	if [ -z "$target" ]; then
		say "wrong architecture: $machine${lacks:+, which has no$lacks}; there are programs for: ${targets% }"
		exit 2
	fi
	if [ "$free" != unknown ] && [ "$free" -lt 4096 ]; then
		say "no space: $free KiB free in $dir, and 4096 are needed"
		exit 2
	fi
	printf '%s\n' "machine=$machine" "target=$target" "cpus=${cpus:-unknown}" \
		"memory_kib=${memory:-unknown}" "free_kib=$free" "dir=$dir"
}

# ---- one run at a time ----

boot() { cat /proc/sys/kernel/random/boot_id 2>/dev/null || echo unknown; }
held() { cat "$lock/$1" 2>/dev/null; }

# A process of ours; without /proc, any of that number.
alive() {
	[ -n "$1" ] && kill -0 "$1" 2>/dev/null &&
		{ [ ! -r "/proc/$1/cmdline" ] || grep -q tornwalk "/proc/$1/cmdline"; }
}

# Has it no caller any more? A board that was reset has none; a connection that broke
# takes its run a moment to end; one that went silent brings no beat for ten seconds,
# and then its run is stopped.
orphaned() {
	[ -n "$(held pid)" ] || sleep 1
	[ "$(held boot)" = "$(boot)" ] || return 0
	pid=$(held pid)
	alive "$pid" || return 0
	beat=$(held beat)
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		sleep 1
		alive "$pid" || return 0
		[ "$(held beat)" = "$beat" ] || return 1
	done
	kill -TERM "$pid" 2>/dev/null
	for _ in 1 2 3 4 5; do
		alive "$pid" || return 0
		sleep 1
	done
	return 1
}

refuse_if_busy() {
	[ -d "$lock" ] || return 0
	if orphaned; then
		rm -rf "$lock"
		return 0
	fi
	[ -d "$lock" ] || return 0
	say "busy: a run is going on there, started by $(held who); nothing was changed"
	exit 2
}

take_lock() {
	refuse_if_busy
	mkdir "$lock" 2>/dev/null || { say "busy: another run has just begun there"; exit 2; }
	echo $$ >"$lock/pid"
	boot >"$lock/boot"
	echo "$1" >"$lock/who"
}

# ---- push: `stage` is followed by the configurations, each a cat ----

stage() {
	in=$dir/in.$2
	refuse_if_busy
	if [ -x "$dir/bin-$1/tornwalk" ]; then
		echo there
		cat >/dev/null
		exit 0
	fi
	mkdir -p "$in/configs/scenarios" "$in/configs/suites" || full
	cd "$in" || full
}

full() {
	say "no space: could not write to $dir"
	cd / && rm -rf "$in"
	leave_dir
	exit 2
}

# The program, as `cat` has left it.
install() {
	in=$dir/in.$2
	cd "$in" || exit 2
	[ "$(wc -c <tornwalk)" -eq "$3" ] || full
	chmod +x tornwalk
	why=$(./tornwalk help 2>&1 >/dev/null)
	code=$?
	cd /
	if [ $code != 0 ]; then
		rm -rf "$in"
		leave_dir
		say "the $4 program does not run there: exit code $code${why:+, $why}"
		exit 2
	fi
	[ ! -x "$dir/bin-$1/tornwalk" ] || { rm -rf "$in"; return; }
	rm -rf "$dir/bin-$1"
	mv "$in" "$dir/bin-$1"
}

drop() {
	rm -rf "$dir/in.$1"
	leave_dir
}

# ---- exec ----

# Followed by the cells that its caller has, as a cat (which need a second run, --resume
# knows); a run that was begun here
# knows better.
seed() {
	in=$dir/run-$1
	refuse_if_busy
	if [ -s "$in/results.jsonl" ]; then
		cat >/dev/null
		exit 0
	fi
	mkdir -p "$in" || full
	cd "$in" || full
}

# The caller's beats. `stop` is its Ctrl-C. The end of them is a lost connection:
# the run stops too, with exit code 5, and what is finished waits to be fetched.
listen() {
	n=0 word=lost
	while read -r word && [ "$word" != stop ]; do
		echo $((n += 1)) >"$lock/beat"
	done
	[ "$word" = stop ] || word=lost
	: >"$job/$word"
	kill -TERM "$1" 2>/dev/null
}

run() {
	bin=$dir/bin-$1 job=$dir/run-$2 who=$3
	shift 3
	[ -x "$bin/tornwalk" ] || { say "the program is gone from $dir: pushed by nobody, or removed"; exit 3; }
	take_lock "$who"
	mkdir -p "$job"
	rm -f "$job/ended" "$job/lost" "$job/stop"
	echo "$*" >"$job/arguments"
	cd "$job" || exit 3
	exec 3<&0 </dev/null
	TORNWALK_CONFIGS=$bin/configs "$bin/tornwalk" run "$@" --out results.jsonl --resume --trailer 3<&- &
	pid=$!
	echo $pid >"$lock/pid"
	listen $pid <&3 >/dev/null 2>&1 &
	ears=$!
	exec 3<&-
	wait $pid
	code=$?
	kill $ears 2>/dev/null
	cd /
	case $code in
	0 | 1 | 4) if [ -e "$job/lost" ]; then code=5; else echo $code >"$job/ended"; fi ;;
	esac
	rm -rf "$lock"
	exit $code
}

# ---- once: a program that only prints, and leaves nothing ----

# The caller's program follows, by a `cat`; in.TOKEN is its place.
place() {
	refuse_if_busy
	mkdir "$dir/in.$1" || exit 2
	echo "$dir/in.$1"
}

# Who hangs up is noticed by what the program cannot print any more.
once() {
	in=$dir/in.$1 bytes=$2
	[ "$(wc -c <"$in/tornwalk-once")" -eq "$bytes" ] || full
	take_lock "$3"
	shift 3
	chmod +x "$in/tornwalk-once"
	"$in/tornwalk-once" "$@" </dev/null &
	pid=$!
	echo $pid >"$lock/pid"
	n=0
	while kill -0 $pid 2>/dev/null; do
		echo $((n += 1)) >"$lock/beat"
		sleep 1
	done
	wait $pid
	code=$?
	cd / && rm -rf "$in" "$lock"
	leave_dir
	exit $code
}

# ---- fetch, and then done with the number of lines that arrived ----

fetch() {
	job=$dir/run-$1
	[ -d "$job" ] || { leave_dir; say "nothing to fetch: no such run there"; exit 2; }
	[ -s "$job/results.jsonl" ] || return 0
	head -n "$(wc -l <"$job/results.jsonl")" "$job/results.jsonl"	# whole ones
}

lines_of() { if [ -e "$1" ]; then wc -l <"$1"; else echo 0; fi; }

forget() {
	bin=$dir/bin-$1 job=$dir/run-$2
	[ ! -d "$lock" ] || { say "another run has begun there; nothing was removed"; exit 0; }
	if [ -s "$job/results.jsonl" ] && { [ ! -e "$job/ended" ] ||
	   [ "$(lines_of "$job/results.jsonl")" -ne "$3" ]; }; then
		say "not complete; $(lines_of "$job/results.jsonl") cells stay in $dir"
		exit 0
	fi
	cd / && rm -rf "$job" "$bin"
	find "$dir" -maxdepth 1 -name 'in.*' -mmin +60 -exec rm -rf {} + 2>/dev/null
	for other in "$dir"/run-*; do
		[ ! -e "$other" ] || say "note: another run is not complete there: $(lines_of "$other/results.jsonl")" \
			"cells of \"run $(cat "$other/arguments" 2>/dev/null)\" wait in $other"
	done
	leave_dir
}

find_dir
lock=$dir/lock
case $command in
probe | stage | install | drop | place | once | seed | run | fetch | forget) "$command" "$@" ;;
*) say "unknown command $command"; exit 2 ;;
esac
