# The host. Entries are two 32-bit words here too; see README, Caveats.
ARCH   = x86
TRIPLE = x86_64-linux-gnu
MARCH  = -march=x86-64
