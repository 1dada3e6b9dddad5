#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016,SC2034,SC2317  # conditions are for expect; variables and functions for run.sh's parts
# ./run.sh live on a board by ssh: a real sshd, but no module is loaded into this machine's kernel: insmod and
# rmmod are the board's own, which write down that they were called, and so is the driver.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=src/test/sshds.sh
. "$root/src/test/sshds.sh"
if ! boards_enter; then
	skip "the live suite over ssh" "$boards_why"
	finish
	exit 0
fi

board_start 1 || { not_ok "a board"; finish; exit 1; }
# uname: 32-bit modules are built for nothing here
cat >"$tmp/bin.1/insmod" <<END
#!/bin/sh
[ ! -e $tmp/refuse ] || { echo "insmod: ERROR: could not insert module \$1: Operation not permitted" >&2; exit 1; }
echo "insmod \${1##*/} \$2" >>$tmp/modules
END
printf '#!/bin/sh\necho "rmmod $1" >>%s\n' "$tmp/modules" >"$tmp/bin.1/rmmod"
printf '#!/bin/sh\nprintf "hello\\t2\\t1\\tpae\\t2\\t-\\t-\\n" >&3\n[ ! -e %s ] || { trap "echo stopped >>%s; exit 4" TERM; echo >%s; while :; do sleep 0.1; done; }\nprintf "done\\t0\\n" >&3\n' \
	"$tmp/slow" "$tmp/modules" "$tmp/begun" >"$tmp/driver"
chmod +x "$tmp"/bin.1/* "$tmp/driver"

# ON: live_on_ssh, whose module is a file and whose driver is that script
cat >"$tmp/client" <<END
set -Eeuo pipefail
root=$root
die() { echo "run.sh: \$*" >&2; exit 2; }
for part in target/{target,native,qemu-user,qemu-system} command/lib/{packages,build} live/{headers,targets}; do
	. "\$root/src/\$part.sh"
done
live_stripped() { echo module >"\$3"; }
setup() { :; }
live_driver() { echo $tmp/driver; }
live_builds=$tmp/builds target=\$1 kdir=$tmp/kdir words=(--time 1s) probe='' pages=''
live_on_ssh $tmp/lines.tsv $tmp/log
END
on() {
	code=0
	rm -f "$tmp/modules" "$tmp/lines.tsv"
	timeout -k 5 60 bash "$tmp/client" "$(board 1)" </dev/null >"$tmp/out" 2>"$tmp/err" || code=$?
}
kdir() { # RELEASE
	mkdir -p "$tmp/kdir/include/generated"
	echo "#define UTS_RELEASE \"$1\"" >"$tmp/kdir/include/generated/utsrelease.h"
}
clean() { ! compgen -G "$tmp/tmpdir.1/tornlive.*" >/dev/null && ! compgen -G '/tmp/tornlive.*' >/dev/null; }

kdir "$(uname -r)"
on
expect "a board: the module goes there, the driver runs, its lines come, the module goes" '
	exits 0 && [ "$(cat "$tmp/lines.tsv")" = "$(printf "hello\t2\t1\tpae\t2\t-\t-\ndone\t0")" ] &&
	[ "$(xargs <"$tmp/modules")" = "insmod tornlive.ko rmmod tornlive" ] && clean'
touch "$tmp/refuse"
on
expect "a module that is refused: exit 2, one line, and nothing is left there" 'exits 2 && err_has "the kernel refuses the module.*not permitted" && clean && [ ! -e "$tmp/modules" ]'
rm "$tmp/refuse"
kdir 9.9.9-other
on
expect "headers of another kernel: both versions, exit 2" 'exits 2 && err_has "is of 9.9.9-other, and the kernel there is $(uname -r)" && clean'
rm -r "$tmp/kdir"
mkdir "$tmp/kdir"
on
expect "a directory that is no kernel: exit 2" 'exits 2 && err_has "no built kernel tree or headers"'

kdir "$(uname -r)"
touch "$tmp/slow"
bash "$tmp/client" "$(board 1)" </dev/null >"$tmp/out" 2>"$tmp/err" &
disown
for _ in {1..400}; do
	[ ! -e "$tmp/begun" ] || break
	sleep 0.05
done
kill -KILL $! 2>/dev/null
for _ in {1..100}; do
	! grep -q rmmod "$tmp/modules" 2>/dev/null || break
	sleep 0.1
done
expect "who asked is killed: the driver there is told to end, and the module goes" '[ "$(xargs <"$tmp/modules")" = "insmod tornlive.ko stopped rmmod tornlive" ]'

rm -f "$tmp/slow"
board_kill 1
on
expect "a board that does not answer: exit 2, one line" 'exits 2 && err_has "no connection"'

finish
