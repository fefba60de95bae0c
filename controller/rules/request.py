"""A booking request as the rules judge it: what is asked, by whom, for whom."""

import msgspec

from controller.diary.model import BookingRequest
from controller.people.model import Actor, Tier


class RuleRequest(msgspec.Struct, frozen=True, kw_only=True):
    """``tier``: that of ``asked.party``. ``but``: ids of bookings to ignore, such as the one that is to be moved.
    ``keeps_start``: its start does not change, so minimum notice does not apply."""

    asked: BookingRequest
    actor: Actor
    tier: Tier = Tier.COMMUNITY
    but: frozenset[str] = frozenset()
    keeps_start: bool = False
