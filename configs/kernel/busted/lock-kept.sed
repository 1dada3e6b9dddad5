# walk_pte_range() does not let go of the table's lock
# for: lock-held
# cells: walk_page_range.pte.zap-reuse
# files: mm/pagewalk.c
s/pte_unmap_unlock\(pte, ptl\)/pte_unmap(pte)/
