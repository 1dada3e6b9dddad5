# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian packages to look into, never installed: from the host's own sources, or the same
# sources of another RELEASE (trixie), but with lists and a state of our own in
# build/boards/apt, so that the host's apt and dpkg, and the architectures they know, stay
# as they are. Sourced; $root is set.
#
# What is here is used again. `rm -r build/boards` has everything fetched anew.

: "${root:?}"
# shellcheck source=src/target/target.sh
. "$root/src/target/target.sh"

debs_here() { (. /etc/os-release && echo "${VERSION_CODENAME:-stable}"); }
debs_dir() { echo "$root/build/boards/apt/${1:-$(debs_here)}"; }
debs_apt() { "$2" -c "$1/conf" "${@:3}"; }

# DIR ARCHITECTURES
debs_conf() {
	cat <<-END
	#clear APT::Update::Post-Invoke;
	#clear APT::Update::Post-Invoke-Success;
	#clear APT::Architectures;
	APT::Architectures { $(printf '"%s"; ' "${@:2}"); };
	APT::Sandbox::User "root";
	Dir::State::status "$1/status";
	Dir::State::lists "$1/lists";
	Dir::Cache::archives "$1/archives";
	Dir::Cache::pkgcache "";
	Dir::Cache::srcpkgcache "";
	Dir::Etc::sourcelist "/dev/null";
	Dir::Etc::sourceparts "$1/sources";
	Acquire::Languages "none";
	END
}

# [RELEASE]: the lists, once, of those of the host's sources that name its own release; of
# another one only for programs of the host
debs_init() {
	local apt here archs

	apt=$(debs_dir "${1:-}") here=$(debs_here) archs=$(dpkg --print-architecture)
	[ -n "${1:-}" ] || archs+=" $(facts_foreign | xargs)"
	[ ! -e "$apt/ready" ] || ! grep -qsF "\"$apt/lists\"" "$apt/conf" || return 0
	mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/sources"
	grep -lEs "(^|[[:space:]])$here([[:space:]]|\$)" /etc/apt/sources.list \
		/etc/apt/sources.list.d/*.{list,sources} | xargs -r cp -t "$apt/sources"
	[ -z "${1:-}" ] || sed -i "s/\<$here\>/$1/g" "$apt/sources"/*
	: >"$apt/status"
	# shellcheck disable=SC2086  # words
	debs_conf "$apt" $archs >"$apt/conf"
	echo "fetching package lists${1:+ of $1}" >&2
	debs_apt "$apt" apt-get update -qq >"$apt/log" 2>&1 ||
		echo "run.sh: warning: a package list could not be had ($apt/log); going on with the others" >&2
	compgen -G "$apt/lists/*_Packages*" >"$apt/ready" || rm -f "$apt/ready"
}

# METAPACKAGE:ARCH: prints the first package it depends on.
debs_behind() {
	debs_init
	debs_apt "$(debs_dir)" apt-cache depends "$1" 2>/dev/null | sed -n 's/^ *Depends: *\([^: ]*\).*/\1/p' | head -n 1 | grep .
}

# PACKAGE:ARCH [RELEASE]: prints where its .deb is.
debs_get() {
	local apt file="${1%:*}_*_${1#*:}.deb"

	apt=$(debs_dir "${2:-}")
	mkdir -p "$apt/new"
	! compgen -G "$apt/$file" | tail -n 1 | grep . || return 0
	debs_init "${2:-}"
	echo "fetching $1" >&2
	if ! (cd "$apt/new" && debs_apt "$apt" apt-get download -qq "$1" >>"$apt/log" 2>&1); then
		echo "run.sh: $1 could not be fetched: $(tail -n 1 "$apt/log")" >&2
		rm -f "$apt/ready"	# the lists may be old, or half of them
		return 1
	fi
	mv "$apt/new"/*.deb "$apt/"
	compgen -G "$apt/$file"
}

# PACKAGE:ARCH NAME [RELEASE]: into build/boards/NAME, with nothing installed and nothing
# started.
debs_unpack() {
	local to=$root/build/boards/$2 deb new

	[ ! -d "$to" ] || return 0
	mkdir -p "$root/build/boards"
	deb=$(debs_get "$1" "${3:-}") && new=$(mktemp -d "$to.XXXXXX") || return
	dpkg -x "$deb" "$new" && chmod 755 "$new" && mv "$new" "$to" && return
	rm -rf --one-file-system "$new"
	echo "run.sh: $1 could not be unpacked into $to" >&2
	return 1
}
