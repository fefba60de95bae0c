"""Passkeys: adding, renaming and removing one's own, and signing in by one (W3C Web Authentication, level 3). A
challenge carries its end and our signature, so that none is stored before it is used.
"""

import asyncio
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec

from controller.db.engine import Database, Tx
from controller.people import repository as users
from controller.people.account_mails.model import MailPurpose
from controller.people.account_mails.queue import AccountMails
from controller.people.errors import SignInNeeded, Tried
from controller.people.model import Actor, Proven, SignedIn, SignInMethod, User
from controller.people.sign_in_throttle import SignInOrigin, TryCounter
from controller.people.users import UserService
from controller.platform.key_files import KeyFiles
from controller.platform.web.problem import invalid_field
from controller.records.audit import audit_log
from controller.signin.passkeys import repository, webauthn_library
from controller.signin.passkeys.model import (
    LastWayIn,
    NoPasskeys,
    NotOwnPasskey,
    OwnPasskeys,
    Passkey,
    PasskeyTaken,
    PasskeyUnknown,
    RelyingParty,
    TooManyPasskeys,
    WrongPasskey,
    relying_party,
)
from controller.signin.passkeys.webauthn_library import Assertion, NewCredential
from controller.signin.sign_in import JUST, SignInService
from edge.wire.clock import Clock
from edge.wire.ids import new_id

CHALLENGE_LIFETIME = timedelta(minutes=5)
_NONCE_BYTES, _END_BYTES, _SIGNATURE_BYTES = 16, 8, 32


def new_challenge(key: bytes, about: bytes, now: datetime) -> bytes:
    """One that is for ``about`` only: for whom and from where."""
    end = int((now + CHALLENGE_LIFETIME).timestamp())
    body = secrets.token_bytes(_NONCE_BYTES) + end.to_bytes(_END_BYTES, "big")
    return body + _signature(key, about, body)


def end_of(challenge: bytes, key: bytes, about: bytes, now: datetime) -> datetime | None:
    """Until when a challenge can be used; ``None`` for one that has run out, or that is not ours or for something
    else."""
    body, signature = challenge[:-_SIGNATURE_BYTES], challenge[-_SIGNATURE_BYTES:]
    if len(body) != _NONCE_BYTES + _END_BYTES or not hmac.compare_digest(signature, _signature(key, about, body)):
        return None
    end = datetime.fromtimestamp(int.from_bytes(body[_NONCE_BYTES:], "big"), UTC)
    return end if now < end else None


def _signature(key: bytes, about: bytes, body: bytes) -> bytes:
    return hmac.digest(key, b"passkey challenge\0" + body + about, sha256)


MOST = 20
"""Passkeys of one user."""
_SIGN_IN = b"sign in"


class _Use(msgspec.Struct, frozen=True, kw_only=True):
    """A verified answer of a passkey. ``end``: until when its challenge can be used. ``count``: how often the passkey
    has signed, as it says."""

    passkey: Passkey
    challenge: bytes
    end: datetime
    count: int
    at: datetime


@dataclass(eq=False)
class Passkeys:
    """``address``: of the pages, which browsers bind passkeys to."""

    database: Database
    clock: Clock
    keys: KeyFiles
    people: SignInService
    mails: AccountMails
    address: str

    def party(self) -> RelyingParty:
        """Raises ``PasskeysUnavailable``."""
        return relying_party(self.address)

    async def ask(self) -> dict[str, Any]:
        """What a browser needs to sign somebody in. Stores nothing. Raises ``PasskeysUnavailable``."""
        challenge = new_challenge(self.keys.page, _SIGN_IN, self.clock.now())
        return await asyncio.to_thread(webauthn_library.request_options, self.party(), challenge)

    async def sign_in(self, assertion: Assertion, asker: SignInOrigin) -> SignedIn:
        """Sign in by an answer to ``ask``, once. The device has verified its user, so no second step follows. Raises
        ``PasskeysUnavailable``, ``WrongPasskey``, whatever does not fit, and as ``SignInService.turn``: a try is
        counted before it is looked at."""
        self.party()
        async with self.database.read_without_transaction() as tx:
            _, name = await self._tried(tx, assertion.credential_id)
        async with self.people.turn(name, asker, Tried.PASSKEY):
            found, counters = await self.database.run(self._count_try, assertion.credential_id, asker)
            use = await self._verified(assertion, found)

        async def let_in(tx: Tx) -> SignedIn:
            user = await users.user(tx, use.passkey.user_id)
            if user is None or user.ended_at is not None:
                raise WrongPasskey
            await self._use(tx, use)
            await self.people.users.tries.right(tx, counters)
            return await self.people.let_in_wholly(tx, user, asker, SignInMethod.PASSKEY)

        return await self.database.run(let_in)

    async def again(self, actor: Actor, assertion: Assertion) -> Proven:
        """Take an answer to ``ask`` as proof that it is the actor, once, in their session. Raises as ``sign_in``, and
        ``NotOwnPasskey``, and ``SecondFactorUnused`` where the session still lacks the second factor that its user has:
        signing in by the passkey gives it both."""
        self.party()
        found, counters = await self.database.run(self._count_own_try, actor, assertion.credential_id)
        use = await self._verified(assertion, found)
        if use.passkey.user_id != actor.user:
            raise NotOwnPasskey

        async def prove(tx: Tx) -> Proven:
            user, now = await self._held(tx, actor), self.clock.now()
            await self._use(tx, use)
            await self.people.users.tries.right(tx, counters)
            last = await users.prove_session(tx, actor.session, now)
            await audit_log.record(tx, actor=actor.name, at=now, act="prove", thing=f"user {user.id}")
            return Proven(proven_until=last + JUST)

        return await self.database.run(prove)

    async def _count_own_try(
        self, tx: Tx, actor: Actor, credential_id: bytes
    ) -> tuple[Passkey | None, list[TryCounter]]:
        await self.people.require_factor_used(tx, actor)
        counters = self.people.users.tries.own(_own(actor))
        await self.people.users.tries.count(tx, counters, self.clock.now(), Tried.PASSKEY)
        return await repository.with_credential(tx, credential_id), counters

    async def _verified(self, assertion: Assertion, found: Passkey | None) -> _Use:
        """What an answer to ``ask`` shows. Raises ``PasskeysUnavailable`` and ``WrongPasskey``."""
        party, now = self.party(), self.clock.now()
        challenge = await asyncio.to_thread(webauthn_library.challenge_in, assertion.collected_data)
        end = end_of(challenge, self.keys.page, _SIGN_IN, now)
        if found is None or end is None:
            raise WrongPasskey
        count = await asyncio.to_thread(webauthn_library.verified_count, party, challenge, assertion, found)
        return _Use(passkey=found, challenge=challenge, end=end, count=count, at=now)

    async def _use(self, tx: Tx, use: _Use) -> None:
        """Raises ``WrongPasskey`` where that was done before, or the passkey is gone."""
        if not await repository.use_challenge(tx, _hash(use.challenge), use.end):
            raise WrongPasskey
        if not await repository.note_use(tx, use.passkey, sign_count=use.count, at=use.at):
            raise WrongPasskey

    async def _count_try(
        self, tx: Tx, credential_id: bytes, asker: SignInOrigin
    ) -> tuple[Passkey | None, list[TryCounter]]:
        passkey, name = await self._tried(tx, credential_id)
        counters = await self.people.users.tries.of(tx, name, asker)
        await self.people.users.tries.count(tx, counters, self.clock.now(), Tried.PASSKEY)
        return passkey, counters

    async def _tried(self, tx: Tx, credential_id: bytes) -> tuple[Passkey | None, str]:
        """Also by which name the tries are counted. A passkey that nobody has is counted in the same way, so that the
        answers tell nobody which there are."""
        passkey = await repository.with_credential(tx, credential_id)
        user = None if passkey is None else await users.user(tx, passkey.user_id)
        return passkey, f"passkey {credential_id.hex()}" if user is None else user.name

    async def listed(self, actor: Actor) -> list[Passkey]:
        """The actor's own, in the order in which they were added."""
        async with self.database.read() as tx:
            return await repository.passkeys_of(tx, _own(actor))

    async def begin(self, actor: Actor, *, current: str | None) -> dict[str, Any]:
        """What the actor's browser needs to make a passkey. ``current``: their password; ``None`` only where
        ``has_just_signed_in``, since a passkey outlasts a session. Raises ``PasskeysUnavailable``,
        ``SecondFactorUnused``, ``TooManyPasskeys``, ``TooManyTries``, and ``Invalid`` for ``current``."""
        party = self.party()
        async with self.database.read() as tx:
            await self.people.require_factor_used(tx, actor)
        user = await self.people.proven(actor, current)
        known = await self.database.run(self._begin, user)
        challenge = new_challenge(self.keys.page, _adding(actor), self.clock.now())
        make = webauthn_library.creation_options
        return await asyncio.to_thread(make, party, challenge, user_id=user.id, user_name=user.name, known=known)

    async def _begin(self, tx: Tx, user: User) -> list[bytes]:
        await users.lock_users(tx)
        await self.people.own_right(tx, user)
        return [each.credential_id for each in await self._few(tx, user.id)]

    async def add(self, actor: Actor, *, name: str, collected_data: bytes, attestation: bytes) -> Passkey:
        """Keep the passkey that the actor's browser has made as an answer to ``begin``, in the same session, and tell
        them by mail. Raises ``PasskeysUnavailable``, ``PasskeyTaken``, ``SecondFactorUnused``, ``TooManyPasskeys``, and
        ``Invalid`` for an answer that does not fit."""
        party, now = self.party(), self.clock.now()
        try:
            challenge = await asyncio.to_thread(webauthn_library.challenge_in, collected_data)
            end = end_of(challenge, self.keys.page, _adding(actor), now)
            if end is None:
                raise WrongPasskey
            verify = webauthn_library.verified_creation
            made = await asyncio.to_thread(verify, party, challenge, collected_data, attestation)
        except WrongPasskey as fault:
            raise _begin_again() from fault
        passkey = await self.database.run(self._add, actor, name, made, _hash(challenge), end)
        self.mails.asked.set()
        return passkey

    async def _add(
        self, tx: Tx, actor: Actor, name: str, made: NewCredential, challenge: bytes, end: datetime
    ) -> Passkey:
        user, now = await self._held(tx, actor), self.clock.now()
        await self.people.require_factor_used(tx, actor)
        await self._few(tx, user.id)
        if not await repository.use_challenge(tx, challenge, end):
            raise _begin_again()
        if await repository.with_credential(tx, made.credential_id) is not None:
            raise PasskeyTaken
        passkey = Passkey(
            id=new_id(now),
            user_id=user.id,
            name=name,
            credential_id=made.credential_id,
            public_key=made.public_key,
            sign_count=made.sign_count,
            created_at=now,
        )
        await repository.add(tx, passkey)
        await self._record(tx, "add passkey", actor, passkey, (None, name))
        await self.mails.tell(tx, MailPurpose.PASSKEY_ADDED, user)
        return passkey

    async def rename(self, actor: Actor, passkey_id: str, name: str) -> Passkey:
        """Raises ``PasskeyUnknown``."""

        async def rename(tx: Tx) -> Passkey:
            await self._held(tx, actor)
            found = await _one(tx, actor, passkey_id)
            await repository.rename(tx, found.id, name)
            if found.name != name:
                await self._record(tx, "rename passkey", actor, found, (found.name, name))
            return await _one(tx, actor, passkey_id)

        return await self.database.run(rename)

    async def remove(self, actor: Actor, passkey_id: str, *, current: str | None) -> None:
        """Remove one of the actor's passkeys, and tell them by mail. ``current``: as in ``begin``. Raises
        ``PasskeyUnknown``, ``LastWayIn``, ``SecondFactorUnused``, ``TooManyTries``, and ``Invalid`` for ``current``."""
        async with self.database.read() as tx:
            await _one(tx, actor, passkey_id)
            await self.people.require_factor_used(tx, actor)
        user = await self.people.proven(actor, current)
        await self.database.run(self._remove, user, actor, passkey_id)
        self.people.sessions.rights_changed()
        self.mails.asked.set()

    async def _remove(self, tx: Tx, user: User, actor: Actor, passkey_id: str) -> None:
        await users.lock_users(tx)
        await self.people.own_right(tx, user)
        found = await _one(tx, actor, passkey_id)
        await repository.remove(tx, found.id)
        if not await self.people.ways_in(tx, user):
            raise LastWayIn
        if not await repository.passkeys_of(tx, user.id):
            await users.end_standing(tx, user.id, by_passkey=True)
        await self._record(tx, "remove passkey", actor, found, (found.name, None))
        await self.mails.tell(tx, MailPurpose.PASSKEY_REMOVED, user)

    async def remove_all(self, user_id: str, *, actor: Actor) -> None:
        """As ``remove_passkeys``."""
        await remove_passkeys(self.people.users, user_id, actor=actor)

    async def tidy(self) -> None:
        """Forget challenges that have run out."""
        await self.database.run(repository.forget_old, self.clock.now())

    async def _held(self, tx: Tx, actor: Actor) -> User:
        """The actor as a user whom nobody else changes."""
        await users.lock_users(tx)
        user = await users.user(tx, _own(actor))
        if user is None or user.ended_at is not None:
            raise SignInNeeded
        return user

    async def _few(self, tx: Tx, user_id: str) -> list[Passkey]:
        """The user's passkeys. Raises ``TooManyPasskeys``."""
        found = await repository.passkeys_of(tx, user_id)
        if len(found) >= MOST:
            raise TooManyPasskeys(MOST)
        return found

    async def _record(
        self, tx: Tx, act: str, actor: Actor, passkey: Passkey, name: tuple[str | None, str | None]
    ) -> None:
        await audit_log.record(
            tx,
            actor=actor.name,
            at=self.clock.now(),
            act=act,
            thing=f"passkey {passkey.id}",
            changes={"name": name},
            subject=passkey.user_id,
        )


async def remove_passkeys(service: UserService, user_id: str, *, actor: Actor) -> None:
    """Remove all passkeys of a user who has lost the device with them, end their sessions, and tell them by mail; it is
    on the record. Raises ``UserUnknown``, ``MayNotGive``, ``NotAllowed``, ``OwnPasskeys`` and ``NoPasskeys``."""

    async def remove(tx: Tx) -> None:
        user = await service.governed(tx, user_id, actor)
        if user.id == actor.user:
            raise OwnPasskeys
        if not await repository.remove_all(tx, user_id):
            raise NoPasskeys
        await users.end_sessions(tx, user_id)
        now = service.clock.now()
        await audit_log.record(tx, actor=actor.name, at=now, act="remove passkeys", thing=f"user {user_id}")
        await service.mails.tell(tx, MailPurpose.PASSKEY_REMOVED, user)

    await service.database.run(remove)
    service.mails.asked.set()
    service.rights_changed()


async def _one(tx: Tx, actor: Actor, passkey_id: str) -> Passkey:
    for each in await repository.passkeys_of(tx, _own(actor)):
        if each.id == passkey_id:
            return each
    raise PasskeyUnknown(passkey_id)


def _begin_again() -> Exception:
    return invalid_field("attestation", "does not fit what was asked for, or that was too long ago; begin again")


def _adding(actor: Actor) -> bytes:
    """For whom and from where a passkey is added."""
    return f"add\0{_own(actor)}\0".encode() + actor.session


def _own(actor: Actor) -> str:
    if actor.user is None:
        raise SignInNeeded
    return actor.user


def _hash(challenge: bytes) -> bytes:
    return sha256(challenge).digest()
