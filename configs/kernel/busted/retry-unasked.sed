# mmu_interval_read_retry() lets all pass
# for: stale
# cells: hmm_range_fault.zap-reuse hmm_range_fault.pte-zap-reuse
# arches: x86_64
# files: include/linux/mmu_notifier.h
/^mmu_interval_read_retry\(/,/^}/s/return .*;/return 0;/
