# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Debian packages to look into, never installed: from the host's own sources, or the same
# sources of another RELEASE (trixie, bookworm-backports, sid), but with lists and a state of
# our own in build/boards/apt, so that the host's apt and dpkg, and the architectures they
# know, stay as they are. Sourced; $root is set.
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

# RELEASE: the host's sources, of that release. Of one that others stand beside, as
# bookworm-backports and sid, there are no -updates and no -security.
debs_sources() {
	local here file between

	here=$(debs_here)
	for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources}; do
		[ -e "$file" ] || continue
		[[ $file == *.sources ]] && between="" || between="\n"
		case $1 in
		*-* | sid) awk -v here="$here" -v RS="$between" \
			'$0 ~ "(^|[[:space:]])" here "([[:space:]]|$)" { gsub(here "-[a-z-]+", ""); print $0 "\n" }' "$file" ;;
		*) ! grep -qE "(^|[[:space:]])$here([[:space:]]|\$)" "$file" || cat "$file" ;;
		esac | sed "s/\<$here\>/$1/g" >"$(debs_dir "$1")/sources/${file##*/}"
	done
	find "$(debs_dir "$1")/sources" -size 0 -delete
}

# RELEASE ARCH: the lists, once; those of the host's own release for all architectures at
# once, those of another one for the host's and for which it was asked
debs_init() {
	local apt release=${1:-$(debs_here)} archs

	apt=$(debs_dir "$release") archs=$(dpkg --print-architecture)
	case $2 in
	all) set -- "$release" "$archs" ;;
	esac
	if grep -qsF "\"$apt/lists\"" "$apt/conf"; then
		[ ! -e "$apt/ready" ] || ! grep -q "^APT::Architectures .*\"$2\"" "$apt/conf" || return 0
		archs+=" $(sed -n 's/^APT::Architectures {\(.*\)};/\1/p' "$apt/conf" | tr -d '";')"
	fi
	archs+=" $2"
	[ "$release" != "$(debs_here)" ] || archs+=" $(facts_foreign | xargs)"
	mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/sources"
	debs_sources "$release"
	: >"$apt/status"
	# shellcheck disable=SC2046  # words
	debs_conf "$apt" $(xargs -n1 <<<"$archs" | awk '!had[$0]++') >"$apt/conf"
	echo "fetching package lists$([ "$release" = "$(debs_here)" ] || echo " of $release, for $2")" >&2
	debs_apt "$apt" apt-get update -qq >"$apt/log" 2>&1 ||
		echo "run.sh: warning: a package list could not be had ($apt/log); going on with the others" >&2
	compgen -G "$apt/lists/*_Packages*" >"$apt/ready" || rm -f "$apt/ready"
}

# PACKAGE:ARCH REGEX [RELEASE]: what its versions depend on, of such a name, the newest
# version's first
debs_behind() {
	debs_init "${3:-}" "${1#*:}"
	debs_apt "$(debs_dir "${3:-}")" apt-cache show "$1" 2>/dev/null | sed -n 's/^Depends: //p' |
		tr ', |' '\n' | grep -E "^($2)"
}

# PACKAGE:ARCH[=VERSION] [RELEASE]: prints where its .deb is.
debs_get() {
	local apt name=${1%%:*} arch=${1#*:} version="*" file

	[[ $arch != *=* ]] || version=${arch#*=}
	arch=${arch%%=*} file="${name}_${version//:/%3a}_$arch.deb"
	apt=$(debs_dir "${2:-}")
	mkdir -p "$apt/new"
	! compgen -G "$apt/$file" | tail -n 1 | grep . || return 0
	debs_init "${2:-}" "$arch"
	echo "fetching $1${2:+ of $2}" >&2
	if ! (cd "$apt/new" && debs_apt "$apt" apt-get download -qq "$1" >>"$apt/log" 2>&1); then
		echo "run.sh: $1 could not be fetched${2:+ of $2}: $(tail -n 1 "$apt/log")" >&2
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
