# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Boards over ssh. Sourced by run.sh, which sets $root; the board's side is board.sh.
# SPEC: ssh:[USER@]HOST[:PORT]. TORNWALK_SSH="ssh -i KEY ..." comes before our own
# options, and ssh keeps the first value it is given. TORNWALK_BOARD_DIR: work there.
#
# Key invariant: a line leaves the board only after it is in FILE, and is in FILE
# once. A caller that dies, a link that breaks or goes silent, a board that is
# reset: what was finished stays there, the run stops (when the link goes silent
# it goes on until somebody else calls), and the same arguments go on from there.
#
# The three below are called in one shell, in this order:
#   ssh_push SPEC BINARY ARGS...   ssh_exec SPEC FILE ARGS...   ssh_fetch SPEC FILE
# Each: 0, or 2 after one line on stderr. ssh_exec: what tornwalk exits with (0, 1,
# 2, 4), or 255 when the connection was lost: then there is nothing to fetch yet.
# Ctrl-C during ssh_exec ends the cell, sets ssh_stopped; fetch then also cleans up.
# What FILE has of the same run before is not run again.
# ssh_session SPEC BINARY FILE ARGS... does all three, and counts.

: "${root:?}"
# shellcheck source=src/target/target.sh
. "$root/src/target/target.sh"
declare -gA ssh_id=() ssh_key=() ssh_dir=()
export ssh_stopped=	# and $ssh_idle_trap is what a caller does about a signal at other times

ssh_say() { echo "run.sh: $*" >&2; }

# For a POSIX shell that is not ours.
ssh_quote() {
	local word

	for word; do
		printf "'%s' " "${word//\'/\'\\\'\'}"
	done
}

# ---- one command there ----

# Sets ssh_command.
ssh_open() {
	local form='^ssh:(([[:alnum:]_][[:alnum:]_.-]*@)?)(\[[[:xdigit:]:.%[:alnum:]]+\]|[[:alnum:]][[:alnum:]_.-]*)(:([0-9]{1,5}))?$'
	local host port

	if ! [[ $1 =~ $form ]] || ((10#${BASH_REMATCH[5]:-22} < 1 || 10#${BASH_REMATCH[5]:-22} > 65535)); then
		ssh_say "bad board \"$1\"; it is ssh:USER@HOST[:PORT], for example ssh:root@10.0.0.7:2222"
		return 2
	fi
	host=${BASH_REMATCH[3]} port=${BASH_REMATCH[5]}
	host=${host#\[} host=${BASH_REMATCH[1]}${host%\]}
	read -ra ssh_command <<<"${TORNWALK_SSH:-ssh}"
	ssh_command+=(-T -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=5
		-o ServerAliveCountMax=3 -o LogLevel=ERROR ${port:+-p "$port"} -- "$host")
}

# ssh_on SPEC COMMAND: standard input and output are the command's.
ssh_on() {
	local err code=0

	ssh_open "$1" || return 2
	{ err=$("${ssh_command[@]}" "$2" 2>&1 >&3 3>&-) || code=$?; } 3>&1
	err=${err//$'\r'/}
	if [ "$code" = 255 ]; then
		err=${err##*$'\n'}
		ssh_say "$1: no connection: ${err#ssh: }"
	elif [ -n "$err" ]; then
		echo "$err" >&2
	elif [ "$code" != 0 ]; then
		ssh_say "$1: the command there ended with exit code $code"
	fi
	[ "$code" = 0 ] || return 2
}

# ssh_board SPEC COMMAND ARGS...: board.sh there, and what is on standard input after it
ssh_board() {
	local spec=$1

	shift
	cat "$root/src/target/board.sh" - |
		ssh_on "$spec" "sh -s -- $(ssh_quote "run.sh: $spec" "${TORNWALK_BOARD_DIR:-}" "$@")"
}

# For the board to choose from: "TARGET PATTERN NEEDED", what asks for more first.
ssh_targets() {
	local target word

	for target in $(facts_names targets); do
		set -f
		for word in $(fact "targets/$target" BOARD); do
			[[ $word != *:* ]] || echo "1 $target ${word%:*} ${word#*:}"
			[[ $word == *:* ]] || echo "2 $target $word -"
		done
		set +f
	done | sort | cut -d' ' -f2-
}

# KEY=value: machine target cpus memory_kib free_kib dir
ssh_probe() { ssh_board "$1" probe "$(ssh_targets)" </dev/null; }

# ---- push ----

# ssh_fits BINARY MACHINE: prints what the ELF header says it is for; does that fit?
ssh_fits() {
	local target what="no machine known here" elf on="" fits=1

	elf=$(target_elf "$1")
	for target in $(facts_names targets); do
		[ "$elf" = "$(fact "targets/$target" ELF)" ] || continue
		what=$(fact "targets/$target" TRIPLE)
		read -ra on <<<"$(fact "targets/$target" RUNS_ON)"
		for on in "${on[@]}"; do
			# shellcheck disable=SC2053  # a pattern
			[[ $2 != $on ]] || fits=0
		done
	done
	echo "${what%%-*}"
	return $fits
}

# NAME FILE: one line of a shell program that makes it there, and the file
ssh_here() {
	printf 'cat >%s<<"End-of-file" || full\n' "$(ssh_quote "$1")"
	cat "$2"
	printf '\nEnd-of-file\n'
}

# ARGS...: the configurations, board.sh and the .ini files among the arguments, as a
# shell program for `stage` to go on with.
ssh_configs() (
	n=0
	for word; do
		[[ $word == *.ini ]] || continue
		printf 'mkdir -p files/%s || full\n' $((++n))
		ssh_here "files/$n/${word##*/}" "$word"
	done
	cd "${TORNWALK_CONFIGS:-$root/configs}" || exit
	for file in scenarios/*.ini suites/*.ini; do
		ssh_here "configs/$file" "$file"
	done
	ssh_here board.sh "$root/src/target/board.sh"
)

ssh_push() {
	local spec=$1 binary=$2 facts machine what id token there bytes code=0

	shift 2
	facts=$(ssh_probe "$spec") || return 2
	machine=$(sed -n 's/^machine=//p' <<<"$facts")
	ssh_dir[$spec]=$(sed -n 's/^dir=//p' <<<"$facts")
	bytes=$(stat -c %s "$binary" 2>/dev/null) || { ssh_say "$binary: no such program"; return 2; }
	what=$(ssh_fits "$binary" "$machine") || {
		ssh_say "$spec: wrong architecture: it is $machine, $binary is for $what"
		return 2
	}
	id=$({ cat "$binary" && ssh_configs "$@"; } | sha256sum | cut -c1-16)
	token=$id-$$-$RANDOM
	trap 'ssh_board "$spec" drop "$token" </dev/null 2>/dev/null || :; exit 130' INT TERM
	if ! there=$(ssh_configs "$@" | ssh_board "$spec" stage "$id" "$token"); then
		code=2
	elif [ -z "$there" ]; then	# what does not fit is found by its size
		ssh_on "$spec" "cd $(ssh_quote "${ssh_dir[$spec]}/in.$token") && cat >tornwalk 2>/dev/null || cat >/dev/null" <"$binary" &&
			ssh_board "$spec" install "$id" "$token" "$bytes" "$what" </dev/null || code=2
	fi
	# shellcheck disable=SC2064  # as it is now
	trap "${ssh_idle_trap:--}" INT TERM
	[ "$code" != 0 ] || ssh_id[$spec]=$id
	return "$code"
}

# SPEC PROGRAM ARGS...: what it prints there, and its exit code; 2 after one line, too
ssh_once() {
	local spec=$1 program=$2 facts machine what token at code=0 words

	shift 2
	facts=$(ssh_probe "$spec") || return 2
	machine=$(sed -n 's/^machine=//p' <<<"$facts")
	what=$(ssh_fits "$program" "$machine") || {
		ssh_say "$spec: wrong architecture: it is $machine, ${program##*/} is for $what"
		return 2
	}
	token=once-$$-$RANDOM
	trap 'ssh_board "$spec" drop "$token" </dev/null 2>/dev/null || :; exit 130' INT TERM
	words=$(ssh_quote "run.sh: $spec" "${TORNWALK_BOARD_DIR:-}" once "$token" "$(stat -c %s "$program")" \
		"$(id -un)@$(uname -n), $(date -u +%Y-%m-%dT%H:%M:%SZ)" "$@")
	at=$(ssh_board "$spec" place "$token" </dev/null) &&
		ssh_on "$spec" "cat >$(ssh_quote "$at/tornwalk-once") 2>/dev/null || cat >/dev/null" <"$program" &&
		ssh_open "$spec" || code=2
	[ "$code" != 0 ] || "${ssh_command[@]}" "sh -s -- $words" <"$root/src/target/board.sh" || code=$?
	[ "$code" != 255 ] || ssh_say "$spec: connection lost"
	# shellcheck disable=SC2064  # as it is now
	trap "${ssh_idle_trap:--}" INT TERM
	return "$code"
}

# ---- exec ----

# A line every three seconds while the caller lives; `stop` is its Ctrl-C.
ssh_beats() {
	local nap=

	trap 'echo stop; kill "$nap" 2>/dev/null; exit' USR1
	trap '' INT TERM
	while kill -0 "$1" 2>/dev/null && echo 2>/dev/null; do
		sleep 3 >/dev/null 2>&1 &
		nap=$!
		wait "$nap"
	done
}

# SPEC FILE: what FILE has is put where the run there will look for it.
ssh_seed() {
	local known

	known=$([ ! -s "$2" ] || count_once "$2")
	[ -n "$known" ] || return 0
	ssh_here results.jsonl - <<<"$known" | sed '/^$/d' | ssh_board "$1" seed "${ssh_key[$1]}"
}

ssh_exec() {
	local spec=$1 file=$2 there caller ssh beats fd signalled code n=0 words=() word

	shift 2
	[ -n "${ssh_id[$spec]:-}" ] || { ssh_say "$spec: nothing was pushed"; return 2; }
	ssh_open "$spec" || return 2
	ssh_key[$spec]=$(printf '%s\0' "${ssh_id[$spec]}" "$@" | sha256sum | cut -c1-16)
	for word; do
		[[ $word != *.ini ]] || word=${ssh_dir[$spec]}/bin-${ssh_id[$spec]}/files/$((++n))/${word##*/}
		words+=("$word")
	done
	set -- "${words[@]}"
	ssh_seed "$spec" "$file" || { unset "ssh_key[$spec]"; return 2; }
	caller="$(id -un)@$(uname -n), $(date -u +%Y-%m-%dT%H:%M:%SZ)"
	there="sh $(ssh_quote "${ssh_dir[$spec]}/bin-${ssh_id[$spec]}/board.sh" "run.sh: $spec" \
		"${TORNWALK_BOARD_DIR:-}" run "${ssh_id[$spec]}" "${ssh_key[$spec]}" "$caller" "$@")"

	# our Ctrl-C is not ssh's: the cells have to come home first
	exec {fd}> >(trap '' INT TERM; exec "${ssh_command[@]}" "$there")
	ssh=$!
	ssh_beats "${ssh_caller:-$$}" >&"$fd" &
	beats=$!
	exec {fd}>&-
	trap 'signalled=yes ssh_stopped=yes; kill -USR1 "$beats" 2>/dev/null || :' INT TERM
	while signalled='' code=0; do
		wait "$ssh" || code=$?
		[ -n "$signalled" ] || break	# by a signal only the wait has ended
	done
	# shellcheck disable=SC2064  # as it is now
	trap "${ssh_idle_trap:--}" INT TERM
	kill -USR1 "$beats" 2>/dev/null || :
	case $code in
	0 | 1 | 2 | 4) return "$code" ;;
	3) unset "ssh_key[$spec]"
	   return 2 ;;
	5 | 255) ssh_say "$spec: connection lost; finished cells stay there, and the same arguments fetch them and go on"
	     return 255 ;;
	*) ssh_say "$spec: tornwalk died there with exit code $code; finished cells stay there"
	   return 2 ;;
	esac
}

# ---- fetch ----

ssh_fetch() {
	local spec=$1 file=$2 got code=0

	[ -n "${ssh_key[$spec]:-}" ] || { ssh_say "$spec: nothing was run"; return 2; }
	got=$(mktemp) || return 2
	ssh_board "$spec" fetch "${ssh_key[$spec]}" </dev/null >"$got" || code=2
	if [ $code = 0 ]; then
		[ ! -s "$file" ] || [ -z "$(tail -c 1 "$file")" ] || echo >>"$file"
		if ! { count_new "$file" <"$got" >"$got.new" && cat "$got.new" >>"$file"; }; then
			ssh_say "$spec: cannot append to $file; nothing was removed there"
			code=2
		fi
	fi
	[ $code != 0 ] || ssh_board "$spec" forget "${ssh_id[$spec]}" "${ssh_key[$spec]}" \
		"$(wc -l <"$got")" </dev/null || code=2
	rm -f "$got" "$got.new"
	return $code
}

ssh_session() {
	local spec=$1 binary=$2 file=$3 said code=0

	shift 3
	target_words "$@" && ssh_push "$spec" "$binary" "$@" || return 2
	said=$(mktemp) || return 2
	count_logged "$said" ssh_exec "$spec" "$file" "$@" || code=$?
	if [ "$code" != 255 ] && [ -n "${ssh_key[$spec]:-}" ]; then
		if ssh_fetch "$spec" "$file"; then
			count_check "$spec" "$code" "$said" "$file" || code=$?
		else
			code=2
		fi
	fi
	rm -f "$said"
	return "$code"
}
