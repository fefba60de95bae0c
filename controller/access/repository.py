"""All SQL about grants and codes."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, bindparam, delete, exists, or_, select, union_all, update

from controller.access.code_generation import CodeRow, CodeWindow, NewGrant, WantedGrant
from controller.access.code_status import HeldGrant
from controller.access.tables import code_claims, codes, grants
from controller.db.compiled_sql import BulkInsert, CompiledReads, Row, RowMemo, put
from controller.db.engine import Tx, batches
from controller.estate.tables import doors, sites
from controller.telemetry.tables import edge_states
from edge.wire.credentials import CredentialKind
from edge.wire.interval import Interval


async def sealed_codes(tx: Tx, booking_ids: Sequence[str]) -> list[CodeRow]:
    """The sealed codes of bookings; bookings without a code are left out."""
    if not booking_ids:
        return []
    return [CodeRow(*row) for row in await tx.execute(_SEALED, {"ids": booking_ids})]


_CODE = tuple(codes.c[name] for name in CodeRow._fields)
_SEALED = select(*_CODE).where(codes.c.booking_id.in_(bindparam("ids", expanding=True)))


async def owned_codes(tx: Tx, owners: Collection[str]) -> list[CodeRow]:
    """All codes that these owners share."""
    return [CodeRow(*row) for row in await tx.execute(select(*_CODE).where(codes.c.owner.in_(owners)))]


async def sharing(tx: Tx, owner: str, *, now: datetime) -> list[str]:
    """The bookings with a live grant whose code is ``owner``'s."""
    live = (grants.c.ended_at.is_(None), grants.c.ends > now)
    query = select(grants.c.booking_id).distinct().join(codes, codes.c.booking_id == grants.c.booking_id)
    return list((await tx.execute(query.where(codes.c.owner == owner, *live))).scalars())


async def opened_now(tx: Tx, site: str, keys: Mapping[str, bytes], now: datetime) -> list[str]:
    """The bookings whose code opens one of these doors now. ``keys``: by door, of the code that was typed."""
    here = [and_(grants.c.door == door, grants.c.code_key == key) for door, key in keys.items()]
    window = (grants.c.ended_at.is_(None), grants.c.starts <= now, grants.c.ends > now)
    query = select(grants.c.booking_id).distinct().where(grants.c.site == site, or_(*here), *window)
    return list((await tx.execute(query)).scalars()) if here else []


async def put_codes(
    tx: Tx, rows: Sequence[CodeRow], *, replaces: Collection[str], into: BulkInsert | None = None
) -> None:
    """Store sealed codes; ``replaces``: the bookings that had others. ``into``: where the rows go, if others follow."""
    if replaces:
        await tx.execute(delete(codes).where(codes.c.booking_id.in_(replaces)))
    await put(tx, codes, [row._asdict() for row in rows], into)


async def holders(tx: Tx, *, site: str, keys: Sequence[bytes], since: datetime) -> dict[bytes, set[str]]:
    """Key -> its owners, for keys that open something after ``since``, or could have."""
    found: dict[bytes, set[str]] = defaultdict(set)
    if not keys:  # a site that has no door yet
        return found
    if len(keys) <= FEW_KEYS:
        read, given = holders_read(site, keys, since)
        rows = await read.rows(tx, **given)
    else:
        rows = [
            dict(row) for row in (await tx.execute(_HOLDERS, {"site": site, "keys": keys, "since": since})).mappings()
        ]
    for row in rows:
        found[row["code_key"]].add(row["owner"])
    return found


_HOLDERS = select(code_claims.c.code_key, code_claims.c.owner).where(
    code_claims.c.site == bindparam("site"),
    code_claims.c.code_key.in_(bindparam("keys", expanding=True)),
    code_claims.c.ends > bindparam("since"),
)
FEW_KEYS = 8
"""As many as a booking has doors, most times."""


def holders_read(site: str, keys: Sequence[bytes], since: datetime) -> tuple[CompiledReads, Mapping[str, object]]:
    """What ``holders`` reads for at most ``FEW_KEYS``."""
    given = {f"key_{at}": key for at, key in enumerate(keys)}
    return _holders_of(len(keys)), {"site": site, "since": since, **given}


@cache
def _holders_of(number: int) -> CompiledReads:
    return CompiledReads(
        select(code_claims.c.code_key, code_claims.c.owner).where(
            code_claims.c.site == bindparam("site"),
            or_(*(code_claims.c.code_key == bindparam(f"key_{at}") for at in range(number))),
            code_claims.c.ends > bindparam("since"),
        )
    )


async def insert_grants(
    tx: Tx, *, site: str, new: Sequence[NewGrant], now: datetime, into: BulkInsert | None = None
) -> None:
    """Write grants and the claims on their codes. ``into``: where the rows go, if others follow."""
    claims = [
        {
            "grant_id": each.id,
            "owner": each.owner,
            "site": site,
            "door": each.door,
            "code_key": each.code_key,
            "starts": each.window.start,
            "ends": each.window.end,
        }
        for each in new
    ]
    rows = [
        {
            "id": each.id,
            "booking_id": each.booking_id,
            "site": site,
            "door": each.door,
            "code_key": each.code_key,
            "starts": each.window.start,
            "ends": each.window.end,
            "kind": CredentialKind.BOOKING_CODE.value,
            "created_at": now,
        }
        for each in new
    ]
    await put(tx, grants, rows, into)
    await put(tx, code_claims, claims, into)


async def end_grants(tx: Tx, *, booking_ids: Sequence[str], now: datetime) -> None:
    """No longer want the grants of these bookings. Claims stay: a door may still know the code, and somebody does."""
    mine = grants.c.booking_id.in_(booking_ids)
    await tx.execute(update(grants).where(mine, grants.c.ended_at.is_(None)).values(ended_at=now))


_HELD = (
    select(
        grants.c.booking_id,
        grants.c.door,
        doors.c.name.label("door_name"),
        grants.c.code_key,
        grants.c.starts,
        grants.c.ends,
        grants.c.ended_at,
        grants.c.on_version,
        grants.c.on_at,
        grants.c.off_version,
        grants.c.off_at,
        edge_states.c.online,
        edge_states.c.since,
    )
    .select_from(
        grants.join(doors, and_(doors.c.site == grants.c.site, doors.c.id == grants.c.door)).outerjoin(
            edge_states, and_(edge_states.c.site == doors.c.site, edge_states.c.edge == doors.c.edge)
        )
    )
    .order_by(grants.c.created_at, grants.c.door, grants.c.id)
)


_HELD_BY = _HELD.where(grants.c.booking_id.in_(bindparam("ids", expanding=True)))


def _held(row: RowMapping) -> HeldGrant:
    return HeldGrant(
        window=Interval(start=row["starts"], end=row["ends"]),
        offline_since=row["since"] if row["online"] is False else None,
        **{name: row[name] for name in _HELD_PLAIN},
    )


_HELD_PLAIN = tuple(name for name in HeldGrant.__struct_fields__ if name not in ("window", "offline_since"))
"""Fields that are columns of the same name and type."""


async def held(tx: Tx, booking_ids: Sequence[str]) -> dict[str, list[HeldGrant]]:
    """Every grant these bookings ever had, oldest first, with what is known of the doors' edges."""
    found: dict[str, list[HeldGrant]] = {each: [] for each in booking_ids}
    if booking_ids:
        for row in (await tx.execute(_HELD_BY, {"ids": booking_ids})).mappings():
            found[row["booking_id"]].append(_held(row))
    return found


async def lingering(tx: Tx, site: str, *, now: datetime) -> list[HeldGrant]:
    """Every code of a site that should be off its door and may still open it. One that is wanted there again for
    the same time, as after a restore, is not among them."""
    return [_held(row) for row in (await tx.execute(_LINGERING, {"site": site, "now": now})).mappings()]


_again = grants.alias("again")
_wanted_again = exists().where(
    _again.c.booking_id == grants.c.booking_id,
    _again.c.door == grants.c.door,
    _again.c.code_key == grants.c.code_key,
    _again.c.starts == grants.c.starts,
    _again.c.ends == grants.c.ends,
    _again.c.ended_at.is_(None),
)
_lingers = (
    grants.c.site == bindparam("site"),
    grants.c.ended_at.is_not(None),
    grants.c.off_at.is_(None),
    grants.c.on_version.is_not(None),
    grants.c.ends > bindparam("now"),
)
_LINGERING = _HELD.where(*_lingers, ~_wanted_again)


def first_look_read(site: str, now: datetime) -> tuple[CompiledReads, Mapping[str, object]]:
    """A site's ``revision``, and as ``unusual`` whether any of its codes lingers or any of its edges is offline, which
    is false most of the time; no row where there is no such site. Together, because every booking asks."""
    return _FIRST_LOOK, {"site": site, "now": now}


_FIRST_LOOK = CompiledReads(
    select(
        sites.c.revision,
        or_(
            exists().select_from(grants).where(*_lingers),
            exists()
            .select_from(edge_states)
            .where(edge_states.c.site == bindparam("site"), edge_states.c.online.is_(False)),
        ).label("unusual"),
    ).where(sites.c.id == bindparam("site"))
)


async def doors_offline(tx: Tx, site: str) -> dict[str, datetime]:
    """Door id -> since when its edge is offline, for doors whose edge is offline."""
    rows = await tx.execute(_OFFLINE, {"site": site})
    return {row.id: row.since for row in rows}


_OFFLINE = (
    select(doors.c.id, edge_states.c.since)
    .join_from(doors, edge_states, and_(edge_states.c.site == doors.c.site, edge_states.c.edge == doors.c.edge))
    .where(doors.c.site == bindparam("site"), edge_states.c.online.is_(False))
)


async def wanted(
    tx: Tx, site: str, door_ids: Sequence[str], *, now: datetime, horizon: datetime, memo: RowMemo[WantedGrant]
) -> list[WantedGrant]:
    """Grants that a plan of these doors must hold, by door and start."""
    if not door_ids:
        return []
    given = _door_names(door_ids)
    return await _wanted_at(len(door_ids)).made(tx, _wanted, memo, site=site, now=now, horizon=horizon, **given)


def _door_names(door_ids: Sequence[str]) -> dict[str, object]:
    return {f"door_{at}": door for at, door in enumerate(door_ids)}


def _at_doors(doors: int) -> ColumnElement[bool]:
    return or_(*(grants.c.door == bindparam(f"door_{at}") for at in range(doors)))


def _wanted(row: Row) -> WantedGrant:
    return WantedGrant(
        id=row["id"],
        booking_id=row["booking_id"],
        door=row["door"],
        kind=CredentialKind(row["kind"]),
        code_key=row["code_key"],
        window=Interval(start=row["starts"], end=row["ends"]),
        hold_s=row["hold_s"],
        new=row["on_version"] is None,
    )


@cache
def _wanted_at(doors: int) -> CompiledReads:
    g = grants.c
    return CompiledReads(
        select(g.id, g.booking_id, g.door, g.kind, g.code_key, g.starts, g.ends, g.hold_s, g.on_version)
        .where(
            g.site == bindparam("site"),
            _at_doors(doors),
            g.ended_at.is_(None),
            g.ends > bindparam("now"),
            g.starts < bindparam("horizon"),
        )
        .order_by(g.door, g.starts, g.id)
    )


async def changed_for_plan(tx: Tx, site: str, door_ids: Sequence[str], *, now: datetime, horizon: datetime) -> bool:
    """Whether there are grants of these doors that no plan holds yet, or that the last one should no longer hold."""
    if not door_ids:
        return False
    given = _door_names(door_ids)
    return await _changed_at(len(door_ids)).first(tx, site=site, now=now, horizon=horizon, **given) is not None


_OFF_NEXT = (grants.c.ended_at.is_not(None), grants.c.on_version.is_not(None), grants.c.off_version.is_(None))
_ON_NEXT = (grants.c.ended_at.is_(None), grants.c.on_version.is_(None))


@cache
def _changed_at(doors: int) -> CompiledReads:
    g = grants.c
    here = (g.site == bindparam("site"), _at_doors(doors))
    new = select(g.id).where(*here, *_ON_NEXT, g.ends > bindparam("now"), g.starts < bindparam("horizon"))
    return CompiledReads(union_all(new, select(g.id).where(*here, g.off_at.is_(None), *_OFF_NEXT)).limit(1))


async def ended_in_plan(tx: Tx, site: str, door_ids: Sequence[str]) -> list[str]:
    """Ids of the grants of these doors that have ended and that the last plan still holds."""
    here = (grants.c.site == site, grants.c.door.in_(door_ids), grants.c.off_at.is_(None))
    return list((await tx.execute(select(grants.c.id).where(*here, *_OFF_NEXT))).scalars())


async def mark_compiled(tx: Tx, version: int, *, new: Sequence[str], gone: Sequence[str]) -> bool:
    """Record the plan ``version``, the first to hold the grants ``new``, and the first without ``gone``. False where
    one of ``new`` has ended since, so that its code may be somebody else's by now: then the plan must not be signed."""
    noted = 0
    for lot in batches(new):
        noted += (
            await tx.execute(update(grants).where(grants.c.id.in_(lot), *_ON_NEXT).values(on_version=version))
        ).rowcount
    for lot in batches(gone):
        await tx.execute(update(grants).where(grants.c.id.in_(lot), *_OFF_NEXT).values(off_version=version))
    return noted == len(new)


async def taken_off(tx: Tx, site: str, known: Iterable[tuple[str, bytes, Interval]]) -> None:
    """Grants that are wanted are not on their doors, whatever was noted. ``known``: door, key and window."""
    rows = [
        {"at_door": door, "its_key": key, "its_start": window.start, "its_end": window.end}
        for door, key, window in known
    ]
    g = grants.c
    which = (g.door == bindparam("at_door"), g.code_key == bindparam("its_key"))
    when = (g.starts == bindparam("its_start"), g.ends == bindparam("its_end"))
    if rows:
        here = update(grants).where(g.site == site, *which, *when, g.ended_at.is_(None))
        await tx.execute(here.values(on_version=None, on_at=None), rows)


async def claim(tx: Tx, claims: Sequence[Mapping[str, Any]]) -> None:
    """Claim codes for somebody at some doors, each only where nobody else has claimed it there."""
    taken: defaultdict[tuple[str, str, bytes], list[Interval]] = defaultdict(list)
    c = code_claims.c
    for lot in batches([row["code_key"] for row in claims]):
        query = select(c.site, c.door, c.code_key, c.starts, c.ends).where(c.code_key.in_(lot))
        for held in await tx.execute(query):
            taken[held.site, held.door, held.code_key].append(Interval(start=held.starts, end=held.ends))
    free: list[Mapping[str, Any]] = []
    for row in claims:
        during = Interval(start=row["starts"], end=row["ends"])
        here = taken[row["site"], row["door"], row["code_key"]]
        if not any(during.overlaps(each) for each in here):
            here.append(during)
            free.append(row)
    await put(tx, code_claims, free)


async def had_codes(tx: Tx, site: str, door: str) -> bool:
    """Whether a door ever had the code of a booking."""
    query = select(grants.c.id).where(grants.c.site == site, grants.c.door == door).limit(1)
    return (await tx.execute(query)).first() is not None


async def windows(
    tx: Tx, site: str, door_ids: Collection[str], first: datetime, last: datetime, *, longest: timedelta
) -> list[CodeWindow]:
    """The windows at these doors that hold something of ``first`` to ``last``, if they are at most ``longest``; also
    those of codes that were ended."""
    g = grants.c
    query = select(g.booking_id, g.door, g.starts, g.ends, g.ended_at).where(
        g.site == site,
        g.door.in_(door_ids),
        g.ends > first,
        g.ends <= last + longest,
        g.starts <= last,
    )
    return [CodeWindow(*row) for row in await tx.execute(query)]


async def ended_since(tx: Tx, site: str, since: datetime) -> set[str]:
    """The bookings of a site whose grants were ended at an instant or after it."""
    query = select(grants.c.booking_id).distinct().where(grants.c.site == site, grants.c.ended_at >= since)
    return set((await tx.execute(query)).scalars())


async def mark_applied(tx: Tx, site: str, door_ids: Sequence[str], *, version: int, at: datetime) -> None:
    """The doors carry out plan ``version`` since ``at``. Idempotent."""
    here = and_(grants.c.site == site, grants.c.door.in_(door_ids))
    await tx.execute(
        update(grants)
        .where(here, grants.c.on_version <= version, grants.c.on_at.is_(None), grants.c.ended_at.is_(None))
        .values(on_at=at)
    )
    ended = (here, grants.c.ended_at.is_not(None), grants.c.off_at.is_(None), grants.c.off_version <= version)
    await tx.execute(update(grants).where(*ended).values(off_at=at))
