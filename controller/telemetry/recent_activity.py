"""Recent activity at a site, a line for each occurrence. Pure.

One entry is five events: a code is taken, the lock opens, the leaf opens, it closes, the lock closes. One request to
exit is four. What follows from an event at its door is part of its line.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from controller.estate.model import SiteParts
from controller.platform.text import times as words
from controller.telemetry.model import LoggedEvent
from controller.telemetry.validation import read_data
from edge.wire.event_text import UNLOCKED_BY, door_of, happened, spoken
from edge.wire.events import AccessData, AlarmData, DoorChange, DoorData, EventData

FOLLOWS_WITHIN = timedelta(minutes=5)
"""A door that moves later than this after it last did begins a line of its own."""
_MOVES = frozenset({DoorChange.UNLOCKED, DoorChange.OPENED, DoorChange.CLOSED, DoorChange.LOCKED})
_PASSED = "opened and closed"
_BY_OTHERS = frozenset({*UNLOCKED_BY, "schedule"})
"""What moves a lock and is no part of an entry or exit."""


class ActivityLine(msgspec.Struct, frozen=True, kw_only=True):
    """``where``: door, device or area. ``text``: what happened there, so many ``times`` from ``first`` to ``last``;
    ``ended``: when the last thing that belongs to it happened. ``folds``: whether the same again is the same line.
    ``late``: whether it was learned late."""

    where: str
    text: str
    first: datetime
    last: datetime
    ended: datetime
    times: int = 1
    folds: bool = False
    late: bool = False

    def words(self, parts: SiteParts, *, now: datetime) -> str:
        """“Front door: refused: wrong code, 3 times since 10:02”."""
        sentence = f"{self.where}: {self.text}{' (learned late)' if self.late else ''}"
        since = words.at(self.first, parts.site.tz, now=now)
        return sentence if self.times == 1 else f"{sentence}, {self.times} times since {since}"


def lines(parts: SiteParts, events: Iterable[LoggedEvent]) -> list[ActivityLine]:
    """The lines of some events, both the newest first."""
    names = {door.id: door.name for door in parts.doors}
    edges = {edge.id: edge.name for edge in parts.edges}
    found: list[ActivityLine] = []
    entries: dict[str, int] = {}
    """Door -> which line what it does now belongs to."""
    for event in sorted(events, key=lambda each: (each.at, each.id)):
        data = read_data(event.kind, event.data)
        times, since = (data.times, data.since) if isinstance(data, AccessData) else (1, None)
        once = msgspec.structs.replace(data, times=1) if isinstance(data, AccessData) else data
        text, door = happened(once), door_of(data)
        if text is None:
            continue
        mine = entries.get(door) if door else None
        if mine is not None and _follows(found[mine], data, event.at):
            before = found[mine]
            closes = isinstance(data, DoorData) and data.change is DoorChange.CLOSED and before.text == "opened"
            found[mine] = msgspec.structs.replace(before, text=_PASSED if closes else before.text, ended=event.at)
            _fold(found, entries, mine)
            continue
        where = (names.get(door, door) if door else None) or edges.get(event.edge, event.edge)
        found.append(
            ActivityLine(
                where=spoken(data.area) if isinstance(data, AlarmData) else where,
                text=text,
                first=since or event.at,
                last=event.at,
                ended=event.at,
                times=times,
                folds=isinstance(data, AccessData) and not data.granted,
                late=event.learned_late,
            )
        )
        if door:
            entries.pop(door, None)
            if _leads(data):
                entries[door] = len(found) - 1
        _fold(found, entries, len(found) - 1)
    return found[::-1]


def _leads(data: EventData | None) -> bool:
    """Whether what the door does next belongs to it."""
    if isinstance(data, AccessData):
        return data.granted
    return isinstance(data, DoorData) and data.change in {DoorChange.EXIT, DoorChange.OPENED, DoorChange.UNLOCKED}


def _follows(line: ActivityLine, data: EventData | None, at: datetime) -> bool:
    if not isinstance(data, DoorData) or data.change not in _MOVES or at - line.ended > FOLLOWS_WITHIN:
        return False
    if data.why in _BY_OTHERS:
        return False
    # A door that is free is unlocked by its plan and moves all day: those are lines of their own.
    moved_alone = line.text in {"opened", _PASSED, "unlocked"}
    return data.change is DoorChange.CLOSED and line.text == "opened" if moved_alone else True


def _fold(found: list[ActivityLine], entries: dict[str, int], at: int) -> None:
    """Make one line of the last two where the same happened again: refusals, and somebody through a free door."""
    if at != len(found) - 1 or at == 0:
        return
    before, last = found[at - 1], found[at]
    same = (before.where, before.text, before.late) == (last.where, last.text, last.late)
    if not same or not (last.folds or last.text == _PASSED):
        return
    folded = msgspec.structs.replace(before, last=last.last, ended=last.ended, times=before.times + last.times)
    found[at - 1 :] = [folded]
    for door, number in list(entries.items()):
        if number == at:
            entries[door] = at - 1
