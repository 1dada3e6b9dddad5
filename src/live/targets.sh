# shellcheck shell=bash disable=SC2154  # root is run.sh's; target, kdir, words, probe, pages are cmd_live's
# SPDX-License-Identifier: GPL-2.0-or-later
# Where the live suite runs: in a guest, on a board, or here. Sourced by live.sh.
#
#   live_on_KIND LINES LOG	what the driver prints goes into LINES as it comes, the kernel's log
#				into LOG, what the desk has to know besides into LINES's .facts.
#				The driver's exit code; 255 where it was lost in the middle; 2 after
#				one line that says why it never began
#
# Key invariant: nothing stays behind there: no module, no process, no file.

# KEY VALUE...: facts for the desk
live_facts() {
	local to=$1

	shift
	printf '%s\t%s\n' "$@" \
		git "$(git -C "$root" describe --always --dirty --abbrev=12 2>/dev/null || echo unknown)" >"$to"
}

# TARGET: the driver for it
live_driver() {
	TARGET=$1 COMPILER=gcc SAN='' build "build/$1-gcc/tornlive"
	echo "$root/build/$1-gcc/tornlive"
}

# KDIR ARCH TO: the module without what only a debugger needs
live_stripped() {
	local ko

	ko=$(live_module "$1" "$2") || return 2
	"$(live_cross "$2")strip" --strip-debug -o "$3" "$ko"
}

# RELEASE ARCH SUITE TO: of --kdir, or of the headers that Debian has; refused where they are another kernel's
live_module_for() {
	local from=$kdir version

	if [ -z "$from" ]; then
		from=$(live_headers "$1" "$2" "$3") || { echo "run.sh: live: no headers of $1 for $2 to be had; --kdir takes a built tree" >&2; return 2; }
	fi
	version=$(live_release "$from") || return 2
	[ "$version" = "$1" ] ||
		{ echo "run.sh: live: \"$from\" is of $version, and the kernel there is $1: it would refuse the module" >&2; return 2; }
	live_stripped "$from" "$2" "$4"
}

# ---- in a guest ----

live_on_qemu() {
	local facts dir arch release code=0 spec=$target suite=""

	setup boards
	qemu_system_newer "$spec"	# under QEMU 7.2 what ldrd and strd tear says nothing of the kernel
	facts=$(qemu_system_probe "$spec") || return 2
	release=$(sed -n 's/^kernel=//p' <<<"$facts") arch=$(sed -n 's/^arch=//p' <<<"$facts")
	[[ $spec != *@* ]] || suite=${spec#*@}
	if [ -n "$probe" ]; then
		probe=$(live_probe_at "$probe" "$root/build/boards/${spec#qemu:}/root/boot/vmlinuz-$release" "$release-$arch") || return 2
		words+=(--probe "$probe")
	fi
	dir=$live_builds/guest/${spec#qemu:}
	rm -rf --one-file-system "$dir"
	mkdir -p "$dir"
	echo "$spec: building the module for $release" >&2
	live_module_for "$release" "$arch" "$suite" "$dir/tornlive.ko" || return 2
	cp "$(live_driver "$(sed -n 's/^target=//p' <<<"$facts")")" "$dir/tornlive"
	cp "$root/src/live/guest.sh" "$dir/"
	live_facts "${1%.tsv}.facts" target "$(sed -n 's/^target=//p' <<<"$facts")" executor "$(sed -n 's/^executor=//p' <<<"$facts")" \
		kernel "Linux $release" compiler "$(live_compiler "$arch")"
	qemu_append="oops=panic panic_on_warn=0 ${qemu_append:-}" qemu_once "$spec" "$dir" "$1" "$2" "$(live_patience)" \
		env "MODULE_WORDS=${probe:+probes=1}${pages:+ probes=1}" sh /guest.sh "${words[@]}" || code=$?
	return "$code"
}

# How long nothing new may come: the longest operation, thrice, and a minute
live_patience() {
	local i ms longest=10000

	for ((i = 0; i + 1 < ${#words[@]}; i++)); do
		case ${words[i]} in
		--time | --user-time | --calibrate)
			ms=$(live_milliseconds "${words[i + 1]}")
			[ "$ms" -le "$longest" ] || longest=$ms ;;
		esac
	done
	echo $((60 + 3 * longest / 1000))
}

# TIME: in milliseconds, roughly; the driver says what is wrong with it
live_milliseconds() {
	awk -v t="$1" 'BEGIN { n = t + 0; sub(/^[0-9.]*/, "", t)
		print int(n * (t == "ms" ? 1 : t == "m" ? 60000 : t == "h" ? 3600000 : 1000)) }'
}

# ---- on a board ----

live_on_ssh() {
	local facts machine release arch dir code=0 to

	setup boards
	# shellcheck source=src/target/ssh.sh
	. "$root/src/target/ssh.sh"
	facts=$(ssh_on "$target" "uname -m; uname -r; id -u; sed -n 's/^\\(model name\\|Hardware\\).*: //p' /proc/cpuinfo | head -n 1" </dev/null) || return 2
	machine=$(sed -n 1p <<<"$facts") release=$(sed -n 2p <<<"$facts")
	[ "$(sed -n 3p <<<"$facts")" = 0 ] ||
		{ echo "run.sh: live: $target: a module needs root there; ssh:root@..." >&2; return 2; }
	case $machine in
	x86_64) arch=amd64 to=x86_64 ;;
	i?86) arch=i386 to=i686 ;;
	armv7* | armv8l) arch=armhf to=armhf-lpae ;;
	*) echo "run.sh: live: $target: it is $machine; there is a module for x86_64, i686 and armv7" >&2; return 2 ;;
	esac
	[ -z "$probe" ] || words+=(--probe "$probe")
	dir=$live_builds/board/${target//[^[:alnum:].@-]/_}
	rm -rf --one-file-system "$dir"
	mkdir -p "$dir"
	live_module_for "$release" "$arch" "" "$dir/tornlive.ko" || return 2
	cp "$(live_driver "$to")" "$dir/tornlive"
	cp "$root/src/live/board.sh" "$dir/"
	live_facts "${1%.tsv}.facts" target "$to" executor native cpu "$(sed -n 4p <<<"$facts")" \
		kernel "Linux $release" compiler "$(live_compiler "$arch")"
	live_over_ssh "$dir" "$1" "$2" || code=$?
	return "$code"
}

# Opens $held, for board.sh to listen to: it says nothing, and ends with us, also if we are killed. By exec, for
# else whoever has it as its input would be its parent.
live_hold_open() { exec {held}< <(exec setpriv --pdeathsig KILL sleep infinity); }

# DIR LINES LOG: the board's side ends when our end of its standard input is closed, however that comes
live_over_ssh() {
	local at code=0 held

	# shellcheck disable=SC2016  # the board's TMPDIR
	at=$(ssh_on "$target" 'mktemp -d "${TMPDIR:-/tmp}/tornlive.XXXXXX"' </dev/null) || return 2
	if ! tar -C "$1" -c . | ssh_on "$target" "tar -C $(ssh_quote "$at") -x"; then
		ssh_on "$target" "rm -rf $(ssh_quote "$at")" </dev/null || :
		return 2
	fi
	ssh_open "$target" || return 2
	live_hold_open
	"${ssh_command[@]}" "MODULE_WORDS=$(ssh_quote "${probe:+probes=1}${pages:+ probes=1}") sh $(ssh_quote "$at/board.sh" "$at" "${words[@]}")" \
		<&"$held" >>"$2" || code=$?
	[ "$code" != 255 ] || echo "run.sh: live: $target: connection lost; it ends there by itself" >&2
	ssh_on "$target" "dmesg | tail -n 200; rm -rf $(ssh_quote "$at")" </dev/null >"$3" 2>/dev/null || :
	return "$code"
}

# ---- here ----

live_on_here() {
	local program code=0 dir to held

	setup report
	case $(uname -m) in
	x86_64) to=x86_64
	        echo "an entry is one word here (x86_64): no load of the kernel's own can tear; this is a control" >&2 ;;
	i?86) to=i686 ;;
	armv7*) to=armhf-lpae ;;
	*) die "live: this machine is $(uname -m); x86_64, i686 and armv7 are known; or qemu:BOARD, ssh:USER@HOST" ;;
	esac
	program=$(live_driver "$to")
	live_facts "${1%.tsv}.facts" target "$to" executor native \
		cpu "$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)" kernel "$(uname -sr)" compiler "$(live_compiler amd64)"
	if [ -z "$kdir" ]; then
		echo "no module is loaded here (--kdir DIR builds and loads one): a smoke run, which cannot see a torn entry as such" >&2
		"$program" --no-module "${words[@]}" >>"$1" || code=$?
	else
		[ "$(id -u)" = 0 ] || die "live: a module needs root here; qemu:BOARD does not"
		dir=$live_builds/here
		mkdir -p "$dir"
		[ -z "$probe" ] || words+=(--probe "$probe")
		live_module_for "$(uname -r)" "$(dpkg --print-architecture)" "" "$dir/tornlive.ko" || return 2
		cp "$program" "$dir/tornlive"
		live_hold_open
		MODULE_WORDS="${probe:+probes=1}${pages:+ probes=1}" sh "$root/src/live/board.sh" "$dir" "${words[@]}" <&"$held" >>"$1" || code=$?
	fi
	dmesg 2>/dev/null | tail -n 200 >"$2" || :
	return "$code"
}
