# hmm_range_fault() takes every huge page for writable
# for: stale
# cells: hmm_range_fault.wrprotect hmm_range_fault.mprotect
# files: mm/hmm.c
/pmd_to_hmm_pfn_flags\(/,/^}/s/return \(pmd_write\(pmd\) \?/return (1 ?/
