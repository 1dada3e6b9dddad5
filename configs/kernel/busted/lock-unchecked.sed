# pte_offset_map_lock() does not compare the PMD once it has the lock
# files: mm/pgtable-generic.c
s/pmd_same\(pmdval, pmdp_get_lockless\(pmd\)\)/1/
