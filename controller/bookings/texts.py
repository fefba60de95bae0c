"""The message that goes to whoever booked, since no mail goes out yet. Pure."""

from controller.access import words
from controller.access.codes import spoken
from controller.bookings.desk import View
from controller.bookings.model import Status


def message(view: View) -> str:
    """What to send: what, when, the code with its window, the link, whom to ring."""
    booking, site, zone = view.booking, view.place.site, view.place.site.tz
    when = words.window(booking.during, zone, now=view.now)
    lines = [f"{booking.title}: {view.place.space.name}, {site.name}, {when}."]
    status = booking.status(view.now)
    if status is Status.CANCELLED:
        lines.append("This booking is cancelled.")
    elif status is Status.FINISHED:
        lines.append("This booking is over.")
    elif view.code is not None:
        lines.append(f"Door code: {spoken(view.code)} for {words.listed(view.place.door_names)}, {code_times(view)}.")
    lines.append(f"See it or cancel it: {view.link}")
    if site.phone:
        lines.append(f"If a door does not open, ring {site.phone}.")
    return "\n".join(lines)


def code_times(view: View) -> str:
    """“from 17:45 to 20:15”: when the code opens, days named where they are others than the booking's."""
    zone, start = view.place.site.tz, view.booking.starts
    window = view.code_window
    return f"from {words.at(window.start, zone, now=start)} to {words.at(window.end, zone, now=start)}"
