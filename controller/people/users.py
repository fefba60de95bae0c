"""Users and their roles. The last administrator of all sites cannot be demoted."""

import asyncio
import secrets
from collections.abc import Callable

import msgspec

from controller.db.engine import Database, Tx
from controller.people import audit, parties, repository
from controller.people.errors import LastAdmin, UserTaken, UserUnknown
from controller.people.model import Actor, Role, User
from controller.people.passwords import Passwords, require_strong
from controller.people.repository import KnownSites
from controller.people.sign_in_throttle import SignInThrottle
from controller.web.problem import invalid_field
from edge.wire.clock import Clock
from edge.wire.ids import uuid7


class UserDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A user to make. ``sites``: ``None`` for all. ``party``: for whom a booker books."""

    name: str
    role: Role
    sites: frozenset[str] | None = None
    party: str | None = None


class UserChange(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be different; what is ``UNSET`` stays. ``ended``: nobody can sign in by it any more."""

    role: Role | msgspec.UnsetType = msgspec.UNSET
    sites: frozenset[str] | msgspec.UnsetType | None = msgspec.UNSET
    party: str | msgspec.UnsetType | None = msgspec.UNSET
    password: str | msgspec.UnsetType = msgspec.UNSET
    ended: bool | msgspec.UnsetType = msgspec.UNSET


class UserService:
    """Each method is one transaction. ``forget_sessions`` is called when what is kept of sessions is no longer so."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        passwords: Passwords,
        tries: SignInThrottle,
        known_sites: KnownSites,
        forget_sessions: Callable[[], None] = lambda: None,
    ) -> None:
        self._forget_sessions = forget_sessions
        self._database = database
        self._known_sites = known_sites
        self._clock = clock
        self._passwords = passwords
        self._tries = tries
        self.turned = asyncio.Event()
        """Set once the rights of anybody have changed in this process; then there is a new one."""

    def turn(self) -> None:
        """Rights have changed: nothing is answered from memory, and everybody who watches looks again whether they
        still may. Called before the change is answered."""
        self._forget_sessions()
        turned, self.turned = self.turned, asyncio.Event()
        turned.set()

    async def listed(self, *, after: str | None, limit: int) -> list[User]:
        """In the order in which they were made, those that have ended too."""
        async with self._database.read() as tx:
            return await repository.list_users(tx, after=after, limit=limit)

    async def named(self, name: str) -> User:
        """Raises ``UserUnknown``."""
        async with self._database.read() as tx:
            found = await repository.user_named(tx, name)
        if found is None:
            raise UserUnknown(name)
        return found

    async def add(self, draft: UserDraft, *, password: str, actor: str) -> User:
        """Raises ``UserTaken``, and ``Invalid`` for an easy password and for a site or party that is not there or does
        not go with the role."""
        require_strong(password, draft.name)
        hashed = await self._passwords.hash(password)
        return await self._database.run(self._add, draft, hashed, actor)

    async def _add(self, tx: Tx, draft: UserDraft, hashed: str, actor: str) -> User:
        await repository.lock_users(tx)
        now = self._clock.now()
        made = User(
            id=uuid7(now, secrets.token_bytes(10)),
            name=draft.name,
            password_hash=hashed,
            role=draft.role,
            sites=draft.sites,
            party=draft.party,
            created_at=now,
        )
        if await repository.user_named(tx, draft.name) is not None:
            raise UserTaken(draft.name)
        await _require_sound(tx, made, self._known_sites)
        await repository.add_user(tx, made)
        await audit.record(tx, actor=actor, at=now, act="make", thing=f"user {made.name}, {_rights(made)}")
        return made

    async def change(self, user_id: str, change: UserChange, *, actor: str) -> User:
        """A new password and an end sign the user out everywhere, at once.

        Raises ``UserUnknown``, ``LastAdmin``, and ``Invalid`` as ``add`` does.
        """
        hashed = None if change.password is msgspec.UNSET else await self._passwords.hash(change.password)
        user = await self._database.run(self._change, user_id, change, hashed, actor)
        self.turn()
        return user

    async def _change(self, tx: Tx, user_id: str, change: UserChange, hashed: str | None, actor: str) -> User:
        await repository.lock_users(tx)
        now = self._clock.now()
        old = await repository.user(tx, user_id)
        if old is None:
            raise UserUnknown(user_id)
        given = {
            name: value for name in ("role", "sites", "party") if (value := getattr(change, name)) is not msgspec.UNSET
        }
        new = msgspec.structs.replace(old, **given, password_hash=hashed or old.password_hash)
        if change.ended is not msgspec.UNSET:
            new = msgspec.structs.replace(new, ended_at=(old.ended_at or now) if change.ended else None)
        if new == old:
            return old
        if change.password is not msgspec.UNSET:
            require_strong(change.password, old.name)
        await _require_sound(tx, new, self._known_sites)
        await repository.update_user(tx, new)
        if await repository.count_admins(tx) == 0:
            raise LastAdmin(old.name)
        if hashed is not None or new.ended_at != old.ended_at:
            await repository.end_sessions(tx, old.id)
            await self._tries.forget_name(tx, old.name)
        what = "new password" if hashed is not None else "ended" if new.ended_at is not None else _rights(new)
        await audit.record(tx, actor=actor, at=now, act="change", thing=f"user {new.name}, {what}")
        return new


async def _require_sound(tx: Tx, user: User, known_sites: KnownSites) -> None:
    """Raises ``Invalid`` for rights that make no sense."""
    if user.role is Role.BOOKER and user.party is None:
        raise invalid_field("party", "a booker books for a party; name it")
    if user.role is not Role.BOOKER and user.party is not None:
        raise invalid_field("party", f"a user with the role {user.role} has no party; leave it out")
    if user.party is not None and await parties.party(tx, user.party) is None:
        raise invalid_field("party", f"there is no party {user.party!r}; make it first")
    if user.sites is not None:
        if not user.sites:
            raise invalid_field("sites", "name at least one site, or leave it out for all of them")
        unknown = user.sites - await known_sites(tx, user.sites)
        if unknown:
            raise invalid_field("sites", f"there is no site {', '.join(sorted(unknown))}")


def _rights(user: User) -> str:
    where = "all sites" if user.sites is None else ", ".join(sorted(user.sites))
    return f"{user.role}{f' for {user.party}' if user.party else ''}, {where}"


async def active_user(tx: Tx, name: str) -> Actor | None:
    """The user of that name as an actor with the rights of today; ``None`` where nobody can sign in by it any more."""
    user = await repository.user_named(tx, name)
    if user is None or user.ended_at is not None:
        return None
    return Actor(name=user.name, role=user.role, sites=user.sites, party=user.party)
