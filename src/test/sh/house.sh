#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016  # conditions are for expect
# The rules of the house: who includes whom, what lies where, run.sh itself.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$root" || exit 2

# ---- includes point one way ----

# What each part may include besides itself. `world` is what -I puts under a
# protocol: mem.h, and the list of 8-byte mechanisms that comes with it, arch.h.
# `words` are the headers of judge that depend on nothing.
declare -A may=(
	[protocol]="world"
	[native]="world protocol"
	[explore]="world protocol"
	[machine]="protocol explore"
	[stress]="world native protocol explore machine"
	[config]="protocol machine stress"
	[predict]="protocol explore stress config"
	[judge]="stress config"
	[session]="stress config predict judge words"
	[litmus]="predict config"
	[cli]="config predict judge session litmus stress"
	[mutants]="protocol explore stress config predict session cli"	# cli: how words are read
	[kernel]="explore protocol words audit stress"	# stress: how a race is disturbed
	[live]="protocol config stress cli words kernel"	# the driver: a command line and a clock; the judge: how a result line is made
	[audit]="protocol"
	[report]="protocol audit words"	# the outcomes' names, what the bits mean, what a symbol is made of
	[man]="nothing"
	[command]="nothing"
	[install]="nothing"
	[target]="nothing"
)

part_of() { # FILE INCLUDED
	case $2 in
	mem.h | arch.h | gap.h | step.h) echo world ;;
	judge/words.h | judge/test_name.h) echo words ;;
	*/*) echo "${2%%/*}" ;;
	*) if [ -e "${1%/*}/$2" ]; then part=${1#src/}; elif [ -e "src/$2" ]; then part=$2; else part=$(basename "$(dirname src/*/"$2")"); fi
	   echo "${part%%/*}" ;;
	esac
}

includes_of() { # PART
	local file name from=$1 to

	grep -rHoE --include='*.[ch]' '^# *include "[^"]+"' "src/$from" | tr -d '"' |
		while IFS=: read -r file name; do
			name=${name##* }
			to=$(part_of "$file" "$name")
			[ "$to" = "$from" ] || [[ " ${may[$from]} " == *" $to "* ]] ||
				echo "#   $file includes $name of $to"
		done
}

for part in "${!may[@]}"; do
	wrong=$(includes_of "$part")
	check "includes of $part" test -z "$wrong"
	[ -z "$wrong" ] || echo "$wrong"
done
unknown=$(cd src && for d in */; do d=${d%/}; [[ $d == test || -n ${may[$d]:-} ]] || echo "$d"; done)
check "every part has a rule" test -z "$unknown"
[ -z "$unknown" ] || echo "#   ${unknown//$'\n'/ }"

# tsort names a circle on stderr and fails.
circles() { tsort >/dev/null 2>"$tmp/circle"; }
# shellcheck disable=SC2086  # words
arrows() { for part in "${!may[@]}"; do printf "$part %s\n" ${may[$part]}; done; }
check "no circle of rooms" circles < <(arrows)
headers() { # a header and one it includes, by paths
	local file name

	grep -roE --include='*.h' '^# *include "[^"]+"' src | tr -d '"' | while IFS=: read -r file name; do
		name=${name##* }
		if [ -e "${file%/*}/$name" ]; then echo "$file ${file%/*}/$name"
		elif [ -e "src/$name" ]; then echo "$file src/$name"; fi
	done
}
check "no circle of headers" circles < <(headers)
check "a circle would be found" eval '! circles <<<"a b b c c a"'

# libc in the protocol: only headers without code
libc=$(grep -rnE '^# *include <' src/protocol | grep -vE '<(stdint|stdbool|stddef|limits|sys/cdefs)\.h>')
check "no libc in the protocol" test -z "$libc"
ifdefs=$(grep -rniE '^# *(el)?if.*(x86|i[3-6]86|arm|aarch|amd64|mips|ppc|powerpc|sse|__linux|arch)' src/protocol)
check "no #ifdef of an architecture in the protocol" test -z "$ifdefs"
[ -z "$libc$ifdefs" ] || printf '#   %s\n' "$libc" "$ifdefs"

# ---- volatile, asm, fences live in native ----

# Comments and strings out, so that only code counts.
code_of() { gcc -fpreprocessed -dD -E -P "$1" 2>/dev/null | sed 's/"[^"]*"/""/g'; }
loose=$(find src -name '*.[ch]' ! -path 'src/native/*' ! -path 'src/test/*' ! -path 'src/kernel/*' |	# a kernel's own side
 while read -r f; do
	code_of "$f" | grep -E '\bvolatile\b|\basm\b|__asm|__atomic_(thread|signal)_fence|__sync_' |
		grep -v 'volatile sig_atomic_t' |
		{ [ "$f" != src/explore/mem.h ] || grep -vF '__asm__ volatile("" ::: "memory")' |
			grep -vF '__asm__ volatile("" ::: "")'; } | sed "s|^|#   $f: |"
done)
check "volatile, asm and fences only in native" test -z "$loose"
[ -z "$loose" ] || echo "$loose"

# ---- a protocol source was edited: do the mutants' patches still fit? ----

check "every mutant's patch fits" make -s -k patched TARGET=x86_64 COMPILER=gcc

# ---- what lies where ----

stray=$(find . -mindepth 1 -maxdepth 1 ! -name '.*' -printf '%f\n' | sort |
	grep -vxE 'src|configs|results|Makefile|run\.sh|README\.md|LICENSE|build')
check "nothing else at the top" test -z "$stray"
[ -z "$stray" ] || echo "#   ${stray//$'\n'/ }"
nameless=$(find src configs/targets Makefile run.sh .ci -type f \( -name '*.[ch]' -o -name '*.sh' -o \
	-name '*.py' -o -name '*.js' -o -name '*.css' -o -name Makefile -o -path '.ci/*' \) -exec grep -L 'SPDX-License-Identifier' {} +)
check "every source has its SPDX line" test -z "$nameless"
[ -z "$nameless" ] || echo "#   ${nameless//$'\n'/ }"
find run.sh .ci/run src -type f \( -name '*.sh' -o -name run \) >"$tmp/scripts"
expect "shellcheck" 'xargs shellcheck -x <"$tmp/scripts" >"$tmp/out"'
twice=$(grep -rnE '^# *define _GNU_SOURCE' src)
check "_GNU_SOURCE is defined by the Makefile alone" test -z "$twice"
[ -z "$twice" ] || echo "#   ${twice//$'\n'/ }"

# ---- run.sh ----

here() {
	code=0
	(cd "$tmp" && "$root/run.sh" "$@" </dev/null >"$tmp/out" 2>"$tmp/err") || code=$?
}
here help
expect "run.sh help" 'exits 0 && out_has "setup" && out_has "\./run.sh run full"'
nameless=$(grep -L '^# usage: ' src/command/*.sh)
check "every file of src/command is a command" test -z "$nameless"
here --help
check "run.sh --help" exits 0
here nonsense
expect "run.sh nonsense: one line with the valid ones" 'exits 2 && silent &&
	[ $(wc -l <"$tmp/err") = 1 ] && err_has "valid: .*help .*run setup test .*quick"'
cp -r run.sh src configs Makefile "$tmp/"
printf '# usage: broken\ncmd_broken() {\n\tlocal x\n\tx=$(false | cat)\n\techo not here\n}\n' >"$tmp/src/command/broken.sh"
code=0
"$tmp/run.sh" broken >"$tmp/out" 2>"$tmp/err" || code=$?
expect "run.sh: what no command expects does not end it silently" '
	exits 1 && silent && err_has "^run.sh: ended at src/command/broken.sh:4 with exit code 1: "'
here ci nonsense
expect "run.sh ci with an unknown leg: the valid ones" 'exits 2 && silent && [ $(wc -l <"$tmp/err") = 1 ] &&
	err_has "leg \"nonsense\"; valid: .*armhf-qemu-user-gcc .*i686-native-clang"'
here compare README.md
expect "run.sh compare with one word: what it takes" 'exits 2 && silent && err_has "compare takes two"'
here setup nonsense
expect "run.sh setup nonsense: the valid ones" 'exits 2 && err_has "valid: run test"'
here test nonsense
check "run.sh test takes no words" exits 2
TARGET=nonsense here quick
expect "run.sh with an unknown TARGET: the valid ones" 'exits 2 && err_has "valid: .*x86_64"'
TORNWALK_NO_INSTALL=1 here setup test
expect "run.sh setup: nothing is missing" 'exits 0 && out_has "nothing is missing"'

# A machine on which dpkg-query knows nothing.
mkdir "$tmp/bin"
printf '#!/bin/sh\nexit 1\n' >"$tmp/bin/dpkg-query"
chmod +x "$tmp/bin/dpkg-query"
PATH=$tmp/bin:$PATH TORNWALK_NO_INSTALL=1 here setup test
expect "run.sh setup, TORNWALK_NO_INSTALL: the list, exit 2" 'exits 2 &&
	err_has "apt-get install .*clang.*gcc.*libcmocka-dev.*liburcu-dev"'

here lo-hi-overwrite
check "run.sh with a scenario instead of a command" exits 2
here run lo-hi-overwrite --time 200ms
file=$(sed -n 's/.*results in //p' "$tmp/out")
expect "run.sh run from anywhere: says where the results are" 'well_formed "$file" 1'
check "run.sh run: results/runs/<target>/<stamp>.jsonl" test -n "$(grep -E \
	"^$root/results/runs/[a-z0-9_]+/[0-9]{8}T[0-9]{6}Z\.jsonl\$" <<<"$file")"
check "run.sh run: and the report, or what it wants" out_has \
	'^(report: .*/results/runs/x86_64/[0-9TZ]*\.html|no report, for want of .*setup report)$'
if out_has '^report: '; then
	check "the report, by a parser that is not ours" python3 src/test/check_page.py "${file%.jsonl}.html" "$file"
else
	skip "the report, by a parser that is not ours" "the desk's packages are not there"
fi
rm -f "$file" "${file%.jsonl}.html" "${file%.jsonl}.audit.json"
here run nonsense
expect "run.sh run: tornwalk's exit code" 'exits 2 && err_has "unknown suite"'

finish
