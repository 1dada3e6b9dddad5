#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC1091  # /go is made for each run
# The first and only program of a qemu-system guest: sh is busybox.
#
# Ports by number: 1 output, 2 errors, 3 results, 4 control (`stop` and `off` come in). /go sets the arguments
# and the environment; /resume, if it is there, has the results of an earlier guest.
PATH=/bin
/bin/busybox --install -s /bin
mount -t devtmpfs dev /dev && mount -t proc proc /proc && mount -t sysfs sys /sys
for m in virtio virtio_ring virtio_mmio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_console; do
	[ ! -e /modules/$m.ko ] || insmod /modules/$m.ko
done
for p in 1 2 3 4; do
	# the node comes before the port does
	until [ -c /dev/vport0p$p ] && (: <>/dev/vport0p$p); do usleep 20000; done 2>/dev/null
done
exec 4<>/dev/vport0p4
echo "up $(cut -d' ' -f1 /proc/uptime)" >&4

# Whatever the host brings, and as long as it takes: 3 is where results go.
once() {
	"$@" </dev/null >&5 2>&6 3>&7 4<&- 5>&- 6>&- 7>&- &
	wait $!
	code=$?
	printf '\001end\n' >&5
	printf '\001end\n' >&6
}

# The host has everything that it wants.
leave() {
	echo "exit $1" >&4
	# shellcheck disable=SC3045  # busybox has -t
	while read -r -t 60 word <&4 && [ "$word" != off ]; do :; done
	poweroff -f
}

. /go
# shellcheck disable=SC2154  # is /go's
if [ -n "$once" ]; then
	exec 5>/dev/vport0p1 6>/dev/vport0p2 7>/dev/vport0p3
	once "$@"
	leave $code
fi
ln -s /dev/vport0p3 /results
out=/results
if [ -e /resume ]; then
	# tornwalk reads this one first; the port gets what it adds
	out=/resume
	tail -n +$(($(wc -l </resume) + 1)) -f /resume >/results &
	set -- --resume "$@"
fi
tornwalk run --trailer --out $out "$@" </dev/null >/dev/vport0p1 2>/dev/vport0p2 4<&- &
pid=$!
while read -r _; do kill -INT $pid; done <&4 &
ears=$!
wait $pid
code=$?
kill $ears
wait $ears 2>/dev/null
# What was written to a port may not have left the guest yet: the host knows what it has.
leave $code
