"""Users and their assignments. Nobody gives a right that they lack, and the last owner of all sites stays one."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from msgspec.structs import asdict

from controller.db.engine import Database, Tx
from controller.people import party_repository, repository
from controller.people.account_mails.model import MailPurpose
from controller.people.account_mails.queue import AccountMails
from controller.people.errors import (
    AssignmentTaken,
    FollowsGroups,
    LastOwner,
    MayNotGive,
    NotAllowed,
    UserForgotten,
    UserTaken,
    UserUnknown,
)
from controller.people.groups.repository import count_open_links
from controller.people.model import Actor, Assignment, GivenAssignment, Role, User
from controller.people.party_leaving import DepartureHook, departures
from controller.people.passwords import Passwords
from controller.people.permissions import Action, Thing, lacks, may, sites_of
from controller.people.role_assignments import (
    AssignmentChange,
    AssignmentDraft,
    SiteZones,
    alike,
    assignment_of,
    assignment_text,
    new_assignment,
    require_may_end,
    resolve,
    with_assignment,
)
from controller.people.sign_in_throttle import SignInThrottle
from controller.platform.web.fields import Moment
from controller.platform.web.problem import invalid_field
from controller.records.audit import audit_log
from controller.records.audit.audit_log import diff
from controller.records.changes import Changes
from edge.wire.clock import Clock
from edge.wire.ids import new_id


class UserDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A user to make. ``email``: others may have it too. ``invite``: tell them by mail that they can sign in."""

    name: str
    assignments: tuple[AssignmentDraft, ...]
    email: str | None = None
    invite: bool = False


class UserChange(msgspec.Struct, frozen=True, kw_only=True):
    """The fields to change; ``UNSET`` fields stay. ``ended``: nobody can sign in by it any more."""

    email: str | msgspec.UnsetType | None = msgspec.UNSET
    password: str | msgspec.UnsetType = msgspec.UNSET
    ended: bool | msgspec.UnsetType = msgspec.UNSET


@dataclass(eq=False)
class UserService:
    """Each method is one transaction. ``ways_in``: by how many things a user can sign in. ``rights_changed``: called
    when what anybody may do has changed."""

    database: Database
    clock: Clock
    passwords: Passwords
    tries: SignInThrottle
    site_zones: SiteZones
    mails: AccountMails
    ways_in: Callable[[Tx, User], Awaitable[int]]
    rights_changed: Callable[[], None] = field(default=lambda: None)
    changes: Changes = field(default_factory=Changes)

    def __post_init__(self) -> None:
        self.when_leaving: list[DepartureHook] = []
        """Awaited for each party that somebody leaves, in the transaction in which they do."""
        self.when_to_leave: list[DepartureHook] = []
        """Awaited for each party that somebody is to leave earlier than before, in the transaction by which they do;
        nothing is awaited when the time comes."""

    def rights_changed_with(self, sites: Iterable[str]) -> None:
        """As ``rights_changed``; doors or bookings of these sites have changed with the rights."""
        self.rights_changed()
        for site in sites:
            self.changes.site_changed(site)

    async def listed(
        self, *, actor: Actor, after: str | None, limit: int, search: str = "", ended: bool | None = None
    ) -> list[User]:
        """In the order in which they were made: those with an assignment at the actor's sites or for all sites.
        ``search``: part of the name or of the mail address. ``ended``: only those that have ended, or have not."""
        sites = sites_of(actor, Action.USERS)
        async with self.database.read() as tx:
            return await repository.list_users(tx, sites=sites, search=search, ended=ended, after=after, limit=limit)

    async def party_names(self, given: Iterable[Assignment]) -> dict[str, str]:
        """The names of the parties of assignments, by id."""
        wanted = {each.party for each in given if each.party is not None}
        if not wanted:
            return {}
        async with self.database.read() as tx:
            return {each.id: each.name for each in (await party_repository.parties(tx, wanted)).values()}

    async def named(self, name: str) -> User:
        """Raises ``UserUnknown``."""
        async with self.database.read() as tx:
            found = await repository.user_named(tx, name)
        if found is None:
            raise UserUnknown(name)
        return found

    async def add(self, draft: UserDraft, *, password: str | None, actor: Actor) -> User:
        """``password``: ``None`` for who signs in by mail only. Raises ``UserTaken``, ``MayNotGive``, and ``Invalid``
        for an easy password, for neither password nor mail address, for an invitation that cannot be sent, and for a
        site or party that is not there or does not go with the role."""
        hashed = None
        if password is not None:
            self.passwords.require_strong(password, draft.name)
            hashed = await self.passwords.hash(password)
        if draft.invite and not (draft.email and self.mails.sends):
            why = "no mail server is set up; tell them yourself" if draft.email else "needs a mail address"
            raise invalid_field("invite", why)
        user = await self.database.run(self._add, draft, hashed, actor)
        self.mails.asked.set()
        return user

    async def _add(self, tx: Tx, draft: UserDraft, hashed: str | None, actor: Actor) -> User:
        await repository.lock_users(tx)
        now = self.clock.now()
        user = User(
            id=new_id(now),
            name=draft.name,
            password_hash=hashed,
            email=draft.email,
            created_at=now,
        )
        await self._require_way_in(tx, user)
        if await repository.user_named(tx, draft.name) is not None:
            raise UserTaken(draft.name)
        for number, each in enumerate(draft.assignments):
            wanted = await resolve(
                tx, each, await self.site_zones(tx, each.site), actor, now, of=f"assignments.{number}."
            )
            user = with_assignment(user, new_assignment(user, wanted, by=actor.name, now=now))
        await repository.add_user(tx, user)
        if draft.invite and draft.email:
            await self.mails.add(tx, MailPurpose.INVITATION, draft.email, user_id=user.id)
        await record_user(tx, None, user, "make", actor.name, now)
        return user

    async def change(self, user_id: str, change: UserChange, *, actor: Actor) -> tuple[User, int]:
        """A new password and an end sign the user out everywhere, at once; also returns how many open links have ended
        with that. The actor must be able to give everything that the user has or had. Raises ``UserUnknown``,
        ``UserForgotten``, ``MayNotGive``, ``NotAllowed``, ``LastOwner``, ``Invalid``."""
        hashed = None if change.password is msgspec.UNSET else await self.passwords.hash(change.password)
        done = await self._run(user_id, lambda tx: self._change(tx, user_id, change, hashed, actor))
        self.mails.asked.set()
        return done

    async def _change(
        self, tx: Tx, user_id: str, change: UserChange, hashed: str | None, actor: Actor
    ) -> tuple[User, frozenset[str]]:
        now = self.clock.now()
        old = await self.governed(tx, user_id, actor, ending=change == UserChange(ended=True))
        if old.id == actor.user:
            _require_not_own(change)
        email = old.email if change.email is msgspec.UNSET else change.email
        new = msgspec.structs.replace(old, email=email, password_hash=hashed or old.password_hash)
        if change.ended is not msgspec.UNSET:
            new = msgspec.structs.replace(new, ended_at=(old.ended_at or now) if change.ended else None)
        if new == old:
            return old, frozenset()
        if await audit_log.is_erased(tx, old.id):
            raise UserForgotten
        if change.password is not msgspec.UNSET:
            self.passwords.require_strong(change.password, old.name)
        if new.ended_at is None:
            await self._require_way_in(tx, new)
        owners = await repository.count_lasting_owners(tx, now)
        await repository.update_user(tx, new)
        if new.email != old.email:
            await self.mails.address_changed(tx, old, new.email)
            await repository.end_pending_sign_ins(tx, old.id)
        await self._require_owner(tx, owners, old, now)
        if hashed is not None or new.ended_at != old.ended_at:
            await repository.end_sessions(tx, old.id)
            await self.tries.forget_name(tx, old.name)
        await record_user(tx, old, new, "change", actor.name, now)
        return new, await self._follow(tx, old, new, actor, now)

    async def give(self, user_id: str, draft: AssignmentDraft, *, actor: Actor) -> User:
        """Give a user an assignment more. Raises ``UserUnknown``, ``MayNotGive``, ``AssignmentTaken``, ``Invalid``."""
        user = await self.database.run(self._give, user_id, draft, actor)
        self.rights_changed()
        return user

    async def _give(self, tx: Tx, user_id: str, draft: AssignmentDraft, actor: Actor) -> User:
        now = self.clock.now()
        user = await self.held(tx, user_id, actor)
        wanted = await resolve(tx, draft, await self.site_zones(tx, draft.site), actor, now, to=user.id)
        assignment = new_assignment(user, wanted, by=actor.name, now=now)
        await self.put(tx, user, assignment, "give", actor, now)
        return with_assignment(user, assignment)

    async def change_assignment(
        self, user_id: str, assignment_id: str, change: AssignmentChange, *, actor: Actor
    ) -> tuple[User, int]:
        """Also returns how many open links have ended with that. Raises as ``give``, and ``AssignmentUnknown``,
        ``FollowsGroups``, ``LastOwner``."""
        return await self._run(user_id, lambda tx: self._change_assignment(tx, user_id, assignment_id, change, actor))

    async def _change_assignment(
        self, tx: Tx, user_id: str, assignment_id: str, change: AssignmentChange, actor: Actor
    ) -> tuple[User, frozenset[str]]:
        user = await self.held(tx, user_id, actor)
        return await self.change_held(tx, user, assignment_of(user, assignment_id, actor), change, actor)

    async def change_held(
        self, tx: Tx, user: User, old: GivenAssignment, change: AssignmentChange, actor: Actor
    ) -> tuple[User, frozenset[str]]:
        """As ``change_assignment``, with a user whom nobody else changes; also returns the sites that change by it."""
        now = self.clock.now()
        require_may_end(actor, old, now)
        _require_given(old)
        same = {name: Moment(instant=at) for name in ("from_at", "until_at") if (at := getattr(old, name)) is not None}
        draft = AssignmentDraft(role=old.role, site=old.site, party=old.party, **same)
        given = {name: value for name, value in asdict(change).items() if value is not msgspec.UNSET}
        draft = msgspec.structs.replace(draft, **given)
        wanted = await resolve(tx, draft, await self.site_zones(tx, draft.site), actor, now, to=user.id)
        fields = {name: getattr(wanted, name) for name in Assignment.__struct_fields__}
        new = msgspec.structs.replace(old, **fields)
        if new == old:
            return user, frozenset()
        new = msgspec.structs.replace(new, given_by=actor.name, given_at=now)
        sites = await self.put(tx, user, new, "change", actor, now)
        return with_assignment(user, new), sites

    async def take_away(self, user_id: str, assignment_id: str, *, actor: Actor) -> tuple[User, int]:
        """End an assignment now; one that has not begun never counts. Also returns how many open links have ended with
        it. Idempotent. Raises ``UserUnknown``, ``AssignmentUnknown``, ``FollowsGroups``, ``MayNotGive``,
        ``LastOwner``."""
        return await self._run(user_id, lambda tx: self._take_away(tx, user_id, assignment_id, actor))

    async def _take_away(self, tx: Tx, user_id: str, assignment_id: str, actor: Actor) -> tuple[User, frozenset[str]]:
        user = await self.held(tx, user_id, actor)
        old = assignment_of(user, assignment_id, actor)
        require_may_end(actor, old, self.clock.now())
        return await self.end_held(tx, user, old, actor)

    async def end_held(
        self, tx: Tx, user: User, old: GivenAssignment, actor: Actor, *, act: str = "take away"
    ) -> tuple[User, frozenset[str]]:
        """As ``take_away``, with a user whom nobody else changes, and an assignment that the actor may end."""
        return await self.end_all_held(tx, user, [old], actor, act=act)

    async def end_all_held(
        self, tx: Tx, user: User, held: Sequence[GivenAssignment], actor: Actor, *, act: str = "take away"
    ) -> tuple[User, frozenset[str]]:
        """As ``end_held``, several as one change: what ends with them depends on all that the user loses."""
        now, after = self.clock.now(), user
        for old in held:
            if old.over(now):
                continue
            _require_given(old)
            begun = old.from_at is None or old.from_at <= now
            new = msgspec.structs.replace(old, until_at=now if begun else old.from_at)
            after = await self._write(tx, after, new, act, actor, now)
        return after, await self._follow(tx, user, after, actor, now)

    async def _run(
        self, user_id: str, work: Callable[[Tx], Awaitable[tuple[User, frozenset[str]]]]
    ) -> tuple[User, int]:
        """Change a user in one transaction; also returns how many open links have ended with that."""

        async def run(tx: Tx) -> tuple[User, frozenset[str], int]:
            await repository.lock_users(tx)
            before = await repository.user(tx, user_id)
            theirs = {each.party for each in before.assignments if each.party} if before else set()
            links = await count_open_links(tx, theirs, self.clock.now())
            user, sites = await work(tx)
            return user, sites, links - await count_open_links(tx, theirs, self.clock.now())

        user, sites, links = await self.database.run(run)
        self.rights_changed_with(sites)
        return user, links

    async def held(self, tx: Tx, user_id: str, actor: Actor) -> User:
        """A user whom nobody else changes. Raises ``UserUnknown`` also for one whom the actor does not see."""
        await repository.lock_users(tx)
        user = await repository.user(tx, user_id)
        sites = sites_of(actor, Action.USERS)
        if user is None or (
            sites is not None and not any(each.site is None or each.site in sites for each in user.assignments)
        ):
            raise UserUnknown(user_id)
        return user

    async def governed(self, tx: Tx, user_id: str, actor: Actor, *, ending: bool = False) -> User:
        """As ``held``, a user whose way to sign in the actor may change: they must be able to give everything that the
        user has or had, for as long; else the account would outlast the actor's own right. ``ending``: to end it takes
        those rights now only. Raises ``UserUnknown``, ``MayNotGive``, ``NotAllowed``."""
        user = await self.held(tx, user_id, actor)
        lasting = Assignment(role=Role.PUBLIC)  # allows nothing, so giving it takes only the right to keep all users
        if not user.assignments and (not may(actor, Action.USERS, Thing()) if ending else lacks(actor, lasting)):
            raise NotAllowed(actor, Action.USERS, Thing())
        for each in user.assignments:
            if ending:
                require_may_end(actor, each, self.clock.now())
            elif (action := lacks(actor, each)) is not None:
                raise MayNotGive(actor, each, action)
        return user

    async def require_governed(self, user_id: str, actor: Actor) -> None:
        """Raises as ``governed``, for what shows everything about a user."""
        async with self.database.read() as tx:
            await self.governed(tx, user_id, actor)

    async def put(
        self, tx: Tx, user: User, new: GivenAssignment, act: str, actor: Actor, now: datetime
    ) -> frozenset[str]:
        """Write an assignment; returns the sites where doors or bookings have changed by it. Raises
        ``AssignmentTaken``, ``LastOwner``."""
        after = await self._write(tx, user, new, act, actor, now)
        return await self._follow(tx, user, after, actor, now)

    async def _write(self, tx: Tx, user: User, new: GivenAssignment, act: str, actor: Actor, now: datetime) -> User:
        given = [each for each in user.assignments if each.account_id is None]
        others = [each for each in given if each.id != new.id and not each.over(now)]
        if (taken := next((each for each in others if alike(each, new)), None)) is not None and not new.over(now):
            raise AssignmentTaken(user.name, taken)
        owners = await repository.count_lasting_owners(tx, now)
        await repository.put_assignment(tx, new)
        await self._require_owner(tx, owners, user, now)
        after = with_assignment(user, new)
        await record_user(tx, user, after, act, actor.name, now, site=new.site)
        return after

    async def _follow(self, tx: Tx, before: User, after: User, actor: Actor, now: datetime) -> frozenset[str]:
        """End what the user was given for parties that they leave, now or when a role that they keep ends."""
        sites: set[str] = set()
        ends = {each.until_at for each in after.assignments if each.until_at is not None and each.until_at > now}
        for at in (now, *sorted(ends)):
            for departure in departures(before, after, by=actor.name, now=at):
                for follow in self.when_leaving if at == now else self.when_to_leave:
                    sites |= await follow(tx, departure, now)
        return frozenset(sites)

    async def _require_way_in(self, tx: Tx, user: User) -> None:
        """Raises ``Invalid`` where there is no way to sign in."""
        if await self.ways_in(tx, user):
            return
        if user.email is not None:
            raise invalid_field("email", "no mail server is set up, so nobody signs in by mail; give a password")
        raise invalid_field("email", "a user without a password signs in by mail; give a mail address or a password")

    async def _require_owner(self, tx: Tx, before: int, user: User, now: datetime) -> None:
        """Raises ``LastOwner`` where nobody is left who may do everything."""
        if before and not await repository.count_lasting_owners(tx, now):
            raise LastOwner(user.name)


def _require_given(assignment: GivenAssignment) -> None:
    """Raises ``FollowsGroups`` for one that nobody has given."""
    if assignment.account_id is not None:
        raise FollowsGroups(assignment)


def _require_not_own(change: UserChange) -> None:
    """Raises ``Invalid`` for what takes more than a session to change for oneself: the password or a code."""
    for name, page in (("password", "the one you have now"), ("email", "your password")):
        if getattr(change, name) is not msgspec.UNSET:
            raise invalid_field(name, f"is your own: change it under your account, with {page}")


async def record_user(
    tx: Tx, old: User | None, new: User, act: str, by: str, now: datetime, *, site: str | None = None
) -> None:
    """Put what has changed of a user into the audit log; ``by``: as ``audit_log.record`` takes its actor."""
    before, after = (
        sorted(assignment_text(each) for each in user.assignments) if user else None for user in (old, new)
    )
    changes = dict(diff(old, new, leave_out=("id", "created_at", "name", "assignments")))
    if before != after:
        changes["assignments"] = (before, after)
    await audit_log.record(
        tx, actor=by, at=now, act=act, site=site, thing=f"user {new.id}", changes=changes, subject=new.id
    )
