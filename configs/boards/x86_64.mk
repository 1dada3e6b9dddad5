# A PC with Debian's kernel for virtual machines, in qemu-system: ./run.sh board qemu:x86_64
TARGET  = x86_64
IMAGE   = linux-image-cloud-amd64
QEMU    = qemu-system-x86_64
PACKAGE = qemu-system-x86
MACHINE = -M pc -cpu max
CONSOLE = ttyS0
SERIAL  = virtio-serial-pci
