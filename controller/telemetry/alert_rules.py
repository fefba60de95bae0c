"""Which alerts an edge's events raise, with their texts: of danger and crime, of a log that is new or has gaps, and of
events that cannot be stored. ``alert_codes`` has the codes and what to do.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from controller.db.engine import Tx
from controller.telemetry import repository
from controller.telemetry.alert_codes import AlertCode, code_of_fault
from controller.telemetry.model import GoodEvent, RefusalReason, SetAside
from edge.wire.event_text import happened
from edge.wire.events import (
    AccessData,
    AlarmChange,
    AlarmData,
    ClosingData,
    ClosingStage,
    DoorChange,
    DoorData,
    FaultData,
    FireChange,
    FireData,
    LockoutData,
)
from edge.wire.faults import advise

ALERT_AGAIN = timedelta(days=1)
"""How often valid events that cannot be stored raise an alert."""
ALERTING = DoorData | FireData | AccessData | AlarmData | ClosingData | LockoutData | FaultData
"""What may be worth an alert."""


Worth = tuple[AlertCode, str]
"""The alert that an event is worth: its code, and the door, area, device or edge that it is about."""


async def alert_of_event(tx: Tx, site: str, edge: str, each: GoodEvent, *, late: bool, now: datetime) -> Worth | None:
    """Report what an event is worth an alert for, if it is."""
    found = event_alert(edge, each, late=late)
    if found is None:
        return None
    code, about, text = found
    await repository.alert(tx, site, edge, code, text, each.event.at, about=about, learned_at=now)
    return code, about


def event_alert(edge: str, each: GoodEvent, *, late: bool) -> tuple[AlertCode, str, str] | None:
    """The alert that an event is worth: its code, what it is about, and its text. Crimes and dangers raise one however
    late they are learned; anything else only while it is recent."""
    data = each.data
    if isinstance(data, DoorData) and data.change is DoorChange.FORCED:
        code, about, text = AlertCode.FORCED, data.door, f"{data.door} was forced open"
    elif isinstance(data, FireData) and data.change is FireChange.ACTIVE:
        code, about, text = AlertCode.FIRE, edge, f"{edge}: fire"
    elif isinstance(data, AccessData) and data.granted and data.duress:
        code, about, text = AlertCode.DURESS, data.door, f"{data.door}: {happened(data)}"
    elif isinstance(data, AlarmData) and data.change is AlarmChange.TRIGGERED:
        code, about, text = AlertCode.INTRUDER, data.area, f"{data.area}: {happened(data)}"
    elif isinstance(data, AlarmData) and data.change is AlarmChange.WITHHELD and not late:
        code, about, text = AlertCode.WITHHELD, data.area, f"{data.area}: {happened(data)}"
    elif isinstance(data, ClosingData) and data.stage is ClosingStage.NOT_SECURED and not late:
        code, about, text = AlertCode.NOT_SECURED, edge, f"{edge}: {happened(data)}"
    elif isinstance(data, DoorData) and data.change is DoorChange.GLASS_BROKEN and not late:
        code, about, text = AlertCode.GLASS, data.door, f"{data.door}: {happened(data)}"
    elif isinstance(data, DoorData) and data.change is DoorChange.HELD and not late:
        code, about, text = AlertCode.HELD, data.door, f"{data.door} is held open"
    elif isinstance(data, LockoutData) and not data.ended and not late:
        code, about, text = AlertCode.LOCKOUT, data.door, f"{data.door}: {happened(data)}"
    elif isinstance(data, FaultData) and data.present and not late:
        about = each.event.device
        code, text = code_of_fault(data.code), advise(about, data.code, data.part)
    else:
        return None
    return code, about, text


async def alert_new_log(tx: Tx, site: str, edge: str, *, old: str, last: int, now: datetime) -> None:
    """A log that replaces the log ``old``, of which events up to ``last`` are known."""
    text = (
        f"{edge} has a new event log; of the old one, {old[:8]}, events up to {last} are known. Was its disk replaced?"
    )
    await repository.alert(tx, site, edge, AlertCode.NEW_LOG, text, now)


async def alert_events_gone(tx: Tx, site: str, edge: str, gone: Sequence[tuple[int, int]], now: datetime) -> None:
    """Events that the edge no longer has, from and to these numbers."""
    text = f"{edge} no longer has events {', '.join(f'{a} to {b}' for a, b in gone[:5])}"
    await repository.alert(tx, site, edge, AlertCode.EVENTS_GONE, text, now)


async def alert_unstored(tx: Tx, site: str, edge: str, aside: Sequence[SetAside], now: datetime) -> None:
    """Valid events that cannot be stored raise an alert, once a day."""
    sound = (RefusalReason.UNSTORABLE, RefusalReason.NUMBER_TAKEN)
    why = next((each.why for each in aside if each.reason in sound), None)
    if why is None or await repository.alerted(tx, site, edge, AlertCode.UNSTORABLE, now - ALERT_AGAIN):
        return
    text = f"{edge} sent events that could not be stored; they are in quarantine ({why[:200]})"
    await repository.alert(tx, site, edge, AlertCode.UNSTORABLE, text, now)
