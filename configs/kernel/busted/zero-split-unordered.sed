# a table is installed while what was filled into it may still be on its way
# for: unfilled
# cells: gup_fast.zero-split
# model: weak
# arches: x86_64
# files: mm/huge_memory.c
/^static void __split_huge_zero_page_pmd\(/,/^}/s/^\tsmp_wmb\(\);/\t;/
