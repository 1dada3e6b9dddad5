# shellcheck shell=bash disable=SC2154  # root and others are run.sh's
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: ci       [--update-baseline] [LEG...]  the ci suite on i686 and ARM32, native and QEMU user mode, gated
#
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

# TARGET KIND COMPILER FILE
ci_leg() {
	local target=$1 kind=$2 compiler=$3 out=$4 code=0 cpu=""

	[ "$kind" = native ] || cpu=$(fact "targets/$target" CPU)
	echo "== $target $kind $compiler${cpu:+, $cpu}"
	TARGET=$target COMPILER=$compiler SAN='' build
	"$(target_kind "$kind:$target")_session" "$kind:$target${cpu:+:$cpu}" "$root/build/$target-$compiler/tornwalk" \
		"$out" ci --quiet || code=$?
	if [ -n "${ssh_stopped:-}" ]; then
		echo "run.sh: ci: interrupted; finished cells are in ${out#"$root"/}" >&2
		exit 4
	fi
	[ "$code" != 2 ] || die "could not run $target $kind $compiler"
	# what it was compiled to; a symbol that differs from its claim is the gate's affair
	(cd "$root" && "$desk" audit --json "build/$target-$compiler/tornwalk.full") >"${out%.jsonl}.audit.json" || :
}

# The verdicts that would change, cell by cell; then the files are taken over.
ci_take() {
	local out=$1 base=$2

	[ ! -e "$base" ] || "$desk" gate "$base" "$out" || :
	mkdir -p "$(dirname "$base")"
	cp "$out" "$base"
	cp "${out%.jsonl}.audit.json" "${base%.jsonl}.audit.json"
	echo "taken: ${base#"$root"/}"
}

cmd_ci() {
	local dir out base closed=0 begin=$SECONDS target kind compiler take="" legs

	if [ "${1:-}" = --update-baseline ]; then
		take=yes
		shift
	fi
	legs=$(ci_chosen "$@") || exit
	setup ci
	build_desk
	dir=$(stamp ci)
	mkdir "$dir"
	while read -r target kind compiler; do
		out=$dir/$target-$kind-$compiler.jsonl
		base=$root/results/baseline/$target/$kind-$compiler.jsonl
		ci_leg "$target" "$kind" "$compiler" "$out"
		if [ -n "$take" ]; then
			ci_take "$out" "$base"
		elif [ ! -e "$base" ]; then
			echo "no baseline ${base#"$root"/}; ./run.sh ci --update-baseline makes one"
			closed=1
		else
			"$desk" gate "$base" "$out" || closed=1
		fi
	done <<<"$legs"
	[ -x "$qemu10/usr/bin/qemu-arm" ] || echo "no QEMU 10 here: ./run.sh setup qemu10 adds a leg"
	echo "== ci: $([ $closed = 0 ] && echo open || echo CLOSED), $((SECONDS - begin))s; results in ${dir#"$root"/}"
	exit $closed
}
