"""Sessions: opened by a sign-in, renewed by use, ended by time, by their user or by a change of rights. Each is a token
of which the database holds a hash."""

import asyncio
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from controller.db.engine import Database, Tx, batches
from controller.people import repository
from controller.people.errors import SessionUnknown
from controller.people.model import (
    Actor,
    Assignment,
    DisplayPlace,
    Role,
    Session,
    SessionOrigin,
    SignedIn,
    SignInMethod,
    User,
)
from controller.people.role_assignments import in_force
from controller.people.session_cache import SessionCache
from controller.people.sign_in_throttle import SignInOrigin, SignInThrottle
from controller.platform.key_files import token_hash
from controller.records.audit import audit_log
from controller.records.audit.audit_log import origin
from controller.signin.displays import repository as displays
from controller.signin.displays.model import SEEN_AFTER, TOKEN_PREFIX, UNUSED_AFTER, Display
from edge.wire.clock import Clock

SESSION_LENGTH = timedelta(days=30)
"""How long a session lasts without use."""
LONGEST_SESSION = timedelta(days=90)
"""How long one lasts at most, however it is used."""
RENEWED_AFTER = timedelta(hours=1)
"""How exactly it is known when a session was last used."""


@dataclass(eq=False)
class SessionService:
    """``second_factor_roles``: without a second factor, a session of a user with one of these roles may do nothing,
    unless a passkey opened it. ``oidc_length``: how long a sign-in by a provider lasts; use does not renew it, so that
    who has left a council is out. ``issuers``: of the providers in the settings; ``vouching``: of those whose sign-ins
    must show a second factor."""

    database: Database
    clock: Clock
    tries: SignInThrottle
    second_factor_roles: frozenset[Role] = frozenset()
    oidc_length: timedelta = timedelta(days=7)
    issuers: frozenset[str] = frozenset()
    vouching: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.cache = SessionCache()
        self.changed = asyncio.Event()
        """Set once the rights of anybody have changed in this process; then there is a new one."""
        self.changes = 0
        """How often that has happened."""

    def rights_changed(self) -> None:
        """Nothing is answered from memory, and everybody who watches looks again whether they still may. Called before
        the change is answered."""
        self.cache.forget()
        self.changes += 1
        changed, self.changed = self.changed, asyncio.Event()
        changed.set()

    async def open(
        self,
        tx: Tx,
        user: User,
        asker: SignInOrigin,
        method: SignInMethod,
        *,
        second_factor: bool = False,
        proven_at: datetime | None = None,
    ) -> SignedIn:
        """Sign in somebody who has shown who they are. ``second_factor``: a provider vouches for theirs. ``proven_at``:
        when they showed it to the provider; ``None`` where it does not say so."""
        token, now = secrets.token_urlsafe(32), self.clock.now()
        session = SessionOrigin(
            token_hash=token_hash(token),
            created_at=now,
            last_used_at=now,
            expires_at=now + (self.oidc_length if method is SignInMethod.OIDC else SESSION_LENGTH),
            method=method,
            address=asker.address[:45],
            browser=asker.browser,
        )
        at = {SignInMethod.MAIL: now, SignInMethod.PASSKEY: now, SignInMethod.OIDC: proven_at}.get(method)
        await repository.add_session(tx, user.id, session, second_factor=second_factor, proven_at=at)
        if method is not SignInMethod.SETUP:  # which is recorded as such
            changes = {"method": (None, method.value)}
            thing = f"user {user.id}"
            await audit_log.record(tx, actor=user.name, at=now, act="sign in", thing=thing, changes=changes)
        return SignedIn(user=user.name, token=token, device=self.tries.device(user.name, asker))

    async def identify(self, token: str, by_cookie: bool) -> Actor | None:
        """Whose token this is; None when it is nobody's or has run out. At most one statement; once an hour use
        renews it."""
        hashed = token_hash(token)
        now = self.clock.now()
        if token.startswith(TOKEN_PREFIX):
            return await self._display(hashed, now, by_cookie=by_cookie)

        async def look_up() -> Session | None:
            async with self.database.read_without_transaction() as tx:
                return await repository.session(tx, hashed, now)

        session = await self.cache.session(hashed, now, look_up)
        if session is None:
            return None
        if now - session.last_used_at >= RENEWED_AFTER:
            lasts = min(now + SESSION_LENGTH, session.created_at + LONGEST_SESSION)
            if session.token is not None or session.method is SignInMethod.OIDC:
                lasts = session.expires_at
            await self.database.run(repository.renew_session, hashed, now, lasts)
            self.cache.forget()
        return self._actor(session, hashed, now, by_cookie=by_cookie)

    async def again(self, actors: Iterable[Actor]) -> dict[bytes, Actor | None]:
        """The actors as they are now, by their sessions; None where that has ended. Does not renew it: nobody need be
        at the screen."""
        now, by_session = self.clock.now(), {each.session: each for each in actors}
        paired: dict[bytes, Display] = {}
        found: dict[bytes, Session] = {}
        async with self.database.read() as tx:
            for some in batches(key for key, each in by_session.items() if each.display is not None):
                paired |= await displays.paired_by_any(tx, some, now)
            for some in batches(key for key, each in by_session.items() if each.display is None):
                found |= await repository.sessions_by_token(tx, some, now)
        again: dict[bytes, Actor | None] = dict.fromkeys(by_session)
        for key, display in paired.items():
            again[key] = display.actor(key, by_cookie=by_session[key].by_cookie)
        for key, session in found.items():
            again[key] = self._actor(session, key, now, by_cookie=by_session[key].by_cookie)
        return again

    async def _display(self, hashed: bytes, now: datetime, *, by_cookie: bool) -> Actor | None:
        """The display with this token, whose device has just asked for something, which keeps it paired."""
        async with self.database.read_without_transaction() as tx:
            found = await displays.paired_by(tx, hashed, now)
        if found is None:
            return None
        if found.last_seen_at is None or now - found.last_seen_at >= SEEN_AFTER:
            note, expires_at = displays.note_seen, now + UNUSED_AFTER
            await self.database.run(note, found.id, now=now, expires_at=expires_at, address=origin().address[:45])
        return found.actor(hashed, by_cookie=by_cookie)

    async def listed(self, actor: Actor) -> list[SessionOrigin]:
        """The actor's sessions, the one used last first."""
        async with self.database.read() as tx:
            return [] if actor.user is None else await repository.sessions_of(tx, actor.user, self.clock.now())

    async def end(self, actor: Actor, session_id: str) -> None:
        """End one of the actor's own sessions. Raises ``SessionUnknown``."""

        async def end_own(tx: Tx) -> None:
            mine = [] if actor.user is None else await repository.sessions_of(tx, actor.user, self.clock.now())
            found = [each for each in mine if each.id == session_id]
            if not found:
                raise SessionUnknown(session_id)
            await repository.end_session(tx, found[0].token_hash)

        await self.database.run(end_own)
        self.rights_changed()

    async def end_replaced(self, token: str) -> None:
        """End the session that a browser had before it got another one."""
        await self.database.run(repository.end_session, token_hash(token))
        self.rights_changed()

    async def end_others(self, actor: Actor) -> int:
        """End all of the actor's other sessions; returns how many."""

        async def end_own(tx: Tx) -> int:
            return 0 if actor.user is None else await repository.end_sessions(tx, actor.user, but=actor.session)

        ended = await self.database.run(end_own)
        self.rights_changed()
        return ended

    async def sign_out(self, actor: Actor) -> None:
        """End the session the request came with; a display, which has none, is ended. Idempotent."""
        if actor.display is None:
            await self.database.run(repository.end_session, actor.session)
        else:
            await self.database.run(self._end_display, actor, actor.display)
        self.rights_changed()

    async def _end_display(self, tx: Tx, actor: Actor, display: DisplayPlace) -> None:
        if await displays.end(tx, display.id):
            now, thing = self.clock.now(), f"display {display.id}"
            await audit_log.record(tx, actor=actor.name, at=now, act="end display", site=display.site, thing=thing)

    async def tidy(self) -> None:
        """Forget sessions that have run out and wrong tries of more than a day ago."""
        await self.database.run(repository.forget_stale, self.clock.now())

    async def acting(self, tx: Tx, user_id: str, now: datetime) -> Actor | None:
        """A user with the rights of now, without a session; ``None`` where they cannot sign in any more, or lack the
        second factor that a role of theirs wants."""
        user = await repository.user(tx, user_id)
        if user is None or user.ended_at is not None:
            return None
        held = in_force(user.assignments, now)
        if self._wants_second_factor(held) and not await self.has_second_factor(tx, user_id):
            return None
        return Actor(name=user.name, user=user.id, assignments=held)

    async def has_second_factor(self, tx: Tx, user_id: str) -> bool:
        """Whether the user has anything that meets ``second_factor_roles``."""
        return await repository.has_second_factor(tx, user_id, vouching=self.vouching)

    def _wants_second_factor(self, held: Iterable[Assignment]) -> bool:
        return any(each.role in self.second_factor_roles for each in held)

    def _actor(self, session: Session, hashed: bytes, now: datetime, *, by_cookie: bool) -> Actor:
        held = in_force(session.assignments, now)
        both = session.second_factor or session.by_passkey
        needs = not both and self._wants_second_factor(held)
        return Actor(
            name=session.user,
            user=session.user_id,
            assignments=() if needs else held,
            session=hashed,
            by_cookie=by_cookie,
            token=session.token,
            needs_second_factor=needs,
        )
