# walk_pmd_range() does not look again at the PUD that it was sent to
# arches: x86_64
# files: mm/pagewalk.c
s/if \(!pud_present\(pudval\) \|\| pud_leaf\(pudval\)\)/if (pud_none(pudval))/
