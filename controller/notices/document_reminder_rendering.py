"""A reminder of a document that lapses or a DBS check that is due, as a mail and as a text message. Pure."""

from datetime import date, timedelta

from controller.estate.model import Site
from controller.notices.model import NoticeKind


def subject(name: str, party: str, until: date) -> str:
    """“Document ends soon: public liability insurance of Choir, 31 May 2027”. ``name``: empty for what is not to be
    named."""
    what = f"{name} of {party}" if name else party
    rest = f", {until:%-d %B %Y}"
    return f"{NoticeKind.LAPSING}: {what}"[: 200 - len(rest)] + rest


def body(name: str, party: str, until: date, site: Site, *, holds: bool, review: bool) -> str:
    """``holds``: whether new bookings wait for a manager once it is over. ``review``: it is no document that ends, but
    a check that is looked at again."""
    after = (
        f"From {until + timedelta(days=1):%-d %B %Y} on new bookings wait for approval by {site.name}. "
        if holds
        else ""
    )
    ring = f"\n\nQuestions? Ring {site.phone}." if site.phone else ""
    ends = "is to be looked at again by" if review else "ends on"
    show = f"Please show {site.name} {'the certificate' if review else 'a new one'} before that day."
    return (
        f"The {name} of {party} {ends} {until:%A %-d %B %Y}.\n\n{show} "
        f"{after}Bookings that are confirmed already stay, and their door codes work.{ring}\n\n"
        f"You get this because your address is given for {party} at {site.name}.\n"
    )


def sms(name: str, party: str, until: date, site: Site, *, review: bool) -> str:
    """A text message."""
    ends = "is to be looked at again by" if review else "ends on"
    show = "the certificate" if review else "a new one"
    return f"{site.name}: the {name} of {party} {ends} {until:%-d %B %Y}. Please show us {show} before that day."
