# shellcheck shell=bash disable=SC2154  # root is run.sh's
# SPDX-License-Identifier: GPL-2.0-or-later
# The audit of a kernel's image: what is unpacked of it, and the table that tornimage makes of that.
# Nothing is installed, nothing is started. Sourced, with target/debs.sh.
#
# image_audit IMAGE|debian:PACKAGE|RUNNING [--loads]
# Exit: 0 every access is resolved, 1 some are not (they are listed), 2 bad input, 3 the package could not be had.

# PACKAGE: the architecture that its name says
image_arch() {
	case $1 in
	*686*) echo i386 ;;
	*armmp*) echo armhf ;;
	*) echo "run.sh: \"$1\": not a kernel with 64-bit entries on 32 bits; like linux-image-6.1.0-50-686-pae, linux-image-6.1.0-50-armmp-lpae" >&2; return 2 ;;
	esac
}

# PACKAGE [RELEASE]: the kernel's file in it, and in the one that it is in by now; prints where
image_fetch() {
	local package=$1 arch deb inner to

	arch=$(image_arch "$1") || return 2
	to=$root/build/boards/image-$package
	if [ ! -s "$to/vmlinuz" ]; then
		deb=$(debs_get "$package:$arch" "${2:-}") || return 3
		# a metapackage, or one that only depends on what it is about
		inner=$(dpkg-deb -f "$deb" Depends | tr ',' '\n' | sed -n 's/^ *\(linux-\(binary\|image\)-[^ ]*\).*/\1/p' | head -n 1)
		[ -z "$inner" ] || deb=$(debs_get "$inner:$arch" "${2:-}") || return 3
		mkdir -p "$to"
		dpkg-deb --fsys-tarfile "$deb" | tar -x -O --wildcards './boot/vmlinu[xz]-*' './usr/lib/modules/*/vmlinuz' \
			>"$to/new" 2>/dev/null || [ -s "$to/new" ] || { echo "run.sh: $package: no kernel in it" >&2; return 2; }
		mv "$to/new" "$to/vmlinuz"
	fi
	echo "$to/vmlinuz"
}

# FILE TO: what a compressed kernel has in it: whatever follows a packer's mark and can be unpacked
image_unpack() {
	local at tool mark n

	if head -c 4 "$1" | grep -q ELF; then
		ln -sf "$(realpath "$1")" "$2"
		return
	fi
	while read -r tool mark; do
		command -v "${tool%%_*}" >/dev/null || continue
		while IFS=: read -r at _; do
			# shellcheck disable=SC2086  # words
			tail -c "+$((at + 1))" "$1" | ${tool//_/ } 2>/dev/null >"$2"
			n=$(stat -c %s "$2")
			[ "$n" -lt 2000000 ] || return 0
		done < <({ LC_ALL=C grep -obUaP "$mark" "$1" || :; } | head -n 8 || :)
	done <<-'END'
		xz_-dc_--single-stream \xfd7zXZ\x00
		zstd_-dc \x28\xb5\x2f\xfd
		gzip_-dc \x1f\x8b\x08
		lz4_-dc \x02\x21\x4c\x18
		bzip2_-dc BZh[1-9]1AY
		lzma_-dc \x5d\x00\x00
	END
	cp "$1" "$2"	# it may be memory as it is
}

# The kernel that runs here
image_running() {
	local release f

	release=$(uname -r)
	for f in "/lib/modules/$release/build/vmlinux" "/boot/vmlinux-$release" "/boot/vmlinuz-$release" "/lib/modules/$release/vmlinuz"; do
		[ ! -r "$f" ] || { echo "$f"; return; }
	done
	echo "run.sh: the image of $release, which runs here, is neither in /boot nor in /lib/modules; give its file" >&2
	return 2
}

# IMAGE DIR: adds where each first instruction is in the source, with all that was inlined, where the image says so
image_lines() {
	local tool arch

	arch=$(LC_ALL=C readelf -h "$1" 2>/dev/null | sed -n 's/^ *Machine: *//p')
	case $arch in
	ARM) tool=arm-linux-gnueabihf-addr2line ;;
	*) tool=addr2line ;;
	esac
	if ! command -v "$tool" >/dev/null || ! LC_ALL=C readelf -SW "$1" 2>/dev/null | grep -q '\.debug_line'; then
		cat
		return
	fi
	awk -F '\t' -v OFS='\t' -v tool="$tool" -v image="$1" -v to="$2" '
	$1 != "summary" { row[++n] = $0; addr[n] = $9; next }
	{ last = $0 }
	END {
		file = to "/addresses"
		for (i = 1; i <= n; i++) print addr[i] >file
		close(file)
		command = tool " -a -f -i -e " image " <" file
		while ((command | getline line) > 0) {
			if (line ~ /^0x/) { k++; name = 1; continue }
			if (name) f = line; else { sub(/.*\//, "", line); sub(/ .*/, "", line); where[k] = where[k] (where[k] ? " < " : "") f " " line }
			name = !name
		}
		for (i = 1; i <= n; i++) print row[i], where[i]
		print last
	}'
}

# Lines of tornimage as a table
image_table() {
	awk -F '\t' '
	$1 == "summary" {
		for (i = 4; i <= NF; i++) if ($i !~ /: 0($| stores, 0 loads)/) more = more (more ? "; " : "") $i
		printf "\n%s, %s: %s\n", $2, $3, more
		next
	}
	{
		promise = $4 == "two words" ? $4 ": " $5 : $4 == "one word" ? $4 ": " $5 : $4
		printf "%-10s %-44s %-7s %-34s %s%s%s\n", $1, $2, $3, promise, $6, $8 == "-" ? "" : "  (" $8 ")", (NF > 9 ? "  " $10 : "")
	}'
}

# IMAGE|debian:PACKAGE|RUNNING [--loads]: the table; the lines are left in $image_lines_file
image_audit() {
	local file to code=0

	case $1 in
	debian:*) file=$(image_fetch "${1#debian:}") || return ;;
	RUNNING) file=$(image_running) || return ;;
	*) file=$1 ;;
	esac
	[ -f "$file" ] || { echo "run.sh: \"$file\": no such image; a vmlinux, a vmlinuz, debian:PACKAGE or RUNNING" >&2; return 2; }
	[ "${2:-}" = "" ] || [ "$2" = --loads ] || { echo "run.sh: \"$2\": only --loads may follow the image" >&2; return 2; }
	to=$(mktemp -d "${TMPDIR:-/tmp}/tornwalk-image.XXXXXX") || return 2
	image_unpack "$file" "$to/image"
	"$root/build/x86_64-gcc/tornimage" "$to/image" ${2:+"$2"} >"$to/lines" 2>"$to/err" || code=$?
	if [ "$code" = 2 ]; then
		sed "s|$to/image|$file|" "$to/err" >&2
	else
		image_lines_file=${image_lines_file:-$root/build/image.tsv}
		image_lines "$(realpath "$to/image")" "$to" <"$to/lines" >"$image_lines_file"
		image_table <"$image_lines_file"
	fi
	rm -rf --one-file-system "$to"
	return "$code"
}
