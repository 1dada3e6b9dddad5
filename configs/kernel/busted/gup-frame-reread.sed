# gup has found a leaf, and reads the entry again for what it maps: a table by then, maybe
# for: torn
# cells: gup_fast.split-clear-retract
# files: mm/gup.c
s/gup_huge_pmd\(pmd, pmdp,/gup_huge_pmd(READ_ONCE(*pmdp), pmdp,/
s/gup_fast_pmd_leaf\(pmd, pmdp,/gup_fast_pmd_leaf(pmdp_get_lockless(pmdp), pmdp,/
