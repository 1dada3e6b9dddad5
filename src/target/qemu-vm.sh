# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2154,SC2034  # the variables are those of qemu_system_take
# One virtual machine's life: start, pin, watch, end. Only qemu_system_guest and
# qemu_once_guest call these.
#
#   $run $results $lock    its directory, the file that results go to, a descriptor
#   $smp $mem $board       what it is
#   $console $append       where its console goes, what its kernel is told
#   $once                  empty for tornwalk; else how many silent seconds are too many
#   $stop                  how often it was interrupted
#   $up $code $limit       set by vm_watch: booted in so many seconds; the program's exit
#                          code, empty if it did not get that far; how long is too long

# How long the longest cell may take, in seconds: --time, else whatever the configs say, and
# eight times as much of what others left over (EXTRA in src/session/session.c).
vm_cell_seconds() {
	local times i

	times=$(grep -rhE '^time *=' "${TORNWALK_CONFIGS:-$root/configs}" "$run/add/files" 2>/dev/null)
	for ((i = 1; i <= $#; i++)); do
		case ${!i} in
		--time) i=$((i + 1)) times="time = ${!i:-}" ;;
		--time=*) times="time = ${!i#*=}" ;;
		esac
	done
	awk -F'= *' '{ n = $2 + 0; u = $2; gsub(/[0-9. ]/, "", u)
		n *= u == "ms" ? 0.001 : u == "m" ? 60 : u == "h" ? 3600 : u == "d" ? 86400 : 1
		if (n > max) max = n } END { printf "%d\n", max * 9 + 1 }' <<<"$times"
}

# A terminal's Ctrl-C comes to us, and once more from a caller who passes it on.
vm_interrupted() {
	local now=${EPOCHREALTIME/[.,]/}

	[ $((now - ${stop_at:-0})) -lt 500000 ] || stop=$((stop + 1))
	stop_at=$now
}

# Each vCPU's thread gets a host CPU of its own, as far as there are any.
vm_pin() {
	local allowed=() n tid range said="" tries

	for range in $(taskset -cp $$ | sed 's/.*: //; s/,/ /g'); do
		for ((n = ${range%-*}; n <= ${range#*-}; n++)); do allowed+=("$n"); done
	done
	for ((n = 0; n < smp; n++)); do
		for ((tries = 0; tries < 100; tries++)); do
			tid=$(grep -lxF "CPU $n/TCG" "/proc/$qemu/task"/*/comm 2>/dev/null) && break
			kill -0 "$qemu" 2>/dev/null || return
			sleep 0.1
		done
		tid=${tid%/comm}
		taskset -cp "${allowed[n % ${#allowed[@]}]}" "${tid##*/}" >/dev/null 2>&1 || return
		said+=" ${allowed[n % ${#allowed[@]}]}"
	done
	echo "vCPUs on host CPUs$said" >&2
	[ "$smp" -le ${#allowed[@]} ] ||
		qemu_system_say "warning: fewer host CPUs than vCPUs, the counts mean little"
}

# For sed: no names of files in the guest; what counts goes into $run/said.NAME too.
vm_words() {
	[ -z "$once" ] || { vm_words_once "$1"; return; }
	printf '%s\n' 's|; results in /.*||' 's|from /resume|from before|' \
		"/^tornwalk: /w $run/said.$1"
}

# What guest-init.sh says after any other program's last word, which may lack its newline.
vm_words_once() {
	printf '%s\n' '/\x01end$/ {' "w $run/said.$1" 's///' '/^$/d' '}'
}

# Has all that a guest which is done has said come out?
vm_drained() {
	local promised

	[ -z "$once" ] || { [ -s "$run/said.out" ] && [ -s "$run/said.err" ]; return; }
	cat "$run"/said.* >"$run/said" 2>/dev/null
	case $code in
	0 | 1 | 4) promised=$(count_promised "$run/said")
	           [ -n "$promised" ] && [ "$(count_once "$results" | wc -l)" -ge "$promised" ] ;;
	*) [ -s "$run/said" ] ;;
	esac
}

vm_start() {
	mkfifo "$run"/{out,err,control.in,control.out}
	exec {out}<>"$run/out" {err}<>"$run/err" {to}<>"$run/control.in" {from}<>"$run/control.out"
	# Ctrl-C is for the guest's tornwalk: nothing between it and us may die of it
	(trap '' INT TERM HUP; exec sed -u "$(vm_words out)" <"$run/out" {out}>&- {err}>&-) &
	(trap '' INT TERM HUP; exec sed -u "$(vm_words err)" <"$run/err" {out}>&- {err}>&-) >&2 &
	# shellcheck disable=SC2086  # words
	setsid setpriv --pdeathsig KILL "${board[QEMU]}" ${board[MACHINE]} -accel tcg,thread=multi \
		-smp "$smp" -m "$mem" -name tornwalk,debug-threads=on -nodefaults -no-user-config -no-reboot \
		-display none -monitor none -serial "file:$console" \
		-kernel "${board[kernel]}/boot/vmlinuz-$(qemu_system_kernel)" -initrd "$run/initrd" \
		-append "console=${board[CONSOLE]} panic=-1 cma=0 cryptomgr.notests $append rdinit=/init" -device "${board[SERIAL]}" \
		-chardev "file,id=out,path=$run/out" -device virtserialport,nr=1,chardev=out \
		-chardev "file,id=err,path=$run/err" -device virtserialport,nr=2,chardev=err \
		-chardev "file,id=results,append=on,path=${results//,/,,}" -device virtserialport,nr=3,chardev=results \
		-chardev "pipe,id=control,path=$run/control" -device virtserialport,nr=4,chardev=control \
		</dev/null >"$run/qemu.log" 2>&1 {out}>&- {err}>&- {lock}>&- &
	qemu=$!
	disown "$qemu"		# its end is for us to report, not for bash
}

# SPEC's program is in $run/initrd, and ARGS are its own.
vm_boot() {
	echo "booting Linux $(qemu_system_kernel) under $(qemu_system_executor)" >&2
	vm_start
	vm_pin
	vm_watch "$@"
}

# Why it died, as far as it or QEMU said
vm_last_words() {
	cat "$run/qemu.log" "$console" 2>/dev/null | tr -d '\r' |
		awk '/Kernel panic|Out of memory|[Cc]annot (allocate|set up) .*memory/ { why = $0; exit } /./ { said = $0 }
			END { print why ? why : said ? "no reason given, its last line was \"" said "\"" : "no word on its console" }'
}

vm_end() {
	[ -z "${out:-}" ] || exec {out}>&- {err}>&-
	while [ -n "$qemu" ] && kill -KILL "$qemu" 2>/dev/null; do sleep 0.05; done
	wait
	rm -rf --one-file-system "$run"
}

# Until QEMU is gone, or has to go. Nothing finished in $limit seconds is too long.
vm_watch() {
	local begin=$SECONDS lines=0 n asked="" off="" tick=1 word rest

	while kill -0 "$qemu" 2>/dev/null; do
		if read -r -t "$tick" -u "$from" word rest; then
			begin=$SECONDS
			case $word in
			up) up=$rest limit=${once:-$((60 + 2 * $(vm_cell_seconds "$@")))}
			    exec {out}>&- {err}>&-	# QEMU has them; who reads may go away
			    echo "up after ${rest}s" >&2 ;;
			exit) code=$rest limit=20 tick=0.1 ;;
			esac
		fi
		if [ -n "$code" ] && [ -z "$off" ] && { vm_drained || [ $((SECONDS - begin)) -gt 8 ]; }; then
			off=yes
			echo off >&"$to"
		fi
		n=$(wc -l <"$results")
		[ "$n" = "$lines" ] || lines=$n begin=$SECONDS
		if [ "$stop" -gt 0 ] && [ -n "$up" ] && [ -z "$asked$code$once" ]; then
			asked=yes limit=15 begin=$SECONDS
			echo stop >&"$to"
		fi
		kill -0 $$ 2>/dev/null || return	# run.sh itself
		[ "$stop" = 0 ] || { [ -n "$up" ] && [ -z "$once" ]; } || return
		[ "$stop" -lt 2 ] && [ $((SECONDS - begin)) -le "$limit" ] || return
	done
	while [ -z "$code" ] && read -r -t 0.1 -u "$from" word rest; do
		[ "$word" != exit ] || code=$rest
	done
	cat "$run"/said.* >"$run/said" 2>/dev/null
}
