"""Answers of finding a space. Times carry the site's offset.

An answer of what is free may hold tens of thousands of times: it is put together as plain values, and the models only
describe it.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from controller.bookings.errors import reason_bodies
from controller.bookings.fitting_spaces import Fitting, Unfit
from controller.estate.model import SpaceKind
from controller.find.across_sites import FoundProposals
from controller.find.alternatives import AlternativeFinder
from controller.find.diary_reads import FreeSpace
from controller.find.free import FreeAtSite
from controller.find.free_intervals import moment
from controller.find.offered import Offered, OfferedEquipment
from controller.find.ranking import Candidate, ProposalDifference, SpaceProposal
from controller.find.series_across_sites import FoundSeries, SpaceTakes
from controller.platform.text import local_time
from controller.platform.web.fields import Answer, DateText, Ends, Starts, answer_of
from controller.platform.web.problem import ReasonBody


class FreeTime(Answer):
    """Any booking that lies in it is possible by the diary and the hours. ``seats``: the fewest places left in it, of
    a pool; else null."""

    starts: str
    ends: str
    seats: int | None = None


class FreeSpaceAnswer(Answer):
    """``layout``: what a booking has to ask for, null for the space's default; ``layout_name``: the one it is then
    in. ``holds``: people, in that layout; null where nobody has said."""

    space: str
    name: str
    kind: SpaceKind
    layout: str | None
    layout_name: str | None
    holds: int | None
    step_free: bool
    free: list[FreeTime]


class UnfitAnswer(Answer):
    """``why``: “is not step-free”, “holds 12”."""

    space: str
    name: str
    why: list[str]


class FreeAnswer(Answer):
    """``spaces``: those that fit, in the order of their names, also those with no time left. ``unfit``: the others.
    ``why``: a sentence where no space fits or the whole time is over, else empty. ``miles``: how far off the site is,
    if that was asked."""

    site: str
    name: str
    miles: float | None
    starts: str
    ends: str
    spaces: list[FreeSpaceAnswer]
    unfit: list[UnfitAnswer]
    why: str


class FreeEverywhereAnswer(Answer):
    """The nearest site first. ``next``: give it as ``after`` for the next page; null on the last one."""

    items: list[FreeAnswer]
    next: str | None


class _Time(msgspec.Struct, frozen=True, gc=False):
    """A ``FreeTime``. By the ten thousand, which the garbage collector need not look through."""

    starts: str
    ends: str
    seats: int | None = None


class _Texts(dict[int, str]):
    """Instants as the API writes them; the same quarter hours come again and again, at every site of a zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__()
        self._zone = zone

    def __missing__(self, number: int) -> str:
        self[number] = text = local_time.rfc3339(moment(number), self._zone)
        return text


def free_json(found: FreeAtSite) -> bytes:
    """A ``FreeAnswer``."""
    return msgspec.json.encode(_free(found, _Texts(found.site_config.site.tz)))


def free_everywhere_json(found: Sequence[FreeAtSite], *, more: bool) -> bytes:
    """A ``FreeEverywhereAnswer``."""
    texts = {zone: _Texts(zone) for zone in {each.site_config.site.tz for each in found}}
    items = [_free(each, texts[each.site_config.site.tz]) for each in found]
    return msgspec.json.encode({"items": items, "next": items[-1]["site"] if more else None})


def _free(found: FreeAtSite, texts: _Texts) -> Mapping[str, Any]:
    site = found.site_config.site
    return {
        "site": site.id,
        "name": site.name,
        "miles": None if found.miles is None else round(found.miles, 1),
        "starts": local_time.rfc3339(found.during.start, site.tz),
        "ends": local_time.rfc3339(found.during.end, site.tz),
        "spaces": [{**fitting(each.fitting), "free": _times(each, texts)} for each in found.free],
        "unfit": [unfit(each) for each in found.unfit],
        "why": found.why,
    }


def _times(free: FreeSpace, texts: _Texts) -> list[_Time]:
    if free.fitting.place.space.kind is SpaceKind.POOL:
        return [
            _Time(texts[start], texts[end], seats) for (start, end), seats in zip(free.times, free.seats, strict=True)
        ]
    return [_Time(texts[start], texts[end]) for start, end in free.times]


def fitting(found: Fitting) -> dict[str, Any]:
    """The space and how it is used."""
    space, layout = found.place.space, found.laid_out
    return {
        "space": space.id,
        "name": space.name,
        "kind": space.kind.value,
        "layout": found.layout,
        "layout_name": layout.name if layout else None,
        "holds": found.holds,
        "step_free": space.step_free,
    }


def unfit(found: Unfit) -> dict[str, Any]:
    return {"space": found.place.space.id, "name": found.place.space.name, "why": list(found.why)}


class FittingAnswer(Answer):
    """A space that fits, with what a booking of it has to ask for."""

    site: str
    site_name: str
    miles: float | None
    space: str
    name: str
    kind: SpaceKind
    layout: str | None
    layout_name: str | None
    holds: int | None
    seats: int | None
    step_free: bool


class ProposalAnswer(FittingAnswer):
    """``how`` it differs from the request: `same`, `other_time`, `other_layout`, `other_space`, `other_site`; ``text``
    says so in words. ``layout``: what the booking has to ask for. ``seats``: places of a pool. ``approval``: why
    somebody has to approve it, else empty."""

    how: ProposalDifference
    text: str
    starts: Starts
    ends: Ends
    needs_approval: bool
    approval: str


class OfferedEquipmentAnswer(Answer, of=OfferedEquipment):
    """``most``: as many as one site has."""


class OfferedAnswer(Answer):
    """``amenities`` of bookable spaces, by id. ``step_free``: whether any of these is."""

    amenities: list[str]
    equipment: list[OfferedEquipmentAnswer]
    step_free: bool


class InsteadAnswer(Answer):
    """``free``, ``needs_approval``, ``reasons``: as in the check of a booking. ``items``: what would fit instead, the
    nearest first; each has been judged possible for the user. ``why``: a sentence where nothing would, else empty."""

    free: bool
    needs_approval: bool
    reasons: list[ReasonBody]
    items: list[ProposalAnswer]
    why: str


class SearchAnswer(Answer):
    """The best first, one time a space. ``sites``: how many were looked at; ``spaces``: how many of their spaces fit.
    ``why``: a sentence where there is nothing to propose, else empty."""

    items: list[ProposalAnswer]
    sites: int
    spaces: int
    why: str


class MissingAnswer(Answer):
    """A date that the space does not take, and why not."""

    date: DateText
    starts: Starts
    ends: Ends
    text: str
    reasons: list[ReasonBody]


class OutAnswer(Answer):
    """A date of the series that does not take place, and why."""

    date: str
    text: str


class TakesAnswer(FittingAnswer):
    """``taken`` of the ``dates`` can be booked in this space; ``approval``: how many of them need approval."""

    text: str
    dates: int
    taken: int
    approval: int
    missing: list[MissingAnswer]


class TermlessAnswer(Answer):
    """A site in reach where no date takes place in a school term, and why."""

    site: str
    site_name: str
    text: str


class FoundSeriesAnswer(Answer):
    """The space that takes most of the dates first, of several the nearest. ``out``: dates that are left out or that
    the clocks leave empty. ``termless``: sites that were left out because they have no terms."""

    items: list[TakesAnswer]
    out: list[OutAnswer]
    termless: list[TermlessAnswer]
    sites: int
    spaces: int
    why: str


def instead_answer(found: AlternativeFinder) -> InsteadAnswer:
    return InsteadAnswer(
        free=found.verdict.possible,
        needs_approval=found.verdict.needs_approval,
        reasons=reason_bodies(found.verdict.reasons, found.site_config.site.tz),
        items=[proposal_answer(each) for each in found.proposals],
        why=found.why,
    )


def offered_answer(found: Offered) -> OfferedAnswer:
    return answer_of(OfferedAnswer, found)


def found_answer(found: FoundProposals) -> SearchAnswer:
    return answer_of(SearchAnswer, found, items=[proposal_answer(each) for each in found.proposals])


def found_series_answer(found: FoundSeries) -> FoundSeriesAnswer:
    return answer_of(
        FoundSeriesAnswer,
        found,
        items=[_takes(each) for each in found.items],
        out=[OutAnswer(date=each.wall.date().isoformat(), text=each.out or each.text) for each in found.out],
        termless=[
            answer_of(TermlessAnswer, each, site=each.site.id, site_name=each.site.name) for each in found.termless
        ],
    )


def proposal_answer(found: SpaceProposal) -> ProposalAnswer:
    where, candidate = _where(found.candidate), found.candidate
    during = candidate.during
    return answer_of(ProposalAnswer, found, candidate.zone, **where, during=during, needs_approval=bool(found.approval))


def _takes(found: SpaceTakes) -> TakesAnswer:
    zone = found.candidate.zone
    missing = [
        answer_of(
            MissingAnswer,
            each,
            zone,
            date=each.occurrence.wall.date(),
            text="; ".join(reason.text for reason in each.verdict.refusals),
            reasons=reason_bodies(each.verdict.refusals, zone),
        )
        for each in found.missing
    ]
    return answer_of(TakesAnswer, found, **_where(found.candidate), missing=missing)


def _where(found: Candidate) -> dict[str, Any]:
    site = found.fitting.site_config.site
    return {
        **fitting(found.fitting),
        "site": site.id,
        "site_name": site.name,
        "miles": None if found.miles is None else round(found.miles, 1),
        "seats": found.fitting.seats,
    }
