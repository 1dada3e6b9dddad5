# A PC with Debian's PAE kernel, in qemu-system: ./run.sh board qemu:i686-pae
TARGET  = i686
IMAGE   = linux-image-686-pae
QEMU    = qemu-system-i386
PACKAGE = qemu-system-x86
MACHINE = -M pc -cpu max
CONSOLE = ttyS0
SERIAL  = virtio-serial-pci
