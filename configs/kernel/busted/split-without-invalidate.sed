# pmdp_invalidate() leaves the entry as it is
# for: freed
# cells: gup_fast.split-share
# files: mm/pgtable-generic.c
/^pmd_t pmdp_invalidate\(/,/^}/s/pmdp_establish\(vma, address, pmdp, pmd_mkinvalid\(\*pmdp\)\)/*pmdp/
