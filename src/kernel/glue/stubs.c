// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The rest of the kernel, as far as what is under test calls it. Each under its name as asm
 * has it, so that no version's prototype is in the way. What is not here, and reached, is
 * named, and its cell is inconclusive (objects.sh makes those).
 */
#include <linux/mm.h>
#include <linux/spinlock.h>

#include "glue.h"

#define SERVES(symbol) __asm__(#symbol)

extern struct vm_area_struct glue_vma;

#ifdef CONFIG_RANDOMIZE_MEMORY
unsigned long page_offset_base, vmemmap_base, vmalloc_base;	/* the process says where memory is */
#endif

struct vm_area_struct *glue_find_vma(struct mm_struct *, unsigned long) SERVES(find_vma);
struct vm_area_struct *glue_find_vma(struct mm_struct *m, unsigned long addr)
{
	return addr < glue_vma.vm_end ? &glue_vma : NULL;
}

/* pmd_clear_bad() says so; nothing else under test prints. */
asmlinkage int glue_printk(const char *, ...) SERVES(_printk);
asmlinkage int glue_printk(const char *fmt, ...)
{
	hook_bad();
	return 0;
}
asmlinkage int glue_printk_old(const char *, ...) SERVES(printk);
asmlinkage int glue_printk_old(const char *fmt, ...)
{
	hook_bad();
	return 0;
}

/* ARM has its own way to say it. */
#ifdef CONFIG_ARM
void glue_pmd_error(void) SERVES(__pmd_error);
void glue_pmd_error(void) { hook_bad(); }
#endif

void glue_spin_lock(void *) SERVES(_raw_spin_lock);
void glue_spin_lock(void *l) { hook_lock(l, __builtin_return_address(0)); }
void glue_spin_unlock(void *) SERVES(_raw_spin_unlock);
void glue_spin_unlock(void *l) { hook_unlock(l, __builtin_return_address(0)); }

#ifndef CONFIG_SMP
/* One CPU: a lock is no call, but not to be preempted is one (prelude.h). */
void glue_preempt_off(int) SERVES(preempt_count_add);
void glue_preempt_off(int n) { hook_preempt(n); }
void glue_preempt_on(int) SERVES(preempt_count_sub);
void glue_preempt_on(int n) { hook_preempt(-n); }
/* and statistics are counted in place */
struct pglist_data glue_node SERVES(contig_page_data);
atomic_long_t glue_node_stat[NR_VM_NODE_STAT_ITEMS] SERVES(vm_node_stat);
#endif

/* An interrupt for everybody, and waiting for it: all that tlb_remove_table_sync_one() is. */
void glue_call_all(void) SERVES(smp_call_function);
void glue_call_all(void) { hook_sync(); }

void glue_rcu_lock(void) SERVES(__rcu_read_lock);
void glue_rcu_lock(void) { hook_rcu(1); }
void glue_rcu_unlock(void) SERVES(__rcu_read_unlock);
void glue_rcu_unlock(void) { hook_rcu(-1); }

/* clang's ThreadSanitizer calls these itself, on the stack, before it has names of its own for them. */
#if defined(EXPLORED) && defined(__clang__)
#define COPIES asmlinkage
#else
#define COPIES
#endif
COPIES void *glue_memset(void *, int, size_t) SERVES(memset);
COPIES void *glue_memset(void *p, int c, size_t n)
{
	char *to = p;

	while (n--) {
		*to++ = c;
		barrier();
	}
	return p;
}
COPIES void *glue_memcpy(void *, const void *, size_t) SERVES(memcpy);
COPIES void *glue_memcpy(void *p, const void *q, size_t n)
{
	const char *from = q;
	char *to = p;

	while (n--) {
		*to++ = *from++;
		barrier();
	}
	return p;
}

/* Variables that say what this machine is: a CPU of no features, four levels, nobody preempted. */
#ifdef CONFIG_X86
char glue_boot_cpu[4096] SERVES(boot_cpu_data);
pteval_t glue_pte_mask SERVES(__supported_pte_mask) = ~(pteval_t)0;
int glue_preempt_count SERVES(__preempt_count);
char glue_events[4096] SERVES(vm_event_states);	/* statistics, per CPU */
#endif
#ifdef CONFIG_X86_64
unsigned glue_pgdir_shift SERVES(pgdir_shift) = 39;
unsigned glue_ptrs_per_p4d SERVES(ptrs_per_p4d) = 1;
unsigned glue_l5_enabled SERVES(__pgtable_l5_enabled);
#endif

/* the zero page, whichever name it has */
unsigned long glue_zero_pfn SERVES(zero_pfn) = PHYS_PAGES >> PAGE_SHIFT;
unsigned long glue_zero_page_pfn SERVES(zero_page_pfn) = PHYS_PAGES >> PAGE_SHIFT;

/* 5.10's split takes the page's lock, which nobody else does */
void glue_unlock_page(struct page *) SERVES(unlock_page);
void glue_unlock_page(struct page *p) { __clear_bit(PG_locked, (unsigned long *)p); }

/* Decides nothing here: there is no TLB, nobody to schedule, one vma that is locked. */
int glue_nothing(void) SERVES(glue_nothing);
int glue_nothing(void) { return 0; }
#define NOTHING(symbol) __asm__(".globl " #symbol "\n.set " #symbol ", glue_nothing")
NOTHING(preempt_schedule_thunk);
NOTHING(__raw_spin_lock_init);	/* of debugged locks, which are all 0 here */
NOTHING(flush_tlb_mm_range);
NOTHING(mod_node_page_state);	/* statistics */
NOTHING(__mod_node_page_state);
NOTHING(folio_add_anon_rmap_ptes);	/* who maps a page how often: nothing under test asks */
NOTHING(folio_remove_rmap_pmd);
NOTHING(vma_pgtable_walk_begin);
NOTHING(vma_pgtable_walk_end);
NOTHING(__vma_start_write);
NOTHING(mm_take_all_locks);	/* a notifier is entered before anybody runs */
NOTHING(mm_drop_all_locks);
NOTHING(__init_waitqueue_head);	/* nobody is woken: hmm.c */
NOTHING(init_wait_entry);
NOTHING(__wake_up);
#ifdef CONFIG_ARM
void glue_set_bit(int n, volatile unsigned long *p) SERVES(_set_bit);	/* of a struct page's flags */
void glue_set_bit(int n, volatile unsigned long *p) { p[n / 32] |= 1ul << n % 32; }
void glue_clear_bit(int n, volatile unsigned long *p) SERVES(_clear_bit);
void glue_clear_bit(int n, volatile unsigned long *p) { p[n / 32] &= ~(1ul << n % 32); }
int glue_test_and_set_bit(int n, volatile unsigned long *p) SERVES(_test_and_set_bit);
int glue_test_and_set_bit(int n, volatile unsigned long *p)
{
	int was = p[n / 32] >> n % 32 & 1;

	glue_set_bit(n, p);
	return was;
}
int glue_test_and_clear_bit(int n, volatile unsigned long *p) SERVES(_test_and_clear_bit);
int glue_test_and_clear_bit(int n, volatile unsigned long *p)
{
	int was = p[n / 32] >> n % 32 & 1;

	glue_clear_bit(n, p);
	return was;
}
char glue_arm_events[4096] SERVES(vm_event_states);
pgprot_t glue_pgprot SERVES(pgprot_user) = __pgprot(L_PTE_PRESENT | L_PTE_YOUNG);
NOTHING(flush_tlb_range);
NOTHING(flush_tlb_page);
NOTHING(__aeabi_unwind_cpp_pr0);
NOTHING(__sync_icache_dcache);	/* caches decide nothing here */
#ifdef PROC_TABLE	/* a PTE is stored by the CPU's own asm, called through a table where there are several CPUs */
void cpu_v7_set_pte_ext(pte_t *, pte_t);
struct processor processor = { .set_pte_ext = cpu_v7_set_pte_ext };
#endif
#endif

/* cli and sti, and before what asm does (prelude.h): no register may change */
#ifdef CONFIG_X86_64
#define SAVED(call) "push %rax; push %rcx; push %rdx; push %rsi; push %rdi; push %r8; push %r9; push %r10; push %r11\n" \
	call "\npop %r11; pop %r10; pop %r9; pop %r8; pop %rdi; pop %rsi; pop %rdx; pop %rcx; pop %rax\n"
__asm__(".text\n.globl irqs_off\nirqs_off: " SAVED("mov $1, %edi; call hook_irqs") "ret\n"
	".globl irqs_on\nirqs_on: " SAVED("mov $0, %edi; call hook_irqs") "ret\n"
	/* behind nine registers and where it returns to are the flags */
	".globl irqs_pushed\nirqs_pushed: " SAVED("call hook_irqs_are_off; test %eax, %eax; jz 1f; andl $~0x200, 80(%rsp); 1:") "ret\n"
	".globl irqs_popped\nirqs_popped: testl $0x200, 8(%rsp); jnz irqs_on; ret\n"
	".globl asm_comes\nasm_comes: pushfq\n" SAVED("mov 80(%rsp), %rdi; call hook_asm") "popfq\nret\n");
#elif defined(CONFIG_X86)
__asm__(".text\n.globl irqs_off\nirqs_off: pushal; pushl $1; call hook_irqs; popl %eax; popal; ret\n"
	".globl irqs_on\nirqs_on: pushal; pushl $0; call hook_irqs; popl %eax; popal; ret\n"
	".globl irqs_pushed\nirqs_pushed: pushal; call hook_irqs_are_off; test %eax, %eax; jz 1f; andl $~0x200, 36(%esp); 1: popal; ret\n"
	".globl irqs_popped\nirqs_popped: testl $0x200, 4(%esp); jnz irqs_on; ret\n"
	".globl asm_comes\nasm_comes: pushfl; pushal; pushl 36(%esp); call hook_asm; popl %eax; popal; popfl; ret\n");
#elif defined(CONFIG_ARM)
#define SAVED(call) "push {r0-r5, ip, lr}; mrs r5, cpsr; mov r4, sp; bic sp, sp, #7; " \
	call "; mov sp, r4; msr cpsr_f, r5; pop {r0-r5, ip, pc}\n"
__asm__(".purgem msr\n.text\n.arm\n.globl irqs_off\nirqs_off: " SAVED("mov r0, #1; bl hook_irqs")
	".globl irqs_on\nirqs_on: " SAVED("mov r0, #0; bl hook_irqs")
	".globl asm_comes\nasm_comes: " SAVED("mov r0, lr; bl hook_asm"));
#endif
__asm__(".section .note.GNU-stack,\"\",%progbits\n.text");
