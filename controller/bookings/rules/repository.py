"""The facts that requests are judged by: one statement each for neighbours, equipment, places and quotas, however many
requests there are, and none for what no request needs."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

import msgspec
from sqlalchemy import or_, select, text

from controller.access.induction import repository as induction
from controller.bookings.diary.model import CLAIMING, LONGEST, BookingState, Claimed
from controller.bookings.diary.tables import bookings
from controller.bookings.rules.buffers import Buffers
from controller.bookings.rules.model import FAR, Facts, Neighbour, ResourceUse, RuleContext, quartered
from controller.bookings.rules.policy_rules import covering, holding, induction_rule, needed
from controller.db.compiled_sql import CompiledReads, Row
from controller.db.engine import Instant, Tx
from controller.people.documents import repository as documents
from controller.people.documents.model import SAFEGUARDING, ValidDocument
from controller.platform.text import local_time
from edge.wire.interval import Interval

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_COUNTING = (*CLAIMING, BookingState.REQUESTED)
"""The states that a quota counts; expired holds do not."""


class _Looked(msgspec.Struct, frozen=True, kw_only=True):
    """A thing to look up for a request. ``starts`` and ``ends``: the requested time. ``wide``: the widest buffer that
    this covers, in minutes."""

    request: int
    thing: str
    starts: datetime
    ends: datetime
    wide: int = 0


async def find_facts(tx: Tx, cases: Sequence[RuleContext], *, now: datetime) -> list[Facts]:
    """What the diary says about each of these requests at one site."""
    if not cases:
        return []
    neighbours = await _neighbours(tx, cases, now)
    equipment = await _uses(tx, "equipment", list(_equipment(cases)), cases, now)
    pools = await _uses(tx, "pools", list(_pools(cases)), cases, now)
    spent = await _spent(tx, cases, now)
    shown = await _documents(tx, cases)
    inducted = await _inducted(tx, cases)
    return [
        Facts(
            neighbours=tuple(neighbours[index]),
            equipment=tuple(equipment[index]),
            pools=tuple(_by_quarters(each) for each in pools[index]),
            spent=tuple(spent[index]),
            documents=tuple(shown.get(cases[index].asked.party or "", ())),
            inducted=inducted.get(cases[index].asked.party or "", 0),
        )
        for index in range(len(cases))
    ]


def _by_quarters(use: ResourceUse) -> ResourceUse:
    booking = use.booking
    whole = msgspec.structs.replace(booking, during=quartered(booking.during))
    return msgspec.structs.replace(use, booking=whole)


# What is wanted goes in as JSON and comes out as a relation: the text of a statement is always the same, and so is how
# many rows PostgreSQL expects of it, which lets it plan once instead of every time.
_SQLITE = """
    w AS (SELECT json_extract(value, '$.request') AS request, json_extract(value, '$.thing') AS thing,
                 json_extract(value, '$.starts') AS starts, json_extract(value, '$.ends') AS ends,
                 json_extract(value, '$.wide') AS wide
          FROM json_each(:wanted))"""
_POSTGRESQL = """
    w AS (SELECT * FROM jsonb_to_recordset(CAST(:wanted AS jsonb))
                        AS w(request integer, thing text, starts timestamptz, ends timestamptz, wide integer))"""

# Claims of one atom never overlap, so that of those before a time only the last can reach into it.
_NEIGHBOURS = """
WITH {wanted}, v AS (
    SELECT w.*, COALESCE((SELECT max(p.starts) FROM claims AS p
                          WHERE p.atom = w.thing AND p.starts <= w.starts - {far}), w.starts - {far}) AS since
    FROM w)
SELECT v.request, v.thing, c.booking_id, c.starts, c.ends, c.space, c.layout, c.setup_min, c.cleardown_min,
       b.title, b.party, b.diary, b.state, b.held_until
FROM v CROSS JOIN claims AS c CROSS JOIN bookings AS b
WHERE c.atom = v.thing AND c.starts >= v.since AND c.starts < v.ends + {far} AND c.ends > v.starts - {far}
  AND (c.starts < v.ends AND c.ends > v.starts OR c.setup_min > v.wide OR c.cleardown_min > v.wide)
  AND b.id = c.booking_id"""
_USES = """
WITH {wanted}
SELECT w.request, w.thing, c.booking_id, c.starts, c.ends, c.{count} AS many, b.space, b.title, b.party, b.diary,
       b.state, b.held_until
FROM w CROSS JOIN {table} AS c CROSS JOIN bookings AS b
WHERE c.{thing} = w.thing AND c.starts > w.starts - {back} AND c.starts < w.ends AND c.ends > w.starts
  AND b.id = c.booking_id"""
_TABLES = {
    "neighbours": (_NEIGHBOURS, {}),
    "equipment": (_USES, {"table": "equipment_claims", "thing": "equipment", "count": "count"}),
    "pools": (_USES, {"table": "pool_claims", "thing": "pool", "count": "seats"}),
}


@cache
def _statement(kind: str, dialect: str) -> CompiledReads:
    template, names = _TABLES[kind]
    if dialect == "sqlite":
        far, back = (str(each // _MICROSECOND) for each in (FAR, LONGEST))
    else:
        far, back = (f"interval '{each.total_seconds():.0f} seconds'" for each in (FAR, LONGEST))
    wanted = _SQLITE if dialect == "sqlite" else _POSTGRESQL
    filled = template.format(wanted=wanted, far=far, back=back, **names)
    columns = {"starts": Instant, "ends": Instant, "held_until": Instant}
    return CompiledReads(text(filled).columns(**columns))


def _wanted(looked: Sequence[_Looked], dialect: str) -> str:
    """What ``w`` is read from; on SQLite instants are numbers, as it stores them."""
    if dialect != "sqlite":
        return msgspec.json.encode(looked).decode()
    numbers = [
        msgspec.structs.asdict(each) | {"starts": _number(each.starts), "ends": _number(each.ends)} for each in looked
    ]
    return msgspec.json.encode(numbers).decode()


def _number(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


async def _find(tx: Tx, kind: str, looked: Sequence[_Looked], cases: Sequence[RuleContext]) -> Iterator[Row]:
    """The rows for what is looked up, without the bookings that their request ignores."""
    if not looked:
        return iter(())
    dialect = tx.dialect.name
    rows = await _statement(kind, dialect).rows(tx, wanted=_wanted(looked, dialect))
    return (row for row in rows if row["booking_id"] not in cases[row["request"]].request.but)


def _booking(row: Row) -> Claimed:
    during = Interval(start=row["starts"], end=row["ends"])
    return Claimed(
        id=row["booking_id"],
        title=row["title"],
        space=row["space"],
        during=during,
        party=row["party"],
        diary=row["diary"],
    )


def _run_out(row: Row, now: datetime) -> bool:
    return bool(row["state"] == BookingState.HELD and row["held_until"] is not None and row["held_until"] <= now)


def first_reads(tx: Tx, cases: Sequence[RuleContext]) -> list[tuple[CompiledReads, Mapping[str, object]]]:
    """What ``find_facts`` reads about neighbours, equipment and places."""
    dialect = tx.dialect.name
    looked = {"neighbours": _near(cases), "equipment": list(_equipment(cases)), "pools": list(_pools(cases))}
    return [
        (_statement(kind, dialect), {"wanted": _wanted(things, dialect)}) for kind, things in looked.items() if things
    ]


def _near(cases: Sequence[RuleContext]) -> list[_Looked]:
    widest = max((max(each.buffers.setup_min, each.buffers.cleardown_min) for each in cases), default=0)
    wide = max(widest, cases[0].site_config.widest_buffer_min)
    reach = timedelta(minutes=max(2 * wide, cases[0].site_config.widest_changeover_min))
    return [
        _Looked(
            request=index,
            thing=atom,
            starts=case.asked.during.start - reach,
            ends=case.asked.during.end + reach,
            wide=wide,
        )
        for index, case in enumerate(cases)
        if not case.pool
        for atom in case.place.atoms
    ]


async def _neighbours(tx: Tx, cases: Sequence[RuleContext], now: datetime) -> dict[int, list[Neighbour]]:
    found: dict[int, list[Neighbour]] = defaultdict(list)
    for row in await _find(tx, "neighbours", _near(cases), cases):
        buffers = Buffers(layout=row["layout"], setup_min=row["setup_min"], cleardown_min=row["cleardown_min"])
        found[row["request"]].append(
            Neighbour(booking=_booking(row), atom=row["thing"], buffers=buffers, run_out=_run_out(row, now))
        )
    return found


async def _uses(
    tx: Tx, kind: str, looked: Sequence[_Looked], cases: Sequence[RuleContext], now: datetime
) -> dict[int, list[ResourceUse]]:
    found: dict[int, list[ResourceUse]] = defaultdict(list)
    for row in await _find(tx, kind, looked, cases):
        found[row["request"]].append(
            ResourceUse(booking=_booking(row), thing=row["thing"], count=row["many"], run_out=_run_out(row, now))
        )
    return found


def _equipment(cases: Sequence[RuleContext]) -> Iterator[_Looked]:
    for index, case in enumerate(cases):
        during = case.asked.during
        for name in dict.fromkeys(need.equipment for need in case.asked.equipment):
            thing = f"{case.site_config.site.id}/{name}"
            yield _Looked(request=index, thing=thing, starts=during.start, ends=during.end)


def _pools(cases: Sequence[RuleContext]) -> Iterator[_Looked]:
    for index, case in enumerate(cases):
        during = quartered(case.asked.during)
        for pool, _ in case.place.pools:
            yield _Looked(request=index, thing=pool, starts=during.start, ends=during.end)


async def _spent(tx: Tx, cases: Sequence[RuleContext], now: datetime) -> dict[int, list[Claimed]]:
    """What the party of each request has in the time that its quotas look at."""
    periods = {index: its for index, case in enumerate(cases) if (its := needed(case)) is not None}
    span = covering(periods.values())
    if span is None:
        return {index: [] for index in range(len(cases))}
    c = bookings.c
    query = select(c.id, c.title, c.space, c.party, c.starts, c.ends).where(
        c.site == cases[0].site_config.site.id,
        c.party.in_({cases[index].asked.party for index in periods}),
        c.starts >= span.starts,
        c.state.in_([each.value for each in _COUNTING]),
        or_(c.state != BookingState.HELD.value, c.held_until.is_(None), c.held_until > now),
    )
    if span.ends is not None:
        query = query.where(c.starts < span.ends)
    by_party: dict[str, list[Claimed]] = defaultdict(list)
    for row in await tx.execute(query):
        during = Interval(start=row.starts, end=row.ends)
        by_party[row.party].append(Claimed(id=row.id, title=row.title, space=row.space, during=during, party=row.party))
    found: dict[int, list[Claimed]] = defaultdict(list)
    for index, within in periods.items():
        case = cases[index]
        found[index] = [
            each for each in by_party[case.asked.party or ""] if within.has(each) and each.id not in case.request.but
        ]
    return found


async def _documents(tx: Tx, cases: Sequence[RuleContext]) -> dict[str, list[ValidDocument]]:
    """By party, what it has shown of the kinds that a request of its may have to wait for."""
    needs = {case.asked.party: rules for case in cases if case.asked.party and (rules := [*holding(case)])}
    if not needs:
        return {}
    kinds = {each.kind for its in needs.values() for each in its}
    today = local_time.local_day(cases[0].now, cases[0].site_config.site.tz)
    found = await documents.valid(tx, needs, kinds - {SAFEGUARDING}, today)
    if SAFEGUARDING in kinds:
        found += await documents.reviewed(tx, needs)
    by_party: dict[str, list[ValidDocument]] = defaultdict(list)
    for each in found:
        by_party[each.party].append(each)
    return by_party


async def _inducted(tx: Tx, cases: Sequence[RuleContext]) -> dict[str, int]:
    """By party, how many of its people have had the induction, where a request of its needs one."""
    needing = {case.asked.party for case in cases if case.asked.party and induction_rule(case) is not None}
    if not needing:
        return {}
    now, site = cases[0].now, cases[0].site_config.site
    today = local_time.local_day(now, site.tz)
    return {party: await induction.inducted(tx, site.id, party, now, today) for party in sorted(needing)}
