#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016  # conditions are for expect
# Boards over ssh: real sshds in network namespaces, and everything that goes wrong.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=src/test/sshds.sh
. "$root/src/test/sshds.sh"
if ! boards_enter; then
	skip "boards over ssh" "$boards_why"
	finish
	exit 0
fi

# As run.sh would: its options, its variables.
cat >"$tmp/client" <<END
set -euo pipefail
root=$root
. "\$root/src/target/ssh.sh"
"\$@"
END

# client FUNCTION ARGS...: exit code in $code, output in $tmp/out and $tmp/err
client() {
	code=0
	timeout -k 5 60 bash "$tmp/client" "$@" </dev/null >"$tmp/out" 2>"$tmp/err" || code=$?
}
session() { client ssh_session "$(board "$1")" "$tornwalk" "${@:2}"; }

# The same in the background, as a terminal starts it: start NAME BOARD ARGS..., ends NAME
declare -A pid=()
start() {
	env --default-signal=INT,TERM bash "$tmp/client" ssh_session "$(board "$2")" "$tornwalk" "${@:3}" \
		</dev/null >"$tmp/out.$1" 2>"$tmp/err.$1" &
	pid[$1]=$!
}
ends() {
	code=0
	{ wait "${pid[$1]}" || code=$?; } 2>/dev/null
	cp "$tmp/out.$1" "$tmp/out"
	cp "$tmp/err.$1" "$tmp/err"
}

one_line() { exits 2 && silent && [ "$(wc -l <"$tmp/err")" = 1 ] && err_has "$1"; }

on_board() { cat "$tmp/home.$1"/.tornwalk/run-*/results.jsonl 2>/dev/null; }

# has N LINES: so many cells are finished there
has() {
	for _ in {1..200}; do
		[ "$(on_board "$1" | wc -l)" -lt "$2" ] || return 0
		sleep 0.05
	done
	return 1
}

# A run has begun there, and has heard from its caller.
begun() {
	for _ in {1..200}; do
		[ ! -s "$tmp/home.$1/.tornwalk/lock/beat" ] || return 0
		sleep 0.05
	done
	return 1
}

cells=(lo-hi-overwrite low-first mips-xpa read-once-remap sh-x2tlb)	# no other controls
once() { well_formed "$1" ${#cells[@]} && diff <(names "$1") <(printf '%s\n' "${cells[@]}") >/dev/null; }
run_cells() { session "$1" "$2" "${cells[@]}" --exact-time --time "$3"; }
start_cells() { start "$1" "$2" "$3" "${cells[@]}" --exact-time --time "$4" "${@:5}"; }

lost() { exits 255 && err_has 'connection lost' && [ ! -e "$1" ]; }

for n in 1 2 3; do
	check "board $n answers" board_start $n
done
echo 1 >/proc/sys/net/ipv4/tcp_orphan_retries	# of this namespace

# ---- probe, push, exec, fetch ----

client ssh_probe "$(board 1)"
for k in machine=x86_64 target=x86_64 cpus=[1-9] memory_kib=[1-9] free_kib=[1-9] dir=/; do
	check "probe: $k" out_has "^$k"
done
check "probe: leaves nothing" board_clean 1
run_cells 1 "$tmp/r" 50ms
expect "push, run, fetch: every cell once" 'once "$tmp/r"'
check "push, run, fetch: tornwalk's exit code" as_in "$tmp/r"
check "push, run, fetch: streams the table" out_has '^(pass|inconclusive) +mips-xpa'
check "push, run, fetch: leaves nothing" board_clean 1
printf '{"schema":1,half' >"$tmp/half"
run_cells 1 "$tmp/half" 10ms
sed 1d "$tmp/half" >"$tmp/rest"
check "fetch: a file that ends in half a line" once "$tmp/rest"
session 1 "$tmp/none" nonsense
expect "tornwalk's bad usage: exit 2" 'exits 2 && err_has "unknown suite" && [ ! -s "$tmp/none" ]'
check "tornwalk's bad usage: leaves nothing" board_clean 1
session 1 "$tmp/none" "it's; \$(id) \`id\` \"*"
check "strange words arrive as they are" err_has "unknown suite or scenario \"it's; .\(id\) .id. \"\*\""
session 1 "$tmp/none" mine.ini
check "a file of one's own that is not here" one_line 'mine\.ini: no such file'
mkdir "$tmp/it's mine"
printf '[mine-%s]\nreader = lo-hi\nwriter = present-present\ntime = 50ms\n' one two >"$tmp/it's mine/mine too.ini"
session 1 "$tmp/own" "$tmp/it's mine/mine too.ini"
expect "a file of one's own goes along" 'well_formed "$tmp/own" 2 && [ "$(names "$tmp/own" | tr "\n" " ")" = "mine-one mine-two " ]'
check "a file of one's own: leaves nothing" board_clean 1
run_cells 1 "$tmp/nowhere/r" 10ms
expect "a FILE that cannot be written: nothing is removed" 'exits 2 && err_has "cannot append" && has 1 5'
run_cells 1 "$tmp/again" 10ms
expect "... and fetched by the next call" 'once "$tmp/again" && out_has "5 of them from"'
check "... which leaves nothing" board_clean 1

# What FILE has is not run again; a line that is lost on the way is missed.
head -n 3 "$tmp/again" >"$tmp/begun"
run_cells 1 "$tmp/begun" 10ms
expect "FILE has three of the cells: they are not run again" 'once "$tmp/begun" && out_has " 3 of them from" &&
	diff <(head -n 3 "$tmp/again") <(head -n 3 "$tmp/begun")'
check "FILE has three of the cells: leaves nothing" board_clean 1
printf '#!/bin/sh\nexec /usr/bin/head "$@" | sed 2d\n' >"$tmp/bin.1/head"
chmod +x "$tmp/bin.1/head"
run_cells 1 "$tmp/fewer" 10ms
expect "a line that does not arrive: exit 2, counted" 'exits 2 && err_has "5 cells were run, but 4 results arrived" && has 1 5'
rm -f "$tmp/bin.1/head"
run_cells 1 "$tmp/fewer" 10ms
expect "... stays there, and the next call has it" 'well_formed "$tmp/fewer" 5 && board_clean 1'

# ---- a program that runs once ----

client ssh_once "$(board 1)" "$tornwalk" help
expect "once: what it prints" 'exits 0 && out_has "usage: tornwalk"'
client ssh_once "$(board 1)" "$tornwalk" nonsense
expect "once: its exit code and its words" 'exits 2 && err_has "nonsense"'
check "once: leaves nothing" board_clean 1

# ---- lost ----

goes_on() {
	local from

	from=$(on_board 1 | grep -vc '"cause":"interrupted')
	run_cells 1 "$tmp/lost" 1s
	expect "$1: the same call goes on with what was finished" 'once "$tmp/lost" && out_has " '"$from"' of them from"'
	check "$1: leaves nothing" board_clean 1
	rm -f "$tmp/lost"
}

start_cells lost 1 "$tmp/lost" 1s
has 1 2
board_hang_up 1
ends lost
check "connection killed: says so, finished cells stay" lost "$tmp/lost"
expect "connection killed: the run stops" 'board_idle 1 && has 1 2'
goes_on "connection killed"

start_cells lost 1 "$tmp/lost" 1s
has 1 2
kill -9 "${pid[lost]}"
ends lost
expect "caller killed: the run stops" 'board_idle 1 && has 1 2'
goes_on "caller killed"

start_cells lost 1 "$tmp/lost" 1s
has 1 2
board_kill 1
ends lost
expect "board reset: says so" 'lost "$tmp/lost" && [ -d "$tmp/home.1/.tornwalk/lock" ]'
board_start 1
goes_on "board reset"

start_cells lost 1 "$tmp/lost" 1s
has 1 2
for p in $(board_runs 1); do kill -9 "$p"; done
ends lost
expect "tornwalk killed there: says so" 'exits 2 && err_has "died there with exit code 137"'
rm -f "$tmp/lost"
goes_on "tornwalk killed there"

# ---- Ctrl-C ----

start_cells c 1 "$tmp/c" 1s
has 1 2
kill -INT "${pid[c]}"
ends c
expect "Ctrl-C: what was measured comes home" 'exits 4 && grep -q "\"cause\":\"interrupted" "$tmp/c" &&
	[ $(wc -l <"$tmp/c") -ge 3 ] && well_formed "$tmp/c"'
check "Ctrl-C: leaves nothing" board_clean 1

# ---- slow ones, on boards of their own, looked at below ----

start_cells first 2 "$tmp/first" 5s
begun 2
start_cells second 2 "$tmp/second" 5s

# A cable pulled, and this end forgets the connection too: nobody tells the board.
TORNWALK_SSH+=" -o ServerAliveInterval=1 -o ServerAliveCountMax=2" start_cells silent 3 "$tmp/silent" 20s --quiet
begun 3
ip link set tw3 down

# ---- not there, not right ----

client ssh_probe ssh:root@10.78.0.1
check "unreachable host" one_line 'ssh:root@10\.78\.0\.1: no connection: .*unreachable'
client ssh_probe ssh:root@10.77.1.2:2222
check "nobody listens" one_line 'no connection: .*refused'
client ssh_probe ssh:root@nowhere.invalid
check "unknown host" one_line 'no connection: .*resolve'
TORNWALK_SSH="ssh -F none -i $tmp/key -o UserKnownHostsFile=/dev/null" client ssh_probe "$(board 1)"
check "unknown host key" one_line 'no connection: Host key verification failed'
TORNWALK_SSH="ssh -F none -i $tmp/host -o IdentitiesOnly=yes -o UserKnownHostsFile=$tmp/known" client ssh_probe "$(board 1)"
check "not let in" one_line 'no connection: .*Permission denied'
for s in ssh: ssh:@h ssh:u@ ssh:u@-oProxyCommand=x ssh:-v ssh:u@h:0 ssh:u@h:65536 ssh:u@h:x 'ssh:u@h h' 'ssh:$(id)' \
	root@h; do
	client ssh_probe "$s"
	check "bad SPEC $s" one_line "bad board .*it is ssh:USER@HOST"
done

is() {	# MACHINE: what the board's uname says
	printf '#!/bin/sh\necho %s\n' "$1" >"$tmp/bin.1/uname"
	chmod +x "$tmp/bin.1/uname"
}
is riscv64
session 1 "$tmp/none" quick
check "wrong architecture: no build for it" one_line 'wrong architecture: riscv64; there are programs for: armhf armhf-lpae i686 x86_64$'
client ssh_once "$(board 1)" "$tornwalk" help
check "wrong architecture: nothing runs once" one_line 'wrong architecture'
is armv7l
client ssh_probe "$(board 1)"
check "armv7l without LPAE: armhf" out_has '^target=armhf$'
session 1 "$tmp/none" quick
check "wrong architecture: of the program" one_line 'wrong architecture: it is armv7l, .* is for x86_64'
is i686
printf '\177ELF\1\1\1\0%8s\2\0\3\0' "" >"$tmp/broken"
client ssh_session "$(board 1)" "$tmp/broken" "$tmp/none" quick
check "a program that does not run" one_line 'i686 program does not run there: exit code'
rm -f "$tmp/bin.1/uname"
client ssh_session "$(board 1)" "$tmp/nothing" "$tmp/none" quick
check "no program" one_line 'no such program'
check "after all that: nothing is left" board_clean 1

ends silent
expect "silent link: says so, and the run goes on" 'lost "$tmp/silent" && [ -n "$(board_strays 3)" ]'
ip link set tw3 up
start_cells other 3 "$tmp/other" 10ms

# ---- no space, nowhere to write ----

small() {	# OPTIONS: of the filesystem that is the board's home
	mount -t tmpfs -o "$1" tornwalk-test "$tmp/home.1" 2>/dev/null
}
if small size=1m; then
	session 1 "$tmp/none" quick
	check "no space" one_line 'no space: [0-9]+ KiB free in .*home.1/.tornwalk, and 4096'
	check "no space: leaves nothing" board_clean 1
	umount "$tmp/home.1"
	small size=5m
	{ cat "$tornwalk"; head -c 6000000 /dev/zero; } >"$tmp/big"
	client ssh_session "$(board 1)" "$tmp/big" "$tmp/none" quick
	check "no space while it is sent" one_line 'no space: could not write to .*home.1'
	check "no space while it is sent: leaves nothing" board_clean 1
	umount "$tmp/home.1"
	small ro
	run_cells 1 "$tmp/ro" 10ms
	expect "read-only home: works in \$TMPDIR" 'once "$tmp/ro"'
	check "read-only home: leaves nothing" board_clean 1
	umount "$tmp/home.1"
else
	skip "no space, read-only home" "mounting a tmpfs is not permitted here"
fi
TORNWALK_BOARD_DIR=/proc client ssh_probe "$(board 1)"
check "nowhere to write" one_line 'no place to work in'

# ---- an old board: i686, busybox for everything ----

busybox=$(find "$root/build/boards" -path '*i686*' -name busybox -type f -perm -1 2>/dev/null | head -n 1)
busybox=${busybox:-$(command -v busybox)}
i686=$root/build/i686-gcc/tornwalk
! command -v i686-linux-gnu-gcc >/dev/null || make -s -C "$root" -j"$(nproc)" TARGET=i686 COMPILER=gcc SAN= >"$tmp/err" 2>&1
if [ -z "$busybox" ] || [ ! -x "$i686" ] || ! setarch i686 "$busybox" true 2>/dev/null; then
	skip "i686 with busybox" "no busybox, no build for i686, or a kernel that runs no i686 programs"
else
	mkdir "$tmp/bin.4"
	for p in $("$busybox" --list); do
		ln -s "$busybox" "$tmp/bin.4/$p"
	done
	board_path='' board_start 4 setarch i686
	tornwalk=$i686 run_cells 4 "$tmp/old" 50ms
	expect "i686 with busybox: every cell once" 'once "$tmp/old" && as_in "$tmp/old" && grep -q "\"target\":\"i686\"" "$tmp/old"'
	check "i686 with busybox: leaves nothing" board_clean 4
	tornwalk=$i686 start_cells old 4 "$tmp/old2" 5s
	begun 4
	session 4 "$tmp/none" quick
	check "i686 with busybox: an x86_64 program is refused" one_line 'wrong architecture: it is i686'
	tornwalk=$i686 run_cells 4 "$tmp/none" 5s
	check "i686 with busybox: two at once" one_line 'busy'
	kill -INT "${pid[old]}"
	ends old
	expect "i686 with busybox: Ctrl-C" 'exits 4 && well_formed "$tmp/old2" && board_clean 4'
fi

# ---- the slow ones ----

ends second
check "two at once: the second is refused" one_line 'busy.*started by .*@'
ends first
expect "two at once: the first does not notice" 'as_in "$tmp/first" && once "$tmp/first" && [ ! -e "$tmp/second" ]'
check "two at once: leaves nothing" board_clean 2

ends other
expect "silent link: the next call stops it and runs" 'once "$tmp/other" && board_idle 3'
expect "silent link: what it had is kept, and where is said" 'has 3 1 && err_has "note: another run.*--time 20s.*wait in"'

finish
