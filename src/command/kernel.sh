# shellcheck shell=bash disable=SC2154  # root and others are run.sh's
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: kernel   TREE [OPTIONS]  does this kernel tree's own page-table code tear? a directory, or debian:6.1; --help
#
# Exit: 0 nothing forbidden is possible, 1 something is, 2 bad usage or input, 4 a cell has no answer.

for part in tree objects orders lines entry models audit watch board; do
	# shellcheck source=/dev/null
	. "$root/src/kernel/$part.sh"
done

kernel_usage() {
	cat <<'END'
./run.sh kernel TREE [--arch ARCH]... [--patch FILE | --rev REV [--rev REV]] [--time TIME]
./run.sh kernel TREE --audit [--arch ARCH]... [--file FILE]...
./run.sh kernel DIRECTORY --watch [--arch ARCH]...

Puts the tree's own mm/*.c, compiled by its own build, into a process, runs every execution of
its walkers against its writers, and races them on real threads. TREE is a kernel source directory, a .tar of one, or debian:VERSION.

  --arch ARCH    x86_64 (huge PUDs), i386 (PAE), arm (LPAE, by QEMU); default: x86_64 i386
  --patch FILE   on a copy: before and after, side by side
  --compiler CC  gcc, clang, or clang-VERSION: what compiles the tree; default: gcc
  --config FILE  of CONFIG_ lines, after the house's configs/kernel/ARCH.config; or a NAME in configs/kernel:
                 split-ptlock (a lock for each page table), up (one CPU), debug-vm
  --cell TEXT    only cells with this in their names, like gup_fast; may be repeated
  --time TIME    of the race in each cell, like 5s; default 300ms, with --watch 0; 0 for none
  --on BOARD     race there: ssh:USER@HOST[:PORT] or qemu:NAME, with one --arch, the board's; explored here
  --watch        again at each save of a file of it, until Ctrl-C
  --entries      the tree's readers of one entry against its writers, a matrix, and nothing else
  --models       tornwalk's transcriptions of readers and writers against the tree's own, and nothing else
  --rev REV      of a git tree: these revisions instead of what is checked out
  --audit        lists every load and store of a page-table entry in the tree's own mm/*.o and
                 arch/*/mm/*.o, and what the architecture promises of it; default: i386 arm
  --file FILE    with --audit: of these files only, like mm/memory.c

  ./run.sh kernel debian:6.1
  ./run.sh kernel ~/linux --arch i386
  ./run.sh kernel ~/linux --arch x86_64 --watch
  ./run.sh kernel ~/linux --patch fix.patch
  ./run.sh kernel ~/linux --rev v6.1 --rev v6.12
  ./run.sh kernel ~/linux --arch arm --on ssh:root@board --time 10s
  ./run.sh kernel ~/linux --arch i386 --on qemu:i686-pae
  ./run.sh kernel ~/linux --audit --arch arm
END
}

# ARCH: the words before a program of it, nothing where this machine runs it itself
kernel_runs_on() {
	local target

	target=$(kernel_target "$1")
	if [ "$1" = x86_64 ] || { [ "$1" = i386 ] && "$2" --none >/dev/null 2>&1; }; then
		return
	fi
	fact "targets/$target" QEMU
}

# VIEW TREE ARCH LABEL: facts for the judge, KEY<tab>VALUE
kernel_facts() {
	local on=""

	[ -n "$board" ] || on=$(kernel_runs_on "$3" "$dir/tree/explore")
	# the question of a cell of that name: what nobody may see, and for what kernel; the tree is the answer's
	printf '%s\t%s\n' view "$1" home "$root/src/kernel" \
		hash "$( (sed -n 's/^\tX([A-Z_]*, "\([a-z-]*\)", *\([012]\),.*/\1 \2/p' "$root/src/kernel/notes.h"
			grep -hv '^#' "$root/configs/kernel/$3.config" ${kernel_config:+"$kernel_config"}; echo "$3") | sha256sum | cut -c1-16)" \
		layout "$([ "$3" = arm ] && echo lpae || echo pae)" target "$(kernel_target "$3")" \
		executor "${board_executor:-${on:+${on} $(qemu_user_version "$(command -v "$on")") (user mode)}${on:-native}}" \
		cpu "${board_cpu:-$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)}" kernel "${board_kernel:-$(uname -sr)}" \
		compiler "$("$(kernel_cc "$3")" --version | head -n 1)" flags "as the tree's own build; explored with KCSAN's instrumentation, raced without" \
		git "$(git -C "$root" describe --always --dirty --abbrev=12 2>/dev/null || echo unknown)" \
		model "$(kernel_model "$3")" tree.name "$(basename "$2")" tree.rev "${revs[${rev:-0}]:--}" tree.version "$(kernel_version "$1")" \
		tree.describe "$(kernel_describe "$2" "$1")" tree.hash "$(kernel_tree_hash "$1")" tree.arch "$3" \
		tree.config "$3.config${kernel_config:+ + $(basename "$kernel_config")}" tree.patch "$(basename "${kernel_patch:--}")" | sed "s/^executor\t\(.*user mode)\).*/executor\t\1/"
}

# ARCH: the memory model of its machines, of those that the configuration is for
kernel_model() {
	if kernel_one_cpu; then echo sc; elif [ "$1" = arm ]; then echo weak; else echo tso; fi
}

# PROGRAM ARCH [--brief | --brief-weak | --entry | --models VERSION]: what its explorer says
kernel_explore() {
	local on

	on=$(kernel_runs_on "$2" "$1")
	# shellcheck disable=SC2086  # no word, or one
	timeout -k 10 600 $on "$1" "${3:---all}" "${@:4}" "${only_cells[@]}"
}

# DIR VARIANT ARCH ENOUGH CELL...: what the race says of these cells, or all
kernel_race() {
	local on

	[ "$race_ms" -gt 0 ] || return 0
	case $board in
	ssh:*) ssh_once "$board" "$1/$2/race" "$race_ms" "${@:4}" ||
		echo "run.sh: kernel: the race of $2 ended early on $board: exit code $?" >&2
		return ;;
	qemu:*) kernel_board_later "$@"
		return ;;
	esac
	on=$(kernel_runs_on "$3" "$1/$2/race")
	# shellcheck disable=SC2086  # no word, or one
	timeout -k 10 $((600 + race_ms / 10)) $on "$1/$2/race" "$race_ms" "${@:4}" ||
		echo "run.sh: kernel: the race of $2 ended early: exit code $?" >&2
}

# VIEW TREE ARCH LABEL OUT: one tree on one architecture; its exit code
kernel_one() {
	local dir sed twin twins=() code=0 cells compiled=()

	dir=${1%/src}/$(kernel_variant "$3")
	echo "$4, $(kernel_variant "$3"): compiling" >&2
	kernel_program "$1" "$dir" "$3" && kernel_orders "$1" "$dir" "$3" || return 2
	[ ! -e "$dir/tree/orders" ] || compiled=(--all --orders "$dir/tree/orders")
	echo "$4, $3: every execution" >&2
	kernel_explore "$dir/tree/explore" "$3" "${compiled[@]}" >"$dir/tree/said" || echo "run.sh: kernel: the explorer ended early: exit code $?" >&2
	kernel_lines "$dir/tree/explore" "$1" "$(kernel_cross "$3")" <"$dir/tree/said" >"$dir/tree/lines"
	grep -q '^cell' "$dir/tree/lines" ||
		{ echo "run.sh: kernel: no cell of $3 has \"${only_cells[*]}\" in its name; ./run.sh kernel $2 --arch $3 lists them" >&2; return 2; }
	kernel_facts "$1" "$2" "$3" "$4" >"$dir/facts"
	[ -z "$watch" ] || "$root/build/x86_64-gcc/tornkernel" --preview "$dir/facts" "$4, $3" "$dir/tree/lines"
	for sed in "$root"/configs/kernel/busted/*.sed; do
		twin=$(basename "$sed" .sed) code=0
		[[ " $(sed -n 's/^# arches: //p' "$sed" | grep . || echo "$3") " == *" $3 "* ]] || continue
		mapfile -t cells < <(sed -n 's/^cell\t\([^\t]*\)\t.*/\1/p' "$dir/tree/lines" | { grep -F -- "$(kernel_twin_cells "$twin" | tr ' ' '\n')" || :; })
		[ ${#cells[@]} -gt 0 ] || continue
		kernel_busted "$1" "$dir" "$3" "$twin" || code=$?
		[ "$code" != 2 ] || echo "run.sh: kernel: going on without the busted twin $twin" >&2
		[ "$code" = 0 ] || continue
		echo "$4, $3: every execution of the busted twin $twin" >&2
		{
			only_cells=("${cells[@]}")	# in this subshell
			kernel_twin_for "$twin" | sed 's/^/for\t/'
			kernel_explore "$dir/$twin/explore" "$3" "--brief$(kernel_twin_model "$twin")"
		} >"$dir/$twin/said" &	# while the next is compiled
		twins+=("$twin")
	done
	wait
	[ "$race_ms" = 0 ] || echo "$4, $3: racing, $race_ms ms a cell" >&2
	mapfile -t cells < <(sed -n 's/^cell\t\([^\t]*\)\t.*/\1/p' "$dir/tree/lines")
	[ "$race_ms" = 0 ] || printf 'cpus\tnone\n' >>"$dir/tree/lines"	# until the race says which: one that never began is none
	kernel_race "$dir" tree "$3" 0 "${cells[@]}" >>"$dir/tree/lines"
	for twin in "${twins[@]}"; do
		mapfile -t cells < <(sed -n 's/^shows\t//p' "$dir/$twin/said")	# in which the explorer caught it
		[ ${#cells[@]} = 0 ] || [ -n "$(kernel_twin_for "$twin")" ] || kernel_race "$dir" "$twin" "$3" 3000 "${cells[@]}" >>"$dir/$twin/said"
	done
	[[ $board != qemu:* ]] || kernel_board_now "$dir"
	printf '\n%s (%s, %s), %s by %s%s\n\n' "$4" "$(kernel_version "$1")" "$(kernel_describe "$2" "$1")" "$3" \
		"$(sed -n 's/^compiler\t//p' "$dir/facts")" "${board:+, raced on $board: ${board_executor:-native}, $board_kernel}"
	code=0
	for twin in "${!twins[@]}"; do
		twins[twin]=${twins[twin]}=$dir/${twins[twin]}/said
	done
	# the tree before is a busted twin of what is said to mend it
	[ -z "$kernel_before" ] || twins+=("${kernel_before%%=*}=${kernel_before#*=}/$(kernel_variant "$3")/tree/lines")
	"$root/build/x86_64-gcc/tornkernel" "$dir/facts" "$5" "$dir/tree/lines" "${twins[@]}" || code=$?
	return "$code"
}

# TIME in milliseconds; 1: it is none
kernel_milliseconds() {
	local n=${1%%[a-z]*}

	[[ $1 =~ ^[0-9]{1,6}(ms|s|m)?$ ]] || return
	n=$((10#$n))
	case $1 in
	*ms) ;;
	*s) n=$((n * 1000)) ;;
	*m) n=$((n * 60000)) ;;
	*) [ "$n" = 0 ] ;;
	esac && echo "$n"
}

# CODE CODE: 2 before 1 before 4 before 0
kernel_worse() {
	case $1,$2 in
	*2*) echo 2 ;;
	*1*) echo 1 ;;
	*4*) echo 4 ;;
	*) echo 0 ;;
	esac
}

# OUT LABEL VIEW TREE: all architectures
kernel_all() {
	local arch code worst=0

	for arch in "${arches[@]}"; do
		code=0
		kernel_one "$3" "$4" "$arch" "$2" "$1" || code=$?
		worst=$(kernel_worse "$worst" "$code")
	done
	return "$worst"
}

# VIEW PATCH: a copy of the view with the patch on it; prints where. Unchanged files are the same ones.
kernel_patched() {
	local to log

	to=${1%/src}/patch-$(kernel_hash <"$2")/src
	log=${to%/src}.log
	rm -rf --one-file-system "$to"
	mkdir -p "${to%/src}"
	cp -al "$1" "$to"
	if ! patch -d "$to" -p1 -s --no-backup-if-mismatch -r - <"$2" >"$log" 2>&1; then
		head -n 3 "$log" >&2
		rm -rf --one-file-system "$to"
		die "kernel: \"$2\" does not apply"
	fi
	echo "$to"
}

# TREE REV: a worktree of our own, and its view
kernel_revision() {
	local at

	git -C "$1" rev-parse -q --verify "$2^{commit}" >/dev/null || die "kernel: \"$1\" has no revision \"$2\""
	at=$kernels/$(kernel_name "$1")-$(git -C "$1" rev-parse --short=12 "$2^{commit}")
	if [ ! -d "$at/src" ]; then
		mkdir -p "$at"
		# shellcheck disable=SC2046,SC2015  # words; whichever of them fails
		git -C "$1" archive "$2" -- Makefile Kbuild Kconfig $(kernel_there "$1" "$2") |
			tar -xf - -C "$at" --one-top-level=new &&
			git -C "$1" describe --always --abbrev=12 "$2^{commit}" >"$at/new/.tornwalk-described" && mv "$at/new" "$at/src" ||
			die "kernel: \"$2\" could not be unpacked: is there space?"
	fi
	echo "$at/src"
}

# TREE REV: of the parts that we need, those that it has, and every Kconfig
kernel_there() {
	local part

	for part in $kernel_parts; do
		! git -C "$1" cat-file -e "$2:$part" 2>/dev/null || echo "$part"
	done
	git -C "$1" ls-tree -r --name-only "$2" | grep -E '(^|/)(Kconfig[^/]*|Kbuild|Makefile[^/]*)$' |
		grep -vE "^($(xargs <<<"$kernel_parts" | tr ' ' '|'))/"
}

# OUT [AFTER]: the page beside the results, of both where there are two; it never fails the run
kernel_page() {
	local page=${1%.jsonl}.html files=("$1")

	[ ! -s "${2:-}" ] || files+=("$2")
	! "$desk" html "${files[@]}" --errata none -o "$page" || echo "report: ${page#"$root"/}"
}

# OUT AFTER: what changed, by the desk, as somebody would quote it in a mail; relative paths are shorter there
kernel_changes() {
	echo
	(cd "$root" && "$desk" compare "${1#"$root"/}" "${2#"$root"/}" --errata none) || [ $? != 2 ] ||
		echo "run.sh: kernel: the two could not be compared" >&2
}

cmd_kernel() {
	local tree="" arches=() revs=() kernel_patch="" kernel_before="" kernel_audits="" of_entries=() race_ms="" watch="" only_cells=() board="" board_cpu="" board_kernel="" board_executor="" audit_files=() view views=() patched out code=0 worst=0 rev after what

	while [ $# -gt 0 ]; do
		case $1 in
		-h | --help) kernel_usage; return ;;
		--audit) kernel_audits=1 ;;
		--watch) watch=1 ;;
		--entries | --models) of_entries+=("${1#--}") ;;
		--arch | --patch | --rev | --time | --cell | --file | --on | --compiler | --config)
			[ $# -gt 1 ] || die "kernel: $1 needs a value"
			case $1 in
			--arch) [[ " $kernel_arches " == *" $2 "* ]] || die "kernel: unknown architecture \"$2\"; valid: $kernel_arches"
				arches+=("$2") ;;
			--patch) [ ! -f "$2" ] || [ ! -r "$2" ] || kernel_patch=$(realpath "$2")
				[ -n "$kernel_patch" ] || die "kernel: cannot read the patch \"$2\"" ;;
			--compiler) [[ $2 =~ ^(gcc|clang(-[0-9]+)?)$ ]] || die "kernel: unknown compiler \"$2\"; valid: gcc clang clang-VERSION"
				kernel_compiler=$2 ;;
			--config) kernel_config=$(kernel_config_file "$2") || exit ;;
			--rev) revs+=("$2") ;;
			--cell) only_cells+=("$2") ;;
			--on) board=$2 ;;
			--file) [[ $2 == *.c ]] || die "kernel: --file takes a .c file of the tree, like mm/memory.c, not \"$2\""
				audit_files+=("$2") ;;
			--time) race_ms=$(kernel_milliseconds "$2") || die "kernel: \"$2\" is no time; like 300ms, 5s, 1m, or 0 for no race" ;;
			esac
			shift ;;
		-*) die "kernel: unknown option \"$1\"; valid: --arch --cell --compiler --config --file --on --patch --rev --time --audit --entries --models --watch --help" ;;
		*) [ -z "$tree" ] || die "kernel takes one tree, not \"$tree\" and \"$1\""
			tree=$1 ;;
		esac
		shift
	done
	[ -n "$tree" ] || { kernel_usage >&2; exit 2; }
	if [ -n "$kernel_audits" ]; then
		[ -z "$kernel_patch${revs[*]}" ] || die "kernel: --audit is of one tree as it is, without --patch or --rev"
		[ "$kernel_compiler" = gcc ] || die "kernel: --audit is by a plugin for gcc, not for $kernel_compiler"
		[ ${#arches[@]} -gt 0 ] || arches=(i386 arm)
		kernel_check "$tree"
		kernel_audit "$tree" "${arches[@]}" || worst=$?
		exit "$worst"
	fi
	[ ${#audit_files[@]} = 0 ] || die "kernel: --file is for --audit"
	[ ${#arches[@]} -gt 0 ] || arches=(x86_64 i386)
	[ ${#revs[@]} = 0 ] || [ -d "$tree" ] || die "kernel: --rev needs a git tree, not \"$tree\""
	[ ${#revs[@]} -le 2 ] || die "kernel: two revisions at most"
	[ ${#of_entries[@]} = 0 ] || [ -z "$kernel_patch${revs[*]}" ] ||
		die "kernel: --${of_entries[0]} is of the tree as it is; it takes no --patch and no --rev"
	[ ${#of_entries[@]} = 0 ] || [ ${#only_cells[@]} = 0 ] || die "kernel: --${of_entries[0]} has no cells to choose from with --cell"
	[ -z "$watch" ] || { [ -d "$tree" ] && [ -z "$kernel_patch${revs[*]}${of_entries[*]}" ]; } ||
		die "kernel: --watch needs a directory, and no --patch, --rev, --entries or --models; not \"$tree\""
	if kernel_one_cpu; then
		[ "${race_ms:-0}" = 0 ] || die "kernel: --time $race_ms ms: nobody races on one CPU (CONFIG_SMP=n), where threads take turns; it is explored"
		[[ " ${of_entries[*]} " != *" models "* ]] || die "kernel: --models compares by memory models, of which one CPU (CONFIG_SMP=n) has none"
		race_ms=0
	fi
	race_ms=${race_ms:-$([ -n "$watch" ] && echo 0 || echo 300)}
	[ -z "$board" ] || kernel_board
	# shellcheck disable=SC2034  # objects.sh's
	{ [ "$race_ms" != 0 ] && [ ${#of_entries[@]} = 0 ]; } || kernel_kinds=explore
	kernel_check "$tree"
	COMPILER=$kernel_compiler setup kernel
	[ "$kernel_compiler" != gcc ] || [ "${arches[*]}" = x86_64 ] || setup_wish kernel-audit
	kernel_alone "$tree"
	[ ! -d /usr/lib/ccache ] || export PATH=/usr/lib/ccache:$PATH CCACHE_NOHASHDIR=1
	for arch in "${arches[@]}"; do
		TARGET=$(kernel_target "$arch") COMPILER=gcc SAN='' build "$(kernel_side "$arch" explore)" "$(kernel_side "$arch" race)"
	done
	TARGET=x86_64 COMPILER=gcc SAN='' build build/x86_64-gcc/torn{kernel,entries,orders}
	build_desk
	if [ ${#of_entries[@]} -gt 0 ]; then
		view=$(kernel_view "$tree") || exit
		for arch in "${arches[@]}"; do
			for what in "${of_entries[@]}"; do
				code=0
				"${what}_one" "$view" "$tree" "$arch" "$(basename "$tree")" || code=$?
				worst=$(kernel_worse "$worst" "$code")
			done
		done
		exit "$worst"
	fi
	[ -z "$watch" ] || kernel_watch "$tree"
	out=$(stamp kernel .jsonl)
	after=${out%.jsonl}-after.jsonl
	if [ ${#revs[@]} -gt 0 ]; then
		for rev in "${revs[@]}"; do
			view=$(kernel_revision "$tree" "$rev") || exit
			views+=("$view")
		done
		for rev in "${!revs[@]}"; do
			code=0
			kernel_all "$([ "$rev" = 0 ] && echo "$out" || echo "$after")" "${revs[rev]}" "${views[rev]}" "$tree" || code=$?
			[ "$code" != 2 ] || exit 2	# what is said of the other would rest on what an earlier run left
			worst=$(kernel_worse "$worst" "$code") kernel_before=${revs[rev]//=/-}=${views[rev]%/src}
		done
	elif [ -n "$kernel_patch" ]; then
		view=$(kernel_view "$tree") || exit
		patched=$(kernel_patched "$view" "$kernel_patch") || exit
		for arch in "${arches[@]}"; do	# what does not compile is said at once
			echo "$(basename "$kernel_patch"), $arch: compiling" >&2
			kernel_program "$patched" "${patched%/src}/$(kernel_variant "$arch")" "$arch" || exit
		done
		kernel_patch="" kernel_all "$out" "$(basename "$tree")" "$view" "$tree" || code=$?
		[ "$code" != 2 ] || exit 2	# what is said of the patch would rest on what an earlier run left
		kernel_before=without-the-patch=${view%/src}
		kernel_all "$after" "$(basename "$tree") + $(basename "$kernel_patch")" "$patched" "$tree" || worst=$?
	else
		view=$(kernel_view "$tree") || exit
		kernel_all "$out" "$(basename "$tree")" "$view" "$tree" || worst=$?
	fi
	[ ! -s "$out" ] || [ ! -s "$after" ] || kernel_changes "$out" "$after"
	[ ! -s "$out" ] || kernel_page "$out" "$after"
	[ ! -s "$out" ] || echo "results: ${out#"$root"/}$([ ! -s "$after" ] || echo " ${after#"$root"/}")"
	[ ! -s "$out" ] || [ -n "$kernel_patch${revs[*]}${only_cells[*]}" ] || echo "also of this tree: --entries, --models, --audit"
	exit "$worst"
}
