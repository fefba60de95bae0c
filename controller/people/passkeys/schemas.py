"""What passkeys take and answer."""

import base64
import binascii
from datetime import UTC
from typing import Annotated, Any

from pydantic import AfterValidator, StringConstraints

from controller.people.passkeys.model import Passkey
from controller.people.passkeys.webauthn_library import Assertion
from controller.web.fields import Answer, Body, LocalTime, Name, answer_of


def _readable(text: str) -> str:
    decoded(text)
    return text


def decoded(text: str) -> bytes:
    """Raises ``ValueError``."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as fault:
        raise ValueError("must be base64url without padding") from fault


Base64Url = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=40_000), AfterValidator(_readable)]


class PasskeySignInBody(Body):
    """What `navigator.credentials.get` gave, each part in base64url: `rawId`, and `clientDataJSON`, `authenticatorData`
    and `signature` of its `response`."""

    credential_id: Annotated[Base64Url, StringConstraints(max_length=1364)]
    collected_data: Base64Url
    authenticator_data: Base64Url
    signature: Base64Url

    def assertion(self) -> Assertion:
        return Assertion(**{name: decoded(getattr(self, name)) for name in Assertion.__struct_fields__})


class NewPasskeyBody(Body):
    """What `navigator.credentials.create` gave, each part in base64url: `clientDataJSON` and `attestationObject` of its
    `response`. ``name``: by which you know it, such as the device; null for that of the browser."""

    name: Name | None = None
    collected_data: Base64Url
    attestation: Base64Url


class PasskeyChangeBody(Body):
    name: Name


class PasskeyOptionsAnswer(Answer):
    """``options``: for `navigator.credentials`, as `PublicKeyCredentialCreationOptionsJSON` or
    `PublicKeyCredentialRequestOptionsJSON` of Web Authentication. They can be used once, within five minutes."""

    options: dict[str, Any]


class PasskeyAnswer(Answer):
    """``last_used_at``: null where it was never used to sign in."""

    id: str
    name: str
    created_at: LocalTime
    last_used_at: LocalTime | None


class PasskeyList(Answer):
    items: list[PasskeyAnswer]


def passkey_answer(passkey: Passkey) -> PasskeyAnswer:
    return answer_of(PasskeyAnswer, passkey, UTC)
