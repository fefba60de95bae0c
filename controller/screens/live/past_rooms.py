"""What was measured in rooms at earlier moments: movement, WiFi devices, values of sensors; unknown where nothing is.

Numbers are those of five minutes, from the roll-ups; what is yes or no is from the events.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from controller.db.engine import Tx
from controller.estate.model import SiteParts
from controller.telemetry import queries
from controller.telemetry.queries import RawEvent
from controller.telemetry.rollups.coverage import known_times
from controller.telemetry.rollups.figures import FigureSeries, StoredFigures, TooManyRows, figures, stored_figures
from controller.telemetry.rollups.fold import Step
from controller.telemetry.room_sensors.model import SILENT_AFTER
from controller.telemetry.validation import read_data
from edge.wire.events import MotionData, ReadingData
from edge.wire.interval import Interval
from edge.wire.readings import FLAGS, ReadingKind, unit

_STEP = timedelta(minutes=5)
_SHOWN = FLAGS - {ReadingKind.INPUT}
"""Of an input nobody has said what it means."""
_MEASURED_BY = {ReadingKind.MOTION: "motion", ReadingKind.PRESENCE: "presence", ReadingKind.OPEN: "contact"}


class StateSpell(msgspec.Struct, frozen=True, kw_only=True):
    """From ``starts`` until the next. ``on``: ``None`` where that is not known."""

    starts: datetime
    on: bool | None


class PastState(msgspec.Struct, frozen=True, kw_only=True):
    """What is yes or no. ``place``: the room or zone, ``name``: as it is called; ``kind``: a ``ReadingKind``."""

    place: str
    name: str
    device: str
    edge: str
    kind: str
    spells: tuple[StateSpell, ...]


class PastNumbers(msgspec.Struct, frozen=True, kw_only=True):
    """The mean of each five minutes from ``starts`` on; ``None`` where nothing is known. ``kind``: a ``ReadingKind``
    or ``stations`` of the WiFi, which are devices, not people."""

    place: str
    name: str
    device: str
    edge: str
    kind: str
    unit: str
    starts: datetime
    values: tuple[float | None, ...]


class PastRooms(msgspec.Struct, frozen=True, kw_only=True):
    """``left_out``: there is too much of it for one answer, so that nothing of it is here."""

    states: tuple[PastState, ...] = ()
    numbers: tuple[PastNumbers, ...] = ()
    left_out: bool = False


class StoredRooms(msgspec.Struct, frozen=True, kw_only=True):
    """What the rooms of a past time are made from. ``before``: of each sensor of movement the last event before
    it. ``names``: of rooms."""

    during: Interval
    names: Mapping[str, str]
    figures: StoredFigures | None
    events: Sequence[RawEvent]
    before: Sequence[RawEvent]
    left_out: bool = False


async def stored_rooms(
    tx: Tx, parts: SiteParts, during: Interval, now: datetime, *, look_back: timedelta, current: Collection[str]
) -> StoredRooms:
    """Read what ``past_rooms`` needs. ``look_back``: how long before the time movement may have been reported.
    ``current``: the edges of which all is known up to its end."""
    site, names = parts.site, {each.id: each.name for each in parts.spaces}
    stretched = Interval(start=during.start - _STEP, end=during.end)
    try:
        numbers = await stored_figures(tx, site.id, Step.FIVE_MINUTES, stretched, site.tz, now, footfall=False)
    except TooManyRows:
        return StoredRooms(during=during, names=names, figures=None, events=(), before=(), left_out=True)
    if numbers is None:
        return StoredRooms(during=during, names=names, figures=None, events=(), before=())
    horizons = {edge: now if edge in current else at for edge, at in numbers.horizons.items()}
    numbers = msgspec.structs.replace(numbers, horizons=horizons)
    sent = Interval(start=during.start - SILENT_AFTER, end=during.end)
    readings = await queries.events_during(tx, site.id, ("reading",), sent, readings=_SHOWN)
    moved = await queries.events_during(tx, site.id, ("motion",), during)
    earlier = Interval(start=during.start - look_back, end=during.start)
    before = await queries.last_of_each_device(tx, site.id, "motion", earlier)
    return StoredRooms(during=during, names=names, figures=numbers, events=[*readings, *moved], before=before)


def past_rooms(stored: StoredRooms) -> PastRooms:
    """Takes long where there is much: run it in a thread."""
    if stored.figures is None:
        return PastRooms(left_out=stored.left_out)
    return PastRooms(
        states=tuple(_states(stored, stored.figures)),
        numbers=tuple(
            PastNumbers(
                place=each.place,
                name=stored.names.get(each.place, each.place),
                device=each.device,
                edge=each.edge,
                kind=each.field,
                unit=unit(ReadingKind(each.field)) if each.field in set(ReadingKind) else "",
                starts=datetime.fromtimestamp(each.edges[0], UTC),
                values=tuple(held(each)),
            )
            for each in figures(stored.figures)
            if (each.measurement == "wifi" and each.field == "stations")
            or (each.measurement == "room" and each.field not in FLAGS)
        ),
    )


def held(series: FigureSeries) -> list[float | None]:
    """The mean of each step. Where nothing new was sent in one of which all is known, the last holds, for as long as
    the same need not be sent again."""
    found: list[float | None] = []
    last, since = None, 0
    for n, total, coverage in zip(series.n, series.total, series.coverage, strict=True):
        since += 1
        if n and total is not None:
            last, since = round(total / n, 1), 0
        elif coverage < 1 or since * _STEP > SILENT_AFTER:
            last = None
        found.append(last)
    return found


_Key = tuple[str, str, str]
"""Edge, device and kind."""


def _states(stored: StoredRooms, numbers: StoredFigures) -> Iterable[PastState]:
    changes = _changes([*stored.before, *stored.events])
    times = known_times(
        numbers.heard,
        horizons=numbers.horizons,
        present=numbers.present,
        outages=numbers.outages,
        marks=numbers.marks,
        runs=numbers.runs,
    )
    starts = {(each.edge, each.during.end) for each in numbers.outages}
    for each, known in zip(numbers.heard, times, strict=True):
        if each not in numbers.places:
            continue
        begins_off = {at for edge, at in starts if edge == each.edge}
        for kind in _SHOWN:
            its = changes.get((each.edge, each.device, kind))
            measured = _MEASURED_BY.get(kind, "room")
            told_all = (each.edge, each.device) not in numbers.runs
            if measured != each.measurement or (not its and not (told_all and kind is ReadingKind.MOTION)):
                continue
            spells = state_spells(its or [], known, stored.during, begins_off if told_all else None)
            place = numbers.places[each]
            yield PastState(
                place=place,
                name=stored.names.get(place, place),
                device=each.device,
                edge=each.edge,
                kind=kind.value,
                spells=tuple(spells),
            )


def state_spells(
    changes: Sequence[tuple[datetime, bool]],
    known: Sequence[Interval],
    during: Interval,
    begins_off: set[datetime] | None,
) -> list[StateSpell]:
    """What is yes or no during an interval. ``changes``: what was sent, in order, from before it too. ``known``: when
    the sensor is known to have worked. ``begins_off``: when its agent started, with which it is off until it says
    otherwise, and only changes are sent; ``None`` for a sensor that sends the same again."""
    found = [StateSpell(starts=during.start, on=None)]

    def say(at: datetime, on: bool | None) -> None:
        if found[-1].on is not on:
            if found[-1].starts >= at:
                found.pop()
            if not found or found[-1].on is not on:
                found.append(StateSpell(starts=at, on=on))

    for time in known:
        if time.end <= during.start or time.start >= during.end:
            continue
        inside = [each for each in changes if time.start <= each[0] < time.end]
        sent = [each for each in inside if during.start <= each[0] < during.end]
        earlier = [on for at, on in inside if at < during.start]
        first: bool | None = earlier[-1] if earlier else None
        if first is None and begins_off is not None:
            first = not sent[0][1] if sent else (False if time.start in begins_off else None)
        say(max(time.start, during.start), first)
        for at, on in sent:
            say(at, on)
        if time.end < during.end:
            say(time.end, None)
    return found


def _changes(raw: Iterable[RawEvent]) -> Mapping[_Key, list[tuple[datetime, bool]]]:
    found: defaultdict[_Key, list[tuple[datetime, bool]]] = defaultdict(list)
    for at, _, edge, device, kind, text in sorted(raw, key=lambda each: each[:2]):
        data = read_data(kind, text)
        if isinstance(data, MotionData):
            found[edge, device, ReadingKind.MOTION].append((at, data.active))
        elif isinstance(data, ReadingData):
            for name, value in data.values.items():
                if name in _SHOWN:
                    found[edge, device, name].append((at, value == 1))
    return found
