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

#if defined(__i386__) || defined(__x86_64__)
__asm__(".macro cli\n\tcall irqs_off\n.endm\n"
	".macro sti\n\tcall irqs_on\n.endm\n"
	".macro popf\n\tcall irqs_on\n\t.byte 0x9d\n.endm\n");	/* a process' flags always have them on */
#ifdef EXPLORED
__asm__(".macro lock insn:vararg\n\tcall asm_comes\n\t.byte 0xf0\n\t\\insn\n.endm\n"
	".macro xchgl a, b\n\tcall asm_comes\n\txchg \\a, \\b\n.endm\n"
	".macro xchgq a, b\n\tcall asm_comes\n\txchg \\a, \\b\n.endm\n"
	".macro xchgb a, b\n\tcall asm_comes\n\txchg \\a, \\b\n.endm\n");
#endif
#endif
#endif
