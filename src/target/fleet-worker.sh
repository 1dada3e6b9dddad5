#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# One board of a fleet, as a job of GNU parallel: fleet-worker.sh probe|worker N SPEC,
# with $root, $work and $ssh_caller from fleet.sh, which has the invariant.
set -euo pipefail
: "${root:?}" "${work:?}" "${ssh_caller:?}"
# shellcheck source=src/target/ssh.sh
. "$root/src/target/ssh.sh"
# shellcheck source=src/target/native.sh
. "$root/src/target/native.sh"
# shellcheck source=src/target/qemu-system.sh
. "$root/src/target/qemu-system.sh"
# shellcheck source=src/target/fleet.sh
. "$root/src/target/fleet.sh"

fleet_going() { kill -0 "$ssh_caller" 2>/dev/null; }

# SHARD NAME: was it begun on another board, which is there to go on with it?
fleet_reserved() {
	local board other

	for board in "$work"/board.*; do
		other=$(<"$board/name")
		if [ "$other" != "$2" ] && [ -e "$work/part.$1.$other" ] && [ ! -e "$board/lost" ] &&
		   { [ ! -e "$board/pid" ] || kill -0 "$(<"$board/pid")" 2>/dev/null; }; then
			return 0
		fi
	done
	return 1
}

# Takes a shard: sets shard. First what was begun on this board before, then the one
# of its number; last what a worker had that is gone. Replicated, only its own.
fleet_take() {
	local f pid first=()

	for f in "$work/part".*."$2"; do
		f=${f#"$work/part."}
		[ "$(<"$work/mode")" = replicated ] || first+=("$work/queue/${f%".$2"}")
	done
	if [ "$(<"$work/mode")" = replicated ]; then
		first=("$work/queue/$2")
	else
		first+=("$work/queue/$1" "$work"/queue/*)
	fi
	for f in "${first[@]}"; do
		shard=${f##*/}
		if [ ! -e "$f" ] || fleet_reserved "$shard" "$2"; then continue; fi
		! mv "$f" "$work/taken/$shard.$BASHPID" 2>/dev/null || return 0
	done
	for f in "$work"/taken/*; do
		pid=${f##*.}
		[ ! -e "$f" ] || kill -0 "$pid" 2>/dev/null || mv "$f" "$work/queue/$(basename "$f" ".$pid")" 2>/dev/null
	done
	return 1
}

# A run that somebody else has stopped ends like one that found too little.
fleet_interrupted() {
	[ "$(count_trailer "$1.log" interrupted)" = 1 ] || count_once "$1" | grep -q '"cause":"interrupted"'
}

# One shard, as often as the link breaks and comes back: half a minute of trying. 0: done.
fleet_shard() {
	local spec=$1 binary=$2 part=$3 code=255 pause

	for pause in 0 1 3 9 15; do
		sleep "$pause"
		fleet_going || return 1
		[ "$pause" = 0 ] || [[ $spec != ssh:* ]] || ssh_probe "$spec" >/dev/null || continue
		code=0
		count_logged "$part.log" "$(target_kind "$spec")_session" "$spec" "$binary" "$part" "${@:4}" || code=$?
		if [ "$code" != 255 ] || [ -n "$ssh_stopped" ]; then break; fi
	done
	case $code in
	0 | 1 | 4) ! fleet_interrupted "$part" ;;
	*) return 1 ;;
	esac
}

# SHARD NAME SPEC: its lines are results from here on; the last step makes them so.
fleet_done() {
	local part=$work/part.$1.$2

	echo "$3" >"$work/done/$1.by"
	mv "$part.log" "$work/done/$1.log"
	count_once "$part" >"$part.once"
	mv "$part.once" "$work/done/$1"
	rm -f "$part" "$work/taken/$1.$BASHPID"
}

# fleet_worker N SPEC: board N of the list
fleet_worker() {
	local spec=$2 name binary shard words args=()

	name=$(<"$work/board.$1/name") binary=$(<"$work/board.$1/binary")
	mapfile -d '' -t args <"$work/arguments"
	ssh_idle_trap='ssh_stopped=yes'		# what a board has still comes home
	# shellcheck disable=SC2064  # as it is now
	trap "$ssh_idle_trap" INT TERM
	echo $$ >"$work/board.$1/pid.new"
	mv "$work/board.$1/pid.new" "$work/board.$1/pid"
	while fleet_going && [ ! -e "$work/stop" ]; do
		if ! fleet_take $(($1 + 1)) "$name"; then
			if [ "$(<"$work/mode")" = replicated ] ||
			   ! compgen -G "$work/taken/*" >/dev/null && ! compgen -G "$work/queue/*" >/dev/null; then
				break
			fi
			sleep 0.5	# what another has may come back
			continue
		fi
		words=()
		[ "$(<"$work/mode")" = replicated ] || words=(--shard "$shard/$(<"$work/shards")")
		touch "$work/part.$shard.$name"
		if fleet_shard "$spec" "$binary" "$work/part.$shard.$name" "${args[@]}" "${words[@]}"; then
			fleet_done "$shard" "$name" "$spec"
			continue
		fi
		echo "$shard" >"$work/board.$1/lost"
		mv "$work/taken/$shard.$BASHPID" "$work/queue/$shard"
		[ -n "$ssh_stopped" ] || ! fleet_going ||
			fleet_say "$spec is given up${words[1]:+; shard ${words[1]} goes to another}"
		return
	done
}

case $1 in
probe) "$(target_kind "$3")_probe" "$3" >"$work/board.$2/facts" || : ;;
worker) fleet_worker "$2" "$3" ;;
esac
