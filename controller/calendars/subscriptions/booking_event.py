"""A booking as the event of a calendar. Pure."""

from datetime import datetime

from controller.bookings.diary.model import BookingState
from controller.bookings.diary.site_config import SiteConfig, SpaceAtSite
from controller.calendars.ics_writer import CalendarEntry
from controller.calendars.subscriptions.model import Shows
from controller.calendars.subscriptions.repository import PublicBooking
from controller.estate.model import Site
from controller.people.redaction import TAKEN

_STATUS = {
    BookingState.REQUESTED: "TENTATIVE",
    BookingState.HELD: "TENTATIVE",
    BookingState.CONFIRMED: "CONFIRMED",
    BookingState.NO_SHOW: "CONFIRMED",
    BookingState.DECLINED: "CANCELLED",
    BookingState.CANCELLED: "CANCELLED",
    BookingState.RELEASED: "CANCELLED",
}


def uid(booking_id: str) -> str:
    """The same for as long as the booking is known, wherever it is moved."""
    return f"{booking_id}@hallkeeper"


def run_out(booking: PublicBooking, now: datetime) -> bool:
    """Whether it is a hold that nobody took up in time."""
    return booking.state is BookingState.HELD and booking.held_until is not None and booking.held_until <= now


def entry(
    booking: PublicBooking, site_config: SiteConfig, shows: Shows, *, party: str | None, now: datetime
) -> CalendarEntry:
    """The event of a booking. ``party``: the name of whose it is."""
    place = site_config.by_space.get(booking.space)
    return entry_at(booking, site_config.site, place, shows, party=party, now=now)


def entry_at(
    booking: PublicBooking, site: Site, place: SpaceAtSite | None, shows: Shows, *, party: str | None, now: datetime
) -> CalendarEntry:
    """As ``entry``, where the booking's place is known already."""
    space = place.space.name if place else booking.space
    layout = place.space.layout(booking.layout) if place and booking.layout else None
    geo = None if site.latitude is None or site.longitude is None else (site.latitude, site.longitude)
    about = []
    if shows is Shows.CONTACTS:
        if party is not None:
            about.append(f"For {party}")
        contact = ", ".join(
            text for text in (booking.contact_name, booking.contact_phone, booking.contact_email) if text
        )
        if contact:
            about.append(f"Contact: {contact}")
    if shows is not Shows.TAKEN:
        if booking.people is not None:
            about.append("1 person" if booking.people == 1 else f"{booking.people:,} people")
        if layout is not None:
            about.append(f"Layout: {layout.name}")
    return CalendarEntry(
        uid=uid(booking.id),
        title=TAKEN if shows is Shows.TAKEN else booking.title,
        starts=booking.starts,
        ends=booking.ends,
        zone=site.tz,
        status="CANCELLED" if run_out(booking, now) else _STATUS[booking.state],
        sequence=booking.version - 1,
        created=booking.created_at,
        changed=booking.changed_at,
        place=", ".join(text for text in (space, site.name, site.address) if text),
        about="\n".join(about),
        geo=geo,
    )
