"""Passes: a short-lived signed text, shown as a QR code, for people who cannot remember digits.

``HK1.`` and base64url (RFC 4648 5, without padding) of a MessagePack array ``[site, holder, issued_at, expires_at]``
(the instants as unix seconds) followed by its 64-byte Ed25519 signature for the purpose ``pass``. The holder is the
id of the booking or credential whose grant it stands for; the grant must still be in the plan.
"""

import base64
import binascii
from datetime import datetime, timedelta
from typing import Annotated

import msgspec

from edge.wire.envelope import Keyring, Purpose, Signer
from edge.wire.errors import BadSignature, Malformed, WrongAddress
from edge.wire.ids import Slug, Uuid

PREFIX = "HK1."
LIFE = timedelta(seconds=120)
"""A pass with a longer lifetime is refused, so that a photo of one is soon useless."""
SKEW = timedelta(seconds=30)
"""How far the clocks of controller and door may differ."""
LIMIT = 512
"""The longest accepted token, in characters."""
_SIGNATURE = 64

Second = Annotated[int, msgspec.Meta(ge=0, le=2**40)]


class Pass(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """The content of a pass; ``issued_at`` and ``expires_at`` are unix seconds."""

    site: Slug
    holder: Uuid
    issued_at: Second
    expires_at: Second

    def good_at(self, now: datetime) -> bool:
        """Whether it is valid at ``now``."""
        at, skew = now.timestamp(), SKEW.total_seconds()
        short = 0 < self.expires_at - self.issued_at <= LIFE.total_seconds()
        return short and self.issued_at - skew <= at < self.expires_at + skew


_decoder = msgspec.msgpack.Decoder(Pass)


def issue(signer: Signer, *, site: str, holder: str, now: datetime, life: timedelta = LIFE) -> str:
    """The token of a pass made at ``now``."""
    at = int(now.timestamp())
    made = Pass(site=site, holder=holder, issued_at=at, expires_at=at + int(life.total_seconds()))
    body = msgspec.msgpack.encode(made)
    return PREFIX + base64.urlsafe_b64encode(body + signer.sign(Purpose.PASS, body)).rstrip(b"=").decode()


def is_pass(text: str) -> bool:
    """Whether a scanned ``text`` has the form of a pass."""
    return text.startswith(PREFIX)


def read(token: str, *, site: str, keys: Keyring) -> Pass:
    """The pass of a token, after checking form, signature and site, but not its time.

    Raises ``Malformed``, ``BadSignature`` or ``WrongAddress``.
    """
    if not is_pass(token) or len(token) > LIMIT or not token.isascii():
        raise Malformed("not a pass")
    text = token.removeprefix(PREFIX)
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise Malformed(f"not a pass: {error}") from error
    body, signature = data[:-_SIGNATURE], data[-_SIGNATURE:]
    if not keys.signed(Purpose.PASS, body, signature):
        raise BadSignature("a pass that no trusted key has signed")
    try:
        found = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"not a pass: {error}") from error
    if found.site != site:
        raise WrongAddress(f"a pass of {found.site} was shown at {site}")
    return found
