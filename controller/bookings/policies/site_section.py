"""The booking policy in a site's file."""

from datetime import datetime

from controller.bookings.policies import repository
from controller.bookings.policies.schemas import PolicyBody, policy_body
from controller.database import Tx
from controller.estate.model import SiteParts
from controller.estate.site_file.forms import read, written
from controller.estate.site_file.sections import Outlook, Plain, Problem, Reading, overlaid
from controller.people.parties import parties

UNTIL_START = "until-start"
"""How ``hold_hours`` is written where a request holds its time until it starts: TOML has no null."""


class PolicySection:
    """The section "policy"."""

    name = "policy"

    async def export(self, tx: Tx, parts: SiteParts, *, now: datetime) -> Plain:
        return _plain(policy_body(await repository.policy(tx, parts.site.id)))

    def merged(self, current: Plain, given: Plain) -> Plain:
        return overlaid(current, given)

    async def read(self, tx: Tx, parts: SiteParts, table: Plain, *, now: datetime) -> Reading:
        body, problems = read(PolicyBody, _nulled(table))
        if body is None:
            return Reading(problems=tuple(problems))
        problems += await _unknown(tx, parts, body)
        return Reading(value=_plain(body), problems=tuple(problems))

    async def foresee(self, tx: Tx, parts: SiteParts, value: Plain, *, now: datetime) -> Outlook:
        return Outlook()

    async def put(self, tx: Tx, parts: SiteParts, value: Plain, *, actor: str, now: datetime) -> None:
        policy = PolicyBody.model_validate(_nulled(value)).policy()
        await repository.put_policy(tx, parts.site.id, policy, actor=actor, now=now)


async def _unknown(tx: Tx, parts: SiteParts, body: PolicyBody) -> list[Problem]:
    here = {space.id for space in parts.spaces}
    named = {party for some in (body.rules, body.quotas) for each in some for party in each.parties}
    known = await parties(tx, named)
    found: list[Problem] = []
    spaces: dict[str, list[list[str]]] = {
        "rules": [each.spaces for each in body.rules],
        "windows": [each.spaces for each in body.windows],
        "quotas": [each.spaces for each in body.quotas],
        "release": [each.spaces for each in body.release],
    }
    found += [
        Problem(place=f"{kind}.{number}.spaces", text=f"site {parts.site.id!r} has no space {space!r}; make it first")
        for kind, some in spaces.items()
        for number, each in enumerate(some)
        for space in each
        if space not in here
    ]
    theirs = {"rules": [each.parties for each in body.rules], "quotas": [each.parties for each in body.quotas]}
    found += [
        Problem(place=f"{kind}.{number}.parties", text=f"there is no party {party!r}; make it first")
        for kind, some in theirs.items()
        for number, each in enumerate(some)
        for party in each
        if party not in known
    ]
    return found


def _plain(body: PolicyBody) -> Plain:
    return written(body) | ({"hold_hours": UNTIL_START} if body.hold_hours is None else {})


def _nulled(table: Plain) -> Plain:
    return table | ({"hold_hours": None} if table.get("hold_hours") == UNTIL_START else {})
