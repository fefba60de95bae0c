"""The effect of another policy on existing bookings and requests. Pure; changes nothing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from controller.bookings.code_issuing import CodeEffect
from controller.bookings.diary.model import LONGEST, Booking, Claimed
from controller.bookings.diary.policy import Policy, Quota, QuotaPeriod
from controller.bookings.rules import reason_wording
from controller.bookings.rules.policy_rules import (
    Period,
    counted,
    days_ahead,
    holds_for,
    overrun,
    period,
    span,
    tally,
    window_of,
)
from controller.people.model import Tier


class ActiveBooking(msgspec.Struct, frozen=True, kw_only=True):
    """An active or requested booking, and whose it is."""

    booking: Claimed
    party: str | None
    tier: Tier


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """What people call parties and spaces, by id."""

    parties: Mapping[str, str]
    spaces: Mapping[str, str]


class Excess(msgspec.Struct, frozen=True, kw_only=True):
    """Bookings that could not all be made under the new policy. ``party``: whose, where they are one party's."""

    text: str
    party: str | None
    bookings: tuple[Claimed, ...]


class PolicyEffect(msgspec.Struct, frozen=True, kw_only=True):
    """``confirmed``: requests that the new rules would confirm at once, and the old ones did not. ``codes``: the
    effect on issued codes."""

    confirmed: tuple[Booking, ...]
    exceeding: tuple[Excess, ...]
    codes: CodeEffect


def since(zone: ZoneInfo, now: datetime) -> datetime:
    """The earliest start of bookings that count in a period that is not over."""
    return min(now - LONGEST, *(period(per, now, zone, now=now).starts for per in QuotaPeriod))


def excesses(
    old: Policy,
    new: Policy,
    active: Sequence[ActiveBooking],
    *,
    names: Names,
    zone: ZoneInfo,
    now: datetime,
) -> Iterator[Excess]:
    """Bookings beyond the new quotas and windows."""
    by_party: dict[str, list[ActiveBooking]] = defaultdict(list)
    for each in active:
        if each.party is not None:
            by_party[each.party].append(each)
    for quota in new.quotas:
        if quota not in old.quotas:
            for party, its in by_party.items():
                yield from _over(quota, party, its, names, zone, now)
    yield from _too_early(old, new, active, names, zone, now)


def impact_texts(found: Iterable[Excess], *, now: datetime) -> dict[str, str]:
    """Booking -> how it exceeds the policy; bookings that are over are left out."""
    texts: dict[str, list[str]] = defaultdict(list)
    for excess in found:
        for each in excess.bookings:
            if each.during.end > now:
                texts[each.id].append(excess.text)
    return {each: "; ".join(its) for each, its in texts.items()}


def _over(
    quota: Quota, party: str, its: Sequence[ActiveBooking], names: Names, zone: ZoneInfo, now: datetime
) -> Iterator[Excess]:
    its = [each for each in its if holds_for(quota, tier=each.tier, party=party, space=each.booking.space)]
    ahead = [each.booking for each in its if each.booking.during.end > now]
    found: dict[datetime, Period] = {}
    for each in ahead:
        within = period(quota.per, each.during.start, zone, now=now)
        found[within.starts] = within
    for _, within in sorted(found.items()):
        theirs = counted(quota, within, [each.booking for each in its])
        for over in overrun(quota, tally(theirs)):
            yield Excess(
                text=f"{names.parties.get(party, party)} has {over.amount(over.used)} "
                f"{span(quota.per, within, zone, now=now)}; “{quota.name}” would allow {over.amount(over.most)}",
                party=party,
                bookings=tuple(sorted(theirs, key=lambda each: each.during)),
            )


def _too_early(
    old: Policy, new: Policy, active: Sequence[ActiveBooking], names: Names, zone: ZoneInfo, now: datetime
) -> Iterator[Excess]:
    beyond: dict[tuple[Tier, str, int], list[Claimed]] = defaultdict(list)
    for each in active:
        start, space = each.booking.during.start, each.booking.space
        if each.booking.during.end <= now:
            continue
        was, becomes = (window_of(which.windows, each.tier, space) for which in (old, new))
        ahead = days_ahead(start, zone, now=now)
        if becomes is not None and ahead > becomes.days and not (was is not None and ahead > was.days):
            beyond[each.tier, space, becomes.days].append(each.booking)
    for (tier, space, days), theirs in sorted(beyond.items()):
        yield Excess(
            text=f"{reason_wording.TIERS[tier]} could book {names.spaces.get(space, space)} "
            f"{reason_wording.plural(days, 'day')} ahead; {reason_wording.plural(len(theirs), 'booking')} "
            f"{'is' if len(theirs) == 1 else 'are'} further ahead",
            party=None,
            bookings=tuple(sorted(theirs, key=lambda each: each.during)),
        )
