"""A period of a site beside the one before it and the same a year before. Pure."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import msgspec

from controller.estate.model import Site
from controller.use.late_opening import LateOpening
from controller.use.model import SiteUse, SiteVisits, WifiUse

_YEAR = timedelta(weeks=52)
_ENOUGH = 0.5
"""Share of the open time that must be measured for a comparison to say something."""
Days = tuple[date, date]
"""The first day, and the one after the last."""


class UsePeriod(msgspec.Struct, frozen=True, kw_only=True):
    """``visits``: ``None`` where no door had a counter. ``bookings_from``, ``counts_from``: when the first booking of
    the site began, and when a counter was first heard of, where that is later than the period's beginning. ``late``,
    ``wifi``: left out of earlier periods."""

    use: SiteUse
    visits: SiteVisits | None
    late: LateOpening | None = None
    wifi: tuple[WifiUse, ...] = ()
    bookings_from: datetime | None = None
    counts_from: datetime | None = None

    @property
    def bookings_known(self) -> bool:
        """Whether bookings were recorded in a part of it: else it is not zero that there were none."""
        return self.bookings_from is None or self.bookings_from < self.use.until


class ComparedPeriod(msgspec.Struct, frozen=True, kw_only=True):
    """An earlier period. ``change``: by how much visits of an open hour differ from then, as a share of those then:
    0.1 is a tenth more. Where that cannot be said it is ``None``, and ``why_no_change`` says why. ``period``: ``None``
    where nothing was recorded yet."""

    period: UsePeriod | None
    change: float | None
    why_no_change: str


class ComparedSite(msgspec.Struct, frozen=True, kw_only=True):
    """A site's period with ``before``, the one of the same length that it follows, and ``year_before``. ``doors``: id
    -> name."""

    site: Site
    doors: dict[str, str]
    period: UsePeriod
    before: ComparedPeriod
    year_before: ComparedPeriod


def earlier(days: Days) -> Days:
    """As many days or, of whole months, as many months, up to the period's beginning."""
    if (months := _months(days)) is not None:
        return _months_back(days, months)
    first, after = days
    return first - (after - first), first


def year_earlier(days: Days) -> Days:
    """Of whole months the same months; else 52 weeks before, so that weekdays stay weekdays."""
    if _months(days) is not None:
        return _months_back(days, 12)
    first, after = days
    return first - _YEAR, after - _YEAR


def months_in(days: Days) -> Iterator[Days]:
    """The whole months among them."""
    first, after = days
    month = first if first.day == 1 else (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    while (following := (month + timedelta(days=32)).replace(day=1)) <= after:
        yield month, following
        month = following


def _months(days: Days) -> int | None:
    first, after = days
    return (after.year - first.year) * 12 + after.month - first.month if first.day == after.day == 1 else None


def _months_back(days: Days, months: int) -> Days:
    first, after = (each.year * 12 + each.month - 1 - months for each in days)
    return date(first // 12, first % 12 + 1, 1), date(after // 12, after % 12 + 1, 1)


def compared(now: UsePeriod, then: UsePeriod | None) -> ComparedPeriod:
    """Visits by open hour, so that a time in which it was closed, or that was not counted, is no fall."""
    why = _why_not(now, then)
    change = None
    if not why and then is not None and then.visits is not None and now.visits is not None:
        change, why = _change(now.visits, then.visits)
    return ComparedPeriod(period=then, change=change, why_no_change=why)


def _change(now: SiteVisits, then: SiteVisits) -> tuple[float | None, str]:
    """Of the hours of the week that are measured in both, staffed and extended apart: what came in them, against what
    would have come at the rates of then."""
    both = now.open_hours.keys() & then.open_hours.keys()
    seconds = sum(now.open_hours[each][0] for each in both)
    if seconds < _ENOUGH * 60 * min(now.open.measured, then.open.measured):
        return None, "too few of the same hours of the week are measured"
    came = sum(now.open_hours[each][1] for each in both)
    usual = sum(then.open_hours[each][1] / then.open_hours[each][0] * now.open_hours[each][0] for each in both)
    return (came / usual - 1, "") if usual else (None, "nobody came then")


def _why_not(now: UsePeriod, then: UsePeriod | None) -> str:
    if then is None:
        return "nothing was recorded yet"
    if now.visits is None or then.visits is None:
        return "no door had a counter" if now.visits is None else "no door had a counter then"
    for each, word in ((now.visits, "it was closed"), (then.visits, "it was closed then")):
        if not each.open.minutes:
            return word
    if then.counts_from is not None:
        return "records begin within that time"
    if now.visits.doors != then.visits.doors:
        return "not the same doors were counted"
    for each, word in ((now.visits, "less than half is measured"), (then.visits, "less than half is measured then")):
        if each.open.measured < _ENOUGH * each.open.minutes:
            return word
    return ""
