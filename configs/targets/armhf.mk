# ARMv7 without LPAE: ldrd/strd promise nothing.
ARCH     = arm
TRIPLE   = arm-linux-gnueabihf
MARCH    = -march=armv7-a+fp
LINK     = -Wl,-u,cpu_checked
DEB      = armhf
KCIDB    = arm
ELF      = 1.40
BOARD    = armv[78]*
RUNS_ON  = armv[78]* aarch64
QEMU     = qemu-arm-static
CPU      = cortex-a9
PROMISES = ldrexd
CI       = qemu-user-gcc qemu-user-clang
