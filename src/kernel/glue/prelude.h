/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * First in every file of the tree that is compiled: what only ring 0 may do becomes a call.
 * gas looks for macros before instructions, so the kernel's inline asm needs no change.
 *
 * EXPLORED: an instruction that the compiler cannot announce, because it stands in inline
 * asm and modifies memory, says that it comes; what was announced before has happened then.
 */
#ifdef __ASSEMBLY__
#ifdef EXPLORED
.macro lock insn:vararg
	call asm_comes
	.byte 0xf0
	\insn
.endm
#endif
#else

/* An unlock is a call, not a store in somebody's code. */
#define CONFIG_UNINLINE_SPIN_UNLOCK 1

/* A section of RCU is two calls, not two compiler barriers. */
#define CONFIG_PREEMPT_RCU 1

/* With one CPU a lock is only that nobody else is let on it: two calls, not a count in somebody's code. */
#ifndef CONFIG_SMP
#define CONFIG_TRACE_PREEMPT_TOGGLE 1
#endif

/* The weakest machine that the tree serves: a TLB flush interrupts nobody (hypervisors, AMD's broadcast). */
#define CONFIG_MMU_GATHER_TABLE_FREE 1
#define CONFIG_MMU_GATHER_RCU_TABLE_FREE 1

/* Who mirrors page tables, mm/hmm.c and mm/mmu_notifier.c: no question of its own, drivers select it. */
#define CONFIG_MMU_NOTIFIER 1
#define CONFIG_HMM_MIRROR 1
#define CONFIG_INTERVAL_TREE 1

#if defined(__i386__) || defined(__x86_64__)
__asm__(".macro cli\n\tcall irqs_off\n.endm\n"
	".macro sti\n\tcall irqs_on\n.endm\n"
	/* a process' flags always have them on: what is pushed says what the kernel would find */
	".macro pushf\n\t.byte 0x9c\n\tcall irqs_pushed\n.endm\n"
	".macro popf\n\tcall irqs_popped\n\t.byte 0x9d\n.endm\n");
#ifdef EXPLORED
__asm__(".macro lock insn:vararg\n\tcall asm_comes\n\t.byte 0xf0\n\t\\insn\n.endm\n"
	".macro xchgl a, b\n\tcall asm_comes\n\txchg \\a, \\b\n.endm\n"
	".macro xchgq a, b\n\tcall asm_comes\n\txchg \\a, \\b\n.endm\n"
	".macro xchgb a, b\n\tcall asm_comes\n\txchg \\a, \\b\n.endm\n");
#ifndef CONFIG_SMP	/* no prefix says that they come; their loops are announced once */
__asm__(".macro cmpxchgl at:vararg\n\tcall asm_comes\n\tcmpxchg \\at\n.endm\n"
	".macro cmpxchgq at:vararg\n\tcall asm_comes\n\tcmpxchg \\at\n.endm\n"
	".macro cmpxchg8b at:vararg\n\tcall asm_comes\n\t{load} cmpxchg8b \\at\n.endm\n");
#endif
#endif
#endif

#ifdef __arm__
/* Memory is where the process maps it, from physical address 0 on; nothing is patched when it boots. */
#undef CONFIG_ARM_PATCH_PHYS_VIRT
#define CONFIG_PHYS_OFFSET 0
#undef CONFIG_INLINE_SPIN_UNLOCK_IRQ
#undef CONFIG_INLINE_READ_UNLOCK

/*
 * lr is no clobber of the asm that these stand in. The flags' register is only ever written to turn interrupts on
 * again. An exclusive under condition "always" has a name that is no macro.
 */
__asm__(".macro calls what\n\tpush {lr}\n\tbl \\what\n\tpop {lr}\n.endm\n"
	".macro cpsid flags\n\tcalls irqs_off\n.endm\n"
	".macro cpsie flags\n\tcalls irqs_on\n.endm\n"
	".macro msr to, from\n\tcalls irqs_on\n.endm\n"
	/* two registers of the kernel's are not a process' own: where this CPU's variables are, and current */
	".macro mrc cp, op, to, n, m, which\n"
	".ifc \\n\\which,c134\n\tmov \\to, #0\n"
	".else\n.ifc \\n\\which,c133\n\tmovw \\to, #:lower16:glue_current\n\tmovt \\to, #:upper16:glue_current\n\tldr \\to, [\\to]\n"
	".else\n\t.word 0xe7f000f0\n.endif\n.endif\n.endm\n");
#ifdef EXPLORED
__asm__(".macro ldrex to, at:vararg\n\tcalls asm_comes\n\tldrexal \\to, \\at\n.endm\n"
	".macro ldrexd to, at:vararg\n\tcalls asm_comes\n\tldrexdal \\to, \\at\n.endm\n");
#endif
#endif
#endif
