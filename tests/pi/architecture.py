"""The processors that a virtual machine may have, and what belongs to each."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Architecture:
    name: str
    """As Debian names it."""
    kept_as: str
    """What begins the names of what is kept for it in `.pi`."""
    qemu: str
    qemu_package: str
    board: tuple[str, ...]
    """Words for QEMU."""
    console: str
    """The serial port to which the kernel writes."""
    kernel: str = ""
    """Words for its kernel."""


AMD64 = Architecture(
    name="amd64",
    kept_as="",
    qemu="qemu-system-x86_64",
    qemu_package="qemu-system-x86",
    board=("-M", "q35", "-cpu", "max"),
    console="ttyS0",
)
"""That of the computer that tests."""
ARM64 = Architecture(
    name="arm64",
    kept_as="arm64-",
    qemu="qemu-system-aarch64",
    qemu_package="qemu-system-arm",
    board=("-M", "virt", "-cpu", "cortex-a72"),
    console="ttyAMA0",
    # This board has lines of its own, which would be /dev/gpiochip0.
    kernel="initcall_blacklist=pl061_gpio_driver_init",
)
"""That of a Pi: a Pi 4 has this processor, on another board."""
