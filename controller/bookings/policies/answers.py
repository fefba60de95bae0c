"""What a policy's check answers."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from controller.bookings.errors import conflicts
from controller.bookings.policies.effect import Excess, PolicyEffect
from controller.diary.model import Booking, Claimed
from controller.estate.model import Site
from controller.web.fields import Answer
from controller.web.problem import Conflict

NAMED = 100
"""Bookings named in one list; ``count`` counts them all."""


class WouldConfirm(Answer):
    """Requests that wait and that the new rules would confirm at once: the first 100 of ``count``."""

    bookings: list[Conflict]
    count: int


class WouldExceed(Answer):
    """Bookings that could not all be made under the new policy: the first 100 of ``count``. ``party``: whose, where
    they are one party's."""

    text: str
    party: str | None
    bookings: list[Conflict]
    count: int


class WouldRecode(Answer):
    """Bookings whose codes are not as the new rules would draw them. They keep them unless the change asks for others:
    ``running``, whose code opens a door now, with ``codes=all``; ``coming`` with ``codes=coming`` or ``codes=all``.
    Each the first 100 of its count. ``windows``: how many bookings' codes open at other times from the change on,
    whatever it asks for."""

    running: list[Conflict]
    running_count: int
    coming: list[Conflict]
    coming_count: int
    windows: int


class PolicyEffectAnswer(Answer):
    """What the change means for what is booked and waits. ``exceeding``: the first 100 of ``exceeding_count``."""

    confirmed: WouldConfirm
    exceeding: list[WouldExceed]
    exceeding_count: int
    codes: WouldRecode


def effect_answer(site: Site, effect: PolicyEffect) -> PolicyEffectAnswer:
    return PolicyEffectAnswer(
        confirmed=WouldConfirm(bookings=_named(effect.confirmed, site.tz), count=len(effect.confirmed)),
        exceeding=[_excess(each, site.tz) for each in effect.exceeding[:NAMED]],
        exceeding_count=len(effect.exceeding),
        codes=WouldRecode(
            running=_named(effect.codes.running, site.tz),
            running_count=len(effect.codes.running),
            coming=_named(effect.codes.coming, site.tz),
            coming_count=len(effect.codes.coming),
            windows=effect.codes.windows,
        ),
    )


def _named(bookings: Sequence[Booking], zone: ZoneInfo) -> list[Conflict]:
    claimed = [Claimed(id=each.id, title=each.title, space=each.space, during=each.during) for each in bookings]
    return conflicts(claimed[:NAMED], zone)


def _excess(excess: Excess, zone: ZoneInfo) -> WouldExceed:
    return WouldExceed(
        text=excess.text,
        party=excess.party,
        bookings=conflicts(excess.bookings[:NAMED], zone),
        count=len(excess.bookings),
    )
