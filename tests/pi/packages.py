"""The Debian packages, and a disk with the edge's installed. All are kept in ``.pi``, by what they are made of."""

import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from tests.pi.architecture import AMD64, Architecture
from tests.pi.image import ROOT, STORE, Image, base_image, digest, inside, run, say
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


def sources(name: str, *more: str) -> list[bytes]:
    """Path and content of each file that a package is made of, and of more folders."""
    return [str(path.relative_to(ROOT)).encode() + path.read_bytes() for path in _files(*_MADE_OF[name], *more)]


def _files(*folders: str) -> list[Path]:
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", *folders).split("\0")
    return [ROOT / path for path in sorted(listed) if path and (ROOT / path).is_file()]


@cache
def package(name: str, of: Architecture = AMD64) -> Path:
    """A package of this checkout, `EDGE` or `CONTROLLER`, as `make packages` builds it on such a processor. One run has
    one, also where files are changed during it."""
    files = _files(*_MADE_OF[name])
    kept_as = f"{of.kept_as}{name}"
    folder = STORE / f"{kept_as}-{digest(platform.python_version().encode(), *sources(name))}"
    if not folder.exists():
        say(f"building {name} for {of.name}")
        STORE.mkdir(exist_ok=True)
        _delete_all(STORE, f"{kept_as}-*")
        with tempfile.TemporaryDirectory(dir=STORE) as unfinished:
            wheel_of = ROOT / "deploy" / "edge-wheel" if name == EDGE else ROOT
            run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", unfinished, cwd=wheel_of)
            if of is AMD64:
                run("deploy/packages/build.sh", name, unfinished)
            else:
                _build_inside(base_image(of).workshop, name, files, Path(unfinished))
            Path(unfinished).rename(folder)
            Path(unfinished).mkdir()
    (found,) = folder.glob(f"{name}_*.deb")
    return found


def installed_disk(of: Architecture = AMD64) -> tuple[Image, Path]:
    """The image, and a layer over its disk: what a machine was left with after dpkg had installed the package in it."""
    image, edge = base_image(of), package(EDGE, of)
    disk = STORE / f"{of.kept_as}installed-{digest(image.name.encode(), edge.parent.name.encode())}.qcow2"
    if not disk.exists():
        _delete_all(STORE, f"{of.kept_as}installed-*")
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


def _build_inside(workshop: Path, name: str, files: Iterable[Path], dist: Path) -> None:
    """By the same script in a Debian for another processor, from these files of the checkout and the wheel in `dist`.
    The package is left in `dist`."""
    checkout = workshop / "checkout"
    shutil.rmtree(checkout, ignore_errors=True)
    for path in files:
        there = checkout / path.relative_to(ROOT)
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, there)
    shutil.copytree(dist, checkout / "dist")
    of_it = ("--target", checkout / ".venv", "--python-platform", "aarch64-manylinux_2_28")
    uv = ROOT / ".venv" / "bin" / "uv"
    run(uv, "pip", "install", "--quiet", *of_it, "--require-hashes", "-r", "requirements/uv.txt")
    made_at = run("git", "log", "-1", "--format=%ct").strip()
    built_by = ("/checkout/deploy/packages/build.sh", name, "/checkout/dist")
    inside(workshop, *built_by, env={"SOURCE_DATE_EPOCH": made_at})
    for package in checkout.glob("dist/*.deb"):
        shutil.copy(package, dist)


def _delete_all(folder: Path, pattern: str) -> None:
    for old in folder.glob(pattern):
        subprocess.run(["rm", "-rf", old], check=True)
