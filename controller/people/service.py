"""Signing in and out. Sessions are tokens of which the database holds a hash; wrong tries are counted there."""

import hashlib
import hmac
import math
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from controller.database import Database, Tx
from controller.people import audit, repository
from controller.people.errors import AlreadySetUp, TooManyTries, WrongPassword, WrongSetupToken
from controller.people.model import Actor, Failures, Session, SignedIn, User
from controller.people.passwords import Passwords
from controller.people.users import Users
from controller.secrets import write_secret
from edge.wire.clock import Clock
from edge.wire.ids import uuid7

SESSION_LENGTH = timedelta(days=30)
RENEWED_AFTER = timedelta(days=1)
FREE_TRIES = 5
"""Wrong passwords in a row before a name has to wait."""
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
FAILURES_KEPT = timedelta(days=1)


class People:
    """``setup_file`` holds the token of the first sign-in until it is used."""

    def __init__(self, database: Database, clock: Clock, passwords: Passwords, setup_file: Path) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords
        self._setup_file = setup_file
        self.users = Users(database, clock, passwords)

    async def prepare(self) -> None:
        """Leave a set-up token in ``setup_file`` when nobody can sign in yet. Idempotent."""
        if await self.setup_needed() and not self._setup_file.exists():
            write_secret(self._setup_file, secrets.token_urlsafe(24).encode() + b"\n")

    async def setup_needed(self) -> bool:
        async with self._database.read() as tx:
            return not await repository.any_user(tx)

    async def setup(self, *, token: str, user: str, password: str) -> SignedIn:
        """Make the first user and sign them in. Raises ``AlreadySetUp`` and ``WrongSetupToken``."""
        if not await self.setup_needed():
            raise AlreadySetUp
        if not hmac.compare_digest(token.strip().encode(), self._setup_token()):
            if not await self.setup_needed():  # somebody else was first, and the token went with that
                raise AlreadySetUp
            raise WrongSetupToken
        hashed = await self._passwords.hash(password)
        signed_in = await self._database.run(self._make_first, user, hashed)
        self._setup_file.unlink(missing_ok=True)
        return signed_in

    def _setup_token(self) -> bytes:
        try:
            return self._setup_file.read_bytes().strip() or secrets.token_bytes()
        except FileNotFoundError:
            return secrets.token_bytes()  # fits nothing

    async def _make_first(self, tx: Tx, user: str, hashed: str) -> SignedIn:
        await repository.lock_users(tx)
        if await repository.any_user(tx):
            raise AlreadySetUp
        now = self._clock.now()
        made = User(id=uuid7(now, secrets.token_bytes(10)), name=user, password_hash=hashed, created_at=now)
        await repository.add_user(tx, made)
        await audit.record(tx, actor=user, at=now, act="set up", thing=f"user {user}")
        return await self._open_session(tx, made, now)

    async def sign_in(self, *, user: str, password: str) -> SignedIn:
        """Raises ``WrongPassword``, and ``TooManyTries`` after five in a row; the wait doubles from there.

        A try is counted before the password is looked at, so that tries made at once count as well.
        """
        known = await self._database.run(self._count_try, user)
        if not await self._passwords.fits(password, known.password_hash if known else None) or known is None:
            raise WrongPassword
        return await self._database.run(self._let_in, known)

    async def _count_try(self, tx: Tx, user: str) -> User | None:
        now = self._clock.now()
        before = await repository.hold_failures(tx, user, now)
        if now < before.blocked_until:
            raise TooManyTries(math.ceil((before.blocked_until - now).total_seconds()))
        count = 1 if before.last_at < now - FAILURES_KEPT else before.failures + 1
        await repository.put_failures(tx, user, Failures(failures=count, last_at=now, blocked_until=now + _wait(count)))
        known = await repository.user_named(tx, user)
        return known if known is not None and known.ended_at is None else None

    async def _let_in(self, tx: Tx, user: User) -> SignedIn:
        now_known = await repository.user(tx, user.id)
        if now_known != user:  # its password, or whether it may sign in at all, is another by now
            raise WrongPassword
        await repository.forget_failures(tx, user.name)
        return await self._open_session(tx, user, self._clock.now())

    async def _open_session(self, tx: Tx, user: User, now: datetime) -> SignedIn:
        token = secrets.token_urlsafe(32)
        await repository.add_session(tx, _hash(token), user.id, now, now + SESSION_LENGTH)
        return SignedIn(user=user.name, token=token)

    async def identify(self, token: str, *, by_cookie: bool) -> Actor | None:
        """Whose token this is; None when it is nobody's or has run out. One statement; once a day use renews it."""
        hashed = _hash(token)
        now = self._clock.now()
        async with self._database.glance() as tx:
            session = await repository.session(tx, hashed, now)
        if session is None:
            return None
        if session.expires_at - now < SESSION_LENGTH - RENEWED_AFTER:
            await self._database.run(repository.renew_session, hashed, now + SESSION_LENGTH)
        return _actor(session, hashed, by_cookie=by_cookie)

    async def again(self, actor: Actor) -> Actor | None:
        """The actor as they are now; None where the session they came with has ended. Does not renew it: nobody need
        be at the screen."""
        async with self._database.read() as tx:
            session = await repository.session(tx, actor.session, self._clock.now())
        return None if session is None else _actor(session, actor.session, by_cookie=actor.by_cookie)

    async def sign_out(self, actor: Actor) -> None:
        """End the session the request came with. Idempotent."""
        await self._database.run(repository.end_session, actor.session)
        self.users.turn()

    async def tidy(self) -> None:
        """Forget sessions that have run out and wrong tries of more than a day ago."""
        now = self._clock.now()
        await self._database.run(repository.forget_stale, now, now - FAILURES_KEPT)


def _actor(session: Session, hashed: bytes, *, by_cookie: bool) -> Actor:
    return Actor(
        name=session.user,
        session=hashed,
        by_cookie=by_cookie,
        role=session.role,
        sites=session.sites,
        party=session.party,
    )


def _hash(token: str) -> bytes:
    # No slow hash: the token is 256 random bits.
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


def _wait(failures: int) -> timedelta:
    """How long the name waits after so many wrong tries in a row."""
    if failures < FREE_TRIES:
        return timedelta(0)
    return min(FIRST_WAIT * (1 << min(failures - FREE_TRIES, 10)), LONGEST_WAIT)
