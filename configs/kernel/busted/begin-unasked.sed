# mmu_interval_read_begin() does not ask whether somebody invalidates that range already
# cells: hmm_range_fault.
# files: mm/mmu_notifier.c
/^mmu_interval_read_begin\(/,/^}/s/^\tif \(is_invalidating\)/\tif (0)/
