"""The message for the person who booked (no mail is sent yet), and a booking's state in words. Pure."""

from controller.access.codes import masked, spoken
from controller.bookings.writer import BookingView
from controller.diary.model import BookingStatus, closed_text
from controller.text import times

_ENDED = {
    BookingStatus.CANCELLED: "This booking is cancelled.",
    BookingStatus.FINISHED: "This booking is over.",
    BookingStatus.NO_SHOW: "This booking is over.",
    BookingStatus.EXPIRED: "Nobody decided on this request in time, so the time is no longer kept for you. "
    "Ask again, or ring us.",
    BookingStatus.RELEASED: "Cancelled, because nobody had arrived. Ring us if you are on your way.",
}

LAPSED = "This time was offered to you, and nobody accepted it in time. Ask again, or ring us."
"""The text for an offer that has expired."""


def message(view: BookingView, *, clear: bool) -> str:
    """The message to send: what, when, its status, the code with its window, the link, whom to ring. ``clear``: with
    the digits, as it is sent; otherwise with masked ones."""
    shown = spoken if clear else masked
    booking, site, zone = view.booking, view.place.site, view.place.site.tz
    when = times.window(booking.during, zone, now=view.now)
    lines = [f"{booking.title}: {view.place.space.name}, {site.name}, {when}."]
    lines += [text for text in (closed_text(view.impacts),) if text]
    status = booking.status(view.now)
    if status is BookingStatus.HELD and view.offer is not None:
        lines.append(waiting(view))
    elif status in (BookingStatus.REQUESTED, BookingStatus.HELD):
        lines.append(f"Not confirmed yet. {waiting(view)}")
    elif status is BookingStatus.DECLINED:
        lines.append("This request was declined" + (f": {view.why.rstrip('.')}." if view.why else "."))
    elif status in _ENDED:
        lines.append(LAPSED if view.offer is not None else _ENDED[status])
    elif view.code is not None:
        lines += [
            f"Door code: {shown(code)} for {times.listed(doors)}, {code_times(view)}."
            for code, doors in view.codes_by_doors
        ]
        if (changed_at := changed(view)) is not None:
            lines.append(f"The code was changed at {changed_at}; forget the one you had before.")
        lines += [f"Offline code: {shown(each.digits)} {each.text}." for each in view.offline]
    lines += [text for text in (given_back(view),) if text]
    lines.append(f"See it or cancel it: {view.link}")
    if site.phone:
        lines.append(f"If a door does not open, ring {site.phone}.")
    return "\n".join(lines)


def changed(view: BookingView) -> str | None:
    """When the codes replaced earlier ones, so that the person who booked must be told; ``None``: they are the
    first."""
    at = view.codes.changed_at if view.codes is not None else None
    return None if at is None else times.at(at, view.place.site.tz, now=view.now)


def waiting(view: BookingView) -> str:
    """The notice while nobody has decided on a request, or its owner has not answered an offer."""
    booking = view.booking
    if booking.held_until is None:
        return "The time is not kept for you until it is confirmed."
    until = times.at(booking.held_until, view.place.site.tz, now=view.now)
    if view.offer is not None:
        return (
            f"This time, which you waited for, is offered to you until {until}: accept or decline it by then. "
            "After that it goes to the next on the waiting list."
        )
    return f"The time is kept for you until {until}, while somebody decides."


def given_back(view: BookingView) -> str:
    """The notice of what happens if nobody comes; empty where the room is kept."""
    if view.release_at is None or view.kept:
        return ""
    at = times.at(view.release_at, view.place.site.tz, now=view.booking.starts)
    if view.booking.release_warned_at is None:
        return f"Cancelled if nobody arrives by {at}."
    return f"Nobody has arrived yet. Cancelled if nobody arrives by {at}."


def code_times(view: BookingView) -> str:
    """“from 17:45 to 20:15”: when the code opens, days named where they are others than the booking's."""
    zone, start = view.place.site.tz, view.booking.starts
    window = view.code_window
    return f"from {times.at(window.start, zone, now=start)} to {times.at(window.end, zone, now=start)}"
