# gup does not look again at what it came through, once it has its reference
# cells: gup_fast.
# files: mm/gup.c
s/pmd_val\((orig|pmd)\) != pmd_val\((\*pmdp|pmdp_get(_lockless)?\(pmdp\))\)/0/
s/pte_val\(pte\) != pte_val\((\*ptep|ptep_get(_lockless)?\(ptep\))\)/0/
