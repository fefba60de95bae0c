"""What this machine is, and whether a helper installs releases on it."""

import platform
import subprocess

import msgspec

from edge.system.durable_files import DiskFiles, Files
from edge.updates.handover import KEYS_FILE, SLOTS_FOLDER, read_keys


class UpdateHost(msgspec.Struct, frozen=True, kw_only=True):
    """What a machine with the edge's package has. ``slots``: the folder of slots, to read. ``shipped``: release keys.
    ``system`` and ``architecture`` are those that a release must be made for."""

    slots: Files
    shipped: tuple[bytes, ...]
    system: str
    architecture: str


def update_host() -> UpdateHost | None:
    """``None`` where the edge was not installed from its own package."""
    try:
        shipped = read_keys(KEYS_FILE.read_text(encoding="utf-8"))
        if not SLOTS_FOLDER.is_dir():
            return None
        return UpdateHost(
            slots=DiskFiles(SLOTS_FOLDER),
            shipped=shipped,
            system=machine_system(),
            architecture=machine_architecture(),
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def machine_system() -> str:
    """Such as ``debian13``."""
    return "".join(platform.freedesktop_os_release().get(name, "") for name in ("ID", "VERSION_ID"))


def machine_architecture() -> str:
    """As Debian names it."""
    said = subprocess.run(["/usr/bin/dpkg", "--print-architecture"], check=True, capture_output=True, text=True)
    return said.stdout.strip()
