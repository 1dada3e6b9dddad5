# shellcheck shell=bash disable=SC2154  # root, kernels are tree.sh's
# SPDX-License-Identifier: GPL-2.0-or-later
# From a view to a program: the tree's own build makes its mm/*.o, our glue is compiled as
# mm/pagewalk.c was, both are linked into one object that has no name in common with libc
# (every symbol gets the prefix k_), and that one with the process's side.
#
# DIR is build/kernel/NAME/ARCH: o/ is the kbuild output of the instrumented objects;
# VARIANT/ has two programs: explore, and race of the plain objects, which the same commands
# make without the instrumentation. VARIANT `tree` is the tree as it is, the others are busted twins.

: "${root:?}"

kernel_glue="mm stubs gup owned walkers huge hmm"
kernel_kinds="explore race"	# the programs that are wanted
kernel_compiler=gcc		# or clang, clang-19
kernel_places=""		# what has gcc say where each access is (orders.sh)
kernel_config=""		# the user's fragment, after the architecture's
# shellcheck disable=SC2034  # for the command
kernel_arches="x86_64 i386 arm"

# ARCH: what of the tree is under test, each without its .c
kernel_files() {
	printf 'mm/%s\n' pagewalk pgtable-generic gup mmu_gather huge_memory hmm mmu_notifier
	printf 'lib/%s\n' interval_tree rbtree llist	# of mmu_notifier's
	[ "$1" = arm ] || echo arch/x86/mm/pgtable
}

# ARCH: tornwalk's own target
kernel_target() {
	case $1 in
	x86_64) echo x86_64 ;;
	i386) echo i686 ;;
	arm) echo armhf-lpae ;;
	esac
}

# ARCH: what cross tools' names begin with
kernel_cross() {
	local triple

	triple=$(fact "targets/$(kernel_target "$1")" TRIPLE)
	[ "$1" = x86_64 ] || echo "$triple-"
}

# ARCH: what compiles the tree
kernel_cc() { if [ "$kernel_compiler" = gcc ]; then echo "$(kernel_cross "$1")gcc"; else echo "$kernel_compiler"; fi; }

# ARCH: what distinguishes its folder; gcc's and the house's own configuration have no word
kernel_variant() {
	echo "$1$([ "$kernel_compiler" = gcc ] || echo "-$kernel_compiler")$([ -z "$kernel_config" ] || echo "-$(basename "$kernel_config" .config)" | tr -cs '[:alnum:]._\n-' _)"
}

# VIEW DIR ARCH ARGS...
kernel_make() {
	local by=()

	# gas, whose macros prelude.h has
	[ "$kernel_compiler" = gcc ] || by=(CC="$kernel_compiler" LLVM_IAS=0)
	make -s -C "$1" O="$2/o" ARCH="$3" CROSS_COMPILE="$(kernel_cross "$3")" "${by[@]}" -j"$(nproc)" "${@:4}" >"$2/log" 2>&1
}

# What makes an object instrumented, in one piece, as it stands in the command that compiled it. clang's driver
# knows of no ThreadSanitizer on 32-bit, its compiler does; and a load that a store follows is announced, too.
kernel_instrument() {
	# a statement's line where it begins: an access without one of its own has the line of what stands before it
	local flags="-fsanitize=thread --param tsan-distinguish-volatile=1 --param tsan-instrument-func-entry-exit=0 -Wno-tsan \
-gstatement-frontiers -fno-schedule-insns2"

	[ "$kernel_compiler" = gcc ] || flags="-Xclang -fsanitize=thread -mllvm -tsan-distinguish-volatile=1 \
-mllvm -tsan-instrument-func-entry-exit=0 -mllvm -tsan-instrument-read-before-write=1"
	echo "-DEXPLORED $flags -DCONFIG_KCSAN=1 -DCONFIG_KCSAN_WEAK_MEMORY=1${kernel_places:+ $kernel_places}"
}

kernel_flags() { echo "-g1 -include $root/src/kernel/glue/prelude.h $(kernel_instrument)"; }

# VIEW DIR ARCH [FRAGMENT]: a configuration, once for each fragment and compiler
kernel_configure() {
	local fragment=${4:-$root/configs/kernel/$3.config} stamp

	if [ -n "$kernel_config" ]; then
		mkdir -p "${2%/*}"
		cat "$fragment" "$kernel_config" >"$2.fragment"
		fragment=$2.fragment
	fi
	stamp=$( (cat "$fragment"; "$(kernel_cc "$3")" --version; kernel_version "$1") | kernel_hash)
	[ "$(cat "$2/configured" 2>/dev/null)" != "$stamp" ] || return 0
	rm -rf --one-file-system "$2"
	mkdir -p "$2/o"
	if ! KCONFIG_ALLCONFIG=$fragment kernel_make "$1" "$2" "$3" allnoconfig prepare; then
		kernel_too_old "$2" || kernel_complain "$2" "configuring"
		return 2
	fi
	kernel_configured "$2" "$fragment" || return
	echo "$stamp" >"$2/configured"
}

# DIR: the tree said that it needs a newer compiler
kernel_too_old() {
	sed -n 's/^\*\*\* *Your \(.*\) version: *\(.*\)/\1 \2/p; s/^\*\*\* *Minimum .* version: *\(.*\)/\1/p' "$1/log" | paste -sd' ' |
		sed -n 's/^\(.*\) \(.*\) \(.*\)$/run.sh: kernel: this tree needs \1 \3, and \1 is \2; --compiler has another/p' | grep . >&2
}

# DIR FRAGMENT: what the fragment asks for is there
kernel_configured() {
	local line

	while read -r line; do
		case $line in
		*=n) ! grep -q "^${line%%=*}=" "$1/o/.config" ;;
		*) grep -qxF -- "$line" "$1/o/.config" ;;
		esac || { echo "run.sh: kernel: this tree's configuration cannot have $line" >&2; return 2; }
	done < <(kernel_wanted "$2")
}

# FRAGMENT: of its lines, what there is no program without; of the user's, all. The last one of a name counts,
# but for what makes entries what they are.
kernel_wanted() {
	grep -xE 'CONFIG_(X86_PAE|64BIT|ARM_LPAE|TRANSPARENT_HUGEPAGE|BUG)=y' "$1"
	{ grep -xE 'CONFIG_SMP=y' "$1"; [ -z "$kernel_config" ] || kernel_config_lines "$kernel_config"; } |
		tac | awk -F= '!seen[$1]++'
}

# FILE: its options, one that is not set as n
kernel_config_lines() { sed -n 's/^# \(CONFIG_[A-Za-z0-9_]*\) is not set$/\1=n/; s/[[:space:]]*$//; /^CONFIG_[A-Za-z0-9_]*=./p' "$1"; }

# Does the user's fragment have the kernel for one CPU?
kernel_one_cpu() { [ -n "$kernel_config" ] && [ "$(kernel_config_lines "$kernel_config" | grep '^CONFIG_SMP=' | tail -n 1)" = CONFIG_SMP=n ]; }

# NAME, or FILE: where that fragment is
kernel_config_file() {
	local file=$root/configs/kernel/$1.config names bad

	if [[ $1 == */* || ! -f $file || " $kernel_arches audit " == *" $1 "* ]]; then
		names=$(basename -s .config "$root"/configs/kernel/*.config | grep -vxE "${kernel_arches// /|}|audit" | xargs)
		{ [ -f "$1" ] && [ -r "$1" ]; } || die "kernel: no configuration \"$1\"; a file of CONFIG_ lines, or one of: $names"
		file=$(realpath "$1")
	fi
	bad=$(grep -nvE '^[[:space:]]*(#.*)?$|^CONFIG_[A-Za-z0-9_]+=.' "$file" | head -n 1 | cut -c1-60)
	[ -z "$bad" ] || die "kernel: \"$1\", line ${bad%%:*}: \"${bad#*:}\" is no line of a configuration, like CONFIG_DEBUG_VM=y"
	echo "$file"
}

# DIR: where nothing is to be explored
kernel_sound() {
	if ! grep -qE '^CONFIG_(SMP|PREEMPT)=y' "$1/o/.config"; then
		echo "run.sh: kernel: no cells without both CONFIG_SMP and CONFIG_PREEMPT: on one CPU of which nobody is preempted nothing comes between two accesses; --audit has its instructions" >&2
		return 2
	fi
	if grep -q '^CONFIG_ARM=y' "$1/o/.config" && ! grep -q '^CONFIG_SMP=y' "$1/o/.config"; then
		echo "run.sh: kernel: no cells of one CPU (CONFIG_SMP=n) on ARM: it cleans caches by instructions that no process may use; --audit has them" >&2
		return 2
	fi
}

# DIR WHAT: the compiler's own lines, in the tree's own names
kernel_complain() {
	{ grep -v '^make' "$1/log" | grep -E 'error|Error|fatal|No space|not found' || grep 'Error' "$1/log"; } |
		head -n 5 | sed -E "s|$kernels/([^/]*/){1,2}src/||g" >&2
	echo "run.sh: kernel: $2 failed; all of it in ${1#"$root"/}/log" >&2
}

# DIR: -DHAS_ each of the tree's functions that decides what its contract is, or which is its name for what the glue calls
kernel_probes() {
	local header name

	while read -r header name; do
		! grep -q "\b$name(" "$1/$header" 2>/dev/null || echo "-DHAS_${name^^}"
	done <<'END'
include/linux/pgtable.h pte_free_defer
include/linux/pgtable.h pmdp_get_lockless_sync
include/linux/pgtable.h pmdp_invalidate_ad
include/linux/pgtable.h pmd_trans_unstable
include/linux/pagewalk.h walk_page_range_novma
mm/internal.h walk_page_range_debug
include/linux/mm.h lock_vma_under_rcu
include/linux/mmap_lock.h lock_vma_under_rcu
include/linux/mm_types.h page_ptdesc
END
}

# VIEW DIR: the struct that mm/mmu_notifier.c keeps to itself, for glue/hmm.c, as that tree has it
kernel_subscriptions() {
	local to=$2/o/include/generated/tornwalk-subscriptions.h

	sed -n '/^struct mmu_notifier_subscriptions {/,/^};/p' "$1/mm/mmu_notifier.c" >"$2/new.h"
	if cmp -s "$2/new.h" "$to"; then rm "$2/new.h"; else mv "$2/new.h" "$to"; fi
}

# DIR KIND: the command that compiled mm/pagewalk.c, without its input and output. KIND is
# explore; or race: the kernel's own flags; or list: those, and where each access is
kernel_command() {
	sed -n '1s/^[a-z]*cmd_mm\/pagewalk.o := //p' "$1/o/mm/.pagewalk.o.cmd" |
		sed 's/ -c -o mm\/pagewalk\.o .*//; s/-Wp,-MMD,[^ ]*//; s/pagewalk/tornwalk/g' |
		case $2 in
		explore) cat ;;
		list) sed "s| $(kernel_instrument)| $kernel_places|" ;;
		*) sed "s| $(kernel_instrument)||" ;;
		esac
}

# DIR OBJECT: is it no older than all that it was made of?
kernel_fresh() {
	# shellcheck disable=SC2016,SC2020  # sh expands it; one blank or line end for another
	[ -e "$2" ] && [ -e "$2.d" ] && [ ! "$1/configured" -nt "$2" ] &&
		! (cd "$1/o" && sed 's/^[^:]*://; s/\\$//' "$2.d" | tr -s ' \n' '\n\n' | grep . |
			xargs -r sh -c 'find "$@" -newer "$0" -print' "$2" 2>&1 | grep -q .)
}

# DIR OVERLAY SOURCE OBJECT KIND: as mm/pagewalk.c was compiled, with OVERLAY's headers first
kernel_compile() {
	local command first=""

	! { kernel_fresh "$1" "$4" && grep -qF " $3 " "$4.d" && { [ "$5" = race ] || grep -qxF "by:$kernel_places" "$4.d.by"; }; } 2>/dev/null ||
		return 0
	command=$(kernel_command "$1" "$5")
	[ "$2" = - ] || first="-I$2/include $(compgen -G "$2/arch/*/include" | sed 's/^/-I/' | paste -sd' ')"
	(cd "$1/o" && eval "${command/ -nostdinc/ $first -nostdinc} -Wno-missing-prototypes -Wno-missing-declarations" \
		"$(kernel_probes "${1%/*}/src" | paste -sd" ") -Wp,-MMD,$4.d -c -o $4 $3") >"$4.log" 2>&1 || { cat "$4.log" >>"$1/log"; return 1; }
	echo "by:$kernel_places" >"$4.d.by"
}

# CROSS OBJECT: assembler for what is still undefined. A function says its name and ends
# the run; data is a page that faults when it is touched.
kernel_unserved() {
	local called s names=""

	called=$("$1objdump" -r "$2" | awk '/R_386_(PC32|PLT32)|R_ARM_(CALL|JUMP24)|R_X86_64_PLT32/ {
		sub(/[-+]0x.*/, "", $3); print $3 }' | sort -u)
	for s in $("$1nm" -u "$2" | awk '{ print $2 }' | grep -vE '^(hook_|__tsan_|kcsan_|__kcsan)'); do
		if ! grep -qx -- "$s" <<<"$called"; then
			names+=" $s"
			echo ".section k_unserved,\"aw\"; .balign 4096; .globl $s; $s: .skip 4096"
			continue
		fi
		echo ".text; .globl $s"
		case $1 in
		i686*) echo "$s: pushl \$9f; call hook_missing; ud2" ;;
		arm*) echo ".arm; $s: ldr r0, =9f; bl hook_missing; .word 0xe7f000f0; .ltorg" ;;
		*) echo "$s: lea 9f(%rip), %rdi; call hook_missing; ud2" ;;
		esac
		echo ".section .rodata; 9: .asciz \"$s\""
	done
	echo ".section k_unserved,\"aw\"; .balign 4096; .section .rodata; .globl unserved_names; unserved_names:"
	for s in $names ''; do
		echo ".asciz \"$s\""
	done
	[[ $1 == arm* ]] || echo '.section .note.GNU-stack,"",@progbits'
}

# SOURCE: its object's name
kernel_object_of() { echo "$([[ $1 != */glue/* ]] || echo glue-)$(basename "$1" .c).o"; }

# DIR OVERLAY KIND TO SOURCE...: all at once, into TO/NAME.o; the glue's into TO/glue-NAME.o
kernel_compile_all() {
	local source jobs=() job code=0

	mkdir -p "$4"
	for source in "${@:5}"; do
		kernel_compile "$1" "$2" "$source" "$4/$(kernel_object_of "$source")" "$3" &
		jobs+=($!)
	done
	for job in "${jobs[@]}"; do
		wait "$job" || code=1
	done
	return "$code"
}

# what the tree's objects define and our glue comes before: it decides which of both splits (glue/mm.c)
kernel_wrapped="--wrap=__split_huge_pmd --wrap=__split_huge_pud"

# ARCH KIND: the process's side of a program, from $root
kernel_side() {
	echo "build/$(kernel_target "$1")-gcc/kernel/${2}r$([ "$2" != explore ] || [ "$kernel_compiler" = gcc ] || echo -clang).o"
}

# DIR ARCH KIND VARIANT OBJECTS...: one program of them, VARIANT/KIND
kernel_link() {
	local to=$1/$4 cross side

	cross=$(kernel_cross "$2")
	side=$root/$(kernel_side "$2" "$3")
	[ -z "$(find "$side" "${@:5}" -newer "$to/$3" 2>&1)" ] && return
	# shellcheck disable=SC2086  # words
	"${cross}ld" -r $kernel_wrapped -o "$to/a.o" "${@:5}" &&
	kernel_unserved "$cross" "$to/a.o" >"$to/unserved.s" &&
	"${cross}gcc" -c "$to/unserved.s" -o "$to/unserved.o" &&
	"${cross}ld" -r -T "$root/src/kernel/image.ld" -o "$to/b.o" "$to/a.o" "$to/unserved.o" &&
	"${cross}objcopy" --prefix-symbols=k_ --remove-section='.discard*' --remove-section=.ARM.attributes "$to/b.o" "$to/image.o" &&
	"${cross}gcc" -static -no-pie -pthread -o "$to/$3.new" "$side" "$to/image.o" && mv "$to/$3.new" "$to/$3" &&
	rm -f "$to"/{a,b,unserved}.o
}

# VIEW DIR: 8 bytes at once, out of line in some versions, for both programs; elsewhere named if it is wanted after all
kernel_compile_cx8() {
	local f=arch/x86/lib/atomic64_cx8_32 command target

	[ -e "$1/$f.S" ] || return 0
	# -j: kbuild makes it twice at once; 5.10 makes no single object of a library, only all of it
	for target in $f.o "${f%/*}/"; do
		if kernel_make "$1" "$2" i386 KAFLAGS="-include $root/src/kernel/glue/prelude.h -DEXPLORED" -j1 "$target"; then
			break
		fi
		grep -q 'No rule to make target' "$2/log" || { kernel_complain "$2" "compiling $f.o"; return 2; }
	done
	[ -e "$2/o/$f.o" ] || return 0
	command=$(sed -n '1s/^[a-z]*cmd_arch[^ ]* := //p' "$2/o/${f%/*}/.${f##*/}.o.cmd" | sed 's/ ; .*//; s/ -DEXPLORED//; s/-Wp,-MMD,[^ ]*//')
	[ "$2/tree/plain/cx8.o" -nt "$2/o/$f.o" ] ||
		(cd "$2/o" && eval "${command/ -o $f.o / -o $2/tree/plain/cx8.o }") >>"$2/log" 2>&1 ||
		{ kernel_complain "$2" "compiling $f.o"; return 2; }
}

# VIEW DIR KIND: what an ARM tree has out of line of a PTE, set_pte_at() and the asm that it calls. Nothing else of its
# file is wanted, and what we serve is ours.
kernel_out_of_line() {
	local to=$2/tree asm=$2/o/arch/arm/mm/proc-v7.o cross

	[ "$3" = explore ] || to+=/plain
	cross=$(kernel_cross arm)
	{ [ "$asm" -nt "$1/arch/arm/mm/proc-v7-3level.S" ] || kernel_make "$1" "$2" arm -j1 arch/arm/mm/proc-v7.o; } &&
		kernel_compile "$2" - "$1/arch/arm/mm/mmu.c" "$to/mmu.o" "$3" || return
	[ -z "$(find "$to/mmu.o" "$asm" -newer "$to/out-of-line.o" 2>&1)" ] && return
	"${cross}ld" -r --gc-sections -u set_ptes -u set_pte_at -u cpu_v7_set_pte_ext -o "$to/new.o" "$to/mmu.o" "$asm" &&
		"${cross}objcopy" --weaken "$to/new.o" "$to/out-of-line.o" && rm "$to/new.o"
}

# DIR KIND: the tree's own objects of that kind, in the order of kernel_files, kernel_glue
kernel_objects() {
	local f arch=${1##*/}

	for f in $(kernel_files "${arch%%-*}"); do
		if [ "$2" = explore ]; then echo "$1/o/$f.o"; else echo "$1/tree/plain/${f##*/}.o"; fi
	done
	for f in $kernel_glue; do
		if [ "$2" = explore ]; then echo "$1/tree/glue-$f.o"; else echo "$1/tree/plain/glue-$f.o"; fi
	done
	for f in "$1/o/arch/x86/lib/atomic64_cx8_32.o explore" "$1/tree/plain/cx8.o race" "$1/tree/out-of-line.o explore" "$1/tree/plain/out-of-line.o race"; do
		[ ! -e "${f% *}" ] || [ "${f#* }" != "$2" ] || echo "${f% *}"
	done
}

# VIEW DIR ARCH: the programs of the tree as it is
kernel_program() {
	local f kind files=() glue=()

	kernel_configure "$1" "$2" "$3" && kernel_sound "$2" || return
	kernel_find_places "$3"
	for f in $(kernel_files "$3"); do
		files+=("$1/$f.c")
	done
	for f in $kernel_glue; do
		glue+=("$root/src/kernel/glue/$f.c")
	done
	# shellcheck disable=SC2046,SC2086  # words
	kernel_make "$1" "$2" "$3" KCFLAGS="$(kernel_flags)" CONFIG_MMU_NOTIFIER=y CONFIG_HMM_MIRROR=y CONFIG_INTERVAL_TREE=y $(printf '%s.o ' $(kernel_files "$3")) ||
		{ kernel_complain "$2" "compiling mm/*.c"; return 2; }
	mkdir -p "$2/tree/plain"
	kernel_subscriptions "$1" "$2"
	[ "$3" != i386 ] || kernel_compile_cx8 "$1" "$2" || return
	kernel_compile_all "$2" - explore "$2/tree" "${glue[@]}" || { kernel_complain "$2" "compiling the glue"; return 2; }
	[[ $kernel_kinds != *race* ]] || kernel_compile_all "$2" - race "$2/tree/plain" "${files[@]}" "${glue[@]}" ||
		{ kernel_complain "$2" "compiling without the instrumentation"; return 2; }
	for kind in $kernel_kinds; do
		[ "$3" != arm ] || kernel_out_of_line "$1" "$2" "$kind" 2>>"$2/log" || { kernel_complain "$2" "compiling what is out of line"; return 2; }
		# shellcheck disable=SC2046  # words
		kernel_link "$2" "$3" "$kind" tree $(kernel_objects "$2" "$kind") >>"$2/log" 2>&1 ||
			{ kernel_complain "$2" "linking"; return 2; }
	done
}

# TWIN: -MODEL, where it shows under another one than the machine's
kernel_twin_model() { sed -n 's/^# model: /-/p' "$root/configs/kernel/busted/$1.sed"; }
# TWIN: parts of the names of the cells that it is explored in; none: all. It is not made where none is wanted
kernel_twin_cells() { sed -n 's/^# cells: //p' "$root/configs/kernel/busted/$1.sed"; }
# TWIN: the oracle that it is for, if it is: then it is not raced, and no pass rests on it
kernel_twin_for() { sed -n 's/^# for: //p' "$root/configs/kernel/busted/$1.sed"; }

# VIEW TWIN TO: TO/overlay has the files that configs/kernel/busted/TWIN.sed changes, and the
# caller's `changed` their names. 1: it has no place in this tree.
kernel_overlay() {
	local sed=$root/configs/kernel/busted/$2.sed file

	mkdir -p "$3/overlay"
	# shellcheck disable=SC2013  # words
	for file in $(sed -n 's/^# files: //p' "$sed"); do
		[ -e "$1/$file" ] || continue
		sed -E -f "$sed" "$1/$file" >"$3/new"
		! cmp -s "$3/new" "$1/$file" || continue
		mkdir -p "$3/overlay/${file%/*}"
		cmp -s "$3/new" "$3/overlay/$file" || cp "$3/new" "$3/overlay/$file"
		changed+=("$file")
	done
	rm -f "$3/new"
	[ ${#changed[@]} -gt 0 ] || { rm -r "$3"; return 1; }
}

# DEPENDENCIES: is one of the caller's `changed` headers among them, in that file?
kernel_made_of() {
	local header

	for header in "${changed[@]}"; do
		[[ $header != *.h ]] || ! grep -qF -- "/$header" "$1" || return 0
	done
	return 1
}

# VIEW DIR ARCH TWIN: the same, busted by configs/kernel/busted/TWIN.sed. 1: it has no place
# in this tree.
kernel_busted() {
	local to=$2/$4 f kind kinds=$kernel_kinds changed=() sources=()

	[ -z "$(kernel_twin_for "$4")" ] || kinds=explore
	kernel_overlay "$1" "$4" "$to" || return
	for f in $(kernel_files "$3"); do
		if [ -e "$to/overlay/$f.c" ]; then
			sources+=("$to/overlay/$f.c")
		elif kernel_made_of "$2/o/${f%/*}/.${f##*/}.o.cmd"; then
			sources+=("$1/$f.c")
		fi
	done
	for f in $kernel_glue; do
		! kernel_made_of "$2/tree/glue-$f.o.d" || sources+=("$root/src/kernel/glue/$f.c")
	done
	for kind in $kinds; do
		# shellcheck disable=SC2046,SC2015  # words; whichever of both fails
		kernel_compile_all "$2" "$to/overlay" "$kind" "$to/objects-$kind" "${sources[@]}" &&
			kernel_link "$2" "$3" "$kind" "$4" $(kernel_objects "$2" "$kind" | kernel_replaced "$to/objects-$kind" "${sources[@]}") >>"$2/log" 2>&1 ||
			{ kernel_complain "$2" "making $4"; return 2; }
	done
}

# DIR SOURCE...: objects on stdin; in the place of what those were compiled to, what is in DIR
kernel_replaced() {
	local o own

	own=" $(for o in "${@:2}"; do kernel_object_of "$o"; done | paste -sd' ') "
	while read -r o; do
		if [[ $own == *" ${o##*/} "* ]]; then echo "$1/${o##*/}"; else echo "$o"; fi
	done
}
