"""Whether the key files are those that the database was written with.

With other keys nothing sealed in the database could be opened and no edge would trust the controller, so a missing key
is not replaced until a person has confirmed that it is lost.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import msgspec
from sqlalchemy import delete, insert, select, update

from controller.db.engine import Tx
from controller.enrolment.tables import key_files
from controller.platform.key_files import KEY_FILES, KeyFault

CODE = "code.key"
PAGE = "page.key"
SIGNING = "controller.key"
CA = "ca.key"
WATCHED = (*KEY_FILES, CA)
"""The files in ``keys/`` that nothing can replace."""
_PREFIX = b"hallkeeper key file\0"


class KeyFileFault(StrEnum):
    """A fault of a key file, as a sentence."""

    MISSING = "is missing"
    OTHER = "is not the one that this database was written with"
    OLD = "is older than this database: it was replaced"


class KnownKey(msgspec.Struct, frozen=True, kw_only=True):
    """``until``: ``None`` for the one that is in use."""

    name: str
    fingerprint: bytes
    until: datetime | None


def fingerprints(folder: Path) -> dict[str, bytes]:
    """File name -> fingerprint, of the watched files that are there."""
    files = [folder / name for name in WATCHED]
    return {file.name: hashlib.sha256(_PREFIX + file.read_bytes()).digest() for file in files if file.is_file()}


def faults(found: Mapping[str, bytes], known: list[KnownKey]) -> dict[str, KeyFileFault]:
    """File name -> what is wrong, of the files that do not go with the database; empty for a database without keys.

    A signing key that the database has never seen is newer than the database where ``code.key``, which is never
    changed, is the right one: a backup of the keys that was taken after one of the database.
    """
    wrong: dict[str, KeyFileFault] = {}
    in_use = {each.name: each.fingerprint for each in known if each.until is None}
    replaced = {(each.name, each.fingerprint) for each in known if each.until is not None}
    for name, fingerprint in in_use.items():
        if name not in found:
            wrong[name] = KeyFileFault.MISSING
        elif (name, found[name]) in replaced:
            wrong[name] = KeyFileFault.OLD
        elif found[name] != fingerprint:
            wrong[name] = KeyFileFault.OTHER
    if wrong.get(SIGNING) is KeyFileFault.OTHER and CODE not in wrong:
        del wrong[SIGNING]
    return wrong


async def known_keys(tx: Tx) -> list[KnownKey]:
    rows = await tx.execute(select(key_files.c.name, key_files.c.fingerprint, key_files.c.until))
    return [KnownKey(**row) for row in rows.mappings()]


async def require_known(tx: Tx, folder: Path) -> None:
    """Raises ``KeyFault`` where the files in a folder do not go with the database."""
    wrong = faults(fingerprints(folder), await known_keys(tx))
    if wrong:
        said = "; ".join(f"{folder / name} {fault}" for name, fault in wrong.items())
        raise KeyFault(
            f"{said}. Put the files back from the backup of the keys; if they are lost for good, "
            "`hallkeeper controller new-keys` says what that costs, and makes new ones"
        )


async def record(tx: Tx, folder: Path, now: datetime) -> None:
    """The files in a folder are those in use from now on. Idempotent."""
    found = fingerprints(folder)
    in_use = {each.name: each.fingerprint for each in await known_keys(tx) if each.until is None}
    for name, fingerprint in found.items():
        if in_use.get(name) == fingerprint:
            continue
        here = (key_files.c.name == name) & key_files.c.until.is_(None)
        await tx.execute(update(key_files).where(here).values(until=now))
        await tx.execute(delete(key_files).where(key_files.c.name == name, key_files.c.fingerprint == fingerprint))
        await tx.execute(insert(key_files).values(name=name, fingerprint=fingerprint, since=now))
