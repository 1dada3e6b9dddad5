# pte_offset_map_lock() takes no lock, and walk_pte_range() lets none go
# cells: walk_page_range.pte.retract-free
# files: mm/pgtable-generic.c mm/pagewalk.c
/^pte_t \*_*pte_offset_map_lock\(/,/^}/{
	s/^\tspin_lock\(ptl\);/\t;/
	s/pte_unmap_unlock\(pte, ptl\)/pte_unmap(pte)/
}
/^static int walk_pte_range\(/,/^}/s/pte_unmap_unlock\(pte, ptl\)/pte_unmap(pte)/
