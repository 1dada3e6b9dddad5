# A Cortex-A15 with Debian's LPAE kernel, in qemu-system: ./run.sh board qemu:armhf-lpae
TARGET  = armhf-lpae
IMAGE   = linux-image-armmp-lpae
QEMU    = qemu-system-arm
PACKAGE = qemu-system-arm
MACHINE = -M virt -cpu cortex-a15
CONSOLE = ttyAMA0
SERIAL  = virtio-serial-device
