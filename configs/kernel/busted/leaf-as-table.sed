# pte_offset_map() takes all that is mapped for a table
# for: confused
# cells: walk_page_range.pte.split-clear-retract
# files: mm/pgtable-generic.c
/^pte_t \*_*pte_offset_map\(/,/^}/s/if \(unlikely\(pmd_(trans_huge\(pmdval\)( \|\| pmd_devmap\(pmdval\))?|bad\(pmdval\))\)\)/if (0)/
