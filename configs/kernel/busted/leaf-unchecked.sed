# whoever maps a table of PTEs does not ask whether the PMD is a leaf
# files: include/linux/pgtable.h mm/pgtable-generic.c
s/if \(pmd_none\(pmdval\) \|\| pmd_trans_huge\(pmdval\) \|\|/if (pmd_none(pmdval) ||/
s/if \(unlikely\(pmd_trans_huge\(pmdval\) \|\| pmd_devmap\(pmdval\)\)\)/if (0)/
s/if \(unlikely\(pmd_trans_huge\(pmdval\)\)\)/if (0)/
