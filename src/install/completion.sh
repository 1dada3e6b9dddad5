#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# completion.sh TORNWALK TORNREPORT: prints the file that bash completes their words with.
# A program names its valid words when it is given a bad one; from there they come, so
# that nobody has to write them down a second time.
set -euo pipefail
tornwalk=$1 tornreport=$2

# COMMAND...: the words after "valid:" of what it says of a bad word
valid() { "$@" nonsense 2>&1 | sed -n 's/.*valid: *//p'; }
# COMMAND... OPTION: the same of its value; nothing if it may be anything
values() {
	"$@" nonsense --nonsense 2>&1 | sed -n 's/.*valid: *\([a-z0-9][a-z0-9 -]*\)$/\1/p'
}
options() { "$@" --nonsense 2>&1 | grep -oE -- '--[a-z][a-z-]*' | grep -vx -- --nonsense | sort -u | paste -sd' '; }

# PROGRAM BINARY: "COMMAND) words=...", one line each
arms() {
	local command

	for command in $(valid "$1" | sed 's/ help$//'); do
		echo "	$2:$command) words='$(options "$1" "$command" || :)' ;;"
	done
}

cat <<END
# bash completion of tornwalk and tornreport; made by make install from their own lists.

_tornwalk_values() {
	case \$1 in
$(for command in run explore; do
	for o in $(options "$tornwalk" $command); do
		v=$(values "$tornwalk" $command "$o")
		[ -z "$v" ] || echo "	$o) echo '$v' ;;"
	done
done | sort -u)
	esac
}

# What the configs here have: suites and scenarios.
_tornwalk_cells() {
	{ tornwalk list suites && tornwalk list scenarios; } 2>/dev/null | sed -n 's/^  \([a-z0-9-]*\).*/\1/p'
}

_tornwalk() {
	local program=\${COMP_WORDS[0]##*/} command=\${COMP_WORDS[1]:-} cur=\${COMP_WORDS[COMP_CWORD]} words=''

	COMPREPLY=()
	if [ "\$COMP_CWORD" = 1 ]; then
		case \$program in
		tornwalk) words='$(valid "$tornwalk")' ;;
		tornreport) words='$(valid "$tornreport")' ;;
		esac
	else
		words=\$(_tornwalk_values "\${COMP_WORDS[COMP_CWORD - 1]}")
	fi
	if [ -z "\$words" ]; then
		case \$program:\$command in
$(arms "$tornwalk" tornwalk)
$(arms "$tornreport" tornreport)
		esac
		[[ \$program != tornwalk || \$cur == -* ]] || case \$command in
		list) words='$(valid "$tornwalk" list)' ;;
		run | explore | explain) words=\$(_tornwalk_cells) ;;
		esac
	fi
	mapfile -t COMPREPLY < <(compgen -W "\$words" -- "\$cur")
}

complete -o default -F _tornwalk tornwalk tornreport
END
