#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck disable=SC2016  # conditions are for expect
# tornwalk explore --litmus: well-formed by a grammar that is not ours, and the same
# answers as the explorer's when somebody else runs them.
# shellcheck source=src/test/lib.sh
. "$(dirname "$0")/../lib.sh"

check_litmus() {
	code=0
	python3 "$root/src/test/check_litmus.py" "$@" >"$tmp/out" 2>"$tmp/err" || code=$?
}

# explored MODEL CELL-OPTIONS...: can the explorer see it torn?
explored() {
	tw explore --model "$@"
	exits 0 && if out_has '^torn-by-(reader|writer) +possible'; then echo reachable; else echo unreachable; fi
}

# agrees ARCH MODEL CELL-OPTIONS...: the exported test has the explorer's answer
agrees() {
	local said

	tw explore "${@:3}" --outcome torn --litmus="$1"
	exits 0 || return
	cp "$tmp/out" "$tmp/a.litmus"
	said=$(explored "${@:2}") || return
	check_litmus "--$2" "$tmp/a.litmus"
	exits 0 && out_has " $said\$"
}

cells=(
	"--reader lo-hi --writer pae-pte"
	"--reader hi-lo --writer pae-pte"
	"--reader lo-hi --writer mips-xpa"
	"--reader hi-lo --writer mips-xpa"
	"--reader get-lockless --writer pae-pte"
	"--reader get-lockless --writer pae-pte --alias"
	"--reader get-lockless --writer mips-xpa"
	"--reader get-lockless --writer present-present"
	"--reader get-lockless --writer busted-low-first"
	"--reader get-lockless --writer ppc32-pte64"
	"--reader pmd-read-atomic --writer pae-pte"
	"--reader pmd-read-atomic --writer busted-low-first"
	"--reader read-once --writer pae-pte --rounds 1"
	"--reader get-lockless --writer pae-pte --rounds 1 --readers 2"
	"--walker trans-unstable --reader get-lockless --writer pae-pte --rounds 1"
)
for c in "${cells[@]}"; do
	# shellcheck disable=SC2086  # words
	check "C, sc: $c" agrees C sc $c
	# shellcheck disable=SC2086
	check "ARM, sc: $c" agrees ARM sc $c
	# shellcheck disable=SC2086
	check "X86, tso: $c" agrees X86 tso $c
done
for c in "--reader locked" "--walker gup-fast --reader get-lockless" "--reader plain-reread --writer lpae-plain" \
	"--reader get-lockless-irqoff --alias" "--reader get-lockless-irqoff --alias --writer busted-nogp" \
	"--reader lo-hi --writer pae-establish --transition fault-zap --tears" "--walker pagewalk"; do
	# shellcheck disable=SC2086
	check "C, sc: $c" agrees C sc $c
done

# Both answers are there, or they prove nothing.
check "torn is reachable" test "$(explored sc --reader lo-hi)" = reachable
check "torn is unreachable" test "$(explored sc --reader get-lockless)" = unreachable

# ---- busted twins: the checker must refuse, the interleavings must tell ----

tw explore --reader get-lockless --litmus
cp "$tmp/out" "$tmp/good.litmus"
check_litmus --sc "$tmp/good.litmus"
expect "the good one" 'exits 0 && out_has unreachable'
awk '/WRITE_ONCE\(\*hi, 1\)/ { sub(/hi/, "lo") } /WRITE_ONCE\(\*lo, 1\)/ && n++ { sub(/lo/, "hi") } 1' \
	"$tmp/good.litmus" >"$tmp/swapped.litmus"
check_litmus --sc "$tmp/swapped.litmus"
expect "stores swapped: torn is reachable then" 'exits 0 && out_has " reachable"'
check_litmus --claims "$tmp/swapped.litmus"
expect "stores swapped: the claim is about another program" 'exits 1 && out_has "claims impossible under sc"'

# busted FILE SED-SCRIPT
busted() {
	sed "$2" "$1" >"$tmp/bad.litmus"
	if cmp -s "$1" "$tmp/bad.litmus"; then
		not_ok "corrupted: $2 changes nothing"
		return
	fi
	check_litmus "$tmp/bad.litmus"
	check "refused: $2" exits 1
}
while read -r script; do
	busted "$tmp/good.litmus" "$script"
done <<'END'
1s/^C /D /
1s/$/ x/
s/^{}//
s/lo 1:/{lo 1:/
s/^ \* tornwalk explore:/note =/
s/^P1/P2/
s/int \*hi)/int hi)/
s/READ_ONCE(\*hi)/READ_ONCE(hi)/
s/READ_ONCE(\*hi)/READ_ONCE(*high)/
s/READ_ONCE/ACCESS_ONCE/
s/smp_wmb()/smp_wmb(1)/
s/smp_rmb();/smp_rmb()/
s/smp_rmb();/rcu_read_lock();/
s/smp_rmb();/if (r0 == 1) {}/
s/smp_rmb();/smp_rmb(); \/* exists *\//
s/\tint r1;//
s/^exists (/exists ((/
s/1:r0/2:r0/g
s/1:r0/1:r9/g
s/1:r0=1/1:r0==1/
s/^exists/if/
END
tw explore --walker gup-fast --reader pmd-read-atomic --litmus
cp "$tmp/out" "$tmp/if.litmus"
check_litmus "$tmp/if.litmus"
expect "one with a branch" 'exits 0 && grep -q "if (r0" "$tmp/if.litmus"'
busted "$tmp/if.litmus" 's/r0 == 0/r0 = 0/'
busted "$tmp/if.litmus" '0,/rcu_read_unlock();/s/rcu_read_unlock();//'
tw explore --reader locked --litmus
cp "$tmp/out" "$tmp/lock.litmus"
check_litmus "$tmp/lock.litmus"
expect "one with a lock" 'exits 0 && grep -q "spin_lock(ptl)" "$tmp/lock.litmus"'
for word in lock unlock mtx_lock fence atomic_t smp_mb; do
	busted "$tmp/lock.litmus" "s/ptl/$word/g"
done
for a in ARM X86; do
	tw explore --reader lo-hi --litmus=$a
	cp "$tmp/out" "$tmp/$a.litmus"
	busted "$tmp/$a.litmus" 's/ | / /'
	busted "$tmp/$a.litmus" 's/ ;$//'
	busted "$tmp/$a.litmus" 's/MOV/MOVE/'
done
busted "$tmp/ARM.litmus" 's/DMB ST/DMB ISHST/'
busted "$tmp/ARM.litmus" 's/0:R1=hi;//'
busted "$tmp/X86.litmus" 's/EAX/EZX/'

# ---- barriers make no difference to interleavings: word by word ----

# program ARCH: of one set and clear of pae-pte, read by get-lockless
program() {
	tw explore --reader get-lockless --writer pae-pte --rounds 1 --litmus="$1"
	exits 0 && sed -n '/^ *P0/,/^exists/p' "$tmp/out" | grep . >"$tmp/program" && diff "$tmp/program" - >"$tmp/err"
}
check "C, word by word" program C <<'END'
P0(int *lo, int *hi)
{
	WRITE_ONCE(*hi, 1);
	smp_wmb();
	WRITE_ONCE(*lo, 1);
	WRITE_ONCE(*lo, 0);
	smp_wmb();
	WRITE_ONCE(*hi, 0);
}
P1(int *lo, int *hi)
{
	int r0;
	int r1;
	int r2;
	r0 = READ_ONCE(*lo);
	smp_rmb();
	r1 = READ_ONCE(*hi);
	smp_rmb();
	r2 = READ_ONCE(*lo);
}
exists (1:r0=1 /\ 1:r1=0 /\ 1:r2=1)
END
check "ARM, word by word" program ARM <<'END'
 P0          | P1          ;
 MOV R2,#1   | LDR R3,[R0] ;
 STR R2,[R1] | DMB         ;
 DMB ST      | LDR R4,[R1] ;
 MOV R2,#1   | DMB         ;
 STR R2,[R0] | LDR R5,[R0] ;
 MOV R2,#0   |             ;
 STR R2,[R0] |             ;
 DMB ST      |             ;
 MOV R2,#0   |             ;
 STR R2,[R1] |             ;
exists (1:R3=1 /\ 1:R4=0 /\ 1:R5=1)
END
tw explore --reader lo-hi --writer pae-establish --transition split-anon --rounds 1 \
	--outcome torn --tears --litmus
expect "xchg" 'out_has "^\sr0 = xchg\(lo, 2\);" && out_has "= READ_ONCE"'
tw explore --reader plain-barrier --litmus
expect "a plain reader is plain" 'out_has "^\sr0 = \*lo;" && ! out_has READ_ONCE'

# ---- files, and what cannot be one ----

tw explore quick --litmus --out "$tmp/dir"
expect "a suite into a directory" 'exits 0 && out_has "^[1-9][0-9]* litmus tests of" && err_has "no litmus test: "'
check_litmus "$tmp"/dir/*.litmus
check "all well-formed" exits 0
check_litmus --claims "$tmp"/dir/*.litmus
check "all as they claim" exits 0
tw explore quick --litmus --tears --out "$tmp/tears"
check_litmus --claims "$tmp"/tears/*.litmus
check "all as they claim, 8 bytes being two words" exits 0
named=$(grep -L "^C $(basename -s .litmus "$tmp"/dir/* | head -n1)$" "$tmp"/dir/* | wc -l)
check "named as their files are" test "$named" = $(($(find "$tmp/dir" -name '*.litmus' | wc -l) - 1))

# The source may store either word first; a file has one order, and claims nothing of the other.
one_order() {
	tw explore "${@:3}" --model sc
	exits 0 && out_has "^$1 +possible" || return
	tw explore "${@:3}" --litmus --outcome "$2"
	exits 0 && out_has " $2 is impossible under sc, tso; possible under weak" || return
	cp "$tmp/out" "$tmp/order.litmus"
	check_litmus --claims "$tmp/order.litmus"
	exits 0
}
check "a claim is about the order in the file: stores" one_order invalid-mix invalid-mix \
	--layout lpae --reader get-lockless --writer lpae-plain --transition split-anon
check "a claim is about the order in the file: loads" one_order torn-by-reader torn \
	--reader plain-barrier --writer ppc32-pte64 --rounds 1

# Tools that take many tests drop the second of a name.
tests=0
for options in --litmus --litmus=ARM --litmus=X86 "--litmus --tears" "--litmus --rounds 1" "--litmus --rounds 3" \
	"--litmus --reader lo-hi --rounds 1 --walks 2" "--litmus --readers 2" "--litmus --writers 2" "--litmus --rounds 1 --readers 2 --tears" \
	"--litmus --outcome torn-by-reader" "--litmus --outcome torn-by-reader --model sc"; do
	# shellcheck disable=SC2086  # words
	tw explore --reader get-lockless --alias $options --out "$tmp/names"
	check "written: $options" exits 0
	tests=$((tests + $(sed -n 's/^\([0-9]*\) litmus tests.*/\1/p' "$tmp/out")))
done
check "as many names as tests" test "$(cat "$tmp"/names/*.litmus | grep -cE '^(C|ARM|X86) ')" = "$tests"
check "no name twice" test -z "$(cat "$tmp"/names/*.litmus | sed -nE 's/^(C|ARM|X86) //p' | sort | uniq -d)"

# The example of the README is what the program prints.
readme=$root/src/litmus/README.md
read -r -a command < <(sed -n 's/^`tornwalk \(explore .*--litmus\)`$/\1/p' "$readme")
tw "${command[@]}"
sed -n '/^`tornwalk explore .*--litmus`$/,/^herd7 answers/p' "$readme" | sed -n '/^```$/,/^```$/{/^```$/!p}' >"$tmp/example"
check "the example of src/litmus/README.md" cmp "$tmp/out" "$tmp/example"

refuses "many cells need a directory" 'needs a directory: --out' explore quick --litmus
refuses "8-byte accesses" '8-byte access' explore --reader lo-hi --writer pae-pmd --litmus
refuses "8-byte accesses of a reader" '8-byte access' explore --reader atomic64 --litmus
refuses "a lock is not for X86" 'lock.*C export' explore --reader locked --litmus=X86
refuses "an unknown kind" 'unknown kind.*"PPC"; valid: C ARM X86' explore --litmus=PPC --reader lo-hi
refuses "an unknown outcome" 'unknown bad outcome "leaf"; valid: torn .*phantom' explore --litmus --outcome leaf
refuses "--out without --litmus" 'goes with --litmus' explore --reader lo-hi --out "$tmp/x"
refuses "--litmus with --witness" 'does not go with' explore --reader lo-hi --litmus --witness
refuses "a directory that cannot be" 'Not a directory' explore --reader lo-hi --litmus --out "$tmp/a.litmus"
refuses "two outcomes on stdout" 'a test each of: torn invalid-mix' explore --reader lo-hi --litmus \
	--transition split-anon
refuses "what is in table pages" 'depends on what table pages' explore --walker pagewalk \
	--transition split-clear --litmus --outcome freed

finish
