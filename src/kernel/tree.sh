# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A kernel tree as somebody has it becomes a clean view of our own, build/kernel/NAME/src:
# only what building mm/*.o needs, nothing that a build left in it. The tree itself is
# never written to. Sourced; $root is set.
#
# TREE: a directory, a .tar.* of one, or debian:VERSION, which is that linux-source package.
# `rm -r build/kernel` forgets them all.

: "${root:?}"
# shellcheck source=src/target/debs.sh
. "$root/src/target/debs.sh"

kernels=$root/build/kernel
# what an mm/*.o is made of, and what the build asks for on its way
kernel_parts="scripts include mm kernel lib tools/include tools/build tools/scripts tools/lib tools/objtool
	tools/arch tools/bpf tools/power security certs init arch/x86 arch/arm"

# what a build in place leaves among them; beside it counts what the tree's own .gitignore says
kernel_built=()
for part in .git '*.o' '*.a' '*.s' '*.so' '*.ko' '.*.cmd' '.*.d' '*.mod' '*.order' '.config*' include/config include/generated 'vmlinux*' \
	'.tmp_*' scripts/kconfig/conf scripts/basic/fixdep '*.lex.c' '*.tab.[ch]'; do
	kernel_built+=(--exclude="$part")
done

# debian:VERSION: the release that has it, of those that are tried
kernel_releases() { echo "$(debs_here) trixie bullseye sid"; }

kernel_hash() { sha256sum | cut -c1-8; }

# TREE: the name of its folder in build/kernel
kernel_name() {
	local path

	case $1 in
	debian:*) echo "debian-${1#debian:}" ;;
	*) path=$(realpath -- "$1") && echo "$(basename "$path" | tr -cs '[:alnum:]._\n-' _)-$(kernel_hash <<<"$path")" ;;
	esac
}

# ERRORS: one line each, exit 2
kernel_check() {
	case $1 in
	debian:[0-9]*.[0-9]*) return ;;
	debian:*) die "kernel: \"$1\" is no version of a linux-source package; like debian:6.1" ;;
	esac
	[ -e "$1" ] || die "kernel: there is no \"$1\"; a kernel tree, its .tar, or debian:VERSION"
	[ -d "$1" ] || [[ $1 == *.tar* ]] || die "kernel: \"$1\" is neither a directory nor a .tar"
	[ ! -d "$1" ] || [ -e "$1/Kbuild" ] || [ -e "$1/scripts/Kbuild.include" ] ||
		die "kernel: \"$1\" is not a kernel tree: no Kbuild in it"
	[ ! -d "$1" ] || [ -e "$1/mm/pagewalk.c" ] || die "kernel: \"$1\" has no mm/pagewalk.c"
}

# TAR on stdin, into DIR: what we need of it; in one line, what is wrong with it
kernel_untar() {
	local part words=() said

	for part in $kernel_parts; do
		words+=("*/$part")
	done
	mkdir -p "$1"
	# a tree need not have every part
	said=$(LC_ALL=C tar -xf - -C "$1" --strip-components=1 "${kernel_built[@]}" --wildcards --no-wildcards-match-slash '*/Makefile' '*/Kbuild' \
		'*/Kconfig' '*/.clang-format' "${words[@]}" --wildcards-match-slash '*/Kconfig*' '*/Kbuild' '*/Makefile*' 2>&1 |
		grep -vE 'Not found in archive|Exiting with failure') || :
	[ -z "$said" ] || { head -n 1 <<<"$said"; return 1; }
	[ -e "$1/mm/pagewalk.c" ] || { echo "there is no mm/pagewalk.c in it"; return 1; }
}

# VERSION: by the host's own apt, where its lists know it; prints the .deb
kernel_apt() {
	mkdir -p "$kernels/packages"
	(cd "$kernels/packages" && { compgen -G "linux-source-$1_*.deb" ||
		{ echo "fetching linux-source-$1" >&2; apt-get -o APT::Sandbox::User=root download -qq "linux-source-$1"; }; } >/dev/null 2>&1) &&
		compgen -G "$kernels/packages/linux-source-$1_*.deb" | tail -n 1
}

# VERSION DIR
kernel_debian() {
	local deb release why

	deb=$(kernel_apt "$1") || for release in $(kernel_releases); do
		[ "$release" != "$(debs_here)" ] || release=""
		deb=$(debs_get "linux-source-$1:all" "$release" 2>/dev/null) && break
	done
	[ -n "${deb:-}" ] || die "kernel: no package linux-source-$1 could be had; tried: $(kernel_releases)"
	deb=$(head -n 1 <<<"$deb")
	echo "unpacking ${deb##*/}" >&2
	rm -rf --one-file-system "$2.new"
	if ! why=$(dpkg-deb --fsys-tarfile "$deb" | tar -xOf - "./usr/src/linux-source-$1.tar.xz" | xz -dc -T0 | kernel_untar "$2.new"); then
		rm -rf --one-file-system "$2.new"
		die "kernel: ${deb##*/} could not be unpacked: ${why:-it is no package}"
	fi
	# shellcheck disable=SC2001  # not with ${}
	sed 's/.*_\(.*\)_.*/\1/' <<<"${deb##*/}" >"$2.new/.tornwalk-described"
	mv "$2.new" "$2"
}

# TAR DIR: unpacked again if it is another file; what was made of the last one goes with it
kernel_unpack() {
	local is why

	is=$(stat -Lc '%y %s %i' -- "$1")
	[ "$(cat "$2/.tornwalk-tar" 2>/dev/null)" != "$is" ] || return 0
	rm -rf --one-file-system "${2%/src}"
	if ! why=$(case $1 in
		*.xz) xz -dc -T0 -- "$1" ;;
		*.gz) gzip -dc -- "$1" ;;
		*) cat -- "$1" ;;
		esac 2>/dev/null | kernel_untar "$2.new"); then
		rm -rf --one-file-system "${2%/src}"
		die "kernel: \"$1\" could not be unpacked${why:+: $why}"
	fi
	echo "$is" >"$2.new/.tornwalk-tar"
	mv "$2.new" "$2"
}

# TREE: whoever else works on this one is waited for
kernel_alone() {
	local lock

	mkdir -p "$kernels"
	exec {lock}>"$kernels/$(kernel_name "$1").lock"
	flock -n "$lock" || { echo "waiting for another run on this tree" >&2; flock "$lock"; }
}

# DIR: what was made of a file that is another one now is made again, whatever the file's time says: it may be
# one of before, put back, or saved while the object was made
kernel_forget() {
	sed 's|^deleting ||; /\/$/d; s|^|/src/|' "$1/changed" >"$1/changed.paths"
	find "$1" -mindepth 2 -name src -prune -o -type f \( -name '*.cmd' -o -name '*.d' \) -print0 |
		xargs -0 -r grep -lFf "$1/changed.paths" | xargs -r -d '\n' rm -f || :
	rm -f "$1/changed" "$1/changed.paths"
}

# KDIR DIR: by time and size; what a build has left in KDIR stays there
kernel_sync() {
	local part words=() said code new at=${2%/src}

	for part in $kernel_parts; do
		while [ "$part" != "${part%/*}" ] || [ -n "$part" ]; do
			words+=(--include="/$part/")
			[[ $part == */* ]] || break
			part=${part%/*}
		done
	done
	for part in $kernel_parts; do
		words+=(--include="/$part/***")
	done
	new=$([ -d "$2" ] || echo new)
	for _ in 1 2 3; do	# files may go away meanwhile
		code=0
		said=$(rsync -a --delete --copy-unsafe-links --chmod=u+rwX --modify-window=-1 --out-format=%n --outbuf=L "${kernel_built[@]}" \
			--filter=':- .gitignore' "${words[@]}" --include='*/' --include='Kconfig*' --include=Kbuild --include='Makefile*' --exclude='*' \
			--prune-empty-dirs "$(realpath -- "$1")/" "$2/" 2>&1 >>"$at/changed") || code=$?
		[ "$code" = 24 ] || break
	done
	if [ "$code" != 0 ]; then
		[ -z "$new" ] || rm -rf --one-file-system "$at"
		die "kernel: \"$1\" could not be copied: $( (grep 'No space' <<<"$said" || echo "$said") | head -n 1)"
	fi
	if [ -n "$new" ]; then rm "$at/changed"; else kernel_forget "$at"; fi
}

# TREE: makes or renews its view, prints where it is
kernel_view() {
	local to

	kernel_check "$1"
	to=$kernels/$(kernel_name "$1")/src
	mkdir -p "${to%/src}"
	case $1 in
	debian:*) [ -d "$to" ] || kernel_debian "${1#debian:}" "$to" ;;
	*.tar*) kernel_unpack "$1" "$to" ;;
	*) kernel_sync "$1" "$to" ;;
	esac
	echo "$to"
}

# VIEW: VERSION.PATCHLEVEL.SUBLEVEL
kernel_version() {
	sed -n 's/^VERSION = //p; s/^PATCHLEVEL = //p; s/^SUBLEVEL = //p; s/^EXTRAVERSION = *//p' "$1/Makefile" |
		head -n 4 | paste -sd. | sed 's/\.\(-.*\)$/\1/; s/\.$//'
}

# TREE VIEW: what `git describe` says of it, or the package's version; "-" where nobody knows
kernel_describe() {
	if [ -e "$2/.tornwalk-described" ]; then
		cat "$2/.tornwalk-described"
	elif [ -d "$1" ]; then
		git --no-optional-locks -C "$1" describe --always --dirty --abbrev=12 2>/dev/null || echo -
	else
		echo -
	fi
}

# VIEW: of the files under test, and of the headers, as they were when they were compiled
kernel_tree_hash() {
	(cd "$1" && cat mm/*.[ch] include/linux/*.h include/asm-generic/*.h arch/x86/include/asm/*.h arch/arm/include/asm/*.h 2>/dev/null) | kernel_hash
}
