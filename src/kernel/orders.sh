# shellcheck shell=bash disable=SC2154  # root and others are run.sh's
# SPDX-License-Identifier: GPL-2.0-or-later
# What the compiler made of each access of 8 bytes that is explored: a 32-bit tree's plain objects, and our glue's, are
# listed as --audit lists them, and audit/orders.c joins that list to what the instrumented ones announce. Sourced.

# ARCH: has gcc say where each access is, in what is compiled from now on. Where there is no plugin, nobody says.
kernel_find_places() {
	local plugin

	kernel_places=""
	[ "$kernel_compiler" = gcc ] && [ "$1" != x86_64 ] || return 0
	if plugin=$(kernel_plugin "$1" 2>/dev/null); then
		kernel_places=-fplugin=$plugin
	else
		echo "run.sh: kernel: what $(kernel_cc "$1") made of 8 bytes is not explored: no plugin for it" >&2
	fi
}

# VIEW DIR ARCH: DIR/tree/orders, of DIR/tree/explore
kernel_orders() {
	local f name code=0 sources=() words=() to=$2/tree

	rm -f "$to/orders.new"
	[ -n "$kernel_places" ] || { rm -f "$to/orders"; return 0; }
	for f in $(kernel_files "$3"); do
		sources+=("$1/$f.c")
	done
	for f in $kernel_glue; do
		sources+=("$root/src/kernel/glue/$f.c")
	done
	# shellcheck disable=SC2015  # whichever of both fails
	kernel_compile_all "$2" - race "$to/plain" "${sources[@]}" && kernel_compile_all "$2" - list "$to/list" "${sources[@]}" ||
		{ kernel_complain "$2" "listing what it was compiled to"; return 2; }
	[ -n "$(find "$to/explore" "$to"/list/*.o -newer "$to/orders" 2>&1)" ] || return 0
	for f in "${sources[@]}"; do
		name=$(kernel_object_of "$f")
		words+=("$(basename "$(dirname "$f")")/$(basename "$f" .c).o" "$to/plain/$name" "$to/list/$name")
	done
	"$root/build/x86_64-gcc/tornentries" "$1/" "$to/rows" tree "${words[@]}" >"$to/rows.txt" || code=$?
	[ "$code" != 2 ] || return
	[ "$code" = 0 ] || echo "run.sh: kernel: as compiled: $(tail -n 1 "$to/rows.txt"); each of their accesses is as the source allows" >&2
	"$root/build/x86_64-gcc/tornorders" "$to/explore" "$to/rows" "$1/" >"$to/orders.new" && mv "$to/orders.new" "$to/orders"
}
