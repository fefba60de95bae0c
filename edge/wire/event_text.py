"""Events in words, the same on every page. No code and no person in them."""

from edge.wire.access_decision import reason_text
from edge.wire.credentials import CredentialKind
from edge.wire.events import (
    AccessData,
    AlarmChange,
    AlarmData,
    BootData,
    ClosingData,
    ClosingStage,
    DoorChange,
    DoorData,
    EventData,
    FaultData,
    FireChange,
    FireData,
    LockoutData,
    OutageData,
    PlanData,
    RecountData,
    UnreadData,
    UnreadWhat,
    UnreadWhy,
)
from edge.wire.faults import describe

_KIND = {
    CredentialKind.BOOKING_CODE: "a booking code",
    CredentialKind.OFFLINE_CODE: "an offline code",
    CredentialKind.MEMBER_CARD_PIN: "card and PIN",
    CredentialKind.STAFF: "a staff code",
    CredentialKind.KEY_HOLDER: "a key holder's code",
    CredentialKind.CONTRACTOR: "a contractor's code",
}
_CHANGE = {
    DoorChange.OPENED: "opened",
    DoorChange.CLOSED: "closed",
    DoorChange.UNLOCKED: "unlocked",
    DoorChange.LOCKED: "locked",
    DoorChange.FORCED: "forced open",
    DoorChange.HELD: "held open",
    DoorChange.CLEARED: "no longer forced or held open",
    DoorChange.EXIT: "request to exit",
    DoorChange.GLASS_BROKEN: "break-glass unit broken, so the door is unlocked",
    DoorChange.GLASS_WHOLE: "break-glass unit repaired",
}
_UNREAD_WHY = {
    UnreadWhy.UNFINISHED: "then nothing more",
    UnreadWhy.CLEARED: "then cleared",
    UnreadWhy.GARBLED: "in no known format",
    UnreadWhy.CUT_OFF: "before the reader was cut off",
}
_UNREAD_WHAT = {
    UnreadWhat.KEYS: ("a key", "keys"),
    UnreadWhat.BITS: ("a bit", "bits"),
    UnreadWhat.CHARACTERS: ("a character", "characters"),
}
UNLOCKED_BY = {
    "command": "unlocked by a command",
    "fire": "unlocked by the fire alarm",
}
_FIRE = {
    FireChange.ACTIVE: "FIRE",
    FireChange.LATCHED: "the fire line is back to normal; doors stay as in a fire until a key holder comes in",
    FireChange.CLEARED: "fire cleared by a key holder",
}


_ALARM = {
    AlarmChange.WARNING: "the alarm is about to set",
    AlarmChange.CANCELLED: "the alarm was not set",
    AlarmChange.WITHHELD: "the alarm cannot set by itself, please check",
    AlarmChange.SET: "alarm set",
    AlarmChange.UNSET: "alarm unset",
    AlarmChange.TRIGGERED: "INTRUDER ALARM",
    AlarmChange.SILENCED: "the siren has stopped",
}


def happened(data: EventData | None) -> str | None:
    """What happened, without saying where; ``None`` where nobody need read it."""
    match data:
        case AccessData(granted=True, duress=True):
            return "opened UNDER DURESS: somebody was forced"
        case AccessData() if data.granted:
            return f"opened with {_KIND[data.credential]}" if data.credential else "walked in; the door is open to all"
        case AccessData():
            often = f", {data.times} times" if data.times > 1 else ""
            return f"refused: {reason_text(data.reason, data.method)}{often}"
        case UnreadData():
            return _unread(data)
        case DoorData(change=DoorChange.UNLOCKED, why=why) if why in UNLOCKED_BY:
            return UNLOCKED_BY[why]
        case LockoutData(card=True):
            return f"{data.tries} wrong PINs after one card, which is refused for a while"
        case LockoutData(ended=True):
            return f"a key holder came: {spoken(data.reader)} accepts codes again"
        case LockoutData():
            return f"{data.tries} wrong codes at {spoken(data.reader)}: typed codes are refused for a while; cards work"
        case FireData():
            return _FIRE[data.change]
        case AlarmData():
            return f"{_ALARM[data.change]}{f': {data.why[:100]}' if data.why else ''}"
        case ClosingData():
            return closing(data)
        case DoorData():
            return _CHANGE[data.change]
        case BootData():
            return f"started, version {data.version[:40]}"
        case OutageData():
            return "was not running for a while"
        case PlanData() if not data.applied:
            return f"refused plan {data.version}: {(data.why or 'no reason given')[:150]}"
        case RecountData():
            return f"re-counted: {data.inside} {'person' if data.inside == 1 else 'people'} inside"
        case FaultData():
            text = describe(data.code, data.part)[:100]
            return text if data.present else f"{text}: fixed"
        case _:
            return None


def spoken(name: str) -> str:
    """An id in words, for what has no name."""
    return name.replace("-", " ")


def _unread(data: UnreadData) -> str:
    one, many = _UNREAD_WHAT[data.what]
    how_many = many if data.times > 1 or not data.count else one if data.count == 1 else f"{data.count} {many}"
    often = f", {data.times} times within a minute" if data.times > 1 else ""
    return f"{how_many} at {spoken(data.reader)}, {_UNREAD_WHY[data.why]}{often}"


def closing(data: ClosingData) -> str:
    """How far a building is with closing."""
    match data.stage:
        case ClosingStage.WARNED:
            return f"closing announced: it closes in {data.minutes} {'minute' if data.minutes == 1 else 'minutes'}"
        case ClosingStage.CLOSED:
            return "closed"
        case ClosingStage.SECURED:
            return "empty and secured"
        case ClosingStage.NOT_SECURED:
            zones, doors, areas = (", ".join(map(spoken, ids)) for ids in (data.zones, data.doors, data.areas))
            found = [f"somebody in {zones}"] if zones else []
            found += [f"not closed: {doors}"] if doors else []
            found += [f"alarm not set: {areas}"] if areas else []
            return f"NOT SECURED after closing: {'; '.join(found) or 'something still moves'}"


def door_of(data: EventData | None) -> str | None:
    """The door an event is about."""
    return data.door if isinstance(data, AccessData | UnreadData | DoorData | LockoutData) else None
