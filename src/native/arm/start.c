/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Before main(): an armv7ve program divides by instructions that a Cortex-A9 lacks. */
#include <sys/auxv.h>
#include <unistd.h>

#ifdef __ARM_FEATURE_IDIV
enum { NEEDED = HWCAP_ARM_IDIVA | HWCAP_ARM_IDIVT };
#else
enum { NEEDED = 0 };
#endif

__attribute__((constructor)) void cpu_checked(void);

void cpu_checked(void)
{
	static const char words[] = "tornwalk: this CPU has no sdiv and udiv, and this program is "
				    "made of them: it is for LPAE machines; TARGET=armhf is for this one\n";

	if ((getauxval(AT_HWCAP) & NEEDED) == NEEDED)
		return;
	write(2, words, sizeof(words) - 1);
	_exit(2);
}
