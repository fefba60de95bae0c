"""Grants of a plan other than bookings' codes: staff, key holders, contractors, members, and offline codes.

They are cached until one of these people changes, so thousands of members cost nothing when a booking is made.
Members are spread over shards by their id, so that a change of one sends one part.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from controller.access import offline_codes
from controller.access.credential_hours import windows
from controller.access.holders import repository as holders
from controller.access.holders.model import Holder, Secrets
from controller.access.holders.service import HolderService
from controller.access.members import repository as members
from controller.access.members.model import Member, against, window
from controller.access.members.repository import Stamp
from controller.db.engine import Tx
from controller.estate.service import EstateService
from controller.platform.key_files import KeyFiles
from controller.platform.text import local_time
from edge.wire.credentials import TIME_INDEPENDENT, CredentialKind, code_key, pin_key
from edge.wire.interval import Interval
from edge.wire.plan import Grant, split

A_SHARD = 100
"""Members in a shard, about; it is some 30 kB at one door."""
_MOST_CACHED = 64
_MEMBER = CredentialKind.MEMBER_CARD_PIN


class ExtraGrants(msgspec.Struct, frozen=True, kw_only=True):
    """Parts of a plan by name, and how many grants are in them."""

    parts: Mapping[str, bytes]
    grants: int


class GrantScope(msgspec.Struct, frozen=True, kw_only=True):
    """For whom a plan is: some doors of a site, its zone, the youngest member who may come in alone."""

    site: str
    revision: int
    doors: tuple[str, ...]
    zone: ZoneInfo
    least_age: int


class _Key(msgspec.Struct, frozen=True):
    site: str
    doors: tuple[str, ...]


class _Seen(msgspec.Struct, frozen=True):
    revision: int
    day: date
    stamp: Stamp
    within: Interval


class OtherGrants:
    """Caches the grants of a site's doors until a holder, a member, the site or the day changes."""

    def __init__(self, estate: EstateService, keys: KeyFiles, holders: HolderService) -> None:
        self._estate = estate
        self._keys = keys
        self._holders = holders
        self._cached: OrderedDict[_Key, tuple[_Seen, ExtraGrants]] = OrderedDict()

    async def admitted(self, tx: Tx, at: GrantScope, *, now: datetime, within: Interval) -> ExtraGrants:
        """The parts for a plan that speaks of ``within``."""
        key = _Key(at.site, at.doors)
        day = local_time.local_day(now, at.zone)
        seen = _Seen(at.revision, day, await members.stamp(tx), within)
        cached = self._cached.get(key)
        if cached is None or cached[0] != seen:
            cached = (seen, await self._make(tx, at, day, within))
            self._cached[key] = cached
        self._cached.move_to_end(key)
        while len(self._cached) > _MOST_CACHED:
            self._cached.popitem(last=False)
        codes = await offline_codes.parts(tx, at.site, at.doors, now=now)
        return ExtraGrants(parts={**cached[1].parts, **codes}, grants=cached[1].grants)

    async def _make(self, tx: Tx, at: GrantScope, day: date, within: Interval) -> ExtraGrants:
        secrets_of = await self._estate.door_secrets(tx, at.site)
        people = await holders.at_site(tx, at.site)
        sealed = await holders.sealed(tx, [each.id for each in people])
        listed = await members.inducted_at(tx, self._keys, at.site)

        def work() -> ExtraGrants:
            known = [(each, self._holders.opened(each.id, sealed.get(each.id, {}))) for each in people]
            own = list(holder_grants(known, at, secrets_of, within))
            coming = [each for each in listed if not against(each, at.site, day, least_age=at.least_age)]
            parts = split("holders", "grants", own)
            for shard, some in shards(coming).items():
                parts |= split(f"members-{shard:03}", "grants", member_grants(some, at, secrets_of))
            return ExtraGrants(parts=parts, grants=len(own) + len(coming) * len(at.doors))

        return await asyncio.to_thread(work)


def holder_grants(
    people: Sequence[tuple[Holder, Secrets]], at: GrantScope, secrets_of: Mapping[str, bytes], within: Interval
) -> Iterator[Grant]:
    """What opens the doors for each, in the order of doors and people: codes, cards, cards with their PINs, and their
    duress codes."""
    for door in at.doors:
        for holder, has in people:
            if not any(place.site == at.site and place.has(door) for place in holder.draft.places):
                continue
            kind, secret = holder.draft.kind, secrets_of[door]
            when = windows(holder.draft.validity, at.zone, within, timeless=kind in TIME_INDEPENDENT)
            when = tuple(each for each in when if each.end > within.start)
            if not when:
                continue
            grant = Grant(
                door=door,
                key=bytes(32),
                kind=kind,
                windows=when,
                hold_s=holder.draft.hold_s,
                holder=holder.id,
            )
            for digits, duress in ((has.code, False), (has.duress_code, True)):
                if digits:
                    yield msgspec.structs.replace(grant, key=code_key(secret, kind, digits), duress=duress)
            if has.card:
                card = code_key(secret, kind, has.card)
                for pin, duress in ((has.pin, False), (has.duress_pin, True)):
                    if pin:
                        typed = pin_key(secret, kind, has.card, pin)
                        yield msgspec.structs.replace(grant, key=card, pin_key=typed, duress=duress)
                if not has.pin:
                    yield msgspec.structs.replace(grant, key=card)


def shards(coming: Sequence[Member]) -> dict[int, list[Member]]:
    """Members by shard. There are as many shards as a power of two, so that one member more moves nobody else until
    they are twice as many."""
    count = 1
    while count * A_SHARD < len(coming):
        count *= 2
    found: dict[int, list[Member]] = {}
    for each in coming:
        found.setdefault(int(each.id.replace("-", "")[-4:], 16) % count, []).append(each)
    return dict(sorted(found.items()))


def member_grants(coming: Sequence[Member], at: GrantScope, secrets_of: Mapping[str, bytes]) -> Iterator[Grant]:
    """Card with PIN of each at every door."""
    for each in coming:
        when = window(each, at.site, at.zone)
        for door in at.doors:
            secret, card = secrets_of[door], each.record.card
            yield Grant(
                door=door,
                key=code_key(secret, _MEMBER, card),
                kind=_MEMBER,
                windows=(when,),
                holder=each.id,
                pin_key=pin_key(secret, _MEMBER, card, each.record.pin),
            )
