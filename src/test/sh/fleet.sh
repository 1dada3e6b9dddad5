#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016  # conditions are for expect
# Many boards: shards, a board that dies, Slurm, LAVA's steps.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=src/test/sshds.sh
. "$root/src/test/sshds.sh"
boards_enter	# what follows up to the fleet needs no boards

# ---- shards, without any board ----

shards() {	# N SUITE...: prints the names of all shards' cells
	local i

	for ((i = 1; i <= $1; i++)); do
		"$tornwalk" run "${@:2}" --time 10ms --out - --shard "$i/$1" 2>/dev/null
	done | sed 's/.*"scenario":"\([^"]*\)".*/\1/' | sort
}
shards 1 quick >"$tmp/plan"
check "three shards are the suite, no cell twice" diff "$tmp/plan" <(shards 3 quick)
tw run lo-hi-overwrite --shard 2/2
expect "an empty shard: nothing to do, exit 0" 'exits 0 && err_has "nothing to do in shard 2/2 of 1"'
for s in 0/1 2/1 1 x/y 1/0 1/4097 ""; do
	refuses "bad shard \"$s\"" "bad shard \"$s\"; it is i/N" run quick --shard "$s"
done

# ---- the template for LAVA: its schema; its steps here, by LAVA's own scripts ----

lava=$root/build/boards/lava/usr/lib/python3/dist-packages/lava_dispatcher/lava_test_shell

# As LAVA lays it on a board, and as its run.sh does; files come from a server here.
lava_steps() {
	mkdir -p "$tmp/lava/bin" "$tmp/lava/files" "$tmp/lava/board"
	tar -C "$(dirname "$tornwalk")" -czf "$tmp/lava/files/tornwalk.tar.gz" tornwalk -C "$root" configs
	cp "$lava/lava-common-functions" "$tmp/lava/bin"
	{ printf '#!/bin/sh\n\n' && cat "$lava/lava-test-case"; } >"$tmp/lava/bin/lava-test-case"
	chmod +x "$tmp/lava/bin"/*
	python3 -u -m http.server --bind 127.0.0.1 --directory "$tmp/lava/files" 0 >"$tmp/lava/served" 2>&1 &
	server=$!
	for _ in {1..100}; do
		! grep -q ' port ' "$tmp/lava/served" || break
		sleep 0.1
	done
	/usr/bin/python3 - "$root/configs/fleet/lava.yaml" \
		"$(sed -n 's/.* port \([0-9]*\).*/\1/p' "$tmp/lava/served")" >"$tmp/lava/steps" <<-'END'
	import sys, yaml, shlex
	test = yaml.safe_load(open(sys.argv[1]))["actions"][2]["test"]["definitions"][0]["repository"]
	params = dict(test["params"], SUITE="lo-hi-overwrite mips-xpa")
	params["ARCHIVE"] = params["ARCHIVE"].replace("https://FILES", "http://127.0.0.1:" + sys.argv[2])
	for name, value in params.items():
	    print(name + "=" + shlex.quote(value))
	print("set -e\nset -x")
	print("\n".join(test["run"]["steps"]))
	END
	code=0
	(cd "$tmp/lava/board" && PATH=$tmp/lava/bin:$PATH LAVA_RESULT_DIR=$tmp/lava/results \
		sh "$tmp/lava/steps") >"$tmp/out" 2>"$tmp/err" || code=$?
	kill $server
	wait $server 2>/dev/null
}

why=
for p in wget python3; do command -v $p >/dev/null || why="no $p"; done
/usr/bin/python3 -c 'import lava_common.schemas' 2>/dev/null || why="no lava-common"
[ -e "$lava/lava-test-case" ] || why="no lava-dispatcher; ./run.sh setup boards-test has it"
if [ -n "$why" ]; then
	skip "LAVA: the template" "$why"
else
	check "LAVA: the template is valid by its schema" /usr/bin/python3 -c '
import sys, yaml
from lava_common.schemas import validate
validate(yaml.safe_load(open(sys.argv[1])), strict=True)' "$root/configs/fleet/lava.yaml"
	lava_steps
	expect "LAVA: its steps run" 'exits 0 && out_has "^{\"schema\":2,.*lo-hi-overwrite"'
	expect "LAVA: a test case for each cell and one for all" '
		[ "$(sed -n "s/^<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=\(.*\) RESULT=\(pass\|fail\|skip\)>$/\1/p" "$tmp/out" |
			tr "\n" " ")" = "lo-hi-overwrite mips-xpa tornwalk " ]'
fi

cat >"$tmp/client" <<END
set -euo pipefail
root=$root
. "\$root/src/target/ssh.sh"
. "\$root/src/target/native.sh"
. "\$root/src/target/qemu-system.sh"
. "\$root/src/target/fleet.sh"
fleet_binary() { echo "$tornwalk"; }
"\$@"
END
export TORNWALK_RESULTS=$tmp/results

start() {
	rm -rf --one-file-system "$tmp/results"
	env --default-signal=INT,TERM bash "$tmp/client" fleet "$@" </dev/null >"$tmp/out" 2>"$tmp/err" &
	pid=$!
}
ends() {
	code=0
	{ wait "$pid" || code=$?; } 2>/dev/null
}
fleet() {
	start "$@"
	ends
}
refuses_fleet() {
	fleet "${@:3}"
	expect "$1" 'exits 2 && silent && [ "$(wc -l <"$tmp/err")" = 1 ] && err_has "'"$2"'" && [ ! -e "$tmp/results" ]'
}

# has_lines FILE N: waits for so many
has_lines() {
	for _ in {1..300}; do
		[ ! -e "$1" ] || [ "$(wc -l <"$1")" -lt "$2" ] || return 0
		sleep 0.05
	done
	return 1
}

there() { cat "$tmp/home.$1"/.tornwalk/run-*/results.jsonl 2>/dev/null; }

# on_board N LINES: so many cells are finished there
on_board() {
	for _ in {1..600}; do
		[ "$(there "$1" | wc -l)" -lt "$2" ] || return 0
		sleep 0.02
	done
	return 1
}

# catch N OF MS ARGS...: starts a fleet, and stops board N between its first cell and the
# last of OF; a machine that was away for that long tries again, slower
catch() {
	for ((try = 0; try < 3; try++)); do
		start "${@:4}" --exact-time --time $(($3 << try * 2))ms
		if on_board "$1" 1 && board_freeze "$1" && [ -n "$(board_runs "$1")" ] && [ "$(there "$1" | wc -l)" -lt "$2" ]; then
			return 0
		fi
		board_thaw
		ends
	done
	return 1
}

# said REGEX: waits until the fleet has said it
said() {
	for _ in {1..600}; do
		! err_has "$1" || return 0
		sleep 0.05
	done
	return 1
}

# Every cell of quick once, in the merged file and in the boards' own
every_cell_once() {
	local dir

	dir=$(echo "$tmp"/results/fleet/*)
	well_formed "$dir/merged.jsonl" 35 && diff "$tmp/plan" <(names "$dir/merged.jsonl") &&
		cmp -s <(sort "$dir/merged.jsonl") <(find "$dir" -name '*.jsonl' ! -name merged.jsonl -exec cat {} + | sort) &&
		[ -z "$(find "$dir" -name '.*')" ]
}
of_board() { cat "$tmp"/results/fleet/*/"root@10.77.$1.2.jsonl" 2>/dev/null; }

# ---- what is wrong is said before anything runs ----

fleet_of() { printf '%s\n' "$@" >"$tmp/fleet"; }
refuses_fleet "no FILE" 'needs a FILE'
refuses_fleet "a FILE that is not there" 'cannot read .*nowhere' "$tmp/nowhere"
fleet_of "# only this" ""
refuses_fleet "no board" 'no board' "$tmp/fleet"
fleet_of "# boards" "ssh:root@10.77.1.2 # one" "telnet:x"
refuses_fleet "a bad line: file:line" 'fleet:3: bad board .telnet:x.; it is ssh:.*, qemu:i686-pae.* native' "$tmp/fleet"
fleet_of native ssh:
refuses_fleet "a bad board: file:line" 'fleet:2: bad board .ssh:.' "$tmp/fleet"
fleet_of native "" " native"
refuses_fleet "a board twice: file:line" 'fleet:3: native is on line 1' "$tmp/fleet"
refuses_fleet "--out is its own" '--out: ' "$tmp/fleet" quick --out x
refuses_fleet "--shard is its own" '--shard=1/2: ' "$tmp/fleet" --shard=1/2
code=0
bash "$tmp/client" eval 'fleet_boards=(); fleet_read "$root/configs/fleet/example.fleet"; printf "%s\n" "${fleet_boards[@]}"' \
	>"$tmp/out" 2>"$tmp/err" || code=$?
expect "the example is a good one" 'exits 0 && [ "$(grep -c ^ssh: "$tmp/out")" = 3 ]'

why=${boards_why:-}
parallel --version 2>/dev/null | grep -q '^GNU parallel' || why="no GNU parallel"
if [ -n "$why" ]; then
	skip "a fleet, Slurm" "$why"
	finish
	exit 0
fi
for n in 1 2 3; do
	check "board $n answers" board_start $n
done

# ---- one of three dies ----

fleet_of "$(board 1)" "$(board 2)" "$(board 3)"
check "one of three dies in the middle" catch 2 9 60 "$tmp/fleet" quick
board_kill 2
ends
check "one of three dies: every cell once" every_cell_once
expect "one of three dies: is named, and who did its shard" '
	out_has "lost: ssh:root@10.77.2.2;" && out_has "shard 2/3 of .*2.2 was done by ssh:root@10.77.[13].2" &&
	err_has "10.77.2.2.*given up" && [ -z "$(of_board 2)" ] && as_in "$tmp"/results/fleet/*/merged.jsonl'
for n in 1 3; do
	check "one of three dies: board $n has nothing left" board_clean $n
done

# ---- a link that breaks and comes back; this machine and replicas ----

fleet_of "$(board 1)" "$(board 3)"
check "a link breaks in the middle" catch 3 3 300 "$tmp/fleet" --replicated lo-hi-overwrite mips-xpa read-once-remap
board_hang_up 3
said '10.77.3.2.*connection lost'
board_thaw
ends
expect "a link that comes back: goes on" '
	err_has "10.77.3.2.*connection lost" && out_has "10.77.3.2.* of them from" && ! out_has " lost:" &&
	[ "$(of_board 3 | wc -l)" = 3 ] && [ "$(of_board 1 | wc -l)" = 3 ] && as_in "$tmp"/results/fleet/*/merged.jsonl'
check "a link that comes back: nothing left" board_clean 3
start_again() {	# goes on with what the last one left
	bash "$tmp/client" fleet "$tmp/fleet" --resume "$@" </dev/null >"$tmp/out" 2>"$tmp/err" &
	pid=$!
}

fleet_of native ssh:root@10.78.0.1
fleet "$tmp/fleet" lo-hi-overwrite mips-xpa --time 50ms
expect "native, and one that was never there" '
	[ "$(names "$tmp"/results/fleet/*/native.jsonl | tr "\n" " ")" = "lo-hi-overwrite mips-xpa " ] &&
	out_has "lost: ssh:root@10.78.0.1" && err_has "10.78.0.1: no connection" && as_in "$tmp"/results/fleet/*/merged.jsonl'
fleet_of ssh:root@10.78.0.1
fleet "$tmp/fleet" quick
expect "nobody is there: exit 2, no results" 'exits 2 && err_has "no board is left" && [ -z "$(ls "$tmp/results/fleet")" ]'

# ---- a file of one's own ----

printf '[mine-%s]\nreader = lo-hi\nwriter = present-present\ntime = 50ms\n' one two >"$tmp/my own.ini"
fleet_of native "$(board 1)"
fleet "$tmp/fleet" "$tmp/my own.ini"
expect "a file of one's own goes to each board" '
	[ "$(names "$tmp"/results/fleet/*/merged.jsonl | tr "\n" " ")" = "mine-one mine-two " ] && as_in "$tmp"/results/fleet/*/merged.jsonl'
refuses_fleet "a file of one's own that is not here" 'nowhere.ini: no such file' "$tmp/fleet" nowhere.ini

# ---- Ctrl-C, SIGKILL, and going on ----

# What was finished before is in the results as it was, and the rest once.
went_on() {
	every_cell_once && [ -s "$tmp/before" ] &&
		! grep -v '"cause":"interrupted' "$tmp/before" | grep -qvxFf "$(echo "$tmp"/results/fleet/*/merged.jsonl)"
}
fleet_of "$(board 1)" native "$(board 3)"
check "Ctrl-C in the middle" catch 1 9 60 "$tmp/fleet" quick
board_thaw
kill -INT "$pid"
ends
dir=$(echo "$tmp"/results/fleet/*)
cat "$dir"/*@*.jsonl "$dir/native.jsonl" >"$tmp/before" 2>/dev/null
expect "Ctrl-C: exit 4, what was measured is there" '{ exits 4 || exits 1; } && [ -n "$(of_board 1)" ] &&
	err_has "interrupted.; fleet FILE --resume $dir goes on"'
for n in 1 3; do
	check "Ctrl-C: board $n has nothing left" board_clean $n
done
start_again "$dir"
ends
expect "Ctrl-C: --resume does the rest, and nothing twice" 'went_on && as_in "$dir/merged.jsonl"'
expect "Ctrl-C: when all is done, nothing is left to go on with" '[ ! -e "$dir/unfinished" ] && board_clean 1 && board_clean 3'

check "SIGKILL in the middle" catch 3 9 60 "$tmp/fleet" quick
kill -9 "$pid"
board_thaw
ends
dir=$(echo "$tmp"/results/fleet/*)
fleet_of "$(board 1)" native "$(board 3)" ssh:root@10.78.0.1
start_again "$dir"
for _ in {1..100}; do	# the old one's workers end first
	[ ! -e "$dir/unfinished/board.3" ] || break
	sleep 0.1
done
cat "$dir"/unfinished/done/[1-3] "$dir"/unfinished/part.*[!g] <(there 1) <(there 3) 2>/dev/null | sort -u >"$tmp/before"
code=0
bash "$tmp/client" fleet "$tmp/fleet" --resume "$dir" >"$tmp/out.2" 2>"$tmp/err.2" || code=$?
expect "SIGKILL: two that go on at once: one is refused" 'exits 2 && [ ! -s "$tmp/out.2" ] &&
	[ $(wc -l <"$tmp/err.2") = 1 ] && grep -q "still going on" "$tmp/err.2"'
ends
expect "SIGKILL: --resume does the rest, and nothing twice" 'went_on && as_in "$dir/merged.jsonl"'
expect "SIGKILL: nothing is left" '[ ! -e "$dir/unfinished" ] && board_clean 1 && board_clean 3'
code=0
bash "$tmp/client" fleet "$tmp/fleet" --resume "$dir" >"$tmp/out" 2>"$tmp/err" || code=$?
expect "--resume of what is complete" 'exits 2 && silent && err_has "no fleet that could go on"'
refuses_fleet "--resume without a DIR" '--resume needs the DIR' "$tmp/fleet" --resume
refuses_fleet "--resume with other words" 'not with .full.' "$tmp/fleet" --resume x full

# ---- Slurm on this machine, in this namespace ----

slurm_conf() {
	cat <<-END
	ClusterName=tornwalk
	SlurmctldHost=$(uname -n)(127.0.0.1)
	SlurmUser=root
	AuthType=auth/munge
	AuthInfo=socket=$tmp/slurm/munge.socket
	CredType=cred/munge
	SlurmctldPidFile=$tmp/slurm/ctld.pid
	SlurmdPidFile=$tmp/slurm/d.pid
	SlurmctldLogFile=$tmp/slurm/ctld.log
	SlurmdLogFile=$tmp/slurm/d.log
	StateSaveLocation=$tmp/slurm/state
	SlurmdSpoolDir=$tmp/slurm/spool
	ProctrackType=proctrack/pgid
	TaskPlugin=task/none
	JobAcctGatherType=jobacct_gather/none
	ReturnToService=2
	NodeName=node NodeHostname=$(uname -n) NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
	PartitionName=all Nodes=node Default=YES State=UP MaxTime=INFINITE
	END
}

slurm_start() {
	mkdir -p "$tmp/slurm/state" "$tmp/slurm/spool"
	export SLURM_CONF=$tmp/slurm/slurm.conf
	slurm_conf >"$SLURM_CONF"
	head -c 128 /dev/urandom >"$tmp/slurm/key"
	chmod 600 "$tmp/slurm/key"
	munged --foreground --force --key-file="$tmp/slurm/key" --socket="$tmp/slurm/munge.socket" \
		--pid-file="$tmp/slurm/munge.pid" --seed-file="$tmp/slurm/seed" --log-file="$tmp/slurm/munge.log" \
		>/dev/null 2>&1 &
	slurm_pids=($!)
	for _ in {1..50}; do
		[ ! -S "$tmp/slurm/munge.socket" ] || break
		sleep 0.1
	done
	slurmctld -D -f "$SLURM_CONF" >/dev/null 2>&1 &
	slurm_pids+=($!)
	slurmd -D -f "$SLURM_CONF" -N node >/dev/null 2>&1 &
	slurm_pids+=($!)
	for _ in {1..150}; do
		! sinfo -h -o %T 2>/dev/null | grep -q '^idle' || return 0
		sleep 0.1
	done
	tail -n 3 "$tmp"/slurm/*.log | sed 's/^/# /'
	return 1
}

slurm_stop() {
	scancel --user=root 2>/dev/null
	kill "${slurm_pids[@]}" 2>/dev/null
	wait "${slurm_pids[@]}" 2>/dev/null
}

missing=
for p in munged slurmctld slurmd sbatch; do
	command -v $p >/dev/null || missing+=" $p"
done
if [ -n "$missing" ]; then
	skip "Slurm" "no$missing"
elif slurm_start; then
	code=0
	(cd "$root" && RESULTS=$tmp/slurm/results TORNWALK=$tornwalk SUITE='quick --time 20ms' \
		sbatch --wait --output="$tmp/slurm/task-%a.log" configs/fleet/slurm.sbatch) >"$tmp/out" 2>"$tmp/err" || code=$?
	cat "$tmp"/slurm/results/shard-*.jsonl >"$tmp/slurm/merged"
	expect "Slurm: an array of three runs every cell once" '
		well_formed "$tmp/slurm/merged" 35 && diff "$tmp/plan" <(names "$tmp/slurm/merged") &&
		[ "$(ls "$tmp/slurm/results" | wc -l)" = 3 ]'

	(cd "$root" && RESULTS=$tmp/slurm/again TORNWALK=$tornwalk SUITE='quick --time 80ms' sbatch --parsable \
		--array=1-1 --output="$tmp/slurm/again.log" configs/fleet/slurm.sbatch) >"$tmp/out" 2>"$tmp/err"
	job=$(cut -d';' -f1 "$tmp/out")_1
	has_lines "$tmp/slurm/again/shard-1.jsonl" 3
	scontrol requeue "$job" 2>"$tmp/err"
	for _ in {1..20}; do
		sleep 0.5
		scontrol show job "$job" | grep -q JobState=PENDING && break
	done
	scontrol update "JobId=$job" StartTime=now 2>"$tmp/err"
	for _ in {1..60}; do
		! grep -q ' of them from ' "$tmp/slurm/again.log" || break
		sleep 0.5
	done
	expect "Slurm: a task that is requeued goes on" '
		grep -qE "^35 cells: .* of them from " "$tmp/slurm/again.log" &&
		[ "$(names "$tmp/slurm/again/shard-1.jsonl" | sort -u | wc -l)" = 35 ]'
	slurm_stop
else
	not_ok "Slurm starts"
	slurm_stop
fi

finish
