"""What prevents an alarm area from being set. Pure."""

from collections.abc import Iterable, Sequence

import msgspec

from edge.alarm.headcount import Headcount
from edge.wire.access_decision import ClockTrust
from edge.wire.faults import FaultCode, describe

TAMPERED = describe(FaultCode.TAMPER_OPEN)


class WayIn(msgspec.Struct, frozen=True, kw_only=True):
    """A door or window, by its name. ``open``: ``None`` if its contact chatters."""

    name: str
    open: bool | None
    locked: bool = True


def unsure(way_in: str) -> str:
    return f"the contact of {way_in} is unreliable, so it may be open"


def obstacle(
    *,
    fire: bool,
    trust: ClockTrust,
    tampered: bool,
    ways_in: Sequence[WayIn],
    blind: Sequence[str],
    blind_after: int,
    counts: Iterable[Headcount],
) -> str | None:
    """What prevents setting, as text, the most serious first; ``None`` for nothing. ``blind``: the places whose motion
    sensor saw nobody in the last ``blind_after`` uses of the area."""
    if fire:
        return "there is a fire, or a fire that nobody has cleared"
    if trust is ClockTrust.UNPROVEN:
        return "the clock is not trusted"
    if tampered:
        return TAMPERED
    for each in ways_in:
        if each.open is not False:
            return unsure(each.name) if each.open is None else f"{each.name} is open"
    for each in ways_in:
        if not each.locked:
            return f"{each.name} is not locked"
    for where in blind:
        return f"the motion sensor in {where} saw nobody in the last {blind_after} uses and may be broken; walk past it"
    return next((against for count in counts if (against := count.against) is not None), None)
