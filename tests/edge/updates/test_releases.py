"""Whose releases an edge trusts, and in which order versions are."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.wire.codec import decode, encode
from edge.wire.envelope import Purpose, Signer
from edge.wire.errors import BadSignature, Malformed, ReleaseRefused, TooLarge, WireError, WrongAddress
from edge.wire.releases import ReleaseFile, numbered, open_release, part_name, read_part_name
from tests.edge.updates.made import KEY, OTHER_KEY, TRUSTED, key_change, manifest, signed

THIRD_KEY = Ed25519PrivateKey.from_private_bytes(b"\x03" * 32)


def _raw(*keys: Ed25519PrivateKey) -> tuple[bytes, ...]:
    return tuple(key.public_key().public_bytes_raw() for key in keys)


def test_a_release_of_a_trusted_key_is_what_its_maker_has_signed() -> None:
    made = manifest("0.3.0")
    assert open_release(signed(made), TRUSTED).manifest == made


def test_a_release_of_another_key_or_changed_by_a_byte_or_cut_short_is_refused() -> None:
    good = signed(manifest("0.3.0"))
    with pytest.raises(BadSignature):
        open_release(signed(manifest("0.3.0"), key=OTHER_KEY), TRUSTED)
    with pytest.raises(BadSignature):
        open_release(good, ())
    file = decode(good, ReleaseFile)
    for at in range(0, len(file.manifest), 7):
        changed = file.manifest[:at] + bytes([file.manifest[at] ^ 1]) + file.manifest[at + 1 :]
        with pytest.raises(WireError):
            open_release(encode(ReleaseFile(manifest=changed)), TRUSTED)
    for length in range(0, len(good), 11):
        with pytest.raises(Malformed):
            open_release(good[:length], TRUSTED)
    with pytest.raises(TooLarge):
        open_release(good + b" " * 100_000, TRUSTED)


def test_what_the_key_has_signed_for_another_purpose_is_no_release() -> None:
    of_purpose = Signer(KEY).seal(Purpose.UPDATE, manifest("0.3.0"))
    with pytest.raises(WrongAddress):
        open_release(encode(ReleaseFile(manifest=of_purpose)), TRUSTED)


def test_a_key_that_the_old_one_has_put_in_its_place_signs_from_then_on_alone() -> None:
    change = key_change(KEY, OTHER_KEY)
    by_new = open_release(signed(manifest("0.3.0"), key=OTHER_KEY, changes=(change,)), TRUSTED)
    assert by_new.keys == _raw(OTHER_KEY)
    with pytest.raises(BadSignature):
        open_release(signed(manifest("0.3.0"), changes=(change,)), TRUSTED)
    with pytest.raises(BadSignature):
        open_release(signed(manifest("0.3.0")), by_new.keys)


def test_an_edge_that_was_away_follows_several_key_changes_in_their_order() -> None:
    changes = (key_change(KEY, OTHER_KEY), key_change(OTHER_KEY, THIRD_KEY))
    newest = signed(manifest("0.4.0"), key=THIRD_KEY, changes=changes)
    assert open_release(newest, TRUSTED).keys == _raw(THIRD_KEY)
    assert open_release(newest, _raw(OTHER_KEY)).keys == _raw(THIRD_KEY)
    assert open_release(newest, _raw(THIRD_KEY)).keys == _raw(THIRD_KEY)


def test_a_key_change_by_an_untrusted_key_changes_nothing() -> None:
    file = signed(manifest("0.3.0"), changes=(key_change(OTHER_KEY, THIRD_KEY),))
    assert open_release(file, TRUSTED).keys == TRUSTED
    with pytest.raises(BadSignature):
        open_release(signed(manifest("0.3.0"), key=THIRD_KEY, changes=(key_change(OTHER_KEY, THIRD_KEY),)), TRUSTED)


def test_versions_are_in_the_order_of_their_numbers() -> None:
    mixed = ["0.10.0", "0.2.0", "1.0.0", "0.9.1", "0.3.0"]
    assert sorted(mixed, key=numbered) == ["0.2.0", "0.3.0", "0.9.1", "0.10.0", "1.0.0"]
    assert numbered("0.2.0+debian13") == (0, 2, 0)
    for wrong in ("", "1", "1.2", "newest", "1.2.x"):
        with pytest.raises(ReleaseRefused):
            numbered(wrong)


def test_the_name_of_a_part_says_of_which_package_and_from_where_it_is() -> None:
    digest = "ab" * 32
    assert read_part_name(part_name(digest, 65536)) == (digest, 65536)
    for wrong in ("", digest, f"{digest}-", f"{digest}-x", f"{digest}--1", f"{digest}-99999999999"):
        assert read_part_name(wrong) is None
