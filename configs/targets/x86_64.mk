# The host. Entries are two 32-bit words here too; see README.md, Five caveats.
ARCH     = x86
TRIPLE   = x86_64-linux-gnu
MARCH    = -march=x86-64
DEB      = amd64
KCIDB    = x86_64
ELF      = 2.62
BOARD    = x86_64
RUNS_ON  = x86_64
PROMISES = cmpxchg8b movq fild
