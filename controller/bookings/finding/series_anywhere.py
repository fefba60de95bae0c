"""Where a whole series can be had: which space takes most of its dates, and which it does not take and why."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from controller.bookings import limits
from controller.bookings.finding.look import Free, Looker
from controller.bookings.finding.ranking import Candidate, Wished, effort
from controller.bookings.finding.reach import Reached
from controller.bookings.finding.seeking import Fit, Seeking, fit_at, why_nothing_fits
from controller.bookings.finding.sweep import Span, holds, span, us
from controller.bookings.finding.telling import where_and_what
from controller.bookings.judging.judge import Wish, judge
from controller.bookings.judging.phrases import plural
from controller.bookings.picture import Picture
from controller.bookings.series.pattern import Pattern
from controller.bookings.series.unrolling import Occurrence, unroll
from controller.bookings.verdict import Verdict
from controller.database import Tx
from controller.problem import invalid_field
from edge.wire.interval import Interval

LONGEST = timedelta(days=2 * 366)
"""From the first date of a series that is looked for to the last."""


class SoughtSeries(msgspec.Struct, frozen=True, kw_only=True):
    """A series without a space."""

    pattern: Pattern
    seeking: Seeking


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """A date that cannot be had."""

    occurrence: Occurrence
    during: Interval
    verdict: Verdict


class Takes(msgspec.Struct, frozen=True, kw_only=True):
    """A space and how much of the series it takes. ``approval``: how many of the dates somebody has to approve."""

    candidate: Candidate
    dates: int
    missing: Sequence[Missing]
    approval: int
    text: str

    @property
    def taken(self) -> int:
        return self.dates - len(self.missing)


class FoundSeries(msgspec.Struct, frozen=True, kw_only=True):
    """The space that takes most of the dates first. ``out``: dates that take place nowhere, with why, as the first
    site has it."""

    items: Sequence[Takes]
    out: Sequence[Occurrence]
    sites: int
    spaces: int
    why: str


async def find_series(
    tx: Tx, looker: Looker, there: Sequence[Reached], sought: SoughtSeries, wish: Wish, *, now: datetime, limit: int
) -> FoundSeries:
    """The best ``limit`` spaces at these sites. ``wish``: by whom and for whom. Raises ``Invalid``."""
    seeking = sought.seeking
    fit = fit_at(there, seeking.wants)
    dates = _dates(there, sought.pattern, now)
    candidates = await _candidates(tx, looker, fit, seeking, dates, now)
    wished = Wished(people=seeking.wants.people, layout=seeking.wants.layout)
    candidates.sort(key=lambda each: (-each[1], *_farther(each[0]), effort(each[0], wished)))
    found = [await _judged(tx, each, dates, seeking, wish, wished, now) for each, _ in candidates[:limit]]
    found.sort(key=lambda each: -each.taken)
    why = ""
    if not fit.fitting:
        why = why_nothing_fits(seeking, fit)
    elif not any(each.taken for each in found):
        why = f"{plural(len(fit.fitting), 'space')} would fit, and none is free on any of the dates"
    first = dates[there[0].picture.site.id] if there else []
    return FoundSeries(
        items=[each for each in found if each.taken],
        out=[each for each in first if each.out or each.during is None],
        sites=len(there),
        spaces=len(fit.fitting),
        why=why,
    )


def _farther(candidate: Candidate) -> tuple[bool, float]:
    return candidate.miles is None, candidate.miles or 0.0


def _dates(there: Sequence[Reached], pattern: Pattern, now: datetime) -> dict[str, list[Occurrence]]:
    """The dates as they are at each site: zones and terms may differ."""
    known: dict[object, list[Occurrence]] = {}
    found = {}
    for each in there:
        picture = each.picture
        key = (picture.site.zone, picture.hours.terms if pattern.term_only else None)
        if key not in known:
            known[key] = _unrolled(picture, pattern, now)
        found[picture.site.id] = known[key]
    return found


def _unrolled(picture: Picture, pattern: Pattern, now: datetime) -> list[Occurrence]:
    dates = list(unroll(pattern, picture.site.tz, picture.hours).occurrences)
    times = _times(dates)
    if not times:
        raise invalid_field("rule", "leaves no date that takes place")
    if times[0].start < now - limits.BEGUN:
        raise invalid_field("first_starts", f"must be at most {limits.BEGUN.total_seconds() / 3600:.0f} hours ago")
    if times[-1].start - times[0].start > LONGEST:
        raise invalid_field("rule", "must end within two years, to be looked for")
    return dates


def _times(dates: Sequence[Occurrence]) -> list[Interval]:
    """When the dates that take place do so, in order."""
    return sorted(each.during for each in dates if each.during is not None and not each.out)


async def _candidates(
    tx: Tx,
    looker: Looker,
    fit: Fit,
    seeking: Seeking,
    dates: Mapping[str, Sequence[Occurrence]],
    now: datetime,
) -> list[tuple[Candidate, int]]:
    """Every space that fits, with how many of the dates it is free."""
    times = {site: _times(each) for site, each in dates.items()}
    wanted = {site: [span(during) for during in each] for site, each in times.items()}
    within = {site: (max(each[0][0], us(now)), max(end for _, end in each)) for site, each in wanted.items()}
    found = await looker.look(tx, fit.fitting, seeking.use, within, now=now)
    return [
        (
            Candidate(fitting=each.fitting, during=times[site][0], wanted=times[site][0], miles=fit.miles[site]),
            _free(each, wanted[site]),
        )
        for each in found
        if (site := each.fitting.picture.site.id)
    ]


def _free(free: Free, wanted: Sequence[Span]) -> int:
    return sum(holds(free.times, each) for each in wanted)


async def _judged(
    tx: Tx,
    candidate: Candidate,
    dates: Mapping[str, Sequence[Occurrence]],
    seeking: Seeking,
    wish: Wish,
    wished: Wished,
    now: datetime,
) -> Takes:
    fitting = candidate.fitting
    there = [
        (each, each.during)
        for each in dates[fitting.picture.site.id]
        if each.during is not None and not each.out and each.during.end > now
    ]
    wishes = [
        msgspec.structs.replace(
            wish,
            asked=msgspec.structs.replace(
                seeking.asked(during), space=fitting.place.space.id, layout=fitting.layout, seats=fitting.seats
            ),
        )
        for _, during in there
    ]
    verdicts = await judge(tx, fitting.picture, wishes, now=now, together=True)
    missing = [
        Missing(occurrence=each, during=during, verdict=said)
        for (each, during), said in zip(there, verdicts, strict=True)
        if not said.possible
    ]
    taken = len(there) - len(missing)
    how_many = f"all {len(there)} dates" if not missing else f"{taken} of {plural(len(there), 'date')}"
    return Takes(
        candidate=candidate,
        dates=len(there),
        missing=missing,
        approval=sum(each.possible and each.needs_approval for each in verdicts),
        text=where_and_what(candidate, wished, how_many),
    )
