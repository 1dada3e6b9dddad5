#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016  # conditions are for expect
# The READMEs against what they are about.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$root" || exit 2
mapfile -t readmes < <(find README.md src configs results -name README.md)

holds() { # WHAT FILE...: links, files, functions or blocks
	code=0
	TORNWALK=$tornwalk python3 src/test/check_readmes.py "$@" >"$tmp/out" 2>"$tmp/err" || code=$?
	exits 0
}

check "README.md has at most 160 lines" test "$(wc -l <README.md)" -le 160
check "links lead somewhere" holds links "${readmes[@]}"
check "files that are named exist" holds files "${readmes[@]}"
check "functions that src/README.md names exist" holds functions src/README.md	# others name the kernel's
check "blocks that show tornwalk's output show it" holds blocks "${readmes[@]}"

# NAME PATTERN FILE: the first words of the rows of FILE's table under the head PATTERN
rows() {
	sed 's/\\|/ or /g' "$2" | awk -v head="$1" -F'|' 'index($0, head) == 1 { on = 1; next } on && !/^\|/ { exit } on { print $2 }' |
		grep -oE '`[^`]*`' | tr -d '`' | sort
}
same() { diff "$tmp/a" "$tmp/b" >"$tmp/out"; }

rows '| room' src/README.md >"$tmp/a"
(cd src && printf '%s\n' */) | tr -d / | sort >"$tmp/b"
check "src/README.md: every room, and no other" same
rows '| suite' configs/README.md >"$tmp/a"
(cd configs/suites && printf '%s\n' *.ini) | sed 's/\.ini//' | sort >"$tmp/b"
check "configs/README.md: every suite, and no other" same
rows '| command' README.md | sed -nE 's|^\./run\.sh ?([a-z]*).*|\1|p' | grep . | sort -u >"$tmp/a"
./run.sh nonsense 2>&1 | sed 's/.*valid: *//' | tr ' ' '\n' |
	grep -vxF -f <(cd configs/suites && printf '%s\n' *.ini | sed 's/\.ini//' | grep -vx ci) | sort >"$tmp/b"
check "README.md: every command of run.sh, and no other" same

finish
