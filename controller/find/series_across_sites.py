"""Finds spaces for a whole series: which space takes most of its dates, and which dates it does not take and why."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from controller.bookings.diary.model import BEGUN
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.rules.evaluate import judge
from controller.bookings.rules.model import RuleRequest, Verdict
from controller.bookings.rules.reason_wording import plural
from controller.db.engine import Tx
from controller.estate.model import Site
from controller.find.diary_reads import DiaryReader, FreeSpace
from controller.find.free_intervals import Span, holds, span, us
from controller.find.nearby_sites import SiteInReach
from controller.find.proposals import where_and_what
from controller.find.ranking import Candidate, WantedTime, effort
from controller.find.request import SearchRequest, SpaceFit, fit_at, why_nothing_fits
from controller.hours.recurrence.expand import SeriesOccurrence, expand_pattern
from controller.hours.recurrence.pattern import RecurrencePattern
from controller.platform.web.problem import invalid_field
from edge.wire.interval import Interval

LONGEST = timedelta(days=2 * 366)
"""From the first date of a series that is looked for to the last."""
_NAMED = 3
"""Most sites that a sentence names."""


class SeriesSearch(msgspec.Struct, frozen=True, kw_only=True):
    """A series without a space."""

    pattern: RecurrencePattern
    search: SearchRequest


class MissingDate(msgspec.Struct, frozen=True, kw_only=True):
    """A date that cannot be booked."""

    occurrence: SeriesOccurrence
    during: Interval
    verdict: Verdict


class SpaceTakes(msgspec.Struct, frozen=True, kw_only=True):
    """A space and how much of the series it takes. ``approval``: how many of the dates somebody has to approve."""

    candidate: Candidate
    dates: int
    missing: Sequence[MissingDate]
    approval: int
    text: str

    @property
    def taken(self) -> int:
        return self.dates - len(self.missing)


class Termless(msgspec.Struct, frozen=True, kw_only=True):
    """A site in reach that has no date of a series which keeps to school terms, and why."""

    site: Site
    text: str


class FoundSeries(msgspec.Struct, frozen=True, kw_only=True):
    """The space that takes most of the dates first. ``out``: dates that take place nowhere, with why, as the first
    site has it. ``termless``: sites that were left out; ``sites`` counts the others."""

    items: Sequence[SpaceTakes]
    out: Sequence[SeriesOccurrence]
    termless: Sequence[Termless]
    sites: int
    spaces: int
    why: str


async def find_series(
    tx: Tx,
    diary_reader: DiaryReader,
    there: Sequence[SiteInReach],
    query: SeriesSearch,
    request: RuleRequest,
    *,
    now: datetime,
    limit: int,
) -> FoundSeries:
    """The best ``limit`` spaces at these sites. ``request``: by whom and for whom. Raises ``Invalid``."""
    search = query.search
    dates, termless = _dates(there, query.pattern, now)
    there = [each for each in there if each.site_config.site.id in dates]
    fit = fit_at(there, search.wants)
    candidates = await _candidates(tx, diary_reader, fit, search, dates, now)
    requested = WantedTime(people=search.wants.people, layout=search.wants.layout)
    candidates.sort(key=lambda each: (-each[1], *_farther(each[0]), effort(each[0], requested)))
    found = [await _judged(tx, each, dates, search, request, requested, now) for each, _ in candidates[:limit]]
    found.sort(key=lambda each: -each.taken)
    why = ""
    if not fit.fitting:
        why = why_nothing_fits(search, fit)
    elif not any(each.taken for each in found):
        why = f"{plural(len(fit.fitting), 'space')} would fit, and none is free on any of the dates"
    first = dates[there[0].site_config.site.id] if there else []
    return FoundSeries(
        items=[each for each in found if each.taken],
        out=[each for each in first if each.out or each.during is None],
        termless=termless,
        sites=len(there),
        spaces=len(fit.fitting),
        why=why,
    )


def _farther(candidate: Candidate) -> tuple[bool, float]:
    return candidate.miles is None, candidate.miles or 0.0


def _dates(
    there: Sequence[SiteInReach], pattern: RecurrencePattern, now: datetime
) -> tuple[dict[str, list[SeriesOccurrence]], list[Termless]]:
    """The dates as they are at each site: zones and terms may differ. Raises ``Invalid`` where no site has any."""
    known: dict[object, list[SeriesOccurrence]] = {}
    found: dict[str, list[SeriesOccurrence]] = {}
    termless: list[Termless] = []
    for each in there:
        site_config = each.site_config
        site, terms = site_config.site, site_config.hours.terms if pattern.term_only else None
        if terms == ():
            termless.append(Termless(site=site, text=f"{site.name} has no school terms set"))
            continue
        key = (site.zone, terms)
        if key not in known:
            known[key] = _expanded(site_config, pattern, now)
        if known[key]:
            found[site.id] = known[key]
        else:
            termless.append(Termless(site=site, text=f"no date takes place in a school term of {site.name}"))
    if there and not found:
        named = "; ".join(each.text for each in termless[:_NAMED])
        more = f"; and {len(termless) - _NAMED} more sites" if len(termless) > _NAMED else ""
        raise invalid_field("term_only", f"{named}{more}; look without it")
    return found, termless


def _expanded(site_config: SiteConfig, pattern: RecurrencePattern, now: datetime) -> list[SeriesOccurrence]:
    """Nothing where no date is in term."""
    dates = list(expand_pattern(pattern, site_config.site.tz, site_config.hours).occurrences)
    times = _times(dates)
    if not times and pattern.term_only:
        return []
    if not times:
        raise invalid_field("rule", "leaves no date that takes place")
    if times[0].start < now - BEGUN:
        raise invalid_field("first_starts", f"must be at most {BEGUN.total_seconds() / 3600:.0f} hours ago")
    if times[-1].start - times[0].start > LONGEST:
        raise invalid_field("rule", "must end within two years")
    return dates


def _times(dates: Sequence[SeriesOccurrence]) -> list[Interval]:
    """When the dates that take place do so, in order."""
    return sorted(each.during for each in dates if each.during is not None and not each.out)


async def _candidates(
    tx: Tx,
    diary_reader: DiaryReader,
    fit: SpaceFit,
    search: SearchRequest,
    dates: Mapping[str, Sequence[SeriesOccurrence]],
    now: datetime,
) -> list[tuple[Candidate, int]]:
    """Every space that fits, with how many of the dates it is free."""
    times = {site: _times(each) for site, each in dates.items()}
    wanted = {site: [span(during) for during in each] for site, each in times.items()}
    within = {site: (max(each[0][0], us(now)), max(end for _, end in each)) for site, each in wanted.items()}
    found = await diary_reader.look(tx, fit.fitting, search.use, within, now=now)
    return [
        (
            Candidate(fitting=each.fitting, during=times[site][0], wanted=times[site][0], miles=fit.miles[site]),
            _free(each, wanted[site]),
        )
        for each in found
        if (site := each.fitting.site_config.site.id)
    ]


def _free(free: FreeSpace, wanted: Sequence[Span]) -> int:
    return sum(holds(free.times, each) for each in wanted)


async def _judged(
    tx: Tx,
    candidate: Candidate,
    dates: Mapping[str, Sequence[SeriesOccurrence]],
    search: SearchRequest,
    request: RuleRequest,
    requested: WantedTime,
    now: datetime,
) -> SpaceTakes:
    fitting = candidate.fitting
    there = [
        (each, each.during)
        for each in dates[fitting.site_config.site.id]
        if each.during is not None and not each.out and each.during.end > now
    ]
    requests = [
        msgspec.structs.replace(
            request,
            asked=msgspec.structs.replace(
                search.asked(during), space=fitting.place.space.id, layout=fitting.layout, seats=fitting.seats
            ),
        )
        for _, during in there
    ]
    verdicts = await judge(tx, fitting.site_config, requests, now=now, together=True)
    missing = [
        MissingDate(occurrence=each, during=during, verdict=said)
        for (each, during), said in zip(there, verdicts, strict=True)
        if not said.possible
    ]
    taken = len(there) - len(missing)
    how_many = f"all {len(there)} dates" if not missing else f"{taken} of {plural(len(there), 'date')}"
    return SpaceTakes(
        candidate=candidate,
        dates=len(there),
        missing=missing,
        approval=sum(each.possible and each.needs_approval for each in verdicts),
        text=where_and_what(candidate, requested, how_many),
    )
