# ARMv7 with the virtualization extensions, hence LPAE: aligned ldrd/strd are atomic.
ARCH   = arm
TRIPLE = arm-linux-gnueabihf
MARCH  = -march=armv7ve+fp
QEMU   = qemu-arm-static
START  = -u
