# walk_pte_range() does not let go of the table's lock
# for: lock-held
# files: mm/pagewalk.c
s/pte_unmap_unlock\(pte, ptl\)/pte_unmap(pte)/
