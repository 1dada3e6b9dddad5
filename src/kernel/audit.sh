# shellcheck shell=bash disable=SC2154  # root and desk are run.sh's
# SPDX-License-Identifier: GPL-2.0-or-later
# --audit: kbuild makes the tree's mm/ and arch/*/mm/ with its own flags. The same commands
# make them once more with audit/entries.cc in gcc, which notes the loads and stores of
# page-table entries; tornentries lists them, if the code is the same. Sourced.
#
# Exit: 0 the list is whole (what it says is no failure), 2 bad input, 4 an object's code differs.

# ARCH: the folders of arch/ that are its own
kernel_audit_arch() { [ "$1" = arm ] && echo arm || echo x86; }

# ARCH: the plugin for its compiler; prints where
kernel_plugin() {
	local gcc so source=$root/src/kernel/audit/entries.cc

	gcc=$(kernel_cross "$1")gcc
	so=$root/build/x86_64-gcc/kernel/audit/entries-$1-$("$gcc" -dumpfullversion)-$(kernel_hash <"$source").so
	if [ ! -e "$so" ]; then
		mkdir -p "${so%/*}"
		if ! g++ -O1 -Wall -fno-rtti -fPIC -shared -isystem "$("$gcc" -print-file-name=plugin)/include" \
			-o "$so.new" "$source" >"$so.log" 2>&1; then
			head -n 5 "$so.log" >&2
			echo "run.sh: kernel: no plugin for $gcc" >&2
			return 2
		fi
		mv "$so.new" "$so"
	fi
	echo "$so"
}

# DIR ARCH: the tree's objects that come from C
kernel_audit_objects() {
	local o

	for o in $(cd "$1/o" && find mm "arch/$(kernel_audit_arch "$2")/mm" -name '*.o' | sort); do
		! head -n 1 "$1/o/${o%/*}/.${o##*/}.cmd" 2>/dev/null | grep -qE ' -c -o [^ ]+ [^ ]+\.c *(;|$)' || echo "$o"
	done
}

# DIR PLUGIN: objects on stdin, a makefile of how each is compiled once more on stdout
kernel_audit_rules() {
	local o command

	while read -r o; do
		command=$(head -n 1 "$1/o/${o%/*}/.${o##*/}.cmd" | sed 's/^[a-z]*cmd_[^ ]* := //; s/ ;.*//; s/-Wp,-MMD,[^ ]*//')
		command=${command/ -c -o $o / -g1 -fplugin=$2 -c -o $1/list/$o }
		# shellcheck disable=SC2016  # make's
		printf 'all: %s/list/%s\n%s/list/%s: %s/o/%s %s\n\t@mkdir -p $(@D)\n\t@cd %s/o && %s\n' "$1" "$o" "$1" "$o" "$1" "$o" \
			"$2" "$1" "${command//\$/\$\$}"
	done
}

# VIEW TREE ARCH LABEL OUT: one architecture
kernel_audit_one() {
	local dir plugin x o words=() made

	dir=${1%/src}/audit-$(kernel_variant "$3")
	x=$(kernel_audit_arch "$3")
	plugin=$(kernel_plugin "$3") || return
	cat "$root/configs/kernel/$3.config" "$root/configs/kernel/audit.config" >"$dir.config"
	if [ ${#audit_files[@]} -gt 0 ]; then made=("${audit_files[@]/%.c/.o}"); else made=(mm/ "arch/$x/mm/"); fi
	for o in "${audit_files[@]}"; do
		[ -e "$1/$o" ] || { echo "run.sh: kernel: \"$o\" is not in this tree; like mm/memory.c" >&2; return 2; }
	done
	echo "$4, $3: compiling ${made[*]}" >&2
	kernel_configure "$1" "$dir" "$3" "$dir.config" || return
	kernel_make "$1" "$dir" "$3" "${made[@]}" || { kernel_complain "$dir" "compiling ${made[*]}"; return 2; }
	if [ ${#audit_files[@]} -gt 0 ]; then printf '%s\n' "${made[@]}"; else kernel_audit_objects "$dir" "$3"; fi >"$dir/objects"
	[ -s "$dir/objects" ] || { echo "run.sh: kernel: no objects in $dir/o/mm" >&2; return 2; }
	kernel_audit_rules "$dir" "$plugin" <"$dir/objects" >"$dir/list.mk.new"
	cmp -s "$dir/list.mk.new" "$dir/list.mk" || mv "$dir/list.mk.new" "$dir/list.mk"
	echo "$4, $3: listing" >&2
	make -s -f "$dir/list.mk" -j"$(nproc)" all >"$dir/log" 2>&1 || { kernel_complain "$dir" "listing"; return 2; }
	# set_pte_ext, by which ARM's C stores a pte, is assembler, one of each kind of CPU
	for o in $([ "$3" != arm ] || compgen -G "$dir/o/arch/arm/mm/proc-v7.o"); do
		words+=(-f "${o#"$dir/o/"}" "$o" cpu_v7_set_pte_ext)
	done
	while read -r o; do
		words+=("$o" "$dir/o/$o" "$dir/list/$o")
	done <"$dir/objects"
	printf '\n%s (%s, %s), %s\n' "$4" "$(kernel_version "$1")" "$(kernel_describe "$2" "$1")" "$3"
	"$root/build/x86_64-gcc/tornentries" "$1/" "$5" "$4" "${words[@]}"
}

# TREE ARCH...
kernel_audit() {
	local view out arch code=0 worst=0

	setup kernel-audit
	[ ! -d /usr/lib/ccache ] || export PATH=/usr/lib/ccache:$PATH CCACHE_NOHASHDIR=1
	TARGET=x86_64 COMPILER=gcc SAN='' build build/x86_64-gcc/tornentries
	kernel_alone "$1"
	view=$(kernel_view "$1") || exit
	out=$(stamp kernel-audit .jsonl)
	for arch in "${@:2}"; do
		code=0
		kernel_audit_one "$view" "$1" "$arch" "$(basename "$1")" "$out.$arch" || code=$?
		worst=$(kernel_worse "$worst" "$code")
		[ ! -e "$out.$arch" ] || { cat "$out.$arch" >>"$out"; rm "$out.$arch"; }
	done
	[ ! -e "$out" ] || echo "results: ${out#"$root"/}"
	return "$worst"
}
