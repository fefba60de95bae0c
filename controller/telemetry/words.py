"""Events in words, as the live page shows them. No code and no person in them."""

from edge.wire.credentials import CredentialKind
from edge.wire.decide import REASON_TEXT
from edge.wire.events import (
    AccessData,
    BootData,
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
)

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
    DoorChange.HELD: "held open too long",
    DoorChange.CLEARED: "in order again",
    DoorChange.EXIT: "request to exit",
    DoorChange.GLASS_BROKEN: "break-glass unit broken, so the door is unlocked",
    DoorChange.GLASS_WHOLE: "break-glass unit whole again",
}
_UNLOCKED = {
    "command": "unlocked by the office",
    "fire": "unlocked, since there is fire",
}
_FIRE = {
    FireChange.ACTIVE: "FIRE",
    FireChange.LATCHED: "the fire line is back to normal; doors stay as in a fire until a key holder comes in",
    FireChange.CLEARED: "fire cleared by a key holder",
}


def happened(data: EventData | None) -> str | None:
    """What happened, without saying where; ``None`` where nobody need read it."""
    match data:
        case AccessData() if data.granted:
            return f"opened with {_KIND[data.credential]}" if data.credential else "walked in, the door is free"
        case AccessData():
            return f"refused: {REASON_TEXT[data.reason]}"
        case DoorData(change=DoorChange.UNLOCKED, why=why) if why in _UNLOCKED:
            return _UNLOCKED[why]
        case LockoutData(card=True):
            return f"{data.tries} wrong PINs after one card, which waits for a while"
        case LockoutData(ended=True):
            return f"a key holder is there: {data.reader} takes codes again"
        case LockoutData():
            return f"{data.tries} wrong codes at {data.reader}: typed codes wait for a while, cards work"
        case FireData():
            return _FIRE[data.change]
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
            return f"{data.what[:100]}" if data.present else f"{data.what[:100]}: in order again"
        case _:
            return None


def door_of(data: EventData | None) -> str | None:
    """The door an event is about."""
    return data.door if isinstance(data, AccessData | DoorData | LockoutData) else None
