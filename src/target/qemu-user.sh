# shellcheck shell=bash disable=SC2154,SC2034  # root and COMPILER are run.sh's
# SPDX-License-Identifier: GPL-2.0-or-later
# Executors on this machine: native, and QEMU's user mode (7.2 of Debian 12, and
# a QEMU 10 unpacked under build/). Sourced by run.sh.
#
# SPEC: native:TARGET  qemu-user:TARGET[:CPU]  qemu10:TARGET[:CPU]
# binfmt_misc is not relied on: the emulator is always named.

user_target() { local rest=${1#*:}; echo "${rest%%:*}"; }

user_cpu() {
	local rest=${1#*:}

	[[ $rest != *:* ]] || echo "${rest#*:}"
}

# Which emulator a target needs; empty: none.
user_emulator() {
	sed -n 's/^QEMU *= *//p' "$root/configs/targets/$(user_target "$1").mk"
}

user_program() {
	local name

	name=$(user_emulator "$1")
	case $1 in
	native:*) ;;
	qemu10:*) echo "$root/build/qemu10/usr/bin/${name%-static}" ;;
	*) command -v "$name" || echo "$name" ;;
	esac
}

# KEY=value lines; one clear line and 1 if it cannot run here.
user_probe() {
	local target program binary

	target=$(user_target "$1") program=$(user_program "$1")
	[ -e "$root/configs/targets/$target.mk" ] || {
		echo "run.sh: unknown target \"$target\" in $1" >&2
		return 1
	}
	binary=$root/build/$target-$COMPILER/tornwalk
	if [ -z "$program" ]; then
		"$binary" help >/dev/null 2>&1 || { echo "run.sh: $1: this kernel does not run $target programs" >&2; return 1; }
		echo "executor=native"
	elif [ -x "$program" ]; then
		echo "executor=$(basename "$program") $("$program" --version | sed -n '1s/.*version \([0-9.]*\).*/\1/p') (user mode)$(user_cpu "$1" | sed 's/^/ -cpu /')"
	elif [[ $1 == qemu10:* ]]; then
		echo "run.sh: $1: no QEMU 10 here; ./run.sh setup qemu10" >&2
		return 1
	else
		echo "run.sh: $1: $program is not installed; ./run.sh setup ci" >&2
		return 1
	fi
	echo "target=$target"
}

# user_exec SPEC ARGS...: `tornwalk run ARGS` there; exit code is tornwalk's
user_exec() {
	local spec=$1 program cpu executor

	shift
	program=$(user_program "$spec") cpu=$(user_cpu "$spec")
	executor=$(user_probe "$spec") || return 2
	executor=$(sed -n 's/^executor=//p' <<<"$executor")
	[ "$executor" = native ] || export TORNWALK_EXECUTOR=$executor
	# shellcheck disable=SC2086  # none, or one word each
	${program:+"$program"} ${cpu:+-cpu "$cpu"} "$root/build/$(user_target "$spec")-$COMPILER/tornwalk" run "$@"
}

# QEMU 10 from the next Debian, as a package: fetched with a private list, unpacked
# under build/, never installed.
setup_qemu10() {
	local dir=$root/build/qemu10 apt=$root/build/qemu10/apt mirror

	[ ! -x "$dir/usr/bin/qemu-arm" ] || { echo "qemu10: nothing is missing"; return; }
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
	# shellcheck disable=SC2016  # apt's own variable
	mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | grep '/debian$' | head -n 1)
	[ -n "$mirror" ] || die "qemu10: no Debian archive in this machine's sources"
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >"$apt/sources.list"
	local o=(-o "Dir::Etc::SourceList=$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
		-o "Dir::State::Lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User=root)
	echo "fetching qemu-user of trixie into build/qemu10" >&2
	apt-get "${o[@]}" update -q >&2 || echo "run.sh: warning: the index refresh failed" >&2
	(cd "$apt" && apt-get "${o[@]}" download -q qemu-user >&2) || die "could not fetch qemu-user of trixie"
	dpkg -x "$apt"/qemu-user_*.deb "$dir"
	"$dir/usr/bin/qemu-arm" --version | head -n 1
}

# One binary's calibration under Debian 12's QEMU and under QEMU 10, line by line.
cmd_qemus() {
	local target=${1:-armhf-lpae} spec said=() out version

	[ $# -le 1 ] || die "qemus takes one target, not \"$*\""
	grep -qs '^QEMU' "$root/configs/targets/$target.mk" ||
		die "qemus needs a target that has an emulator, not \"$target\"; valid: $(grep -l '^QEMU' \
			"$root"/configs/targets/*.mk | sed 's|.*/||; s|\.mk$||' | paste -sd' ')"
	cmd_setup ci
	setup_qemu10 >/dev/null
	make -s -C "$root" -j"$(nproc)" TARGET="$target" COMPILER="$COMPILER" || die "the build failed: $target"
	for spec in "qemu-user:$target" "qemu10:$target"; do
		out=$("$(user_program "$spec")" "$root/build/$target-$COMPILER/tornwalk" calibrate) ||
			die "could not calibrate on $spec"
		version=$(user_probe "$spec" | sed -n 's/^executor=\([^ ]* [^ ]*\).*/\1/p')
		said+=("$version"$'\n'"$out")
	done
	echo "build/$target-$COMPILER/tornwalk calibrate: reads, torn, verdict"
	user_beside "${said[@]}"
}

# Two texts, each a title and a table, as one table.
user_beside() {
	paste -d'\n' <(echo "$1") <(echo "$2") | awk -F'  +' '
		NR == 1 { left = $0 }
		NR == 2 { printf "%-11s %-35s %s\n", "", left, $0 }
		NR < 5 { next }
		NR % 2 { name = $1; reads = $2; torn = $3; verdict = $4; next }
		{ printf "%-11s %6s %6s %-21s %6s %6s %s\n", name, reads, torn, verdict, $2, $3, name == $1 ? $4 : "?" }'
}
