"""Makes a backup by restic, restores it at once to another place, and compares: only one that was equal is good."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import msgspec

from controller.db.backup import ERASURES, ERASURES_COPY, data_files
from controller.platform.backups import databases
from controller.platform.backups.restic import BackupFault, Locked, NoRepository, Restic
from controller.platform.backups.state import BackupState, read_state, write_state
from controller.platform.settings import Settings
from edge.wire.clock import Clock

MANIFEST = "backup.json"
SCRATCH = ".backup"
"""The folder in the data folder in which a backup is put together and tested; it is in no backup."""

Say = Callable[[str], None]


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup is of. ``made_at``: in UTC, ISO 8601. ``database``: the name of its file, or of the dump.
    ``revision``: the form of the database. ``rows``: by table. ``files``: the SHA-256 of each, in hex."""

    version: str
    made_at: str
    database: str
    revision: str
    rows: dict[str, int]
    files: dict[str, str]


def back_up(settings: Settings, clock: Clock, *, say: Say, new_repository: bool = False) -> BackupState:
    """Make a backup, test it, forget those that are too old, and note what became of it. ``new_repository``: begin a
    new one where the earlier is gone. Raises ``BackupFault``, ``OSError``."""
    data_dir = settings.data_dir
    if not data_dir.is_dir():
        raise BackupFault(f"{data_dir} does not exist; there is nothing to back up yet")
    before = read_state(data_dir) or BackupState(tried_at=clock.now())
    state = msgspec.structs.replace(before, tried_at=clock.now(), fault="")
    try:
        with scratch(data_dir) as folder:
            state = _back_up(settings, folder, state, say, new_repository=new_repository)
    except (BackupFault, OSError) as error:
        why = str(error) if isinstance(error, BackupFault) or error.errno is None else _words(error)
        write_state(data_dir, msgspec.structs.replace(state, fault=why))
        raise BackupFault(why) from error
    write_state(data_dir, state)
    return state


def _back_up(settings: Settings, folder: Path, state: BackupState, say: Say, *, new_repository: bool) -> BackupState:
    restic = Restic(settings.backup, say=Percent(say))
    tree = folder / "tree"
    tree.mkdir()
    say("Copying the database and the files ...")
    made = put_together(settings, tree, made_at=state.tried_at.isoformat())
    say(f"Storing {len(made.files)} files in {restic.place} ...")
    snapshot, added = _store(restic, tree, state, new=new_repository)
    shutil.rmtree(tree)  # before it is restored, so that there is room for one copy only
    say(f"Restoring backup {snapshot} to test it ...")
    restored = folder / "restored"
    restic.restore(snapshot, restored)
    found = checked(settings, restored)
    if found != made:
        raise BackupFault(f"backup {snapshot} is not equal to what was stored; look at the disk of {restic.place}")
    backup = settings.backup
    keep = {"daily": backup.keep_daily, "weekly": backup.keep_weekly, "monthly": backup.keep_monthly}
    try:
        restic.forget(**keep)
    except Locked:
        restic.unlock()
        restic.forget(**keep)
    rows = sum(made.rows.values())
    sizes = f"{len(made.files)} files, {rows} rows in {len(made.rows)} tables"
    say(f"Backup {snapshot} was restored and is equal: {sizes}.")
    return msgspec.structs.replace(
        state,
        place=restic.place,
        good_at=state.tried_at,
        snapshot=snapshot,
        files=len(made.files),
        tables=len(made.rows),
        rows=rows,
        added=added,
    )


def _store(restic: Restic, tree: Path, state: BackupState, *, new: bool) -> tuple[str, int]:
    """As ``Restic.back_up``. A repository that is not there is made, unless there was one at this place."""
    try:
        return restic.back_up(tree)
    except NoRepository:
        if state.place == restic.place and not new:
            raise BackupFault(
                f"the backups at {restic.place} are gone; mount their disk again, or, if they are lost, begin others "
                "with `hallkeeper controller backup --new-repository`"
            ) from None
        restic.create()
    return restic.back_up(tree)


def put_together(settings: Settings, tree: Path, *, made_at: str) -> Manifest:
    """Copy into ``tree`` what is to be stored, with a manifest. Raises ``BackupFault``, ``OSError``."""
    data_dir, url = settings.data_dir, settings.database_url
    database = databases.sqlite_file(url)
    _require_room(tree, database)
    name, revision, rows = "", "", dict[str, int]()
    for each, path in data_files(data_dir, database, keys=settings.backup.keys):
        target = tree / each
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if path == database:
            name, revision, rows = databases.copy(url, tree)
        else:
            shutil.copy2(path, target)
    if database is None:
        name, revision, rows = databases.copy(url, tree)
    if (data_dir / ERASURES).is_file():
        shutil.copy2(data_dir / ERASURES, tree / ERASURES_COPY)
    made = Manifest(
        version=version("hallkeeper"),
        made_at=made_at,
        database=name,
        revision=revision,
        rows=rows,
        files=_hashes(tree),
    )
    (tree / MANIFEST).write_bytes(msgspec.json.encode(made))
    return made


def checked(settings: Settings, restored: Path) -> Manifest:
    """The manifest of what was restored into a folder, once all that it says is so. Raises ``BackupFault``."""
    try:
        manifest = msgspec.json.decode((restored / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError) as error:
        raise BackupFault(f"the backup has no readable {MANIFEST}; it is damaged, or not Hallkeeper's") from error
    files = {name: digest for name, digest in _hashes(restored).items() if name != MANIFEST}
    if wrong := sorted(name for name, _ in manifest.files.items() ^ files.items()):
        raise BackupFault(f"the backup is damaged: {', '.join(wrong[:5])}; look at the disk that it is on")
    is_dump = manifest.database == databases.DUMP
    if is_dump != (databases.sqlite_file(settings.database_url) is None):
        kind = "PostgreSQL" if is_dump else "SQLite"
        raise BackupFault(f"the backup is of a database on {kind}; set `database` in the settings to one of that kind")
    revision, rows = databases.check(settings.database_url, restored / manifest.database)
    if revision != manifest.revision:
        raise BackupFault(f"the restored database has form {revision} and not {manifest.revision}")
    if other := sorted(name for name, _ in rows.items() ^ manifest.rows.items()):
        raise BackupFault(f"the restored database has other numbers of rows in {', '.join(other[:5])}")
    return manifest


@contextmanager
def scratch(data_dir: Path) -> Iterator[Path]:
    """An empty folder that nobody else may read, for one command at a time, and gone afterwards. Raises
    ``BackupFault``."""
    folder = data_dir / SCRATCH
    folder.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupFault("another backup or restore is under way; wait until it has ended") from None
        _empty(folder)  # what one left that was killed
        yield folder
        _empty(folder)
    except BaseException:
        _empty(folder)
        raise
    finally:
        os.close(descriptor)


def _empty(folder: Path) -> None:
    for each in folder.iterdir():
        shutil.rmtree(each)


def _require_room(folder: Path, database: Path | None) -> None:
    """Where nobody knows how large a dump will be, the disk says so by itself."""
    needed = database.stat().st_size if database is not None and database.exists() else 0
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise BackupFault(
            f"a copy of the database needs {needed >> 20} MB, and {free >> 20} MB are free at {folder}; make room there"
        )


def _hashes(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file, by its name from the folder."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                found[str(path.relative_to(folder))] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def _words(error: OSError) -> str:
    return f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error)


class Percent:
    """Says every quarter of a step once."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._last = 0

    def __call__(self, percent: int) -> None:
        if percent < self._last:
            self._last = 0
        if 100 > percent >= self._last + 25:
            self._last = percent
            self._say(f"  {percent} %")
