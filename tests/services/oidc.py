"""An OpenID provider on loopback that says what a test wants: also what no honest provider would."""

import asyncio
import base64
import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from controller.platform.settings import OidcGroup, OidcSection

CLIENT = "hallkeeper"
Claims = dict[str, Any]
KEY = RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})
NEXT_KEY = RSAKey.generate_key(2048, {"kid": "second", "use": "sig"})


def id_token(claims: Claims, *, key: RSAKey = KEY, **header: Any) -> str:
    """A token signed with RS256 unless ``header`` says otherwise."""
    return jwt.encode({"alg": "RS256", "kid": key.kid} | header, claims, key)


def unsigned(claims: Claims) -> str:
    """A token of the algorithm ``none``."""
    head = _base64(b'{"alg":"none"}')
    return f"{head}.{id_token(claims).split('.')[1]}."


def signed_with_public_key(claims: Claims) -> str:
    """HS256 with the public key as its secret, which every reader of the keys could make."""
    head = _base64(b'{"alg":"HS256","kid":"first"}')
    signed = f"{head}.{id_token(claims).split('.')[1]}"
    return f"{signed}.{_base64(hmac.digest(KEY.as_pem(private=False), signed.encode(), hashlib.sha256))}"


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


class ScriptedProvider:
    """``who``: the claims of who signs in next. ``signed_in_at``: when they did so there; None: just now.
    ``change``: makes an ID token's claims others. ``sign``: makes the token of the claims. ``published``: its keys.
    ``answers``: statuses instead of answers, by path. ``configuration``: what it publishes of itself besides.
    ``asked``: the paths that were asked for, in order."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.issuer = ""
        self.who: Claims = {"sub": "u-1", "name": "Ivy Clerk", "groups": ["hub-managers"]}
        self.signed_in_at: datetime | None = None
        self.userinfo: Claims = {}
        self.change: Callable[[Claims], Claims] = lambda claims: claims
        self.sign: Callable[[Claims], str] = id_token
        self.published = [KEY]
        self.answers: dict[str, int] = {}
        self.slow_s = 0.0
        self.configuration: Claims = {}
        self.asked: list[str] = []
        self.authorizations: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}

    def section(self, **fields: Any) -> OidcSection:
        groups = (OidcGroup(group="hub-managers", role="manager", sites="all"),)
        plain = {"id": "council", "name": "Ramsey Council", "issuer": self.issuer, "client_id": CLIENT}
        return OidcSection(**(plain | {"groups": groups} | fields))

    def let_in(self, address: str) -> dict[str, str]:
        """What the browser brings back of this address, once somebody has signed in."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        return {"state": asked["state"], "code": code}

    async def answer(self, request: Request) -> Response:
        path = request.url.path
        self.asked.append(path)
        await asyncio.sleep(self.slow_s)
        if path in self.answers:
            return JSONResponse({"error": "server_error"}, status_code=self.answers[path])
        if path == "/token":
            self.authorizations.append(request.headers.get("authorization", ""))
            form = parse_qs((await request.body()).decode())
            return self._exchange({name: values[0] for name, values in form.items()})
        if path == "/keys":
            return JSONResponse(KeySet(list(self.published)).as_dict(private=False))
        if path == "/me":
            return JSONResponse({"sub": self.who["sub"]} | self.userinfo)
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "userinfo_endpoint": f"{self.issuer}/me",
            }
            | self.configuration
        )

    def _exchange(self, form: dict[str, str]) -> Response:
        asked = self._codes.pop(form["code"], None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if asked is None or _base64(digest) != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        now = self.now()
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": int(now.timestamp()),
            "exp": int((now + timedelta(minutes=5)).timestamp()),
            "nonce": asked["nonce"],
            "auth_time": int((self.signed_in_at or now).timestamp()),
        }
        token = self.sign(self.change(claims | self.who))
        return JSONResponse({"id_token": token, "access_token": "opaque", "token_type": "Bearer"})


@asynccontextmanager
async def scripted_provider(now: Callable[[], datetime]) -> AsyncIterator[ScriptedProvider]:
    """Listens inside the block. ``now``: its clock."""
    provider = ScriptedProvider(now)
    app = FastAPI()
    app.add_api_route("/{path:path}", provider.answer, methods=["GET", "POST"])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="off"))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn tells nobody
        await asyncio.sleep(0.01)
    provider.issuer = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield provider
    finally:
        server.should_exit = True
        await serving
