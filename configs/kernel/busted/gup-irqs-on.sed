# gup-fast leaves interrupts on, and does not look again at what it came through: on one CPU either would do
# cells: gup_fast.retract-free gup_fast.collapse-zap gup_fast.zap-reuse gup_fast.split-share gup_fast.pte-
# files: mm/gup.c
s/^\tlocal_irq_save\(flags\);/\tflags = 0;/
s/^\tlocal_irq_restore\(flags\);/\t(void)flags;/
s/pmd_val\((orig|pmd)\) != pmd_val\((\*pmdp|pmdp_get(_lockless)?\(pmdp\))\)/0/
s/pte_val\(pte\) != pte_val\((\*ptep|ptep_get(_lockless)?\(ptep\))\)/0/
