"""ID tokens: which hold, and what is said of each that does not."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc.jwk import ECKey, KeySet, OctKey

from controller.platform.settings import OidcGroup, OidcSection
from controller.signin.oidc.id_token import (
    LEEWAY,
    IdTokenFault,
    UnknownKey,
    auth_time,
    key_set,
    shows_second_factor,
    verified,
)
from controller.signin.oidc.model import identity_of, roles_of
from tests.services.oidc import KEY, NEXT_KEY, id_token, signed_with_public_key, unsigned

ISSUER, CLIENT, NONCE = "https://login.council.test", "hallkeeper", "n-0S6_WzA2Mj"
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
AT = int(NOW.timestamp())
GOOD: dict[str, Any] = {"iss": ISSUER, "aud": CLIENT, "sub": "u-1", "iat": AT, "exp": AT + 300, "nonce": NONCE}
KEYS = key_set(json.dumps(KeySet([KEY]).as_dict(private=False)).encode())
LEEWAY_S = int(LEEWAY.total_seconds())


def check(token: str, *, keys: KeySet = KEYS, now: datetime = NOW) -> dict[str, Any]:
    return verified(token, keys, issuer=ISSUER, client_id=CLIENT, nonce=NONCE, now=now)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"aud": [CLIENT]},
        {"aud": [CLIENT, "other"], "azp": CLIENT},
        {"azp": CLIENT},
        {"iat": AT - 300, "nbf": AT - 300},  # as Microsoft Entra does
        {"exp": AT - LEEWAY_S + 1, "iat": AT - 400},
        {"iat": AT + LEEWAY_S},
    ],
)
def test_a_token_that_holds(change: dict[str, Any]) -> None:
    assert check(id_token(GOOD | change))["sub"] == "u-1"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"iss": "https://login.council.test/"}, "another issuer"),
        ({"iss": "https://evil.test"}, "another issuer"),
        ({"aud": "other"}, "for another client"),
        ({"aud": []}, "for another client"),
        ({"aud": None}, "for another client"),
        ({"aud": [CLIENT, "other"]}, "made for another client"),
        ({"aud": [CLIENT, "other"], "azp": "other"}, "made for another client"),
        ({"azp": "other"}, "made for another client"),
        ({"nonce": "another"}, "another sign-in"),
        ({"nonce": ""}, "another sign-in"),
        ({"nonce": None}, "another sign-in"),
        ({"exp": AT - LEEWAY_S, "iat": AT - 400}, "has run out, by 60 seconds"),
        ({"iat": AT + LEEWAY_S + 1, "exp": AT + 600}, "from the future, by 61 seconds"),
        ({"nbf": AT + 300, "exp": AT + 600}, "from the future, by 300 seconds"),
        ({"exp": "tomorrow"}, r"no time \(exp\)"),
        ({"iat": True}, r"no time \(iat\)"),
        ({"exp": 10**30}, r"makes no sense \(exp\)"),
        ({"exp": float("nan")}, r"makes no sense \(exp\)"),
        ({"sub": ""}, "who has signed in"),
        ({"sub": 7}, "who has signed in"),
        ({"sub": "x" * 256}, "who has signed in"),
    ],
)
def test_a_token_that_does_not(change: dict[str, Any], words: str) -> None:
    with pytest.raises(IdTokenFault, match=words):
        check(id_token(GOOD | change))


@pytest.mark.parametrize("name", ["iss", "aud", "exp", "iat", "nonce", "sub"])
def test_a_token_without_one_of_its_claims(name: str) -> None:
    with pytest.raises(IdTokenFault):
        check(id_token({key: value for key, value in GOOD.items() if key != name}))


@pytest.mark.parametrize(
    ("claims", "at"),
    [
        ({"auth_time": AT - 5}, NOW - timedelta(seconds=5)),
        ({"auth_time": AT - 5.0}, NOW - timedelta(seconds=5)),
        ({"auth_time": AT + LEEWAY_S}, NOW),
        ({"auth_time": AT + LEEWAY_S + 1}, None),
        ({}, None),
        *(({"auth_time": odd}, None) for odd in (None, True, "now", [AT], 10**30, -(10**30), float("nan"))),
    ],
)
def test_when_they_signed_in_at_the_provider(claims: dict[str, Any], at: datetime | None) -> None:
    assert auth_time(claims, NOW) == at


@pytest.mark.parametrize("minutes", [-5, 5])
def test_a_clock_that_is_five_minutes_off_is_named(minutes: int) -> None:
    """A provider whose tokens last a minute, with our clock before or behind its own."""
    short = GOOD | {"exp": AT + 60}
    with pytest.raises(IdTokenFault, match="check the clocks of the provider and of this controller"):
        check(id_token(short), now=NOW + timedelta(minutes=minutes))


def test_a_token_that_nobody_signed() -> None:
    with pytest.raises(IdTokenFault, match=r"\(alg\)"):
        check(unsigned(GOOD))


def test_a_token_signed_with_the_public_key() -> None:
    with pytest.raises(IdTokenFault, match=r"\(alg\)"):
        check(signed_with_public_key(GOOD))


def test_a_token_signed_by_somebody_else_under_the_same_name_of_a_key() -> None:
    with pytest.raises(IdTokenFault, match="signature is wrong"):
        check(id_token(GOOD, key=NEXT_KEY, kid=KEY.kid))


def test_a_token_with_changed_claims() -> None:
    head, _, signature = id_token(GOOD).split(".")
    with pytest.raises(IdTokenFault, match="signature is wrong"):
        check(f"{head}.{id_token(GOOD | {'sub': 'u-2'}).split('.')[1]}.{signature}")


def test_an_unknown_key() -> None:
    with pytest.raises(UnknownKey):
        check(id_token(GOOD, key=NEXT_KEY))


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "é.é.é", "..", "e30.e30.e30", id_token(GOOD)[:-200] + "."])
def test_what_is_no_token(text: str) -> None:
    with pytest.raises(IdTokenFault):
        check(text)


def test_of_published_keys_only_the_public_ones_of_pairs_count() -> None:
    ours = KeySet([KEY]).as_dict(private=False)["keys"]
    odd: list[Any] = [
        OctKey.import_key(b"known to everybody, since it is published").as_dict(private=True) | {"kid": "secret"},
        {"kty": "RSA", "kid": "broken", "n": 7},
        {"kty": "ML-DSA", "kid": "new"},
        "not even a key",
        NEXT_KEY.as_dict(private=False) | {"use": "enc"},
    ]
    found = key_set(json.dumps({"keys": odd + ours}).encode())
    assert [each.kid for each in found] == [KEY.kid]
    assert check(id_token(GOOD), keys=found)["sub"] == "u-1"


@pytest.mark.parametrize("document", [b"", b"[]", b'{"keys": 7}', b"\xff", b"null"])
def test_what_is_no_list_of_keys(document: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        key_set(document)


def test_elliptic_keys_are_accepted() -> None:
    key = ECKey.generate_key("P-256", {"kid": "curve", "use": "sig"})
    from joserfc import jwt

    token = jwt.encode({"alg": "ES256", "kid": "curve"}, GOOD, key)
    keys = key_set(json.dumps(KeySet([key]).as_dict(private=False)).encode())
    assert check(token, keys=keys)["sub"] == "u-1"


@pytest.mark.parametrize(
    ("claims", "amr", "acr", "shown"),
    [
        ({}, (), (), True),
        ({"amr": ["pwd", "mfa"]}, ("mfa", "otp"), (), True),
        ({"amr": ["pwd"]}, ("mfa",), (), False),
        ({"amr": "mfa"}, ("mfa",), (), False),
        ({}, ("mfa",), (), False),
        ({"acr": "2"}, (), ("2",), True),
        ({"acr": "1"}, (), ("2",), False),
        ({"acr": "2", "amr": ["pwd"]}, ("mfa",), ("2",), False),
    ],
)
def test_what_shows_a_second_factor(
    claims: dict[str, Any], amr: tuple[str, ...], acr: tuple[str, ...], shown: bool
) -> None:
    assert shows_second_factor(claims, amr, acr) == shown


@pytest.mark.parametrize(
    ("claims", "name", "label", "groups"),
    [
        (
            {"name": " Ivy\nClerk ", "email": "ivy@council.test", "groups": ["a", 7]},
            "Ivy Clerk",
            "ivy@council.test",
            {"a"},
        ),
        ({"preferred_username": "ivy", "groups": "a"}, "ivy", "ivy", {"a"}),
        ({"name": 7, "groups": {"a": 1}}, "Account u-1", "", set()),
        ({"name": "\u202e\u0000"}, "Account u-1", "", set()),
    ],
)
def test_who_has_signed_in(claims: dict[str, Any], name: str, label: str, groups: set[str]) -> None:
    found = identity_of({"iss": ISSUER, "sub": "u-1"} | claims, "groups")
    assert (found.name, found.label, set(found.groups)) == (name, label, groups)


def test_groups_give_roles_at_sites_each_once() -> None:
    section = OidcSection(
        id="council",
        name="Council",
        issuer=ISSUER,
        client_id=CLIENT,
        groups=(
            OidcGroup(group="a", role="porter", sites=("ramsey", "wyton")),
            OidcGroup(group="b", role="porter", sites=("ramsey",)),
            OidcGroup(group="c", role="manager", sites="all"),
        ),
    )
    found = [(each.role, each.site) for each in roles_of(section, frozenset({"a", "b", "other"}))]
    assert found == [("porter", "ramsey"), ("porter", "wyton")]
    assert [(each.role, each.site) for each in roles_of(section, frozenset({"c"}))] == [("manager", None)]
