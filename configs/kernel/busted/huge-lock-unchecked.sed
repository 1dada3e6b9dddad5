# pmd_trans_huge_lock() does not look again whether the PMD is huge once it has the lock
# cells: .huge.
# files: mm/huge_memory.c
/^spinlock_t \*__pmd_trans_huge_lock\(/,/^}/s/if \(likely\(/if (likely(1 || /
