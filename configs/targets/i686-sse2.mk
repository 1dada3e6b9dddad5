# i686 with SSE2: here gcc turns volatile 8-byte stores into one movq.
ARCH     = x86
TRIPLE   = i686-linux-gnu
MARCH    = -march=pentium4
LINK     = -Wl,-e,cpu_checked
DEB      = i386
KCIDB    = i386
ELF      = 1.3
RUNS_ON  = i[56]86 x86_64
QEMU     = qemu-i386-static
PROMISES = cmpxchg8b movq fild
