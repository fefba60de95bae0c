"""Finds out which bookings are hit by doors that do not work."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from controller.access.code_status import CodeState
from controller.bookings import repository as bookings
from controller.bookings.booking_view import BookingView
from controller.bookings.diary.model import Booking, BookingStatus
from controller.bookings.writer import BookingWriter
from controller.db.engine import Tx
from controller.notices import repository as notices
from controller.notices.door_trouble import repository
from controller.notices.door_trouble.model import AHEAD, DoorTrouble, door_trouble, is_new, told_doors


class DoorTroubles:
    """``line_up``: whether the controller hears edges at all. While it does not, and for a while after, it knows of no
    door that it is offline."""

    def __init__(self, writer: BookingWriter, line_up: Callable[[], bool], started: datetime) -> None:
        self._writer = writer
        self._line_up = line_up
        self._deaf_until = started

    def listen(self, now: datetime) -> None:
        """Note whether the controller hears edges; once a minute."""
        if not self._line_up():
            self._deaf_until = now

    async def of(
        self, tx: Tx, site: str, views: Sequence[BookingView], now: datetime
    ) -> Mapping[str, Sequence[DoorTrouble]]:
        """The doors of each booking, by its id: of those that begin soon and are confirmed; no booking at all where
        nothing is known."""
        if not self._line_up():
            return {}
        reports = {
            door: replace(each, since=max(each.since, self._deaf_until))
            for door, each in (await repository.reports(tx, site)).items()
        }
        return {
            view.booking.id: [
                door_trouble(
                    reports[each.door],
                    each.name,
                    each.state,
                    code_since=_code_since(view),
                    zone=view.place.site.tz,
                    now=now,
                )
                for each in view.code_status.doors
                if each.door in reports and each.state is not CodeState.LATER and _is_soon(view, now)
            ]
            for view in views
        }

    async def to_tell(self, tx: Tx, now: datetime) -> dict[str, list[Booking]]:
        """By site, the bookings whose people must hear about a door now, and did not since that became known."""
        found: defaultdict[str, list[Booking]] = defaultdict(list)
        if not self._line_up():
            return found
        at_sites: defaultdict[str, list[Booking]] = defaultdict(list)
        for each in await bookings.some(tx, await repository.candidates(tx, now)):
            at_sites[each.site].append(each)
        for site, some in at_sites.items():
            views = await self._writer.views(tx, await self._writer.site_configs.of(tx, site), some, now)
            doors = await self.of(tx, site, views, now)
            known = await repository.told_of(tx, [each.id for each in some])
            for view in views:
                booking, its = view.booking, doors.get(view.booking.id, ())
                since = _news_since(its, known.get(booking.id) or [""], booking)
                about = booking.series_id or booking.id
                if since is not None and not await notices.written_since(tx, about, since):
                    found[site].append(booking)
        return found


def _news_since(doors: Sequence[DoorTrouble], known: Sequence[str], booking: Booking) -> datetime | None:
    """Since when there is something to tell; ``None``: there is nothing."""
    if not doors:
        return None
    at = max(each.at for each in doors)
    for before in known:
        now = told_doors(doors, before)
        if is_new(now, before):
            at = max(each.at for each in doors if each.door in set(now.split()) - set(before.split()))
            return max(at, booking.starts - AHEAD)
        if before and not now:
            return at
    return None


def _is_soon(view: BookingView, now: datetime) -> bool:
    booking = view.booking
    return booking.status(now) is BookingStatus.CONFIRMED and booking.starts - AHEAD <= now < booking.ends


def _code_since(view: BookingView) -> datetime:
    changed_at = view.codes.changed_at if view.codes is not None else None
    return max(changed_at or view.booking.created_at, view.booking.changed_at)
