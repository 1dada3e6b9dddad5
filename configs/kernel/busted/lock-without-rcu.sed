# pte_offset_map_lock() waits for the lock of a table outside of the section in which tables are not freed
# cells: .pte.retract-free .huge.retract-free lock.retract-free
# files: mm/pgtable-generic.c
/^pte_t \*_*pte_offset_map_lock\(/,/^}/s/^\tspin_lock\(ptl\);/\trcu_read_unlock();\n\tspin_lock(ptl);\n\trcu_read_lock();/
