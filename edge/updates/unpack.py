"""The files below ``/opt/hallkeeper`` of an edge's Debian package, in a folder.

Only a package whose digest a release names comes here. What is not a file, folder or link below that folder is refused
all the same, and so is more than the release says that it holds.
"""

import os
import shutil
import subprocess
import tarfile
from pathlib import Path, PurePosixPath

from edge.wire.errors import ReleaseRefused

INSIDE = PurePosixPath("opt/hallkeeper")
PYTHON = PurePosixPath("/usr/bin")
"""The only place outside the folder that a link may lead to: Debian's Python."""
BLOCK = 4096


def unpack(package: Path, folder: Path, *, limit: int) -> None:
    """Empty ``folder`` and fill it, of at most ``limit`` bytes; all of it is on the medium then. Raises
    ``ReleaseRefused`` and ``OSError``."""
    clear(folder)
    folder.mkdir(mode=0o755)
    with subprocess.Popen(["/usr/bin/dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as opened:
        assert opened.stdout is not None
        try:
            with tarfile.open(fileobj=opened.stdout, mode="r|") as archive:
                _extract(archive, folder, limit)
            while opened.stdout.read(1 << 16):
                pass
        except tarfile.TarError as error:
            raise ReleaseRefused(f"it is no package that can be unpacked ({error})") from None
        finally:
            opened.stdout.close()
    if opened.returncode:
        raise ReleaseRefused("it is no package that can be unpacked")
    program = folder / "bin" / "hallkeeper"
    if not program.is_file() or not (folder / "bin" / "python").is_symlink():
        raise ReleaseRefused("there is no hallkeeper in it")
    os.sync()


def clear(folder: Path) -> None:
    """Delete a folder with what is in it, if it is there."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        raise OSError(f"{folder} cannot be emptied")


def unpacked_size(package: Path) -> int:
    """Bytes that the files of a package take, as ``unpack`` counts them. Raises ``ReleaseRefused``."""
    with subprocess.Popen(["/usr/bin/dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as opened:
        assert opened.stdout is not None
        try:
            with tarfile.open(fileobj=opened.stdout, mode="r|") as archive:
                return sum(_cost(member) for member in archive if _place(member.name) is not None)
        except tarfile.TarError:
            raise ReleaseRefused(f"{package} is no Debian package") from None


def _extract(archive: tarfile.TarFile, folder: Path, limit: int) -> None:
    room = limit
    for member in archive:
        place = _place(member.name)
        if place is None:
            continue
        room -= _cost(member)
        if room < 0:
            raise ReleaseRefused("there is more in it than its release says")
        target = folder / place
        if not target.parent.resolve().is_relative_to(folder.resolve()):
            raise ReleaseRefused(f"{member.name} leads out of it")
        if member.isdir():
            target.mkdir(mode=0o755, exist_ok=True)
        elif member.issym():
            _link(target, member.linkname, folder)
        elif member.isreg():
            source = archive.extractfile(member)
            assert source is not None
            with target.open("xb") as file:
                shutil.copyfileobj(source, file)
            target.chmod(0o755 if member.mode & 0o100 else 0o644)
        else:
            raise ReleaseRefused(f"{member.name} is no file, folder or link")


def _link(target: Path, leads_to: str, folder: Path) -> None:
    to = PurePosixPath(leads_to)
    inside = not to.is_absolute() and Path(os.path.normpath(target.parent / to)).is_relative_to(folder)
    if not inside and to.parent != PYTHON:
        raise ReleaseRefused(f"a link in it leads to {leads_to}")
    target.symlink_to(leads_to)


def _place(name: str) -> PurePosixPath | None:
    """Where a member of a package goes, in the folder; ``None``: it is not of the environment."""
    path = PurePosixPath(name)
    if ".." in path.parts:
        raise ReleaseRefused(f"{name} leads out of it")
    return path.relative_to(INSIDE) if path.is_relative_to(INSIDE) and path != INSIDE else None


def _cost(member: tarfile.TarInfo) -> int:
    return -(-member.size // BLOCK) * BLOCK + BLOCK // 4
