# i686 without SSE: what a Pentium Pro runs. fild and cmpxchg8b are its 8-byte accesses.
ARCH     = x86
TRIPLE   = i686-linux-gnu
MARCH    = -march=i686 -mno-sse
LINK     = -Wl,-e,cpu_checked
DEB      = i386
KCIDB    = i386
ELF      = 1.3
BOARD    = i[56]86
RUNS_ON  = i[56]86 x86_64
QEMU     = qemu-i386-static
PROMISES = cmpxchg8b movq fild
CI       = native-gcc native-clang qemu-user-gcc
