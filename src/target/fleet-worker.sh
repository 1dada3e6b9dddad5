#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# One board of a fleet, as a job of GNU parallel: fleet-worker.sh probe|worker N SPEC,
# with $root, $dir, $work and $ssh_caller from fleet.sh, which has the invariant.
set -euo pipefail
: "${root:?}" "${dir:?}" "${work:?}" "${ssh_caller:?}"
# shellcheck source=src/target/ssh.sh
. "$root/src/target/ssh.sh"
# shellcheck source=src/target/fleet.sh
. "$root/src/target/fleet.sh"

# As ssh_session, on this machine.
fleet_native() {
	local binary=$1 file=$2 code=0 pid

	shift 2
	"$binary" run "$@" --out "$file" --resume </dev/null &
	pid=$!
	trap 'ssh_stopped=yes; kill -TERM $pid 2>/dev/null || :' INT TERM
	wait $pid || code=$?
	[ -z "$ssh_stopped" ] || { code=0; wait $pid || code=$?; }
	trap - INT TERM
	return $code
}

fleet_session() {
	if [ "$1" = native ]; then fleet_native "${@:2}"; else ssh_session "$@"; fi
}

# Takes a shard: sets shard. First the one of that number, which may have been begun
# there before; last what a worker had that is gone.
fleet_take() {
	local f pid

	for f in "$work/queue/$1" "$work"/queue/*; do
		[ -e "$f" ] || continue
		shard=${f##*/}
		! mv "$f" "$work/taken/$shard.$BASHPID" 2>/dev/null || return 0
	done
	for f in "$work"/taken/*; do
		pid=${f##*.}
		[ ! -e "$f" ] || kill -0 "$pid" 2>/dev/null || mv "$f" "$work/queue/$(basename "$f" ".$pid")" 2>/dev/null
	done
	return 1
}

# One shard, as often as the link breaks and comes back. 0: done.
fleet_shard() {
	local spec=$1 binary=$2 part=$3 code times

	for times in 1 2 3; do
		[ "$times" = 1 ] || [ "$spec" = native ] || ssh_probe "$spec" >/dev/null || break
		code=0
		fleet_session "$spec" "$binary" "$part" "${@:4}" > >(tee "$part.log") || code=$?
		[ "$code" = 255 ] || break
		sleep 1
	done
	wait	# for tee
	[ -z "$ssh_stopped" ] || return 1
	case $code in
	0 | 1 | 4) return 0 ;;
	esac
	return 1
}

# fleet_worker N SPEC: board N of the list
fleet_worker() {
	local spec=$2 name binary shard part words=() args=()

	name=$(cat "$work/board.$1/name") binary=$(cat "$work/board.$1/binary")
	mapfile -d '' -t args <"$work/arguments"
	echo $$ >"$work/board.$1/pid"
	while kill -0 "$ssh_caller" 2>/dev/null && [ ! -e "$work/stop" ]; do
		if [ -e "$work/queue.$1" ]; then	# replicated: the whole of it, and only once
			shard=$1 words=()
			rm "$work/queue.$1"
		elif fleet_take $(($1 + 1)); then
			words=(--shard "$shard/$(cat "$work/shards")")
		elif [ -n "$(ls -A "$work/taken")" ]; then
			sleep 0.5	# it may come back
			continue
		else
			break
		fi
		part=$work/part.$shard.$1
		if fleet_shard "$spec" "$binary" "$part" "${args[@]}" "${words[@]}"; then
			[ ! -e "$part" ] || cat "$part" >>"$dir/$name.jsonl"
			mv "$part" "$work/done/$shard" 2>/dev/null || : >"$work/done/$shard"
			mv "$part.log" "$work/done/$shard.log"
			echo "$spec" >"$work/done/$shard.by"
			rm -f "$work/taken/$shard.$BASHPID"
			continue
		fi
		echo "$shard" >"$work/board.$1/lost"
		[ ! -s "$part" ] || [ -z "$ssh_stopped" ] || cat "$part" >>"$dir/$name.jsonl"
		[ ! -e "$work/taken/$shard.$BASHPID" ] || mv "$work/taken/$shard.$BASHPID" "$work/queue/$shard"
		[ -n "$ssh_stopped" ] || fleet_say "$spec is given up${words[1]:+; shard ${words[1]} goes to another}"
		return
	done
}

case $1.$3 in
probe.native) echo "target=${TARGET:-x86_64}" >"$work/board.$2/facts" ;;
probe.*) ssh_probe "$3" >"$work/board.$2/facts" || : ;;
worker.*) fleet_worker "$2" "$3" ;;
esac
