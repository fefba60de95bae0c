"""Who came to a booking: codes, the first person, how many, and who was let in. Pure."""

from datetime import datetime, timedelta

from controller.bookings.diary.model import Arrival
from controller.platform.text import times
from controller.use.attendance.case import Case, error_among
from controller.use.attendance.model import Count, How, When
from edge.wire.interval import Interval
from edge.wire.plan import Mode

_SECOND = timedelta(seconds=1)


def _heard(case: Case, until: datetime | None = None) -> list[str]:
    """What is not known of its doors' reports, up to now or ``until``."""
    end = min(case.window.end if until is None else until, case.now)
    if end <= case.window.start:
        return []
    return case.gaps(case.doors, Interval(start=case.window.start, end=end), counters=False)


def first_code_of(case: Case) -> When:
    if not case.doors:
        return When(how=How.NOT_MEASURED, text="no door leads there")
    if uses := case.uses:
        at, name = min((at, case.seen.doors[door].name) for at, door in uses)
        missing = _heard(case, max(at, case.window.start + _SECOND))
        how = How.AT_MOST if missing else How.KNOWN
        return When(how=how, at=at, text="; ".join([f"its code at {name}", *missing]))
    if case.now <= case.window.start:
        return When(how=How.LATER)
    if missing := _heard(case):
        return When(how=How.NOT_MEASURED, text="; ".join(missing))
    so_far = " so far" if case.now < case.window.end else ""
    return When(how=How.NONE, text=f"its code was not used{so_far}")


def first_person_of(case: Case) -> When:
    if case.now <= case.window.start:
        return When(how=How.LATER)
    if not any(door.counted is not None for door in case.doors):
        return _passed_by(case) or When(how=How.NOT_MEASURED, text=case.no_counter)
    sure = [each.at for each in case.passed if each.sure]
    maybe = [each.at for each in case.passed if not each.sure]
    end = min(case.window.end, case.now)
    before = min(sure, default=end)
    missing = case.gaps(
        case.doors, Interval(start=case.window.start, end=max(before, case.window.start + _SECOND)), counters=True
    )
    if sure:
        # Somebody earlier who may have been its makes the time one by which they were there.
        earlier = bool(maybe) and min(maybe) < sure[0]
        notes = [f"others came from {case.clock(min(maybe))}, whose they were is not known"] if earlier else []
        how = How.AT_MOST if missing or earlier else How.KNOWN
        return When(how=how, at=sure[0], text="; ".join([*notes, *missing]))
    if maybe:
        number = sum(each.ins for each in case.passed)
        text = f"{number} came in who may have been its people or {_whose(case)}"
        return When(how=How.SHARED, at=maybe[0], text="; ".join([text, *missing]))
    if missing:
        return When(how=How.NOT_MEASURED, text="; ".join(missing))
    return When(how=How.NONE, text="nobody was counted in")


def _passed_by(case: Case) -> When | None:
    """The first who passed a counter that does not tell in from out: somebody was there, and may have left."""
    start, end = case.window.start, min(case.window.end, case.now)
    passed = [(each.at, door.name) for door in case.doors for each in door.crossed(start, end) if each.passages]
    if not passed:
        return None
    at, name = min(passed)
    return When(how=How.SHARED, at=at, text=f"somebody passed {name}, and nothing tells which way")


def _whose(case: Case) -> str:
    return "those of others who come by the same door" if not case.alone else "somebody with a key of their own"


def arrived_of(case: Case, first_code: When, first_person: When) -> When:
    """The first of what is known: the code, a person, a check-in; else movement in the room."""
    found = [each for each in (first_code, first_person) if each.how in (How.KNOWN, How.AT_MOST)]
    if case.booking.arrived_at is not None and case.booking.arrived_how == Arrival.TABLET:
        found.append(When(how=How.AT_MOST, at=case.booking.arrived_at, text="somebody checked in"))
    if found:
        return min(found, key=lambda each: each.at or case.now)
    if case.now <= case.window.start:
        return When(how=How.LATER)
    if case.booking.arrived_at is not None:
        # The events that it was known by are no longer kept.
        return When(how=How.AT_MOST, at=case.booking.arrived_at, text="as the diary noted it then")
    if (moved := case.moved) is not None:
        return When(how=How.SHARED, at=moved[0], text="by movement in the room alone")
    if first_person.how is How.SHARED:
        return first_person
    if first_code.how is How.NONE and first_person.how is not How.NOT_MEASURED:
        return When(how=How.NONE, text="nobody has come")
    text = "; ".join(dict.fromkeys(each.text for each in (first_code, first_person) if each.text))
    return When(how=How.NONE if first_code.how is How.NONE else How.NOT_MEASURED, text=text)


def codes_used_of(case: Case) -> Count:
    if not case.doors:
        return Count(how=How.NOT_MEASURED, text="no door leads there")
    number = len(case.uses)
    if case.now <= case.window.start and not number:
        return Count(how=How.LATER)
    if missing := _heard(case):
        how = How.AT_LEAST if number else How.NOT_MEASURED
        return Count(how=how, number=number or None, text="; ".join(missing))
    unsaid = [door.name for door in case.doors if door.unsaid]
    if number and unsaid:
        text = f"some may have been used to leave by {times.listed(unsaid)}"
        return Count(how=How.AT_MOST, number=number, text=text)
    return Count(how=How.KNOWN, number=number)


def came_of(case: Case) -> Count:
    if case.now <= case.window.start:
        return Count(how=How.LATER)
    if not any(door.counted is not None for door in case.doors):
        return Count(how=How.NOT_MEASURED, text=case.no_counter)
    number = sum(each.ins for each in case.passed if each.sure)
    others = sum(each.ins for each in case.passed if not each.sure)
    during = Interval(start=case.window.start, end=min(case.window.end, case.now))
    notes = case.gaps(case.doors, during, counters=True)
    if others:
        notes.insert(0, f"{others} {'more ' if number else ''}came in who may have been its people or {_whose(case)}")
    if not notes:
        return Count(how=How.KNOWN, number=number, error=error_among(number))
    how = How.AT_LEAST if number else How.SHARED if others else How.NOT_MEASURED
    return Count(how=how, number=number or None, error=error_among(number) if number else 0, text="; ".join(notes))


def let_ins_of(case: Case, came: Count, used: Count) -> Count:
    if case.now <= case.window.start:
        return Count(how=How.LATER)
    free = set(case.where.hours.timetable.free_doors) & {door.id for door in case.doors}
    modes = case.where.hours.modes(case.window) if free else ()
    if any(each.mode is Mode.STAFFED for each in modes):
        return Count(how=How.NOT_MEASURED, text="a door was open to everybody for some of the time")
    if came.number is None or used.number is None:
        blank = came if came.number is None else used
        return Count(how=blank.how, text=blank.text)
    more = came.number - used.number
    if came.how is How.KNOWN and used.how is How.KNOWN:
        return Count(how=How.KNOWN, number=max(0, more), error=came.error)
    text = "; ".join(dict.fromkeys(each.text for each in (came, used) if each.text))
    return Count(
        how=How.AT_LEAST if more > 0 else How.NOT_MEASURED,
        number=more if more > 0 else None,
        error=came.error if more > 0 else 0,
        text=text,
    )
