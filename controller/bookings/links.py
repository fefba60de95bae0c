"""Links to the pages of bookings and series, which need no sign-in: one for the person who booked, one to pass on to
those who come."""

from typing import Protocol

from controller.bookings.errors import LinkUnknown
from controller.platform.key_files import KeyFiles, LinkKind


class Linked(Protocol):
    """A booking or a series. The numbers count the links that have ended."""

    @property
    def id(self) -> str: ...
    @property
    def manage_link_number(self) -> int: ...
    @property
    def show_link_number(self) -> int: ...


class Links:
    """``address``: what every link begins with."""

    def __init__(self, keys: KeyFiles, address: str) -> None:
        self._keys = keys
        self._address = address

    def token(self, thing: Linked, kind: LinkKind) -> str:
        """The last part of its present link."""
        return self._keys.link_token(kind, thing.id, _numbers(thing)[kind])

    def kind(self, token: str, thing: Linked) -> LinkKind:
        """Which of its present links that is. Raises ``LinkUnknown``."""
        found = self._keys.link_kind(token, _numbers(thing))
        if found is None:
            raise LinkUnknown
        return found

    def to_booking(self, booking: Linked, kind: LinkKind) -> str:
        return f"{self._address}/d/{self.token(booking, kind)}"

    def to_series(self, series: Linked, kind: LinkKind) -> str:
        return f"{self._address}/d/series/{self.token(series, kind)}"


def _numbers(thing: Linked) -> dict[LinkKind, int]:
    return {LinkKind.MANAGE: thing.manage_link_number, LinkKind.SHOW: thing.show_link_number}
