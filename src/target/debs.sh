# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian packages to look into, never installed: from the host's own sources, but with
# lists and a state of our own in build/boards/apt, so that the host's apt and dpkg,
# and the architectures they know, stay as they are. Sourced; $root is set.
#
# What is here is used again. `rm -r build/boards` has everything fetched anew.

: "${root:?}"

debs_apt() { "$1" -c "$root/build/boards/apt/conf" "${@:2}"; }

# The lists, once, of those of the host's sources that name its release.
debs_init() {
	local apt=$root/build/boards/apt suite

	[ ! -e "$apt/ready" ] || ! grep -qsF "\"$apt/lists\"" "$apt/conf" || return 0
	mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/sources"
	suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-stable}")
	grep -lEs "(^|[[:space:]])$suite([[:space:]]|\$)" /etc/apt/sources.list \
		/etc/apt/sources.list.d/*.{list,sources} | xargs -r cp -t "$apt/sources"
	: >"$apt/status"
	cat >"$apt/conf" <<-END
	#clear APT::Update::Post-Invoke;
	#clear APT::Update::Post-Invoke-Success;
	#clear APT::Architectures;
	APT::Architectures { "$(dpkg --print-architecture)"; "i386"; "armhf"; };
	APT::Sandbox::User "root";
	Dir::State::status "$apt/status";
	Dir::State::lists "$apt/lists";
	Dir::Cache::archives "$apt/archives";
	Dir::Cache::pkgcache "";
	Dir::Cache::srcpkgcache "";
	Dir::Etc::sourcelist "/dev/null";
	Dir::Etc::sourceparts "$apt/sources";
	Acquire::Languages "none";
	END
	echo "fetching package lists" >&2
	debs_apt apt-get update -qq >"$apt/log" 2>&1 ||
		echo "run.sh: warning: a package list could not be had ($apt/log); going on with the others" >&2
	compgen -G "$apt/lists/*_Packages*" >"$apt/ready" || rm -f "$apt/ready"
}

# METAPACKAGE:ARCH: prints the first package it depends on.
debs_behind() {
	debs_init
	debs_apt apt-cache depends "$1" 2>/dev/null | sed -n 's/^ *Depends: *\([^: ]*\).*/\1/p' | head -n 1 | grep .
}

# PACKAGE:ARCH: prints where its .deb is.
debs_get() {
	local debs=$root/build/boards/debs file="${1%:*}_*_${1#*:}.deb"

	mkdir -p "$debs/new"
	compgen -G "$debs/$file" | tail -n 1 | grep . && return
	debs_init
	echo "fetching $1" >&2
	if ! (cd "$debs/new" && debs_apt apt-get download -qq "$1" >>"$root/build/boards/apt/log" 2>&1); then
		tail -n 1 "$root/build/boards/apt/log" >&2
		return 1
	fi
	mv "$debs/new"/*.deb "$debs/"
	compgen -G "$debs/$file"
}

# PACKAGE:ARCH NAME: into build/boards/NAME, with nothing installed and nothing started.
debs_unpack() {
	local to=$root/build/boards/$2 deb new

	[ ! -d "$to" ] || return 0
	mkdir -p "$root/build/boards"
	deb=$(debs_get "$1") && new=$(mktemp -d "$to.XXXXXX") || return
	dpkg -x "$deb" "$new" && chmod 755 "$new" && mv "$new" "$to" && return
	rm -rf --one-file-system "$new"
	return 1
}
