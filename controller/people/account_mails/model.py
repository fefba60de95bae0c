"""A mail about somebody's account: to sign in by, to confirm an address, to tell of its change."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

PROOF_LIFETIME = timedelta(minutes=10)
"""How long link and digits work, from when the mail is sent (ASVS 6.5.5)."""
COUNTED = timedelta(hours=1)
MOST_TO_ADDRESS = 5
"""Mails to one address in ``COUNTED``."""
MOST_FROM_KNOWN = 5
"""Mails that are asked for in ``COUNTED`` by a browser from which the address' user has signed in, or by a user for a
new address. They count by themselves, so that other people's requests keep nobody out."""
MOST_FROM_NETWORK = 30
"""Mails that are asked for from one network in ``COUNTED``; it may be a whole building's."""
INVITATION_DAYS = 7
"""How long link and digits of an invitation by mail work."""
MOST_DIGIT_TRIES = 5
MOST_WRONG_DIGITS = 200
"""Wrong digits for the mails of ``OPEN_TO_DIGITS``, of all people together. More than one network's mails take, and few
enough that somebody who guesses all year is right about once (each guess fits with a chance of one in a million)."""
GIVE_UP = timedelta(hours=1)
"""How long a mail with link and digits is tried to be sent: nobody waits longer for it."""
OPEN_TO_DIGITS = GIVE_UP + PROOF_LIFETIME
"""How long after a mail was asked for its digits may work, if it was sent late."""
KEPT = timedelta(days=1)
KEPT_AT_MOST = timedelta(days=4)
"""Of a mail that still waits, such as one that tells an old address."""


class MailPurpose(StrEnum):
    """What an account mail is for."""

    SIGN_IN = "sign_in"
    NEW_ADDRESS = "new_address"
    """It goes to the new address, which it confirms."""
    ADDRESS_CHANGED = "address_changed"
    """It goes to the old one, and proves nothing."""
    HIRE_REQUEST = "hire_request"
    """It goes to somebody who asks for a space and need be no user."""
    INVITATION = "invitation"
    """It tells a new user where to sign in by mail, whenever they read it, and proves nothing."""
    GROUP_INVITATION = "group_invitation"
    """It brings an invitation, whose link and digits work for longer and are not the mail's own."""
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    ACCOUNT_LINKED = "account_linked"
    ACCOUNT_UNLINKED = "account_unlinked"


PROVING = frozenset({MailPurpose.SIGN_IN, MailPurpose.NEW_ADDRESS, MailPurpose.HIRE_REQUEST})
"""Mails with a link and digits."""


class MailState(StrEnum):
    """How far an account mail is."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    SKIPPED = "skipped"
    """Nobody has the address, or what it is about is gone."""


class AccountMail(msgspec.Struct, frozen=True, kw_only=True):
    """``user_id``: whose account it is about; ``None`` for all users with the address, or for no user.
    ``session_hash``: of the session from which it was asked for, without which it changes nothing; ``None`` where
    nobody was signed in. ``due_at``: when it is sent, or tried again. ``expires_at``: until when link and digits work.
    ``digit_tries``: how often digits were typed."""

    id: str
    purpose: MailPurpose
    user_id: str | None
    session_hash: bytes | None = None
    invitation_id: str | None = None
    request_hash: bytes
    address_digest: bytes
    asker_digest: bytes | None
    sealed_address: bytes
    state: MailState
    made_at: datetime
    due_at: datetime
    tried_at: datetime | None = None
    attempts: int = 0
    token_hash: bytes | None = None
    digits_digest: bytes | None = None
    expires_at: datetime | None = None
    digit_tries: int = 0
    used_at: datetime | None = None

    @property
    def has_proof(self) -> bool:
        """Whether a link and digits of its own stand in it."""
        return self.purpose in PROVING

    def given_up(self, now: datetime) -> bool:
        """Whether it is too late to send it."""
        return self.has_proof and now - self.made_at > GIVE_UP

    def proves(self, now: datetime) -> bool:
        """Whether its link and digits still work."""
        return self.used_at is None and self.expires_at is not None and now < self.expires_at


class MailProof(msgspec.Struct, frozen=True, kw_only=True):
    """What shows that somebody reads an address: the token of the link; or the digits, with the request for which they
    were sent."""

    token: str = ""
    request: str = ""
    digits: str = ""
