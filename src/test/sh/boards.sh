#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016  # conditions are for expect
# Real kernels in qemu-system: where their packages can be had, they boot, run three
# cells and bring out every line; whatever ends them leaves nothing behind.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck disable=SC1091
. "$root/src/target/qemu-system.sh"

unset TORNWALK_BOARD_SMP TORNWALK_BOARD_MEM TORNWALK_BOARD_QEMU
export TORNWALK_RESULTS=$tmp
export qemu_system_state=$tmp/boards
r=$tmp/results

# call FUNCTION ARGS...: like tw
call() {
	code=0
	"$@" </dev/null >"$tmp/out" 2>"$tmp/err" || code=$?
}

torn() { sed -n "s/.*\"scenario\":\"$1\".*\"outcomes\":{[^}]*\"torn\":\([0-9]*\).*/\1/p" "$r"; }
says() { sed -n "1s/.*\"$1\":\"\([^\"]*\).*/\1/p" "$r"; }
left() { pgrep -f "$dir/run" || compgen -G "$dir/run.*"; }

call qemu_system_probe qemu:nonsense
expect "an unknown board: the valid ones" 'exits 2 && silent && err_has "valid: qemu:armhf-lpae qemu:i686-pae"'

call "$root/run.sh" board qemu:nonsense
expect "run.sh board: an unknown board" 'exits 2 && silent && [ $(wc -l <"$tmp/err") = 1 ] && err_has "valid: qemu:.*qemu:i686-pae"'
call "$root/run.sh" board nonsense
expect "run.sh board: no board at all" 'exits 2 && silent && [ $(wc -l <"$tmp/err") = 1 ] && err_has "not .nonsense.: ssh:USER"'
call "$root/run.sh" kernel debian:6.1 --arch i386 --on nonsense
expect "kernel --on: no board: the valid ones" 'exits 2 && silent && [ $(wc -l <"$tmp/err") = 1 ] && err_has "ssh:USER.*qemu:i686-pae.* not .nonsense"'
call "$root/run.sh" kernel debian:6.1 --arch i386 --on qemu:nonsense
expect "kernel --on: no such board: the valid ones" 'exits 2 && silent && [ $(wc -l <"$tmp/err") = 1 ] && err_has "valid: .*qemu:i686-pae"'
call "$root/run.sh" kernel debian:6.1 --arch i386 --on qemu:armhf-lpae
expect "kernel --on: a board that cannot run it: which can" 'exits 2 && silent && [ $(wc -l <"$tmp/err") = 1 ] && err_has "no i386 programs.*: qemu:i686-pae qemu:x86_64"'


# ---- the same binary under two QEMUs ----

call "$root/run.sh" qemus nonsense
expect "run.sh qemus: an unknown target: the valid ones" 'exits 2 && silent && [ $(wc -l <"$tmp/err") = 1 ] &&
	err_has "valid: armhf-lpae armhf i686"'
if [ ! -x "$root/build/qemu10/usr/bin/qemu-arm" ]; then
	skip "run.sh qemus: two calibrations side by side" "no QEMU 10; ./run.sh setup qemu10"
else
	TORNWALK_NO_INSTALL=1 call "$root/run.sh" qemus armhf-lpae
	expect "run.sh qemus: two calibrations side by side" 'exits 0 && out_has "qemu-arm-static 7.* qemu-arm 10" &&
		[ $(wc -l <"$tmp/out") = 8 ] && out_has "^ldrexd .* no tear seen .* no tear seen"'
fi

# ---- real kernels ----

# Why SPEC cannot be had, if it cannot.
obstacle() {
	local cc
	call qemu_system_probe "$1"
	exits 0 || { tail -n 1 "$tmp/err"; return; }
	cc=$(sed -n 's/^TRIPLE *= *//p' "$root/configs/targets/$target.mk")-gcc
	command -v "$cc" >/dev/null || echo "no $cc"
}

names_itself() {
	[[ $(says executor) = qemu-system-*" TCG, real kernel" && $(says kernel) = "Linux "*"-$1 "* ]]
}

# A poor run is tried again, twice as long; anything torn in the safe cell is not.
booted() {
	rm -f "$r"
	call qemu_system_exec "$1" lo-hi-overwrite atomic64-fault-zap --time $((300 << 2 * (try - 1)))ms
	qemu_system_fetch "$1" "$r" && { exits 0 || exits 1; }
}

boots() {
	try 3 booted "$1"
	expect "$1: boots, three cells pass" 'exits 0 && out_has "^3 cells: 3 pass"'
	check "$1: a line for each" well_formed "$r" 3
	check "$1: the control is torn" test "$(torn lo-hi-overwrite)" -gt 0
	check "$1: one 8-byte load is not" test "$(torn atomic64-fault-zap)" = 0
	check "$1: says who ran it" names_itself "$2"
	expect "$1: each vCPU on a CPU of its own" 'err_has "vCPUs on host CPUs [0-9]+ [0-9]+$"'
	call qemu_system_fetch "$1" "$r"
	check "$1: fetched once" test "$(wc -l <"$r")" = 3
	check "$1: nothing is left behind" test -z "$(left)"
}

refusals() {
	call qemu_system_push "$1" "$root/build/$target-gcc/main.o.no"
	expect "$1: no such program" 'exits 2 && [ $(wc -l <"$tmp/err") = 1 ]'
	call qemu_system_push "$1" /bin/bash
	expect "$1: a program of another architecture" 'exits 2 && [ $(wc -l <"$tmp/err") = 1 ] &&
		err_has "make TARGET=$target"'
	TORNWALK_BOARD_MEM=much call qemu_system_exec "$1" quick
	expect "$1: bad memory" 'exits 2 && err_has "two numbers"'
	call qemu_system_exec "$1" quick --out x
	expect "$1: no --out" 'exits 2 && err_has "no --out"'
	call flock "$dir/lock" bash -c 'root=$1; . "$root/src/target/qemu-system.sh"
		qemu_system_exec "$2" quick' - "$root" "$1"
	expect "$1: two runs at once" 'exits 2 && [ $(wc -l <"$tmp/err") = 1 ] && err_has "is busy"'
}

# SPEC ARGS...: as run.sh does it, into $tmp/others
session() {
	env --default-signal=INT,TERM bash -c 'root=$1; . "$root/src/target/ssh.sh"; . "$root/src/target/qemu-system.sh"
		qemu_system_session "${@:2}"' - "$root" "$1" "$root/build/$target-gcc/tornwalk" "$tmp/others" "${@:2}" </dev/null
}

# In the background, until its first cell has come out.
begin() { begin_as qemu_system_exec "$@"; }
begin_as() {
	rm -f "$r"
	: >"$tmp/out"	# what ran before has said the same words, and the child may be slow to begin
	"$@" >"$tmp/out" 2>"$tmp/err" </dev/null &
	pid=$!
	for _ in {1..900}; do
		! out_has '^(pass|fail|inconclusive) ' || return 0
		kill -0 "$pid" || return
		sleep 0.1
	done
}
ends() {
	code=0
	wait "$pid" || code=$?
}

# Killed after the first cell; the same arguments go on from there.
killed() {
	local words=("$1" lo-hi-overwrite lo-hi-low-first --exact-time --time 2s) pid

	begin "${words[@]}"
	kill -9 "$(pgrep -f "initrd $dir/run")"
	ends
	qemu_system_fetch "$1" "$r"
	expect "$1, killed: one line, exit 255" 'exits 255 && [ $(grep -c "^run.sh" "$tmp/err") = 1 ] && err_has "died"'
	check "$1, killed: the finished cell is there" well_formed "$r" 1
	check "$1, killed: nothing is left behind" test -z "$(left)"
	call qemu_system_exec "${words[@]}"
	qemu_system_fetch "$1" "$r"
	expect "$1, killed: the next one does the rest" 'exits 0 && out_has "1 of them from before" && well_formed "$r" 2'
	check "$1, killed: and then nothing is kept" test -z "$(compgen -G "$dir/results*")"
}

# A refused caller takes nothing from the run that goes on; what is lost on the way is missed.
others() {
	local pid

	begin "$1" lo-hi-overwrite lo-hi-low-first --exact-time --time 6s
	session "$1" quick >"$tmp/out.2" 2>"$tmp/err.2"
	code=$?
	expect "$1, two at once: the second is refused" 'exits 2 && [ ! -s "$tmp/out.2" ] && [ $(wc -l <"$tmp/err.2") = 1 ] &&
		grep -q "is busy" "$tmp/err.2" && [ ! -s "$tmp/others" ]'
	ends
	qemu_system_fetch "$1" "$r"
	expect "$1, two at once: the first lacks nothing" '! exits 2 && well_formed "$r" 2'

	begin "$1" lo-hi-overwrite lo-hi-low-first --exact-time --time 1s
	sed -i d "$dir/$(cat "$dir/of.$$")"	# a new file: QEMU goes on with the old one
	ends
	expect "$1: lines that were lost are missed" 'exits 2 && err_has "2 cells were run, but [01] results arrived"'
	qemu_system_fetch "$1" "$r"
}

# To the session alone, as a fleet passes it on; and to all of them, as a terminal does.
interrupted() {
	local pid

	rm -f "$tmp/others"
	begin_as session "$1" lo-hi-overwrite lo-hi-low-first mips-xpa --exact-time --time 10s
	kill -INT "$(pgrep -f "qemu_system_session.*$tmp/others" | head -n 1)"
	ends
	expect "$1, Ctrl-C: what was measured comes home" 'exits 4 && out_has "^3 cells: " && out_has "interrupted" &&
		grep -q "\"cause\":\"interrupted" "$tmp/others" && well_formed "$tmp/others"'
	rm -f "$tmp/others"
	begin_as setsid -w bash -c "$(declare -f session); root=$root tmp=$tmp target=$target; session $1 lo-hi-overwrite low-first mips-xpa --exact-time --time 10s"
	kill -INT -- "-$(ps -o sid= -p "$(pgrep -f "qemu_system_session.*$tmp/others" | head -n 1)" | tr -d " ")"
	ends
	expect "$1, Ctrl-C on a terminal: the same" 'out_has "interrupted" && out_has "^3 cells: " && well_formed "$tmp/others"'
	check "$1, Ctrl-C: nothing is left" test -z "$(left)$(compgen -G "$dir/results*")"
}

# As run.sh does it: two words and a file of one's own, beside this machine.
in_a_fleet() {
	printf '[mine]\nreader = lo-hi\nwriter = present-present\ntime = 300ms\n' >"$tmp/mine.ini"
	printf '%s\n' "$1" native >"$tmp/boards.fleet"
	TORNWALK_NO_INSTALL=1 call "$root/run.sh" fleet "$tmp/boards.fleet" --replicated "$tmp/mine.ini" mips-xpa
	expect "$1 in a fleet: every cell, on the guest and here" '
		! exits 2 && [ "$(cat "$tmp"/fleet/*/merged.jsonl | wc -l)" = 4 ] &&
		grep -q "\"scenario\":\"mine\".*real kernel" "$tmp"/fleet/*/qemu*.jsonl'
}

# One vCPU, 64 MiB: a delay between the halves on both; single steps where there are any.
on_little() {
	rm -f "$r"
	TORNWALK_BOARD_SMP=1 TORNWALK_BOARD_MEM=64 call qemu_system_exec "$@" --time $((500 << (try - 1)))ms
	qemu_system_fetch "$1" "$r" && exits 0
}
little() {
	try 4 on_little "$1" lo-hi-overwrite mips-xpa --world widened
	expect "$1, one vCPU, 64 MiB: widened controls fire" 'exits 0 && out_has "^2 cells: 2 pass"'
	[ "$target" = i686 ] || return 0
	try 4 on_little "$1" lo-hi-overwrite atomic64-overwrite
	expect "$1, one vCPU, 64 MiB: native ones too" 'exits 0 && out_has "^2 cells: 2 pass"'
}

# ---- any program, once ----

# SPEC SECONDS COMMAND ARGS...: as run.sh would, into $r; the guest's log in $tmp/log
once() {
	rm -f "$r"
	# shellcheck disable=SC2016  # for that shell
	exec env --default-signal=INT,TERM bash -c 'root=$1; . "$root/src/target/qemu-system.sh"
		qemu_once "${@:2}"' - "$root" "$1" "$tmp/program" "$r" "$tmp/log" "${@:2}"
}
on_board() { (once "$@"); }

program() {
	mkdir -p "$tmp/program/etc"
	echo 'from the host' >"$tmp/program/etc/word"
	cat >"$tmp/program/try.sh" <<-'END'
		cat /etc/word
		echo "$2" >&2
		printf '{"n":1}\n{"n":2}\n' >&3
		case $1 in
		panic) printf '{"n":3}\n' >&3; echo c >/proc/sysrq-trigger ;;
		hang) printf '{"n":' >&3; sleep 600 ;;
		esac
		printf 'no newline'
		exit 7
	END
}

# In the background until it has begun, and then SIGNAL to the shell that it was called from
disturbed() {
	: >"$tmp/out"	# as in begin_as
	once "$2" 300 sh /try.sh hang x >"$tmp/out" 2>"$tmp/err" </dev/null &
	pid=$!
	for _ in {1..900}; do
		! out_has 'from the host' || break
		kill -0 "$pid" || break
		sleep 0.1
	done
	kill "-$1" "$pid"
	ends 2>/dev/null	# bash tells of who was killed
}
gone() { for _ in {1..50}; do [ -n "$(left)" ] || return 0; sleep 0.2; done; return 1; }

refusals_once() {
	call on_board "$1" 9
	expect "$1, once: no command" 'exits 2 && [ $(wc -l <"$tmp/err") = 1 ] && err_has "SECONDS COMMAND"'
	call on_board "$1" soon true
	expect "$1, once: no limit" 'exits 2 && [ $(wc -l <"$tmp/err") = 1 ] && err_has "SECONDS COMMAND"'
	call on_board "$1@No" 9 true
	expect "$1, once: no such release" 'exits 2 && [ $(wc -l <"$tmp/err") = 1 ] && err_has "@RELEASE"'
	qemu_kernel=$tmp/program call on_board "$1" 9 true
	expect "$1, once: a kernel of one's own that is none" 'exits 2 && [ $(wc -l <"$tmp/err") = 1 ] &&
		err_has "program has no boot/vmlinuz"'
	call flock "$dir/lock" bash -c "$(declare -f once); root=$root tmp=$tmp r=$r; once $1 9 true"
	expect "$1, once: two at once" 'exits 2 && [ $(wc -l <"$tmp/err") = 1 ] && err_has "is busy"'
}

any_program() {
	local pid dir=$tmp/boards/${1#qemu:}

	program
	refusals_once "$1"
	qemu_append=oops=panic call on_board "$1" 60 sh /try.sh panic "it's"
	expect "$1, once, panics: exit 255 and one line" 'exits 255 && [ $(grep -c "^run.sh" "$tmp/err") = 1 ] &&
		err_has "died: .*Kernel panic.*sysrq.*log is $tmp/log" && err_has "^it.s$"'
	check "$1, once, panics: what was written before is here" test "$(tail -n 1 "$r")" = '{"n":3}'
	check "$1, once, panics: and what its kernel said" grep -q 'ommand line: .*oops=panic' "$tmp/log"
	disturbed TERM "$1"
	expect "$1, once, Ctrl-C: exit 4 and one line" 'exits 4 && [ $(grep -c "^run.sh" "$tmp/err") = 1 ] && err_has "interrupted"'
	check "$1, once, Ctrl-C: whole lines stay" test "$(paste -sd' ' "$r")" = '{"n":1} {"n":2} {"n":'
	check "$1, once, Ctrl-C: no line goes on in the next run's" test -z "$(tail -c 1 "$r")"
	disturbed KILL "$1"
	check "$1, once, its caller killed: nothing is left" gone
	call on_board "$1" 3 sh /try.sh hang x
	expect "$1, once, hangs: exit 255 and one line" 'exits 255 && [ $(grep -c "^run.sh" "$tmp/err") = 1 ] && err_has "nothing new in 3s"'
	check "$1, once: nothing is left behind" test -z "$(left)"
}

# Of the board that nothing else boots
ends_well() {
	program
	call on_board "$1" 60 sh /try.sh ends x
	expect "$1, once: the program's own exit code and output" 'exits 7 && [ "$(paste -sd" " "$tmp/out")" = "from the host no newline" ] &&
		err_has "^x$"'
	check "$1, once: its results" test "$(paste -sd' ' "$r")" = '{"n":1} {"n":2}'
	check "$1, once: its kernel's log, to the end" grep -q 'reboot: Power down' "$tmp/log"
}

# ---- a kernel tree's race on a real 32-bit kernel ----

# SPEC NAME: one cell of it; and where the board could not be had for the race, that is no pass
kernel_race() {
	local words=(kernel debian:6.1 --arch i386 --cell walk_page_range.pte.fault-zap --time 50ms --on "$1") dir=$tmp/boards/${1#qemu:} file

	TORNWALK_NO_INSTALL=1 call timeout -k 10 900 "$root/run.sh" "${words[@]}"
	if exits 2 && err_has 'could be had|missing for|could not install|needs '; then
		skip "$1: a kernel tree's race" "$(tail -n 1 "$tmp/err")"
		return
	fi
	file=$(sed -n 's/^results: //p' "$tmp/out")
	expect "$1: a kernel tree's race: exit 0, and where it was" "exits 0 && out_has 'raced on $1: qemu-system-.* TCG, real kernel, Linux .*-$2\$'"
	check "$1: ... to its end" grep -q '^raced-all' "$root/build/kernel/debian-6.1/i386/tree/lines"
	check "$1: ... its results say who ran it" grep -qE "\"executor\":\"qemu-system-[^\"]* TCG, real kernel\".*\"cpu\":\"QEMU.*\"kernel\":\"Linux [^\"]*-$2\"" "$root/$file"
	check "$1: ... nothing is left behind" test -z "$(left)"
	rm -f "$root/$file" "$root/${file%.jsonl}.html"
	TORNWALK_NO_INSTALL=1 call flock "$dir/lock" timeout -k 10 900 "$root/run.sh" "${words[@]}"
	expect "$1: a kernel tree's race that nobody ran is no pass" 'exits 4 && err_has "is busy" && out_has "race ended early"'
	file=$(sed -n 's/^results: //p' "$tmp/out")
	rm -f "$root/$file" "$root/${file%.jsonl}.html"
}

boards() {
	local board target kernel dir why

	while read -r board target kernel; do
		dir=$tmp/boards/${board#qemu:}
		why=$(obstacle "$board")
		if [ -n "$why" ]; then
			skip "$board" "$why"
			continue
		fi
		call make -s -C "$root" -j"$(nproc)" TARGET="$target" COMPILER=gcc SAN=
		check "$board: the program for it is built" exits 0
		call qemu_system_push "$board" "$root/build/$target-gcc/tornwalk"
		check "$board: push" exits 0
		boots "$board" "$kernel"
		little "$board"
		[ "$target" != i686 ] || { any_program "$board"; refusals "$board"; killed "$board"; others "$board"; interrupted "$board"; in_a_fleet "$board"; kernel_race "$board" "$kernel"; }
	done
}
boards <<-END
qemu:i686-pae i686 686-pae
qemu:armhf-lpae armhf-lpae armmp-lpae
END
target=x86_64 dir=$tmp/boards/x86_64
why=$(obstacle qemu:x86_64)
if [ -n "$why" ]; then skip qemu:x86_64 "$why"; else ends_well qemu:x86_64; fi

# ---- another emulator ----

# shellcheck disable=SC2034  # for qemu_system_newer
chosen() { # SPEC QEMU10: what live takes
	(qemu10_arm=$2; qemu_system_newer "$1"; echo "${TORNWALK_BOARD_QEMU:-none}")
}
printf '#!/bin/sh\n' >"$tmp/qemu-system-arm"
chmod +x "$tmp/qemu-system-arm"
check "QEMU 10 is taken where it is set up" test "$(chosen qemu:armhf-lpae@trixie "$tmp/qemu-system-arm")" = "$tmp/qemu-system-arm"
check "... not where it is not" test "$(chosen qemu:armhf-lpae "$tmp/none/qemu-system-arm")" = none
check "... not for a board of another kind" test "$(chosen qemu:i686-pae "$tmp/qemu-system-arm")" = none
check "... not instead of what was chosen" test "$(TORNWALK_BOARD_QEMU=mine chosen qemu:armhf-lpae "$tmp/qemu-system-arm")" = mine
for other in "$tmp/nonexistent" "$tmp/qemu-system-arm" qemu-system-i386; do
	TORNWALK_BOARD_QEMU=$other call qemu_system_probe qemu:armhf-lpae
	expect "an emulator that does not make the board: ${other##*/}" 'exits 2 && silent && [ $(wc -l <"$tmp/err") = 1 ] &&
		err_has "TORNWALK_BOARD_QEMU=$other does not make qemu:armhf-lpae: (env: .*No such file|it is no QEMU|.*machine)"'
done

# Too few rounds are tried again; a torn ldrd is not.
calibrated() {
	call on_board "$1" 60 tornwalk calibrate
	exits 0 && out_has '^two-words .* tears |^ldrd .* TEARS'
}
newer() {
	program
	mkdir -p "$tmp/program/bin"
	cp "$root/build/armhf-lpae-gcc/tornwalk" "$tmp/program/bin/"
	try 3 calibrated "$1"
	expect "$1 under QEMU 10: two words tear, ldrd and strd do not" 'exits 0 && out_has "^two-words .* tears " && out_has "^ldrd .* no tear seen "'
	expect "$1 under QEMU 10: says who ran it, each vCPU on a CPU of its own" '
		err_has "under qemu-system-arm 1[0-9]+\." && err_has "vCPUs on host CPUs [0-9]+ [0-9]+$"'
}
target=armhf-lpae dir=$tmp/boards/armhf-lpae
qemu_system_newer qemu:armhf-lpae
why=$(obstacle qemu:armhf-lpae)
if [ -z "${TORNWALK_BOARD_QEMU:-}" ]; then
	skip "qemu:armhf-lpae under QEMU 10" "no QEMU 10; ./run.sh setup qemu10"
elif [ -n "$why" ]; then skip "qemu:armhf-lpae under QEMU 10" "$why"; else newer qemu:armhf-lpae; fi

finish
