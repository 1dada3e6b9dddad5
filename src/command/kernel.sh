# shellcheck shell=bash disable=SC2154  # root and others are run.sh's
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: kernel   TREE [--arch x86_64|i386|arm]  a kernel's own page-table walkers: does this tree tear?

for part in tree objects; do
	# shellcheck source=/dev/null
	. "$root/src/kernel/$part.sh"
done

cmd_kernel() {
	local view dir arch=${3:-i386}
	export PATH=/usr/lib/ccache:$PATH CCACHE_NOHASHDIR=1
	view=$(kernel_view "$1") || exit
	dir=${view%/src}/$arch
	kernel_program "$view" "$dir" "$arch" || exit 2
	echo "$dir/tree/explore"
}
