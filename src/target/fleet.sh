# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Many boards at once. Sourced by run.sh, after ssh.sh and qemu-system.sh. GNU parallel
# runs a worker for each board (fleet-worker.sh); a directory, $work, is what they have
# in common, and what --resume goes on from:
#   mode, shards, arguments, files/     what was asked for
#   queue/SHARD -> taken/SHARD.PID -> done/SHARD (its lines), SHARD.log, SHARD.by
#   part.SHARD.NAME                     what a board has brought of a shard so far
#   board.N/{spec,name,facts,binary,pid,lost}, stop    of this call only
#
#   fleet FILE [--sharded|--replicated] [run arguments]
#   fleet FILE --resume DIR
#
# FILE has a board a line, ssh:[USER@]HOST[:PORT], qemu:BOARD or native, and # comments.
# Sharded: each cell is run once, by one board or another. Replicated: by each board,
# and SHARD above is the board's name.
#
# Key invariant: a shard is in the queue, or with one living worker, or done; its
# lines become results all at once, when one board has done the whole of it. So a
# control speaks for the cells beside it, and nothing is counted twice. The files in
# $dir are made from $work, whenever a call ends.
#
# Parallel's own --sshloginfile does not fit: it needs perl and rsync on each board,
# brings a file home only from a job that ended well, and starts a job that was lost
# from nothing elsewhere: no resume, nothing fetched, nothing cleaned up there.

: "${root:?}"

# shellcheck source=src/target/fleet-results.sh
. "$root/src/target/fleet-results.sh"

fleet_say() { echo "run.sh: fleet: $*" >&2; }

# ---- FILE and arguments; sets fleet_boards, fleet_mode, fleet_from, fleet_args ----

# shellcheck disable=SC2154  # qemu-system.sh's
fleet_kinds="ssh:USER@HOST[:PORT], ${qemu_system_boards// /, } or native"

fleet_board_ok() {
	case $1 in
	native) ;;
	ssh:*) ssh_open "$1" 2>/dev/null ;;
	qemu:*) [[ " $qemu_system_boards " == *" $1 "* ]] ;;
	*) return 1 ;;
	esac
}

fleet_read() {
	local file=$1 n=0 line
	local -A where=()

	if [ ! -f "$file" ] || [ ! -r "$file" ]; then
		fleet_say "cannot read $file"
		return 2
	fi
	while IFS= read -r line || [ -n "$line" ]; do
		n=$((n + 1)) line=${line%%#*}
		read -r line <<<"$line" || :	# no blanks around it
		[ -n "$line" ] || continue
		if ! fleet_board_ok "$line"; then
			fleet_say "$file:$n: bad board \"$line\"; it is $fleet_kinds"
			return 2
		fi
		if [ -n "${where[$line]:-}" ]; then
			fleet_say "$file:$n: $line is on line ${where[$line]} already; a board runs one thing at a time"
			return 2
		fi
		where[$line]=$n
		fleet_boards+=("$line")
	done <"$file"
	[ ${#fleet_boards[@]} -gt 0 ] || { fleet_say "$file: no board in it"; return 2; }
}

fleet_words() {
	local words=("$@") i

	fleet_mode=sharded fleet_from='' fleet_args=()
	for ((i = 0; i < $#; i++)); do
		case ${words[i]} in
		--sharded | --replicated) fleet_mode=${words[i]#--} ;;
		--resume) fleet_from=${words[++i]:-} ;;&
		--resume=*) fleet_from=${words[i]#*=} ;;&
		--resume | --resume=*)
			[ -z "$fleet_from" ] || continue
			fleet_say "--resume needs the DIR of the fleet that was begun"
			return 2 ;;
		--out | --out=* | --shard | --shard=*)
			fleet_say "${words[i]}: that is the fleet's own business"
			return 2 ;;
		*) fleet_args+=("${words[i]}") ;;
		esac
	done
	if [ -n "$fleet_from" ] && [ ${#fleet_args[@]} -gt 0 ]; then
		fleet_say "--resume goes on with the words it was begun with, not with \"${fleet_args[*]}\""
		return 2
	fi
	target_words "${fleet_args[@]}"
}

# The program for a target, built; run.sh has a build() of its own for the host's.
fleet_binary() {
	make -s -C "$root" TARGET="$1" COMPILER="${COMPILER:-gcc}" >&2 || return
	echo "$root/build/$1-${COMPILER:-gcc}/tornwalk"
}

# ---- all of them ----

fleet_name() {
	local name=${1#ssh:}

	echo "${name//[!A-Za-z0-9@._-]/_}"
}

# The units of work: shards by number, or boards by name.
fleet_units() {
	if [ "$(<"$work/mode")" = replicated ]; then cat "$work/shards"; else seq "$(<"$work/shards")"; fi
}

# A new one: what was asked for, with the .ini files as they are now.
fleet_begin() {
	local i n=0 spec

	mkdir "$work" "$work"/{queue,taken,done,files} || return 2
	for i in "${!fleet_args[@]}"; do
		[[ ${fleet_args[i]} == *.ini ]] || continue
		mkdir "$work/files/$((++n))"
		cp "${fleet_args[i]}" "$work/files/$n/" || return 2
		fleet_args[i]=$work/files/$n/${fleet_args[i]##*/}
	done
	[ ${#fleet_args[@]} = 0 ] || printf '%s\0' "${fleet_args[@]}" >"$work/arguments"
	touch "$work/arguments"
	for spec in "${fleet_boards[@]}"; do fleet_name "$spec"; done >"$work/shards"
	[ "$fleet_mode" = replicated ] || echo ${#fleet_boards[@]} >"$work/shards"
	echo "$fleet_mode" >"$work/mode"	# the last: before it, nothing was begun
	fleet_units | while read -r i; do : >"$work/queue/$i"; done
}

# An old one: what nobody is at any more goes back into the queue.
fleet_again() {
	local f pid tries

	if [ ! -e "$work/mode" ]; then
		fleet_say "--resume $fleet_from: no fleet that could go on is there"
		return 2
	fi
	for f in "$work"/board.*/pid; do
		[ -e "$f" ] || continue
		pid=$(<"$f")
		for ((tries = 0; tries < 300; tries++)); do	# its caller is gone: it ends soon
			grep -qsa fleet-worker "/proc/$pid/cmdline" || continue 2
			sleep 0.1
		done
		fleet_say "--resume $fleet_from: process $pid of the fleet that was begun there is still running"
		return 2
	done
	rm -rf --one-file-system "$work"/board.* "$work/stop"
	for f in $(fleet_units); do
		rm -f "$work/taken/$f".*
		[ -e "$work/done/$f" ] || : >"$work/queue/$f"
	done
	fleet_mode=$(<"$work/mode")
}

fleet_prepare() {
	local i target binary

	for i in "${!fleet_boards[@]}"; do
		mkdir -p "$work/board.$i"
		echo "${fleet_boards[i]}" >"$work/board.$i/spec"
		fleet_name "${fleet_boards[i]}" >"$work/board.$i/name"
	done
	fleet_parallel probe
	for i in "${!fleet_boards[@]}"; do
		target=$(sed -n 's/^target=//p' "$work/board.$i/facts")
		if [ -z "$target" ]; then
			echo probe >"$work/board.$i/lost"
			continue
		fi
		binary=$(fleet_binary "$target") || { fleet_say "cannot build for $target"; return 2; }
		echo "$binary" >"$work/board.$i/binary"
		fleet_alive+=("$i")
	done
	[ ${#fleet_alive[@]} -gt 0 ] || { fleet_say "no board is left"; return 2; }
}

# fleet_parallel probe|worker [NUMBERS]: all at once, each line with its board
fleet_parallel() {
	local what=$1 numbers=("${@:2}") specs=() parallel i

	[ ${#numbers[@]} -gt 0 ] || numbers=("${!fleet_boards[@]}")
	for i in "${numbers[@]}"; do
		specs+=("${fleet_boards[i]}")
	done
	# a session of its own: Ctrl-C is for us to pass on
	env ssh_caller=$$ root="$root" work="$work" PARALLEL= PARALLEL_HOME="$work" setsid -w \
		parallel --will-cite -j 0 --line-buffer --tagstring '{2}' \
		bash "$root/src/target/fleet-worker.sh" "$what" ::: "${numbers[@]}" :::+ "${specs[@]}" </dev/null {lock}>&- &
	parallel=$!
	while ! wait $parallel && kill -0 $parallel 2>/dev/null; do :; done
}

fleet_stop() {
	local f

	: >"$work/stop"
	for f in "$work"/board.*/pid; do
		[ ! -e "$f" ] || kill -TERM "$(cat "$f")" 2>/dev/null || :
	done
}

# Sets dir.
fleet_dir() {
	if [ -n "$fleet_from" ]; then
		dir=${fleet_from%/}
		return
	fi
	dir=${TORNWALK_RESULTS:-$root/results/runs}/fleet/$(date -u +%Y%m%dT%H%M%SZ)
	mkdir -p "${dir%/*}" && mkdir "$dir"
}

fleet() {
	local dir work lock stopped='' code=0
	local fleet_boards=() fleet_alive=() fleet_args=() fleet_mode fleet_from

	[ $# -gt 0 ] || { fleet_say "needs a FILE of boards; configs/fleet/example.fleet is one"; return 2; }
	fleet_words "${@:2}" && fleet_read "$1" || return 2
	[[ $(parallel --version 2>/dev/null) == "GNU parallel"* ]] || {
		fleet_say "GNU parallel is not installed; ./run.sh setup boards"
		return 2
	}
	fleet_dir || return 2
	work=$(readlink -f "$dir")/unfinished
	if [ -z "$fleet_from" ]; then fleet_begin || return 2; fi
	[ ! -d "$work" ] || exec {lock}>"$work/lock"
	if [ -n "${lock:-}" ] && ! flock -n "$lock"; then
		fleet_say "--resume $fleet_from: that fleet is still going on"
		return 2
	fi
	if [ -n "$fleet_from" ]; then fleet_again || return 2; fi
	trap 'stopped=interrupted; fleet_stop' INT TERM
	if fleet_prepare && [ -z "$stopped" ]; then
		fleet_parallel worker "${fleet_alive[@]}"
		fleet_finish "$stopped" || code=$?
	else
		code=2
	fi
	trap - INT TERM
	fleet_tidy
	return $code
}

# What is needed to go on stays; a fleet that never ran a cell leaves nothing.
fleet_tidy() {
	local unit begun='' left=''

	exec {lock}>&-
	for unit in $(fleet_units); do
		if [ -e "$work/done/$unit" ]; then begun=yes; else left=yes; fi
		! compgen -G "$work/part.$unit.*" >/dev/null || begun=yes
	done
	[ -z "$begun" ] || [ -z "$left" ] || return 0
	rm -rf --one-file-system "$work"
	rmdir "$dir" 2>/dev/null || :
}
