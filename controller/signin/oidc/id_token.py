"""The checks of an ID token (OpenID Connect Core, 3.1.3.7). Pure."""

import hmac
import json
import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""By which a token may be signed: those with a key pair, so that who can check one cannot make one."""
LEEWAY = timedelta(seconds=60)
"""How far the provider's clock and ours may be apart."""
_LONGEST_SUBJECT = 255
_PAIRS = frozenset({"RSA", "EC"})


class IdTokenFault(Exception):
    """What is wrong with an ID token, as a part of a sentence. It repeats nothing of the token's values."""


class UnknownKey(IdTokenFault):
    """It is signed with a key that is not among those of the provider, as far as they are known."""

    def __init__(self) -> None:
        super().__init__("it is signed with a key that the provider does not publish")


def key_set(document: bytes) -> "KeySet":
    """The public keys of a provider (RFC 7517, 5), without those that are of no use here. Raises ``ValueError``."""
    from joserfc.errors import JoseError  # 15 ms of every start that has no use for it
    from joserfc.jwk import JWKRegistry, KeySet

    parsed = json.loads(document)
    listed = parsed.get("keys") if isinstance(parsed, dict) else None
    if not isinstance(listed, list):
        raise ValueError("it holds no list of keys")
    found = []
    for each in listed:
        if not isinstance(each, dict) or each.get("kty") not in _PAIRS or each.get("use", "sig") != "sig":
            continue
        try:
            found.append(JWKRegistry.import_key({name: each[name] for name in each if name != "d"}))
        except (JoseError, ValueError, TypeError, KeyError):
            continue  # one odd key must not keep out those who sign with another
    return KeySet(found)


def verified(token: str, keys: "KeySet", *, issuer: str, client_id: str, nonce: str, now: datetime) -> dict[str, Any]:
    """The claims of a token that holds. Raises ``IdTokenFault``, and ``UnknownKey`` where other keys may help."""
    claims = _signed(token, keys)
    if claims.get("iss") != issuer:
        raise IdTokenFault("it comes from another issuer (iss)")
    _require_audience(claims, client_id)
    _require_time(claims, now)
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise IdTokenFault("it belongs to another sign-in (nonce)")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise IdTokenFault("it does not say who has signed in (sub)")
    return claims


def _signed(token: str, keys: "KeySet") -> dict[str, Any]:
    from joserfc import jwt
    from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError, UnsupportedAlgorithmError

    try:
        return dict(jwt.decode(token, keys, algorithms=ALGORITHMS).claims)
    except InvalidKeyIdError:
        raise UnknownKey from None
    except UnsupportedAlgorithmError:
        raise IdTokenFault("it is not signed in a way that is accepted (alg)") from None
    except BadSignatureError:
        raise IdTokenFault("its signature is wrong") from None
    except (JoseError, ValueError, TypeError, KeyError):
        raise IdTokenFault("it cannot be read") from None


def _require_audience(claims: dict[str, Any], client_id: str) -> None:
    audience = claims.get("aud")
    listed = audience if isinstance(audience, list) else [audience]
    if client_id not in listed:
        raise IdTokenFault("it is for another client (aud)")
    party = claims.get("azp")
    if (len(listed) > 1 or party is not None) and party != client_id:
        raise IdTokenFault("it was made for another client (azp)")


def _require_time(claims: dict[str, Any], now: datetime) -> None:
    issued, expires = (_instant(claims, name) for name in ("iat", "exp"))
    begins = _instant(claims, "nbf") if "nbf" in claims else issued
    if now >= expires + LEEWAY:
        raise IdTokenFault(_clocks("it has run out", now - expires))
    if now < max(issued, begins) - LEEWAY:
        raise IdTokenFault(_clocks("it comes from the future", max(issued, begins) - now))


def _clocks(what: str, difference: timedelta) -> str:
    by = math.ceil(difference.total_seconds())
    return f"{what}, by {by} seconds; check the clocks of the provider and of this controller"


def _instant(claims: dict[str, Any], name: str) -> datetime:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise IdTokenFault(f"it has no time ({name})")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        raise IdTokenFault(f"its time makes no sense ({name})") from None


def auth_time(claims: dict[str, Any], now: datetime) -> datetime | None:
    """When the provider last asked its user to sign in, no later than ``now`` (OpenID Connect Core, 2); ``None`` where
    it does not say so, or names a time to come."""
    try:
        at = _instant(claims, "auth_time")
    except IdTokenFault:
        return None
    return min(at, now) if at <= now + LEEWAY else None


def shows_second_factor(claims: dict[str, Any], amr: tuple[str, ...], acr: tuple[str, ...]) -> bool:
    """Whether the token has one of the methods (RFC 8176), and one of the classes, that are asked for; an empty list
    asks for none."""
    methods = claims.get("amr")
    has_method = not amr or (isinstance(methods, list) and any(each in amr for each in methods))
    return has_method and (not acr or claims.get("acr") in acr)
