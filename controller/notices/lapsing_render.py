"""A reminder of a document that lapses, as a mail and as a text message. Pure."""

from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from controller.estate.model import Site
from controller.text.mail_address import mail_address
from controller.text.mail_html import html_of


def subject(name: str, party: str, until: date) -> str:
    """“Ends on 31 May 2027: public liability insurance of Choir”."""
    return f"Ends on {until:%-d %B %Y}: {name} of {party}"[:200]


def body(name: str, party: str, until: date, site: Site, *, holds: bool) -> str:
    """``holds``: whether new bookings wait for a manager once it is over."""
    after = (
        f"From {until + timedelta(days=1):%-d %B %Y} on new bookings wait for approval by {site.name}. "
        if holds
        else ""
    )
    ring = f"\n\nQuestions? Ring {site.phone}." if site.phone else ""
    return (
        f"The {name} of {party} ends on {until:%A %-d %B %Y}.\n\nPlease show {site.name} a new one before that day. "
        f"{after}Bookings that are confirmed already stay, and their door codes work.{ring}\n\n"
        f"You get this because your address is given for {party} at {site.name}.\n"
    )


def mail(*, subject: str, text: str, sender: str, to: str, message_id: str, now: datetime) -> EmailMessage:
    """The whole mail. Raises ``ValueError`` for an address that is none."""
    made = EmailMessage()
    made["From"] = sender
    made["To"] = mail_address(to)
    made["Subject"] = subject
    made["Message-ID"] = message_id
    made["Date"] = format_datetime(now)
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies
    made.set_content(text)
    made.add_alternative(html_of(text), subtype="html")
    return made


def sms(name: str, party: str, until: date, site: Site) -> str:
    """A text message."""
    return f"{site.name}: the {name} of {party} ends on {until:%-d %B %Y}. Please show us a new one before that day."
