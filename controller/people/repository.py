"""All SQL about users, and their sessions. Parties are in ``parties``."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, bindparam, delete, exists, false, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from controller.db.compiled_sql import CompiledReads, Row
from controller.db.engine import Tx
from controller.db.postgresql_notifications import notify
from controller.db.row_mapping import all_of, columns_of, first_of, put_row, struct_of
from controller.people.model import (
    ApiToken,
    Assignment,
    Failures,
    GivenAssignment,
    Role,
    Session,
    SessionOrigin,
    SignInMethod,
    TokenLimits,
    User,
    Write,
)
from controller.people.session_cache import CHANNEL
from controller.people.sign_in_tables import passkeys, pending_sign_ins, second_factors, user_accounts
from controller.people.tables import assignments, sessions, sign_in_failures, users
from controller.records.audit import audit_log

_USER = columns_of(User, users)

KnownSites = Callable[[Tx, frozenset[str]], Awaitable[frozenset[str]]]
"""Those of the sites that there are."""


def name_key(name: str) -> str:
    """Two names with the same key are one user: case does not count."""
    return name.strip().casefold()


def email_key(email: str) -> str:
    """Two addresses with the same key are one: the case of A to Z does not count. That of other letters does, since
    several of them have the same small letter: a mail for one would go to another."""
    return email.strip().encode().lower().decode()


async def any_user(tx: Tx) -> bool:
    return bool((await tx.execute(select(exists().select_from(users)))).scalar_one())


async def user_named(tx: Tx, name: str) -> User | None:
    return await _one_user(tx, users.c.name_key == name_key(name))


async def user(tx: Tx, user_id: str) -> User | None:
    return await _one_user(tx, users.c.id == user_id)


async def users_with_email(tx: Tx, email: str) -> list[User]:
    """Who has this address, by name; also those who cannot sign in any more."""
    return await _with_assignments(
        tx, select(*_USER).where(users.c.email_key == email_key(email)).order_by(users.c.name_key)
    )


async def active_users_with_email(tx: Tx, email: str) -> list[User]:
    """Who has this address and may sign in, by name."""
    return [each for each in await users_with_email(tx, email) if each.ended_at is None]


async def list_users(
    tx: Tx, *, sites: frozenset[str] | None, search: str, ended: bool | None, after: str | None, limit: int
) -> list[User]:
    """In the order in which they were made, from the one behind ``after``. ``sites``: only users with an assignment for
    one of these or for all sites, past ones too. ``search``: part of the name or of the mail address."""
    query = select(*_USER).where(users.c.id > (after or "")).order_by(users.c.id).limit(limit)
    if search:
        query = query.where(
            users.c.name_key.contains(name_key(search), autoescape=True)
            | users.c.email_key.contains(email_key(search), autoescape=True)
        )
    if ended is not None:
        query = query.where(users.c.ended_at.is_not(None) if ended else users.c.ended_at.is_(None))
    if sites is not None:
        here = assignments.c.site.is_(None) | assignments.c.site.in_(sorted(sites))
        query = query.where(exists().where(assignments.c.user_id == users.c.id, here))
    return await _with_assignments(tx, query)


async def _with_assignments(tx: Tx, query: Select[Any]) -> list[User]:
    found = await all_of(tx, User, query)
    theirs = await _assignments(tx, assignments.c.user_id.in_([each.id for each in found]))
    return [
        msgspec.structs.replace(each, assignments=tuple(its for its in theirs if its.user_id == each.id))
        for each in found
    ]


async def count_lasting_owners(tx: Tx, now: datetime) -> int:
    """How many can sign in and may do everything at all sites, now and without an end."""
    held = (
        assignments.c.role == Role.OWNER.value,
        assignments.c.site.is_(None),
        assignments.c.from_at.is_(None) | (assignments.c.from_at <= now),
        assignments.c.until_at.is_(None),
        users.c.ended_at.is_(None),
    )
    query = select(func.count(users.c.id.distinct())).join_from(users, assignments).where(*held)
    return int((await tx.execute(query)).scalar_one())


async def add_user(tx: Tx, user: User) -> None:
    """With its assignments."""
    await tx.execute(insert(users).values(_user_row(user)))
    await audit_log.name_user(tx, user.id, user.name)
    for each in user.assignments:
        await tx.execute(insert(assignments).values(msgspec.structs.asdict(each)))


async def update_user(tx: Tx, user: User) -> None:
    """Without its assignments."""
    await notify(tx, CHANNEL)
    await tx.execute(update(users).where(users.c.id == user.id).values(_user_row(user)))
    await audit_log.name_user(tx, user.id, user.name)


async def put_assignment(tx: Tx, assignment: GivenAssignment) -> None:
    await notify(tx, CHANNEL)
    await put_row(tx, assignments, msgspec.structs.asdict(assignment), "id")


async def _assignments(tx: Tx, which: ColumnElement[bool]) -> list[GivenAssignment]:
    return await all_of(tx, GivenAssignment, select(assignments).where(which).order_by(assignments.c.id))


async def end_sessions(tx: Tx, user_id: str, *, but: bytes = b"") -> int:
    """End the sessions of a user, how many, and the sign-ins that wait for their second step. ``but``: all but this one
    and API tokens; without it those end too."""
    await end_pending_sign_ins(tx, user_id)
    here = (sessions.c.user_id == user_id) & (sessions.c.token_hash != but)
    if but:
        here &= sessions.c.method != SignInMethod.TOKEN.value
    await notify(tx, CHANNEL)
    return (await tx.execute(delete(sessions).where(here))).rowcount


async def end_tokens(tx: Tx, user_id: str) -> int:
    """End the API tokens of a user, how many."""
    await notify(tx, CHANNEL)
    here = (sessions.c.user_id == user_id) & (sessions.c.method == SignInMethod.TOKEN.value)
    return (await tx.execute(delete(sessions).where(here))).rowcount


async def end_pending_sign_ins(tx: Tx, user_id: str) -> None:
    """Let nobody take the second step of a sign-in whose first was before this."""
    await tx.execute(delete(pending_sign_ins).where(pending_sign_ins.c.user_id == user_id))


async def _one_user(tx: Tx, which: ColumnElement[bool]) -> User | None:
    return next(iter(await _with_assignments(tx, select(*_USER).where(which))), None)


def _user_row(user: User) -> dict[str, object]:
    row = msgspec.structs.asdict(user)
    del row["assignments"]
    return row | {"name_key": name_key(user.name), "email_key": None if user.email is None else email_key(user.email)}


async def add_session(
    tx: Tx, user_id: str, session: SessionOrigin, *, second_factor: bool, proven_at: datetime | None
) -> None:
    row = msgspec.structs.asdict(session) | {"user_id": user_id, "second_factor": second_factor, "proven_at": proven_at}
    row["by_passkey"] = session.method is SignInMethod.PASSKEY
    await tx.execute(insert(sessions).values(row))


async def sessions_of(tx: Tx, user_id: str, now: datetime) -> list[SessionOrigin]:
    """A user's sessions that have not run out, the one used last first."""
    here = sessions.c.user_id == user_id, sessions.c.expires_at > now, sessions.c.method != SignInMethod.TOKEN.value
    query = select(*columns_of(SessionOrigin, sessions)).where(*here)
    order = sessions.c.last_used_at.desc(), sessions.c.created_at.desc(), sessions.c.token_hash
    return await all_of(tx, SessionOrigin, query.order_by(*order))


async def session(tx: Tx, token_hash: bytes, now: datetime) -> Session | None:
    """The session of this token, while it lasts, and what its user may do at any time."""
    rows = await _SESSION.rows(tx, token_hash=token_hash, now=now)
    return _session(rows) if rows else None


async def sessions_by_token(tx: Tx, token_hashes: Collection[bytes], now: datetime) -> dict[bytes, Session]:
    """As ``session``, those of several tokens, by their hashes."""
    here = _SESSIONS.where(sessions.c.token_hash.in_(token_hashes), sessions.c.expires_at > now)
    of_each: defaultdict[bytes, list[Row]] = defaultdict(list)
    for row in (await tx.execute(here)).mappings():
        of_each[row["token_hash"]].append({str(name): value for name, value in row.items()})
    return {token: _session(rows) for token, rows in of_each.items()}


def _session(rows: Sequence[Row]) -> Session:
    """A session from its rows, one for each assignment of its user."""
    first = rows[0]
    return Session(
        **{name: first[name] for name in ("user_id", "user", "created_at", "expires_at", "last_used_at")},
        method=SignInMethod(first["method"]),
        assignments=tuple(_assignment(row) for row in rows if row["role"] is not None),
        token=_limits(first) if first["method"] == SignInMethod.TOKEN else None,
        second_factor=first["factor_at"] is not None or first["second_factor"],
        by_passkey=first["by_passkey"],
        proven_at=first["proven_at"],
    )


def _limits(row: Mapping[Any, Any]) -> TokenLimits:
    scopes = None if row["scopes"] is None else msgspec.json.decode(row["scopes"], type=frozenset[str])
    return TokenLimits(scopes=scopes, read_only=row["read_only"])


async def add_token(tx: Tx, user_id: str, token: ApiToken, *, by_passkey: bool, session: bytes) -> None:
    """``session``: in which it was made; where a provider vouched for a second factor in it, the token has that too."""
    row = msgspec.structs.asdict(token)
    limits: TokenLimits = row.pop("limits")
    scopes = None if limits.scopes is None else msgspec.json.encode(sorted(limits.scopes)).decode()
    row |= {"user_id": user_id, "method": SignInMethod.TOKEN, "scopes": scopes, "read_only": limits.read_only}
    row["by_passkey"] = by_passkey
    shown = select(sessions.c.second_factor).where(sessions.c.token_hash == session).scalar_subquery()
    row["second_factor"] = func.coalesce(shown, false())
    await tx.execute(insert(sessions).values(row))


async def tokens_of(tx: Tx, user_id: str, now: datetime) -> list[ApiToken]:
    """A user's API tokens that have not run out, by name."""
    c = sessions.c
    query = select(sessions).where(c.user_id == user_id, c.expires_at > now, c.method == SignInMethod.TOKEN.value)
    rows = (await tx.execute(query.order_by(c.name, c.created_at))).mappings().all()
    return [struct_of(ApiToken, row, limits=_limits(row)) for row in rows]


def _assignment(row: Row) -> Assignment:
    held = {name: row[name] for name in ("site", "party", "from_at", "until_at", "account_id")}
    return Assignment(role=Role(row["role"]), **held)


_SESSIONS = (
    select(
        sessions.c.token_hash,
        users.c.id.label("user_id"),
        users.c.name.label("user"),
        sessions.c.created_at,
        sessions.c.expires_at,
        sessions.c.last_used_at,
        sessions.c.method,
        sessions.c.scopes,
        sessions.c.read_only,
        sessions.c.by_passkey,
        sessions.c.second_factor,
        sessions.c.proven_at,
        second_factors.c.confirmed_at.label("factor_at"),
        *(assignments.c[name] for name in Assignment.__struct_fields__),
    )
    .join_from(sessions, users)
    .outerjoin(assignments, assignments.c.user_id == users.c.id)
    .outerjoin(second_factors, second_factors.c.user_id == users.c.id)
    .where(users.c.ended_at.is_(None))
)
_SESSION = CompiledReads(
    _SESSIONS.where(sessions.c.token_hash == bindparam("token_hash"), sessions.c.expires_at > bindparam("now"))
)


async def has_second_factor(tx: Tx, user_id: str, *, vouching: frozenset[str]) -> bool:
    """Whether the user has a confirmed authenticator app, a passkey, or an account of one of these issuers, whose
    sign-ins show a second factor."""
    app = exists().where(second_factors.c.user_id == user_id, second_factors.c.confirmed_at.is_not(None))
    passkey = exists().where(passkeys.c.user_id == user_id)
    account = exists().where(user_accounts.c.user_id == user_id, user_accounts.c.issuer.in_(sorted(vouching)))
    return bool((await tx.execute(select(app | passkey | account))).scalar_one())


async def end_standing(tx: Tx, user_id: str, *, by_passkey: bool = False, by_account: bool = False) -> None:
    """The user has no passkey, or no account that shows a second factor, any more: no session or API token of theirs
    counts as opened by one."""
    ended = {"by_passkey": by_passkey, "second_factor": by_account}
    await notify(tx, CHANNEL)
    here = update(sessions).where(sessions.c.user_id == user_id)
    await tx.execute(here.values({name: False for name, over in ended.items() if over}))


async def passkeys_and_accounts(tx: Tx, user_id: str, *, issuers: frozenset[str]) -> int:
    """How many passkeys, and accounts of these issuers, the user can sign in by."""
    c = user_accounts.c
    keys = select(func.count()).select_from(passkeys).where(passkeys.c.user_id == user_id).scalar_subquery()
    usable = select(func.count()).where(c.user_id == user_id, c.issuer.in_(sorted(issuers))).scalar_subquery()
    return int((await tx.execute(select(keys + usable))).scalar_one())


async def session_lasts(tx: Tx, token_hash: bytes, now: datetime) -> bool:
    """Whether there is a session of this token that has neither ended nor run out."""
    here = (sessions.c.token_hash == token_hash) & (sessions.c.expires_at > now)
    return (await tx.execute(select(sessions.c.user_id).where(here))).first() is not None


async def renew_session(tx: Tx, token_hash: bytes, now: datetime, expires_at: datetime) -> None:
    here = update(sessions).where(sessions.c.token_hash == token_hash)
    await tx.execute(here.values(last_used_at=now, expires_at=expires_at))


async def prove_session(tx: Tx, token_hash: bytes, at: datetime) -> datetime:
    """Its user has shown at that time who they are; when they showed it last."""
    await notify(tx, CHANNEL)
    c = sessions.c
    earlier = c.proven_at.is_(None) | (c.proven_at < at)
    await tx.execute(update(sessions).where(c.token_hash == token_hash, earlier).values(proven_at=at))
    last: datetime | None = (await tx.execute(select(c.proven_at).where(c.token_hash == token_hash))).scalar()
    return last or at


async def end_session(tx: Tx, token_hash: bytes) -> None:
    await notify(tx, CHANNEL)
    await tx.execute(delete(sessions).where(sessions.c.token_hash == token_hash))


async def failures(tx: Tx, key: bytes) -> Failures | None:
    return await first_of(tx, Failures, _FAILURES.where(sign_in_failures.c.key == key))


async def hold_failures(tx: Tx, key: bytes, now: datetime) -> Failures:
    """The wrong tries that are counted together; nobody else may count them until the transaction ends."""
    table = sign_in_failures
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    none = {"key": key, "failures": 0, "last_at": now, "blocked_until": now, "kept_until": now}
    while True:
        # The row must be there to be locked: tries made at once would all find none otherwise.
        await tx.execute(dialect.insert(table).values(none).on_conflict_do_nothing())
        row = (await tx.execute(_FAILURES.where(table.c.key == key).with_for_update())).mappings().first()
        if row is not None:  # else a right try, which ended meanwhile, has deleted it
            return Failures(**row)


_FAILURES = select(*columns_of(Failures, sign_in_failures))


async def put_failures(tx: Tx, key: bytes, value: Failures) -> None:
    here = sign_in_failures.c.key == key
    await tx.execute(update(sign_in_failures).where(here).values(msgspec.structs.asdict(value)))


async def take_back_failure(tx: Tx, key: bytes) -> None:
    """The last try was none."""
    c = sign_in_failures.c
    here = (c.key == key) & (c.failures > 0)
    await tx.execute(update(sign_in_failures).where(here).values(failures=c.failures - 1, blocked_until=c.last_at))


async def forget_failures(tx: Tx, key: bytes) -> None:
    await tx.execute(delete(sign_in_failures).where(sign_in_failures.c.key == key))


async def forget_stale(tx: Tx, now: datetime) -> None:
    """Delete sessions that have run out and wrong tries of long ago."""
    await tx.execute(delete(sessions).where(sessions.c.expires_at <= now))
    await tx.execute(delete(sign_in_failures).where(sign_in_failures.c.kept_until < now))


async def lock_users(tx: Tx) -> None:
    """Let one transaction at a time look what users there are and change them."""
    if tx.dialect.name == "postgresql":
        await tx.execute(select(func.pg_advisory_xact_lock(0x5E70_0000)))


async def last_write(tx: Tx, *, site: str | None, thing: str) -> Write | None:
    """The last write of a thing, or of the file of the site that it is part of."""
    start = None if site is None else f"site {site} from a file"
    row = await audit_log.last_write(tx, site=site, thing=thing, start=start)
    return None if row is None else Write(actor=row.name or row.actor or "somebody", act=row.act, at=row.at)
