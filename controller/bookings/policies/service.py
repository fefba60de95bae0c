"""A site's booking policy: read, tried out, replaced."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias

from msgspec.structs import replace

from controller.bookings import repository as bookings
from controller.bookings.judging.judge import Wish, judge
from controller.bookings.model import Booking
from controller.bookings.picture import Picture, Pictures
from controller.bookings.policies import repository
from controller.bookings.policies.effect import Effect, Names, Standing, excesses, since
from controller.bookings.policy import ApprovalRule, Policy, PriorityWindow, Quota, Release
from controller.changes import Changes
from controller.database import Database, Tx
from controller.estate.model import Site
from controller.estate.revisions import bump
from controller.people import audit
from controller.people.model import Actor, Party, Role, Tier
from controller.people.parties import parties
from controller.problem import invalid_field
from edge.wire.clock import Clock

_ForSpaces: TypeAlias = ApprovalRule | PriorityWindow | Quota | Release
MOST_REQUESTS = 500
"""Requests that a check judges anew, the next ones first."""


class Policies:
    """Methods that take ``tx`` run inside the caller's transaction."""

    def __init__(self, database: Database, clock: Clock, changes: Changes, pictures: Pictures) -> None:
        self._database = database
        self._clock = clock
        self._changes = changes
        self._pictures = pictures

    async def get(self, site: str) -> Policy:
        """The plain one where none was set. Raises ``SiteUnknown``."""
        async with self._database.read() as tx:
            return (await self._pictures.of(tx, site)).policy

    async def put(self, site: str, policy: Policy, *, actor: str) -> None:
        """Replace a site's policy. What is booked or waits stays as it is. Raises ``SiteUnknown``, ``Invalid`` for a
        space or party that there is not."""
        await self._database.run(self.write, site, policy, actor)
        self._changes.site_changed(site)

    async def write(self, tx: Tx, site: str, policy: Policy, actor: str) -> None:
        """As ``put``."""
        await self._database.lock_site(tx, site)
        await self._require_known(tx, await self._pictures.of(tx, site), policy)
        now = self._clock.now()
        await repository.put_policy(tx, site, policy, actor=actor, now=now)
        await bump(tx, site)
        await audit.record(tx, actor=actor, at=now, act="change", site=site, thing="booking policy")

    async def check(self, site: str, policy: Policy) -> tuple[Site, Effect]:
        """What ``put`` would mean for what is booked and asked for already; raises the same."""
        async with self._database.read() as tx:
            where = await self._pictures.of(tx, site)
            await self._require_known(tx, where, policy)
            return where.site, await self._effect(tx, where, policy, self._clock.now())

    async def _require_known(self, tx: Tx, where: Picture, policy: Policy) -> None:
        parts: dict[str, Sequence[_ForSpaces]] = {
            "rules": policy.rules,
            "windows": policy.windows,
            "quotas": policy.quotas,
            "release": policy.release,
        }
        for kind, found in parts.items():
            for index, part in enumerate(found):
                _require_spaces(where, part.spaces, f"{kind}.{index}.spaces")
        of_parties: dict[str, str] = {}
        named: dict[str, Sequence[ApprovalRule | Quota]] = {"rules": policy.rules, "quotas": policy.quotas}
        for kind, theirs in named.items():
            for index, each in enumerate(theirs):
                for at, party in enumerate(each.parties):
                    of_parties.setdefault(party, f"{kind}.{index}.parties.{at}")
        there = await parties(tx, of_parties)
        for party, field in of_parties.items():
            if party not in there:
                raise invalid_field(field, f"there is no party {party!r}; GET /api/v1/parties lists them")

    async def _effect(self, tx: Tx, where: Picture, new: Policy, now: datetime) -> Effect:
        zone = where.site.tz
        rows = await repository.standing(tx, where.site.id, since=since(zone, now), now=now)
        asked = await bookings.waiting_for_approval(
            tx, sites=frozenset({where.site.id}), party=None, ends_after=now, after=None, limit=MOST_REQUESTS
        )
        known = await parties(tx, {party for party, _ in rows if party} | {each.party for each in asked if each.party})
        standing = [Standing(booking=each, party=party, tier=_tier(known, party)) for party, each in rows]
        names = Names(
            parties={each.id: each.name for each in known.values()},
            spaces={each.space.id: each.space.name for each in where.by_space.values()},
        )
        return Effect(
            confirmed=tuple(
                await _confirmed(tx, where, new, [each for each in asked if not each.expired(now)], known, now)
            ),
            exceeding=tuple(excesses(where.policy, new, standing, names=names, zone=zone, now=now)),
        )


def _require_spaces(where: Picture, spaces: Sequence[str], field: str) -> None:
    site = where.site.id
    for index, space in enumerate(spaces):
        if space not in where.by_space:
            raise invalid_field(
                f"{field}.{index}", f"site {site!r} has no space {space!r}; GET /api/v1/sites/{site} lists its spaces"
            )


async def _confirmed(
    tx: Tx, where: Picture, new: Policy, asked: list[Booking], known: dict[str, Party], now: datetime
) -> list[Booking]:
    """The requests that the new policy would confirm at once, and the old one would not."""
    wishes = [
        Wish(
            asked=replace(each.asked, by_rules=True),
            actor=Actor(name=each.created_by, role=Role.BOOKER, party=each.party),
            tier=_tier(known, each.party),
            but=frozenset({each.id}),
        )
        for each in asked
    ]
    before = await judge(tx, where, wishes, now=now)
    after = await judge(tx, replace(where, policy=new), wishes, now=now)
    return [
        each
        for each, was, becomes in zip(asked, before, after, strict=True)
        if becomes.possible and not becomes.needs_approval and was.needs_approval
    ]


def _tier(known: dict[str, Party], party: str | None) -> Tier:
    found = known.get(party) if party else None
    return found.tier if found else Tier.COMMUNITY
