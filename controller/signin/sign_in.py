"""Signing in by password, set-up of the first user, and the change of one's own password. Wrong tries are counted in
the database."""

import hmac
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from controller.db.engine import Database, Tx
from controller.people import repository
from controller.people.account_mails.queue import AccountMails
from controller.people.errors import (
    AlreadySetUp,
    Busy,
    SecondFactorMissing,
    SecondFactorUnused,
    SignInNeeded,
    TooManyTries,
    Tried,
    WrongPassword,
    WrongSetupToken,
)
from controller.people.model import Actor, SecondStepNeeded, SignedIn, SignInMethod, User
from controller.people.passwords import Passwords
from controller.people.role_assignments import SiteZones, first_owner
from controller.people.sign_in_throttle import CounterKind, SignInOrigin, SignInThrottle, TryCounter
from controller.people.users import UserService
from controller.platform.key_files import KeyFiles, write_secret
from controller.platform.web.problem import invalid_field
from controller.records.audit import audit_log
from controller.records.changes import Changes
from controller.signin.sessions import SessionService
from controller.signin.watched_sessions import WatchedSessions
from edge.wire.clock import Clock
from edge.wire.ids import new_id

JUST = timedelta(minutes=15)
"""How long a sign-in by mail or passkey, one at an account's provider, or a code of the app shows who they are as well
as a password would, so that one may be set without the old one: short, since somebody else may come upon an unlocked
computer."""
JUST_HELP = f"that counts for {int(JUST.total_seconds()) // 60} minutes"

NOBODY = SignInOrigin()
SecondStep = Callable[[Tx, User, SignInMethod], Awaitable[SecondStepNeeded | None]]


@dataclass(eq=False)
class SignInService:
    """``setup_file`` holds the token of the first sign-in until it is used."""

    database: Database
    clock: Clock
    passwords: Passwords
    keys: KeyFiles
    setup_file: Path
    site_zones: SiteZones
    mails: AccountMails
    changes: Changes = field(default_factory=Changes)

    def __post_init__(self) -> None:
        self.second_step: SecondStep | None = None
        """What the first step of a sign-in is answered with; ``None`` for users without a second factor."""
        self._tries = SignInThrottle(self.keys)
        self.sessions = SessionService(self.database, self.clock, self._tries)
        self.watched = WatchedSessions(self.sessions)
        self.users = UserService(
            self.database,
            self.clock,
            self.passwords,
            self._tries,
            self.site_zones,
            self.mails,
            self.ways_in,
            self.sessions.rights_changed,
            self.changes,
        )

    async def prepare(self) -> None:
        """Leave a set-up token in ``setup_file`` when nobody can sign in yet. Idempotent."""
        if await self.setup_needed() and not self.setup_file.exists():
            write_secret(self.setup_file, secrets.token_urlsafe(24).encode() + b"\n")

    async def setup_needed(self) -> bool:
        async with self.database.read() as tx:
            return not await repository.any_user(tx)

    async def setup(self, *, token: str, user: str, password: str, asker: SignInOrigin = NOBODY) -> SignedIn:
        """Make the first user and sign them in. Raises ``AlreadySetUp`` and ``WrongSetupToken``."""
        if not await self.setup_needed():
            raise AlreadySetUp
        if not hmac.compare_digest(token.strip().encode(), self._setup_token()):
            if not await self.setup_needed():  # somebody else was first, and the token went with that
                raise AlreadySetUp
            raise WrongSetupToken
        self.passwords.require_strong(password, user)
        hashed = await self.passwords.hash(password)
        signed_in = await self.database.run(self._make_first, user, hashed, asker)
        self.setup_file.unlink(missing_ok=True)
        return signed_in

    def _setup_token(self) -> bytes:
        try:
            return self.setup_file.read_bytes().strip() or secrets.token_bytes()
        except FileNotFoundError:
            return secrets.token_bytes()  # fits nothing

    async def _make_first(self, tx: Tx, user: str, hashed: str, asker: SignInOrigin) -> SignedIn:
        await repository.lock_users(tx)
        if await repository.any_user(tx):
            raise AlreadySetUp
        now = self.clock.now()
        made = User(id=new_id(now), name=user, password_hash=hashed, created_at=now)
        made = first_owner(made, now)
        await repository.add_user(tx, made)
        await audit_log.record(tx, actor=user, at=now, act="set up", thing=f"user {made.id}")
        return await self.sessions.open(tx, made, asker, SignInMethod.SETUP)

    async def sign_in(self, *, user: str, password: str, asker: SignInOrigin = NOBODY) -> SignedIn | SecondStepNeeded:
        """Raises ``WrongPassword``, ``TooManyTries`` after five in a row (the wait doubles from there), and ``Busy``.

        A try is counted before the password is looked at, so that tries made at once count as well.
        """
        async with self.turn(user, asker, Tried.PASSWORD) as known:
            found, counters = await self.database.run(self._count_try, user, asker)
            hashed = found.password_hash if found else None
            fits = await self.passwords.fits(password, hashed, known=known)
        if not fits or found is None:
            raise WrongPassword
        return await self.database.run(self._let_in, found, asker, counters)

    @asynccontextmanager
    async def turn(self, name: str, asker: SignInOrigin, tried: Tried) -> AsyncIterator[bool]:
        """In which a try to sign in as ``name`` is counted and looked at; gives whether the client has signed that name
        in before. Of strangers one at a time has it: the database has one writer, and a client that has signed in
        before waits for one of them. Raises ``TooManyTries`` and ``Busy``, to strangers after a pause."""
        stranger = not self._tries.known(name, asker)
        async with self._turn(lambda tx: self._tries.of(tx, name, asker), tried, stranger=stranger) as known:
            yield known

    @asynccontextmanager
    async def turn_of_nobody(self, counters: Sequence[TryCounter], tried: Tried) -> AsyncIterator[None]:
        """As ``turn``, for a try that names nobody."""

        async def of(tx: Tx) -> Sequence[TryCounter]:
            return counters

        async with self._turn(of, tried, stranger=True):
            yield

    @asynccontextmanager
    async def _turn(
        self, of: Callable[[Tx], Awaitable[Sequence[TryCounter]]], tried: Tried, *, stranger: bool
    ) -> AsyncIterator[bool]:
        try:
            if stranger:
                self.passwords.require_room()
            async with self.database.read_without_transaction() as tx:
                expected = await of(tx)
                await self._tries.require_free(tx, expected, self.clock.now(), tried)
        except (Busy, TooManyTries):
            if stranger:
                await self.passwords.hold_back()
            raise
        known = any(each.kind in {CounterKind.DEVICE, CounterKind.USUAL} for each in expected)
        async with nullcontext() if known else self.passwords.turn():
            yield known

    async def _count_try(self, tx: Tx, user: str, asker: SignInOrigin) -> tuple[User | None, list[TryCounter]]:
        counters = await self._tries.of(tx, user, asker)
        await self._tries.count(tx, counters, self.clock.now(), Tried.PASSWORD)
        known = await repository.user_named(tx, user)
        return (known if known is not None and known.ended_at is None else None), counters

    async def _let_in(
        self, tx: Tx, user: User, asker: SignInOrigin, counters: Sequence[TryCounter]
    ) -> SignedIn | SecondStepNeeded:
        now_known = await repository.user(tx, user.id)
        if now_known != user:  # its password, or whether it may sign in at all, is another by now
            raise WrongPassword
        await self._tries.right(tx, counters)
        await self._tries.know(tx, user.name, asker, self.clock.now())
        return await self._first_step_right(tx, user, asker, SignInMethod.PASSWORD)

    async def change_password(
        self, actor: Actor, *, current: str | None, new: str, keep_tokens: bool = False
    ) -> tuple[int, int]:
        """Change the actor's own password and end all of their other sessions and their API tokens; returns how many of
        each. ``current``: ``None`` only where ``has_just_signed_in``. Raises ``Invalid``,
        also for a wrong ``current``, ``TooManyTries``, and as ``require_second_factor``."""
        await self.require_second_factor(actor)
        self.passwords.require_strong(new, actor.name, field="new")
        user = await self.proven(actor, current)
        if current == new:
            raise invalid_field("new", "is the one that you have; take another")
        hashed = await self.passwords.hash(new)
        ended = await self.database.run(self._change_own, user, hashed, actor, keep_tokens)
        self.sessions.rights_changed()
        return ended

    async def proven(self, actor: Actor, current: str | None) -> User:
        """The actor as a user, who shows more than a session: ``current``, their password, or, where that is ``None``,
        that ``has_just_signed_in``. Counted, and raises, as ``with_own_password``;
        ``own_right`` follows."""
        if current is None and not await self.has_just_signed_in(actor):
            raise invalid_field(
                "current",
                "is needed, unless you have just signed in by mail or passkey, or shown under your account, by a code "
                f"or at your account's provider, that it is you; {JUST_HELP}",
            )
        return await self.with_own_password(actor, current)

    async def require_factor_used(self, tx: Tx, actor: Actor) -> None:
        """Asked before a passkey, an app or an account comes or goes: the password alone must not replace a second
        factor that its user has. Who has none adds the first. Raises ``SecondFactorUnused``."""
        if actor.needs_second_factor and actor.user and await self.sessions.has_second_factor(tx, actor.user):
            raise SecondFactorUnused

    async def require_second_factor(self, actor: Actor) -> None:
        """Asked before the password or the mail address changes: both are ways in, and neither is needed to add the
        second factor that a role wants. Raises ``SecondFactorUnused`` and ``SecondFactorMissing``."""
        if actor.needs_second_factor:
            async with self.database.read() as tx:
                await self.require_factor_used(tx, actor)
            raise SecondFactorMissing

    async def ways_in(self, tx: Tx, user: User) -> int:
        """By how many things the user can sign in: the password, the mail address where mails are sent, each passkey,
        and each account of a provider that is in the settings."""
        others = await repository.passkeys_and_accounts(tx, user.id, issuers=self.sessions.issuers)
        return others + (user.password_hash is not None) + (user.email is not None and self.mails.sends)

    async def own_right(self, tx: Tx, user: User) -> None:
        """Forget the try of ``with_own_password``, which gave this user. Raises ``SignInNeeded`` where they have
        changed since."""
        if await repository.user(tx, user.id) != user:
            raise SignInNeeded
        await self._tries.right(tx, self._tries.own(user.id))

    async def has_just_signed_in(self, actor: Actor) -> bool:
        """Whether in this session they have shown who they are, otherwise than by the password, no longer ago than
        ``JUST``."""
        now = self.clock.now()
        async with self.database.read() as tx:
            session = await repository.session(tx, actor.session, now)
        return session is not None and session.proven_at is not None and now - session.proven_at < JUST

    async def with_own_password(self, actor: Actor, current: str | None) -> User:
        """The actor as a user. ``current``: their password; ``None`` where they need not say it. It counts as a wrong
        try until ``own_right``, in the transaction of what it is for. Raises ``Invalid`` for a wrong one,
        and ``TooManyTries``."""
        user = await self.database.run(self._count_own, actor)
        if current is not None and not await self.passwords.fits(current, user.password_hash):
            raise invalid_field("current", "is not your password")
        return user

    async def _count_own(self, tx: Tx, actor: Actor) -> User:
        user = None if actor.user is None else await repository.user(tx, actor.user)
        if user is None:
            raise SignInNeeded
        await self._tries.count(tx, self._tries.own(user.id), self.clock.now(), Tried.PASSWORD)
        return user

    async def _change_own(self, tx: Tx, user: User, hashed: str, actor: Actor, keep_tokens: bool) -> tuple[int, int]:
        await repository.lock_users(tx)
        await self.own_right(tx, user)
        await repository.update_user(tx, msgspec.structs.replace(user, password_hash=hashed))
        await self.mails.void_new_address(tx, user.id)
        now = self.clock.now()
        await audit_log.record(tx, actor=actor.name, at=now, act="change own password", thing=f"user {user.id}")
        ended = await repository.end_sessions(tx, user.id, but=actor.session)
        return ended, 0 if keep_tokens else await repository.end_tokens(tx, user.id)

    async def _first_step_right(
        self,
        tx: Tx,
        user: User,
        asker: SignInOrigin,
        method: SignInMethod,
        proven_at: datetime | None = None,
    ) -> SignedIn | SecondStepNeeded:
        needed = None if self.second_step is None else await self.second_step(tx, user, method)
        return needed or await self.sessions.open(tx, user, asker, method, proven_at=proven_at)

    async def count_second_step(self, tx: Tx, user_id: str) -> None:
        """Count a try of the second step, before its code is looked at. Raises ``TooManyTries``."""
        await self._tries.count(tx, self._tries.second_step(user_id), self.clock.now(), Tried.SECOND_STEP)

    async def second_step_right(self, tx: Tx, user_id: str) -> None:
        """Forget the wrong codes before the right one."""
        await self._tries.right(tx, self._tries.second_step(user_id))

    async def let_in_by(
        self, tx: Tx, user: User, asker: SignInOrigin, method: SignInMethod, *, proven_at: datetime | None = None
    ) -> SignedIn | SecondStepNeeded:
        """Sign in somebody who has shown otherwise who they are; from there they have tries of their own.
        ``proven_at``: as ``SessionService.open``."""
        await self._tries.know(tx, user.name, asker, self.clock.now())
        return await self._first_step_right(tx, user, asker, method, proven_at)

    async def let_in_wholly(self, tx: Tx, user: User, asker: SignInOrigin, method: SignInMethod) -> SignedIn:
        """As ``let_in_by``, by what counts as both factors."""
        await self._tries.know(tx, user.name, asker, self.clock.now())
        return await self.sessions.open(tx, user, asker, method)
