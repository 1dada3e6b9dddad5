# pte_offset_map_lock() takes the lock of the PMDs
# for: wrong-lock
# cells: walk_page_range.pte.fault-split
# files: mm/pgtable-generic.c
/^pte_t \*_*pte_offset_map_lock\(/,/^}/s/ptl = pte_lockptr\(mm, &pmdval\);/ptl = pmd_lockptr(mm, pmd);/
