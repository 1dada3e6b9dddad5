# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Boards that are real Debian kernels in qemu-system, never with KVM. Sourced by
# run.sh, which sets $root. TORNWALK_BOARD_SMP, TORNWALK_BOARD_MEM (MiB): 2 and 1024.
# TORNWALK_BOARD_QEMU: a program instead of the board's own emulator.
# SPEC: qemu:NAME, NAME being one of configs/boards; qemu:NAME@RELEASE has another Debian's
# kernel, like qemu:armhf-lpae@trixie. Other programs than tornwalk: qemu-once.sh.
#
# Channels beside the console, which is in build/boards/NAME/console.log: tornwalk's
# output, its errors, its results, and a control line each way. A result is on the
# host's disk before the guest's next cell starts. What runs leave is in
# build/boards, or in $qemu_system_state where somebody wants boards of his own.
#
# Key invariant: whatever ends the run (the guest, a signal, the clock, the death of
# run.sh) ends QEMU; a fetch brings what its own caller's run made and nobody else's,
# each line once into FILE; the same arguments go on from where a lost guest was. A
# guest that is done waits until the host has every result, then it may go.

: "${root:?}"
# shellcheck source=src/target/debs.sh
. "$root/src/target/debs.sh"
# shellcheck source=src/target/qemu-vm.sh
. "$root/src/target/qemu-vm.sh"
# shellcheck source=src/target/qemu-once.sh
. "$root/src/target/qemu-once.sh"

qemu_system_boards=$(facts_names boards | sed 's/^/qemu:/' | paste -sd' ')

# A QEMU whose ldrd and strd are atomic, where ./run.sh setup qemu10 has unpacked it
qemu10_arm=$root/build/boards/qemu10-arm/usr/bin/qemu-system-arm

qemu_system_say() { echo "run.sh: $*" >&2; }

# Fills the caller's $board with the facts, and where it lies.
qemu_system_board() {
	local name=${1#qemu:} key

	if [[ " $qemu_system_boards " != *" ${1%@*} "* || ! $name@ =~ ^[^@]*@([a-z]+(-[a-z]+)*@)?$ ]]; then
		qemu_system_say "unknown board \"$1\"; valid: $qemu_system_boards, and with @RELEASE another Debian's kernel"
		return 2
	fi
	for key in TARGET IMAGE QEMU MACHINE CONSOLE SERIAL; do
		board[$key]=$(fact "boards/${name%@*}" $key)
	done
	board[QEMU]=${TORNWALK_BOARD_QEMU:-${board[QEMU]}}
	board[DEB]=$(fact "targets/${board[TARGET]}" DEB)
	board[release]=$([[ $name != *@* ]] || echo "${name#*@}")
	board[root]=$root/build/boards/$name/root	# busybox and a kernel
	board[kernel]=${qemu_kernel:-${board[root]}}	# boot/vmlinuz-*, lib/modules/
	board[dir]=${qemu_system_state:-$root/build/boards}/$name
	mkdir -p "${board[dir]}"
}

qemu_system_kernel() { compgen -G "${board[kernel]}/boot/vmlinuz-*" | sed 's/.*vmlinuz-//; q'; }
qemu_system_executor() {
	"${board[QEMU]}" --version | sed -n "1s/.*version \([0-9.]*\).*/${board[QEMU]##*/} \1 TCG, real kernel/p"
}

# SPEC: takes $qemu10_arm where it is set up and of use, and nobody has chosen another one.
qemu_system_newer() {
	local name=${1#qemu:}

	[ -n "${TORNWALK_BOARD_QEMU:-}" ] || [ ! -x "$qemu10_arm" ] ||
		[ "$(fact "boards/${name%@*}" QEMU 2>/dev/null)" != "${qemu10_arm##*/}" ] || export TORNWALK_BOARD_QEMU=$qemu10_arm
}

# SPEC: an emulator that somebody has chosen has to be one, and to make this machine.
qemu_system_chosen() {
	local said

	[ -n "${TORNWALK_BOARD_QEMU:-}" ] || return 0
	# shellcheck disable=SC2086  # words
	said=$(env "${board[QEMU]}" ${board[MACHINE]} -S -nodefaults -no-user-config -display none -monitor stdio <<<quit 2>&1 >/dev/null) &&
		[ -n "$(qemu_system_executor)" ] && return
	said=${said%%$'\n'*}
	qemu_system_say "TORNWALK_BOARD_QEMU=$TORNWALK_BOARD_QEMU does not make $1: ${said:-it is no QEMU}; ./run.sh setup qemu10 has one for ARM"
	return 2
}

# IMAGE RELEASE: prints where the .debs are of the newest kernel behind it that can be had;
# from 7 on it is in two that the image depends on
qemu_system_debs() {
	local image part debs

	for image in $(debs_behind "$1:${board[DEB]}" linux-image- "$2"); do
		debs=$(for part in "$image" $(debs_behind "$image:${board[DEB]}" 'linux-(binary|modules)-' "$2"); do
			debs_get "$part:${board[DEB]}" "$2" || exit
		done) && echo "$debs" && return
	done
	return 1
}

# The kernel, those virtio modules that are not built into it, and busybox, into $board[root].
qemu_system_unpack() {
	local debs=() new deb busybox files image

	[ ! -e "${board[root]}" ] || return 0
	mkdir -p "${board[root]%/*}"
	mapfile -t debs < <(qemu_system_debs "${board[IMAGE]}" "${board[release]}")
	[ ${#debs[@]} -gt 0 ] &&
		busybox=$(debs_get "busybox-static:${board[DEB]}") && new=$(mktemp -d "${board[root]}.XXXXXX") || return
	for deb in "${debs[@]}"; do
		files=$(dpkg-deb --fsys-tarfile "$deb" | tar -t |
			grep -E '/vmlinuz(-|$)|/drivers/(virtio/virtio|char/virtio_console)[^/]*$') || continue
		dpkg-deb --fsys-tarfile "$deb" | tar -xC "$new" -T <(echo "$files") || break
	done
	for image in "$new"/usr/lib/modules/*/vmlinuz; do	# there from 7 on
		[ ! -e "$image" ] || { mkdir -p "$new/boot" && mv "$image" "$new/boot/vmlinuz-$(basename "${image%/vmlinuz}")"; }
	done
	compgen -G "$new/boot/vmlinuz-*" >/dev/null && dpkg -x "$busybox" "$new" && mv "$new" "${board[root]}" && return
	rm -rf --one-file-system "$new"
	return 1
}

# SPEC: prints KEY=value lines. The packages are here after it.
qemu_system_probe() {
	local -A board=()
	local tool missing="" lock code=0

	qemu_system_board "$1" && qemu_system_chosen "$1" || return
	for tool in "${board[QEMU]}" cpio apt-get dpkg-deb flock setpriv taskset; do
		command -v "$tool" >/dev/null || missing+=" $tool"
	done
	if [ -n "$missing" ]; then
		qemu_system_say "$1 needs$missing; ./run.sh setup boards installs it"
		return 2
	fi
	mkdir -p "$root/build/boards"
	exec {lock}>"$root/build/boards/lock"
	flock "$lock"
	qemu_system_unpack || code=2
	exec {lock}>&-
	if [ $code != 0 ]; then
		rmdir "${board[dir]}" 2>/dev/null
		qemu_system_say "$1: ${board[IMAGE]}${board[release]:+ of ${board[release]}} or busybox-static for ${board[DEB]} could not be fetched"
		return 2
	fi
	printf '%s\n' "target=${board[TARGET]}" "arch=${board[DEB]}" "kernel=$(qemu_system_kernel)" \
		"executor=$(qemu_system_executor)"
}

# The same files make the same archive: its checksum says whether a run goes on.
qemu_system_pack() (
	cd "$1" && find . -exec touch -h -d @0 {} + &&
		find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --reproducible --quiet
)

# STAGE: what every initramfs has: busybox, the virtio modules, the first program.
qemu_system_stage() {
	mkdir -p "$1"/{bin,dev,proc,sys,tmp,modules} &&
		cp "${board[root]}/bin/busybox" "$1/bin/" &&
		ln -sfn busybox "$1/bin/sh" &&
		find "${board[kernel]}" -name 'virtio*.ko*' -exec cp -t "$1/modules" {} + &&
		find "$1/modules" -name 'virtio*.xz' -exec xz -d {} + &&
		cp "$root/src/target/guest-init.sh" "$1/init" && chmod +x "$1/init"
}

# SPEC BINARY: the initramfs, with the configs of $TORNWALK_CONFIGS.
qemu_system_push() {
	local -A board=()
	local stage code=0

	qemu_system_board "$1" || return
	if [ "$(target_elf "$2")" != "$(fact "targets/${board[TARGET]}" ELF)" ]; then
		qemu_system_say "$1 runs ${board[DEB]} programs, and $2 is none: make TARGET=${board[TARGET]}"
		return 2
	fi
	stage=$(mktemp -d "${board[dir]}/stage.XXXXXX") || return 2
	qemu_system_stage "$stage" &&
		cp "$2" "$stage/bin/tornwalk" && chmod +x "$stage/bin/tornwalk" &&
		cp -r "${TORNWALK_CONFIGS:-$root/configs}" "$stage/configs" &&
		qemu_system_pack "$stage" >"$stage.cpio" &&
		mv "$stage.cpio" "${board[dir]}/initramfs.cpio" || code=2
	rm -rf --one-file-system "$stage" "$stage.cpio"
	return $code
}

# SPEC FILE: of what this caller's last run there made, the lines FILE has not. Another
# run of the same board is another's: the one that a refused caller finds going on.
qemu_system_fetch() {
	local -A board=()
	local mine from

	qemu_system_board "$1" || return
	mine=${board[dir]}/of.$$
	[ -e "$mine" ] || return 0
	from=${board[dir]}/$(cat "$mine")
	if ! { [ ! -s "$from" ] || { head -n "$(wc -l <"$from")" "$from" | count_new "$2" >"$mine.new" &&
		cat "$mine.new" >>"$2"; }; }; then
		qemu_system_say "$1: cannot append to $2; $from keeps the results"
		rm -f "$mine".*
		return 2
	fi
	if [ -e "$from.done" ] || [ ! -s "$from" ]; then
		rm -f "$from" "$from.done"
	fi
	rm -f "$mine" "$mine".*
}

# Whose callers are gone; what they ran stays for the same arguments.
qemu_system_sweep() {
	local f

	rm -rf --one-file-system "${board[dir]}"/run.*		# the lock is ours
	for f in "${board[dir]}"/of.*; do
		[[ $f == */of.*[!0-9]* ]] || kill -0 "${f##*.}" 2>/dev/null || rm -f "$f"
	done
}

# WORDS for sh
qemu_system_quote() {
	local word

	for word; do
		printf " '%s'" "${word//\'/\'\\\'\'}"
	done
}

# The arguments, quoted for sh; the user's scenario files and what is to be resumed.
qemu_system_go() {
	local word words="" n=0

	mkdir "$run/add"
	for word; do
		if [[ $word == *.ini && -f $word ]]; then
			mkdir -p "$run/add/files/$((++n))"
			cp "$word" "$run/add/files/$n/"
			word=/files/$n/${word##*/}
		fi
		[ "$word" = --resume ] || words+=$(qemu_system_quote "$word")
	done
	[ ! -s "$results" ] || cp "$results" "$run/add/resume"
	echo "export TORNWALK_CONFIGS=/configs TORNWALK_EXECUTOR='$(qemu_system_executor)'; set --$words" >"$run/add/go"
	qemu_system_pack "$run/add" | cat "${board[dir]}/initramfs.cpio" - >"$run/initrd"
}

# Sets results, the file of this run: by the program, the machine, its emulator and the arguments, the
# same as of a run before that was lost. What $qemu_system_seed has is not run again.
qemu_system_results() {
	local words=$* word current

	for word; do
		[[ $word != *.ini || ! -f $word ]] || words+=" $(cksum <"$word")"
	done
	current=results-$(cat "${board[dir]}/initramfs.cpio" - <<<"$smp $mem $(qemu_system_executor) $words" | cksum | cut -d' ' -f1).jsonl
	results=${board[dir]}/$current
	echo "$current" >"${board[dir]}/of.$$"
	rm -f "$results.done"
	touch "$results"
	[ -z "$(tail -c 1 "$results")" ] || sed -i '$ d' "$results"	# half a line, of a killed guest
	[ -s "$results" ] || [ ! -s "${qemu_system_seed:-}" ] || count_once "$qemu_system_seed" >"$results"
}

# SILENCE MORE: why there is no exit code, in one line; exits
qemu_system_lost() {
	kill -0 $$ 2>/dev/null || exit 255	# nobody is there to hear more
	if [ "$stop" != 0 ]; then
		qemu_system_say "$name: interrupted"
		exit 4
	elif ! kill -0 "$qemu" 2>/dev/null; then
		qemu_system_say "$name: the guest died: $(vm_last_words)$2"
	elif [ -z "$up" ]; then
		qemu_system_say "$name: no sign of life in ${limit}s; killed$2"
	else
		qemu_system_say "$name: $1 in ${limit}s; killed$2"
	fi
	[ -z "$up" ] || exit 255
	exit 2
}

# How it ended, in one line if it did not end well; the exit code of the run.
qemu_system_end() {
	if [ -n "$code" ]; then
		count_check "$name" "$code" "$run/said" "$results" || code=$?
		if [ "$code" != 2 ] || [ ! -s "$results" ]; then touch "$results.done"; fi
		exit "$code"
	fi
	qemu_system_lost "no cell finished" ""
}

# The machine of SPEC is ours, until this subshell ends.
qemu_system_take() {
	qemu_system_board "$1" || exit 2
	name=$1 smp=${TORNWALK_BOARD_SMP:-2} mem=${TORNWALK_BOARD_MEM:-1024}
	qemu='' stop=0 up='' code='' limit=120 once='' append=quiet console=${board[dir]}/console.log
	if ! [[ $smp:$mem =~ ^[1-9][0-9]*:[1-9][0-9]*$ ]]; then
		qemu_system_say "TORNWALK_BOARD_SMP=$smp, TORNWALK_BOARD_MEM=$mem: two numbers are needed"
		exit 2
	fi
	exec {lock}>"${board[dir]}/lock"
	flock -n "$lock" || { qemu_system_say "$name is busy: another run has it"; exit 2; }
	qemu_system_sweep
	run=$(mktemp -d "${board[dir]}/run.XXXXXX") || exit 2
	trap vm_end EXIT
	trap vm_interrupted INT TERM HUP
}

# SPEC ARGS...: boots, runs `tornwalk run ARGS`. Its exit code; 2 if the board did not
# get that far or not every result arrived, 255 if it was lost in the middle.
qemu_system_exec() (
	qemu_system_guest "$@"
)

# In a subshell, for the traps are its own.
qemu_system_guest() {
	declare -A board=()
	set +e
	qemu_system_board "$1" || exit 2
	rm -f "${board[dir]}/of.$$"
	if [[ " $* " == *" --out"* ]]; then
		qemu_system_say "$1: no --out on a board, its results are fetched"
		exit 2
	fi
	qemu_system_take "$1"
	shift
	qemu_system_results "$@"
	qemu_system_go "$@"
	vm_boot "$@"
	qemu_system_end
}

# SPEC BINARY FILE ARGS...: all of it, as ssh_session
qemu_system_session() {
	local spec=$1 binary=$2 file=$3 code=0

	shift 3
	target_words "$@" && qemu_system_push "$spec" "$binary" || return 2
	(qemu_system_seed=$file && qemu_system_guest "$spec" "$@") </dev/null &	# one process: it is told to stop
	target_wait $! || code=$?
	[ "$code" != 255 ] || return 255	# it stays, as with ssh
	qemu_system_fetch "$spec" "$file" || return 2
	return "$code"
}
