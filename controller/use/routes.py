"""Bookings against their use, and visits, over HTTP."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response

from controller.estate.errors import SiteUnknown
from controller.estate.model import Site
from controller.estate.service import EstateService
from controller.people.authentication import SeesUse, SeesUseAnySite
from controller.people.model import Actor
from controller.people.permissions import Action, sites_of
from controller.platform.csv_import.schemas import csv_response
from controller.platform.text import local_time
from controller.platform.web.fields import After, Day, From, Slug, SlugPath, To, answer_of, read_date
from controller.platform.web.problem import NotSignedIn, described, invalid_field
from controller.platform.web.services import TheClock, TheSettings, service
from controller.use.answers import (
    ComparedPeriodRead,
    ComparedSiteRead,
    ComparedSites,
    GroupUseRead,
    UsePeriodRead,
    UseRead,
)
from controller.use.comparison import ComparedPeriod, ComparedSite, Days, UsePeriod
from controller.use.csv_file import as_csv, compared_csv
from controller.use.physical_visits import physical_visits
from controller.use.service import LONGEST, UseFound, UseService

router = APIRouter(tags=["use"], responses=described(NotSignedIn))
TheUse = Annotated[UseService, service(UseService)]
TheEstate = Annotated[EstateService, service(EstateService)]
Month = Annotated[str, Query(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", description="Such as 2026-11")]
MOST_SITES = 100
"""Sites of one answer."""
First = Annotated[Day, Query(alias="from", description="The first day")]
Last = Annotated[Day, Query(alias="to", description="The day after the last")]
Sites = Annotated[list[Slug], Query(max_length=MOST_SITES, description="Only these; left out, all")]
Most = Annotated[int, Query(ge=1, le=MOST_SITES, description="Most sites to return")]


@router.get("/sites/{site}/use", responses=described(SiteUnknown))
async def read_use(site: SlugPath, use: TheUse, actor: SeesUse, from_: From, to: To) -> UseRead:
    """How much of a site was bookable, booked and used from `from` to before `to`, at most a year, and how many people
    came. Hours count as they were set then, rooms and closures as they are now."""
    return _answer(await use.between(site, from_, to, actor=actor))


@router.get(
    "/sites/{site}/use.csv",
    response_class=Response,
    responses=described(SiteUnknown) | {200: {"content": {"text/csv": {}}}},
)
async def export_use(site: SlugPath, use: TheUse, actor: SeesUse, from_: From, to: To) -> Response:
    """The same as CSV, in hours, with notes in its first lines."""
    found = await use.between(site, from_, to, actor=actor)
    return csv_response(as_csv(found), f"use-{site}.csv")


def _answer(found: UseFound) -> UseRead:
    names = found.names or {}
    groups = [answer_of(GroupUseRead, each, party_name=names.get(each.party or "")) for each in found.use.groups]
    shown = found.names is not None
    told = {"visits": found.visits, "late": found.late, "wifi": found.wifi}
    return answer_of(UseRead, found.use, found.site.tz, groups=groups, groups_shown=shown, **told)


@router.get(
    "/sites/{site}/use.pdf",
    response_class=Response,
    responses=described(SiteUnknown) | {200: {"content": {"application/pdf": {}}}},
)
async def month_as_pdf(
    site: SlugPath, use: TheUse, settings: TheSettings, clock: TheClock, actor: SeesUse, month: Month
) -> Response:
    """A sheet of A4 with the month's figures beside those of the month and of the year before."""
    from controller.use.month_sheet import month_sheet  # few want one, and it takes long to import

    try:
        first = read_date(f"{month}-01")
    except ValueError as error:
        raise invalid_field("month", str(error)) from error
    days = (first, (first + timedelta(days=31)).replace(day=1))
    [found] = await _compared(use, actor, [site], days)
    data = await asyncio.to_thread(
        month_sheet,
        found,
        month=f"{first:%B %Y}",
        as_of=f"{local_time.local_day(clock.now(), found.site.tz):%-d %B %Y}",
        link=f"{settings.address}/use?site={site}&view=month&date={first}",
    )
    headers = {
        "Content-Disposition": f'inline; filename="use-{site}-{month}.pdf"',
        "Cache-Control": "private, no-cache",
    }
    return Response(data, media_type="application/pdf", headers=headers)


@router.get("/use")
async def compare_use(
    use: TheUse,
    estate: TheEstate,
    actor: SeesUseAnySite,
    from_: First,
    to: Last,
    site: Sites = [],  # noqa: B006
    after: After = None,
    limit: Most = 50,
) -> ComparedSites:
    """Several sites, each beside the period before and the same a year before: of whole months the months before and
    those of the year before, else as many days, and 52 weeks. Visits are compared by open hour, so that a closed month
    is no fall."""
    sites = await _sites(estate, actor, site, after, limit + 1)
    found = await _compared(use, actor, [each.id for each in sites[:limit]], (from_, to))
    more = sites[limit - 1].id if len(sites) > limit else None
    return ComparedSites(items=[_compared_answer(each) for each in found], next=more)


@router.get("/use.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def export_compared(
    use: TheUse,
    estate: TheEstate,
    actor: SeesUseAnySite,
    from_: First,
    to: Last,
    site: Sites = [],  # noqa: B006
) -> Response:
    """The same of at most 100 sites as CSV, with notes in its first lines: three rows for each site."""
    sites = await _sites(estate, actor, site, None, MOST_SITES)
    found = await _compared(use, actor, [each.id for each in sites], (from_, to))
    return csv_response(compared_csv(found), f"use-{from_}.csv")


@router.get("/use/physical-visits.csv", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
async def export_physical_visits(
    use: TheUse,
    estate: TheEstate,
    actor: SeesUseAnySite,
    from_: First,
    to: Last,
    authority: Annotated[str, Query(min_length=1, max_length=200, description="Responsible for the libraries")],
    site: Sites = [],  # noqa: B006
) -> Response:
    """Visits of at most 100 sites by whole month, as the UK library data schema has physical visits. A month of which
    less than nine tenths of the open time is measured has no row: its visits are not known."""
    _check(from_, to)
    sites = await _sites(estate, actor, site, None, MOST_SITES)
    months = [each async for each in use.counted_months(sites, (from_, to))]
    return csv_response(physical_visits(authority, months), f"physical-visits-{from_}.csv")


async def _sites(
    estate: EstateService, actor: Actor, named: Sequence[str], after: str | None, limit: int
) -> list[Site]:
    allowed = sites_of(actor, Action.USE)
    only = allowed if not named else frozenset(named) & (allowed if allowed is not None else frozenset(named))
    return await estate.sites(after=after, limit=limit, only=only)


async def _compared(use: UseService, actor: Actor, sites: Sequence[str], days: Days) -> list[ComparedSite]:
    _check(*days)
    return [each async for each in use.compared(sites, days, actor=actor)]


def _check(first: date, after: date) -> None:
    """Raises ``Invalid``."""
    if not first < after:
        raise invalid_field("to", "must be after `from`")
    if after - first > LONGEST:
        raise invalid_field("to", f"must be at most {LONGEST.days} days after `from`")


def _compared_answer(found: ComparedSite) -> ComparedSiteRead:
    period = _period(found.site, found.period)
    before, year_before = (_then(found.site, each) for each in (found.before, found.year_before))
    return ComparedSiteRead(
        site=found.site.id, site_name=found.site.name, period=period, before=before, year_before=year_before
    )


def _then(site: Site, found: ComparedPeriod) -> ComparedPeriodRead:
    period = None if found.period is None else _period(site, found.period)
    return ComparedPeriodRead(period=period, change=found.change, why_no_change=found.why_no_change)


def _period(site: Site, found: UsePeriod) -> UsePeriodRead:
    began = {"bookings_from": found.bookings_from, "counts_from": found.counts_from}
    return answer_of(UsePeriodRead, found.use, site.tz, visits=found.visits, **began)
