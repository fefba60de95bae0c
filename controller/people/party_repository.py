"""All SQL about parties and memberships. ``party``, ``parties``, ``tier_of``, ``tier_to_book`` are for every domain."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, delete, func, insert, or_, select, update

from controller.db.engine import Tx
from controller.db.row_mapping import all_of, first_of, struct_of
from controller.people.model import Actor, Membership, Party, PartyDraft, PartyFilter, PartyKind, Tier
from controller.people.permissions import sees_party
from controller.people.repository import name_key
from controller.people.tables import assignments, memberships, users
from controller.people.tables import parties as table
from controller.platform.web.problem import invalid_field

_LOCK = 0x9EA2_71E5
_AT_ONCE = 500
"""Ids asked for in one statement."""

_its = table.alias("organisation")
_tier = func.coalesce(table.c.tier, _its.c.tier, Tier.COMMUNITY.value)
_from = table.outerjoin(_its, _its.c.id == table.c.organisation)
_OWN = ("own_tier", "tier")
_COLUMNS = (
    *(table.c[name] for name in Party.__struct_fields__ if name not in _OWN),
    table.c.tier.label("own_tier"),
    _tier.label("tier"),
)


async def party(tx: Tx, party_id: str) -> Party | None:
    return await first_of(tx, Party, _select().where(table.c.id == party_id))


async def parties(tx: Tx, ids: Iterable[str]) -> dict[str, Party]:
    """Those of the parties that there are, by id."""
    wanted = sorted(set(ids))
    found: dict[str, Party] = {}
    for at in range(0, len(wanted), _AT_ONCE):
        rows = await tx.execute(_select().where(table.c.id.in_(wanted[at : at + _AT_ONCE])))
        found |= {row["id"]: struct_of(Party, row) for row in rows.mappings()}
    return found


def with_mail_address(key: str) -> Select[tuple[str]]:
    """The ids of parties with the mail address that has that ``email_key``, as a subquery."""
    return select(table.c.id).where(func.lower(table.c.contact_email) == key)


async def tier_of(tx: Tx, party_id: str | None) -> Tier:
    """The tier that holds for a party, ended or not; community for nobody in particular. One statement.

    Raises ``Invalid`` naming ``party`` where there is none.
    """
    if party_id is None:
        return Tier.COMMUNITY
    found: str | None = (await tx.execute(select(_tier).select_from(_from).where(table.c.id == party_id))).scalar()
    if found is None:
        raise _unknown(party_id)
    return Tier(found)


async def tier_to_book(tx: Tx, party_id: str | None, actor: Actor) -> Tier:
    """As ``tier_of``, for a booking that is to be made: also raises ``Invalid`` for a party that has ended, and for one
    of a site that the actor has not.

    In a transaction that writes, nobody deletes the party before it ends.
    """
    if party_id is None:
        return Tier.COMMUNITY
    query = (
        select(_tier.label("tier"), table.c.ended_at, table.c.name, table.c.site)
        .select_from(_from)
        .where(table.c.id == party_id)
    )
    if not _reads_only(tx):
        query = query.with_for_update(read=True, key_share=True, of=table)
    row = (await tx.execute(query)).first()
    if row is None or not sees_party(actor, party_id, row.site):
        raise _unknown(party_id)
    if row.ended_at is not None:
        raise invalid_field("party", f"“{row.name}” is no longer active and cannot book; choose another party")
    return Tier(row.tier)


async def listed(
    tx: Tx,
    which: PartyFilter,
    *,
    sites: Collection[str] | None = None,
    after: str | None = None,
    limit: int,
) -> list[Party]:
    """Parties in the order of their ids, from the one behind ``after``. ``sites``: only those of these sites and of the
    estate."""
    query = _select().where(table.c.id > (after or "")).order_by(table.c.id).limit(limit)
    if sites is not None:
        query = query.where(or_(table.c.site.is_(None), table.c.site.in_(sorted(sites))))
    if which.search:
        query = query.where(table.c.name_key.contains(name_key(which.search), autoescape=True))
    if which.kind is not None:
        query = query.where(table.c.kind == which.kind.value)
    if which.tier is not None:
        query = query.where(_tier == which.tier.value)
    if which.organisation is not None:
        query = query.where(table.c.organisation == which.organisation)
    if which.member is not None:
        query = query.where(table.c.id.in_(select(memberships.c.party).where(memberships.c.member == which.member)))
    if which.ended is not None:
        query = query.where(table.c.ended_at.is_not(None) if which.ended else table.c.ended_at.is_(None))
    if which.unanswered_at is not None:
        query = query.where(*_unanswered(which.unanswered_at))
    return await all_of(tx, Party, query)


async def answered_by(tx: Tx, text: str, *, limit: int) -> list[str]:
    """Ids of the parties that have ``text`` in whom to ring for them. Ignores case."""
    fields = (table.c.contact_name, table.c.contact_phone)
    has = or_(*(func.lower(field).contains(text.lower(), autoescape=True) for field in fields))
    return list(await tx.scalars(select(table.c.id).where(has).order_by(table.c.id).limit(limit)))


def _unanswered(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Of an active party that is no person: nobody answers for it now."""
    person = table.alias("person")
    there = select(person.c.id).where(person.c.id == table.c.responsible, person.c.ended_at.is_(None))
    its = assignments.c
    user = select(its.id).where(
        its.user_id == table.c.responsible_user,
        its.party == table.c.id,
        its.from_at.is_(None) | (its.from_at <= now),
        its.until_at.is_(None) | (its.until_at > now),
        users.c.id == its.user_id,
        users.c.ended_at.is_(None),
    )
    return (
        table.c.kind != PartyKind.PERSON.value,
        table.c.ended_at.is_(None),
        ~there.exists(),
        ~user.exists(),
    )


async def set_ended(tx: Tx, party_id: str, ended_at: datetime | None, *, actor: str, now: datetime) -> None:
    row = {"ended_at": ended_at, "changed_at": now, "changed_by": actor[:200]}
    await tx.execute(update(table).where(table.c.id == party_id).values(row))


async def put_responsible(
    tx: Tx, party_id: str, *, person: str | None, user_id: str | None, actor: str, now: datetime
) -> None:
    row = {"responsible": person, "responsible_user": user_id, "changed_at": now, "changed_by": actor[:200]}
    await tx.execute(update(table).where(table.c.id == party_id).values(row))


async def lock(tx: Tx) -> None:
    """Make this transaction the only one that writes parties until it ends. Bookings do not wait for it."""
    if tx.dialect.name == "postgresql":
        await tx.execute(select(func.pg_advisory_xact_lock(_LOCK)))


async def add(tx: Tx, drafts: Mapping[str, PartyDraft], *, actor: str, now: datetime) -> None:
    """Write new parties, by id. What they refer to is there or comes before them."""
    stamp = {"created_at": now, "created_by": actor[:200], "changed_at": now, "changed_by": actor[:200]}
    rows = [
        _row(draft) | stamp | {"id": each, "ended_at": now if draft.ended else None} for each, draft in drafts.items()
    ]
    if rows:
        await tx.execute(insert(table), rows)


async def change(tx: Tx, old: Party, draft: PartyDraft, *, actor: str, now: datetime) -> None:
    """Write a party that is there. One that had ended already did so when it did."""
    ended_at = (old.ended_at or now) if draft.ended else None
    row = _row(draft) | {"ended_at": ended_at, "changed_at": now, "changed_by": actor[:200]}
    if draft.responsible is not None:
        row["responsible_user"] = None
    await tx.execute(update(table).where(table.c.id == old.id).values(row))


PartyHook = Callable[[Tx, str, datetime], Awaitable[None]]
"""Called with a party that is to be reached elsewhere from now on, in the transaction that says so."""


def reached_elsewhere(old: Party, draft: PartyDraft) -> bool:
    """Whether mails or calls for a party go elsewhere from now on."""
    return (old.contact_email, old.contact_phone) != (draft.contact_email, draft.contact_phone)


async def blank(tx: Tx, old: Party, *, name: str, actor: str, now: datetime) -> None:
    """Delete what is known of a party but its id, kind, tier, organisation and, for ``name``, the name given."""
    row = {
        "name": name,
        "name_key": name_key(name),
        "contact_name": "",
        "contact_phone": "",
        "contact_email": "",
        "notes": "",
        "responsible": None,
        "responsible_user": None,
        "ended_at": old.ended_at or now,
        "forgotten_at": now,
        "changed_at": now,
        "changed_by": actor[:200],
    }
    await tx.execute(update(table).where(table.c.id == old.id).values(row))
    await tx.execute(delete(memberships).where(memberships.c.member == old.id))


async def hold(tx: Tx, party_id: str) -> None:
    """Wait for bookings that are being made for the party; later ones find it as this transaction leaves it."""
    await tx.execute(select(table.c.id).where(table.c.id == party_id).with_for_update())


async def remove(tx: Tx, party_id: str) -> None:
    """Delete a party with its memberships. Nothing else names it, and ``hold`` was called."""
    mine = (memberships.c.party == party_id) | (memberships.c.member == party_id)
    await tx.execute(delete(memberships).where(mine))
    await tx.execute(delete(table).where(table.c.id == party_id))


async def groups_of(tx: Tx, person: str) -> list[str]:
    """The groups and organisations that a person is in."""
    query = select(memberships.c.party).where(memberships.c.member == person).order_by(memberships.c.party)
    return list((await tx.execute(query)).scalars())


async def members(tx: Tx, party_id: str, *, after: str | None, limit: int) -> list[Membership]:
    """The people in a group or an organisation, in the order of their ids."""
    mine = memberships.c.party == party_id
    query = _memberships(mine, memberships.c.member > (after or "")).order_by(memberships.c.member).limit(limit)
    return await all_of(tx, Membership, query)


async def membership(tx: Tx, party_id: str, member: str) -> Membership | None:
    query = _memberships(memberships.c.party == party_id, memberships.c.member == member)
    return await first_of(tx, Membership, query)


async def put_membership(tx: Tx, value: Membership, *, new: bool) -> None:
    row = {name: field for name, field in msgspec.structs.asdict(value).items() if name != "name"}
    if new:
        await tx.execute(insert(memberships).values(row))
        return
    mine = (memberships.c.party == value.party, memberships.c.member == value.member)
    await tx.execute(update(memberships).where(*mine).values(row))


async def remove_membership(tx: Tx, party_id: str, member: str) -> bool:
    """True when there was one."""
    mine = (memberships.c.party == party_id, memberships.c.member == member)
    return bool((await tx.execute(delete(memberships).where(*mine))).rowcount)


def _select() -> Select[*tuple[Any, ...]]:
    return select(*_COLUMNS).select_from(_from)


def _row(draft: PartyDraft) -> dict[str, object]:
    row = {name: field for name, field in msgspec.structs.asdict(draft).items() if name != "ended"}
    return row | {
        "kind": draft.kind.value,
        "name_key": name_key(draft.name),
        "tier": None if draft.tier is None else draft.tier.value,
    }


def _memberships(*which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    columns: Sequence[ColumnElement[object]] = tuple(
        memberships.c[name] for name in Membership.__struct_fields__ if name != "name"
    )
    return (
        select(*columns, table.c.name).join_from(memberships, table, table.c.id == memberships.c.member).where(*which)
    )


def _unknown(party_id: str) -> Exception:
    return invalid_field("party", f"there is no party {party_id!r}; look it up in the list of parties")


def _reads_only(tx: Tx) -> bool:
    """Whether PostgreSQL would refuse a lock here; SQLite knows none."""
    return bool(tx.sync_connection and tx.sync_connection.get_execution_options().get("postgresql_readonly"))
