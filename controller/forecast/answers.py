"""What is answered about people to expect."""

from controller.web.fields import Answer, LocalTime


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


class ForecastRead(Answer):
    """What to expect at the `doors` that have a counter. `counted_hours` and `counted_days`: what it was learned from,
    of at most 400 days; an hour in which a counter is not known to have worked is not among them. `needed_days`: on
    how many most hours that were not closed must have been counted; `why_none` then says why
    `items` is empty. `silent_hours`: zeros that were taken as a counter's silence. `left_out`: other doors, at which a
    counter has not worked for a week; who comes by them is not in it. An hour of the day that was never counted has no
    item."""

    doors: list[str]
    counted_hours: int
    counted_days: int
    needed_days: int
    counted_until: LocalTime | None
    silent_hours: int
    left_out: list[str]
    why_none: str
    items: list[ExpectedHourRead]
