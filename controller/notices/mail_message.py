"""What all mails of notices have in common. Pure."""

from collections.abc import Iterable
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlencode

from controller.notices.model import NoticeKind
from controller.platform.text.list_unsubscribe import add_list_unsubscribe
from controller.platform.text.mail_address import mail_address
from controller.platform.text.mail_html import html_of


def preferences_line(preferences: str) -> str:
    """The last line. ``preferences``: the link to the page where its reader chooses."""
    return f"Choose which notices you get, and how: {preferences}\n"


def stop_link(preferences: str, kinds: Iterable[NoticeKind]) -> str:
    """To the page that stops mails of these kinds."""
    return f"{preferences}?{urlencode([('kind', kind.name.lower()) for kind in kinds])}"


def text_mail(
    subject: str, text: str, *, sender: str, to: str, message_id: str, at: datetime, stop: str = ""
) -> EmailMessage:
    """As plain text and HTML. ``stop``: the page that stops such mails, for the reader's mail program too (RFC 2369;
    with one click where it is https, RFC 8058); empty for what cannot be stopped. Raises ``ValueError`` for an address
    that is none."""
    made = EmailMessage()
    made["From"] = sender
    made["To"] = mail_address(to)
    made["Subject"] = subject
    made["Message-ID"] = message_id
    made["Date"] = format_datetime(at)
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies
    if stop:
        add_list_unsubscribe(made, stop)
    made.set_content(text)
    made.add_alternative(html_of(text), subtype="html")
    return made
