"""Reads, checks and replaces a site's booking policy."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from msgspec.structs import replace

from controller.bookings import repository as bookings
from controller.bookings.affected import repository as affected
from controller.bookings.code_issuing import BookingCodes, Recode
from controller.bookings.diary import policy_repository
from controller.bookings.diary.model import Booking, Cause
from controller.bookings.diary.policy import (
    ApprovalRule,
    CodeRule,
    InductionRule,
    Policy,
    PriorityWindow,
    Quota,
    ReleaseRule,
)
from controller.bookings.diary.site_config import SiteConfig, SiteConfigs
from controller.bookings.policies.impact import (
    ActiveBooking,
    Excess,
    Names,
    PolicyEffect,
    excesses,
    impact_texts,
    since,
)
from controller.bookings.rules.evaluate import judge
from controller.bookings.rules.model import RuleRequest
from controller.db.engine import Database, Tx
from controller.estate.model import Site
from controller.estate.repository import bump
from controller.people.model import Actor, Party, Role, Tier
from controller.people.optimistic_locking import require_version, version_of
from controller.people.party_repository import parties
from controller.people.permissions import Thing
from controller.platform.web.problem import invalid_field
from controller.records.audit import audit_log
from controller.records.audit.audit_log import diff
from controller.records.changes import Changes
from edge.wire.clock import Clock

_ForSpaces: TypeAlias = ApprovalRule | PriorityWindow | Quota | ReleaseRule | CodeRule | InductionRule
_ForParties: TypeAlias = ApprovalRule | Quota


def spaces_named(policy: Policy) -> Iterator[tuple[str, str]]:
    """Each space with the path of the field that names it: ``rules.0.spaces.1``."""
    parts: dict[str, Sequence[_ForSpaces]] = {
        "rules": policy.rules,
        "windows": policy.windows,
        "quotas": policy.quotas,
        "release": policy.release,
        "codes": policy.codes,
        "induction": policy.induction,
    }
    for kind, found in parts.items():
        for index, part in enumerate(found):
            for at, space in enumerate(part.spaces):
                yield space, f"{kind}.{index}.spaces.{at}"
    for at, space in enumerate(policy.hire.spaces if policy.hire else ()):
        yield space, f"hire.spaces.{at}"


def parties_named(policy: Policy) -> Iterator[tuple[str, str]]:
    """Each party with the path of the field that names it."""
    parts: dict[str, Sequence[_ForParties]] = {"rules": policy.rules, "quotas": policy.quotas}
    for kind, found in parts.items():
        for index, part in enumerate(found):
            for at, party in enumerate(part.parties):
                yield party, f"{kind}.{index}.parties.{at}"


MOST_REQUESTS = 500
"""Requests that a check judges again, the next ones first."""

_THING = "booking policy"


@dataclass(eq=False)
class PolicyService:
    """Methods that take ``tx`` run inside the caller's transaction."""

    database: Database
    clock: Clock
    changes: Changes
    site_configs: SiteConfigs
    codes: BookingCodes

    async def get(self, site: str) -> Policy:
        """The default policy if none was set. Raises ``SiteUnknown``."""
        async with self.database.read() as tx:
            return (await self.site_configs.of(tx, site)).policy

    async def put(self, site: str, policy: Policy, *, version: int, recode: Recode, actor: str) -> None:
        """Replace a site's policy. Existing bookings and requests stay as they are; ``recode`` says which codes
        change. Raises ``SiteUnknown``, ``Invalid`` for a space or party that does not exist, ``VersionStale``."""
        await self.database.run(self.write, site, policy, version, recode, actor)
        self.changes.site_changed(site)

    async def write(self, tx: Tx, site: str, policy: Policy, version: int, recode: Recode, actor: str) -> None:
        """As ``put``."""
        await self.database.lock_site(tx, site)
        where = await self.site_configs.of(tx, site)
        await require_version(tx, version, version_of(where.policy, blank=Policy()), site=site, thing=_THING)
        await self._require_known(tx, where, policy)
        now = self.clock.now()
        await self._mark(tx, site, policy, actor=actor, now=now)
        await policy_repository.put_policy(tx, site, policy, actor=actor, now=now)
        await bump(tx, site)
        await self.codes.follow_policy(tx, site, where.policy, now, recode)
        await audit_log.record(
            tx, actor=actor, at=now, act="change", site=site, thing=_THING, changes=diff(where.policy, policy)
        )

    async def bring(self, tx: Tx, site: str, policy: Policy, *, actor: str, now: datetime) -> None:
        """Write a valid policy as part of a larger change; the caller holds the site's lock."""
        old = (await self.site_configs.of(tx, site)).policy
        await self._mark(tx, site, policy, actor=actor, now=now)
        await policy_repository.put_policy(tx, site, policy, actor=actor, now=now)
        await bump(tx, site)  # the site was looked at above, as it was before
        await self.codes.follow_policy(tx, site, old, now, Recode.KEEP)

    async def check(self, site: str, policy: Policy) -> tuple[Site, PolicyEffect]:
        """The effect of ``put`` on existing bookings and requests; raises the same."""
        async with self.database.read() as tx:
            where = await self.site_configs.of(tx, site)
            await self._require_known(tx, where, policy)
            return where.site, await self.effect(tx, site, policy, now=self.clock.now())

    async def _mark(self, tx: Tx, site: str, new: Policy, *, actor: str, now: datetime) -> None:
        """Mark bookings beyond the new limits of the policy, and remove marks that no longer apply."""
        where = await self.site_configs.of(tx, site)
        found = impact_texts(await self._exceeding(tx, where, where.policy, new, now), now=now)
        marked = set(await affected.affected(tx, site, cause=Cause.POLICY, now=now))
        if marked:
            beyond = impact_texts(await self._exceeding(tx, where, Policy(), new, now), now=now)
            await affected.clear(tx, marked - beyond.keys(), causes=[Cause.POLICY])
        await affected.record(tx, site, found, cause=Cause.POLICY, at=now, actor=actor)

    async def _exceeding(
        self, tx: Tx, where: SiteConfig, old: Policy, new: Policy, now: datetime
    ) -> tuple[Excess, ...]:
        """Bookings beyond those limits of the new policy that the old one did not have."""
        if (old.quotas, old.windows) == (new.quotas, new.windows):
            return ()
        zone = where.site.tz
        rows = await policy_repository.active_bookings(tx, where.site.id, since=since(zone, now), now=now)
        known = await parties(tx, {party for party, _ in rows if party})
        active = [ActiveBooking(booking=each, party=party, tier=_tier(known, party)) for party, each in rows]
        names = Names(
            parties={each.id: each.name for each in known.values()},
            spaces={each.space.id: each.space.name for each in where.by_space.values()},
        )
        return tuple(excesses(old, new, active, names=names, zone=zone, now=now))

    async def _require_known(self, tx: Tx, where: SiteConfig, policy: Policy) -> None:
        for field, fault in await unknown(tx, policy, site=where.site.id, spaces=where.by_space):
            raise invalid_field(field, fault)

    async def effect(self, tx: Tx, site: str, new: Policy, *, now: datetime) -> PolicyEffect:
        """The effect of another policy on existing bookings and requests."""
        where = await self.site_configs.of(tx, site)
        asked = await bookings.waiting_for_approval(
            tx, site=where.site.id, whose=[Thing()], ends_after=now, after=None, limit=MOST_REQUESTS
        )
        known = await parties(tx, {each.party for each in asked if each.party})
        return PolicyEffect(
            confirmed=tuple(
                await _confirmed(tx, where, new, [each for each in asked if not each.expired(now)], known, now)
            ),
            exceeding=await self._exceeding(tx, where, where.policy, new, now),
            codes=await self.codes.effect(tx, site, where.policy, new, now),
        )


async def unknown(tx: Tx, policy: Policy, *, site: str, spaces: Container[str]) -> list[tuple[str, str]]:
    """Fields of a policy that name a space or a party that does not exist, with the error."""
    found = [
        (field, f"site {site!r} has no space {space!r}; look it up in the list of its spaces")
        for space, field in spaces_named(policy)
        if space not in spaces
    ]
    named = list(parties_named(policy))
    there = await parties(tx, {party for party, _ in named})
    found += [
        (field, f"there is no party {party!r}; look it up in the list of parties")
        for party, field in named
        if party not in there
    ]
    return found


async def _confirmed(
    tx: Tx, where: SiteConfig, new: Policy, asked: list[Booking], known: dict[str, Party], now: datetime
) -> list[Booking]:
    """The requests that the new policy would confirm at once, and the old one would not."""
    requests = [
        RuleRequest(
            asked=replace(each.asked, by_rules=True),
            actor=Actor.acting(each.created_by, Role.GROUP_LEADER, party=each.party),
            tier=_tier(known, each.party),
            but=frozenset({each.id}),
        )
        for each in asked
    ]
    before = await judge(tx, where, requests, now=now)
    after = await judge(tx, replace(where, policy=new), requests, now=now)
    return [
        each
        for each, was, becomes in zip(asked, before, after, strict=True)
        if becomes.possible and not becomes.needs_approval and was.needs_approval
    ]


def _tier(known: dict[str, Party], party: str | None) -> Tier:
    found = known.get(party) if party else None
    return found.tier if found else Tier.COMMUNITY
