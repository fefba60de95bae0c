"""A wish as it is judged: what is asked, by whom, for whom."""

import msgspec

from controller.diary.model import BookingRequest
from controller.people.model import Actor, Tier


class RuleRequest(msgspec.Struct, frozen=True, kw_only=True):
    """``tier``: that of ``asked.party``. ``but``: ids of bookings that do not stand in the way, such as the one that
    is to be moved. ``keeps_start``: it begins when it was to begin before, so minimum notice does not matter."""

    asked: BookingRequest
    actor: Actor
    tier: Tier = Tier.COMMUNITY
    but: frozenset[str] = frozenset()
    keeps_start: bool = False
