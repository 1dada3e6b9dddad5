# pte_offset_map_lock() takes the lock of what the PMD leads to by then, not of the table that it has mapped
# for: wrong-lock
# cells: walk_page_range.pte.split-clear-retract
# files: mm/pgtable-generic.c
/^pte_t \*_*pte_offset_map_lock\(/,/^}/s/ptl = pte_lockptr\(mm, &pmdval\);/ptl = pte_lockptr(mm, pmd);/
