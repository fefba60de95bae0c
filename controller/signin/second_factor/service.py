"""The second step of signing in: a code of an authenticator app, or a recovery code."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from controller.db.engine import Database, Tx
from controller.people import repository as users
from controller.people.errors import SignInNeeded
from controller.people.model import Actor, Proven, SecondStepNeeded, SignedIn, SignInMethod, User
from controller.people.sign_in_throttle import SignInOrigin
from controller.people.users import UserService
from controller.platform.key_files import KeyFiles, token_hash
from controller.platform.web.problem import invalid_field
from controller.records.audit import audit_log
from controller.signin.second_factor import repository, totp
from controller.signin.second_factor.model import (
    FactorThere,
    NoFactor,
    OwnFactor,
    PendingSignIn,
    SecondFactor,
    SecondStepOver,
    WrongSecondStep,
)
from controller.signin.sign_in import JUST, SignInService
from edge.wire.clock import Clock

STEP_LIFETIME = timedelta(minutes=10)
"""How long after the first step the second can be taken."""
CONFIRMED_WITHIN = timedelta(hours=1)
"""How long after its key was shown an app can be confirmed."""


@dataclass(eq=False)
class SecondFactors:
    """Wrong codes are counted by user, so that five in a row are followed by a wait, however often the first step is
    taken."""

    database: Database
    clock: Clock
    keys: KeyFiles
    people: SignInService

    def __post_init__(self) -> None:
        self.people.second_step = self.second_step

    async def second_step(self, tx: Tx, user: User, method: SignInMethod) -> SecondStepNeeded | None:
        """What the first step of a sign-in is answered with; ``None`` for a user without a second factor."""
        factor = await repository.factor(tx, user.id)
        if factor is None or factor.confirmed_at is None:
            return None
        text = secrets.token_urlsafe(32)
        pending = PendingSignIn(user_id=user.id, method=method, expires_at=self.clock.now() + STEP_LIFETIME)
        await repository.add_pending(tx, token_hash(text), pending)
        return SecondStepNeeded(pending=text)

    async def finish(self, pending: str, code: str, asker: SignInOrigin) -> SignedIn:
        """Take the second step. Raises ``SecondStepOver``, ``WrongSecondStep`` and ``TooManyTries``."""
        user_id = await self.database.run(self._count, pending)
        return await self.database.run(self._finish, pending, user_id, code, asker)

    async def _count(self, tx: Tx, pending: str) -> str:
        found = await repository.pending(tx, token_hash(pending), self.clock.now())
        if found is None:
            raise SecondStepOver
        await self.people.count_second_step(tx, found.user_id)
        return found.user_id

    async def _finish(self, tx: Tx, pending: str, user_id: str, code: str, asker: SignInOrigin) -> SignedIn:
        hashed = token_hash(pending)
        found = await repository.pending(tx, hashed, self.clock.now())
        user = await users.user(tx, user_id)
        if found is None or user is None or user.ended_at is not None:
            raise SecondStepOver
        await self._require_right(tx, user_id, code)
        if not await repository.end_pending(tx, hashed):
            raise SecondStepOver
        await self.people.second_step_right(tx, user_id)
        return await self.people.sessions.open(tx, user, asker, found.method, proven_at=self.clock.now())

    async def _require_right(self, tx: Tx, user_id: str, code: str) -> None:
        """Use a code up. Raises ``WrongSecondStep``."""
        factor, typed = await repository.factor(tx, user_id), totp.plain(code)
        if factor is None:
            raise WrongSecondStep
        step = totp.step_of(self._secret(factor), typed, self.clock.now(), after=factor.last_step)
        if step is not None and await repository.use_step(tx, user_id, step):
            return
        if not await repository.use_recovery_code(tx, user_id, self.keys.recovery_digest(user_id, typed)):
            raise WrongSecondStep
        now, thing = self.clock.now(), f"user {user_id}"
        await audit_log.record(tx, actor=f"user {user_id}", at=now, act="use recovery code", thing=thing)

    async def begin(self, actor: Actor, *, current: str | None) -> tuple[str, str]:
        """A new authenticator app for the actor: its secret, and the address that the app reads. It counts once it is
        confirmed. ``current``: their password; ``None`` only where ``has_just_signed_in``, since an app keeps out those
        who do not have it. Raises ``FactorThere``, ``SecondFactorUnused``, ``TooManyTries``, and ``Invalid`` for
        ``current``."""
        if (await self.state(actor))[0]:
            raise FactorThere
        async with self.database.read() as tx:
            await self.people.require_factor_used(tx, actor)
        user = await self.people.proven(actor, current)
        return await self.database.run(self._begin, user)

    async def _begin(self, tx: Tx, user: User) -> tuple[str, str]:
        user_id = user.id
        await users.lock_users(tx)
        await self.people.own_right(tx, user)
        old = await repository.factor(tx, user_id)
        if old is not None and old.confirmed_at is not None:
            raise FactorThere
        secret = totp.new_secret()
        sealed = self.keys.seal(secret.encode(), _about(user_id))
        await repository.put_factor(tx, SecondFactor(user_id=user_id, sealed_secret=sealed, made_at=self.clock.now()))
        return secret, totp.address(secret, user.name)

    async def confirm(self, actor: Actor, code: str, *, keep_tokens: bool = False) -> list[str]:
        """Let the app count from now on, and end the actor's other sessions and their API tokens; returns ten recovery
        codes, which are shown this once. Raises ``NoFactor``, ``FactorThere``, ``SecondFactorUnused``, ``TooManyTries``
        and ``Invalid``."""
        async with self.database.read() as tx:
            await self._unconfirmed(tx, actor)
        await self.database.run(self.people.count_second_step, _own(actor))
        codes = await self.database.run(self._confirm, actor, code, keep_tokens)
        self.people.sessions.rights_changed()
        return codes

    async def _confirm(self, tx: Tx, actor: Actor, code: str, keep_tokens: bool) -> list[str]:
        user_id, now = _own(actor), self.clock.now()
        await users.lock_users(tx)
        await self.people.require_factor_used(tx, actor)
        factor = await self._unconfirmed(tx, actor)
        step = totp.step_of(self._secret(factor), totp.plain(code), now, after=factor.last_step)
        if step is None:
            raise invalid_field("code", "is not the one that the app shows now; check the clock of the phone")
        await self.people.second_step_right(tx, user_id)
        await repository.use_step(tx, user_id, step)
        await repository.confirm(tx, user_id, now)
        await users.end_sessions(tx, user_id, but=actor.session)
        if not keep_tokens:
            await users.end_tokens(tx, user_id)
        await audit_log.record(tx, actor=actor.name, at=now, act="add second factor", thing=f"user {user_id}")
        return await self._new_codes(tx, user_id)

    async def _unconfirmed(self, tx: Tx, actor: Actor) -> SecondFactor:
        factor = await repository.factor(tx, _own(actor))
        if factor is None or (factor.confirmed_at is None and factor.made_at <= self.clock.now() - CONFIRMED_WITHIN):
            raise NoFactor
        if factor.confirmed_at is not None:
            raise FactorThere
        return factor

    async def _new_codes(self, tx: Tx, user_id: str) -> list[str]:
        codes = totp.new_recovery_codes()
        hashes = [self.keys.recovery_digest(user_id, totp.plain(each)) for each in codes]
        await repository.put_recovery_codes(tx, user_id, hashes)
        return codes

    async def state(self, actor: Actor) -> tuple[bool, int]:
        """Whether the actor has a second factor, and how many recovery codes are left."""
        async with self.database.read() as tx:
            factor = await repository.factor(tx, _own(actor))
            left = await repository.recovery_codes_left(tx, _own(actor))
        return factor is not None and factor.confirmed_at is not None, left

    async def remove(self, actor: Actor, code: str) -> None:
        """Remove the actor's own second factor; it takes one of its codes. Raises ``NoFactor``, ``WrongSecondStep`` and
        ``TooManyTries``."""
        user_id = _own(actor)
        if not (await self.state(actor))[0]:
            raise NoFactor
        await self.database.run(self.people.count_second_step, user_id)
        await self.database.run(self._remove, actor, code)
        self.people.sessions.rights_changed()

    async def _remove(self, tx: Tx, actor: Actor, code: str) -> None:
        user_id = _own(actor)
        await self._require_right(tx, user_id, code)
        await self.people.second_step_right(tx, user_id)
        await repository.remove_factor(tx, user_id)
        now = self.clock.now()
        await audit_log.record(tx, actor=actor.name, at=now, act="remove second factor", thing=f"user {user_id}")

    async def again(self, actor: Actor, code: str) -> Proven:
        """Take one of the actor's codes as proof that it is they. Raises as ``remove``."""
        user_id = _own(actor)
        if not (await self.state(actor))[0]:
            raise NoFactor
        await self.database.run(self.people.count_second_step, user_id)
        return await self.database.run(self._again, actor, code)

    async def _again(self, tx: Tx, actor: Actor, code: str) -> Proven:
        user_id, now = _own(actor), self.clock.now()
        await self._require_right(tx, user_id, code)
        await self.people.second_step_right(tx, user_id)
        last = await users.prove_session(tx, actor.session, now)
        await audit_log.record(tx, actor=actor.name, at=now, act="prove", thing=f"user {user_id}")
        return Proven(proven_until=last + JUST)

    async def reset(self, user_id: str, *, actor: Actor) -> None:
        """As ``reset_factor``."""
        await reset_factor(self.people.users, user_id, actor=actor)

    async def tidy(self) -> None:
        """Forget first steps that nobody followed, and apps that were not confirmed in time."""
        now = self.clock.now()
        await self.database.run(partial(repository.forget_old, now=now, unconfirmed_before=now - CONFIRMED_WITHIN))

    def _secret(self, factor: SecondFactor) -> str:
        return self.keys.unseal(factor.sealed_secret, _about(factor.user_id)).decode()


async def reset_factor(service: UserService, user_id: str, *, actor: Actor) -> None:
    """Remove the second factor of a user who has lost it, and end their sessions; it is on the record. Raises
    ``UserUnknown``, ``MayNotGive``, ``NotAllowed``, ``OwnFactor`` and ``NoFactor``."""

    async def reset(tx: Tx) -> None:
        if (await service.governed(tx, user_id, actor)).id == actor.user:
            raise OwnFactor
        if not await repository.remove_factor(tx, user_id):
            raise NoFactor
        await users.end_sessions(tx, user_id)
        now = service.clock.now()
        await audit_log.record(tx, actor=actor.name, at=now, act="reset second factor", thing=f"user {user_id}")

    await service.database.run(reset)
    service.rights_changed()


def _own(actor: Actor) -> str:
    if actor.user is None:
        raise SignInNeeded
    return actor.user


def _about(user_id: str) -> str:
    return f"second factor of {user_id}"
