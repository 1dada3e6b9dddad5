# shellcheck shell=bash disable=SC2154  # root is run.sh's
# SPDX-License-Identifier: GPL-2.0-or-later
# ./run.sh audit: what every compiler here makes of the readers, writers and walkers, by
# target and optimisation, against what they claim. Sourced by run.sh.

audit_targets=(x86_64 i686 i686-sse2 armhf armhf-lpae)
audit_levels=(O0 O1 O2 O3 Os)

# gcc (each target has its own, of one version) and every clang there is
audit_compilers() {
	echo "gcc-$(gcc -dumpversion)"
	compgen -c clang- | grep -xE 'clang-[0-9]+' | sort -uV
}

# make's words, one object a line
audit_objects() {
	local target compiler level

	for target in "${audit_targets[@]}"; do
		for compiler in $(audit_compilers); do
			for level in "${audit_levels[@]}"; do
				set -- "build/audit/$target/$compiler/$level"
				echo "TARGET=$target COMPILER=${compiler/gcc-*/gcc} OPT=-$level OUT=$1 $1/audit.o"
			done
		done
	done
}

cmd_audit() {
	local begin=$SECONDS code=0 file objects

	[ $# = 0 ] || die "audit takes no words, not \"$1\""
	cmd_setup ci
	cd "$root" || return 2
	make -s -j"$(nproc)" build/x86_64-gcc/tornreport || die "the build failed: tornreport"
	audit_objects | xargs -P "$(nproc)" -L 1 make -s || die "the build failed: see above"
	mapfile -t objects < <(audit_objects | sed 's/.* //')
	file=results/runs/audit/$(date -u +%Y%m%dT%H%M%SZ)
	mkdir -p "${file%/*}"
	build/x86_64-gcc/tornreport audit "${objects[@]}" >"$file.txt" || code=$?
	build/x86_64-gcc/tornreport audit --json "${objects[@]}" >"$file.json" || :
	build/x86_64-gcc/tornreport audit --brief "${objects[@]}" || :
	echo "compilers: $(audit_compilers | tr '\n' ' ')at ${audit_levels[*]}; $((SECONDS - begin))s;" \
		"all of it in $file.txt and .json"
	return $code
}
