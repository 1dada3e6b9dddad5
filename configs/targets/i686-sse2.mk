# i686 with SSE2: here gcc turns volatile 8-byte stores into one movq.
ARCH   = x86
TRIPLE = i686-linux-gnu
MARCH  = -march=pentium4
QEMU   = qemu-i386-static
START  = -e
