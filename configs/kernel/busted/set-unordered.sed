# set_pte() does not say in which order its two words are stored
# for: no-page
# cells: gup_fast.pte-clear
# model: weak
# arches: i386
# files: arch/x86/include/asm/pgtable-3level.h
/^static inline void native_set_pte\(/,/^}/s/^\tsmp_wmb\(\);/\t;/
