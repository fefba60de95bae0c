"""Events of an edge as lines for people who watch a simulated building, in the words of *Now*, such as "Front door:
opened with a booking code (Ramsey Choir)"."""

from collections.abc import Mapping

import msgspec

from edge.wire import events
from edge.wire.access_decision import Reason
from edge.wire.event_text import door_of, happened, spoken

_BAD = {events.DoorChange.FORCED, events.DoorChange.HELD, events.DoorChange.GLASS_BROKEN}


class EventWords(msgspec.Struct, frozen=True, kw_only=True):
    """A line. ``tone``: ``ok``, ``bad``, ``warn`` or ``plain``. ``door``: where it was, if at a door. ``answers``:
    whether it answers what was presented there."""

    text: str
    tone: str = "plain"
    door: str = ""
    answers: bool = False


def booking_of(event: events.Event) -> str | None:
    """The booking whose code opened, for its title."""
    data = event.read()
    return data.booking if isinstance(data, events.AccessData) else None


def words_of(event: events.Event, doors: Mapping[str, str], title: str = "") -> EventWords | None:
    """The line of an event; ``None`` for what says nothing to somebody who watches a building. ``doors``: their names.
    ``title``: of the booking whose code it was."""
    data = event.read()
    text = _more(data) or happened(data)
    if text is None:
        return None
    door = data.door or "" if isinstance(data, events.FootfallData) else door_of(data) or ""
    where = doors.get(door, door) if door else spoken(data.area) if isinstance(data, events.AlarmData) else "The Pi"
    return EventWords(
        text=f"{where}: {text}{f' ({title})' if title else ''}",
        tone=_tone(data),
        door=door,
        answers=isinstance(data, events.AccessData | events.UnreadData),
    )


def _more(data: events.EventData | None) -> str | None:
    """What only the simulated building's page says, or says at more length."""
    match data:
        case events.PlanData(applied=True):
            return "has a new plan; codes and hours are up to date"
        case events.OutageData():
            return (
                f"{happened(data)}; nobody knows what happened for {_length((data.end - data.start).total_seconds())}"
            )
        case events.FootfallData():
            counted = [f"{n} came {way}" for n, way in ((data.ins, "in"), (data.outs, "out")) if n]
            counted += [f"{data.turned_back} turned back"] if data.turned_back else []
            counted += [f"{data.passages} passed, in or out"] if data.passages else []
            return f"counted {', '.join(counted)}" if counted else None
    return None


def _tone(data: events.EventData | None) -> str:
    match data:
        case events.AccessData(granted=True) | events.PlanData(applied=True) | events.FootfallData():
            return "ok"
        case events.LockoutData(ended=True) | events.FaultData(present=False):
            return "ok"
        case events.AccessData(reason=Reason.PIN_WANTED):
            return "warn"
        case events.AccessData() | events.LockoutData() | events.PlanData() | events.FaultData():
            return "bad"
        case events.DoorData():
            return "bad" if data.change in _BAD else "plain"
        case events.FireData(change=events.FireChange.ACTIVE) | events.AlarmData(change=events.AlarmChange.TRIGGERED):
            return "bad"
        case events.FireData() | events.AlarmData() | events.BootData() | events.OutageData():
            return "warn"
    return "plain"


def _length(seconds: float) -> str:
    if seconds < 90:
        return f"{max(0, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{round(seconds / 3600)} h"
