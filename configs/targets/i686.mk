# i686 without SSE: what a Pentium Pro runs. fild and cmpxchg8b are its 8-byte accesses.
ARCH   = x86
TRIPLE = i686-linux-gnu
MARCH  = -march=i686 -mno-sse
QEMU   = qemu-i386-static
START  = -e
