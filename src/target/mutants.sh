# shellcheck shell=bash disable=SC2154  # root, BUILD are run.sh's
# SPDX-License-Identifier: GPL-2.0-or-later
# ./run.sh mutants: the mutation score by all instruments. Sourced by run.sh.

# What the audit makes of each mutant's own objects: "audit MUTANT WORD". Nothing of
# consumers and transitions is audited.
mutants_audit() {
	local object code

	for object in "$1"/mutated/*.o; do
		[[ $object != */table.o ]] || continue
		code=0
		"$2" audit "$object" >/dev/null 2>&1 || code=$?
		case $code in
		0) echo "audit $(basename "$object" .o) ." ;;
		1) echo "audit $(basename "$object" .o) differs" ;;
		esac
	done
}

cmd_mutants() {
	local also code=0

	cmd_setup test
	build mutants "$BUILD/tornreport"
	also=$(mktemp)
	mutants_audit "$BUILD" "$BUILD/tornreport" >"$also"
	"$BUILD/tornwalk-mutants" run --mutants --also "$also" "$@" || code=$?
	rm -f "$also"
	return $code
}
