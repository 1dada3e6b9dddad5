# gup takes every present PMD for a table, and so does whoever maps it
# cells: gup_fast.
# files: mm/gup.c mm/pgtable-generic.c
s/if \(unlikely\(pmd_trans_huge\(pmd\) \|\| pmd_huge\(pmd\) \|\|/if (unlikely(/
s/if \(unlikely\(pmd_leaf\(pmd\)\)\)/if (0)/
s/if \(unlikely\(pmd_trans_huge\(pmdval\) \|\| pmd_devmap\(pmdval\)\)\)/if (0)/
s/if \(unlikely\(pmd_trans_huge\(pmdval\)\)\)/if (0)/
