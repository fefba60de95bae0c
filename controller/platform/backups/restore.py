"""Puts a backup of the repository back: into an empty data folder, and where it is on PostgreSQL an empty database."""

import asyncio
import shutil
from pathlib import Path

import msgspec

from controller.db.backup import BACKUP_STATE, ERASURES, ERASURES_COPY
from controller.db.instance_lock import hold
from controller.platform.backups import databases
from controller.platform.backups.restic import BackupFault, Restic
from controller.platform.backups.service import MANIFEST, SCRATCH, Manifest, Percent, Say, checked, scratch
from controller.platform.settings import Settings


def restore(settings: Settings, snapshot: str, *, say: Say) -> Manifest:
    """Restore a snapshot, or the ``latest``; what it is of. It is checked before anything is put in its place.

    Raises ``BackupFault``, ``DatabaseTaken``, ``OSError``.
    """
    data_dir, url = settings.data_dir, settings.database_url
    file = databases.sqlite_file(url)
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = "" if file is None else f"{file.name}.lock"
    there = sorted(each.name for each in data_dir.iterdir() if each.name not in {SCRATCH, BACKUP_STATE, lock})
    beside = [] if file is None else [file, *(file.with_name(f"{file.name}-{each}") for each in ("wal", "shm"))]
    there += sorted(str(each) for each in beside if each.exists() and each.parent != data_dir)
    if there:
        raise BackupFault(
            f"{data_dir} is not empty ({', '.join(there[:5])}); stop the controller and move it aside: "
            f"mv {data_dir} {data_dir}.old"
        )
    restic = Restic(settings.backup, say=Percent(say))
    with scratch(data_dir) as folder:
        restored = folder / "restored"
        say(f"Restoring backup {snapshot} from {restic.place} ...")
        restic.restore(snapshot, restored)
        say("Checking it ...")
        manifest = checked(settings, restored)
        erasures = _newest_erasures(restic)
        asyncio.run(_put_in_place(settings, restored, manifest, file))
        if erasures:
            target = data_dir / ERASURES
            target.write_bytes(erasures)
            target.chmod(0o600)
    return manifest


def _newest_erasures(restic: Restic) -> bytes:
    """Who was forgotten, as the newest backup has it, whichever is restored; empty where it has none."""
    newest = restic.snapshots()[-1].id
    manifest = msgspec.json.decode(restic.file(newest, MANIFEST), type=Manifest)
    return restic.file(newest, ERASURES_COPY) if ERASURES_COPY in manifest.files else b""


async def _put_in_place(settings: Settings, restored: Path, manifest: Manifest, file: Path | None) -> None:
    (restored / MANIFEST).unlink()
    (restored / ERASURES_COPY).unlink(missing_ok=True)
    async with hold(settings.database_url, name="`hallkeeper controller restore`"):
        if file is None:
            revision, rows = await databases.put_back(settings.database_url, restored / manifest.database)
            if (revision, rows) != (manifest.revision, manifest.rows):
                raise BackupFault("the restored database is not equal to the backup; drop it, and try again")
        await asyncio.to_thread(_move, settings.data_dir, restored, manifest.database, file)


def _move(data_dir: Path, restored: Path, database: str, file: Path | None) -> None:
    """``file``: where the database belongs, on SQLite."""
    for path in sorted(each for each in restored.rglob("*") if each.is_file()):
        name = str(path.relative_to(restored))
        target = data_dir / name if name != database else file
        if target is not None:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.move(path, target)
