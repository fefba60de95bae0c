"""The Debian packages, and a disk with the edge's installed. All are kept in ``.pi``, by what they are made of."""

import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.pi.image import ROOT, STORE, Image, base_image, digest, run, say
from tests.pi.machine import Machine
from tests.services.process import program

EDGE, CONTROLLER = "hallkeeper-edge", "hallkeeper-controller"
_BOTH = ("edge", "deploy", "pyproject.toml", "CHANGELOG.md", "LICENSE")
_WHOLE = ("controller", "firmware_sim", "dashboards", "words", "hatch_build.py", "README.md")
_MADE_OF = {
    EDGE: (*_BOTH, "requirements/edge.txt"),
    CONTROLLER: (*_BOTH, *_WHOLE, "requirements/controller.txt"),
}
LABEL = "packages"


def edge_package() -> Path:
    """`hallkeeper-edge_*.deb` of this checkout, as `make packages` builds it."""
    return package(EDGE)


def package(name: str) -> Path:
    """A package of this checkout, `EDGE` or `CONTROLLER`, as `make packages` builds it."""
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", *_MADE_OF[name]).split("\0")
    files = [ROOT / path for path in sorted(listed) if path and (ROOT / path).is_file()]
    named = [str(path.relative_to(ROOT)).encode() + path.read_bytes() for path in files]
    folder = STORE / f"{name}-{digest(platform.python_version().encode(), *named)}"
    if not folder.exists():
        say(f"building {name}")
        STORE.mkdir(exist_ok=True)
        _delete_all(STORE, f"{name}-*")
        with tempfile.TemporaryDirectory(dir=STORE) as unfinished:
            wheel_of = ROOT / "deploy" / "edge-wheel" if name == EDGE else ROOT
            run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", unfinished, cwd=wheel_of)
            run("deploy/packages/build.sh", name, unfinished)
            Path(unfinished).rename(folder)
            Path(unfinished).mkdir()
    (found,) = folder.glob(f"{name}_*.deb")
    return found


def installed_disk() -> tuple[Image, Path]:
    """The image, and a layer over its disk: what a machine was left with after dpkg had installed the package in it."""
    image, edge = base_image(), edge_package()
    disk = STORE / f"installed-{digest(image.name.encode(), edge.parent.name.encode())}.qcow2"
    if not disk.exists():
        _delete_all(STORE, "installed-*")
        with tempfile.TemporaryDirectory() as folder:
            _install(image, edge, Path(folder))
            shutil.move(Path(folder) / "disk.qcow2", disk)
    return image, disk


def carried(made: Path, folder: Path) -> list[str]:
    """Words for QEMU: a disk with a package on it, which `mounted` finds."""
    offered, disk = folder / "offered", folder / "packages.raw"
    offered.mkdir()
    shutil.copy(made, offered)
    mke2fs = program("mke2fs", package="e2fsprogs")
    run(mke2fs, "-q", "-t", "ext4", "-L", LABEL, "-d", offered, disk, "128M")
    return ["-drive", f"file={disk},format=raw,if=virtio,readonly=on"]


def mounted(machine: Machine) -> str:
    """The folder with the packages that a machine was given."""
    machine.sh("systemctl is-system-running --wait || true")
    machine.sh(f"mkdir -p /run/packages; mount -o ro /dev/disk/by-label/{LABEL} /run/packages")
    return "/run/packages"


def _install(image: Image, made: Path, folder: Path) -> None:
    """By dpkg, in a machine that runs, so that the package's scripts find systemd and udev."""
    machine = Machine(folder, image, more=carried(made, folder))
    try:
        machine.boot()
        offered = mounted(machine)
        say("installing the package in it")
        said = machine.sh(f"dpkg --install {offered}/{EDGE}_*.deb 2>&1")
        assert "postinst:" not in said, said
        machine.shut_down()
    finally:
        machine.cut()


def _delete_all(folder: Path, pattern: str) -> None:
    for old in folder.glob(pattern):
        subprocess.run(["rm", "-rf", old], check=True)
