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
#   ssh_push SPEC BINARY   ssh_exec SPEC ARGS...   ssh_fetch SPEC FILE
# Each: 0, or 2 after one line on stderr. ssh_exec: what tornwalk exits with (0, 1,
# 2, 4), or 255 when the connection was lost: then there is nothing to fetch yet.
# Ctrl-C during ssh_exec ends the cell, sets ssh_stopped; fetch then also cleans up.
# ssh_session SPEC BINARY FILE ARGS... does all three.

: "${root:?}"
declare -gA ssh_id=() ssh_key=() ssh_dir=()
export ssh_stopped=

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

# KEY=value: machine target cpus memory_kib free_kib lpae dir
ssh_probe() { ssh_board "$1" probe </dev/null; }

# ---- push ----

# ssh_fits BINARY MACHINE: prints what the ELF header says it is for; does that fit?
ssh_fits() {
	local class machine what

	read -r class < <(od -An -tu1 -j4 -N1 "$1" 2>/dev/null) || :
	read -r machine < <(od -An -tu2 -j18 -N2 "$1" 2>/dev/null) || :
	case ${class:-none}.${machine:-none} in
	2.62) what=x86_64 ;;
	1.3) what=i686 ;;
	1.40) what=ARM ;;
	*) what="no machine known here" ;;
	esac
	echo "$what"
	[[ $what.$2 == @(x86_64.x86_64|i686.x86_64|i686.i[56]86|ARM.armv[78]*|ARM.aarch64) ]]
}

# board.sh and the configurations, as a shell program for `stage` to go on with.
ssh_configs() (
	cd "${TORNWALK_CONFIGS:-$root/configs}" || exit
	for file in scenarios/*.ini suites/*.ini "$root/src/target/board.sh"; do
		name=configs/$file
		[[ $file == *.ini ]] || name=board.sh
		printf 'cat >%s<<"End-of-file" || full\n' "$(ssh_quote "$name")"
		cat "$file"
		printf '\nEnd-of-file\n'
	done
)

ssh_push() {
	local spec=$1 binary=$2 facts machine what id token there bytes code=0

	facts=$(ssh_probe "$spec") || return 2
	machine=$(sed -n 's/^machine=//p' <<<"$facts")
	ssh_dir[$spec]=$(sed -n 's/^dir=//p' <<<"$facts")
	bytes=$(stat -c %s "$binary" 2>/dev/null) || { ssh_say "$binary: no such program"; return 2; }
	what=$(ssh_fits "$binary" "$machine") || {
		ssh_say "$spec: wrong architecture: it is $machine, $binary is for $what"
		return 2
	}
	id=$({ cat "$binary" && ssh_configs; } | sha256sum | cut -c1-16)
	token=$id-$$-$RANDOM
	trap 'ssh_board "$spec" drop "$token" </dev/null 2>/dev/null || :; exit 130' INT TERM
	if ! there=$(ssh_configs | ssh_board "$spec" stage "$id" "$token"); then
		code=2
	elif [ -z "$there" ]; then	# what does not fit is found by its size
		ssh_on "$spec" "cd $(ssh_quote "${ssh_dir[$spec]}/in.$token") && cat >tornwalk 2>/dev/null || cat >/dev/null" <"$binary" &&
			ssh_board "$spec" install "$id" "$token" "$bytes" "$what" </dev/null || code=2
	fi
	trap - INT TERM
	[ "$code" != 0 ] || ssh_id[$spec]=$id
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

ssh_words() {
	local word

	for word; do
		case $word in
		*.ini) ssh_say "$word: a file of this machine is not sent to a board; put it under configs/"
		       return 2 ;;
		esac
	done
}

ssh_exec() {
	local spec=$1 there caller ssh beats fd signalled code

	shift
	ssh_words "$@" || return 2
	[ -n "${ssh_id[$spec]:-}" ] || { ssh_say "$spec: nothing was pushed"; return 2; }
	ssh_open "$spec" || return 2
	ssh_key[$spec]=$(printf '%s\0' "${ssh_id[$spec]}" "$@" | sha256sum | cut -c1-16)
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
	trap - INT TERM
	kill -USR1 "$beats" 2>/dev/null || :
	case $code in
	0 | 1 | 2 | 4) return "$code" ;;
	3) unset "ssh_key[$spec]"
	   return 2 ;;
	255) ssh_say "$spec: connection lost; finished cells stay there, and the same arguments fetch them and go on"
	     return 255 ;;
	*) ssh_say "$spec: tornwalk died there with exit code $code; finished cells stay there"
	   return 2 ;;
	esac
}

# ---- fetch ----

# Whole results that FILE has not; of a cell that was interrupted and run again, the last.
ssh_new_lines() {
	awk -v file="$1" '
		function part(re) { return match($0, re) ? substr($0, RSTART, RLENGTH) : "" }
		BEGIN { while ((getline line < file) > 0) has[line] = 1 }
		!/^\{"schema":.*\}$/ { bad++; next }
		{
			cell[++n] = part("\"scenario\":\"[^\"]*\"") part("\"hash\":\"[^\"]*\"") part("\"seed\":[0-9]+")
			text[n] = $0
			last[cell[n]] = n
		}
		END {
			for (i = 1; i <= n; i++)
				if (last[cell[i]] == i && !(text[i] in has))
					print text[i]
			if (bad)
				print "run.sh: " bad " half-written lines on the board left out" >"/dev/stderr"
		}'
}

ssh_fetch() {
	local spec=$1 file=$2 got code=0

	[ -n "${ssh_key[$spec]:-}" ] || { ssh_say "$spec: nothing was run"; return 2; }
	got=$(mktemp) || return 2
	ssh_board "$spec" fetch "${ssh_key[$spec]}" </dev/null >"$got" || code=2
	if [ $code = 0 ]; then
		[ ! -s "$file" ] || [ -z "$(tail -c 1 "$file")" ] || echo >>"$file"
		if ! { ssh_new_lines "$file" <"$got" >"$got.new" && cat "$got.new" >>"$file"; }; then
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
	local code=0

	ssh_words "${@:4}" && ssh_push "$1" "$2" || return 2
	ssh_exec "$1" "${@:4}" || code=$?
	[ "$code" != 255 ] && [ -n "${ssh_key[$1]:-}" ] || return "$code"
	ssh_fetch "$1" "$3" || return 2
	return "$code"
}
