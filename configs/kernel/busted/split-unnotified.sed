# __split_huge_pmd() tells no notifier of it
# for: stale
# cells: hmm_range_fault.split-huge-pmd
# files: mm/huge_memory.c
/^void __split_huge_pmd\(/,/^}/s/^\tmmu_notifier_invalidate_range_(start|end|only_end)\(&range\);/\t;/
