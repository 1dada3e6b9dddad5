#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016  # conditions are for expect
# Old and small machines: one CPU, CPUs without this and that, nothing but the program.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"

# ---- one CPU: any two instructions are parted ----

cpu=$(taskset -cp $$ | sed 's/.*: *\([0-9]*\).*/\1/')
alone() {
	code=0
	timeout -k 10 240 taskset -c "$cpu" "$tornwalk" "$@" </dev/null >"$tmp/out" 2>"$tmp/err" || code=$?
}

# Controls of the native world: bare instructions, preempted. Five tries, each twice as long.
alone_saw() {
	alone run --exact-time --out - --time $((300 << (try - 1)))ms "${@:2}"
	exits 1 && [ "$(outcome "$1")" -gt 0 ]
}
alone_fires() { check "one CPU: fires: $1" try 5 alone_saw "${@:2}"; }

is_alone_clean() {
	alone run --exact-time --out - --time $((300 << (try - 1)))ms "$@"
	exits 1 || exits 0
}
alone_is_clean() {
	try 5 is_alone_clean "${@:2}"
	expect "one CPU: clean: $1" 'exits 0 && [ "$(verdict)" = pass ]'
}

# A control by name is a pass when it has shown what it has to.
alone_shows() {
	alone run "$1" --exact-time --out - --time $((300 << (try - 1)))ms
	exits 0 && [ "$(verdict)" = pass ]
}

calibrated() {
	alone calibrate
	exits 0 && out_has '^two-words .* tears ' && ! out_has 'cmpxchg8b.*TEARS|movq.*TEARS|fild.*TEARS'
}
check "one CPU: calibration shows tears, of two words only" calibrated
alone_fires "lo-hi x present-present" torn --reader lo-hi --writer present-present
alone_fires "lo-hi x pae-pte" torn --reader lo-hi --writer pae-pte
alone_fires "get-lockless x mips-xpa" torn --reader get-lockless --writer mips-xpa
alone_fires "read-once x pae-pmd" torn --reader read-once --writer pae-pmd --transition remap
alone_is_clean "atomic64 x pae-pmd" --reader atomic64 --writer pae-pmd --transition remap
alone_is_clean "get-lockless x pae-pte" --reader get-lockless --writer pae-pte
alone run lo-hi-overwrite --world widened --time 300ms --out -
expect "a suite's cell in another world" 'out_has "\"scenario\":\"lo-hi-overwrite\".*\"world\":\"widened\""'
for s in atomic64-overwrite reclaim-busted establish-atomic64; do
	check "one CPU: shows what it has to: $s" try 5 alone_shows $s
done
# Their grace periods block signals, sleep and wake.
for r in memb mb qsbr bp; do
	alone_is_clean "reclaim $r" --walker pagewalk-rfc --reader atomic64 --writer pae-pmd-cmpxchg \
		--transition split-direct --reclaim $r
done
alone run --readers 5 --writers 5 --slots 10 --reader atomic64 --writer pae-pmd --time 300ms --out -
expect "one CPU: ten threads" '{ exits 0 || exits 4; } && [ "$(outcome torn)" = 0 ]'
(
	trap '' ALRM TRAP
	exec taskset -c "$cpu" "$tornwalk" calibrate >"$tmp/out" 2>"$tmp/err"
)
code=$?
expect "one CPU: whatever signals the caller ignores" 'exits 0 && out_has "^two-words .* tears "'

# ---- 32-bit programs: small, and one clear line where a CPU lacks something ----

# built TARGET COMPILER: in $built, or why not in $why
built() {
	local cc triple

	triple=$(sed -n 's/^TRIPLE *= *//p' "$root/configs/targets/$1.mk")
	built=$root/build/$1-$2/tornwalk
	for cc in "$triple-gcc" "$2"; do
		[ "$cc" != gcc ] || continue
		command -v "$cc" >/dev/null || { why="no $cc"; return 1; }
	done
	make -s -C "$root" -j"$(nproc)" TARGET="$1" COMPILER="$2" SAN= >"$tmp/err" 2>&1 && return
	why="make TARGET=$1 COMPILER=$2: $(tail -n 1 "$tmp/err")"
	return 1
}

for t in i686 i686-sse2 armhf armhf-lpae; do
	for c in gcc clang; do
		if built $t $c; then
			size=$(stat -c %s "$built")
			check "$t $c: $size bytes, under 1,000,000" test "$size" -lt 1000000
		else
			skip "$t $c: under 1,000,000 bytes" "$why"
		fi
	done
done

# on CPU PROGRAM ARGS...
on() {
	code=0
	timeout -k 10 240 "$qemu" -cpu "$1" "${@:2}" </dev/null >"$tmp/out" 2>"$tmp/err" || code=$?
}
one_line() { exits 2 && silent && [ "$(wc -l <"$tmp/err")" = 1 ] && err_has "^tornwalk: this CPU has no $1"; }
ran_all() { { exits 0 || exits 4; } && out_has "^35 cells: .* 0 fail"; }

cat >"$tmp/mine.ini" <<-'END'
	[defaults]
	writer = pae-pmd
	transition = remap
	[by-movq]
	reader = atomic64-movq
	forbid = torn
	[by-fild]
	reader = atomic64-fild
	forbid = torn
END
old_i686() {
	on pentium "$1" list
	check "$2 on a Pentium: says that it lacks cmov" one_line cmov
	on pentium2 "$1" calibrate
	expect "$2 on a Pentium II: no movq, all else" \
		'exits 0 && out_has "^movq .* not on this CPU" && out_has "^fild .* no tear seen"'
	on pentium2 "$1" run "$tmp/mine.ini" --time 100ms
	expect "$2 on a Pentium II: leaves a movq cell out, says why" \
		'! exits 2 && out_has "by-fild" && out_has "1 left out: by-movq: .* this CPU lacks"'
	on pentium2 "$1" run quick --time 20ms
	check "$2 on a Pentium II: the quick suite" ran_all
}

qemu="qemu-i386-static"
for c in gcc clang; do
	if ! command -v $qemu >/dev/null; then
		skip "i686 on a Pentium" "no $qemu"
	elif built i686 $c; then
		old_i686 "$built" "i686 $c"
	else
		skip "i686 $c on a Pentium" "$why"
	fi
done
if command -v $qemu >/dev/null && built i686-sse2 gcc; then
	on pentium3 "$built" list
	check "i686-sse2 on a Pentium III: says that it lacks SSE2" one_line 'cmov and SSE2'
fi

qemu="qemu-arm-static"
if command -v $qemu >/dev/null && built armhf gcc; then
	on cortex-a9 "$built" run quick --time 20ms
	check "armhf on a Cortex-A9: the quick suite" ran_all
	on cortex-a9 "$built" calibrate
	expect "armhf on a Cortex-A9: nobody promised ldrd" 'exits 0 && ! out_has "blame"'
	if built armhf-lpae gcc; then
		on cortex-a9 "$built" list
		check "armhf-lpae on a Cortex-A9: says that it lacks sdiv" one_line sdiv
	fi
else
	skip "armhf on a Cortex-A9" "${why:-no $qemu}"
fi

# ---- nothing but the program: no /proc, no /sys, no locale, no network, nowhere to write ----

# bare PROGRAM ARGS...: in namespaces of its own, which end with it
bare() {
	code=0
	mkdir -p "$tmp/bare"
	timeout -k 10 240 unshare -m -n sh -c 'd=$1 configs=$2 program=$3
		shift 3
		mount --make-rprivate / && mount -t tmpfs -o size=8m none "$d" && cp "$program" "$d/tornwalk" &&
			cp -r "$configs" "$d/configs" && mount -o remount,ro "$d" || exit 99
		exec env -i "$(PATH=$PATH:/usr/sbin:/sbin command -v chroot)" "$d" /tornwalk "$@"' \
		sh "$tmp/bare" "$TORNWALK_CONFIGS" "$@" </dev/null >"$tmp/out" 2>"$tmp/err" || code=$?
}

bare_runs() {
	bare "$1" run quick --time 20ms --out -
	expect "$2, bare: the quick suite, results on standard output" '{ exits 0 || exits 4; } && well_formed "$tmp/out" 35'
	check "$2, bare: says what it does not know" grep -q '"cpu":"unknown"' "$tmp/out"
	bare "$1" run quick --time 20ms --out /results
	expect "$2, bare: nowhere to write: says so" 'exits 2 && silent && err_has "/results: Read-only file system"'
	bare "$1" calibrate --cpus "$cpu"
	expect "$2, bare: calibration on one CPU" 'exits 0 && out_has "^two-words .* tears "'
}

bare "$tornwalk" help
if [ $code = 0 ]; then
	bare_runs "$tornwalk" "this program"
	if built i686 gcc && "$built" help >/dev/null 2>&1; then
		bare_runs "$built" "i686 gcc"
	else
		skip "i686 gcc, bare" "no i686 program, or a kernel that runs none"
	fi
else
	skip "bare" "no mount namespaces here: $(tail -n 1 "$tmp/err")"
fi

finish
