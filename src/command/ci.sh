# shellcheck shell=bash disable=SC2154,SC2034  # root and COMPILER are run.sh's
# SPDX-License-Identifier: GPL-2.0-or-later
# ./run.sh ci: the ci suite on every 32-bit executor this machine has, each gated
# against results/baseline/<target>/. Sourced by run.sh. Where build/qemu10 is set up
# there is one leg more; ./run.sh qemus puts the calibrations side by side.

# SPEC COMPILER
ci_legs=(
	"native:i686 gcc"
	"native:i686 clang"
	"qemu-user:i686 gcc"
	"qemu-user:armhf:cortex-a9 gcc"
	"qemu-user:armhf:cortex-a9 clang"
	"qemu-user:armhf-lpae:cortex-a15 gcc"
	"qemu-user:armhf-lpae:cortex-a15 clang"
)

ci_more_legs() {
	[ ! -x "$root/build/qemu10/usr/bin/qemu-arm" ] || ci_legs+=("qemu10:armhf-lpae:cortex-a15 gcc")
}

ci_leg() {
	local spec=$1 compiler=$2 out=$3 code=0

	COMPILER=$compiler
	echo "== $spec $compiler"
	make -s -C "$root" -j"$(nproc)" TARGET="$(user_target "$spec")" COMPILER="$compiler" ||
		die "the build failed: $spec $compiler"
	user_exec "$spec" ci --out "$out" --quiet || code=$?
	[ "$code" != 2 ] || die "could not run $spec $compiler"
	# what it was compiled to; a symbol that differs from its claim is the gate's affair
	(cd "$root" && "$desk" audit --json "build/$(user_target "$spec")-$compiler/tornwalk.full") \
		>"${out%.jsonl}.audit.json" || :
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
	local dir out base closed=0 begin=$SECONDS leg spec compiler name desk take=""

	case ${1:-} in
	"") ;;
	--update-baseline) take=yes ;;
	*) die "ci takes nothing but --update-baseline, not \"$1\"" ;;
	esac
	cmd_setup ci
	ci_more_legs
	make -s -C "$root" -j"$(nproc)" TARGET=x86_64 COMPILER=gcc all build/x86_64-gcc/tornreport
	desk=$root/build/x86_64-gcc/tornreport
	dir=$root/results/runs/ci/$(date -u +%Y%m%dT%H%M%SZ)
	mkdir -p "$dir"
	for leg in "${ci_legs[@]}"; do
		read -r spec compiler <<<"$leg"
		name=${spec%%:*}-$compiler
		out=$dir/$(user_target "$spec")-$name.jsonl
		base=$root/results/baseline/$(user_target "$spec")/$name.jsonl
		ci_leg "$spec" "$compiler" "$out"
		if [ -n "$take" ]; then
			ci_take "$out" "$base"
		elif [ ! -e "$base" ]; then
			echo "no baseline ${base#"$root"/}; ./run.sh ci --update-baseline makes one"
			closed=1
		else
			"$desk" gate "$base" "$out" || closed=1
		fi
	done
	[ ${#ci_legs[@]} -gt 7 ] || echo "no QEMU 10 here: ./run.sh setup qemu10 adds a leg"
	echo "== ci: $([ $closed = 0 ] && echo open || echo CLOSED), $((SECONDS - begin))s; results in ${dir#"$root"/}"
	return $closed
}
