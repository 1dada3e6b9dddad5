#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016,SC2034,SC2317  # conditions are for expect; variables and functions for run.sh's parts
# ./run.sh live: the module builds for the kernels that can be had, refuses what it must, and reads a guest's
# own page tables: what must tear does, what must not does not, and nothing stays behind.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"

live() {
	code=0
	timeout -k 20 300 "$root/run.sh" live "$@" </dev/null >"$tmp/out" 2>"$tmp/err" || code=$?
}

# ---- its words ----

while IFS='|' read -r words says; do
	# shellcheck disable=SC2086
	live $words
	expect "refused in one line: $words" 'exits 2 && silent && [ "$(grep -c ^run.sh "$tmp/err")" = 1 ] && err_has "$says"'
done <<-'EOF'
	moon|unknown target "moon"; valid: none
	qemu:moon|unknown board "qemu:moon"; valid: qemu:
	--nonsense|unknown option "--nonsense"; valid: --audit
	--time|--time needs a value
	qemu:i686-pae qemu:x86_64|one target, not
	--kdir /nonexistent|no such directory "/nonexistent"
	--kprobes schedule+0x1|may crash the machine
	--audit|--audit needs an image
	--audit /nonexistent|no such image
	ssh:root@board.invalid --pages schedule|may crash the machine
EOF
live --help
expect "--help has examples" 'exits 0 && out_has "^  ./run.sh live qemu:i686-pae$"'
live --time 0 --ops usplit --user-time 50ms
expect "here, without a module: a smoke run that says what it is" '
	! exits 2 && err_has "smoke run" && out_has "^inconclusive live.user.gup-fast.usplit"'

# ---- what the guests need ----

if [ -n "${TORNWALK_NO_INSTALL:-}" ] || ! "$root/run.sh" setup boards >"$tmp/out" 2>"$tmp/err"; then
	skip "guests" "what they need is not there: $(tail -n 1 "$tmp/err" | tr '#' ' ')"
	finish
	exit
fi

# In a subshell: run.sh's own parts
parts() {
	set +u
	die() { echo "run.sh: $*" >&2; exit 2; }
	for part in target/{target,native,qemu-user,qemu-system} command/lib/{packages,build} live/{headers,targets}; do
		# shellcheck source=/dev/null
		. "$root/src/$part.sh"
	done
}

# SPEC: the module for its kernel
builds() (
	parts
	facts=$(qemu_system_probe "$1") || exit 3
	suite=$([[ $1 != *@* ]] || echo "${1#*@}")
	arch=$(sed -n 's/^arch=//p' <<<"$facts")
	headers=$(live_headers "$(sed -n 's/^kernel=//p' <<<"$facts")" "$arch" "$suite") || exit 3
	module=$(live_module "$headers" "$arch") || exit 1
	! grep -E 'warning|WARNING' "${module%/*}.log" >&2 || exit 1
	bytes=$("$(live_cross "$arch")size" "$module" | awk 'NR == 2 { print $4 }')
	echo "$bytes"
	[ "$bytes" -le 65536 ]
)

for spec in qemu:i686-pae qemu:armhf-lpae qemu:x86_64 qemu:armhf-lpae@bookworm-backports qemu:i686-pae@bullseye; do
	code=0
	builds "$spec" >"$tmp/out" 2>"$tmp/err" || code=$?
	if [ "$code" = 3 ]; then
		skip "the module builds for $spec" "$(tail -n 1 "$tmp/err" | tr '#' ' ')"
	else
		expect "the module builds for $spec without a warning, in 64 KiB" 'exits 0'
	fi
done

# sparse is a package; checkpatch comes with a kernel's source, which kernel.sh fetches
sparse() (
	parts
	headers=$(live_headers "$1" "$2") && mkdir -p "$tmp/sparse" && cp -r "$root"/src/live/module/. "$tmp/sparse/" || exit
	make -C "$headers" M="$tmp/sparse" ARCH="$(live_kbuild_arch "$2")" CROSS_COMPILE="$(live_cross "$2")" CC="$(live_cross "$2")gcc-12" \
		LIVE_SRC="$root/src" C=2 CHECK=sparse modules >"$tmp/sparse/log" 2>&1 && grep -q 'CHECK .*read.c' "$tmp/sparse/log" &&
		! grep -E "^$tmp/sparse/.*(warning|error):" "$tmp/sparse/log" >&2
)
release=$(basename "$(compgen -G "$root/build/boards/i686-pae/root/boot/vmlinuz-*")" 2>/dev/null)
if ! command -v sparse >/dev/null || [ -z "$release" ]; then
	skip "sparse has nothing to say of the module" "sparse or the headers are not there"
else
	check "sparse has nothing to say of the module" sparse "${release#vmlinuz-}" i386
fi
checkpatch=$root/build/kernel/debian-6.1/src/scripts/checkpatch.pl
if [ ! -e "$checkpatch" ]; then
	skip "checkpatch finds no error in the module" "the source of 6.1 is not unpacked: ./run.sh kernel debian:6.1"
else
	perl "$checkpatch" --no-tree --terse --file --max-line-length=126 "$root"/src/live/module/*.[ch] >"$tmp/out" 2>&1
	expect "checkpatch finds no error in the module" '! out_has "ERROR:" && out_has "^total: 0 errors"'
fi

# ---- refusals, and what may happen in the middle ----

guest() (
	parts
	facts=$(qemu_system_probe qemu:i686-pae) && release=$(sed -n 's/^kernel=//p' <<<"$facts") || exit 3
	headers=$(live_headers "$release" i386) || exit 3
	mkdir -p "$tmp/guest" "$tmp/busted"
	live_stripped "$headers" i386 "$tmp/guest/tornlive.ko"
	cp "$root"/src/live/module/*.[ch] "$root/src/live/module/Kbuild" "$tmp/busted/"
	cp -r "$root/src/live/module/compat" "$tmp/busted/"
	sed -i 's/tornlive/busted/' "$tmp/busted/Kbuild"
	sed -i 's/r->pid != task_tgid_vnr(current)/false/; s/!vma_is_anonymous(vma)/false/; s/VM_SHARED | //' "$tmp/busted/main.c"
	make -C "$headers" M="$tmp/busted" ARCH=x86 CROSS_COMPILE=i686-linux-gnu- CC=i686-linux-gnu-gcc-12 LIVE_SRC="$root/src" modules \
		>"$tmp/busted/log" 2>&1 || { tail -n 3 "$tmp/busted/log" >&2; exit 1; }
	i686-linux-gnu-strip --strip-debug -o "$tmp/guest/busted.ko" "$tmp/busted/busted.ko"
	i686-linux-gnu-gcc -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -D_FILE_OFFSET_BITS=64 -static -I"$root/src" \
		-o "$tmp/guest/live_module" "$root/src/test/live_module.c" && cp "$root/src/test/live_guest.sh" "$tmp/guest/"
	qemu_once qemu:i686-pae "$tmp/guest" "$tmp/tap" "$tmp/log" 120 sh /live_guest.sh
)
code=0
guest >"$tmp/out" 2>"$tmp/err" || code=$?
if [ "$code" = 3 ]; then
	skip "the module in a guest" "$(tail -n 1 "$tmp/err" | tr '#' ' ')"
	finish
	exit
fi
expect "the module in a guest: all of it ran" 'exits 0 && [ "$(grep -c "ok " "$tmp/tap")" = 30 ]'
while read -r word _ _ name; do
	case $word in
	ok) ok "$name" ;;
	not) not_ok "$name" ;;
	esac
done < <(sed 's/^not ok/not ok/; s/^not ok \([0-9]*\) - /not \1 - /; s/^ok \([0-9]*\) - /ok \1 - /' "$tmp/tap" | grep -E '^(ok|not) ')

# A guest that panics: what it had said is kept, and so is why.
panics() (
	parts
	cd "$tmp" || exit
	target=qemu:i686-pae kdir='' words=() probe='' pages=''
	printf '#!/bin/sh\nprintf "hello\\t2\\t2\\tpae\\t2\\t-\\t-\\nbegin\\tpmd\\tusplit\\t1.000\\n" >&3\nsleep 1\necho c >/proc/sysrq-trigger\n' >"$tmp/panic"
	chmod +x "$tmp/panic"
	live_driver() { echo "$tmp/panic"; }
	live_on_qemu "$tmp/panic.tsv" "$tmp/panic.log"
)
code=0
panics >"$tmp/out" 2>"$tmp/err" || code=$?
expect "a guest that panics: 255, one line says why, its lines and its log are there" '
	exits 255 && err_has "the guest died: .*panic" && grep -q usplit "$tmp/panic.tsv" && grep -q "Kernel panic" "$tmp/panic.log"'
cp "$tmp/panic.tsv" "$tmp/lines"
expect "... and the judge fails it" '
	. "$root/src/command/live.sh" && live_last_words "$tmp/lines" "$tmp/panic.log" 255 &&
	! "$build/tornlivejudge" "$tmp/panic.facts" "$tmp/panic.jsonl" "$tmp/lines" >"$tmp/out" && out_has "Kernel panic"'

# ---- the suite in guests ----

row() { grep -E "^$1 +live[.]$2 " "$tmp/out" >/dev/null; }
none() { ! grep -E "^$1 +live[.]$2" "$tmp/out" >/dev/null; }

# SPEC: again with more time, until the control was caught
tears() { live "$1" --calibrate 150ms --ops hprot,pteprot --time $((3 * try))s && :; row pass pmd.low-gap-high.hprot; }

expect "i686-pae: the control tears the pmd of a live process" 'try 3 tears qemu:i686-pae'
expect "... what must not tear does not, and the private entry says that the machine is sound" '
	none fail "" && row pass private.atomic.set && row pass private.low-high-low.set && row pass private.low-gap-high.set &&
	row "(pass|inconclusive)" pmd.low-high-low.hprot && ! exits 1 && ! exits 2'
expect "... results, page and log are there" 'out_has "^results: results/runs/live/.*jsonl" && out_has "^report: .*html" &&
	[ -s "$root/$(sed -n "s/.*kernel.s log: //p" "$tmp/out")" ]'

# The shipped gup-fast, its window opened: issue of a struct page that no memory has
takes_none() {
	live qemu:i686-pae --kprobes internal_get_user_pages_fast --pages try_grab_folio --ops hprot --time 0 --calibrate 0 \
		--users gup-fast --user-time $((4 * try))s --spins 3000
	exits 1 && row fail "probe.try_grab_folio[+]0x0.hprot" && out_has "struct page of no memory"
}
expect "i686-pae: gup-fast of the shipped kernel, delayed between its two loads of a pmd, takes a struct page that is none" 'try 4 takes_none'
live qemu:i686-pae --kprobes nonsense
expect "a function without such loads: one line, those that have some" 'exits 2 && silent && err_has "no pair of loads of a pmd in .nonsense.*internal_get_user_pages_fast"'

expect "x86_64: two loads of halves tear" 'try 3 tears qemu:x86_64'
expect "... and nothing else does" 'none fail "" && ! exits 1 && ! exits 2'

live qemu:armhf-lpae --calibrate 150ms --ops hprot --time 1s
if err_has "version 7[.]|qemu-system-arm 7[.]"; then
	expect "armhf-lpae under QEMU 7.2: what tears is blamed on it, and nothing passes" '
		exits 4 && none pass pmd && none fail pmd && out_has "executor"'
else
	expect "armhf-lpae: it runs" '! exits 2 && out_has "live.pmd.low-gap-high.hprot"'
fi

finish
