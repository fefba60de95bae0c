"""The library for Web Authentication (W3C, level 3): makes options for browsers and verifies their answers.

It is imported when it is first used, since that takes 0.15 s of every start otherwise.
"""

import logging
from collections.abc import Sequence
from typing import Any

import msgspec

from controller.signin.passkeys.model import Passkey, RelyingParty, WrongPasskey

log = logging.getLogger(__name__)

TIMEOUT_S = 300
"""How long a browser waits for its user."""


class NewCredential(msgspec.Struct, frozen=True, kw_only=True):
    """What an authenticator has made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


class Assertion(msgspec.Struct, frozen=True, kw_only=True):
    """What an authenticator has signed to show that it has a passkey."""

    credential_id: bytes
    collected_data: bytes
    authenticator_data: bytes
    signature: bytes


def creation_options(
    party: RelyingParty, challenge: bytes, *, user_id: str, user_name: str, known: Sequence[bytes]
) -> dict[str, Any]:
    """`PublicKeyCredentialCreationOptionsJSON` for a passkey that needs no user name and verifies its user. ``known``:
    credentials that the user has already."""
    import webauthn
    from webauthn.helpers import options_to_json_dict, structs

    made = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name="Hallkeeper",
        user_id=user_id.encode(),
        user_name=user_name,
        challenge=challenge,
        timeout=TIMEOUT_S * 1000,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=each) for each in known],
    )
    return dict(options_to_json_dict(made))


def request_options(party: RelyingParty, challenge: bytes) -> dict[str, Any]:
    """`PublicKeyCredentialRequestOptionsJSON`, for any passkey of this controller."""
    import webauthn
    from webauthn.helpers import options_to_json_dict, structs

    made = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=challenge,
        timeout=TIMEOUT_S * 1000,
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return dict(options_to_json_dict(made))


def challenge_in(collected_data: bytes) -> bytes:
    """The challenge that a browser has answered. Raises ``WrongPasskey``."""
    from webauthn.helpers import parse_client_data_json

    try:
        return bytes(parse_client_data_json(collected_data).challenge)
    except Exception as fault:  # the library's parsers raise what they like for what is malformed
        raise _refused(fault) from fault


def verified_creation(
    party: RelyingParty, challenge: bytes, collected_data: bytes, attestation: bytes
) -> NewCredential:
    """The credential that was made for this challenge, by a user whom their device has verified. Raises
    ``WrongPasskey``."""
    import webauthn
    from webauthn.helpers import structs

    response = structs.AuthenticatorAttestationResponse(client_data_json=collected_data, attestation_object=attestation)
    try:
        found = webauthn.verify_registration_response(
            credential=structs.RegistrationCredential(id="", raw_id=b"", response=response),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except Exception as fault:  # as above
        raise _refused(fault) from fault
    return NewCredential(
        credential_id=found.credential_id, public_key=found.credential_public_key, sign_count=found.sign_count
    )


def verified_count(party: RelyingParty, challenge: bytes, assertion: Assertion, passkey: Passkey) -> int:
    """The count of signatures of an assertion for this challenge, by a user whom their device has verified. Raises
    ``WrongPasskey``, also where the count has not gone up, since somebody may have copied the passkey."""
    import webauthn
    from webauthn.helpers import structs

    response = structs.AuthenticatorAssertionResponse(
        client_data_json=assertion.collected_data,
        authenticator_data=assertion.authenticator_data,
        signature=assertion.signature,
    )
    try:
        found = webauthn.verify_authentication_response(
            credential=structs.AuthenticationCredential(id="", raw_id=b"", response=response),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except Exception as fault:  # as above
        raise _refused(fault) from fault
    return found.new_sign_count


def _refused(fault: Exception) -> WrongPasskey:
    log.warning("A passkey was refused.", extra={"action": "passkey_refused", "why": str(fault)[:300]})
    return WrongPasskey()
