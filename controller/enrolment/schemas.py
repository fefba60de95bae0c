"""What enrolment takes and answers."""

import base64
import binascii
from datetime import timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from pydantic import AfterValidator, Field, StringConstraints

from controller.enrolment.model import Revocation
from controller.enrolment.service import TOKEN_LIFE, TOKEN_LIFE_MOST
from controller.platform.web.fields import Answer, Body, LocalTime, Note, Whole, answer_of
from controller.platform.web.qr_picture import inline_qr

_HOUR = timedelta(hours=1)


def _base64(text: str) -> str:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("must be base64") from None
    return text


Base64 = Annotated[str, StringConstraints(max_length=16_384), AfterValidator(_base64)]
Why = Annotated[Note, StringConstraints(min_length=3, max_length=500)]


class TokenBody(Body):
    """``hours``: how long it can be used."""

    hours: Annotated[Whole, Field(ge=1, le=TOKEN_LIFE_MOST // _HOUR)] = TOKEN_LIFE // _HOUR

    @property
    def lives(self) -> timedelta:
        return timedelta(hours=self.hours)


class TokenAnswer(Answer):
    """``token`` is shown once. ``command``: what to type on the Pi. ``qr``: the command as an SVG image, for a phone at
    the Pi."""

    token: str
    expires_at: str
    command: str
    qr: str


def token_answer(token: str, expires_at: str, address: str) -> TokenAnswer:
    """``address``: the controller's, as its edges reach it."""
    command = f"hallkeeper edge enrol {token} --controller {address}"
    qr = inline_qr(command, error="l")
    return TokenAnswer(token=token, expires_at=expires_at, command=command, qr=qr)


class EnrolBody(Body):
    """``application``: an `Application` of the wire format, as base64 of its JSON; ``proof``: base64 of its HMAC-SHA256
    under the token's secret."""

    application: Base64
    proof: Base64


class IdentityAnswer(Answer):
    """``identity``: base64 of a `Delivery` in an envelope."""

    identity: str


class EnrolmentAnswer(Answer):
    """``enrolled_at``: null for an edge that has not enrolled. ``identity_version`` and ``held_version``: of the
    identity that it should hold, and of the one it holds. ``changing``: its keys or its doors' secrets are being
    changed, or it still holds old ones."""

    enrolled_at: LocalTime | None
    certificate_expires_at: LocalTime | None
    identity_version: int
    held_version: int
    changing: bool


class RevokeBody(Body):
    """``reason`` is recorded."""

    reason: Why


class ToTellAnswer(Answer):
    """Somebody whose code was replaced. ``bookings``: how many of their bookings that affects; ``booking`` and
    ``when``: the soonest of them."""

    what: str
    who: str
    phone: str
    email: str
    when: str
    booking: str | None
    bookings: int


class RevocationAnswer(Answer):
    """A revoked edge. ``members``: how many members' cards and PINs a thief may know."""

    site: str
    edge: str
    at: LocalTime
    actor: str
    reason: str
    doors: list[str]
    people: list[ToTellAnswer]
    members: int


class SigningKeyAnswer(Answer):
    """``begun``: false where a change was under way already."""

    begun: bool


def revocation_answer(done: Revocation, zone: ZoneInfo) -> RevocationAnswer:
    return answer_of(RevocationAnswer, done, zone, **msgspec.structs.asdict(done.notified))
