"""`Idempotency-Key`: a write that is sent again is answered again and not done again.

A key is claimed in the database once the request is authenticated and before the write runs, and its answer stored
(sealed, since answers hold codes and door secrets) when it has run. Whatever happens between, no second try with the
key runs: it replays, waits for its twin, or answers that the outcome of the first is not known. An answer is
repeated only to somebody who has the rights under which it was given.
"""

import asyncio
import hashlib
import logging
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Column, LargeBinary, String, Table, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from controller.app.container import Container
from controller.db.engine import NAMES_ACTOR, Instant, Tx, metadata
from controller.db.errors import words_of
from controller.people.authentication import find_actor
from controller.people.model import Actor
from controller.platform.web.problem import Conflicting, Invalid, Problem, problem_response

log = logging.getLogger(__name__)

KEY_LIFETIME = timedelta(days=1)
"""How long a key is remembered."""
LONGEST_KEY = 200
TWIN_WAIT_S = 10.0
_POLL_S = 0.05
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_NOT_CARRIED_OUT = frozenset({401, 403, 408, 413, 429, 503, 507})
"""Answers that say nothing was tried: the key stays free."""

idempotency = Table(
    "idempotency",
    metadata,
    Column("actor", String(200), primary_key=True, info=NAMES_ACTOR),
    Column("key", String(LONGEST_KEY), primary_key=True),
    Column("fingerprint", LargeBinary(32), nullable=False),
    Column("rights", LargeBinary(32), nullable=False),  # of the actor, as the key was claimed
    Column("claimed_at", Instant, nullable=False, index=True),
    Column("answer", LargeBinary),  # sealed; null while the first try runs
)


class StoredAnswer(msgspec.Struct, frozen=True, kw_only=True):
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """What is stored for a key."""

    fingerprint: bytes
    rights: bytes
    answer: bytes | None


_READ = ("/api/v1/bookings/search", "/api/v1/bookings/search/text")
"""Change nothing, so that they need no key, and a fingerprint would tell the few digits that they were asked for."""


class KeyReused(Invalid):
    def __init__(self, key: str) -> None:
        super().__init__(f"Idempotency-Key {key!r} belongs to another request; make a new key for this one")


class OutcomeUnknown(Conflicting, kind="outcome-unknown", title="It is not known whether it was carried out"):
    def __init__(self, key: str) -> None:
        super().__init__(
            f"the first request with Idempotency-Key {key!r} has not been answered, so it may or may not have "
            "been carried out; look whether it has, then send it with a new key",
            headers={"Retry-After": "10"},
        )


class AnswerForgotten(Conflicting, kind="answer-forgotten", title="It was answered under other rights"):
    def __init__(self, key: str) -> None:
        super().__init__(
            f"the request with Idempotency-Key {key!r} was answered before your rights changed, so its answer is not "
            "repeated; look up the outcome, and send a new request with a new key"
        )


class _Replayed(Problem):
    """Ends a request whose answer is known; the middleware answers in its place."""


class IdempotencyMiddleware:
    """Plain ASGI. Requests without a key, without a sign-in, or that only read pass through untouched; so do those of
    routes without a gate."""

    def __init__(self, app: ASGIApp, *, container: Container) -> None:
        self._app = app
        self._container = container

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in _WRITES or not scope["path"].startswith("/api/"):
            return await self._app(scope, receive, send)
        request = Request(scope, receive)
        key = request.headers.get("idempotency-key")
        if key is None or scope["path"] in _READ:
            return await self._app(scope, receive, send)
        if not 1 <= len(key) <= LONGEST_KEY or not key.isprintable():
            problem = Invalid(f"Idempotency-Key must be 1 to {LONGEST_KEY} printable characters")
            return await problem_response(problem, request.url.path)(scope, receive, send)
        try:
            actor = await find_actor(request)
        except Problem:
            actor = None
        if actor is None:
            return await self._app(scope, receive, send)
        body = await request.body()
        once = _Once(self._container, actor, key, _fingerprint(request, body))
        request.state.claim = once.claim  # the gate calls it
        recorder = _Recorder()
        try:
            await self._app(scope, _again(body), recorder)
        except Exception:
            if once.claimed:
                # It may have failed before or after its commit, so a second try must not run.
                response = problem_response(OutcomeUnknown(key), request.url.path)
                await response(scope, _again(b""), recorder)
                await once.keep(recorder.answer())
            raise
        answer = once.known or recorder.answer()
        if once.claimed:
            await once.keep(answer)
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        return await send({"type": "http.response.body", "body": answer.body})


class _Once:
    """One request with a key. ``claimed``: the key is its own, so that it is to be carried out. ``known``: the answer
    that it had before."""

    def __init__(self, container: Container, actor: Actor, key: str, fingerprint: bytes) -> None:
        self._container = container
        self._actor = actor.name
        self._key = key
        self._claim = Claim(fingerprint=fingerprint, rights=_rights(actor), answer=None)
        self.claimed = False
        self.known: StoredAnswer | None = None

    async def claim(self) -> None:
        """Claim the key; raises ``_Replayed`` where it was answered, and as ``_claim``."""
        self.known = await _claim(self._container, self._actor, self._key, self._claim)
        if self.known is not None:
            raise _Replayed("")
        self.claimed = True

    async def keep(self, answer: StoredAnswer) -> None:
        """Store the answer, or free the key where it says that nothing was tried. If this fails, a second try is
        answered that the outcome is unknown; the first client gets its answer anyway."""
        try:
            await _keep(self._container, self._actor, self._key, answer)
        except (SQLAlchemyError, OSError) as error:
            log.error("An answer could not be stored", extra={"action": "idempotency", "reason": words_of(error)})


class _Recorder:
    """Takes an answer as a server would; it goes out once it is stored."""

    def __init__(self) -> None:
        self._start: Message = {}
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start, self._body = message, b""
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")

    def answer(self) -> StoredAnswer:
        headers = [(bytes(name), bytes(value)) for name, value in self._start["headers"]]
        return StoredAnswer(status=self._start["status"], headers=headers, body=self._body)


async def _claim(container: Container, actor: str, key: str, new: Claim) -> StoredAnswer | None:
    """Claim the key, or return what it was answered. None: the key is ours, carry the write out.

    Raises ``KeyReused``, ``AnswerForgotten``; raises ``OutcomeUnknown`` when a twin does not finish in time.
    """
    if await container.database.run(_insert_claim, actor, key, new, container.clock.now()):
        return None
    deadline = asyncio.get_running_loop().time() + TWIN_WAIT_S
    while True:
        async with container.database.read() as tx:
            claim = await _find(tx, actor, key)
        if claim is None:  # the twin was not carried out; its key is free again
            return await _claim(container, actor, key, new)
        if claim.fingerprint != new.fingerprint:
            raise KeyReused(key)
        if claim.rights != new.rights:
            raise AnswerForgotten(key)
        if claim.answer is not None:
            plain = container.keys.unseal(claim.answer, _about(actor, key))
            return msgspec.msgpack.decode(plain, type=StoredAnswer)
        if asyncio.get_running_loop().time() >= deadline:
            raise OutcomeUnknown(key)
        await asyncio.sleep(_POLL_S)


async def _keep(container: Container, actor: str, key: str, answer: StoredAnswer) -> None:
    if answer.status in _NOT_CARRIED_OUT:
        await container.database.run(_delete_claim, actor, key)
    else:
        sealed = container.keys.seal(msgspec.msgpack.encode(answer), _about(actor, key))
        await container.database.run(_store_answer, actor, key, sealed)


async def forget_old_keys(container: Container) -> None:
    """Delete the keys of more than a day ago."""
    await container.database.run(_delete_before, container.clock.now() - KEY_LIFETIME)


async def _insert_claim(tx: Tx, actor: str, key: str, new: Claim, now: datetime) -> bool:
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    row = {"actor": actor, "key": key, "claimed_at": now} | msgspec.structs.asdict(new)
    inserted = await tx.execute(dialect.insert(idempotency).values(row).on_conflict_do_nothing())
    return inserted.rowcount == 1


async def _find(tx: Tx, actor: str, key: str) -> Claim | None:
    query = select(*(idempotency.c[name] for name in Claim.__struct_fields__))
    row = (await tx.execute(query.where(idempotency.c.actor == actor, idempotency.c.key == key))).mappings().first()
    return Claim(**row) if row else None


async def _store_answer(tx: Tx, actor: str, key: str, sealed: bytes) -> None:
    mine = (idempotency.c.actor == actor, idempotency.c.key == key)
    await tx.execute(update(idempotency).where(*mine).values(answer=sealed))


async def _delete_claim(tx: Tx, actor: str, key: str) -> None:
    await tx.execute(delete(idempotency).where(idempotency.c.actor == actor, idempotency.c.key == key))


async def _delete_before(tx: Tx, before: datetime) -> None:
    await tx.execute(delete(idempotency).where(idempotency.c.claimed_at < before))


def _fingerprint(request: Request, body: bytes) -> bytes:
    kind = request.headers.get("content-type", "").encode()
    parts = (request.method.encode(), request.scope["path"].encode(), request.scope["query_string"], kind, body)
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()


def _rights(actor: Actor) -> bytes:
    """A digest of what the actor may do."""
    held = sorted((each.role, each.site or "", each.party or "") for each in actor.assignments)
    return hashlib.sha256(msgspec.json.encode((held, actor.token))).digest()


def _again(body: bytes) -> Receive:
    """A ``receive`` that returns the body that was read already, once. It never reports a disconnect: a request with a
    key is carried through, so that a client that asks again gets the outcome."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else await asyncio.Future()

    return receive


def _about(actor: str, key: str) -> str:
    return f"answer to {actor} {key}"
