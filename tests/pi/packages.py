"""The Debian package of the edge, and a disk with it installed. Both are kept in ``.pi``, by what they are made of."""

import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.pi.image import ROOT, STORE, Image, base_image, digest, run, say
from tests.pi.machine import Machine
from tests.services.process import program

_MADE_OF = ("edge", "deploy", "requirements/edge.txt", "pyproject.toml", "CHANGELOG.md", "LICENSE")
LABEL = "packages"


def edge_package() -> Path:
    """`hallkeeper-edge_*.deb` of this checkout, as `make packages` builds it."""
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", *_MADE_OF).split("\0")
    files = [ROOT / name for name in sorted(listed) if name and (ROOT / name).is_file()]
    named = [str(path.relative_to(ROOT)).encode() + path.read_bytes() for path in files]
    folder = STORE / f"package-{digest(platform.python_version().encode(), *named)}"
    if not folder.exists():
        say("building the package")
        STORE.mkdir(exist_ok=True)
        _delete_all(STORE, "package-*")
        with tempfile.TemporaryDirectory(dir=STORE) as unfinished:
            wheel_of = ROOT / "deploy" / "edge-wheel"
            run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", unfinished, cwd=wheel_of)
            run("deploy/packages/build.sh", "hallkeeper-edge", unfinished)
            Path(unfinished).rename(folder)
            Path(unfinished).mkdir()
    (package,) = folder.glob("hallkeeper-edge_*.deb")
    return package


def installed_disk() -> tuple[Image, Path]:
    """The image, and a layer over its disk: what a machine was left with after dpkg had installed the package in it."""
    image, package = base_image(), edge_package()
    disk = STORE / f"installed-{digest(image.name.encode(), package.parent.name.encode())}.qcow2"
    if not disk.exists():
        _delete_all(STORE, "installed-*")
        with tempfile.TemporaryDirectory() as folder:
            _install(image, package, Path(folder))
            shutil.move(Path(folder) / "disk.qcow2", disk)
    return image, disk


def _install(image: Image, package: Path, folder: Path) -> None:
    """By dpkg, in a machine that runs, so that the package's scripts find systemd and udev."""
    offered, carried = folder / "offered", folder / "packages.raw"
    offered.mkdir()
    shutil.copy(package, offered)
    mke2fs = program("mke2fs", package="e2fsprogs")
    run(mke2fs, "-q", "-t", "ext4", "-L", LABEL, "-d", offered, carried, "64M")
    machine = Machine(folder, image, more=["-drive", f"file={carried},format=raw,if=virtio,readonly=on"])
    try:
        machine.boot()
        machine.sh("systemctl is-system-running --wait || true")
        say("installing the package in it")
        machine.sh(f"mkdir -p /run/packages; mount -o ro /dev/disk/by-label/{LABEL} /run/packages")
        said = machine.sh("dpkg --install /run/packages/hallkeeper-edge_*.deb 2>&1")
        assert "postinst:" not in said, said
        machine.shut_down()
    finally:
        machine.cut()


def _delete_all(folder: Path, pattern: str) -> None:
    for old in folder.glob(pattern):
        subprocess.run(["rm", "-rf", old], check=True)
