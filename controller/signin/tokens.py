"""API tokens: by one a program acts as the user who made it, within the token's limits, until it ends."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from controller.db.engine import Database, Tx
from controller.people import repository
from controller.people.errors import SignInNeeded, TokenUnknown, TooManyTokens
from controller.people.model import Actor, ApiToken, SignInMethod, TokenLimits, User
from controller.people.permissions import TOKEN_ACTIONS, Action, may_somewhere
from controller.platform.key_files import token_hash
from controller.platform.web.problem import invalid_field
from controller.records.audit import audit_log
from controller.signin.sign_in import SignInService
from edge.wire.clock import Clock

LONGEST = timedelta(days=366)
MOST = 50
"""Tokens of one user."""
PREFIX = "hk_"
"""By which scanners for secrets know a token."""


@dataclass(eq=False)
class TokenService:
    """A token is a session with a name, limits and a fixed end."""

    database: Database
    clock: Clock
    people: SignInService

    async def make(
        self,
        actor: Actor,
        *,
        current: str | None,
        name: str,
        scopes: frozenset[Action] | None,
        read_only: bool,
        expires_at: datetime,
    ) -> tuple[str, ApiToken]:
        """Make a token for the actor; returns its text, of which the database holds only a hash. ``current``:
        their password; ``None`` only where ``has_just_signed_in``, as for a new password.
        One that is made in a session by an account ends with that session at the latest, as the rights of who has left
        the provider do. Raises ``Invalid`` for that and for scopes that the actor may not do themselves,
        ``TooManyTokens`` and ``TooManyTries``."""
        now = self.clock.now()
        if not now < expires_at <= now + LONGEST:
            raise invalid_field("expires_at", "must be in the future, and at most a year from now")
        for scope in sorted(scopes or ()):
            if scope not in TOKEN_ACTIONS or not may_somewhere(actor, scope):
                raise invalid_field("scopes", f"{scope} is not yours to give to a token")
        text = PREFIX + secrets.token_urlsafe(32)
        made = ApiToken(
            token_hash=token_hash(text),
            name=name,
            created_at=now,
            last_used_at=now,
            expires_at=expires_at,
            limits=TokenLimits(scopes=None if scopes is None else frozenset(scopes), read_only=read_only),
        )
        if len(await self.listed(actor)) >= MOST:
            raise TooManyTokens(MOST)
        user = await self.people.proven(actor, current)
        return text, await self.database.run(self._add, user, actor, made)

    async def _add(self, tx: Tx, user: User, actor: Actor, made: ApiToken) -> ApiToken:
        await repository.lock_users(tx)
        await self.people.own_right(tx, user)
        if len(await repository.tokens_of(tx, user.id, made.created_at)) >= MOST:
            raise TooManyTokens(MOST)
        session = await repository.session(tx, actor.session, made.created_at)
        if session is None:
            raise SignInNeeded
        if session.method is SignInMethod.OIDC:
            made = msgspec.structs.replace(made, expires_at=min(made.expires_at, session.expires_at))
        await repository.add_token(tx, user.id, made, by_passkey=session.by_passkey, session=actor.session)
        await audit_log.record(tx, actor=user.name, at=made.created_at, act="make token", thing=f"token {made.id}")
        return made

    async def listed(self, actor: Actor) -> list[ApiToken]:
        """The actor's tokens that have not ended, by name."""
        async with self.database.read() as tx:
            return [] if actor.user is None else await repository.tokens_of(tx, actor.user, self.clock.now())

    async def end(self, actor: Actor, token_id: str) -> None:
        """End one of the actor's tokens, at once. Raises ``TokenUnknown``."""
        await self.database.run(self._end, actor, token_id)
        self.people.sessions.rights_changed()

    async def _end(self, tx: Tx, actor: Actor, token_id: str) -> None:
        now = self.clock.now()
        mine = [] if actor.user is None else await repository.tokens_of(tx, actor.user, now)
        found = [each for each in mine if each.id == token_id]
        if not found:
            raise TokenUnknown(token_id)
        await repository.end_session(tx, found[0].token_hash)
        await audit_log.record(tx, actor=actor.name, at=now, act="end token", thing=f"token {token_id}")
