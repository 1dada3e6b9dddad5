/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tree's own readers and writers of an entry, one a line. entry.sh compiles them as
 * mm/pagewalk.c is compiled in the tree under test: a line that does not compile is not
 * in that tree, and is named. `p` is the entry's address.
 *
 * READER(name, level, kind, expression). Kind: PROMISES the value whole to who holds no lock;
 * BARE: makes no such promise; CONTROL: two loads in an order of ours, which must be caught.
 */
READER(read_once, pmd, BARE, READ_ONCE(*p))
READER(plain, pmd, BARE, *p)
READER(pmdp_get, pmd, BARE, pmdp_get(p))
READER(pmd_read_atomic, pmd, BARE, pmd_read_atomic(p))
READER(pmdp_get_lockless, pmd, PROMISES, pmdp_get_lockless(p))
READER(control_low_high, pmd, CONTROL, __pmd(words_low_high((u32 *)p)))
READER(control_high_low, pmd, CONTROL, __pmd(words_high_low((u32 *)p)))
READER(pte_read_once, pte, BARE, READ_ONCE(*p))
READER(pte_plain, pte, BARE, *p)
READER(ptep_get, pte, BARE, ptep_get(p))
READER(ptep_get_lockless, pte, PROMISES, ptep_get_lockless(p))
READER(pte_control_low_high, pte, CONTROL, __pte(words_low_high((u32 *)p)))
READER(pte_control_high_low, pte, CONTROL, __pte(words_high_low((u32 *)p)))
READER(pud_read_once, pud, BARE, READ_ONCE(*p))
READER(pud_plain, pud, BARE, *p)
READER(pudp_get, pud, BARE, pudp_get(p))
READER(pud_control_low_high, pud, CONTROL, __pud(words_low_high((u32 *)p)))
READER(pud_control_high_low, pud, CONTROL, __pud(words_high_low((u32 *)p)))

/* WRITER(name, level, 1: a leaf is there before, 0: nothing is, statement) */
WRITER(set_pmd, pmd, 0, set_pmd(p, __pmd(glue_leaf(0))))
WRITER(set_pmd_at, pmd, 0, set_pmd_at(&glue_mm, GLUE_ADDRESS, p, __pmd(glue_leaf(0))))
WRITER(pmd_populate, pmd, 0, pmd_populate(&glue_mm, p, pfn_to_page(hook_table() >> PAGE_SHIFT)))
WRITER(pmd_clear, pmd, 1, pmd_clear(p))
WRITER(pmdp_huge_get_and_clear, pmd, 1, pmdp_huge_get_and_clear(&glue_mm, GLUE_ADDRESS, p))
WRITER(pmdp_huge_clear_flush, pmd, 1, pmdp_huge_clear_flush(&glue_vma, GLUE_ADDRESS, p))
WRITER(pmdp_establish, pmd, 1, pmdp_establish(&glue_vma, GLUE_ADDRESS, p, __pmd(glue_leaf(1))))
WRITER(pmdp_establish_none, pmd, 1, pmdp_establish(&glue_vma, GLUE_ADDRESS, p, __pmd(0)))
WRITER(pmdp_invalidate, pmd, 1, pmdp_invalidate(&glue_vma, GLUE_ADDRESS, p))
WRITER(pmdp_set_wrprotect, pmd, 1, pmdp_set_wrprotect(&glue_mm, GLUE_ADDRESS, p))
WRITER(pmdp_test_and_clear_young, pmd, 1, pmdp_test_and_clear_young(&glue_vma, GLUE_ADDRESS, p))
WRITER(set_pte, pte, 0, set_pte(p, __pte(glue_leaf(0))))
WRITER(set_pte_at, pte, 0, set_pte_at(&glue_mm, GLUE_ADDRESS, p, __pte(glue_leaf(0))))
WRITER(pte_clear, pte, 1, pte_clear(&glue_mm, GLUE_ADDRESS, p))
WRITER(ptep_get_and_clear, pte, 1, ptep_get_and_clear(&glue_mm, GLUE_ADDRESS, p))
WRITER(ptep_clear_flush, pte, 1, ptep_clear_flush(&glue_vma, GLUE_ADDRESS, p))
WRITER(ptep_set_wrprotect, pte, 1, ptep_set_wrprotect(&glue_mm, GLUE_ADDRESS, p))
WRITER(ptep_test_and_clear_young, pte, 1, ptep_test_and_clear_young(&glue_vma, GLUE_ADDRESS, p))
WRITER(set_pud, pud, 0, set_pud(p, __pud(glue_leaf(0))))
WRITER(set_pud_at, pud, 0, set_pud_at(&glue_mm, GLUE_ADDRESS, p, __pud(glue_leaf(0))))
WRITER(pud_clear, pud, 1, pud_clear(p))
WRITER(pudp_huge_get_and_clear, pud, 1, pudp_huge_get_and_clear(&glue_mm, GLUE_ADDRESS, p))
