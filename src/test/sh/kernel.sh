#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016  # conditions are for expect
# ./run.sh kernel: what it says of trees whose answer is known, and of what is no tree.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"

kernel() {
	code=0
	timeout -k 10 600 "$root/run.sh" kernel "$@" </dev/null >"$tmp/out" 2>"$tmp/err" || code=$?
}
one_line() { exits 2 && silent && [ "$(wc -l <"$tmp/err")" = 1 ]; }

# ---- what is no tree ----

kernel
expect "no tree: how it is used" 'exits 2 && silent && err_has "^./run.sh kernel TREE"'
kernel --help
expect "--help has examples" 'exits 0 && out_has "run.sh kernel debian:6.1"'
kernel /nonesuch
expect "nothing there" 'one_line && err_has "there is no \"/nonesuch\""'
mkdir "$tmp/empty"
kernel "$tmp/empty"
expect "not a kernel tree" 'one_line && err_has "not a kernel tree"'
touch "$tmp/empty/Kbuild"
kernel "$tmp/empty"
expect "a tree without a walker" 'one_line && err_has "no mm/pagewalk.c"'
kernel debian:nonsense
expect "no version" 'one_line && err_has "no version"'
kernel "$tmp/empty" --arch vax
expect "an unknown architecture: the valid ones" 'one_line && err_has "valid: x86_64 i386 arm"'
kernel "$tmp/empty" --nonsense
expect "an unknown option: the valid ones" 'one_line && err_has "valid: --arch"'
kernel debian:6.1 --watch
expect "--watch of what nobody saves files in" 'one_line && err_has "watch needs a directory"'
kernel "$tmp/empty" --time soon
expect "no time" 'one_line && err_has "\"soon\" is no time; like 300ms"'
kernel "$tmp/empty" --patch /nonesuch
expect "no such patch" 'one_line && err_has "cannot read the patch"'

kernel "$tmp/empty" --compiler tcc
expect "an unknown compiler: the valid ones" 'one_line && err_has "unknown compiler \"tcc\"; valid: gcc clang"'
kernel "$tmp/empty" --config nonesuch
expect "no such configuration: the valid ones" 'one_line && err_has "no configuration \"nonesuch\".*one of: debug-vm"'
printf 'CONFIG_SMP=y\nSMP is on\n' >"$tmp/bad.config"
kernel "$tmp/empty" --config "$tmp/bad.config"
expect "a configuration with something else in it: which line" 'one_line && err_has "line 2: \"SMP is on\" is no line of a configuration"'

# ---- its parts ----

parts() {
	code=0
	env "root=$root" bash -c '. "$root/src/kernel/tree.sh"; . "$root/src/kernel/objects.sh"; "$@"' parts "$@" >"$tmp/out" 2>"$tmp/err" || code=$?
}
mkdir -p "$tmp/view/src" "$tmp/view/i386/o" "$tmp/view/i386/tree"
echo '# CONFIG_SMP is not set' >"$tmp/view/i386/o/.config"
parts kernel_sound "$tmp/view/i386"
expect "no cells of one CPU on which nobody is preempted" 'one_line && err_has "no cells without both CONFIG_SMP and CONFIG_PREEMPT"'
printf 'CONFIG_ARM=y\nCONFIG_PREEMPT=y\n' >"$tmp/view/i386/o/.config"
parts kernel_sound "$tmp/view/i386"
expect "... nor of one of ARM" 'one_line && err_has "no cells of one CPU .* on ARM"'
printf 'CONFIG_SMP=y\nCONFIG_X86_PAE=y\nCONFIG_NR_CPUS=2\n' >"$tmp/fragment"
parts kernel_configured "$tmp/view/i386" "$tmp/fragment"
expect "a configuration that cannot have PAE" 'one_line && err_has "cannot have CONFIG_X86_PAE=y"'
parts kernel_objects "$tmp/view/arm-clang" explore
expect "objects of ARM by clang are those of ARM" 'exits 0 && out_has "arm-clang/o/mm/gup.o" && ! out_has "x86/mm"'
echo "gup.o: $tmp/view/src/mm/gup.c $tmp/view/src/mm/internal.h" >"$tmp/view/i386/tree/gup.o.d"
echo "walk.o: $tmp/view/src/mm/pagewalk.c" >"$tmp/view/i386/tree/walk.o.d"
echo mm/gup.c >"$tmp/view/changed"
parts kernel_forget "$tmp/view"
expect "what was made of a file that was put back is forgotten, and nothing else" \
	'exits 0 && [ ! -e "$tmp/view/i386/tree/gup.o.d" ] && [ -e "$tmp/view/i386/tree/walk.o.d" ]'

# ---- trees whose answer is known ----

# CELL: its verdict in the last table
verdict_of() { awk -v cell="$1" '$2 == cell { print $1 }' "$tmp/out"; }
said() { [ "$(verdict_of "$1")" = "$2" ]; }

# VERSION, and lines NOTE TWIN CELL: that note alone is how the twin is caught there
alone() {
	local note twin cell

	# shellcheck disable=SC2034  # for expect
	while read -r note twin cell; do
		expect "$1: $twin is caught by nothing but \"$note\"" 'out_has "^pass +$cell .*[ ,]$twin caught \($note\)"'
		echo "$note" >>"$tmp/alone"
	done
}

# VARIANT CELL NOTE: the race until it has seen something bad, for two minutes at most; what it said is in $tmp/raced
raced() {
	timeout 150 "$made/$1/race" 120000 1 "$2" >"$tmp/raced" 2>/dev/null
	grep -qP "^seen\t$2\t(.*,)?$3(,|$)" "$tmp/raced"
}

made=$root/build/kernel/debian-6.1/x86_64
kernel debian:6.1 --arch x86_64 --time 50ms
if [ "$code" = 2 ] && grep -qE 'could be had|missing for|could not install' "$tmp/err"; then
	why=$(tail -n 1 "$tmp/err")
	for what in "6.1" "6.12" "a patch"; do
		skip "$what" "$why"
	done
	finish
	exit
fi
expect "6.1: CVE-2026-31456, a huge PUD walked as a table, exit 1" \
	'exits 1 && said walk_page_range.pte.pud-split-refault fail && said walk_page_range.pmd.pud-split-refault fail'
expect "6.1: what is clean was raced, and its twin beside it" 'out_has "pass +walk_page_range.pte.fault-zap .* 0 +[0-9]+ +leaf-unchecked caught.*walks of the race"'
expect "6.1: its schedule is in lines of mm/pagewalk.c" 'out_has "walker +mm/pagewalk.c:[0-9]+ walk_pud_range\(\) +load entry [0-9a-f]+ +split_huge_pud"'
expect "6.1: what is clean has a twin that was caught" 'said walk_page_range.pte.fault-zap pass && out_has "leaf-unchecked caught"'
alone 6.1 <<'END'
torn gup-frame-reread gup_fast.split-clear-retract
wild table-unasked walk_page_range.pte.zap-reuse
no-page gup-leaf-as-table gup_fast.zap-reuse
freed split-without-invalidate gup_fast.split-share
bad-entry leaf-unchecked walk_page_range.pte.fault-split
fault gup-reference-unchecked gup_fast.pte-zap-reuse
bug gup-warns gup_fast.zap-reuse
lock-held lock-kept walk_page_range.pte.zap-reuse
order walk-skips walk_page_range.pte.zap-reuse
unfilled zero-split-unordered gup_fast.zero-split
stale split-unnotified hmm_range_fault.split-huge-pmd
stale hmm-writable hmm_range_fault.wrprotect
END
file=$(sed -n 's/^results: \([^ ]*\).*/\1/p' "$tmp/out")
expect "6.1: gup-fast holds no page, and reads no table, that was freed; each twin that would is caught as that" '
	said gup_fast.zap-reuse pass && out_has "gup_fast.zap-reuse .*gup-no-recheck caught \(freed\)" &&
	out_has "gup_fast.pte-zap-reuse .*gup-no-recheck caught \(freed\)" &&
	out_has "gup_fast.retract-free .*retract-without-grace caught \(freed\)"'
expect "6.1: the tree's own __split_huge_pmd(), and who takes the lock of a huge page: he is caught if he does not look again" '
	said gup_fast.split-huge-pmd pass && said walk_page_range.huge.split-huge-pmd pass &&
	out_has "walk_page_range.huge.split-huge-pmd .*huge-lock-unchecked caught \(torn\)"'
expect "6.1: what mmu_interval_read_retry() lets hmm_range_fault() believe is so, and is not where nobody waits or asks" '
	said hmm_range_fault.zap-reuse pass && out_has "^pass +hmm_range_fault.fault-zap .*begin-unasked caught \(stale\).*walks of the race" &&
	out_has "hmm_range_fault.pte-zap-reuse .*begin-unasked caught \(stale,freed\), retry-unasked caught \(stale,freed\)"'
expect "6.1: it reads a huge page as a table, too; under weak it believes what was, if mmap_lock orders nothing" '
	out_has "^fail +hmm_range_fault.pud-split-refault +confused" && out_has "^pass +hmm_range_fault.locked.pte-clear +clean +clean +stale"'
expect "6.1: who walks without a vma is clean, and a table that goes is outside its contract" '
	said walk_page_range.novma.fault-zap pass && out_has "novma.fault-zap .*leaf-unchecked caught \(confused\)" &&
	out_has "novma.retract-free .*outside this tree.s contract: used what had been freed"'
expect "a line of results for each cell" '[ "$(grep -cE "^(pass|fail|inconclusive) +[a-z]" "$tmp/out")" = "$(wc -l <"$root/$file")" ] && [ -s "$root/$file" ]'
expect "... and all of one executor, raced or not" '[ "$(grep -o "\"cpus\":[^]]*" "$root/$file" | sort -u | wc -l)" = 1 ]'
check "results: the contract's members" python3 "$root/src/test/check_results.py" "$root/$file"
check "the page beside them has their figures" python3 "$root/src/test/check_page.py" "$root/${file%.jsonl}.html" "$root/$file"

# What the explorer did not come to is no pass: here it told of clean cells only, and was cut off.
check "6.1: its race on real threads shows the CVE" raced tree walk_page_range.pte.pud-split-refault confused
grep -E "fault-zap" "$made/tree/lines" >"$tmp/cut"
judge() {
	code=0
	"$build/tornkernel" "$made/facts" "$tmp/judged" "$1" leaf-unchecked="${2:-$made/leaf-unchecked/said}" \
		gup-leaf-as-table="$made/gup-leaf-as-table/said" begin-unasked="$made/begin-unasked/said" >"$tmp/out" 2>"$tmp/err" || code=$?
}
judge "$tmp/cut"
expect "an explorer that ended early is no pass" 'exits 4 && out_has "ended early" && said gup_fast.fault-zap pass'
echo end >>"$tmp/cut"
judge "$tmp/cut"
expect "... and one that did not is" 'exits 0 && ! out_has "ended early"'
grep -P "\tgup_fast\.zap-reuse\t" "$made/tree/lines" >"$tmp/gup"
echo end >>"$tmp/gup"
code=0
"$build/tornkernel" "$made/facts" "$tmp/judged" "$tmp/gup" gup-warns="$made/gup-warns/said" >"$tmp/out" 2>"$tmp/err" || code=$?
expect "a pass does not rest on a twin that is there for an oracle" \
	'exits 4 && said gup_fast.zap-reuse inconclusive && out_has "no busted twin was caught here that a pass could rest on"'
sed 's/complete$/no memory/' "$tmp/cut" >"$tmp/open"
judge "$tmp/open"
expect "a search that did not end is no pass, and predicts nothing" 'exits 4 && said gup_fast.fault-zap inconclusive &&
	tail -n 1 "$tmp/judged" | grep -q "\"predicted\":null"'

# what the race shows and no execution does is an alarm: here the twin's race is taken for the tree's
check "the race of a busted twin catches it" raced leaf-unchecked walk_page_range.pte.fault-zap bad-entry
{ grep -vP '^(raced|seen)\t' "$tmp/cut"; grep -P '^(raced|seen)\t' "$tmp/raced"; } >"$tmp/alarm"
judge "$tmp/alarm"
expect "an ALARM, exit 1, and the cause is in the line" 'exits 1 && said walk_page_range.pte.fault-zap fail &&
	out_has "ALARM: the race shows bad-entry, which no execution" && grep -q "\"cause\":\"alarm\"" "$tmp/judged"'

{ cat "$tmp/alarm"; printf 'tears\tldrd\n'; } >"$tmp/blamed"
judge "$tmp/blamed"
expect "... and on an executor that tears ldrd, it is nobody's but the executor's" 'exits 4 && said walk_page_range.pte.fault-zap inconclusive &&
	out_has "tears what its CPU promises not to: ldrd" && grep -q "\"cause\":\"blames-executor\"" "$tmp/judged"'

{ cat "$made/leaf-unchecked/said"; printf 'tears\tldrd\ntears\tldrd\n'; } >"$tmp/twin"
judge "$tmp/alarm" "$tmp/twin"
expect "... also when it tore only where a twin raced" 'exits 4 && out_has "tears what its CPU promises not to: ldrd(;|$)" && grep -q "\"cause\":\"blames-executor\"" "$tmp/judged"'

sed 's/complete$/no memory/' "$tmp/alarm" >"$tmp/seen"
judge "$tmp/seen"
expect "seen, where no search says whether it may be: it fails all the same" 'exits 1 && said walk_page_range.pte.fault-zap fail &&
	grep -q "\"cause\":\"forbidden\"" "$tmp/judged"'
{ cat "$tmp/seen"; printf 'tears\tldrd\n'; } >"$tmp/seen-torn"
judge "$tmp/seen-torn"
expect "... or it is the executor's, where that tears" 'exits 4 && grep -q "\"cause\":\"blames-executor\"" "$tmp/judged"'
sed '/^seen/s/$/,missing/' "$tmp/seen" >"$tmp/lost"
judge "$tmp/lost"
expect "... but not after it went where nobody serves it" 'exits 4 && said walk_page_range.pte.fault-zap inconclusive'
sed 's/^\(cell.*\)in$/\1outside/' "$tmp/alarm" >"$tmp/outside"
judge "$tmp/outside"
expect "an ALARM outside the contract is one, too" 'exits 1 && out_has "ALARM"'
{ cat "$tmp/cut"; printf 'cpus\t0,1\n'; } >"$tmp/short"
judge "$tmp/short"
expect "a race that ended early is no pass" 'exits 4 && out_has "race ended early"'

kernel debian:6.12 --arch x86_64 --time 0
expect "6.12, which has the fix: clean, and the twin without it is caught, exit 0" \
	'exits 0 && said walk_page_range.pte.pud-split-refault pass && out_has "pud-split-refault .*pud-unchecked caught \(confused\)"'
expect "6.12: a table goes under a walker and under gup-fast" \
	'said walk_page_range.pte.retract-free pass && out_has "pte.retract-free .*lock-unchecked caught \(retracted\)" &&
	out_has "gup_fast.retract-free .*retract-without-grace caught \(freed\)"'
expect "6.12: with one lock for all tables nobody waits for one that is freed" \
	'! out_has "pte.retract-free .*(retract-without-grace|lock-without-rcu) caught"'
alone 6.12 <<'END'
confused leaf-as-table walk_page_range.pte.split-clear-retract
retracted lock-unchecked walk_page_range.pte.retract-free
wild table-unasked walk_page_range.pte.retract-free
END
expect "6.12: hmm_range_fault() reads no page as a table, and believes no table that has gone" '
	out_has "^pass +hmm_range_fault.pud-split-refault .*pud-unchecked caught \(confused\)" &&
	out_has "^pass +hmm_range_fault.retract-free .*begin-unasked caught \(stale,freed\)"'
expect "6.12: who walks without a vma has only RCU; collapse waits for gup, and khugepaged's mmap_lock for everybody else" \
	'out_has "novma.retract-free .*retract-without-grace caught \(freed\)" && out_has "novma.collapse-zap .*outside this tree.s contract" &&
	said gup_fast.collapse-zap pass && out_has "gup_fast.collapse-zap .*retract-without-grace caught \(freed\)"'
expect "6.12: pte_offset_map_lock() alone, and what changes a leaf's bits: each has its twin" \
	'out_has "pass +pte_offset_map_lock.retract-free .*lock-unchecked caught \(retracted\)" &&
	[ "$(grep -cE "^pass +(walk_page_range.pte|gup_fast).(young|mprotect|wrprotect) .* caught \(bad-entry\)" "$tmp/out")" = 6 ]'
clean=$(sed -n 's/^results: \([^ ]*\).*/\1/p' "$tmp/out")

# ---- a lock for each table ----

kernel debian:6.12 --arch x86_64 --config split-ptlock --time 50ms --cell pte.fault-split --cell pte.split-clear --cell lock.retract --cell lock.collapse --cell hmm_range_fault.retract
alone 6.12 <<'END'
wrong-lock lock-of-pmd walk_page_range.pte.fault-split
END
split=$(sed -n 's/^results: \([^ ]*\).*/\1/p' "$tmp/out")
expect "a lock for each table: clean, explored and raced, exit 0" 'exits 0 && said walk_page_range.pte.split-clear-retract pass &&
	out_has "pte.fault-split .*leaf-unchecked caught .*the race"'
expect "... who waits for the lock of a table that was freed is caught" '
	out_has "^pass +pte_offset_map_lock.retract-free .*lock-without-rcu caught \(freed\).*retract-without-grace caught \(freed\)"'
expect "... and who takes another than that of the table that he mapped" 'out_has "split-clear-retract .*lock-of-another caught \([a-z,-]*wrong-lock\)"'
expect "... collapse clears the PMD without the lock of the table: only gup may be beside it" \
	'out_has "^pass +pte_offset_map_lock.collapse-zap +retracted.*outside this tree.s contract"'
expect "... and who mirrors a table takes no lock of one: he is clean, and his twins are caught" \
	'out_has "^pass +hmm_range_fault.retract-free .*begin-unasked caught \(stale,freed\).*retract-without-grace caught \(freed\)"'

# ---- one CPU ----

kernel debian:6.12 --arch x86_64 --config up --time 1s
expect "one CPU: nobody races there" 'one_line && err_has "nobody races on one CPU"'
kernel debian:6.12 --arch x86_64 --config up --cell pte.pud --cell gup_fast.pte-zap --cell pte.retract-free --cell hmm_range_fault.retract
expect "one CPU: a walker that is preempted is clean, under sc alone, and its twin is caught" \
	'exits 0 && out_has "^verdict +cell +sc +raced" && out_has "^pass .*pud-split-refault .*pud-unchecked caught \(confused\)"'
expect "... a lock is the right not to be preempted: without it the table goes" 'out_has "^pass .*pte.retract-free .*table-unlocked caught \(retracted,wrong-lock\)"'
expect "... gup is one step: it needs no recheck, unless interrupts are on" \
	'out_has "^pass +gup_fast.pte-zap-reuse .*gup-irqs-on caught \(freed\)" && ! out_has "gup-no-recheck caught"'
expect "... whose cmpxchg has no prefix there, and is one step all the same" \
	'grep -q "pte-zap-reuse.*freed" "$root/build/kernel/debian-6.12/x86_64-up/gup-irqs-on/said" && ! grep -q parted "$root/build/kernel/debian-6.12/x86_64-up/gup-irqs-on/said"'
expect "... so are the locks of a driver and of its notifiers: it is clean, and caught if it begins beside an invalidation" \
	'out_has "^pass +hmm_range_fault.retract-free .*begin-unasked caught \(stale\)"'
up=$(sed -n 's/^results: \([^ ]*\).*/\1/p' "$tmp/out")

sed -n 's/^\tX([A-Z_]*, "\([a-z-]*\)", 1, .*/\1/p' "$root/src/kernel/notes.h" | sort >"$tmp/notes"
expect "each oracle has a twin that only it catches" '[ -s "$tmp/notes" ] && sort -u "$tmp/alone" | cmp -s - "$tmp/notes"'

if [ -e "$root/build/kernel/debian-6.1/x86_64-clang/configured" ]; then
	kernel debian:6.1 --arch x86_64 --compiler clang --time 0 --cell pte.pud-split
	expect "6.1 by clang: the same CVE, and its name is in the results" 'exits 1 && said walk_page_range.pte.pud-split-refault fail &&
		out_has "x86_64 by .*clang version"'
else
	skip "6.1 by clang" "it would be compiled first: ./run.sh kernel debian:6.1 --arch x86_64 --compiler clang"
fi

tar -cf "$tmp/other.tar" -C "$tmp" empty
kernel "$tmp/other.tar" --arch x86_64 --time 0
expect "a .tar of something else, and nothing of it is left" 'one_line && err_has "no mm/pagewalk.c in it" && ! compgen -G "$root/build/kernel/other.tar-*/"'
rm -f "$root"/build/kernel/other.tar-*.lock

# ---- a patch under test, before and after ----

kernel debian:6.1 --arch x86_64 --time 0 --cell pud-split --patch "$root/src/test/kernel-pud.patch"
expect "6.1 with the fix: it is said to close the CVE" 'exits 0 && said walk_page_range.pte.pud-split-refault "$(printf "fail\\npass")" &&
	out_has "^pass +walk_page_range.pte.pud-split-refault .*pud-unchecked caught .*without-the-patch caught \(confused\)" &&
	out_has "^kernel.walk_page_range.pte.pud-split-refault$" && out_has "^    fail \(confused\) => pass \(clean\)$" &&
	out_has "^report: results/runs/kernel/.*html$"'

# ---- again at each save ----

cp -al "$root/build/kernel/debian-6.1/src" "$tmp/saved"
timeout 500 "$root/run.sh" kernel "$tmp/saved" --arch x86_64 --cell pud-split --watch </dev/null >"$tmp/out" 2>"$tmp/err" &
watching=$!
waited() { for ((i = 0; i < 500; i++)); do [ "$(grep -c '^waiting' "$tmp/err")" -lt "$1" ] || return 0; sleep 1; done; return 1; }
waited 1 && sed 's/^/ /; s/^ //' "$tmp/saved/mm/pagewalk.c" >"$tmp/pagewalk.c" &&
	patch -s "$tmp/pagewalk.c" "$root/src/test/kernel-pud.patch" && sleep 2 && cp --remove-destination "$tmp/pagewalk.c" "$tmp/saved/mm/pagewalk.c"
waited 2
expect "--watch: what was saved is named, and its verdict is another" \
	'err_has "== .*pagewalk.c" && said walk_page_range.pte.pud-split-refault "$(printf "fail\\nfail\\npass")" &&
	out_has "^saved, x86_64: 0 of 4 cells show what is forbidden, 0 have no answer; its twins follow"'
kill "$watching" 2>/dev/null
wait "$watching" || :
expect "it ends when it is told" 'err_has "^stopped"'

cat >"$tmp/bad.patch" <<'END'
--- a/mm/pgtable-generic.c
+++ b/mm/pgtable-generic.c
@@ -1,2 +1,3 @@
+#error this is no patch
 // SPDX-License-Identifier: GPL-2.0
 /*
END
kernel debian:6.12 --arch x86_64 --patch "$tmp/bad.patch"
expect "a patch that does not compile: the compiler's line, exit 2" 'exits 2 && err_has "mm/pgtable-generic.c:1:2: error: .*this is no patch"'
echo garbage >"$tmp/garbage.patch"
kernel debian:6.12 --arch x86_64 --patch "$tmp/garbage.patch"
expect "a patch that does not apply" 'exits 2 && err_has "does not apply"'


# ---- two-word entries: under this machine's i686, or QEMU's ----

kernel debian:6.1 --arch i386 --cell pte.fault --cell gup_fast.fault --cell pte-clear --cell pte.split-retract --cell gup_fast.split-huge-pmd
expect "6.1, PAE: gup-fast reaches the struct page of a mix of two stores" \
	'exits 1 && said gup_fast.fault-split fail && out_has "mm/gup.c:[0-9]+ gup_pmd_range\(\) +load (low|high)"'
expect "6.1, PAE: so it does against the tree's own __split_huge_pmd()" \
	'said gup_fast.split-huge-pmd fail && out_has "mm/huge_memory.c:[0-9]+ __split_huge_pmd"'
expect "6.1, PAE: PTEs are stored high word first and cleared low word first: the twins that are not are caught" \
	'said gup_fast.pte-clear pass && out_has "gup_fast.pte-clear .*clear-high-first caught .*set-low-first caught .*set-unordered caught \(no-page\) under weak"'
expect "6.1, PAE: hmm_range_fault() reads the two words of a PTE that is being entered, and may read the high one first" \
	'out_has "^fail +hmm_range_fault.pte-clear +torn +torn +[a-z+]+ +clean +torn"'
expect "6.1, PAE: the walker is clean within its contract, and is not outside it" \
	'said walk_page_range.pte.fault-zap pass && out_has "walk_page_range.pte.split-retract .*outside this tree.s contract"'

# what this compiler made of the same source: READ_ONCE() of a pmd is low word first, which wrprotect does not tear. Planted, it
# is high first; or nobody knows, and then it is as the source allows, and that is said.
# ARCH PLACE HAS BECOMES
compiled() {
	local on=qemu-$1-static made=$root/build/kernel/debian-6.1/$1/tree

	code=0
	! "$made/explore" --none 2>/dev/null || on="env"
	sed "/$2/s/\t$3\texact/\t$4/" "$made/orders" >"$tmp/orders"
	"$on" "$made/explore" --all --orders "$tmp/orders" gup_fast.wrprotect >"$tmp/out" 2>"$tmp/err" || code=$?
}
shows() { grep -qP "^model\tgup_fast.wrprotect\t$1\t(.*,)?no-page(,|\t)" "$tmp/out"; }
unknown() { sed -n 's/^compiled\tgup_fast.wrprotect\t[0-9]*\t\([0-9]*\)\t.*/\1/p' "$tmp/out"; }
if [ -e "$root/build/kernel/debian-6.1/i386/tree/orders" ]; then
	expect "6.1, PAE: as compiled has a column, and what nobody knows of it is named" \
		'out_has "low first +high first +as compiled" && out_has "^N\?: of so many" && out_has "^  mm/gup.c:[0-9]+ gup_pte_range"'
	compiled i386 gup_pmd_range low 'low\texact'
	expect "6.1, PAE: as compiled, gup-fast does not tear a pmd that is write-protected; the source allows it" \
		'exits 0 && shows tso && shows high && ! shows low && ! shows compiled && [ "$(unknown)" = 0 ]'
	compiled i386 gup_pmd_range low 'high\texact'
	expect "... and where the object had it high word first, it would" 'exits 0 && shows compiled && [ "$(unknown)" = 0 ]'
	compiled i386 gup_pmd_range low '-\tno row'
	expect "... and where nobody knows, that is said" 'exits 0 && shows compiled && [ "$(unknown)" = 1 ] && grep -qP "^unknown\tgup_fast.wrprotect\t0x" "$tmp/out"'
else
	skip "6.1, PAE: as compiled" "no plugin for its compiler"
fi

kernel debian:6.1 --arch arm --time 0 --cell pte.fault --cell pte.split-retract
if [ "$code" = 2 ] && grep -qE 'missing for|could not install' "$tmp/err"; then
	skip "6.1, LPAE" "$(tail -n 1 "$tmp/err")"
else
	expect "6.1, LPAE: the walker is clean within its contract, and a twin is caught there" \
		'exits 0 && said walk_page_range.pte.fault-zap pass && out_has "fault-split .*leaf-unchecked caught \(bad-entry\)"'
	expect "6.1, LPAE: outside its contract it is not" \
		'out_has "walk_page_range.pte.split-retract +confused.*outside this tree.s contract"'
	if [ -e "$root/build/kernel/debian-6.1/arm/tree/orders" ]; then
		compiled arm 'huge.c:[0-9:]* fault' whole 'whole\texact'
		expect "6.1, LPAE: as compiled, the store of a pmd is strd there, and does not tear; the source allows it" \
			'exits 0 && shows weak && ! shows compiled && [ "$(unknown)" = 0 ]'
		compiled arm 'huge.c:[0-9:]* fault' whole 'high\texact'
		expect "... and where the object had two words, it would" 'exits 0 && shows compiled'
	else
		skip "6.1, LPAE: as compiled" "no plugin for its compiler"
	fi
	kernel debian:6.1 --arch arm --entries
	expect "6.1, LPAE: a PTE is stored by the tree's own asm, whole for who reads it in one access and not for who reads words" '
		exits 0 && out_has "^set_pte_at +whole +torn +whole +whole +torn +torn +pass$"'
fi

# ---- one entry: the tree's readers against its writers ----

kernel debian:6.1 --arch i386 --entries
# WRITER COLUMN: what a reader returned
entry_of() { awk -v w="$1" -v n="$2" '$1 == w { print $n }' "$tmp/out"; }
expect "6.1, PAE: READ_ONCE of a pmd tears, pmd_read_atomic does against a clear only, the controls are caught" \
	'exits 0 && [ "$(entry_of set_pmd 2) $(entry_of set_pmd 4) $(entry_of pmd_clear 4)" = "torn whole torn" ] &&
	[ "$(entry_of set_pmd 6)" = torn ] && [ "$(entry_of pmd_clear 5)" = torn ]'
expect "... what 6.1 does not have is named" 'out_has "^not in this tree: .*pmdp_get_lockless"'
expect "... and of a PTE: its lockless reader is whole against every writer, some of them out of line" '
	out_has "^set_pte .* pass$" && out_has "^pte_clear .* pass$" && out_has "^ptep_test_and_clear_young .* one word changes$"'
kernel debian:6.12 --arch i386 --entries --models
expect "6.12, PAE: pmdp_get_lockless is whole, and is caught without its loop" \
	'exits 0 && out_has "^pmd_clear .* pass$" && out_has "^pmdp_invalidate .* mixed .* pass$" && out_has "^busted twin lockless-once: caught"'
expect "... what another model shows is named" 'out_has "^under sc: the same" && out_has "^under weak, set_pte: pte_control_low_high torn"'
expect "6.12, PAE: tornwalk transcribes its primitives as they are" '
	out_has "^same +read +get-lockless +pmdp_get_lockless +unlike" && out_has "^same +read +read-once +read_once +high word first" &&
	out_has "^same +clear +pae-pmd-cmpxchg +pmdp_huge_get_and_clear" && ! out_has "^(differs|blind|unanswered)"'
expect "... and what is planted is said to differ, in the list and by each twin" '
	[ "$(grep -c "^planted: seen" "$tmp/out")" = 5 ] && out_has "^busted twin lockless-once: get-lockless/pmdp_get_lockless" &&
	out_has "^busted twin set-low-first: pae-pte/set_pte" && out_has "^busted twin clear-high-first: pae-pte/pte_clear"'
# shellcheck source=src/kernel/models.sh
. "$root/src/kernel/models.sh"
list() { code=0; sed "$1" "$root/build/kernel/debian-6.12/i386/entry/models" >"$tmp/models"; models_list "$tmp/models" >"$tmp/out" || code=$?; }
list '/pmdp_get_lockless/s/same/differs/'
expect "a transcription that differs: exit 1" 'exits 1 && out_has "^differs +read +get-lockless +pmdp_get_lockless"'
list '/planted/s/differs/same/'
expect "what is planted and is not seen leaves all without an answer" 'exits 4 && out_has "^planted: MISSED"'
list '$d'
expect "... and so does an explorer that was cut off" 'exits 4 && out_has "did not come to its end"'
kernel debian:6.1 --entries --rev v6.1
expect "--entries takes no revisions" 'exits 2 && silent'

for file in "$file" "$clean" "$split" "$up"; do
	rm -f "$root/$file" "$root/${file%.jsonl}.html"
done
finish
