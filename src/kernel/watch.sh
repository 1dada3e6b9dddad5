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
	local since=$kernels/watched saved view out

	trap 'echo; echo "stopped" >&2; exit 130' INT TERM
	while :; do
		touch -d "$(date -d '-1 second' '+%F %T')" "$since"	# what is saved from here on is seen the next time
		out=$(stamp kernel .jsonl)
		if view=$(kernel_view "$1"); then
			kernel_all "$out" "$(basename "$1")" "$view" "$1" || :	# it has said why
			[ ! -s "$out" ] || echo "results: ${out#"$root"/}"
		fi
		echo "waiting for a file to be saved; Ctrl-C ends" >&2
		touch "$since"
		while saved=$(kernel_saved "$1" "$since"); [ -z "$saved" ]; do
			sleep 0.5
		done
		printf '\n== %s: %s\n' "$(date +%T)" "$saved" >&2
	done
}

# DIR LABEL ARCH: what the tree itself shows, before its twins are made
kernel_preview() {
	"$root/build/x86_64-gcc/tornkernel" "$1/facts" /dev/null "$1/tree/lines" | awk -v what="$2, $3" '
		$2 ~ /\./ && ($1 == "pass" || $1 == "fail" || $1 == "inconclusive") && !witness {
			n++; if ($1 == "fail") { bad++; print } }
		/^$/ && n { witness = 1 }
		END { printf "%s: %u of %u cells show what is forbidden; its twins follow\n", what, bad, n }'
}
