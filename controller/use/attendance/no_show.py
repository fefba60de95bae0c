"""Whether nobody came to a booking: said only where everybody who came would have been seen. Pure."""

from controller.use.attendance.case import Case
from controller.use.attendance.evidence import DoorSeen
from controller.use.attendance.model import Finding, How, Verdict, When
from controller.use.spans import without
from edge.wire.interval import Interval
from edge.wire.plan import Mode


def no_show_of(case: Case, arrived: When) -> Verdict:
    """At a door with a counter nobody may have come in who can be its; at another one nobody at all."""
    if arrived.how in (How.KNOWN, How.AT_MOST):
        return Verdict(finding=Finding.NO)
    if case.now < case.booking.ends:
        return Verdict(finding=Finding.LATER)
    if arrived.how is How.SHARED:
        return Verdict(finding=Finding.NOT_MEASURED, text=arrived.text)
    if not case.doors:
        return Verdict(finding=Finding.NOT_MEASURED, text="no door leads there")
    if case.booking.id in case.seen.leavers:
        return Verdict(finding=Finding.NOT_MEASURED, text="somebody left by its code")
    during = Interval(start=case.window.start, end=case.booking.ends)
    counters = [door for door in case.doors if door.counted is not None]
    missing = case.gaps(case.doors, during, counters=False) or case.gaps(counters, during, counters=True)
    unknown = missing or [text for door in case.doors if (text := _passable(case, door, during))]
    if unknown:
        return Verdict(finding=Finding.NOT_MEASURED, text="; ".join(unknown))
    return Verdict(finding=Finding.YES)


def _passable(case: Case, door: DoorSeen, during: Interval) -> str:
    """How its people may have come in by a door without being seen."""
    if door.counted is not None:
        followed = not case.leads_here_only(door) and any(each.ins for each in door.crossed(during.start, during.end))
        return f"its people may have come in with others at {door.name}" if followed else ""
    if door.either_way is not None:
        if door.passed_either_way(during):
            return f"somebody passed {door.name}, and nothing tells which way"
        if not without([case.looked(during)], door.either_way):
            return ""
    uncounted = "and nothing counts there who comes in"
    if not door.contact:
        return f"{door.name} has no contact, {uncounted}"
    free = door.id in case.where.hours.timetable.free_doors
    if free and any(each.mode is Mode.STAFFED for each in case.where.hours.modes(during)):
        return f"{door.name} was open to everybody for some of the time, {uncounted}"
    return "" if door.stayed_shut(during) else f"{door.name} was opened or may have been open, {uncounted}"
