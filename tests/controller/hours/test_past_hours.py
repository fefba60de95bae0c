"""Hours as they were set at a past time, from what the audit log has of their changes."""

from datetime import timedelta

import httpx
import msgspec

from controller.app.container import Container
from controller.hours.model import OpeningHours, SpaceHours
from controller.hours.past_hours import HoursChange, hours_then, past_hours
from controller.hours.timetable import Timetable
from controller.records.audit.audit_log import diff
from edge.wire.interval import Interval
from edge.wire.plan import Mode
from tests.controller.clock import ManualClock
from tests.controller.hours.books import SITE, span, utc, week, windows
from tests.controller.running import NOW
from tests.controller.village import API

SHORT = OpeningHours(pattern=week(span("09:00", "12:00")))
LONG = OpeningHours(pattern=week(span("09:00", "18:00"), span("18:00", "21:00", Mode.EXTENDED)))
DURING = Interval(start=utc("2026-11-01"), end=utc("2026-12-01"))


def book(opening: OpeningHours, hall: SpaceHours | None = None) -> Timetable:
    return Timetable(site=SITE, timetable=opening, spaces={"hall": hall or SpaceHours(name="Hall")})


def change(at: str, old: Timetable, new: Timetable) -> HoursChange:
    fields = msgspec.json.decode(msgspec.json.encode(diff(old, new, leave_out=["site"])))
    return HoursChange(at=utc(at), fields=fields)


def test_a_time_before_a_change_has_the_hours_before_it() -> None:
    changes = [change("2026-11-10T12:00", book(SHORT), book(LONG))]
    found = hours_then(book(LONG), DURING, changes)
    assert [(each.during.start, each.hours.timetable, each.known) for each in found] == [
        (utc("2026-11-01"), SHORT, True),
        (utc("2026-11-10T12:00"), LONG, True),
    ]
    assert [each.during.end for each in found] == [utc("2026-11-10T12:00"), DURING.end]


def test_without_a_change_those_of_now_held_all_the_time() -> None:
    [found] = hours_then(book(LONG), DURING, [])
    assert (found.during, found.hours, found.known) == (DURING, book(LONG), True)


def test_a_change_after_the_time_says_what_held_in_it() -> None:
    [found] = hours_then(book(LONG), DURING, [change("2026-12-05", book(SHORT), book(LONG))])
    assert (found.hours.timetable, found.known) == (SHORT, True)


def test_a_rooms_own_hours_are_those_of_then() -> None:
    before = SpaceHours(name="Hall", windows=windows("09:00", "12:00"))
    changes = [change("2026-11-10", book(SHORT, before), book(SHORT))]
    found = hours_then(book(SHORT), DURING, changes)
    assert [each.hours.spaces["hall"].windows for each in found] == [before.windows, None]


def test_what_a_file_replaced_is_not_known_unless_it_was_written_before() -> None:
    from_file = HoursChange(at=utc("2026-11-20"), fields=None)
    found = hours_then(book(LONG), DURING, [from_file])
    assert [(each.hours.timetable, each.known) for each in found] == [(LONG, False), (LONG, True)]
    earlier = change("2026-11-10", book(OpeningHours()), book(SHORT))
    found = hours_then(book(LONG), DURING, [earlier, from_file])
    assert [each.hours.timetable for each in found] == [OpeningHours(), SHORT, LONG]
    assert [each.known for each in found] == [False, False, True]  # of the rooms' own hours nothing was written


async def test_changes_that_people_made_are_found(
    village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    path = f"{API}/sites/ramsey/hours"
    for days, closes in ((0, "12:00"), (1, "18:00")):
        clock.set(NOW + timedelta(days=days))
        given = (await village.get(path)).json()
        pattern = [{"weekday": 0, "opens": "09:00", "closes": closes, "mode": "staffed"}]
        answer = await village.put(path, json={"version": given["version"], "pattern": pattern})
        assert answer.is_success, answer.text
    async with container.database.read() as tx:
        now = await container.writer.site_configs.hours(tx, "ramsey")
        during = Interval(start=NOW - timedelta(days=1), end=NOW + timedelta(days=3))
        found = await past_hours(tx, now, during)
    spans_then = [[each.span.closes for each in one.hours.timetable.pattern] for one in found]
    assert spans_then == [[], [12 * 60], [18 * 60]]
    assert all(each.known for each in found)
