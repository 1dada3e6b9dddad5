# shellcheck shell=bash disable=SC2154  # root and others are run.sh's
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: ci       [--update-baseline] [--strict] [LEG...]  the ci suite on i686 and ARM32, native and QEMU user mode, gated
#
# Cells that had passed and saw too little now are run again at the end of their leg, with
# ten times the time; what is thin even then is counted, and closes nothing (--strict: exit 4).
# A leg is a target's program by one compiler on one 32-bit executor, and is gated against
# results/baseline/TARGET/KIND-COMPILER.jsonl. Which there are is CI of the target's facts;
# ./run.sh qemus puts the calibrations of two QEMUs side by side.

# "TARGET KIND COMPILER", one leg a line
ci_legs() {
	local target leg

	for target in $(facts_names targets); do
		for leg in $(fact "targets/$target" CI); do
			[ "${leg%-*}" = qemu10 ] && [ ! -x "$qemu10/usr/bin/qemu-arm" ] || echo "$target ${leg%-*} ${leg##*-}"
		done
	done
}

# LEG...: "TARGET KIND COMPILER" of each that was named
ci_chosen() {
	local leg

	[ $# -gt 0 ] || ci_legs
	for leg; do
		ci_legs | awk -v leg="$leg" '{ name = $1 "-" $2 "-" $3 } name == leg { print; found = 1 } END { exit !found }' ||
			die "unknown leg \"$leg\"; valid: $(ci_legs | tr ' ' - | xargs)"
	done
}

# Ten times what the suite gives a cell.
ci_again=$(sed -n 's/^time = \([0-9]*\)ms$/\10ms/p' "$root/configs/suites/ci.ini")

# TARGET COMPILER: where make puts its programs, from the root
ci_build_dir() { echo "build/$1-$2${MUTANT:+-mutant-$MUTANT}"; }

# TARGET COMPILER FILE: what it was compiled to, beside its results; a symbol that differs
# from its claim is the gate's affair
ci_audit() {
	(cd "$root" && "$desk" audit --json "$(ci_build_dir "$1" "$2")/tornwalk.full") >"${3%.jsonl}.audit.json" || :
}

# TARGET KIND COMPILER FILE RUN-ARGUMENTS...
ci_session() {
	local target=$1 kind=$2 compiler=$3 out=$4 code=0 cpu=""

	[ "$kind" = native ] || cpu=$(fact "targets/$target" CPU)
	"$(target_kind "$kind:$target")_session" "$kind:$target${cpu:+:$cpu}" "$root/$(ci_build_dir "$target" "$compiler")/tornwalk" \
		"$out" "${@:5}" --quiet || code=$?
	if [ -n "${ssh_stopped:-}" ]; then
		echo "run.sh: ci: interrupted; finished cells are in ${out#"$root"/}" >&2
		exit 4
	fi
	[ "$code" != 2 ] || die "could not run $target $kind $compiler"
}

# TARGET KIND COMPILER: can this machine's kernel run the leg at all?
ci_runs_here() {
	[ "$2" != native ] || "$root/$(ci_build_dir "$1" "$3")/tornwalk" help >/dev/null 2>&1
}

# FILE: what was run again takes the place of what it was
ci_merge() {
	local again=${1%.jsonl}.again.jsonl

	count_once "$1" "$again" >"$1.new"
	mv "$1.new" "$1"
	rm -f "$again"
}

# TARGET KIND COMPILER FILE BASE RUN-ARGUMENTS...
ci_leg() {
	local out=$4 base=$5 again=()

	ci_session "${@:1:4}" ci "${@:6}"
	[ ! -e "$base" ] || mapfile -t again < <("$desk" gate --thin "$base" "$out")
	if [ "${#again[@]}" -gt 0 ]; then
		echo "too little of ${#again[@]} cells, once more with ten times the time: ${again[*]}"
		ci_session "${@:1:3}" "${out%.jsonl}.again.jsonl" "${again[@]}" --time "$ci_again" "${@:6}"
		ci_merge "$out"
	fi
	ci_audit "$1" "$3" "$out"
}

# TARGET KIND COMPILER FILE BASE: by the clock, for its rates; what that does not show is
# run until it is answered. The verdicts that would change, cell by cell; then the files are
# taken over.
ci_baseline() {
	local out=$4 base=$5 silent=()

	ci_session "${@:1:4}" ci --exact-time
	mapfile -t silent < <("$desk" gate --thin "$out")
	if [ "${#silent[@]}" -gt 0 ]; then
		ci_session "${@:1:3}" "${out%.jsonl}.again.jsonl" "${silent[@]}" --time "$ci_again"
		ci_merge "$out"
	fi
	ci_audit "$1" "$3" "$out"
	[ ! -e "$base" ] || "$desk" gate "$base" "$out" || :
	mkdir -p "$(dirname "$base")"
	cp "$out" "$base"
	cp "${out%.jsonl}.audit.json" "${base%.jsonl}.audit.json"
	echo "taken: ${base#"$root"/}"
}

cmd_ci() {
	local dir out base begin=$SECONDS target kind compiler take="" strict="" legs code=0 closed=0 thin=0 missing=0

	while [[ ${1:-} == --* ]]; do
		case $1 in
		--update-baseline) take=yes ;;
		--strict) strict=--strict ;;
		*) die "ci: unknown option \"$1\"; valid: --update-baseline --strict" ;;
		esac
		shift
	done
	legs=$(ci_chosen "$@") || exit
	setup ci
	build_desk
	dir=$(stamp ci)
	mkdir "$dir"
	while read -r target kind compiler; do
		out=$dir/$target-$kind-$compiler.jsonl
		base=$root/results/baseline/$target/$kind-$compiler.jsonl
		echo "== $target $kind $compiler"
		TARGET=$target COMPILER=$compiler SAN='' build
		if ! ci_runs_here "$target" "$kind" "$compiler"; then
			[ $# = 0 ] || die "ci: this machine's kernel runs no $target program"
			echo "left out: this machine's kernel runs no $target program"
			missing=$((missing + 1))
			continue
		fi
		if [ -n "$take" ]; then
			ci_baseline "$target" "$kind" "$compiler" "$out" "$base"
			continue
		fi
		ci_leg "$target" "$kind" "$compiler" "$out" "$base"
		if [ ! -e "$base" ]; then
			echo "no baseline ${base#"$root"/}; ./run.sh ci --update-baseline makes one"
			closed=1
			continue
		fi
		code=0
		"$desk" gate $strict "$base" "$out" || code=$?
		case $code in
		0) ;;
		4) thin=1 ;;
		*) closed=1 ;;
		esac
	done <<<"$legs"
	[ -x "$qemu10/usr/bin/qemu-arm" ] || echo "no QEMU 10 here: ./run.sh setup qemu10 adds a leg"
	[ $missing = 0 ] || echo "$missing legs could not be run on this machine"
	echo "== ci: $([ $closed = 0 ] && echo open || echo CLOSED), $((SECONDS - begin))s; results in ${dir#"$root"/}"
	[ $closed = 0 ] || exit 1
	[ $thin = 0 ] || exit 4
}
