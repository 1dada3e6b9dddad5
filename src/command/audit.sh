# shellcheck shell=bash disable=SC2154  # root is run.sh's
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: audit    what each compiler here makes of the readers and writers, against their claims
#
# What every compiler here makes of the readers, writers and walkers, by
# target and optimisation, against what they claim.

audit_levels=(O0 O1 O2 O3 Os)

# gcc (each target has its own, of one version) and every clang there is
audit_compilers() {
	echo "gcc-$(gcc -dumpversion)"
	compgen -c clang- | grep -xE 'clang-[0-9]+' | sort -uV
}

# make's words, one object a line
audit_objects() {
	local target compiler level

	for target in $(facts_names targets); do
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
	setup ci
	cd "$root" || return 2
	build_desk
	audit_objects | xargs -P "$(nproc)" -L 1 make -s || die "the build failed: see above"
	mapfile -t objects < <(audit_objects | sed 's/.* //')
	file=$(stamp audit .txt)
	file=${file%.txt}
	"$desk" audit "${objects[@]}" >"$file.txt" || code=$?
	"$desk" audit --json "${objects[@]}" >"$file.json" || :
	"$desk" audit --brief "${objects[@]}" || :
	echo "compilers: $(audit_compilers | tr '\n' ' ')at ${audit_levels[*]}; $((SECONDS - begin))s;" \
		"all of it in ${file#"$root"/}.txt and .json"
	exit $code
}
