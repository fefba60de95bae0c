"""Proposals: candidates that have been judged possible for the actor."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from controller.availability.describe import text
from controller.availability.ranking import Candidate, SpaceProposal, WantedTime, decided, how, mixed, rank
from controller.db.engine import Tx
from controller.rules.model import ReasonKind, RuleRequest, Verdict
from controller.rules.service import judge

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
