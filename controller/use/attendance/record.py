"""The record of a booking: booked against present. Pure.

Each figure says how well it is known. What no door, counter or sensor told is not measured, never 0; what may be of
somebody else is shared, and says with whom.
"""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime, timedelta

from controller.access.code_status import HeldGrant
from controller.bookings.diary.model import BookingState
from controller.platform.text import times
from controller.use.attendance.case import LEAVE_WITHIN, Case, error_among, error_of, level_at, moment_of
from controller.use.attendance.coming import (
    arrived_of,
    came_of,
    codes_used_of,
    first_code_of,
    first_person_of,
    let_ins_of,
)
from controller.use.attendance.evidence import Crossing
from controller.use.attendance.model import Attendance, Count, Finding, How, Verdict, When
from controller.use.attendance.no_show import no_show_of
from edge.wire.interval import Interval
from edge.wire.plan import Mode

_SECOND = timedelta(seconds=1)
TAKES_PLACE = frozenset({BookingState.CONFIRMED, BookingState.NO_SHOW, BookingState.RELEASED})
"""The states of bookings that have a record."""


def attendance(case: Case, grants: Sequence[HeldGrant]) -> Attendance:
    """``grants``: all that the booking ever had."""
    booking, place = case.booking, case.place
    first_code, first_person = first_code_of(case), first_person_of(case)
    came, used = came_of(case), codes_used_of(case)
    arrived = arrived_of(case, first_code, first_person)
    no_show = no_show_of(case, arrived)
    if arrived.how is How.NONE and no_show.finding is Finding.NOT_MEASURED:
        arrived = When(how=How.NOT_MEASURED, text=no_show.text)
    peak = _peak(case)
    left = _left(case, arrived, no_show)
    return Attendance(
        booking=booking.id,
        space=place.space.id,
        space_name=place.space.name,
        title=booking.title,
        party=booking.party,
        during=booking.during,
        status=booking.status(case.now),
        people=booking.people,
        capacity=place.space.holds(booking.layout),
        code_on=_code_on(case, grants),
        first_code=first_code,
        first_person=first_person,
        arrived=arrived,
        codes_used=used,
        came=came,
        let_ins=let_ins_of(case, came, used),
        peak=peak,
        left=left,
        overstay=_overstay(case, left, no_show),
        no_show=no_show,
        over_capacity=_over_capacity(case, peak),
        shared=_shared(case),
    )


def _code_on(case: Case, grants: Sequence[HeldGrant]) -> When:
    names = {door.id: door.name for door in case.doors}
    if not names:
        return When(how=How.NONE, text="no door leads there")
    # The last one of a door counts: a booking that was moved has older ones.
    held = {each.door: each for each in sorted(grants, key=lambda each: each.ended_at is None)}
    missing = [name for door, name in names.items() if door not in held or held[door].on_at is None]
    if missing:
        how = How.NOT_MEASURED if case.window.end <= case.now else How.LATER
        return When(how=how, text=f"{times.listed(missing)} has not said that it has the code")
    at = max(each.on_at for door, each in held.items() if door in names and each.on_at is not None)
    late = " after its start" if at > case.booking.starts else ""
    return When(how=How.KNOWN, at=at, text=f"{times.listed(list(names.values()))} had the code{late}")


def _peak(case: Case) -> Count:
    if case.now <= case.booking.starts:
        return Count(how=How.LATER)
    if not case.doors or any(door.counted is None for door in case.group):
        return Count(how=How.NOT_MEASURED, text=case.no_counter)
    end = min(case.booking.ends, case.now)
    during = Interval(start=case.base, end=end)
    levels = case.levels(case.base, end)
    starts = case.booking.starts
    missing = case.gaps(case.group, during, counters=True)
    if missing:
        least = _least(case, during) if case.alone else 0
        how = How.AT_LEAST if least else How.NOT_MEASURED
        error = error_among(sum(each.ins + each.outs for each in case.crossings(starts, end))) if least else 0
        return Count(how=how, number=least or None, error=error, text="; ".join(missing))
    first = level_at(levels, starts)
    within = levels[bisect_left(levels, starts, key=lambda each: each.at) :]
    number = max([first, *(each.inside for each in within)], default=0)
    before = len(levels) - len(within)
    top = next((place for place, each in enumerate(within, before + 1) if each.inside == number), before)
    error = error_of(levels[:top], during)
    number = max(0, number)
    if case.contradicted or case.begun < case.farthest:
        why = f"more people were counted out than in since {case.clock(case.base)}"
        if not case.contradicted:
            why = "the bookings before it followed each other for more than a day"
        least = number if case.alone else 0
        how = How.AT_LEAST if least else How.NOT_MEASURED
        return Count(how=how, number=least or None, error=error if least else 0, text=why)
    since = f"counted from {case.clock(case.base)}, when nobody is taken to be inside"
    if case.alone:
        return Count(how=How.KNOWN, number=number, error=error, text=since)
    where = f"all who were behind {times.listed([door.name for door in case.group])}"
    return Count(
        how=How.AT_MOST, number=number, error=error, text=f"{where}: {_names(case)} cannot be told apart; {since}"
    )


def _least(case: Case, during: Interval) -> int:
    """People who were there at once at least: in each time in which every counter worked, how far the count rose."""
    most = 0
    for start, end in case.counted(during):
        inside = lowest = 0
        for each in case.crossings(moment_of(start), moment_of(end)):
            if each.at >= case.booking.starts:
                most = max(most, inside - lowest)
            inside += each.ins - each.outs
            lowest = min(lowest, inside)
        if moment_of(end) > case.booking.starts:
            most = max(most, inside - lowest)
    return most


def _names(case: Case) -> str:
    return times.listed([case.place.space.name, *(case.sharing or ("the rest of the building",))])


def _until_others(case: Case) -> datetime:
    """Until when who leaves by its doors can only be of the booking, from its end on: until the first comes in who may
    be somebody else's, or the building opens."""
    ends = case.booking.ends
    latest = min(ends + LEAVE_WITHIN, case.now)
    if latest <= ends:
        return latest
    if not all(case.leads_here_only(door) for door in case.doors):
        for mode in case.where.hours.modes(Interval(start=ends, end=latest)):
            if mode.mode is not Mode.CLOSED:
                latest = min(latest, max(ends, mode.during.start))
    for door in case.doors:
        others = [each.during for each in case.others(door, ends, latest)]
        since = min([ends, *(each.start for each in others)])
        for each in door.crossed(since, latest):
            if each.ins and _by_others(case, each, others):
                latest = max(ends, each.at)
                break
    return latest


def _by_others(case: Case, crossing: Crossing, others: Sequence[Interval]) -> bool:
    """Whether who came in may be others: by another code or key, while another code opens, or once its own does not."""
    if crossing.by is not None:
        return crossing.by.booking != case.booking.id
    return crossing.at >= case.window.end or any(crossing.at in each for each in others)


def _left(case: Case, arrived: When, no_show: Verdict) -> When:
    """The last exit at its doors before somebody else may come; where these are not its alone, the last movement."""
    if arrived.how is How.LATER:
        return When(how=How.LATER)
    if no_show.finding is Finding.YES:
        return When(how=How.NONE, text="nobody came")
    since = case.window.start if arrived.at is None else arrived.at
    end = _until_others(case)
    if case.alone and not any(door.counted is None for door in case.group) and since < end:
        return _counted_out(case, since, end)
    if case.now < case.booking.ends:
        return When(how=How.LATER)
    if (moved := case.moved) is not None:
        text = ", ".join(filter(None, ["the last movement in the room", case.held(moved[1])]))
        return When(how=How.AT_LEAST, at=moved[1], text=text)
    if not case.alone and case.doors and since < case.now:
        outs = [each.at for each in case.crossings(since, case.window.end) if each.outs]
        text = f"who left {_names(case)} cannot be told apart"
        return When(how=How.SHARED if outs else How.NOT_MEASURED, at=outs[-1] if outs else None, text=text)
    return When(how=How.NOT_MEASURED, text=case.no_counter)


def _counted_out(case: Case, since: datetime, end: datetime) -> When:
    levels = case.levels(case.base, end)
    outs = [each.at for each in case.crossings(since, end) if each.outs]
    whole = Interval(start=case.base, end=end)
    missing = case.gaps(case.group, whole, counters=True)
    inside, error = levels[-1].inside if levels else 0, error_of(levels, whole)
    if not missing and inside > error:
        if case.now < case.booking.ends:
            return When(how=How.LATER, text=f"{inside} ± {error} are there")
        text = f"{inside} ± {error} were still there at {case.clock(end)}"
        return When(how=How.AT_LEAST, at=end, text=text)
    if case.now < case.booking.ends and end >= case.now:
        return When(how=How.LATER)
    if not outs:
        return When(how=How.NOT_MEASURED, text="; ".join(missing) or "nobody was counted out")
    after = case.gaps(case.group, Interval(start=outs[-1], end=max(end, outs[-1] + _SECOND)), counters=True)
    if after:
        return When(how=How.AT_LEAST, at=outs[-1], text="; ".join(after))
    return When(how=How.KNOWN, at=outs[-1])


def _overstay(case: Case, left: When, no_show: Verdict) -> Count:
    if no_show.finding is Finding.YES:
        return Count(how=How.NONE, text="nobody came")
    if case.now < case.booking.ends:
        return Count(how=How.LATER)
    if left.at is None or left.how not in (How.KNOWN, How.AT_LEAST):
        return Count(how=How.NOT_MEASURED, text=left.text)
    minutes = int((left.at - case.booking.ends).total_seconds() // 60)
    if left.how is How.KNOWN:
        return Count(how=How.KNOWN, number=max(0, minutes))
    if minutes > 0:
        return Count(how=How.AT_LEAST, number=minutes, text=left.text)
    return Count(how=How.NOT_MEASURED, text=left.text)


def _over_capacity(case: Case, peak: Count) -> Verdict:
    capacity = case.place.space.holds(case.booking.layout)
    if peak.how is How.LATER:
        return Verdict(finding=Finding.LATER)
    if capacity is None:
        return Verdict(finding=Finding.NOT_MEASURED, text="the room has no capacity")
    if peak.number is None:
        return Verdict(finding=Finding.NOT_MEASURED, text=peak.text)
    low, high = peak.number - peak.error, peak.number + peak.error
    if peak.how is not How.AT_MOST and low > capacity:
        return Verdict(finding=Finding.YES, text=f"{peak.number} ± {peak.error} people where {capacity} may be")
    if peak.how is not How.AT_LEAST and high <= capacity:
        over = case.now < case.booking.ends
        return Verdict(finding=Finding.LATER if over else Finding.NO)
    return Verdict(finding=Finding.NOT_MEASURED, text=f"{_number(peak)}, and {capacity} may be there")


def _number(count: Count) -> str:
    words = {How.AT_LEAST: "at least ", How.AT_MOST: "at most "}.get(count.how, "")
    return f"{words}{count.number} ± {count.error} people"


def _shared(case: Case) -> tuple[str, ...]:
    found = []
    for door in case.doors:
        if case.leads_here_only(door):
            continue
        rooms = sorted(
            each.space.name
            for each in case.where.by_space.values()
            if door.id in each.space.doors and not set(case.place.atoms).issuperset(each.atoms)
        )
        found.append(f"{door.name} leads to {times.listed(rooms)} too.")
        if case.others(door, case.window.start, case.window.end):
            found.append(f"Codes of other bookings opened {door.name} in this time.")
    if found and not case.alone:
        found.append("Who came without its code is in no count of it alone.")
    touching = [door for door in case.doors if case.leads_here_only(door)]
    if any(case.others(door, case.window.start, case.window.end) for door in touching):
        found.append("Codes of the bookings before or after opened its own door for some of this time.")
    return tuple(dict.fromkeys(found))
