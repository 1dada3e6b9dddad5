# ARMv7 with the virtualization extensions, hence LPAE: aligned ldrd/strd are atomic.
ARCH     = arm
TRIPLE   = arm-linux-gnueabihf
MARCH    = -march=armv7ve+fp
LINK     = -Wl,-u,cpu_checked
DEB      = armhf
KCIDB    = arm
ELF      = 1.40
BOARD    = armv[78]*:lpae aarch64:arm32
RUNS_ON  = armv[78]* aarch64
QEMU     = qemu-arm-static
CPU      = cortex-a15
PROMISES = ldrexd ldrd
CI       = qemu-user-gcc qemu-user-clang qemu10-gcc
