"""Resolves every date of a series: all are judged at once, with the choices for those that are refused."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from controller.bookings.change_impact import changing
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.rules.evaluate import judge
from controller.bookings.rules.model import ReasonKind, RuleRequest, Verdict
from controller.bookings.series.intents import DateIntent
from controller.bookings.series.model import DateEffect, DateStatus, Otherwise, SeriesDate
from controller.db.engine import Tx
from controller.hours.recurrence.expand import ClockChange, SeriesOccurrence
from controller.people.model import Actor, Tier

_CLAIMING = frozenset({DateEffect.BOOK, DateEffect.CHANGE})


class Asker(msgspec.Struct, frozen=True, kw_only=True):
    """For whom and when requests are judged. ``tier``: that of the series' party."""

    actor: Actor
    tier: Tier
    now: datetime


async def settle(
    tx: Tx, site_config: SiteConfig, plans: Sequence[DateIntent], space: str, otherwise: Otherwise, asker: Asker
) -> list[SeriesDate]:
    """Every date with its status and what will be done. Dates of one series conflict with each other; bookings that are
    cancelled or moved do not. ``space``: that of the series. A caller that is going to write holds the site's lock.

    A kept booking may conflict with others, so with ``Otherwise.KEEP`` all dates are judged again until no more are
    refused.
    """
    kept: set[int] = set()
    while True:
        going = frozenset(
            each.before.id
            for index, each in enumerate(plans)
            if each.before is not None
            and index not in kept
            and (each.asked is not None or each.effect is DateEffect.CANCEL)
        )
        # Those that claim nothing come last: they see the others, and nobody sees them.
        judged = sorted(
            (index for index, each in enumerate(plans) if each.asked is not None),
            key=lambda index: (index in kept or plans[index].effect not in _CLAIMING, index),
        )
        requests = [
            changing(
                RuleRequest(asked=asked, actor=asker.actor, tier=asker.tier, but=going | _own(plans[index])),
                plans[index].before,
                zone=site_config.site.tz,
                now=asker.now,
            )
            for index in judged
            if (asked := plans[index].asked) is not None
        ]
        found = await judge(tx, site_config, requests, now=asker.now, together=True)
        verdicts = {index: _concerned(plans[index], each) for index, each in zip(judged, found, strict=True)}
        dates = [
            _date(each, verdicts.get(index, Verdict()), otherwise, space, kept=index in kept)
            for index, each in enumerate(plans)
        ]
        refused = {index for index, each in enumerate(dates) if each.effect is DateEffect.KEEP and index in verdicts}
        if refused <= kept:
            return dates
        kept |= _with_followers(refused, plans, site_config)


def _own(plan: DateIntent) -> frozenset[str]:
    """The booking of a date, which does not conflict with itself if it is kept."""
    return frozenset() if plan.before is None else frozenset((plan.before.id,))


def _concerned(plan: DateIntent, verdict: Verdict) -> Verdict:
    """Without reasons that existed before and do not depend on the change."""
    return verdict if plan.change is None else plan.change.concerned(verdict)


def _with_followers(kept: Iterable[int], plans: Sequence[DateIntent], site_config: SiteConfig) -> set[int]:
    """Also those that would move to the time of one that stays, and so on."""
    found: set[int] = set()
    line = list(kept)
    while line:
        index = line.pop()
        if index in found:
            continue
        found.add(index)
        stays = plans[index].before
        assert stays is not None
        line += [
            other
            for other, each in enumerate(plans)
            if other not in found
            and each.before is not None
            and each.asked is not None
            and each.asked.during.overlaps(stays.during)
            and not set(site_config.require(each.asked.space).atoms).isdisjoint(site_config.require(stays.space).atoms)
        ]
    return found


def _date(plan: DateIntent, verdict: Verdict, otherwise: Otherwise, space: str, *, kept: bool) -> SeriesDate:
    effect = DateEffect.KEEP if kept else plan.effect
    if (verdict.refusals and effect in _CLAIMING) or (effect is DateEffect.HOLD and not verdict.askable):
        effect = refused(plan, verdict, otherwise)
    if plan.asked is None or effect is DateEffect.KEEP:
        during, there = (plan.before.during, plan.before.space) if plan.before else (plan.occurrence.during, space)
    else:
        during, there = plan.asked.during, plan.asked.space
    status = plan.status or _status(verdict, plan.occurrence, moved="starts" in plan.own)
    return SeriesDate(
        occurrence=plan.occurrence,
        space=there,
        during=during,
        status=status,
        text=plan.text or _text(verdict, plan),
        effect=effect,
        verdict=verdict,
        before=plan.before,
        own=plan.own,
    )


def refused(plan: DateIntent, verdict: Verdict, otherwise: Otherwise) -> DateEffect:
    """What to do with a date that cannot be booked. What the rules forbid is not requested either, as with a single
    booking. A date whose booking stands as it is stays, also where the others are left out."""
    stands = any(each.why is ReasonKind.STANDS for each in verdict.refusals)
    if otherwise is Otherwise.KEEP or (otherwise is Otherwise.SKIP and stands):
        return DateEffect.KEEP if plan.before is not None else DateEffect.SKIP
    if otherwise is Otherwise.SKIP:
        return DateEffect.CANCEL if plan.before is not None else DateEffect.SKIP
    return DateEffect.HOLD if otherwise is Otherwise.HOLD and verdict.askable else DateEffect.REFUSE


def _status(verdict: Verdict, occurrence: SeriesOccurrence, *, moved: bool) -> DateStatus:
    kinds = {each.why for each in verdict.refusals}
    for kind, status in ((ReasonKind.CLASH, DateStatus.CLASH), (ReasonKind.CLOSED, DateStatus.CLOSED)):
        if kind in kinds:
            return status
    if kinds:
        return DateStatus.REFUSED
    if verdict.needs_approval:
        return DateStatus.APPROVAL
    return DateStatus.FREE if moved or occurrence.clocks is ClockChange.NOTHING else DateStatus.MOVED_BY_CLOCK


def _text(verdict: Verdict, plan: DateIntent) -> str:
    parts = [each.text for each in verdict.reasons]
    if plan.occurrence.text and "starts" not in plan.own:
        parts.append(plan.occurrence.text)
    return "; ".join(parts) or ("left out" if plan.effect is DateEffect.SKIP else "free")
