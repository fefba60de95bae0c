"""Answers: the effect of a change."""

from zoneinfo import ZoneInfo

from controller.hours.impact import Broken, LossKind, ModeChangeAtDoor
from controller.hours.service import HoursEffect
from controller.text.local_time import rfc3339
from controller.web.fields import Answer
from controller.web.problem import Conflict

NAMED_BOOKINGS = 2000
"""Most bookings that a check names; ``count`` counts them all."""


class LossAnswer(Answer):
    """``kind``: "closed" where its space could no longer be booked, "mode" where the building would be less open than
    planned, "term" where its series keeps to school terms and it would lie outside them."""

    kind: LossKind
    text: str


class BrokenAnswer(Answer):
    """A booking and how the change affects it."""

    booking: Conflict
    reasons: list[LossAnswer]


class DoorChangeAnswer(Answer):
    """``was`` and ``becomes``: "unlocked", or the mode in which the door is locked for all but its credentials."""

    starts: str
    ends: str
    was: str
    becomes: str


class ChangedDoorAnswer(Answer):
    """``changes``: the first 20 of the ``count`` in the next 400 days."""

    id: str
    name: str
    changes: list[DoorChangeAnswer]
    count: int


class HoursEffectAnswer(Answer):
    """The effect of a change. ``bookings``: the first 2,000 of the ``count`` that it would affect. None is
    cancelled, and if there are any the change needs ``anyway=true``."""

    bookings: list[BrokenAnswer]
    count: int
    doors: list[ChangedDoorAnswer]


def effect_answer(effect: HoursEffect) -> HoursEffectAnswer:
    zone = effect.site.tz
    return HoursEffectAnswer(
        bookings=[_broken(each, zone) for each in effect.broken[:NAMED_BOOKINGS]],
        count=len(effect.broken),
        doors=[
            ChangedDoorAnswer(
                id=each.door, name=each.name, changes=[_change(one, zone) for one in each.changes], count=each.count
            )
            for each in effect.doors
        ],
    )


def _broken(broken: Broken, zone: ZoneInfo) -> BrokenAnswer:
    reasons = [LossAnswer(kind=each.kind, text=each.text) for each in broken.losses]
    return BrokenAnswer(booking=broken.booking.conflict(zone), reasons=reasons)


def _change(change: ModeChangeAtDoor, zone: ZoneInfo) -> DoorChangeAnswer:
    return DoorChangeAnswer(
        starts=rfc3339(change.during.start, zone),
        ends=rfc3339(change.during.end, zone),
        was=change.was,
        becomes=change.becomes,
    )
