"""A copy of the database before a new release changes its form: the way back, since revisions have none."""

import asyncio
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from controller.db.backup import BEFORE_UPGRADE, copy_sqlite
from controller.db.migrations import known_revisions, newest_revision, stored_revision
from controller.db.postgresql_engine import following
from controller.platform.backups import databases
from controller.platform.backups.restic import BackupFault
from controller.platform.settings import Settings

KEPT = 3
"""So many copies stay: of the last upgrades."""


async def copy_before_upgrade(settings: Settings) -> Path | None:
    """Copy a database that is about to be upgraded to ``before-upgrade/REVISION`` in the data folder; ``None`` where
    nothing is to be upgraded, or the settings want no copy. To be called while no controller has the database.

    Raises ``BackupFault``, also where a newer release has written the database, ``OSError``, ``SQLAlchemyError``.
    """
    url = settings.database_url
    file = databases.sqlite_file(url)
    revision = await _revision(url) if file is None else await asyncio.to_thread(_sqlite_revision, file)
    if revision is None or revision == newest_revision():
        return None
    if revision not in known_revisions():
        raise BackupFault(
            f"a newer release of Hallkeeper has written the database (form {revision}, and this one knows "
            f"{newest_revision()}); install that release again, or put back the copy that it made before its upgrade: "
            'docs/restore.md, "Going back"'
        )
    if not settings.backup.before_upgrade:
        return None
    folder = settings.data_dir / BEFORE_UPGRADE
    target = folder / f"{revision}{'.dump' if file is None else '.db'}"
    draft = target.with_name(f".{target.name}")
    await asyncio.to_thread(_make_room, folder, draft, file)
    try:
        if file is None:
            await databases.dump(url, draft)
        else:
            await asyncio.to_thread(copy_sqlite, file, draft)
    except BaseException as error:
        draft.unlink(missing_ok=True)  # on a full disk it has taken what was left, for everything else there too
        if not isinstance(error, BackupFault | sqlite3.Error):
            raise
        raise BackupFault(
            f"the database cannot be copied before its upgrade: {error}. Without a copy there is no way back: set "
            "before_upgrade = false under [backup] to upgrade all the same"
        ) from error
    await asyncio.to_thread(_keep, draft, target)
    return target


async def _revision(url: URL) -> str | None:
    engine = create_async_engine(following(url), hide_parameters=True, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            return await stored_revision(connection)
    finally:
        await engine.dispose()


def _sqlite_revision(file: Path) -> str | None:
    """Raises ``BackupFault`` where it cannot be read."""
    if not file.exists():
        return None
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as database:
            if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
                return None
            return str(database.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    except sqlite3.Error as error:
        raise BackupFault(
            f"the database {file} cannot be read: {error}; docs/restore.md says how to restore it"
        ) from error


def _make_room(folder: Path, draft: Path, file: Path | None) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    draft.unlink(missing_ok=True)
    for old in _copies(folder)[KEPT - 1 :]:
        old.unlink()
    needed, free = file.stat().st_size if file is not None else 0, shutil.disk_usage(folder).free
    if free < needed:
        raise BackupFault(
            f"the copy of the database before its upgrade needs {needed >> 20} MB, and {free >> 20} MB are free at "
            f"{folder}; make room there"
        )


def _keep(draft: Path, target: Path) -> None:
    draft.chmod(0o600)
    descriptor = os.open(draft, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    draft.replace(target)


def _copies(folder: Path) -> list[Path]:
    """The newest first."""
    found = [each for each in folder.iterdir() if each.is_file()]
    return sorted(found, key=lambda each: each.stat().st_mtime, reverse=True)
