# shellcheck shell=bash disable=SC2154,SC2034  # root and others are run.sh's; theirs are ours
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: live     [TARGET] [OPTIONS]  the running kernel: real page tables of a real process; here, qemu:BOARD, ssh:USER@HOST; --help
#
# Exit: 0 nothing forbidden was seen, 1 something was, 2 bad usage or input, 4 a cell has no answer.

# shellcheck source=src/live/headers.sh
. "$root/src/live/headers.sh"
# shellcheck source=src/live/targets.sh
. "$root/src/live/targets.sh"
# shellcheck source=src/kernel/image.sh
. "$root/src/kernel/image.sh"

live_usage() {
	cat <<'END'
./run.sh live [TARGET] [OPTIONS]
./run.sh live --audit IMAGE [--loads]

A small module reads the page-table entries of a process of tornwalk's own while the kernel splits,
zaps, moves and collapses its huge pages, and says which readers saw halves of two entries.

  (none)               this machine: what it can show; without root or a module, a smoke run
  qemu:BOARD[@RELEASE] Debian's kernel in a guest: qemu:i686-pae, qemu:armhf-lpae, qemu:x86_64; @trixie: of that release.
                       qemu:armhf-lpae is under QEMU 10 where ./run.sh setup qemu10 has been, whose ldrd and strd are atomic
  ssh:USER@HOST[:PORT] a board, as root

  --time TIME        of each operation under the module's readers, like 5s
  --user-time TIME   of each operation under each of the kernel's own readers, from user space; 0 where a module is there
  --ops LIST         like usplit,coll,move; --users LIST  like gup-fast,pagemap; --levels LIST  pmd,pte
  --kdir DIR         a built kernel tree, or headers, of the very kernel that runs there
  --kprobes FUNCTION a delay between the two loads of a pmd in that function of the kernel's, found by --audit; in a
                     guest only. FUNCTION:pte, of a PTE; FUNCTION+0xOFFSET, before that instruction
  --pages SYMBOL     with --kprobes: counts calls of that function with a struct page of no memory
  --fill MIB         so much memory is filled with ones first
  --calibrate TIME   of each race on the private entry; --gap, --spins, --batch, --seed  N: tornlive --help has them
  --yes-this-may-crash-the-machine   --kprobes on a machine that is no guest
  --audit IMAGE      each store to a page-table entry in a kernel's image (and with --loads each load), by data flow:
                     a vmlinux or vmlinuz, debian:linux-image-..., or RUNNING; i386 PAE and ARM LPAE

  ./run.sh live
  ./run.sh live qemu:i686-pae
  ./run.sh live qemu:armhf-lpae@trixie --time 10s
  ./run.sh live ssh:root@board --kdir ~/linux
  ./run.sh live qemu:i686-pae --kprobes internal_get_user_pages_fast --pages try_grab_folio --ops hprot --time 0
  ./run.sh live --audit debian:linux-image-6.1.0-50-armmp-lpae
END
}

# OUT: the page beside the results; it never fails the run
live_page() {
	local page=${1%.jsonl}.html

	! "$desk" html "$1" --errata none -o "$page" || echo "report: ${page#"$root"/}"
}

# LINES: says how far it is, until the last line or until it is told to end: on a terminal in one
# line, else one for each operation.
live_progress() {
	local text half="" word key value rest total=0 n=0 end=0 now shown

	until [ -e "$1" ]; do sleep 0.1; done
	while kill -0 $$ 2>/dev/null; do
		if ! IFS= read -r text; then
			half+=$text
			sleep 0.2
			continue
		fi
		IFS=$'\t' read -r word key value rest <<<"$half$text"
		half=""
		case $word:$key in
		fact:plan) total=${value% *} end=$((SECONDS + ${value#* } + total)) ;;
		begin:* | skip:*)
			n=$((n + 1)) now=$((end - SECONDS))
			shown="$key $value, $n of $total$([ $now -le 1 ] || echo ", about $now s to go")"
			if [ -t 2 ]; then printf '\r\033[K%s' "$shown" >&2; else echo "$shown" >&2; fi ;;
		done:*) break ;;
		esac
	done <"$1"
	[ ! -t 2 ] || printf '\r\033[K' >&2
}

# LINES LOG CODE: what the kernel said last, where the driver could not say it; not what it said while it booted
live_last_words() {
	[ "$3" != 255 ] || sed '1,/Run \/init/d' "$2" | tr -d '\r' |
		grep -aE 'BUG|WARNING|Oops|bad pmd|Bad page|Unable to handle|Kernel panic|tornlive: .*no such memory' |
		tail -n 40 | sed 's/^\[[ 0-9.]*\] //; s/\t/ /g; s/^/log\t/' >>"$1"
}

# IMAGE [--loads]: the table; its lines stay
live_audit() {
	local code=0 image_lines_file

	setup report
	TARGET=x86_64 COMPILER=gcc SAN='' build build/x86_64-gcc/tornimage
	image_lines_file=$(stamp live -image.tsv)
	image_audit "$@" || code=$?
	[ ! -s "$image_lines_file" ] || echo "lines: ${image_lines_file#"$root"/}"
	exit $code
}

# FUNCTION[:LEVEL]|FUNCTION+0xOFFSET IMAGE RELEASE: where the second load of that function's first pair is
live_probe_at() {
	local name=${1%:*} level=pmd image_lines_file=$live_builds/image/$3.tsv at

	if [[ $1 == *+0x* ]]; then
		echo "$1"
		return
	fi
	[[ $1 != *:* ]] || level=${1##*:}
	if [ ! -s "$image_lines_file" ]; then
		TARGET=x86_64 COMPILER=gcc SAN='' build build/x86_64-gcc/tornimage
		mkdir -p "${image_lines_file%/*}"
		echo "looking for the loads of entries in $(basename "$2")" >&2
		image_audit "$2" --loads >/dev/null || [ $? = 1 ] || return 2
	fi
	at=$(awk -F '\t' -v name="$name" -v level="$level" '
		$1 == "load" && $2 ~ "^" name "[+]" && $3 == level && $7 != "-" { print $7; exit }' "$image_lines_file")
	if [ -z "$at" ]; then
		echo "run.sh: live: --kprobes: no pair of loads of a $level in \"$name\"; there are such in:" \
			"$(awk -F '\t' -v level="$level" '$1 == "load" && $3 == level && $7 != "-" { sub(/[+].*/, "", $2); print $2 }' \
				"$image_lines_file" | sort -u | grep -E 'gup|user_pages|walk|mincore|pagemap|smaps|clear_refs|madvise|split|follow' | paste -sd' ') ..." >&2
		return 2
	fi
	echo "$name: the second load of a $level is at $at" >&2
	echo "$at"
}

cmd_live() {
	local target="" kdir="" probe="" pages="" crash="" words=() out lines log code=0 verdict=0 kind follows

	while [ $# -gt 0 ]; do
		case $1 in
		-h | --help) live_usage; return ;;
		--audit) [ $# -gt 1 ] || die "live: --audit needs an image"
			live_audit "${@:2}" ;;
		--yes-this-may-crash-the-machine) crash=yes ;;
		--time | --user-time | --ops | --users | --levels | --seed | --gap | --batch | --spins | --calibrate | --fill | --kdir | --kprobes | --pages)
			[ $# -gt 1 ] || die "live: $1 needs a value"
			case $1 in
			--kdir) [ -d "$2" ] || die "live: --kdir: no such directory \"$2\""
				kdir=$(realpath "$2") ;;
			--kprobes) probe=$2 ;;
			--pages) pages=$2; words+=(--pages "$2") ;;
			*) words+=("$1" "$2") ;;
			esac
			shift ;;
		-*) die "live: unknown option \"$1\"; valid: --audit --time --user-time --ops --users --levels --seed --gap --batch --spins --calibrate --fill --kdir --kprobes --pages --yes-this-may-crash-the-machine --help" ;;
		*) [ -z "$target" ] || die "live takes one target, not \"$target\" and \"$1\""
			target=$1 ;;
		esac
		shift
	done
	case ${target:-here} in
	here) kind=here ;;
	qemu:?*) kind=qemu ;;
	ssh:?*) kind=ssh ;;
	*) die "live: unknown target \"$target\"; valid: none (this machine), ssh:USER@HOST[:PORT], $qemu_system_boards" ;;
	esac
	# from user space nothing of a torn entry can be seen: only where somebody asks, or there is nothing else
	[[ $kind$kdir == here || -n $probe$pages || " ${words[*]} " == *" --user"* ]] || words+=(--user-time 0)
	[ -z "$probe$pages" ] || [ "$kind" = qemu ] || [ -n "$crash" ] ||
		die "live: --kprobes may crash the machine: in a guest only (qemu:BOARD), or with --yes-this-may-crash-the-machine"
	out=$(stamp live .jsonl)
	lines=${out%.jsonl}.tsv log=${out%.jsonl}.log
	live_progress "$lines" &
	follows=$!
	"live_on_$kind" "$lines" "$log" || code=$?
	kill "$follows" 2>/dev/null || :
	if [ ! -s "$lines" ]; then
		rm -f "${out%.jsonl}".{facts,tsv}
		[ ! -s "$log" ] || echo "run.sh: live: nothing was seen; the kernel's log is ${log#"$root"/}" >&2
		[ "$code" = 4 ] || code=2
		exit "$code"
	fi
	live_last_words "$lines" "$log" "$code"
	TARGET=x86_64 COMPILER=gcc SAN='' build build/x86_64-gcc/tornlivejudge
	build_desk
	"$root/build/x86_64-gcc/tornlivejudge" "${out%.jsonl}.facts" "$out" "$lines" || verdict=$?
	[ ! -s "$out" ] || live_page "$out"
	[ ! -s "$out" ] || echo "results: ${out#"$root"/}"
	echo "its lines: ${lines#"$root"/}, the kernel's log: ${log#"$root"/}"
	case $code in
	2) exit 2 ;;
	255) exit 1 ;;
	esac
	exit "$verdict"
}
