# pmdp_get_lockless() reads its two words once
# arches: i386 arm
# files: include/linux/pgtable.h
s/while \(unlikely\(pmd\.pmd_low != pmdp->pmd_low\)\)/while (0)/
