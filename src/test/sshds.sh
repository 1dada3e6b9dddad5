# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Sourced by tests after lib.sh: boards that are network namespaces, each with a real
# sshd on 10.77.N.2. The test moves into namespaces of its own first, so nothing of
# this is seen outside, and all of it is gone when the last process has ended.

: "${tmp:?}" "${root:?}"
sshd=/usr/sbin/sshd
[ -x $sshd ] || sshd=$root/build/boards/sshd/usr/sbin/sshd	# of ./run.sh setup boards-test
declare -A board_holder=()

# Why not here? Nothing: it can be done.
boards_why_not() {
	[ "$(id -u)" = 0 ] || { echo "network namespaces need root"; return; }
	command -v ip >/dev/null || { echo "no ip command (iproute2)"; return; }
	command -v ssh >/dev/null || { echo "no ssh (openssh-client)"; return; }
	[ -x "$sshd" ] || { echo "no sshd; ./run.sh setup boards-test has it"; return; }
	unshare --net --mount sh -c 'ip link set lo up && ip link add twtest type veth peer name twpeer' 2>/dev/null ||
		echo "making network namespaces is not permitted here"
}

# Runs the test again in namespaces of its own: to be called first. 1 and $boards_why:
# not to be had here.
boards_enter() {
	if [ -z "${TORNWALK_BOARDS:-}" ]; then
		boards_why=$(boards_why_not)
		[ -z "$boards_why" ] || return 1
		rm -rf --one-file-system "$tmp"
		TORNWALK_BOARDS=yes exec unshare --net --mount bash "$0"
	fi
	unset TORNWALK_BOARDS
	trap boards_clean_up EXIT
	ip link set lo up
	if ! getent passwd sshd >/dev/null; then	# of this mount namespace only
		{ cat /etc/passwd && echo "sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin"; } >"$tmp/passwd"
		mount --bind "$tmp/passwd" /etc/passwd
	fi
	# sshd wants it to be there; also of this mount namespace only, for another test may
	# be at it, and would have made or removed it
	mount -t tmpfs none /run && mkdir -m 755 /run/sshd
	ssh-keygen -q -t ed25519 -N '' -C '' -f "$tmp/key"
	ssh-keygen -q -t ed25519 -N '' -C '' -f "$tmp/host"
	export TORNWALK_SSH="ssh -F none -i $tmp/key -o UserKnownHostsFile=$tmp/known -o KexAlgorithms=curve25519-sha256"
}

# Only what runs in the boards' own namespaces.
board_pids() {
	local at

	at=$(readlink "/proc/${board_holder[$1]}/ns/net") || return 0
	at=${at//[][]/?}
	find /proc -mindepth 3 -maxdepth 3 -path '/proc/[0-9]*/ns/net' -lname "$at" 2>/dev/null | cut -d/ -f3
}

# Pulled out: nothing of it answers any more.
board_kill() {
	local pids

	mapfile -t pids < <(board_pids "$1")
	[ ${#pids[@]} = 0 ] || kill -9 "${pids[@]}" 2>/dev/null
	ip link del "tw$1" 2>/dev/null
}

boards_clean_up() {
	local n

	for n in "${!board_holder[@]}"; do
		board_kill "$n"
	done
	clean_up
}

# board_start N [WORDS before sshd]: home is $tmp/home.N, $tmp/bin.N is first in its
# PATH, and board_path="" makes it all there is
board_start() {
	local n=$1 holder

	unshare --net sleep 1000 &
	holder=$!
	disown
	board_holder[$n]=$holder
	while [ "$(readlink "/proc/$holder/ns/net")" = "$(readlink /proc/self/ns/net)" ]; do
		sleep 0.02
	done
	ip link add "tw$n" type veth peer name board netns "$holder"
	ip addr add "10.77.$n.1/24" dev "tw$n"
	ip link set "tw$n" up
	nsenter -t "$holder" -n ip addr add "10.77.$n.2/24" dev board
	nsenter -t "$holder" -n ip link set board up
	nsenter -t "$holder" -n ip link set lo up
	mkdir -p "$tmp/home.$n" "$tmp/bin.$n" "$tmp/tmpdir.$n"
	grep -q "^10.77.$n.2 " "$tmp/known" 2>/dev/null ||
		echo "10.77.$n.2 $(cut -d' ' -f1,2 "$tmp/host.pub")" >>"$tmp/known"
	cat >"$tmp/sshd.$n" <<-END
	ListenAddress 10.77.$n.2
	HostKey $tmp/host
	AuthorizedKeysFile $tmp/key.pub
	StrictModes no
	UsePAM no
	PidFile none
	PermitRootLogin yes
	PasswordAuthentication no
	SetEnv HOME=$tmp/home.$n TMPDIR=$tmp/tmpdir.$n PATH=$tmp/bin.$n${board_path-:/usr/sbin:/usr/bin:/sbin:/bin}
	END
	: >"$tmp/sshd.$n.log"
	nsenter -t "$holder" -n "${@:2}" "$sshd" -D -f "$tmp/sshd.$n" -E "$tmp/sshd.$n.log" </dev/null &
	disown
	for _ in {1..100}; do
		! grep -q 'Server listening' "$tmp/sshd.$n.log" || return 0
		sleep 0.05
	done
	echo "# no sshd on board $n: $(tail -n 1 "$tmp/sshd.$n.log")"
	return 1
}

board() { echo "ssh:root@10.77.$1.2"; }

# What runs there besides the one sshd that listens and who holds the namespace.
board_strays() {
	local p words

	for p in $(board_pids "$1"); do
		words=$({ tr '\0' ' ' <"/proc/$p/cmdline"; } 2>/dev/null)
		case $words in
		"" | "sleep 1000 "* | *"-D -f $tmp/sshd."*) ;;
		*) echo "$p $words" ;;
		esac
	done
}

# No process and no file: within the seconds that a connection needs to close.
board_clean() {
	for _ in {1..50}; do
		[ -n "$(board_strays "$1")$(find "$tmp/home.$1" "$tmp/tmpdir.$1" -mindepth 1)" ] || return 0
		sleep 0.1
	done
	board_strays "$1" | sed 's/^/# stray process: /'
	find "$tmp/home.$1" "$tmp/tmpdir.$1" -mindepth 1 | head -n 5 | sed 's/^/# stray file: /'
	return 1
}

# Nothing runs there any more, in a while.
board_idle() {
	for _ in {1..80}; do
		[ -n "$(board_strays "$1")" ] || return 0
		sleep 0.1
	done
	return 1
}

# Kills the process of sshd that a session hangs on.
board_hang_up() {
	local p

	for p in $(board_pids "$1"); do
		[[ "$({ tr '\0' ' ' <"/proc/$p/cmdline"; } 2>/dev/null)" != "sshd: root"* ]] || kill -9 "$p"
	done
}

# The run there stands still: whatever is done to it now comes in the middle of it.
board_runs() { board_strays "$1" | sed -n 's/ .*tornwalk run.*//p'; }
board_freeze() {
	mapfile -t board_frozen < <(board_runs "$1")
	kill -STOP "${board_frozen[@]}" 2>/dev/null
}
board_thaw() { kill -CONT "${board_frozen[@]}" 2>/dev/null; }

names() { sed 's/.*"scenario":"\([^"]*\)".*/\1/' "$@" | sort; }

# A verdict's exit code is tornwalk's, whichever the machine brings about.
as_in() {
	case $(sed 's/.*"verdict":"\([a-z]*\)".*/\1/' "$1" | sort -u | tr '\n' ' ') in
	*fail*) exits 1 ;;
	*inconclusive*) exits 4 ;;
	*) exits 0 ;;
	esac
}
