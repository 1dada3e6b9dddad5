# ARMv7 without LPAE: ldrd/strd promise nothing.
ARCH   = arm
TRIPLE = arm-linux-gnueabihf
MARCH  = -march=armv7-a+fp
QEMU   = qemu-arm-static
START  = -u
