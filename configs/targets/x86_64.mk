# The host. Entries are two 32-bit words here too; see README, Caveats.
ARCH  = x86
MARCH = -march=x86-64
STRIP = strip
AR    = ar
