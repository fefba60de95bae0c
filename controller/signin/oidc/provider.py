"""Talks to an OpenID provider: its configuration, its keys, and the exchange of a code. The only module that does."""

import asyncio
import ssl
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from controller.platform.http_client import httpx
from controller.platform.settings import OidcSection, is_safe
from controller.signin.oidc.id_token import IdTokenFault, UnknownKey, key_set, verified
from controller.signin.oidc.metadata_cache import ProviderFault, Refreshed
from controller.signin.oidc.model import OidcFlow
from edge.wire.clock import Clock

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

SECONDS = 10.0
"""How long the provider may take for one answer, all of it."""
CONFIGURATION_S = 3600.0
"""How long its configuration and its keys are taken to be as they were."""
UNKNOWN_KEY_S = 60.0
"""How often at most its keys are fetched again because a token names another."""
_LARGEST = 1_000_000


class ProviderConfiguration(msgspec.Struct, frozen=True, kw_only=True):
    """OpenID Connect Discovery 1.0, 3; RFC 8414."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False
    """RFC 9207, 3."""


class TokenAnswer(msgspec.Struct, frozen=True, kw_only=True):
    id_token: str
    access_token: str = ""


class OidcProvider:
    def __init__(self, section: OidcSection, clock: Clock, *, seconds: float = SECONDS) -> None:
        self.section = section
        self._clock = clock
        self._seconds = seconds
        self._configuration: Refreshed[ProviderConfiguration] = Refreshed("configuration", section.id, clock)
        self._keys: Refreshed[KeySet] = Refreshed("keys", section.id, clock)

    @cached_property
    def _trust(self) -> ssl.SSLContext:
        return httpx.create_ssl_context()

    async def configuration(self) -> ProviderConfiguration:
        """Raises ``ProviderFault``."""
        return await self._configuration.get(self._discover, CONFIGURATION_S)

    async def _discover(self) -> ProviderConfiguration:
        issuer = self.section.issuer
        body = await self._ask("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        try:
            found = msgspec.json.decode(body, type=ProviderConfiguration)
        except msgspec.DecodeError as error:
            raise ProviderFault(f"its configuration cannot be read: {error}") from None
        if found.issuer != issuer:
            raise ProviderFault(f"it calls itself {found.issuer[:200]!r}; write that as issuer if it is the right one")
        places = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri, found.userinfo_endpoint)
        for place in places:
            if place is not None and not is_safe(place):
                raise ProviderFault(f"it names an address without https: {place[:200]!r}")
        return found

    async def keys(self, *, newer_than: "KeySet | None" = None) -> "KeySet":
        """Its public keys. ``newer_than``: those that did not help; they are fetched again at most once a minute, so
        that tokens with made-up keys cause no traffic. Raises ``ProviderFault``."""
        place = (await self.configuration()).jwks_uri
        kept_s = UNKNOWN_KEY_S if newer_than is not None and newer_than is self._keys.value else CONFIGURATION_S
        return await self._keys.get(lambda: self._fetch_keys(place), kept_s)

    async def _fetch_keys(self, place: str) -> "KeySet":
        body = await self._ask("GET", place)
        try:
            return key_set(body)
        except ValueError as error:
            raise ProviderFault(f"its keys cannot be read: {error}") from None

    async def address(self, flow: OidcFlow, challenge: str, redirect: str, *, max_age_s: int) -> str:
        """Where the browser goes (OpenID Connect Core, 3.1.2.1; RFC 7636, 4.3). ``max_age_s``: where the flow asks them
        again, how old their sign-in there may be at most, so that the provider says how old it is. Raises
        ``ProviderFault``."""
        asked = {
            "response_type": "code",
            "client_id": self.section.client_id,
            "redirect_uri": redirect,
            "scope": " ".join(self.section.scopes),
            "state": flow.state,
            "nonce": flow.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        if self.section.required_acr:
            asked["acr_values"] = " ".join(self.section.required_acr)
        if flow.again:
            asked |= {"prompt": "login", "max_age": str(max_age_s)}
        place = (await self.configuration()).authorization_endpoint
        return f"{place}{'&' if urlsplit(place).query else '?'}{urlencode(asked)}"

    async def claims(self, code: str, flow: OidcFlow, redirect: str) -> dict[str, Any]:
        """Exchange a code; what the provider says of who has signed in: the claims of the ID token, with names
        and groups of its user info. How they signed in only the ID token says, which is signed. Raises
        ``ProviderFault`` and ``IdTokenFault``."""
        answer = await self._exchange(code, flow.verifier, redirect)
        keys = await self.keys()
        try:
            claims = self._verified(answer.id_token, keys, flow)
        except UnknownKey:
            newer = await self.keys(newer_than=keys)
            if newer is keys:
                raise
            claims = self._verified(answer.id_token, newer, flow)
        place = (await self.configuration()).userinfo_endpoint
        if place and answer.access_token and not {"name", self.section.groups_claim} <= claims.keys():
            told = await self._userinfo(place, answer.access_token, claims["sub"])
            described = {"name", "preferred_username", "email", self.section.groups_claim} - {"amr", "acr"}
            claims = {name: told[name] for name in described & told.keys()} | claims
        return claims

    def _verified(self, token: str, keys: "KeySet", flow: OidcFlow) -> dict[str, Any]:
        section, now = self.section, self._clock.now()
        return verified(token, keys, issuer=section.issuer, client_id=section.client_id, nonce=flow.nonce, now=now)

    async def _exchange(self, code: str, verifier: str, redirect: str) -> TokenAnswer:
        """RFC 6749, 4.1.3, with the verifier of RFC 7636, 4.5."""
        configuration, section = await self.configuration(), self.section
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier}
        auth = None
        if section.client_secret_file is None:
            form["client_id"] = section.client_id
        elif "client_secret_basic" in (methods := configuration.token_endpoint_auth_methods_supported):
            auth = quote(section.client_id, safe=""), quote(self._secret(), safe="")
        elif "client_secret_post" in methods:
            form |= {"client_id": section.client_id, "client_secret": self._secret()}
        else:
            raise ProviderFault("it takes a client's secret neither as client_secret_basic nor as client_secret_post")
        body = await self._ask("POST", configuration.token_endpoint, form=form, auth=auth)
        try:
            return msgspec.json.decode(body, type=TokenAnswer)
        except msgspec.DecodeError:
            raise IdTokenFault("there is no ID token in its answer") from None

    async def _userinfo(self, place: str, access_token: str, subject: str) -> dict[str, Any]:
        """OpenID Connect Core, 5.3: some providers tell groups and names only there."""
        body = await self._ask("GET", place, headers={"Authorization": f"Bearer {access_token}"})
        try:
            told = msgspec.json.decode(body, type=dict[str, Any])
        except msgspec.DecodeError:
            raise ProviderFault("what it tells of users cannot be read as JSON") from None
        if told.get("sub") != subject:
            raise IdTokenFault("it tells of somebody else (sub)")
        return told

    def _secret(self) -> str:
        assert self.section.client_secret_file is not None
        try:
            return self.section.client_secret_file.read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            raise ProviderFault(f"{self.section.client_secret_file} cannot be read") from None

    async def _ask(
        self,
        method: str,
        place: str,
        *,
        form: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> bytes:
        """The body of its answer; redirects are not followed. Raises ``ProviderFault``, and ``IdTokenFault`` for a code
        that it does not take."""
        where = urlsplit(place).netloc
        try:
            async with (
                asyncio.timeout(self._seconds),
                httpx.AsyncClient(verify=self._trust, timeout=self._seconds) as client,
                client.stream(
                    method, place, data=form, auth=auth, headers={"Accept": "application/json"} | (headers or {})
                ) as answer,
            ):
                body = b""
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > _LARGEST:
                        raise ProviderFault(f"{where} sends more than {_LARGEST // 1_000_000} MB")
        except TimeoutError:
            raise ProviderFault(f"{where} did not answer within {self._seconds:g} seconds") from None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise ProviderFault(f"{where} was not reached ({type(error).__name__})") from None
        if not answer.is_success:
            said = _error_of(body)
            if said == "invalid_grant":
                raise IdTokenFault("it does not take its own code any more (invalid_grant)")
            raise ProviderFault(f"{where} answers {answer.status_code} {said}".rstrip())
        return body


def _error_of(body: bytes) -> str:
    """The code of an error (RFC 6749, 5.2); empty where there is none."""
    try:
        told = msgspec.json.decode(body, type=dict[str, Any]).get("error")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    return "".join(each for each in str(told or "")[:60] if each.isalnum() or each in "_-")
