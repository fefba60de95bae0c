"""A small file system of this machine's kernel on a disk that records what is written to it and flushed."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.pi.image import run
from tests.services.process import program

SIZE_MB = 64
READY_S = 60.0


@dataclass(frozen=True, kw_only=True)
class RecordedDisk:
    """`start`: the disk before anything was recorded. `record`: what was written since (`recorded_writes.py`)."""

    start: Path
    record: Path
    mounted: Path


@contextmanager
def recorded_disk(folder: Path, files: Path) -> Iterator[RecordedDisk]:
    """A disk that begins with the content of a folder, mounted. Needs root, for loop devices."""
    disk, start, record, export, mounted = (folder / each for each in ("disk", "start", "record", "export", "mounted"))
    mke2fs = program("mke2fs", package="e2fsprogs")
    # Else the kernel makes the rest of it in the background, among what is recorded.
    at_once = ("-E", "lazy_itable_init=0,lazy_journal_init=0")
    run(mke2fs, "-q", "-t", "ext4", *at_once, "-d", files, disk, f"{SIZE_MB}M")
    shutil.copy(disk, start)
    record.touch()
    export.touch()
    mounted.mkdir()
    storage = subprocess.Popen(
        [
            *(program("setpriv", package="util-linux"), "--pdeathsig=KILL", "--"),
            program("qemu-storage-daemon", package="qemu-utils"),
            *("--blockdev", f"driver=file,node-name=disk,filename={disk}"),
            *("--blockdev", f"driver=blklogwrites,node-name=recorded,file=disk,log.driver=file,log.filename={record}"),
            *("--export", f"type=fuse,id=disk,node-name=recorded,mountpoint={export},writable=on"),
        ]
    )
    try:
        deadline = time.monotonic() + READY_S
        while not os.path.ismount(export):
            assert storage.poll() is None, "qemu-storage-daemon has ended"
            assert time.monotonic() < deadline, "qemu-storage-daemon does not show its disk"
            time.sleep(0.05)
        with mount(export, mounted):
            yield RecordedDisk(start=start, record=record, mounted=mounted)
    finally:
        storage.terminate()
        storage.wait()


@contextmanager
def mount(disk: Path, at: Path) -> Iterator[None]:
    """Mount the file system in a file; its kernel repairs it by its journal. Needs root."""
    run(program("mount", package="mount"), "-o", "loop,noatime", disk, at)
    try:
        yield
    finally:
        run(program("umount", package="mount"), at)
