"""A calendar file turned into occurrences to book and faults to tell. Pure."""

from collections import defaultdict
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from controller.calendars.errors import CalendarTooSlow, Unbookable
from controller.calendars.expanding import Occurrence, expand
from controller.calendars.lines import Component, Fault, take_apart
from controller.calendars.reading import CalendarEvent, read_event
from controller.calendars.walking import Budget
from controller.calendars.zones import Zones

_SILENT = frozenset({"VTIMEZONE"})


class GoesOn(msgspec.Struct, frozen=True, kw_only=True):
    """A series that has more dates after the horizon."""

    line: int
    uid: str
    title: str


class Sorted(msgspec.Struct, frozen=True, kw_only=True):
    """``past``: how many occurrences were over before the horizon; ``goes_on``: series that have more dates after it.
    ``series``: UIDs that come more than once.
    ``whole``: False where the file is damaged beyond single events, so that some may be missing."""

    occurrences: tuple[Occurrence, ...]
    faults: tuple[Fault, ...]
    past: int
    goes_on: tuple[GoesOn, ...]
    series: frozenset[str]
    whole: bool = True


def sort_out(data: bytes, zone: ZoneInfo, *, since: datetime, until: datetime, budget: Budget | None = None) -> Sorted:
    """Everything in the file that ends after ``since`` and starts before ``until``; ``zone`` is the site's.

    ``budget`` bounds the time for all of it and the work on repeating events; the usual one if left out.

    Raises ``CalendarError`` where the whole file is of no use.
    """
    budget = budget or Budget()
    calendar = take_apart(data)
    faults = list(calendar.faults)
    zones = Zones(calendar.components)
    events: dict[str, list[CalendarEvent]] = defaultdict(list)
    for component in calendar.components:
        if component.name != "VEVENT":
            if component.name not in _SILENT:
                reason = f"is a {component.name}; only events can be booked"
                faults.append(Fault(line=component.line, uid=component.uid, reason=reason))
            continue
        if budget.late:
            raise CalendarTooSlow("the calendar takes too long to read; export a shorter period and send that")
        try:
            event = _read(component, zones, zone)
            _refuse_twin(event, events[event.uid])
        except Unbookable as why:
            faults.append(Fault(line=why.line or component.line, uid=component.uid, reason=why.reason))
        else:
            events[event.uid].append(event)
    occurrences: list[Occurrence] = []
    goes_on: list[GoesOn] = []
    past = 0
    for group in events.values():
        found = expand(group, since=since, until=until, budget=budget)
        occurrences.extend(found.occurrences)
        faults.extend(found.faults)
        goes_on.extend(GoesOn(line=each.line, uid=each.uid, title=each.title) for each in found.goes_on)
        past += found.past
    return Sorted(
        occurrences=tuple(sorted(occurrences, key=lambda each: (each.starts, each.uid))),
        faults=tuple(sorted(faults, key=lambda fault: fault.line)),
        past=past,
        goes_on=tuple(sorted(goes_on, key=lambda event: event.line)),
        whole=not calendar.faults,
        series=frozenset(uid for uid, group in events.items() if any(event.rule or event.added for event in group)),
    )


def _read(component: Component, zones: Zones, zone: ZoneInfo) -> CalendarEvent:
    try:
        return read_event(component, zones, zone)
    except Unbookable:
        raise
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, OverflowError) as error:
        # The reader's library has many ways to say that a value makes no sense; the file is not ours to trust.
        raise Unbookable(f"cannot be read: {error}") from error


def _refuse_twin(event: CalendarEvent, others: list[CalendarEvent]) -> None:
    for other in others:
        if other.replaces == event.replaces:
            raise Unbookable(f"has the same UID as the event on line {other.line}, which was taken")
