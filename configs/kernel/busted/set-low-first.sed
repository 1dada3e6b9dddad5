# set_pte() stores the word that says "present" first
# arches: i386
# files: arch/x86/include/asm/pgtable-3level.h
/^static inline void native_set_pte\(/,/^}/{
	s/pte_high/pte_other/g
	s/pte_low/pte_high/g
	s/pte_other/pte_low/g
}
