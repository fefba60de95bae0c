"""A booking with all that a screen shows of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from controller.access.code_generation import Codes
from controller.access.code_status import CodeStatus, LingeringCode
from controller.bookings.diary.model import Booking, Impact
from controller.bookings.diary.site_config import SpaceAtSite
from controller.bookings.diary.waitlist import Wait
from controller.bookings.links import Links
from controller.bookings.rules.buffers import buffers_of
from controller.people.model import Party
from controller.platform.key_files import LinkKind
from edge.wire.interval import Interval


class OfflineShown(msgspec.Struct, frozen=True, kw_only=True):
    """An offline code with its door's name and a sentence that says when it works."""

    door: str
    name: str
    digits: str
    window: Interval
    text: str


class BookingView(msgspec.Struct, frozen=True, kw_only=True):
    """A booking with all that a screen shows of it. ``why``: why it is not confirmed, if a reason was given. ``offer``:
    the wait that it is on offer to, while unanswered. ``release_at``: when it is released if nobody comes; ``kept``:
    why it was not released, or not yet, although that time is over. ``codes``: of a confirmed one. ``lingering``: old
    codes of others, for ``lingering_texts``. ``impacts``: how changes of hours, policy or building affect it while it
    is active."""

    booking: Booking
    place: SpaceAtSite
    party: Party | None
    why: str
    offer: Wait | None
    release_at: datetime | None
    kept: str
    codes: Codes | None
    code_window: Interval
    offline: tuple[OfflineShown, ...]
    code_status: CodeStatus
    lingering: Sequence[LingeringCode]
    impacts: Sequence[Impact]
    links: Links
    now: datetime

    @property
    def link(self) -> str:
        """To its page, for the person who booked."""
        return self.links.to_booking(self.booking, LinkKind.MANAGE)

    @property
    def show_link(self) -> str:
        """To what those who come need of it."""
        return self.links.to_booking(self.booking, LinkKind.SHOW)

    @property
    def code(self) -> str | None:
        """Its code; of several that of the first door."""
        doors = self.place.space.doors
        return None if self.codes is None else self.codes.at(doors[0]) if doors else self.codes.first

    @property
    def codes_by_doors(self) -> list[tuple[str, tuple[str, ...]]]:
        """Each of its codes with the names of the doors that it opens."""
        if self.codes is None:
            return []
        names = dict(zip(self.place.space.doors, self.place.door_names, strict=True))
        return [(code, tuple(names[door] for door in doors)) for code, doors in self.codes.lots(list(names))]

    @property
    def held(self) -> Interval:
        """The booking with its setting up and clearing down, as wide as booking, layout or space want them."""
        booking = self.booking
        buffers = buffers_of(
            self.place.space,
            layout=booking.layout,
            setup_min=booking.setup_min,
            cleardown_min=booking.cleardown_min,
        )
        return Interval(
            start=booking.starts - timedelta(minutes=buffers.setup_min),
            end=booking.ends + timedelta(minutes=buffers.cleardown_min),
        )
