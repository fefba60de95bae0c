"""Who may make an edge act: nobody but its controller, for the purpose signed, at the address signed."""

import contextlib
from datetime import UTC, datetime

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from edge.wire.codec import decode, encode
from edge.wire.envelope import Envelope, Keyring, Purpose, Signer, open_envelope
from edge.wire.errors import BadSignature, UnknownVersion, WireError, WrongAddress
from edge.wire.event_batch import Ack
from tests.edge.wire.samples import CONTROLLER, LOG

ACK = Ack(site="ramsey", edge="ramsey-pi", log=LOG, seq=42, at=datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
STRANGER = Signer(Ed25519PrivateKey.from_private_bytes(bytes([9] * 32)))
KEYS = Keyring(CONTROLLER.public_key)


def opened(data: bytes, *, purpose: Purpose = Purpose.ACK, site: str = "ramsey", edge: str = "ramsey-pi") -> Ack:
    return open_envelope(data, purpose=purpose, kind=Ack, site=site, edge=edge, keys=KEYS)


def test_a_message_signed_by_the_controller_opens() -> None:
    assert opened(CONTROLLER.seal(Purpose.ACK, ACK)) == ACK


def test_a_strangers_signature_is_refused() -> None:
    with pytest.raises(BadSignature):
        opened(STRANGER.seal(Purpose.ACK, ACK))


def test_a_strangers_signature_under_a_trusted_keys_name_is_refused() -> None:
    envelope = decode(STRANGER.seal(Purpose.ACK, ACK), Envelope)
    with pytest.raises(BadSignature):
        opened(encode(msgspec.structs.replace(envelope, kid=CONTROLLER.kid)))


def test_a_message_signed_for_another_purpose_is_refused() -> None:
    with pytest.raises(WrongAddress, match=r"^signed as 'hello', arrived as ack$"):
        opened(CONTROLLER.seal(Purpose.HELLO, ACK))


def test_a_purpose_put_on_after_signing_is_refused() -> None:
    envelope = decode(CONTROLLER.seal(Purpose.HELLO, ACK), Envelope)
    with pytest.raises(BadSignature):
        opened(encode(msgspec.structs.replace(envelope, purpose="ack")))


@pytest.mark.parametrize(("site", "edge"), [("elsewhere", "ramsey-pi"), ("ramsey", "other-pi")])
def test_a_message_signed_for_another_edge_is_refused(site: str, edge: str) -> None:
    with pytest.raises(WrongAddress, match=f"of ramsey/ramsey-pi arrived at {site}/{edge}$"):
        opened(CONTROLLER.seal(Purpose.ACK, ACK), site=site, edge=edge)


def test_an_unknown_version_is_refused_before_anything_else_is_read() -> None:
    with pytest.raises(UnknownVersion):
        opened(b'{"v":3,"shape":"unknown"}')


@given(st.data())
def test_no_changed_byte_opens_as_another_message(data: st.DataObject) -> None:
    sealed = bytearray(CONTROLLER.seal(Purpose.ACK, ACK))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] = data.draw(st.integers(0, 255).filter(lambda byte: byte != sealed[place]))
    with contextlib.suppress(WireError):
        assert opened(bytes(sealed)) == ACK
