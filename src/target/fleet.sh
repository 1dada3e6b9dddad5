# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Many boards at once. Sourced by run.sh, after ssh.sh. GNU parallel runs a worker for
# each board (fleet-worker.sh); a directory, $work, is what they have in common:
#   board.N/{spec,name,facts,binary,pid,lost}   shards, arguments, stop
#   queue/SHARD -> taken/SHARD.PID -> done/SHARD (its lines), SHARD.log, SHARD.by
#
#   fleet FILE [--sharded|--replicated] [run arguments]
#
# FILE has a board a line, ssh:[USER@]HOST[:PORT] or native, and # comments. Sharded:
# each cell is run once, by one board or another. Replicated: by each board.
#
# Key invariant: a shard is in the queue, or with one living worker, or done; its
# lines become results all at once, when one board has done the whole of it. So a
# control speaks for the cells beside it, and nothing is counted twice.
#
# Parallel's own --sshloginfile does not fit: it needs perl and rsync on each board,
# brings a file home only from a job that ended well, and starts a job that was lost
# from nothing elsewhere: no resume, nothing fetched, nothing cleaned up there.

: "${root:?}"

fleet_say() { echo "run.sh: fleet: $*" >&2; }

# ---- FILE and arguments; sets fleet_boards, fleet_mode, fleet_args ----

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
		case $line in
		"") continue ;;
		native) ;;
		ssh:*) ssh_open "$line" 2>/dev/null || {
			fleet_say "$file:$n: bad board \"$line\"; it is ssh:USER@HOST[:PORT] or native"
			return 2
		} ;;
		*) fleet_say "$file:$n: bad line \"$line\"; a board is ssh:USER@HOST[:PORT] or native"
		   return 2 ;;
		esac
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
	fleet_mode=sharded fleet_args=()
	for word; do
		case $word in
		--sharded | --replicated) fleet_mode=${word#--} ;;
		--out | --out=* | --shard | --shard=* | --resume)
			fleet_say "$word: that is the fleet's own business"
			return 2 ;;
		*) fleet_args+=("$word") ;;
		esac
	done
	ssh_words "$@"
}

# The program for a target, built; run.sh has a build() of its own for the host's.
fleet_binary() {
	make -s -C "$root" TARGET="$1" COMPILER="${COMPILER:-gcc}" >&2 || return
	echo "$root/build/$1-${COMPILER:-gcc}/tornwalk"
}

# ---- all of them ----

fleet_prepare() {
	local i target binary name

	for i in "${!fleet_boards[@]}"; do
		name=${fleet_boards[i]#ssh:}
		mkdir -p "$work/board.$i"
		echo "${fleet_boards[i]}" >"$work/board.$i/spec"
		echo "${name//[:\/]/_}" >"$work/board.$i/name"
	done
	printf '%s\0' "${fleet_args[@]}" >"$work/arguments"
	[ ${#fleet_args[@]} -gt 0 ] || : >"$work/arguments"
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
		if [ "$fleet_mode" = replicated ]; then
			: >"$work/queue.$i"
		fi
	done
	[ "$fleet_mode" = replicated ] || for i in "${!fleet_boards[@]}"; do
		: >"$work/queue/$((i + 1))"
	done
	echo ${#fleet_boards[@]} >"$work/shards"
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
	env ssh_caller=$$ root="$root" dir="$dir" work="$work" PARALLEL= PARALLEL_HOME="$work" setsid -w \
		parallel --will-cite -j 0 --line-buffer --tagstring '{2}' \
		bash "$root/src/target/fleet-worker.sh" "$what" ::: "${numbers[@]}" :::+ "${specs[@]}" </dev/null &
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

# ---- what came of it ----

fleet_verdicts() { grep -c "\"verdict\":\"$1\"" "$dir/merged.jsonl" || :; }

# Prints the last lines; the exit code is tornwalk's, or 2 when something was not done.
fleet_finish() {
	local i n missing=0 planned lost=() fail poor what unit=shards

	for i in "${!fleet_boards[@]}"; do
		[ ! -e "$work/board.$i/lost" ] || lost+=("${fleet_boards[i]}")
		n=$((i + 1))
		[ "$fleet_mode" = sharded ] || n=$i unit=runs
		if [ ! -e "$work/done/$n" ]; then
			missing=$((missing + 1))
		else
			cat "$work/done/$n" >>"$dir/merged.jsonl"
			cat "$work/done/$n.log" >>"$work/log"
			[ "$(cat "$work/done/$n.by")" = "${fleet_boards[i]}" ] ||
				echo "fleet: shard $n/${#fleet_boards[@]} of ${fleet_boards[i]} was done by $(cat "$work/done/$n.by")"
		fi
	done
	touch "$dir/merged.jsonl"
	fail=$(fleet_verdicts fail) poor=$(fleet_verdicts inconclusive)
	what=$(wc -l <"$dir/merged.jsonl")
	echo "fleet: $what cells: $(fleet_verdicts pass) pass, $fail fail, $poor inconclusive; $fleet_mode," \
		"${#fleet_boards[@]} boards${lost[*]:+, lost: ${lost[*]}}; results in $dir"
	[ "$missing" = 0 ] || fleet_say "$missing of ${#fleet_boards[@]} $unit not done${1:+ ($1)}"
	planned=$(sed -n 's/.*; shard [0-9/]* of \([0-9]*\) cells.*/\1/p' "$work/log" 2>/dev/null | sort -u)
	if [ "$missing" = 0 ] && [ "$fleet_mode" = sharded ] && [ -n "$planned" ] && [ "$planned" != "$what" ]; then
		fleet_say "the boards do not plan the same cells (${planned//$'\n'/, }; merged $what): some can run what others cannot; use --replicated"
		poor=1
	fi
	[ "$fail" = 0 ] || return 1
	[ "$missing" = 0 ] || [ -n "$1" ] || return 2
	[ "$poor$missing" = 00 ] || return 4
}

fleet() {
	local dir work stopped='' code=0
	local fleet_boards=() fleet_alive=() fleet_args=() fleet_mode

	[ $# -gt 0 ] || { fleet_say "needs a FILE of boards; configs/fleet/example.fleet is one"; return 2; }
	fleet_words "${@:2}" && fleet_read "$1" || return 2
	[[ $(parallel --version 2>/dev/null) == "GNU parallel"* ]] || {
		fleet_say "GNU parallel is not installed; ./run.sh setup boards"
		return 2
	}
	dir=${TORNWALK_RESULTS:-$root/results/runs}/fleet/$(date -u +%Y%m%dT%H%M%SZ)
	mkdir -p "${dir%/*}" && mkdir "$dir" || return 2
	work=$(mktemp -d "$dir/.work.XXXXXX") || return 2
	mkdir "$work/queue" "$work/taken" "$work/done"
	trap 'stopped=interrupted; fleet_stop' INT TERM
	if fleet_prepare && [ -z "$stopped" ]; then
		fleet_parallel worker "${fleet_alive[@]}"
		fleet_finish "$stopped" || code=$?
	else
		code=2
	fi
	trap - INT TERM
	rm -rf --one-file-system "$work"
	rmdir "$dir" 2>/dev/null || :
	return $code
}
