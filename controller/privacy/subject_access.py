"""Everything that is stored about somebody in one archive, for a subject access request (UK GDPR, article 15)."""

import asyncio
import io
import zipfile
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any

import msgspec
from sqlalchemy import Column, ColumnElement, LargeBinary, Table, or_, select

from controller.access.holders import repository as holders
from controller.access.holders.model import HolderUnknown
from controller.access.members.model import MemberUnknown
from controller.db.engine import NAMES_ACTOR, Database, Tx, metadata
from controller.notices import call_repository
from controller.people import party_repository
from controller.people import repository as people
from controller.people.documents.service import DocumentFile, DocumentService
from controller.people.erasure import naming_columns
from controller.people.errors import PartyUnknown, UserUnknown
from controller.people.model import Actor
from controller.privacy.audit import repository as audit
from controller.privacy.audit.model import AuditFilter
from controller.privacy.schedule_text import SCHEDULE
from controller.privacy.schemas import Subject
from controller.records.audit import audit_log
from controller.telemetry.repository import accesses_of
from edge.wire.clock import Clock

_SECRET = frozenset({"sealed", "password_hash", "token_hash", "link_hash", "code", "card", "pin", "address_tag"})
"""Columns that open something, or that mean nothing outside this database."""
_ENTRY = ("at", "site", "act", "thing", "reason", "changes")
"""What an entry of the audit log says of the party, without who did it and from where."""
_OWN_ENTRY = ("at", "site", "act", "thing", "address", "reason")
"""What an entry says of the user who did it."""
_MOST = 10_000
"""Entries of the audit log at most, the newest."""
Rows = Sequence[Mapping[str, Any]]


class SubjectAccess:
    """The caller checks permissions."""

    def __init__(self, database: Database, clock: Clock, documents: DocumentService) -> None:
        self._database = database
        self._clock = clock
        self._documents = documents

    async def export(self, subject: Subject, which: str, *, actor: Actor) -> bytes:
        """A zip with ``data.json``, ``index.html`` and the files of a party's documents. ``which``: the id. Raises
        ``PartyUnknown``, ``UserUnknown``, ``HolderUnknown``, ``MemberUnknown``, ``CannotUnseal``."""
        async with self._database.read() as tx:
            name = await _NAMES[subject](tx, which)
            data = await _collected(tx, subject, which)
            files = await self._documents.files_of(tx, which) if subject is Subject.PARTY else []
        now = self._clock.now()
        await self._database.run(self._record, f"{subject} {which}", actor, now)
        return await asyncio.to_thread(_archive, name, {subject.value: which}, data, files, now)

    async def _record(self, tx: Tx, thing: str, actor: Actor, now: datetime) -> None:
        await audit_log.record(tx, actor=actor.name, at=now, act="export personal data", thing=thing)


async def _party_name(tx: Tx, party: str) -> str:
    found = await party_repository.party(tx, party)
    if found is None:
        raise PartyUnknown(party)
    return found.name


async def _user_name(tx: Tx, user_id: str) -> str:
    found = await people.user(tx, user_id)
    if found is None:
        raise UserUnknown(user_id)
    return found.name


async def _holder_name(tx: Tx, holder_id: str) -> str:
    found = await holders.holder(tx, holder_id)
    if found is None:
        raise HolderUnknown(holder_id)
    return found.draft.name


async def _member_name(tx: Tx, member_id: str) -> str:
    """What the page calls a member, whose name nobody here knows."""
    members = metadata.tables["members"]
    if (await tx.execute(select(members.c.id).where(members.c.id == member_id))).scalar() is None:
        raise MemberUnknown(member_id)
    return f"member {member_id}"


_NAMES: dict[Subject, Callable[[Tx, str], Awaitable[str]]] = {
    Subject.PARTY: _party_name,
    Subject.USER: _user_name,
    Subject.HOLDER: _holder_name,
    Subject.MEMBER: _member_name,
}
_OWN: dict[Subject, tuple[str, str]] = {
    Subject.USER: ("users", "user_id"),
    Subject.HOLDER: ("holders", "holder"),
    Subject.MEMBER: ("members", "member"),
}
"""The table of them, and the column by which other tables name them."""
_APART = frozenset({"memberships", "audit_rows", "audit_people"})
"""Members of groups are parties; the audit log is read by its own functions."""


async def _collected(tx: Tx, subject: Subject, which: str) -> dict[str, Rows]:
    """Rows by table: those that name them, and what the audit log and the doors say of them. Other people are in it by
    their ids only."""
    if subject is Subject.PARTY:
        return await _of_party(tx, which)
    own, column = _OWN[subject]
    conditions = {
        table: [table.c.id == which] if table.name == own else [table.c[column] == which]
        for table in metadata.sorted_tables
        if table.name == own or (column in table.c and table.name not in _APART)
    }
    found = await _rows(tx, conditions, which)
    if subject is Subject.USER and (
        entries := await audit.entries(tx, AuditFilter(who=which), before=None, limit=_MOST)
    ):
        found["audit_rows"] = [{name: getattr(each, name) for name in _OWN_ENTRY} for each in entries]
    if subject is Subject.HOLDER:
        places = metadata.tables["holder_places"].c
        sites = (await tx.execute(select(places.site).where(places.holder == which))).scalars()
        await _add_accesses(tx, found, {which}, set(sites))
    return found


async def _of_party(tx: Tx, party: str) -> dict[str, Rows]:
    """Those that name the party, those of its bookings, and calls to it."""
    which: dict[Table, list[ColumnElement[bool]]] = {}
    tables = metadata.tables
    which[tables["parties"]] = [tables["parties"].c.id == party]
    for column in naming_columns():
        if column.table is not tables["parties"]:
            which.setdefault(column.table, []).append(column == party)
    memberships = tables["memberships"].c
    which[tables["memberships"]] = [memberships.party == party, memberships.member == party]
    bookings = select(tables["bookings"].c.id).where(tables["bookings"].c.party == party)
    for each in metadata.sorted_tables:
        if "booking_id" in each.c and each not in which:
            which[each] = [each.c.booking_id.in_(bookings)]
    # By number alone: the same name may be somebody else's, with that person's number beside it.
    calls = await call_repository.manual_to(tx, party, by_name=False)
    which[tables["manual_calls"]] = [tables["manual_calls"].c.id.in_(calls)]
    which[tables["unanswered_calls"]] = [tables["unanswered_calls"].c.call.in_(calls)]
    found = await _rows(tx, which, party)
    if entries := await audit.about(tx, party, limit=_MOST):
        found["audit_rows"] = [{name: getattr(each, name) for name in _ENTRY} for each in entries]
    booked = found.get("bookings", ())
    await _add_accesses(tx, found, {each["id"] for each in booked}, {each["site"] for each in booked})
    return found


async def _rows(tx: Tx, which: Mapping[Table, Sequence[ColumnElement[bool]]], subject: str) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    for each, conditions in which.items():
        columns = [column for column in each.c if _shown(column)]
        rows = (await tx.execute(select(*columns).where(or_(*conditions)))).mappings().all()
        if rows:
            found[each.name] = [_own(each.name, row, subject) for row in rows]
    return found


async def _add_accesses(tx: Tx, found: dict[str, Rows], owners: Collection[str], sites: Collection[str]) -> None:
    """When their codes and cards were presented at doors."""
    if accesses := await accesses_of(tx, owners, sites):
        found["events"] = [
            {"at": at, "site": site, "door": data.door, "granted": data.granted, "booking": data.booking}
            for at, site, data in accesses
        ]


def _own(table: str, row: Mapping[Any, Any], party: str) -> dict[str, Any]:
    """The row; of another member of the party only who it is."""
    if table == "memberships" and row["member"] != party:
        return {name: row[name] for name in ("party", "member")}
    return dict(row)


def _shown(column: Column[Any]) -> bool:
    """Not what opens something, nor who did it."""
    return column.name not in _SECRET and column.info != NAMES_ACTOR and not isinstance(column.type, LargeBinary)


def _archive(
    name: str, whose: Mapping[str, str], data: Mapping[str, Rows], files: Sequence[DocumentFile], now: datetime
) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        content = {**whose, "made_at": now, "data": data}
        archive.writestr("data.json", msgspec.json.format(msgspec.json.encode(content), indent=2))
        archive.writestr("index.html", _page(name, data, now))
        for number, each in enumerate(files, 1):
            archive.writestr(f"documents/{number}-{each.name}", each.content)
    return out.getvalue()


def _page(name: str, data: Mapping[str, Rows], now: datetime) -> str:
    parts = [
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Your data</title>',
        f"<h1>What is stored about {escape(name)}</h1>",
        f"<p>As of {now:%-d %B %Y, %H:%M} UTC. The same is in data.json.</p>",
    ]
    for table, rows in data.items():
        line = next((each for each in SCHEDULE if table in each.tables), None)
        parts.append(f"<h2>{escape(table.replace('_', ' ').capitalize())}</h2>")
        if line is not None:
            parts.append(
                f"<p>{escape(line.personal.capitalize() or 'No personal data of its own')}. {escape(line.why)}.</p>"
            )
        for row in rows:
            facts = (
                f"<dt>{escape(key.replace('_', ' '))}</dt><dd>{escape(_text(value))}</dd>"
                for key, value in row.items()
                if value not in (None, "")
            )
            parts.append(f"<dl>{''.join(facts)}</dl><hr>")
    return "\n".join([*parts, "</html>\n"])


def _text(value: Any) -> str:
    return f"{value:%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else str(value)
