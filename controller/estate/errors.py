"""What the estate refuses."""

from controller.problem import Conflicting, NotFound


class SiteUnknown(NotFound):
    def __init__(self, site: str) -> None:
        super().__init__(f"there is no site {site!r}; GET /api/v1/sites lists those there are")


class SpaceUnknown(NotFound):
    def __init__(self, site: str, space: str) -> None:
        super().__init__(f"site {site!r} has no space {space!r}; GET /api/v1/sites/{site} lists its spaces")


class DoorUnknown(NotFound):
    def __init__(self, site: str, door: str) -> None:
        super().__init__(f"site {site!r} has no door {door!r}; GET /api/v1/sites/{site} lists its doors")


class KeyTaken(Conflicting):
    def __init__(self, edge: str, site: str) -> None:
        super().__init__(
            f"this public key is edge {edge!r}'s at site {site!r}; each edge needs a key of its own: "
            "make a new one on the Pi"
        )
