"""The disk of the virtual machine: Debian of this machine's release, its stock kernel, the simulated lines of a Pi.

Kept in ``.pi`` in a folder named by the digest of what it was made from; older ones are deleted.
"""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.pi.architecture import AMD64, Architecture
from tests.services.process import program

ROOT = Path(__file__).parents[2]
STORE = ROOT / ".pi"
HERE = Path(__file__).parent
SOURCES = Path("/usr/src")
DISK_MB = 4096
PACKAGES = (
    *("systemd-sysv", "dbus", "udev", "kmod", "python3", "tzdata", "iproute2", "initramfs-tools"),
    *("mosquitto", "restic"),
)
"""What the packages of Hallkeeper depend on and recommend, and what a Debian system has that boots."""
IN_WORKSHOP = ("gcc", "libc6-dev", "make", "swig", "python3-dev")
"""What `deploy/packages/build.sh` and modules of a kernel are compiled with."""
OF_TESTS = ("hostapd", "wpasupplicant", "iw", "i2c-tools")
"""What the tests run in it. Nothing of it is started with the machine."""
IN_INITRD = ("virtio_pci", "virtio_blk", "ext4")
_NETWORK = ("etc/resolv.conf", "etc/hosts", "etc/ssl/certs/ca-certificates.crt")
"""How this computer reaches the places that packages are fetched from."""
_IRQ = ("irq_to_desc(irqnum)", "irq_data_to_desc(irq_get_irq_data(irqnum))")
"""What `irq_sim.c` calls inside the kernel, and the same for a module."""


@dataclass(frozen=True, kw_only=True)
class Image:
    architecture: Architecture
    name: str
    kernel: Path
    initrd: Path
    disk: Path
    """Raw, never written: machines have layers over it."""

    @property
    def workshop(self) -> Path:
        """Where things are built for a processor that is not this computer's: see `inside`."""
        return self.disk.parent / "workshop"


def say(what: str) -> None:
    """Progress, at once: an image takes minutes. The Makefile has pytest leave file descriptor 2 alone."""
    os.write(2, f"pi: {what}\n".encode())


def run(*argv: str | Path, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> str:
    """What a program prints. Fails with the end of all it said where it does not end well."""
    done = subprocess.run(
        argv,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(map(str, argv))}\n{done.stdout[-4000:]}"
    return done.stdout


def digest(*parts: bytes) -> str:
    """A name for what these bytes make."""
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:16]


def inside(root: Path, *argv: str, env: Mapping[str, str] | None = None) -> str:
    """What a program of the Debian in a folder prints, with that folder as the whole file system. The kernel of this
    computer runs programs for another processor by qemu-user. `env`: more variables."""
    apart = ("--mount", "--pid", "--fork", "--kill-child", f"--root={root}", "--wd=/", "--mount-proc")
    more = {"TMPDIR": "/tmp", "DEBIAN_FRONTEND": "noninteractive", **(env or {})}
    return run(program("unshare", package="util-linux"), *apart, *argv, env={**os.environ, **more})


@cache
def base_image(of: Architecture = AMD64) -> Image:
    """The image, made where there is none of the present recipe: some four minutes, by emulation thirty."""
    kernel = f"{_kernel_version()}-{of.name}"
    recipe = [HERE / "image.py", HERE / "architecture.py", *sorted((HERE / "guest").iterdir())]
    name = digest(kernel.encode(), *(path.read_bytes() for path in recipe))
    folder = STORE / f"{of.kept_as}image-{name}"
    files = {"kernel": folder / "vmlinuz", "initrd": folder / "initrd.img", "disk": folder / "disk.raw"}
    if not folder.exists():
        STORE.mkdir(exist_ok=True)
        for old in STORE.glob(f"{of.kept_as}image-*"):
            shutil.rmtree(old)
        with tempfile.TemporaryDirectory(dir=STORE) as unfinished:
            _make(of, kernel, Path(unfinished))
            (Path(unfinished) / "image").rename(folder)
    return Image(architecture=of, name=name, **files)


def _kernel_version() -> str:
    """The newest kernel whose headers are here, such as `6.12.118+deb13`."""
    found = [each.name for each in SOURCES.glob("linux-headers-*-amd64")]
    assert found, "there are no headers of a kernel for amd64: run deploy/setup/system.sh pi"
    newest = max(found, key=lambda name: [int(part) for part in re.findall(r"\d+", name)])
    return newest.removeprefix("linux-headers-").removesuffix("-amd64")


def _make(of: Architecture, kernel: str, work: Path) -> None:
    root, image = work / "root", work / "image"
    image.mkdir()
    say(f"installing Debian for {of.name} into a folder")
    _debian(of, kernel, root)
    builder = None
    if of is not AMD64:
        say("making a copy of it to build in")
        builder = image / "workshop"
        _furnish(builder, root, f"linux-headers-{kernel}")
    say(f"building modules for the kernel {kernel}")
    modules = _modules(kernel, (builder or work) / "modules", builder)
    say("making the image")
    _put(of, root, kernel, modules)
    for name in ("vmlinuz", "initrd"):
        (found,) = root.glob(f"boot/{name}*")
        shutil.copy(found, image / ("vmlinuz" if name == "vmlinuz" else "initrd.img"))
    mke2fs = program("mke2fs", package="e2fsprogs")
    run(mke2fs, "-q", "-t", "ext4", "-L", "root", "-d", root, image / "disk.raw", f"{DISK_MB}M")


def _furnish(workshop: Path, root: Path, *packages: str) -> None:
    run("cp", "-a", root, workshop)
    for each in _NETWORK:
        if (here := Path("/", each)).exists():
            (workshop / each).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(here, workshop / each)
    inside(workshop, "apt-get", "-qq", "update")
    quick = ("-o", "Dpkg::Options::=--force-unsafe-io", "--no-install-recommends")
    inside(workshop, "apt-get", "-qq", "install", "--yes", *quick, *IN_WORKSHOP, *packages)


def _modules(kernel: str, folder: Path, builder: Path | None) -> list[Path]:
    """`gpio-sim`, and `irq_sim` that it needs: Debian's kernel has neither. `builder`: what compiles them, if not this
    computer's Debian."""
    (source,) = SOURCES.glob("linux-source-*.tar.xz")
    names = {"gpio-sim": "drivers/gpio/gpio-sim.c", "irq_sim": "kernel/irq/irq_sim.c"}
    folder.mkdir()
    top = source.name.removesuffix(".tar.xz")
    run("tar", "--extract", "--file", source, "--directory", folder, *(f"{top}/{name}" for name in names.values()))
    for name, path in names.items():
        text = (folder / top / path).read_text()
        if name == "irq_sim":
            assert _IRQ[0] in text
            text = f'#include <linux/module.h>\n{text.replace(*_IRQ)}\nMODULE_LICENSE("GPL");\n'
        (folder / f"{name}.c").write_text(text)
    (folder / "Makefile").write_text("obj-m := irq_sim.o gpio-sim.o\n")
    headers = str(SOURCES / f"linux-headers-{kernel}")
    if builder is None:
        run("make", "-C", headers, f"M={folder}", "modules")
    else:
        inside(builder, "make", "-C", headers, f"M=/{folder.relative_to(builder)}", "modules")
    return [folder / f"{name}.ko" for name in names]


def _debian(of: Architecture, kernel: str, root: Path) -> None:
    release = re.search(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(), re.MULTILINE)
    assert release, "this is no release of Debian"
    at_hand = "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(REPO_URI) $(RELEASE) $(COMPONENT)"
    listed = run("apt-get", "indextargets", "--format", at_hand, "Created-By: Packages")
    sources = root.parent / "sources.list"
    sources.write_text("\n".join(sorted({line for line in listed.splitlines() if "http" in line})) + "\n")
    modules = "\\n".join(IN_INITRD)
    settings = "$1/etc/initramfs-tools/conf.d"
    run(
        program("mmdebstrap", package="mmdebstrap"),
        "--mode=root",
        f"--architectures={of.name}",
        "--variant=minbase",
        f"--include={','.join(PACKAGES + OF_TESTS)},linux-image-{kernel}",
        '--aptopt=APT::Install-Recommends "false"',
        *(f"--dpkgopt=path-exclude=/usr/share/{each}/*" for each in ("doc", "locale", "man")),
        f'--essential-hook=mkdir -p "{settings}" "$1/usr/share/initramfs-tools/modules.d"',
        f'--essential-hook=echo MODULES=list >"{settings}/modules"',
        f'--essential-hook=printf "{modules}\\n" >"$1/usr/share/initramfs-tools/modules.d/disk"',
        release[1],
        root,
        sources,
    )


def _put(of: Architecture, root: Path, kernel: str, modules: list[Path]) -> None:
    """What makes a Pi of the folder with Debian in it, and what the test asks it by."""
    extra = root / "lib/modules" / kernel / "extra"
    extra.mkdir()
    for module in modules:
        shutil.copy(module, extra)
    run("depmod", "-b", root, kernel)
    tools = root / "usr/lib/hallkeeper-test"
    tools.mkdir()
    units = root / "etc/systemd/system"
    for path in sorted((HERE / "guest").iterdir()):
        if path.suffix == ".service":
            shutil.copy(path, units)
            run("systemctl", f"--root={root}", "enable", path.name)
        elif path.suffix == ".network":
            shutil.copy(path, root / "etc/systemd/network")
        elif path.suffix != ".conf":
            shutil.copy(path, tools)
    override = units / "hallkeeper-edge.service.d"
    override.mkdir()
    shutil.copy(HERE / "guest" / "pi-revision.conf", override)
    run("systemctl", f"--root={root}", "enable", "systemd-networkd.service")
    # Tests start what they need.
    idle = ("mosquitto.service", "hostapd.service", "wpa_supplicant.service", "systemd-networkd-wait-online.service")
    run("systemctl", f"--root={root}", "disable", *idle)
    # It swallows what is written to the console, which is where the kernel says why it does not boot.
    run("systemctl", f"--root={root}", "mask", f"serial-getty@{of.console}.service", "getty@tty1.service")
    (root / "etc/fstab").write_text("LABEL=root / ext4 defaults,noatime 0 1\n")
    (root / "etc/hostname").write_text("pi\n")
    (root / "etc/hosts").write_text("127.0.0.1 localhost pi\n")
    (root / "etc/machine-id").write_text("")
