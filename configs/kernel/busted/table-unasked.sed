# what is locked as a table of PTEs is what the PMD leads to by then, and nobody asks whether that is a table
# for: wild
# cells: walk_page_range.pte.zap-reuse walk_page_range.pte.retract-free
# files: mm/pagewalk.c mm/pgtable-generic.c
s/if \(pmd_trans_unstable\(pmd\)\)/if (0)/
s/if \(likely\(pmd_same\(pmdval, pmdp_get_lockless\(pmd\)\)\)\)/if ((pte = __pte_map(pmd, addr)))/
