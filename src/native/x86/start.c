/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where an i686 program begins: before libc does, which has cmov in it, and dies
 * of that on a Pentium without a word. (_start wants edx to be 0.)
 */
#ifdef __i386__

#ifdef __SSE2__
#define NEEDED "0x04008000"	/* SSE2, cmov: CPUID.1:EDX */
#define WORDS "cmov and SSE2"
#else
#define NEEDED "0x00008000"
#define WORDS "cmov (a Pentium Pro or later)"
#endif

__asm__(".section .text.start, \"ax\", @progbits\n"
	".globl cpu_checked\n"
	".type cpu_checked, @function\n"
	"cpu_checked:\n"
	"	movl $1, %eax\n"
	"	cpuid\n"
	"	andl $" NEEDED ", %edx\n"
	"	cmpl $" NEEDED ", %edx\n"
	"	movl $0, %edx\n"
	"	je _start\n"
	"	movl $4, %eax\n"	/* write(2, ...) */
	"	movl $2, %ebx\n"
	"	movl $1f, %ecx\n"
	"	movl $2f - 1f, %edx\n"
	"	int $0x80\n"
	"	movl $1, %eax\n"	/* exit(2) */
	"	int $0x80\n"
	".section .rodata.start, \"a\", @progbits\n"
	"1:	.ascii \"tornwalk: this CPU has no " WORDS ", and this program is made of it\\n\"\n"
	"2:\n"
	".text\n");

#endif
