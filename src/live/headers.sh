# shellcheck shell=bash disable=SC2154  # root is run.sh's
# SPDX-License-Identifier: GPL-2.0-or-later
# The module, built by a kernel's own build: from the headers that Debian has for that very
# kernel, or from a built tree. Sourced; debs.sh is there.
#
# Nothing is installed: the packages are unpacked below build/live/RELEASE-ARCH, with the
# host's own kbuild, whose programs make modules for any architecture. gcc 12 compiles it where it is there, whatever
# made the kernel: what only a later gcc can do is said not to be there, and nobody asks for BTF.

live_builds=$root/build/live

# DEBIAN-ARCH: what kbuild calls it; the compiler's prefix
live_kbuild_arch() { case $1 in armhf) echo arm ;; *) echo x86 ;; esac; }
live_cross() { case $1 in armhf) echo arm-linux-gnueabihf- ;; i386) echo i686-linux-gnu- ;; esac; }

# RELEASE ARCH [SUITE]: the headers of Debian's kernel RELEASE (6.1.0-50-686-pae); prints where
live_headers() {
	local to=$live_builds/headers/$1-$2 deb new what names=()

	if [ ! -d "$to" ]; then
		mkdir -p "$live_builds/headers"
		deb=$(debs_get "linux-headers-$1:$2" "${3:-}") || return 2
		new=$(mktemp -d "$to.XXXXXX") || return 2
		# its other half, and the programs of the build, as this machine runs them
		mapfile -t names < <(dpkg-deb -f "$deb" Depends | grep -oE 'linux-(headers-[^ ,]*-common|kbuild)[^ ,]*')
		for what in "" "${names[@]}"; do
			case $what in
			linux-headers-*) deb=$(debs_get "$what:all" "${3:-}") ;;
			linux-kbuild-*) deb=$(debs_get "$what:$(dpkg --print-architecture)" "${3:-}") ;;
			esac
			if [ -z "$deb" ] || [ ${#names[@]} -lt 2 ] || ! dpkg -x "$deb" "$new"; then
				rm -rf --one-file-system "$new"
				echo "run.sh: live: the headers of $1 for $2 are not whole: ${what:-$(basename "$deb")}" >&2
				return 2
			fi
		done
		live_runnable "$new" "$to" "${3:-}" || { rm -rf --one-file-system "$new"; return 2; }
		# the package names its other half by where it would be installed
		sed -i "s#\([ =]\)/usr/src#\1$to/usr/src#" "$new/usr/src/linux-headers-$1/Makefile"
		mv "$new" "$to"
	fi
	echo "$to/usr/src/linux-headers-$1"
}

# NEW TO SUITE: a later Debian's programs of the build want a later C library: they get it, from beside them
live_runnable() {
	local program deb="" loader said

	while IFS= read -r program; do
		said=$("$program" --none </dev/null 2>&1 || :)
		[[ $said == *GLIBC_*not\ found* ]] || continue
		if [ -z "$deb" ]; then
			deb=$(debs_get "libc6:$(dpkg --print-architecture)" "$3") && dpkg -x "$deb" "$1/libc" || return 2
		fi
		loader=$(cd "$1" && find libc -name 'ld-linux-*.so.*' | head -n 1)
		mv "$program" "$program.real"
		printf '#!/bin/sh\nexec %s --library-path %s %s "$@"\n' "$2/$loader" "$2/${loader%/*}" "$2${program#"$1"}.real" >"$program"
		chmod +x "$program"
	done < <(find "$1"/usr/lib/linux-kbuild-* -type f -perm -100)
}

# KDIR: the release that modules of it are for
live_release() {
	sed -n 's/^#define UTS_RELEASE "\(.*\)"/\1/p' "$1/include/generated/utsrelease.h" 2>/dev/null | grep . ||
		die "live: \"$1\" is no built kernel tree or headers: it has no include/generated/utsrelease.h"
}

# ARCH: what compiles the module: Debian 12's, which made its kernels, or what there is
live_gcc() {
	local gcc

	gcc=$(live_cross "$1")gcc
	if command -v "$gcc-12" >/dev/null; then echo "$gcc-12"; else echo "$gcc"; fi
}
live_compiler() { "$(live_gcc "$1")" --version | head -n 1; }

# KDIR ARCH: builds the module against it; prints where it is. The compiler's words are in LOG beside it.
live_module() {
	local to log version

	version=$(live_release "$1") || return 2
	to=$live_builds/module/$version-$2 log=$live_builds/module/$version-$2.log
	mkdir -p "$to"
	cp -u "$root"/src/live/module/{Kbuild,*.[ch]} "$to/"
	if ! make -C "$1" M="$to" ARCH="$(live_kbuild_arch "$2")" CROSS_COMPILE="$(live_cross "$2")" CC="$(live_gcc "$2")" \
		CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT='' CONFIG_DEBUG_INFO_BTF_MODULES='' LIVE_SRC="$root/src" modules >"$log" 2>&1; then
		grep -m 3 -E 'error|Error|warning' "$log" >&2 || tail -n 3 "$log" >&2
		die "live: the module does not build for $version ($2): $log"
	fi
	echo "$to/tornlive.ko"
}
