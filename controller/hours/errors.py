"""Errors of hours."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from controller.hours.impact import Broken
from controller.web.problem import Conflicting, NotFound, ReasonBody

NAMED = 200
"""Most bookings that a refusal names."""


class ClosureUnknown(NotFound):
    def __init__(self, site: str, closure: str) -> None:
        super().__init__(f"site {site!r} has no closure {closure!r}; look it up among its closures")


class WouldBreak(Conflicting, kind="would-break", title="Bookings stand in the way"):
    """Bookings could not be made under the new hours. ``conflicts`` names them, ``reasons`` says of each what it would
    lose: ``closed``, ``mode`` or ``term``."""

    def __init__(self, found: Sequence[Broken], zone: ZoneInfo) -> None:
        some = "; ".join(f"{each.booking.title}: {each.losses[0].text}" for each in found[:3])
        many = "1 booking stands" if len(found) == 1 else f"{len(found)} bookings stand"
        named = found[:NAMED]
        named_conflicts = [each.booking.conflict(zone) for each in named]
        super().__init__(
            f"{many} in the way of this: {some}. Move or cancel them, or make the change anyway (anyway=true): "
            "then they stay as they are.",
            conflicts=named_conflicts,
            reasons=[
                ReasonBody(kind=loss.kind, text=loss.text, field="", conflicts=[booking], asked=None, limit=None)
                for each, booking in zip(named, named_conflicts, strict=True)
                for loss in each.losses
            ],
        )
