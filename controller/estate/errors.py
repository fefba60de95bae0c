"""Errors of the estate."""

from collections.abc import Sequence

from controller.estate.change_hooks import Obstacle
from controller.estate.change_preview import SINGULAR
from controller.estate.validation import EstateFault
from controller.platform.web.problem import Conflicting, FieldError, Invalid, NotFound, ReasonBody

NAMED = 200
"""Most reasons that a refusal names."""


class SiteUnknown(NotFound):
    def __init__(self, site: str) -> None:
        super().__init__(f"there is no site {site!r}; look it up in the list of sites")


class SpaceUnknown(NotFound):
    def __init__(self, site: str, space: str) -> None:
        super().__init__(f"site {site!r} has no space {space!r}; look it up in the list of its spaces")


class DoorUnknown(NotFound):
    def __init__(self, site: str, door: str) -> None:
        super().__init__(f"site {site!r} has no door {door!r}; look it up in the list of its doors")


class ThingUnknown(NotFound):
    """A floor, space, equipment, door or edge. ``section``: which of them."""

    def __init__(self, site: str, section: str, thing: str) -> None:
        kind = SINGULAR[section]
        super().__init__(f"site {site!r} has no {kind} {thing!r}; look it up in the site's description")


class InUse(Conflicting, kind="in-use", title="Something depends on it"):
    """Something depends on what is to go."""

    def __init__(self, named: str, users: Sequence[str]) -> None:
        super().__init__(f"{named} cannot be deleted: {'; '.join(users)}. Change that first.")


class SiteInvalid(Invalid):
    """A change that leaves names without a thing. ``of``: the thing in the body, whose fields are named as such."""

    def __init__(self, faults: Sequence[EstateFault], *, of: tuple[str, str] | None = None) -> None:
        errors = [
            FieldError(field=each.field if (each.section, each.id) == of else each.place, message=each.text)
            for each in faults
        ]
        super().__init__("; ".join(f"{each.field}: {each.message}" for each in errors[:10]), errors=errors)


class ChangeBlocked(Conflicting, kind="would-clash", title="Bookings stand in the way"):
    """Bookings prevent the change. ``reasons`` says of each obstacle why; of a clash ``conflicts`` are the
    two bookings that would be at one place at one time."""

    def __init__(self, obstacles: Sequence[Obstacle], *, of: tuple[str, str] | None = None) -> None:
        some = " ".join(each.text for each in obstacles[:3])
        more = f" And {len(obstacles) - 3} more." if len(obstacles) > 3 else ""
        named = obstacles[:NAMED]
        super().__init__(
            f"{some}{more} Nothing was changed.",
            conflicts=list({each.id: each for obstacle in named for each in obstacle.conflicts}.values()),
            reasons=[
                ReasonBody(
                    kind=each.kind,
                    text=each.text,
                    field=each.field if (each.section, each.id) == of else each.place,
                    conflicts=list(each.conflicts),
                    asked=None,
                    limit=None,
                )
                for each in named
            ],
        )


class EdgeUnknown(NotFound):
    def __init__(self, site: str, edge: str) -> None:
        super().__init__(f"site {site!r} has no edge {edge!r}; create it first, or check its name")
