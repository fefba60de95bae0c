"""The one way to record who did what to which thing, in the transaction that does it, and from where: a request, a
command on this machine, or the controller itself.
"""

import hashlib
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextvars import ContextVar
from datetime import datetime
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from starlette.types import ASGIApp, Receive, Scope, Send

from controller.db.compiled_sql import BulkInsert, put
from controller.db.engine import Tx
from controller.platform.web.middleware import is_address
from controller.records.audit.tables import audit_people, audit_rows


class Source(StrEnum):
    """The kind of place that an action came from."""

    WEB = "web"
    """A browser that is signed in, or a page that needs no sign-in."""
    API = "api"
    """A program with a token, such as the command line of another machine."""
    CONSOLE = "console"
    """A command on the controller's own machine."""
    CONTROLLER = "controller"
    """The controller by itself."""


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """``user``: the id of who is signed in. ``name``: their name, which the audit log does not repeat in its rows.
    ``address``: of the client, where it is known."""

    source: Source
    user: str | None = None
    name: str = ""
    address: str = ""


_CONTROLLER = Origin(source=Source.CONTROLLER)
_origin: ContextVar[Origin] = ContextVar("origin", default=_CONTROLLER)


def origin() -> Origin:
    """That of the current task. A task inherits it from the one that made it."""
    return _origin.get()


def set_origin(value: Origin) -> None:
    """For the rest of the current task."""
    _origin.set(value)


class AuditSourceMiddleware:
    """Notes where each request comes from; who is signed in is added by ``controller.people.authentication``."""

    def __init__(self, app: ASGIApp, *, proxies: Sequence[IPv4Network | IPv6Network]) -> None:
        self._app = app
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        host = scope["client"][0] if scope.get("client") else ""
        if not is_address(host) or any(ip_address(host) in each for each in self._proxies):
            host = ""  # a proxy's own address says nothing
        before = _origin.set(Origin(source=Source.WEB, address=host))
        try:
            await self._app(scope, receive, send)
        finally:  # a server may handle several requests in one task, and a test's client works in the test's own
            _origin.reset(before)


FieldChanges: TypeAlias = Mapping[str, tuple[Any, Any]]
"""Field -> value before and after; ``None`` for none. Values that JSON has."""

PERSONAL = frozenset(
    {
        *("listed_as", "about", "web_link"),
        *("name", "title", "notes", "key_holder", "email", "phone", "born"),
        *("contact_name", "contact_phone", "contact_email", "contact_address"),
        "who",
    }
)
"""Fields with personal data: the chain holds only a salted digest of them, so that they can be erased."""
SECRET = frozenset({"password_hash", "card", "pin", "code", "duress_code", "duress_pin", "token", "secret"})
"""Fields whose values are never recorded, only that they changed."""
SECRET_CHANGED = ("(secret)", "(changed)")
_NO_DIGEST = bytes(32)
_SALT_BYTES = 16


async def record(
    tx: Tx,
    *,
    actor: str,
    at: datetime,
    act: str,
    thing: str,
    site: str | None = None,
    changes: FieldChanges | None = None,
    why: str = "",
    subject: str | None = None,
    former: str | None = None,
    into: BulkInsert | None = None,
) -> None:
    """``actor``: who acts where nobody is signed in: ``edge:…``, ``import:…``, or a user's name. ``act``: a few words,
    such as "book". ``changes``: as ``diff`` finds them. ``why``: the reason that was given. ``subject``: the party
    whose personal data may be in ``changes`` and ``why``. ``former``: the party whose data the values before are, where
    that is another: they go into a row of their own, so that each party's can be erased. ``into``: where the row goes,
    if other rows follow."""
    await record_all(
        tx,
        actor=actor,
        at=at,
        act=act,
        things=[thing],
        site=site,
        changes=changes,
        why=why,
        subject=subject,
        former=former,
        into=into,
    )


async def record_all(
    tx: Tx,
    *,
    actor: str,
    at: datetime,
    act: str,
    things: Iterable[str],
    site: str | None = None,
    changes: FieldChanges | None = None,
    why: str = "",
    subject: str | None = None,
    former: str | None = None,
    into: BulkInsert | None = None,
) -> None:
    """As ``record``, for things to which the same was done."""
    where = origin()
    changes = changes or {}
    ours = {name: both for name, both in changes.items() if name not in PERSONAL}
    private: dict[str, Any] = {name: both for name, both in changes.items() if name in PERSONAL}
    formers: dict[str, Any] = {}
    if former is not None and former != subject:
        formers = {name: (old, None) for name, (old, _) in private.items() if old is not None}
        private = {name: (None, new) for name, (_, new) in private.items() if new is not None}
    personal = {"address": where.address, "why": why, "changes": private}
    row: dict[str, Any] = {
        "at": at,
        "site": site,
        "user_id": where.user,
        "actor": _label(actor, where)[:200],
        "source": where.source.value,
        "act": act[:40],
        "subject": subject,
        "changes": encoded(ours) if ours else "",
    }
    rows = []
    for thing in things:
        text, digest = _sealed_apart({name: value for name, value in personal.items() if value})
        rows.append(row | {"thing": thing[:200], "personal": text, "personal_digest": digest})
        if formers:
            text, digest = _sealed_apart({"changes": formers})
            own = {"subject": former, "changes": "", "personal": text, "personal_digest": digest}
            rows.append(row | {"thing": thing[:200]} | own)
    await put(tx, audit_rows, rows, into)


def _label(actor: str, where: Origin) -> str:
    """What did it besides the user, whose name is not repeated: "import" of "import:Una Porter"."""
    if where.user is None:
        return actor
    return "" if actor == where.name else actor.removesuffix(f":{where.name}")


def diff(
    before: msgspec.Struct | None, after: msgspec.Struct | None, *, leave_out: Iterable[str] = ()
) -> dict[str, tuple[Any, Any]]:
    """The fields in which two states of a thing differ; ``None`` for what is not there. Secrets say only that they
    changed. Pure."""
    if before is after:
        return {}
    old, new = (_plain(each) for each in (before, after))
    found: dict[str, tuple[Any, Any]] = {}
    for name in [*new, *(each for each in old if each not in new)]:
        if name not in leave_out and old.get(name) != new.get(name):
            found[name] = SECRET_CHANGED if name in SECRET else (old.get(name), new.get(name))
    return found


def _plain(state: msgspec.Struct | None) -> dict[str, Any]:
    values: dict[str, Any] = {} if state is None else _without_names(msgspec.to_builtins(state, enc_hook=str))
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def _without_names(value: Any) -> Any:
    """Without ``made_by`` and its like, at any depth: names of users, whom the row has by id."""
    if isinstance(value, dict):
        return {name: _without_names(each) for name, each in value.items() if not str(name).endswith("_by")}
    return [_without_names(each) for each in value] if isinstance(value, list | tuple) else value


def _sealed_apart(personal: Mapping[str, Any]) -> tuple[str | None, bytes]:
    """The personal values with a salt, and the digest that stays when they are erased."""
    if not personal:
        return None, _NO_DIGEST
    text = encoded({**personal, "salt": secrets.token_hex(_SALT_BYTES)})
    return text, digest_of(text)


def digest_of(personal: str) -> bytes:
    """What the chain holds of the personal values of a row."""
    return hashlib.sha256(personal.encode()).digest()


def encoded(value: object) -> str:
    """As JSON in its one form: names in order, no spaces, UTF-8."""
    return msgspec.json.encode(value, order="sorted").decode()


async def name_user(tx: Tx, user_id: str, name: str) -> None:
    """Keep the name of a user apart from the rows, which hold only the id."""
    insert = (postgresql.insert if tx.dialect.name == "postgresql" else sqlite.insert)(audit_people)
    await tx.execute(
        insert.values(id=user_id, name=name).on_conflict_do_update(index_elements=["id"], set_={"name": name})
    )


async def is_erased(tx: Tx, user_id: str) -> bool:
    """Whether the name of a user was erased."""
    found = select(audit_people.c.id).where(audit_people.c.id == user_id, audit_people.c.name == "")
    return (await tx.execute(found)).first() is not None


async def forget(tx: Tx, party: str, actor: str, now: datetime) -> None:
    """Erase the personal values of all rows about a party. The chain holds only their digests, and stays whole."""
    await tx.execute(update(audit_rows).where(audit_rows.c.subject == party).values(personal=None))


async def forget_person(tx: Tx, names: Collection[str], ways: Collection[str]) -> None:
    """As ``forget``, of rows with one of the names and one of the numbers or addresses, whichever party they are
    about."""
    person, way = (
        or_(*(audit_rows.c.personal.icontains(encoded(text)[1:-1], autoescape=True) for text in texts))
        for texts in (names, ways)
    )
    await tx.execute(update(audit_rows).where(person, way).values(personal=None))


async def last_write(tx: Tx, *, site: str | None, thing: str, start: str | None = None) -> Any:
    """Actor, act and time of the last row about a thing, or about one that begins with ``start``."""
    c = audit_rows.c
    mine = c.thing == thing
    if start is not None:
        mine |= c.thing.startswith(start, autoescape=True)
    query = (
        select(audit_people.c.name, c.actor, c.act, c.at)
        .select_from(audit_rows.outerjoin(audit_people, audit_people.c.id == c.user_id))
        .where(c.site == site, mine)
        .order_by(c.id.desc())
    )
    return (await tx.execute(query.limit(1))).first()
