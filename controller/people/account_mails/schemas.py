"""What signing in by mail takes and answers."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, StringConstraints, model_validator

from controller.people.account_mails.model import MailProof
from controller.people.schemas import GivenPassword
from controller.platform.text.id_patterns import SIX_DIGITS_PATTERN
from controller.platform.web.fields import Answer, Body, Email, Name


def _there(text: str) -> str:
    if not text:
        raise ValueError("must be an e-mail address like name@example.org")
    return text


def _without_spaces(value: object) -> object:
    return "".join(value.split()) if isinstance(value, str) and len(value) < 20 else value


Token = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Digits = Annotated[str, BeforeValidator(_without_spaces), StringConstraints(pattern=SIX_DIGITS_PATTERN)]


class MailAddressBody(Body):
    email: Annotated[Email, AfterValidator(_there)]


class NewAddressBody(MailAddressBody):
    """``current``: your password. Left out only by who has none, and otherwise as in ``OwnProofBody``."""

    current: GivenPassword | None = None


class MailAskedAnswer(Answer):
    """``request``: sent with the six digits; they work for it only. It says nothing of whether anybody has the
    address."""

    request: str


class MailProofBody(Body):
    """``token``: from the link. Or ``digits``, with the ``request`` for which they were sent."""

    token: Token | None = None
    request: Token | None = None
    digits: Digits | None = None

    @model_validator(mode="after")
    def _one_proof(self) -> "MailProofBody":
        if (self.token is None) == (self.digits is None) or (self.digits is None) != (self.request is None):
            raise ValueError("give the token of the link, or the six digits with their request")
        return self

    @property
    def proof(self) -> MailProof:
        return MailProof(token=self.token or "", request=self.request or "", digits=self.digits or "")


class MailSignInBody(MailProofBody):
    """``user``: who signs in, where several users have the address."""

    user: Name | None = None


class UserChoiceAnswer(Answer):
    """``users``: who has this address; send the same again with one of them as ``user``. Nothing is used up."""

    users: list[str]


class OwnAddressAnswer(Answer):
    """``password``: whether you have one. ``mail``: whether a mail server is set up. ``just_signed_in``: whether
    you have shown within 15 minutes, otherwise than by the password, that it is you, and so may set another without
    it."""

    email: str | None
    password: bool
    mail: bool
    just_signed_in: bool


class AddressConfirmedAnswer(Answer):
    """``user``: whose address it is now."""

    user: str


class ProviderOption(Answer):
    """``name``: what it is called on its button."""

    id: str
    name: str


class SignInOptions(Answer):
    """``mail``: whether a mail server is set up. ``passkey_origin``: of the pages on which passkeys work; null for
    none. ``passkey_hint``: why there are none, and what to do. ``providers``: by whose accounts one can sign in.
    ``setup_hint``: why the first user cannot be made over this connection, though nobody can sign in; else null."""

    mail: bool
    passkey_origin: str | None
    passkey_hint: str | None
    providers: list[ProviderOption]
    setup_hint: str | None
