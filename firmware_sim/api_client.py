"""A client of the controller's HTTP API."""

import re
import uuid
from collections.abc import Callable
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

import httpx

from firmware_sim.errors import ApiRefused, ApiSilent

Json = dict[str, Any]


_PART = re.compile(r"(.*/sites/[^/]+)/(floors|spaces|equipment|doors|edges)/([^/]+)")
_MEMBER = re.compile(r"(.*/parties/[^/]+/members)/([^/]+)")


def place_of(path: str) -> tuple[str, Callable[[Json], int]]:
    """The path to read before a PUT, and how to find the version in that answer; 0 if there is none."""
    if part := _PART.fullmatch(path):
        where, section, name = part.groups()
        return where, lambda site: _version(site[section], "id", name)
    if member := _MEMBER.fullmatch(path):
        where, name = member.groups()
        return where, lambda page: _version(page["items"], "member", name)
    return path, lambda found: int(found.get("version", 0))


def _version(found: list[Json], key: str, name: str) -> int:
    return next((int(each["version"]) for each in found if each[key] == name), 0)


class Api:
    """One signed-in user. Every write carries an ``Idempotency-Key``; a refusal raises ``ApiRefused``."""

    def __init__(
        self, address: str, *, transport: httpx.AsyncBaseTransport | None = None, timeout_s: float = 30.0
    ) -> None:
        self.address = address
        self.token = ""
        """The session's token, after signing in."""
        self._client = httpx.AsyncClient(base_url=address, timeout=timeout_s, transport=transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._client.aclose()

    async def answers(self, path: str) -> bool:
        """Whether a GET of ``path`` succeeds."""
        try:
            answer = await self._client.get(path)
        except httpx.HTTPError:
            return False
        return answer.is_success

    async def set_up(self, *, token: str, user: str, password: str) -> None:
        """Create the first user and sign in."""
        body = {"token": token, "user": user, "password": password}
        self._signed_in(await self._send("POST", "/api/v1/setup", json=body))

    async def sign_in(self, *, user: str, password: str) -> None:
        self._signed_in(await self._send("POST", "/api/v1/session", json={"user": user, "password": password}))

    async def cookies_of(self, *, user: str, password: str) -> list[str]:
        """Sign a browser in; the cookies to set in it. Raises ``ApiRefused`` or ``ApiSilent``."""
        async with httpx.AsyncClient(base_url=self.address, timeout=30.0) as browser:
            try:
                answer = await browser.post("/api/v1/session", json={"user": user, "password": password})
            except httpx.HTTPError as error:
                raise ApiSilent("POST", "/api/v1/session", str(error)) from error
        if not answer.is_success:
            raise ApiRefused("POST", "/api/v1/session", answer.status_code, answer.text)
        return answer.headers.get_list("set-cookie")

    async def get(self, path: str, **query: str) -> Json:
        return await self._send("GET", f"/api/v1{path}", params=query)

    async def put(self, path: str, body: Json) -> Json:
        """PUT ``body``, with the version that is there now."""
        where, find = place_of(path)
        try:
            version = find(await self.get(where))
        except ApiRefused as refused:
            if refused.status != HTTPStatus.NOT_FOUND:
                raise
            version = 0
        return await self._send("PUT", f"/api/v1{path}", json=body | {"version": version})

    async def post(self, path: str, body: Json, *, key: str | None = None) -> Json:
        return await self._send("POST", f"/api/v1{path}", json=body, key=key)

    async def patch(self, path: str, body: Json) -> Json:
        return await self._send("PATCH", f"/api/v1{path}", json=body)

    async def delete(self, path: str) -> Json:
        return await self._send("DELETE", f"/api/v1{path}")

    async def upload(self, path: str, body: bytes, *, kind: str, **query: str) -> Json:
        """POST ``body`` as it is."""
        return await self._send("POST", f"/api/v1{path}", content=body, headers={"content-type": kind}, params=query)

    async def put_file(self, path: str, body: bytes, *, kind: str, **query: str) -> Json:
        """PUT ``body`` as it is."""
        return await self._send("PUT", f"/api/v1{path}", content=body, headers={"content-type": kind}, params=query)

    def use_token(self, token: str) -> None:
        """Speak as the user whose token it is."""
        self.token = token
        self._client.headers["authorization"] = f"Bearer {token}"

    def _signed_in(self, answer: Json) -> None:
        self.use_token(str(answer["token"]))
        # The token alone: a cookie beside it would be the same session a second way.
        self._client.cookies.clear()

    async def _send(
        self,
        method: str,
        path: str,
        *,
        json: Json | None = None,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
        params: dict[str, str] | None = None,
        key: str | None = None,
    ) -> Json:
        sent = dict(headers or {})
        if method != "GET" and "authorization" in self._client.headers:
            sent["idempotency-key"] = key or str(uuid.uuid4())
        try:
            answer = await self._client.request(method, path, json=json, content=content, headers=sent, params=params)
        except httpx.HTTPError as error:
            raise ApiSilent(method, path, f"{type(error).__name__} {error}") from error
        body: Json = answer.json() if answer.content else {}
        if not answer.is_success:
            raise ApiRefused(method, path, answer.status_code, str(body.get("detail", body)))
        return body
