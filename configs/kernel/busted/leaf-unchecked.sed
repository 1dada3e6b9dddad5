# nobody splits a leaf, nor asks whether it is one, before it is mapped as a table of PTEs
# files: include/linux/pgtable.h mm/pgtable-generic.c mm/pagewalk.c
s/if \(pmd_none\(pmdval\) \|\| pmd_trans_huge\(pmdval\) \|\|/if (pmd_none(pmdval) ||/
s/if \(unlikely\(pmd_trans_huge\(pmdval\) \|\| pmd_devmap\(pmdval\)\)\)/if (0)/
s/if \(unlikely\(pmd_trans_huge\(pmdval\)\)\)/if (0)/
s/^(\t+)split_huge_pmd\(walk->vma, pmd, addr\);/\1;/
s/\(!walk->vma && \(pmd_leaf\(\*pmd\) \|\| !pmd_present\(\*pmd\)\)\)/(!walk->vma \&\& !pmd_present(*pmd))/
s/else if \(pmd_leaf\(\*pmd\) \|\| !pmd_present\(\*pmd\)\)/else if (!pmd_present(*pmd))/
