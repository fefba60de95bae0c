"""What is answered about people to expect."""

from typing import TYPE_CHECKING

from controller.platform.web.fields import Answer, DateText, LocalTime, answer_of

if TYPE_CHECKING:
    from controller.occupancy.forecast.site_forecast import SiteForecast  # it imports numpy


class ExpectedHourRead(Answer):
    """People who come in during an hour: `expected` is the mean, and the number is from `low` to `high` in nine of ten
    cases. `level`: quiet or busy, below 0.6 or above 1.4 of the mean of the hours of that day in which people come;
    else empty. `note`: closed, the name of a bank holiday, school holidays, or empty."""

    starts: str
    ends: str
    expected: float
    low: int
    high: int
    level: str
    note: str


class DayAheadRead(Answer):
    """A day ahead, of the building's use: from when to when somebody is expected or a room is booked, to have it warm
    by then; null for a day without either. `booked_from`: when its first booking begins. `expected`: people in the
    hours of it that are still to come; null where that is not known."""

    day: DateText
    used_from: LocalTime | None
    used_until: LocalTime | None
    booked_from: LocalTime | None
    expected: float | None


class ForecastRead(Answer):
    """What to expect at the `doors` that have a counter. `counted_hours` and `counted_days`: what it was learned from,
    of at most 400 days; an hour in which a counter is not known to have worked is not among them. `needed_days`: on
    how many most hours that were not closed must have been counted; `why_none` then says why
    `items` is empty. `silent_hours`: zeros that were taken as a counter's silence. `left_out`: other doors, at which a
    counter has not worked for a week; who comes by them is not in it. An hour of the day that was never counted has no
    item. `days`: each day of it, today first; of a day its bookings are known also where `items` is empty."""

    doors: list[str]
    counted_hours: int
    counted_days: int
    needed_days: int
    counted_until: LocalTime | None
    silent_hours: int
    left_out: list[str]
    why_none: str
    items: list[ExpectedHourRead]
    days: list[DayAheadRead]


def forecast_read(found: "SiteForecast") -> ForecastRead:
    """What a site's forecast is answered as."""
    items = [
        ExpectedHourRead(
            starts=each.start.isoformat(),
            ends=each.end.isoformat(),
            expected=round(each.mean, 1),
            low=each.low,
            high=each.high,
            level=each.level,
            note=each.note,
        )
        for each in found.hours
    ]
    return answer_of(ForecastRead, found, found.site.tz, items=items)
