"""What a display is: a tablet at a door or a screen in a foyer, which is paired with a site and nobody signs in on."""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from controller.people.model import Actor, Assignment, DisplayPlace, Role, WallPlace
from controller.platform.web.problem import Conflicting, NotFound, NotSignedIn


class WrongDisplayCode(NotSignedIn):
    def __init__(self) -> None:
        super().__init__("this code is wrong, was used before, or is older than ten minutes; ask for a new one")


class DisplayUnknown(NotFound):
    def __init__(self, display_id: str) -> None:
        super().__init__(f"there is no display {display_id!r} at this site; it may have ended. Look at the list again")


class TooManyDisplays(Conflicting):
    def __init__(self, most: int) -> None:
        super().__init__(f"the site has {most} displays, which is as many as there may be; end one first")


CODE_LIFETIME = timedelta(minutes=10)
"""How long a code can be typed, once."""
UNUSED_AFTER = timedelta(days=365)
"""How long a display stays paired without use."""
SEEN_AFTER = timedelta(hours=1)
"""How exactly it is known when it was last seen."""
TOKEN_PREFIX = "hkd_"  # noqa: S105  # by which a display's token is told from a session's
_DIGITS = 8


class DisplayKind(StrEnum):
    """A ``TABLET`` and a ``WALL`` may do what the role of that name may."""

    TABLET = "tablet"
    ROOM = "room"
    """A tablet beside a room's door: it has no role, and may do what its own routes have for it alone."""
    WALL = "wall"
    ALERTS = "alerts"
    """A screen that shows what needs somebody at several sites: it has no role, and is told that alone."""

    @property
    def role(self) -> Role:
        """What its maker must be able to give; of ``ALERTS`` the least that sees what a building reports."""
        match self:
            case DisplayKind.ROOM:
                return Role.TABLET
            case DisplayKind.ALERTS:
                return Role.PORTER
            case _:
                return Role(self.value)


class Display(msgspec.Struct, frozen=True, kw_only=True):
    """``space``: at whose door a tablet hangs. ``sites``: whose alerts a screen of that kind shows, as a JSON list;
    ``None`` for all sites. ``code_until``: until when its code can be typed; ``None`` once it is
    paired. ``paired_at``: ``None`` until then. ``last_seen_at``: to the hour. ``expires_at``: when it is forgotten
    without use. ``address``, ``browser``: where it was seen last, and what was paired."""

    id: str
    site: str
    kind: DisplayKind
    space: str | None
    sites: str | None = None
    name: str
    made_at: datetime
    made_by: str
    expires_at: datetime
    code_until: datetime | None = None
    paired_at: datetime | None = None
    last_seen_at: datetime | None = None
    address: str = ""
    browser: str = ""

    @property
    def shown_sites(self) -> frozenset[str] | None:
        """Whose alerts it shows; ``None`` for all sites."""
        return None if self.sites is None else msgspec.json.decode(self.sites, type=frozenset[str])

    @property
    def assignments(self) -> tuple[Assignment, ...]:
        """All that it may do; of a ``ROOM`` and ``ALERTS``, what its maker must be able to give."""
        if self.kind is not DisplayKind.ALERTS:
            return (Assignment(role=self.kind.role, site=self.site),)
        shown = self.shown_sites
        return tuple(
            Assignment(role=self.kind.role, site=site) for site in ([None] if shown is None else sorted(shown))
        )

    def actor(self, session: bytes, *, by_cookie: bool) -> Actor:
        room, alerts = self.kind is DisplayKind.ROOM, self.kind is DisplayKind.ALERTS
        wall = WallPlace(sites=self.shown_sites) if alerts else None
        return Actor(
            name=f"display:{self.id}",
            assignments=() if room or alerts else self.assignments,
            session=session,
            by_cookie=by_cookie,
            display=DisplayPlace(id=self.id, name=self.name, site=self.site, space=self.space, room=room, wall=wall),
        )


def new_code() -> str:
    """Digits to type, all of them equally likely."""
    return "".join(secrets.choice("0123456789") for _ in range(_DIGITS))
