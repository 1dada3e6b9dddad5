#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# In a guest: the module's refusals, then what may happen to it in the middle. TAP goes to descriptor 3,
# from 101 on where it is ours.
# shellcheck disable=SC2009,SC2016  # busybox has no pgrep; conditions are for check
n=100
ok() { n=$((n + 1)); echo "ok $n - $1" >&3; }
not_ok() { n=$((n + 1)); echo "not ok $n - $1" >&3; }
check() { if eval "$2"; then ok "$1"; else not_ok "$1"; fi; }
threads() { ps | grep -c '[t]ornlive'; }

insmod /tornlive.ko || exit 2
/live_module >&3
/live_module hold >/tmp/holds &
pid=$!
until grep -q holds /tmp/holds; do usleep 20000; done
check "module: a reading thread is there while its process is" '[ "$(threads)" -ge 1 ]'
check "module: rmmod in the middle is refused" '! rmmod tornlive 2>/dev/null'
kill -9 $pid
wait $pid 2>/dev/null
sleep 1
check "module: its thread goes with a process that is killed" '[ "$(threads)" = 0 ]'
check "module: and then it can be removed" 'rmmod tornlive'
check "module: nothing of it stays" '[ ! -e /dev/tornlive ] && ! grep -q tornlive /proc/modules'
insmod /tornlive.ko
check "module: a second one is refused" '! insmod /tornlive.ko 2>/dev/null'
rmmod tornlive
check "module: the kernel complains of nothing" '! dmesg | sed "1,/loading out-of-tree/d" | grep -E "BUG|WARN|Oops|bad pmd|Bad page"'

# its busted twin, which asks nobody for a name and no vma for its kind
insmod /busted.ko
/live_module >/tmp/busted
check "module: without its checks, another pid and foreign memory are caught" 'grep -q "^not ok 2 " /tmp/busted && grep -q "^not ok 4 " /tmp/busted'
rmmod busted
