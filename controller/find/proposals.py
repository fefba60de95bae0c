"""Proposals: candidates that have been judged possible for the actor, in words: what each is and how it differs from
the request."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from controller.bookings.rules.evaluate import judge
from controller.bookings.rules.model import ReasonKind, RuleRequest, Verdict
from controller.bookings.rules.reason_wording import places
from controller.db.engine import Tx
from controller.find.distance import miles_words
from controller.find.ranking import (
    Candidate,
    SpaceProposal,
    WantedTime,
    days_between,
    decided,
    how,
    layout_of,
    mixed,
    rank,
    requested_layout,
    time_of_day,
)
from controller.platform.text import times
from edge.wire.interval import Interval


def text(candidate: Candidate, requested: WantedTime, *, now: datetime) -> str:
    """“Studio at Huntingdon Hub, 4.2 miles away, 30 minutes later: Thu 26 Nov, 18:30 to 20:30; holds 30, not
    step-free”."""
    shift = shifted(candidate.during, candidate.wanted, candidate.zone)
    window = times.window(candidate.during, candidate.zone, now=now)
    return where_and_what(candidate, requested, f"{shift}: {window}")


def where_and_what(candidate: Candidate, requested: WantedTime, when: str) -> str:
    """The same with another word about the time."""
    fitting, site = candidate.fitting, candidate.fitting.place.site
    laid_out = fitting.laid_out
    where = fitting.place.space.name
    if laid_out is not None and (requested.place is None or layout_of(candidate) != requested_layout(requested)):
        where += f" as “{laid_out.name}”"
    if requested.place is None or requested.place.site.id != site.id:
        where += f" at {site.name}"
        if candidate.miles:  # none from a site to itself
            where += f", {miles_words(candidate.miles)} away"
    notes = ", ".join(_notes(candidate, requested))
    return f"{where}, {when}" + (f"; {notes}" if notes else "")


def shifted(during: Interval, wanted: Interval, zone: ZoneInfo) -> str:
    """“at the time asked for”, “30 minutes later”, “the day after at the same time”, “a week later, 1 hour earlier”."""
    if during == wanted:
        return "at the time asked for"
    days = days_between(during.start, wanted.start, zone)
    later = (
        during.start - wanted.start if days == 0 else time_of_day(during.start, zone) - time_of_day(wanted.start, zone)
    )
    apart = f"{times.duration(abs(later))} {'later' if later > timedelta() else 'earlier'}" if later else ""
    if days == 0:
        return apart or "at the same time"
    return f"{_days_words(days)}, {apart}" if apart else f"{_days_words(days)} at the same time"


def _days_words(days: int) -> str:
    if abs(days) == 1:
        return "the day after" if days > 0 else "the day before"
    if days % 7 == 0:
        count, unit = abs(days) // 7, "week"
    else:
        count, unit = abs(days), "day"
    word = {(1, "week"): "a week"}.get((count, unit), f"{count} {unit}s")
    return f"{word} {'later' if days > 0 else 'earlier'}"


def _notes(candidate: Candidate, requested: WantedTime) -> list[str]:
    fitting, there = candidate.fitting, requested.place
    space = fitting.place.space
    if fitting.seats is not None:
        return [places(fitting.seats)]
    found = []
    if fitting.holds is not None and (there is None or there.space.id != space.id or fitting.laid_out is not None):
        found.append(f"holds {fitting.holds:,}")
    if there is not None and there.space.step_free and not space.step_free:
        found.append("not step-free")
    elif (there is None or there.space.id != space.id) and space.step_free:
        found.append("step-free")
    if there is not None:
        found += [f"no {each}" for each in there.space.amenities if each not in space.amenities]
    return found


_ROUNDS = 4
"""How often more candidates are judged while too few were possible."""


class ProposalSource(msgspec.Struct, frozen=True, kw_only=True):
    """The nearest first. ``refused``: why the nearest candidate that is not possible is not; empty where all are."""

    items: Sequence[SpaceProposal]
    refused: str = ""


async def propose(
    tx: Tx, candidates: Sequence[Candidate], request: RuleRequest, requested: WantedTime, *, now: datetime, limit: int
) -> ProposalSource:
    """The nearest of the possible candidates. ``request``: by whom, for whom and with what; each candidate replaces its
    space, layout, places and time."""
    ahead = rank(candidates, requested)
    found: list[tuple[Candidate, Verdict]] = []
    refused = ""
    for first in range(0, _ROUNDS * 2 * limit, 2 * limit):
        these = ahead[first : first + 2 * limit]
        if not these or len(found) >= limit:
            break
        verdicts = await judged(tx, these, request, now=now)
        found += [(each, said) for each, said in zip(these, verdicts, strict=True) if said.possible]
        if not refused and (no := next((each for each in verdicts if not each.possible), None)):
            refused = "; ".join(reason.text for reason in no.refusals)
    found.sort(
        key=lambda each: decided(each[0], requested, approval=each[1].needs_approval)
    )  # stable: ties stay ranked
    proposals = [
        SpaceProposal(
            candidate=each,
            how=how(each, requested),
            text=text(each, requested, now=now),
            approval="; ".join(reason.text for reason in said.reasons if reason.why is ReasonKind.APPROVAL),
        )
        for each, said in found
    ]
    return ProposalSource(items=mixed(proposals, limit), refused=refused)


async def judged(tx: Tx, candidates: Sequence[Candidate], request: RuleRequest, *, now: datetime) -> list[Verdict]:
    """The verdict on each candidate, in their order; one call a site."""
    verdicts: dict[int, Verdict] = {}
    by_site: dict[str, list[int]] = {}
    for number, each in enumerate(candidates):
        by_site.setdefault(each.fitting.site_config.site.id, []).append(number)
    for numbers in by_site.values():
        site_config = candidates[numbers[0]].fitting.site_config
        requests = [requested_there(candidates[number], request) for number in numbers]
        verdicts |= zip(numbers, await judge(tx, site_config, requests, now=now), strict=True)
    return [verdicts[number] for number in range(len(candidates))]


def requested_there(candidate: Candidate, request: RuleRequest) -> RuleRequest:
    """The request with the candidate's values."""
    fitting = candidate.fitting
    asked = msgspec.structs.replace(
        request.asked,
        space=fitting.place.space.id,
        layout=fitting.layout,
        seats=fitting.seats,
        during=candidate.during,
        overrule=False,
    )
    return msgspec.structs.replace(request, asked=asked)
