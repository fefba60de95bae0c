"""Account mails as text. Pure."""

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from controller.people.account_mails.model import INVITATION_DAYS, PROOF_LIFETIME, MailPurpose
from controller.platform.text.mail_address import mail_address
from controller.platform.text.mail_html import html_of

_SUBJECTS = {
    MailPurpose.SIGN_IN: "Sign in to Hallkeeper",
    MailPurpose.NEW_ADDRESS: "Confirm your mail address for Hallkeeper",
    MailPurpose.ADDRESS_CHANGED: "Your mail address for Hallkeeper was changed",
    MailPurpose.HIRE_REQUEST: "Confirm your request to hire a space",
    MailPurpose.INVITATION: "You can sign in to Hallkeeper",
    MailPurpose.PASSKEY_ADDED: "A passkey was added to your Hallkeeper account",
    MailPurpose.PASSKEY_REMOVED: "A passkey was removed from your Hallkeeper account",
    MailPurpose.ACCOUNT_LINKED: "You can sign in to Hallkeeper by another account",
    MailPurpose.ACCOUNT_UNLINKED: "An account no longer signs in to Hallkeeper as you",
}
"""Without token and digits, which a locked phone would show."""
_MINUTES = int(PROOF_LIFETIME.total_seconds()) // 60


def mail(
    purpose: MailPurpose, *, sender: str, to: str, message_id: str, now: datetime, link: str, digits: str, about: str
) -> EmailMessage:
    """The whole mail. ``link``, ``digits``: empty where it has none. ``about``: the user whom it is about, or what is
    asked for. Raises ``ValueError`` for an address that is none."""
    text = body(purpose, link=link, digits=digits, about=about)
    return _message(_SUBJECTS[purpose], text, sender=sender, to=to, message_id=message_id, now=now)


def _message(subject: str, text: str, *, sender: str, to: str, message_id: str, now: datetime) -> EmailMessage:
    made = EmailMessage()
    made["From"] = sender
    made["To"] = mail_address(to)
    made["Subject"] = " ".join(subject.split())
    made["Message-ID"] = message_id
    made["Date"] = format_datetime(now)
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies
    made.set_content(text)
    made.add_alternative(html_of(text), subtype="html")
    return made


def invitation(
    *,
    sender: str,
    to: str,
    message_id: str,
    now: datetime,
    link: str,
    page: str,
    digits: str,
    inviter: str,
    party: str,
    leads: bool,
) -> EmailMessage:
    """An invitation to a party. ``page``: where the digits are typed. ``leads``: as one of its leaders. Raises
    ``ValueError`` for an address that is none."""
    what = "You could book for it, and see its door codes." if leads else "You would see its bookings and door codes."
    text = (
        f"Hello,\n\n{inviter} invites you to “{party}” in Hallkeeper. {what} To accept, open this page and press the "
        f"button:\n{link}\n\nOr open {page} and type your address and these six digits: {digits[:3]} {digits[3:]}\n\n"
        f"Link and digits work once, for {INVITATION_DAYS} days. If you do not want this, do nothing.\n"
    )
    return _message(f"Invitation to {party}"[:200], text, sender=sender, to=to, message_id=message_id, now=now)


def body(purpose: MailPurpose, *, link: str, digits: str, about: str) -> str:
    typed = f"Or type these six digits where you asked for this mail: {digits[:3]} {digits[3:]}"
    once = f"Link and digits work once, for {_MINUTES} minutes."
    if purpose is MailPurpose.SIGN_IN:
        return (
            f"Hello,\n\nto sign in to Hallkeeper, open this page and press the button:\n{link}\n\n{typed}\n\n{once}\n"
            "Nobody else will ask you for them. If you did not ask for this mail, do nothing: without it nobody gets "
            "in.\n"
        )
    if purpose is MailPurpose.NEW_ADDRESS:
        return (
            f"Hello,\n\n{about} gave this address as theirs in Hallkeeper. To confirm it, open this page and press the "
            f"button:\n{link}\n\n{typed}\n\n{once}\nIf you do not know about this, do nothing: nothing is changed "
            "then.\n"
        )
    if purpose is MailPurpose.HIRE_REQUEST:
        return (
            f"Hello,\n\nsomebody gave this address with a request to hire {about}. To send the request, open this page "
            f"and press the button:\n{link}\n\n{typed}\n\n{once}\nNothing is booked until then. If you did not ask for "
            "it, do nothing: the request is deleted after a day.\n"
        )
    if purpose is MailPurpose.INVITATION:
        return (
            f"Hello,\n\nyou can sign in to Hallkeeper now, as {about}. Open this page and give this mail address:\n"
            f"{link}\n\nYou then get a mail with a link that signs you in. You need no password.\n\nIf you do not know "
            "about this, do nothing.\n"
        )
    if purpose is MailPurpose.PASSKEY_ADDED:
        return (
            f"Hello,\n\na passkey was added to the account {about} in Hallkeeper. Its device can sign in as this "
            "user.\n\nIf that was not you, sign in, remove it under Account, sign out everywhere else and change "
            "your password.\n"
        )
    if purpose is MailPurpose.PASSKEY_REMOVED:
        return (
            f"Hello,\n\na passkey was removed from the account {about} in Hallkeeper. Nobody can sign in by it any "
            "more.\n\nIf that was not you, sign in, sign out everywhere else under Account and change your password.\n"
        )
    if purpose is MailPurpose.ACCOUNT_LINKED:
        return (
            f"Hello,\n\nan account at a council or another provider was linked to {about} in Hallkeeper. Its owner can "
            "sign in as this user.\n\nIf that was not you, sign in, unlink it under Account, sign out everywhere else "
            "and change your password.\n"
        )
    if purpose is MailPurpose.ACCOUNT_UNLINKED:
        return (
            f"Hello,\n\nan account at a council or another provider was unlinked from {about} in Hallkeeper. Nobody "
            "can sign in by it as this user any more.\n\nIf that was not you, sign in, sign out everywhere else under "
            "Account and change your password.\n"
        )
    return (
        f"Hello,\n\nthe mail address of {about} in Hallkeeper is another one now. Mails no longer go to this address, "
        "and nobody can sign in with it as this user.\n\nIf you did not want that, ask the person who keeps the users "
        "of your Hallkeeper to put it right.\n"
    )
