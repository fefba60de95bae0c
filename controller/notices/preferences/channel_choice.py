"""By which channels a notice goes, from what somebody chose and how they can be reached. Pure."""

from controller.notices.model import BOOKING_KINDS, Channel, NoticeKind
from controller.notices.preferences.model import Preferences, usual


def channels_for(preferences: Preferences, kind: NoticeKind, reachable: frozenset[Channel]) -> frozenset[Channel]:
    """By which of the channels on which somebody can be reached they get a notice. Where they cannot be reached by the
    one they chose, the other is used."""
    chosen = preferences.get(kind, usual(kind)).channels
    return (chosen & reachable or reachable) if chosen else frozenset()


def used_channels(preferences: Preferences, reachable: frozenset[Channel]) -> frozenset[Channel]:
    """By which of them they get notices about bookings at all."""
    return frozenset(channel for kind in BOOKING_KINDS for channel in channels_for(preferences, kind, reachable))
