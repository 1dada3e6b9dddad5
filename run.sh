#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The front door: sets up, builds, runs. A command is a file of src/command; its
# `# usage:` line is its help, and ./run.sh help prints them all. A command's exit code
# is what it exits with; it may also just end.
set -Eeuo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export TARGET=${TARGET:-x86_64} COMPILER=${COMPILER:-gcc}
export TORNWALK_CONFIGS=${TORNWALK_CONFIGS:-$root/configs}
export BUILD=$root/build/$TARGET-$COMPILER${SAN:+-${SAN//,/-}}${MUTANT:+-mutant-$MUTANT}

die() { echo "run.sh: $*" >&2; exit 2; }

# Nothing ends silently: this is for whatever no command expects.
ended_early() {
	local code=$?

	echo "run.sh: ended at ${BASH_SOURCE[1]#"$root"/}:${BASH_LINENO[0]} with exit code $code: $BASH_COMMAND" >&2
}
trap ended_early ERR

for part in target/{target,native,qemu-user,qemu-system,ssh,fleet} command/lib/{packages,build}; do
	# shellcheck source=/dev/null
	. "$root/src/$part.sh"
done

main() {
	local word=${1:-quick}

	case $word in
	-h | --help) word=help ;;
	esac
	if [[ $word =~ ^[a-z]+$ && -e $root/src/command/$word.sh ]]; then
		# shellcheck source=/dev/null
		. "$root/src/command/$word.sh"
		shift
	elif [[ $word =~ ^[a-z]+$ && -e $root/configs/suites/$word.ini ]]; then	# short for run SUITE
		# shellcheck source=/dev/null
		. "$root/src/command/run.sh"
		set -- "$word" "${@:2}"
		word=run
	else
		die "unknown command \"$word\"; valid: $(cd "$root" && basename -s .sh src/command/*.sh |
			paste -sd' ') $(cd "$root" && basename -s .ini configs/suites/*.ini | grep -vx ci | paste -sd' ')"
	fi
	"cmd_$word" "$@"
}

main "$@"
