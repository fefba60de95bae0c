"""Signing in and out. Sessions are tokens of which the database holds a hash; wrong tries are counted there."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from controller.db.engine import Database, Tx
from controller.key_files import KeyFiles, write_secret
from controller.people import audit, repository
from controller.people.errors import AlreadySetUp, SignInNeeded, WrongPassword, WrongSetupToken
from controller.people.model import Actor, Session, SignedIn, User
from controller.people.passwords import Passwords, require_strong
from controller.people.repository import KnownSites
from controller.people.session_cache import SessionCache
from controller.people.sign_in_throttle import CounterKind, SignInOrigin, SignInThrottle, TryCounter
from controller.people.users import UserService
from controller.web.problem import invalid_field
from edge.wire.clock import Clock
from edge.wire.ids import uuid7

SESSION_LENGTH = timedelta(days=30)
"""How long a session lasts without use."""
LONGEST_SESSION = timedelta(days=90)
"""How long one lasts at most, however it is used."""
RENEWED_AFTER = timedelta(days=1)


NOBODY = SignInOrigin()


class SignInService:
    """``setup_file`` holds the token of the first sign-in until it is used."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        passwords: Passwords,
        keys: KeyFiles,
        setup_file: Path,
        known_sites: KnownSites,
    ) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords
        self._setup_file = setup_file
        self._tries = SignInThrottle(keys)
        self.sessions = SessionCache()
        self.users = UserService(database, clock, passwords, self._tries, known_sites, self.sessions.forget)

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
        require_strong(password, user)
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
        return await self._open_session(tx, made, now, NOBODY)

    async def sign_in(self, *, user: str, password: str, asker: SignInOrigin = NOBODY) -> SignedIn:
        """Raises ``WrongPassword``, ``TooManyTries`` after five in a row (the wait doubles from there), and ``Busy``.

        A try is counted before the password is looked at, so that tries made at once count as well.
        """
        if not self._tries.known(user, asker):
            self._passwords.require_room()
        found, counters = await self._database.run(self._count_try, user, asker)
        known = any(each.kind in {CounterKind.DEVICE, CounterKind.USUAL} for each in counters)
        hashed = found.password_hash if found else None
        if not await self._passwords.fits(password, hashed, known=known) or found is None:
            raise WrongPassword
        return await self._database.run(self._let_in, found, asker, counters)

    async def _count_try(self, tx: Tx, user: str, asker: SignInOrigin) -> tuple[User | None, list[TryCounter]]:
        counters = await self._tries.of(tx, user, asker)
        await self._tries.count(tx, counters, self._clock.now())
        known = await repository.user_named(tx, user)
        return (known if known is not None and known.ended_at is None else None), counters

    async def _let_in(self, tx: Tx, user: User, asker: SignInOrigin, counters: Sequence[TryCounter]) -> SignedIn:
        now_known = await repository.user(tx, user.id)
        if now_known != user:  # its password, or whether it may sign in at all, is another by now
            raise WrongPassword
        await self._tries.right(tx, counters)
        await self._tries.know(tx, user.name, asker, self._clock.now())
        return await self._open_session(tx, user, self._clock.now(), asker)

    async def change_password(self, actor: Actor, *, current: str, new: str) -> int:
        """Change the actor's own password and end all of their other sessions; returns how many. Raises ``Invalid``,
        also for a wrong ``current``, and ``TooManyTries``."""
        require_strong(new, actor.name, field="new")
        user = await self._database.run(self._count_own, actor)
        if not await self._passwords.fits(current, user.password_hash):
            raise invalid_field("current", "is not your password")
        if current == new:
            raise invalid_field("new", "is the one that you have; take another")
        hashed = await self._passwords.hash(new)
        ended = await self._database.run(self._change_own, user, hashed, actor)
        self.users.turn()
        return ended

    async def _count_own(self, tx: Tx, actor: Actor) -> User:
        user = await repository.user_named(tx, actor.name)
        if user is None:
            raise SignInNeeded
        await self._tries.count(tx, self._tries.own(user.id), self._clock.now())
        return user

    async def _change_own(self, tx: Tx, user: User, hashed: str, actor: Actor) -> int:
        await repository.lock_users(tx)
        if await repository.user(tx, user.id) != user:
            raise SignInNeeded
        await repository.update_user(tx, msgspec.structs.replace(user, password_hash=hashed))
        await self._tries.right(tx, self._tries.own(user.id))
        now = self._clock.now()
        await audit.record(tx, actor=actor.name, at=now, act="change", thing=f"user {user.name}, own password")
        return await repository.end_sessions(tx, user.id, but=actor.session)

    async def end_others(self, actor: Actor) -> int:
        """End all of the actor's other sessions; returns how many."""

        async def end(tx: Tx) -> int:
            user = await repository.user_named(tx, actor.name)
            return 0 if user is None else await repository.end_sessions(tx, user.id, but=actor.session)

        ended = await self._database.run(end)
        self.users.turn()
        return ended

    async def _open_session(self, tx: Tx, user: User, now: datetime, asker: SignInOrigin) -> SignedIn:
        token = secrets.token_urlsafe(32)
        await repository.add_session(tx, _hash(token), user.id, now, now + SESSION_LENGTH)
        return SignedIn(user=user.name, token=token, device=self._tries.device(user.name, asker))

    async def identify(self, token: str, *, by_cookie: bool) -> Actor | None:
        """Whose token this is; None when it is nobody's or has run out. At most one statement; once a day use
        renews it."""
        hashed = _hash(token)
        now = self._clock.now()

        async def look_up() -> Session | None:
            async with self._database.read_without_transaction() as tx:
                return await repository.session(tx, hashed, now)

        session = await self.sessions.session(hashed, now, look_up)
        if session is None:
            return None
        lasts = min(now + SESSION_LENGTH, session.created_at + LONGEST_SESSION)
        if lasts - session.expires_at > RENEWED_AFTER:
            await self._database.run(repository.renew_session, hashed, lasts)
            self.sessions.forget()
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
        await self._database.run(repository.forget_stale, self._clock.now())


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
