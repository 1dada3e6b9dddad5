# shellcheck shell=bash disable=SC2154  # root and COMPILER are run.sh's
# SPDX-License-Identifier: GPL-2.0-or-later
# What a command needs of Debian's packages, and how it gets it.

setup_valid="run test report ci boards boards-test audit compare kernel kernel-audit qemu10"

# Of what this machine builds programs for: a compiler and the libraries, by Debian's architecture
packages_foreign() {
	local deb target triple

	for deb in $(facts_foreign); do
		for target in $(facts_names targets); do
			[ "$(fact "targets/$target" DEB)" != "$deb" ] || triple=$(fact "targets/$target" TRIPLE)
		done
		echo "gcc-${triple//_/-} libc6-dev-$deb-cross liburcu-dev:$deb libinih-dev:$deb"
	done
}

# The compilers alone, for what needs no library
packages_cross() {
	packages_foreign | tr ' ' '\n' | grep -E '^(gcc|libc6-dev)-' | xargs
}

# What a plugin for gcc is made with: it differs by what gcc makes code for
packages_plugins() {
	local gcc

	gcc=gcc-$(gcc -dumpversion 2>/dev/null || echo 12)-plugin-dev
	echo "$gcc $gcc-i686-linux-gnu $gcc-arm-linux-gnueabihf"
}

packages_boards() {
	local board

	for board in $(facts_names boards); do
		fact "boards/$board" PACKAGE
	done
}

# WHAT: words; git is for the results' `git` field only
packages() {
	local run="make libc6-dev liburcu-dev libinih-dev git" desk="libjansson-dev libcapstone-dev libelf-dev r-mathlib gnuplot-nox"

	case $COMPILER in
	clang*) run="clang libclang-rt-dev $run" ;;
	*) run="gcc $run" ;;
	esac
	case $1 in
	run) echo "$run" ;;
	report) echo "$run $desk" ;;
	test) echo "$run $desk gcc clang libclang-rt-dev llvm libcmocka-dev chromium shellcheck sparse perl patch" \
		"libxml2-utils mandoc python3 python3-jsonschema util-linux" ;;
	ci) echo "$run $desk gcc clang qemu-user-static $(packages_foreign)" ;;
	kernel) echo "${run/#clang libclang-rt-dev/$COMPILER} $desk gcc flex bison bc libelf-dev rsync xz-utils patch perl qemu-user-static $(packages_cross)" ;;
	kernel-audit) echo "$(packages kernel) g++ libcapstone-dev $(packages_plugins)" ;;
	compare) echo "$run $desk gcc" ;;
	audit) echo "$(packages ci) clang-16 clang-19" ;;	# what is there is used
	boards) echo "$(packages ci) $(packages_boards) cpio openssh-client parallel util-linux" ;;
	boards-test) echo "$(packages boards) iproute2 libwrap0 procps lava-common wget" ;;
	*) die "unknown thing to set up \"$1\"; valid: $setup_valid" ;;
	esac | xargs
}

# WHAT: those that are not installed; nothing where nobody knows
missing_for() {
	local p all

	all=$(packages "$1") || exit
	command -v dpkg-query >/dev/null || return 0
	for p in $all; do
		case $(dpkg-query -W -f '${db:Status-Abbrev}' "$p" 2>/dev/null) in
		ii*) ;;
		*) echo "$p" ;;
		esac
	done | sort -u | xargs
}

may_install() {
	[ -z "${TORNWALK_NO_INSTALL:-}" ] && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }
}

install() {
	local as=(env DEBIAN_FRONTEND=noninteractive) arch

	[ "$(id -u)" = 0 ] || as=(sudo -n "${as[@]}")
	echo "installing: $*" >&2
	for arch in $(printf '%s\n' "$@" | sed -n 's/.*://p' | sort -u); do
		"${as[@]}" dpkg --add-architecture "$arch"
	done
	"${as[@]}" apt-get update -qq >&2 ||
		echo "run.sh: warning: apt-get update failed; going on with what is known" >&2
	"${as[@]}" apt-get install -qq -o Dpkg::Use-Pty=0 -y --no-install-recommends "$@" >&2
}

# WHAT: silent if nothing is missing; what cannot be had ends the command.
setup() {
	local missing

	missing=$(missing_for "$1") || exit
	if ! command -v dpkg-query >/dev/null; then
		echo "run.sh: not Debian, nothing checked; needed: $(packages "$1")" >&2
	elif [ -z "$missing" ]; then
		return
	elif may_install; then
		# shellcheck disable=SC2086  # words
		install $missing || die "could not install: $missing"
	else
		printf 'missing for %s: %s\nas root:\n  apt-get install --no-install-recommends %s\n' \
			"$1" "$missing" "$missing" >&2
		[ "$1 $missing" = "run git" ] || exit 2
	fi
}

# WHAT: the same where it may install; elsewhere, and where it cannot be had, going on without.
setup_wish() {
	local missing

	missing=$(missing_for "$1")
	# shellcheck disable=SC2086  # words
	[ -z "$missing" ] || ! may_install || install $missing ||
		echo "run.sh: warning: could not install: $missing" >&2
}
