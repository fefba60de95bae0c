"""The sheet for trustees says what is true of a closed, an unmeasured and a large building, and nothing twice."""

from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest

from controller.hours.model import OpeningHours
from controller.hours.timetable import Timetable
from controller.platform.text.pdf import write
from controller.telemetry.rollups.crossings import DoorCounter
from controller.use import month_sheet
from controller.use.comparison import ComparedPeriod, ComparedSite, UsePeriod
from controller.use.late_opening import LateOpening
from controller.use.measure import measure
from controller.use.visits import site_visits
from tests.controller.bookings.hub import HUB, site_config
from tests.controller.hours.books import closure
from tests.controller.use.test_late_opening import EARLY, LATE, brought, crowd, then
from tests.controller.use.test_measure import LATER, OPEN, hours, taken
from tests.controller.use.test_visits import WEEK, counter

NOTHING = ComparedPeriod(period=None, change=None, why_no_change="nothing was recorded yet")


@dataclass
class Sheet:
    """``lines``: paragraphs in the order in which they were written; ``lowest``: where the last of them ends."""

    lines: list[str] = field(default_factory=list)
    lowest: float = 1e9

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def beside(self, name: str) -> list[str]:
        """What stands in the row of a table after this."""
        at = self.lines.index(name)
        return self.lines[at + 1 : at + 6]


@pytest.fixture
def sheet(monkeypatch: pytest.MonkeyPatch) -> Sheet:
    """All that is written on the sheet."""
    found = Sheet()

    def reading(canvas: Any, text: str, *given: Any, **more: Any) -> float:
        found.lines.append(text)
        end = write(canvas, text, *given, **more)
        found.lowest = min(found.lowest, end)
        return end

    monkeypatch.setattr(month_sheet, "write", reading)
    return found


def found(*counters: DoorCounter, book: Timetable | None = None, **given: Any) -> ComparedSite:
    use = measure(site_config(hours=book or hours()), WEEK, given.pop("bookings", ()), now=LATER)
    assert use is not None
    use = msgspec.structs.replace(use, **given)
    visits = site_visits(counters, (book or hours()).modes(WEEK), WEEK, HUB.tz)
    period = UsePeriod(use=use, visits=visits)
    return ComparedSite(site=HUB, doors={}, period=period, before=NOTHING, year_before=NOTHING)


def draw(of: ComparedSite) -> None:
    data = month_sheet.month_sheet(of, month="November 2026", as_of="1 December 2026", link="https://example.org/use")
    assert data.count(b"/Type /Page\n") == 1


def test_a_closed_month_is_said_and_nothing_was_booked_in_it(sheet: Sheet) -> None:
    draw(found(counter(), book=hours(OPEN, closure("2026-11-23", "2026-11-29", "sanding"))))
    assert "The building was closed all of this time, which is no fall in use." in sheet.text
    assert "booked at least once" not in sheet.text
    assert sheet.beside("Booked")[:2] == ["–", "No room could be booked"]


def test_a_building_without_opening_hours_is_not_called_closed(sheet: Sheet) -> None:
    draw(found(counter((9, 50, 0), (17, 0, 50)), book=hours(OpeningHours())))
    assert "No opening hours are set" in sheet.text
    assert "closed" not in sheet.text.replace("Nobody", "")
    assert "booked at least once" not in sheet.text


@pytest.mark.parametrize("counters", [(), (counter((9, 50, 0), (17, 0, 50)),)])
def test_an_open_building_without_rooms_is_not_called_closed(sheet: Sheet, counters: tuple[DoorCounter, ...]) -> None:
    none = found(*counters).period.use.minutes
    draw(found(*counters, spaces=(), unused=(), minutes=msgspec.structs.replace(none, bookable=0)))
    assert "closed" not in sheet.text
    assert "fall in use" not in sheet.text
    assert "booked at least once" not in sheet.text


def test_what_is_not_measured_is_a_dash_with_its_reason_and_no_zero(sheet: Sheet) -> None:
    draw(found(bookings=[taken("hall", "2026-11-24T10:00", "2026-11-24T12:00")]))
    assert sheet.beside("Visits an open hour")[:2] == ["–", "Not measured: no door counter has reported"]
    assert sheet.beside("Most inside")[:2] == ["–", "Not measured: no door counter has reported"]
    assert sheet.beside("Nobody came")[:2] == ["–", "of 1 booking it is not known"]
    assert sheet.beside("Bookings to which nobody came")[0] == "–"
    assert sheet.beside("Hall")[3] == "–"
    assert "No door counter has reported." in sheet.text


def test_bookings_of_all_of_which_it_is_known_have_numbers(sheet: Sheet) -> None:
    came = taken("hall", "2026-11-24T10:00", "2026-11-24T12:00")
    draw(found(bookings=[msgspec.structs.replace(came, arrived_at=came.during.start)]))
    assert sheet.beside("Nobody came")[:2] == ["0", "of 1 booking"]
    assert sheet.beside("Bookings to which nobody came")[0] == "0"
    assert sheet.beside("Hall")[3] == "0 h"


def test_a_threshold_that_may_have_been_reached_on_any_measured_day_is_said(sheet: Sheet) -> None:
    sure, wide = [(9, 160, 0), (17, 0, 160)], [(24 + 9, 205, 0), (24 + 17, 0, 150)]
    draw(found(counter(*sure, *wide, (48 + 9, 100, 0))))
    assert (
        "200 people may have been inside at once. On 1 of 7 open days it is not known how many people were inside."
        in (sheet.lines)
    )
    sheet.lines.clear()
    draw(found(counter((9, 1000, 0), (17, 0, 1000))))
    assert "800 people or more were inside at once." in sheet.lines


def test_many_doors_and_rooms_leave_out_nothing_without_a_word(sheet: Sheet) -> None:
    doors = [f"door-{n:02}" for n in range(40)]
    of = found(*(counter(*([(9, 260, 0), (17, 0, 260)] if n == 0 else []), place=one) for n, one in enumerate(doors)))
    rooms = tuple(
        msgspec.structs.replace(of.period.use.spaces[0], space=f"s{n}", name=f"Community and learning space {n}")
        for n in range(30)
    )
    use = msgspec.structs.replace(of.period.use, spaces=rooms, unused=tuple(each.space for each in rooms))
    names = {each: f"{each} to the learning space of the former school" for each in doors}
    draw(msgspec.structs.replace(of, doors=names, period=msgspec.structs.replace(of.period, use=use)))
    assert "200 people or more were inside at once." in sheet.lines
    [counted] = [each for each in sheet.lines if each.startswith("Counted at")]
    assert counted.endswith(" more. Doors without a counter are not in the visits.")
    shown = counted.count("former school")
    assert f" and {40 - shown} more." in counted
    [unused] = [each for each in sheet.lines if each.startswith("Not booked at all")]
    assert f" and {30 - unused.count('Community')} more." in unused
    [rest] = [each for each in sheet.lines if each.startswith("And ")]
    assert sheet.lines.count("Room") == 1
    assert rest.endswith(" more.")
    assert sheet.lines[-1].startswith("Measured is the share of the time")
    assert sheet.lowest > 0


def test_what_late_opening_brought_has_its_error_and_the_change_of_hours(sheet: Sheet) -> None:
    of = found(counter((9, 50, 0), (17, 0, 50)))
    draw(_with_late(of, brought(crowd())))
    assert "Open 84 h without staff: 1.2 visits an hour (± 0.1), 0 bookings; 336 h with staff: " in sheet.text
    assert "1.4 visits an hour (± 0.1), 0 bookings." in sheet.text
    assert (
        "Visits a week before the opening hours were changed on 2026-12-14: 74.7 ± 3.3; after: 114.3 ± 3.4."
        in sheet.text
    )
    sheet.lines.clear()
    draw(_with_late(of, brought(set_then=then(LATE))))
    assert "168 h without staff: visits not measured, 0 bookings" in sheet.text
    assert "±" not in sheet.text
    sheet.lines.clear()
    draw(_with_late(of, brought(crowd(), set_then=then(EARLY))))
    assert "without staff: " not in sheet.text


def _with_late(of: ComparedSite, late: LateOpening) -> ComparedSite:
    return msgspec.structs.replace(of, period=msgspec.structs.replace(of.period, late=late))
