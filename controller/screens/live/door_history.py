"""How a door was at earlier moments, from what its edge reported. Pure.

Late events count: a door is shown as it was, not as it was shown then. Where nothing says how it was, it is unknown.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from edge.wire.events import BootData, DoorChange, DoorData, EventData, FaultData
from edge.wire.faults import FaultCode
from edge.wire.interval import Interval

KINDS = ("door", "fault", "boot")
ALARMS = frozenset({"forced", "held", "glass"})
_STANDS_OPEN = {DoorChange.FORCED: "forced", DoorChange.HELD: "held", DoorChange.CLEARED: None}
_BROKEN = {DoorChange.GLASS_BROKEN: True, DoorChange.GLASS_WHOLE: False}


class PastEvent(NamedTuple):
    """``seq``: its number in the log of its edge."""

    at: datetime
    seq: int
    edge: str
    device: str
    data: EventData | None


class DoorSpell(msgspec.Struct, frozen=True, kw_only=True):
    """A door from ``starts`` until the next spell. ``known``: whether all that its edge reported of that time is
    stored; if not, nothing else here says anything. ``why``: what moved the lock; None if that is not known.
    ``alarm``: the most serious, as the edge shows it; ``glass``: whether its glass is broken, whatever else is wrong.
    ``faults``: code and part of each."""

    starts: datetime
    known: bool
    contact: str = "unknown"
    lock: str = "unknown"
    why: str | None = None
    alarm: str | None = None
    glass: bool = False
    faults: tuple[tuple[str, str], ...] = ()


class ToldDoor(msgspec.Struct, frozen=True, kw_only=True):
    """A door's latest state, which it has had since ``since``, as far as we heard."""

    since: datetime
    contact: str
    lock: str
    alarm: str | None = None
    faults: tuple[tuple[str, str], ...] = ()


class DoorEvents(NamedTuple):
    """Events by door, and the starts of agents by edge."""

    doors: Mapping[str, Sequence[PastEvent]]
    boots: Mapping[str, Sequence[PastEvent]]

    def of(self, door: str, edge: str) -> list[PastEvent]:
        return [*self.doors.get(door, ()), *self.boots.get(edge, ())]


def by_door(events: Iterable[PastEvent]) -> DoorEvents:
    """Sorted once for all doors of a site. A fault is of the device that has it."""
    doors, boots = defaultdict[str, list[PastEvent]](list), defaultdict[str, list[PastEvent]](list)
    for each in events:
        match each.data:
            case DoorData():
                doors[each.data.door].append(each)
            case FaultData():
                doors[each.device].append(each)
            case BootData():
                boots[each.edge].append(each)
    return DoorEvents(doors, boots)


def spells(
    door: str,
    edge: str,
    events: Iterable[PastEvent],
    gaps: Sequence[Interval],
    during: Interval,
    told: ToldDoor | None = None,
) -> list[DoorSpell]:
    """The spells of a door during an interval, in order; the first begins with it. ``events``: of the site, in any
    order, from long enough before it; ``gaps``: times of the edge of which not everything is known. What was known
    before a gap is not known after it, nor anything before another edge last reported the door: it was there then."""
    found: list[DoorSpell] = []
    for spell in _all(door, edge, events, gaps, during, told):
        spell = replace(spell, starts=max(spell.starts, during.start))
        if found and found[-1].starts == spell.starts:
            found.pop()
        if not found or replace(spell, starts=found[-1].starts) != found[-1]:
            found.append(spell)
    return found


def _all(
    door: str,
    edge: str,
    events: Iterable[PastEvent],
    gaps: Sequence[Interval],
    during: Interval,
    told: ToldDoor | None,
) -> Iterator[DoorSpell]:
    about = [each for each in events if _is_about(door, each)]
    elsewhere = [each.at for each in about if each.edge != edge and not isinstance(each.data, BootData)]
    if elsewhere:
        moved = max(elsewhere)
        gaps = [*gaps, Interval(start=min(*elsewhere, during.start) - timedelta(days=1), end=moved)]
        about = [each for each in about if each.at > moved]
    here = sorted((each for each in about if each.edge == edge), key=lambda each: each[:2])
    times = [during.start, *(gap.end for gap in gaps), *([told.since] if told else [])]
    steps: list[tuple[datetime, int, int, EventData | None]] = [
        *((each.at, 0, number, each.data) for number, each in enumerate(here)),
        *((gap.start, 1, 0, None) for gap in gaps),
        *((at, 2, 0, None) for at in times),
    ]
    steps = sorted((each for each in steps if each[0] < during.end), key=lambda each: each[:3])
    state = DoorSpell(starts=during.start, known=True)
    for (at, rank, _, data), before_next in zip(steps, _implied(steps), strict=True):
        if rank == 1:
            state = DoorSpell(starts=at, known=True)
        state = replace(_after(state, data), starts=at)
        if at < during.start:  # the step at the start has what these led to
            continue
        if any(at in gap for gap in gaps):
            yield DoorSpell(starts=at, known=False)
        else:
            yield _filled(_filled(state, before_next), told if told is not None and told.since <= at else None)


def _implied(steps: Sequence[tuple[datetime, int, int, EventData | None]]) -> list[ToldDoor]:
    """After each step, how contact and lock were until they next changed, by what they changed to: only a change is
    reported. Nothing is said across a gap or a start of the agent."""
    found: list[ToldDoor] = []
    contact = lock = "unknown"
    for at, rank, _, data in reversed(steps):
        found.append(ToldDoor(since=at, contact=contact, lock=lock))
        if rank == 1 or isinstance(data, BootData) or _blinds(data):
            contact = lock = "unknown"
        elif isinstance(data, DoorData):
            contact = {DoorChange.OPENED: "closed", DoorChange.CLOSED: "open"}.get(data.change, contact)
            lock = {DoorChange.UNLOCKED: "locked", DoorChange.LOCKED: "unlocked"}.get(data.change, lock)
    return found[::-1]


def _is_about(door: str, event: PastEvent) -> bool:
    match event.data:
        case DoorData():
            return event.data.door == door
        case FaultData():
            return event.device == door
        case _:
            return isinstance(event.data, BootData)


def _after(state: DoorSpell, data: EventData | None) -> DoorSpell:
    match data:
        case BootData():  # it locks, sees the contact without an event, and reports what is wrong again
            return DoorSpell(starts=state.starts, known=True, lock="locked")
        case FaultData():
            mine = (data.code, data.part)
            faults = tuple(each for each in state.faults if each != mine) + ((mine,) if data.present else ())
            return replace(state, faults=faults, contact="unknown" if _blinds(data) else state.contact)
        case DoorData(change=DoorChange.UNLOCKED | DoorChange.LOCKED as change):
            return replace(state, lock=change.value, why=data.why)
        case DoorData(change=DoorChange.OPENED):
            return replace(state, contact="open")
        case DoorData(change=DoorChange.CLOSED):
            return replace(state, contact="closed")
        case DoorData(change=change) if change in _STANDS_OPEN:
            return replace(state, alarm=_STANDS_OPEN[change] or ("glass" if state.glass else None))
        case DoorData(change=change) if change in _BROKEN:
            glass = _BROKEN[change]
            stands_open = None if state.alarm == "glass" else state.alarm
            return replace(state, alarm=stands_open or ("glass" if glass else None), glass=glass)
        case _:
            return state


def _blinds(data: EventData | None) -> bool:
    """Whether it begins a time in which nobody knows whether the door is open."""
    return isinstance(data, FaultData) and data.present and _is_blind(data.code, data.part)


def _is_blind(code: str, part: str) -> bool:
    return code == FaultCode.INPUT_CHATTERS and "contact" in part


def _filled(state: DoorSpell, told: ToldDoor | None) -> DoorSpell:
    """The state, and where it does not say how the door was, what was told."""
    if told is None:
        return state
    open_ = state.contact == "unknown" and not any(_is_blind(*each) for each in state.faults)
    return replace(
        state,
        contact=told.contact if open_ else state.contact,
        lock=told.lock if state.lock == "unknown" else state.lock,
        alarm=state.alarm or told.alarm,
        faults=(*state.faults, *(each for each in told.faults if each not in state.faults)),
    )
