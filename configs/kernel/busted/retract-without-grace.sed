# a table that is taken away waits for nobody: no interrupt to all, no grace period
# cells: retract-free collapse-zap
# files: mm/mmu_gather.c mm/pgtable-generic.c
s/^\tsmp_call_function\(tlb_remove_table_smp_sync, NULL, 1\);/\t(void)tlb_remove_table_smp_sync;/
s/^\tcall_rcu\(&(page->rcu_head|ptdesc->pt_rcu_head|pt->pt_rcu_head), pte_free_now\);/\tpte_free_now(\&\1);/
