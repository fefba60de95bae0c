"""What a policy's check answers."""

from zoneinfo import ZoneInfo

from controller.bookings.errors import conflicts
from controller.bookings.model import Claimed
from controller.bookings.policies.effect import Effect, Excess
from controller.estate.model import Site
from controller.fields import Answer
from controller.problem import Conflict

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


class PolicyEffectAnswer(Answer):
    """Advice: nothing of this is done by the change itself. ``exceeding``: the first 100 of ``exceeding_count``."""

    confirmed: WouldConfirm
    exceeding: list[WouldExceed]
    exceeding_count: int


def effect_answer(site: Site, effect: Effect) -> PolicyEffectAnswer:
    waiting = [Claimed(id=each.id, title=each.title, space=each.space, during=each.during) for each in effect.confirmed]
    return PolicyEffectAnswer(
        confirmed=WouldConfirm(bookings=conflicts(waiting[:NAMED], site.tz), count=len(waiting)),
        exceeding=[_excess(each, site.tz) for each in effect.exceeding[:NAMED]],
        exceeding_count=len(effect.exceeding),
    )


def _excess(excess: Excess, zone: ZoneInfo) -> WouldExceed:
    return WouldExceed(
        text=excess.text,
        party=excess.party,
        bookings=conflicts(excess.bookings[:NAMED], zone),
        count=len(excess.bookings),
    )
