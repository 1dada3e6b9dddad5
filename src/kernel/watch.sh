# shellcheck shell=bash disable=SC2154  # the command's
# SPDX-License-Identifier: GPL-2.0-or-later
# Again at each save. What the tree shows comes first; what its busted twins show, which takes
# longer and makes `clean` a pass, after it. Sourced.

: "${root:?}"

# TREE SINCE: the files that were saved after the file SINCE, of those that are compiled
kernel_saved() {
	find -H "$1/mm" "$1/include" "$1/arch/x86/include" "$1/arch/arm/include" "$1/arch/x86/mm" "$1/arch/arm/mm" \
		-newer "$2" -name '*.[chS]' -printf '%P\n' 2>/dev/null | head -n 5 | paste -sd' '
}

# TREE: until somebody stops it; no code of its own
kernel_watch() {
	local since saved view out

	since=$kernels/$(kernel_name "$1")/watched
	mkdir -p "${since%/*}"
	trap 'echo; echo "stopped" >&2; exit 130' INT TERM
	while :; do
		touch "$since"	# what is saved from here on, also while this is judged, is seen the next time
		out=$(stamp kernel .jsonl)
		if view=$(kernel_view "$1"); then
			kernel_all "$out" "$(basename "$1")" "$view" "$1" || :	# it has said why
			[ ! -s "$out" ] || { kernel_page "$out"; echo "results: ${out#"$root"/}"; }
		fi
		echo "waiting for a file to be saved; Ctrl-C ends" >&2
		while saved=$(kernel_saved "$1" "$since"); [ -z "$saved" ]; do
			sleep 0.5
		done
		printf '\n== %s: %s\n' "$(date +%T)" "$saved" >&2
	done
}
