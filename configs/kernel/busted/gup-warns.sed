# gup takes it for a bug that what it came through has changed
# for: bug
# cells: gup_fast.zap-reuse gup_fast.pte-zap-reuse
# files: mm/gup.c
s/unlikely\((pmd_val\((orig|pmd)\) != pmd_val\((\*pmdp|pmdp_get(_lockless)?\(pmdp\))\))\)/WARN_ON_ONCE(\1)/
s/unlikely\((pte_val\(pte\) != pte_val\((\*ptep|ptep_get(_lockless)?\(ptep\))\))\)/WARN_ON_ONCE(\1)/
