"""A backup of the controller while it runs: the SQLite database as one state, and the files of its data folder."""

import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

AUDIT_HEADS = "audit-heads.json"
ERASURES = "erasures.json"
"""In no backup: an older one must not put back an older file. Its copy is beside them."""
ERASURES_COPY = "hallkeeper-erasures.json"
SETUP_TOKEN = "setup-token"  # noqa: S105  # a file's name
BACKUP_STATE = "backup-state.json"
"""What became of the last backup."""
BEFORE_UPGRADE = "before-upgrade"
"""The folder of copies of the database that are made before it is brought to a newer form."""


def back_up(data_dir: Path, url: URL, file: Path, *, keys: bool) -> list[str]:
    """Write a gzipped tar of what lies in ``data_dir``, readable by its owner only; the names of what is in it.

    The database at ``url`` goes through SQLite's online backup (https://sqlite.org/backup.html), so that the controller
    may run. One on PostgreSQL is not in it. ``keys``: whether the keys are. Raises ``FileExistsError`` and other
    ``OSError``, ``sqlite3.Error``; then there is no new file.
    """
    database = Path(url.database or "") if url.get_backend_name() == "sqlite" else None
    _require_free(file)
    if file.resolve().is_relative_to(data_dir.resolve()):
        raise OSError(f"{file} is inside {data_dir}, which it is a backup of; name another place")
    if not file.parent.is_dir():
        raise FileNotFoundError(f"the folder {file.parent} does not exist; create it, or name another place")
    if not data_dir.is_dir():
        raise FileNotFoundError(f"{data_dir} does not exist; there is nothing to back up yet")
    names: list[str] = []
    descriptor, draft = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # mode 0600
    try:
        with os.fdopen(descriptor, "wb") as out:
            with tarfile.open(fileobj=out, mode="w:gz") as archive:
                for name, path in data_files(data_dir, database, keys=keys):
                    if path == database:
                        _add_database(archive, path, file.parent)
                    else:
                        archive.add(path, arcname=name, recursive=False)
                    names.append(name)
            out.flush()
            os.fsync(out.fileno())
        _require_free(file)
        os.replace(draft, file)
        if (data_dir / ERASURES).is_file():
            _copy(data_dir / ERASURES, file.parent / ERASURES_COPY)
    finally:
        Path(draft).unlink(missing_ok=True)
    return names


def data_files(data_dir: Path, database: Path | None, *, keys: bool) -> Iterator[tuple[str, Path]]:
    """What belongs in a backup, by its name in it, in the order in which it must be read; ``database`` itself through
    ``copy_sqlite``."""
    heads = data_dir / AUDIT_HEADS
    if heads.is_file():  # before the database, which then has every row that they were signed for
        yield AUDIT_HEADS, heads
    if database is not None:
        yield database.name, database
    for path in sorted(data_dir.rglob("*")):
        name = path.relative_to(data_dir)
        if path.is_file() and not path.is_symlink() and not _left_out(path, name, database, keys=keys):
            yield str(name), path


def copy_sqlite(database: Path, copy: Path) -> None:
    """In one step: between two steps any write of the controller would restart the copy. Raises ``sqlite3.Error``."""
    with (
        closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")


def _copy(source: Path, target: Path) -> None:
    """In place of an older copy, readable by its owner only."""
    descriptor, draft = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    with os.fdopen(descriptor, "wb") as out:
        out.write(source.read_bytes())
        out.flush()
        os.fsync(out.fileno())
    os.replace(draft, target)


def _require_free(file: Path) -> None:
    if file.exists():
        raise FileExistsError(f"{file} already exists; name another file")


def _add_database(archive: tarfile.TarFile, database: Path, scratch: Path) -> None:
    with tempfile.TemporaryDirectory(dir=scratch, prefix=".hallkeeper-backup-") as folder:
        copy = Path(folder) / database.name
        copy_sqlite(database, copy)
        archive.add(copy, arcname=database.name, recursive=False)


def _left_out(path: Path, name: Path, database: Path | None, *, keys: bool) -> bool:
    if database is not None and path.name.startswith(database.name) and path.parent == database.parent:
        return True
    return (
        (not keys and name.parts[0] == "keys")
        or any(part.startswith(".") for part in name.parts)
        or name.parts[0] in {SETUP_TOKEN, AUDIT_HEADS, ERASURES, BACKUP_STATE, BEFORE_UPGRADE}
    )
