"""Events of an edge as lines for people, such as "Code typed at Front door: opened for Ramsey Choir"."""

from collections.abc import Mapping

import msgspec

from edge.wire import events
from edge.wire.access_decision import REASON_TEXT, Reason
from edge.wire.credentials import Method
from edge.wire.faults import describe

_PRESENTED = {
    Method.CODE: "Code typed",
    Method.CARD: "Card held",
    Method.CARD_PIN: "Card and PIN",
    Method.QR: "Pass shown",
    Method.OFFLINE_CODE: "Code made without the network typed",
}
_DOOR = {
    events.DoorChange.OPENED: "{door} is open",
    events.DoorChange.CLOSED: "{door} is shut",
    events.DoorChange.UNLOCKED: "{door} is unlocked",
    events.DoorChange.LOCKED: "{door} is locked",
    events.DoorChange.FORCED: "{door} was forced open",
    events.DoorChange.HELD: "{door} has been open for too long",
    events.DoorChange.CLEARED: "{door} is in order again",
    events.DoorChange.EXIT: "Exit button pressed at {door}",
    events.DoorChange.GLASS_BROKEN: "Glass broken at {door}",
    events.DoorChange.GLASS_WHOLE: "Glass replaced at {door}",
}
_FIRE = {
    events.FireChange.ACTIVE: "Fire alarm: doors are released",
    events.FireChange.LATCHED: "The fire alarm is reset; doors stay released until a key holder comes in",
    events.FireChange.CLEARED: "A key holder has ended the fire release",
}
_BAD = {events.DoorChange.FORCED, events.DoorChange.HELD, events.DoorChange.GLASS_BROKEN}
_ALARM = {
    events.AlarmChange.WARNING: "The alarm is about to set",
    events.AlarmChange.CANCELLED: "The alarm does not set",
    events.AlarmChange.WITHHELD: "The alarm is held back",
    events.AlarmChange.SET: "The alarm is set",
    events.AlarmChange.UNSET: "The alarm is unset",
    events.AlarmChange.TRIGGERED: "The alarm was triggered",
    events.AlarmChange.SILENCED: "The siren is silent again",
}


class EventWords(msgspec.Struct, frozen=True, kw_only=True):
    """A line. ``tone``: ``ok``, ``bad``, ``warn`` or ``plain``. ``door``: where it was, if at a door."""

    text: str
    tone: str = "plain"
    door: str = ""


def booking_of(event: events.Event) -> str | None:
    """The booking whose code opened, for its title."""
    data = event.read()
    return data.booking if isinstance(data, events.AccessData) else None


def words_of(event: events.Event, doors: Mapping[str, str], title: str = "") -> EventWords | None:
    """The line of an event; ``None`` for what says nothing to somebody who watches a building. ``doors``: their names.
    ``title``: of the booking whose code it was."""
    data = event.read()
    match data:
        case events.AccessData():
            return _access(data, doors, title)
        case events.DoorData():
            tone = "bad" if data.change in _BAD else "plain"
            return EventWords(text=_DOOR[data.change].format(door=_name(doors, data.door)), tone=tone, door=data.door)
        case events.UnreadData():
            text = f"Keys or a card at {_name(doors, data.door)} that made no whole code"
            return EventWords(text=text, door=data.door)
        case events.FootfallData():
            return _footfall(data, doors)
        case events.LockoutData():
            at = _name(doors, data.door)
            if data.ended:
                return EventWords(text=f"{at} takes codes again", tone="ok", door=data.door)
            return EventWords(
                text=f"{at} takes no codes for a while, after {data.tries} wrong ones", tone="bad", door=data.door
            )
        case events.FireData():
            tone = "bad" if data.change is events.FireChange.ACTIVE else "warn"
            return EventWords(text=_FIRE[data.change], tone=tone)
        case events.AlarmData():
            return EventWords(text=_ALARM[data.change], tone="warn")
        case events.BootData():
            return EventWords(text="The Pi has started", tone="warn")
        case events.OutageData():
            seconds = (data.end - data.start).total_seconds()
            return EventWords(text=f"Nobody knows what happened for {_length(seconds)}: the Pi was off", tone="warn")
        case events.PlanData(applied=True):
            return EventWords(text="New plan on the doors: codes and hours are up to date", tone="ok")
        case events.PlanData():
            return EventWords(text="A plan was refused", tone="bad")
        case events.FaultData():
            what = describe(data.code, data.part)
            begins = f"Fault at {event.device}: {what}" if data.present else f"No longer at {event.device}: {what}"
            return EventWords(text=begins, tone="bad" if data.present else "ok")
        case events.ClosingData():
            return EventWords(text=f"Closing time: {data.stage.value.replace('_', ' ')}")
    return None


def _access(data: events.AccessData, doors: Mapping[str, str], title: str) -> EventWords:
    at = _name(doors, data.door)
    how = _PRESENTED.get(data.method, "Something presented") if data.method is not None else "Something presented"
    if data.granted:
        free = ", which is open to everybody now" if data.reason is Reason.FREE else ""
        return EventWords(
            text=f"{how} at {at}: opened{f' for {title}' if title else ''}{free}", tone="ok", door=data.door
        )
    tries = f"{data.times} codes typed" if data.times > 1 else how
    tone = "warn" if data.reason is Reason.PIN_WANTED else "bad"
    return EventWords(text=f"{tries} at {at}: {REASON_TEXT[data.reason]}", tone=tone, door=data.door)


def _footfall(data: events.FootfallData, doors: Mapping[str, str]) -> EventWords | None:
    counted = [f"{n} came {way}" for n, way in ((data.ins, "in"), (data.outs, "out")) if n]
    counted += [f"{data.turned_back} turned back"] if data.turned_back else []
    if not counted:
        return None
    at = _name(doors, data.door or "")
    return EventWords(text=f"Counted at {at}: {', '.join(counted)}", tone="ok", door=data.door or "")


def _name(doors: Mapping[str, str], door: str) -> str:
    return doors.get(door, door)


def _length(seconds: float) -> str:
    if seconds < 90:
        return f"{max(0, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{round(seconds / 3600)} h"
