"""Reads the audit log, and records that it was read."""

from collections.abc import Sequence

import msgspec

from controller.db.engine import Database, Tx
from controller.people.model import Actor
from controller.people.permissions import Action, Thing, may
from controller.platform.csv_import.spreadsheet import write_sheet
from controller.privacy.audit import repository
from controller.privacy.audit.model import AuditEntry, AuditFilter
from controller.records.audit import audit_log
from edge.wire.clock import Clock

COLUMNS = (
    "id",
    "at",
    "site",
    "user_id",
    "user",
    "actor",
    "source",
    "address",
    "act",
    "thing",
    "reason",
    "changes",
    "seq",
)


HIDDEN = ("(hidden)", "(hidden)")
_CONTACTS = audit_log.PERSONAL - {"title"}


class AuditService:
    """The caller checks permissions."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def entries(self, which: AuditFilter, *, before: int | None, limit: int, actor: Actor) -> list[AuditEntry]:
        """The newest first; ``before``: older than the row of that id; without names and contacts for who may not see
        them. Each reading is a row of its own."""

        async with self._database.read() as tx:
            found = await repository.entries(tx, which, before=before, limit=limit)
            user = await repository.user_of(tx, which.who) if which.who else None
        asked = msgspec.to_builtins(which)
        if user is not None:  # no names in what is chained for good
            asked |= {"user_id": user}
            del asked["who"]

        async def record(tx: Tx) -> None:
            await audit_log.record(
                tx,
                actor=actor.name,
                at=self._clock.now(),
                act="read the audit log",
                thing="audit log",
                site=which.site or None,
                changes={name.rstrip("_"): (None, value) for name, value in asked.items()},
            )

        await self._database.run(record)  # apart: the reading may be long, and SQLite has one writer at a time
        return found if may(actor, Action.CONTACT, Thing()) else [_without_contacts(each) for each in found]


def _without_contacts(entry: AuditEntry) -> AuditEntry:
    """That such a value changed stays visible."""
    changes = {name: HIDDEN if name in _CONTACTS else both for name, both in entry.changes.items()}
    return msgspec.structs.replace(entry, changes=changes)


def as_csv(found: Sequence[AuditEntry]) -> bytes:
    """A line for each row; ``changes`` as JSON."""
    rows = []
    for each in found:
        values = {name: getattr(each, name) for name in COLUMNS}
        values |= {"at": each.at.isoformat(), "changes": audit_log.encoded(each.changes)}
        rows.append({name: "" if value is None else str(value) for name, value in values.items()})
    return write_sheet(COLUMNS, rows)
