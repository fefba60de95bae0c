"""Signing in by an account at an OpenID provider, and linking one to a user.

The browser takes the answer of the provider to a page, which posts it; the address it opens changes nothing. What a
sign-in needs to finish is sealed in a cookie, so that it is bound to the browser that began it.
"""

import base64
import hashlib
import hmac
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec

from controller.db.engine import Database, Tx
from controller.people import repository as users
from controller.people.account_mails.model import MailPurpose
from controller.people.errors import SignInNeeded, Tried
from controller.people.model import Actor, Proven, SecondStepNeeded, SignedIn, SignInMethod, User
from controller.people.sign_in_throttle import SignInOrigin
from controller.people.users import record_user
from controller.platform.key_files import CannotUnseal, KeyFiles, token_hash
from controller.platform.settings import OidcSection, Settings
from controller.platform.web.problem import Problem
from controller.records.audit import audit_log
from controller.signin.oidc import repository
from controller.signin.oidc.errors import (
    AccountEnded,
    AccountTaken,
    AccountUnknown,
    AnotherSignedIn,
    FlowOver,
    IdTokenRefused,
    LastAccount,
    NoAccountThere,
    NoRole,
    NoSignInTime,
    NotAskedAgain,
    NotOwnAccount,
    NotSetUp,
    ProviderAway,
    ProviderRefused,
    ProviderUnknown,
    SecondFactorNotShown,
)
from controller.signin.oidc.group_roles import at_known_sites, follow, followed, put
from controller.signin.oidc.id_token import IdTokenFault, auth_time, shows_second_factor
from controller.signin.oidc.metadata_cache import ProviderFault
from controller.signin.oidc.model import Identity, OidcFlow, ProviderAnswer, UserAccount, identity_of, roles_of
from controller.signin.oidc.provider import OidcProvider
from controller.signin.oidc.repository import unlink_accounts
from controller.signin.sign_in import JUST, SignInService
from edge.wire.clock import Clock
from edge.wire.ids import new_id

log = logging.getLogger(__name__)

FLOW_LIFETIME = timedelta(minutes=10)
"""How long somebody may take at the provider."""
_ABOUT = "oidc flow"


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """``address``: where the browser goes. ``cookie``: what it has to bring back."""

    address: str
    cookie: str


class Linked(msgspec.Struct, frozen=True, kw_only=True):
    """An account is the actor's now."""

    account: UserAccount


@dataclass(eq=False)
class OidcSignIn:
    """``providers``: by their ids. A provider that is away is no fault of ours: each method says so, and other ways to
    sign in go on."""

    database: Database
    clock: Clock
    keys: KeyFiles
    people: SignInService
    settings: Settings

    def __post_init__(self) -> None:
        self.providers = {each.id: OidcProvider(each, self.clock) for each in self.settings.oidc}

    async def begin(self, provider_id: str) -> Begun:
        """Begin to sign in. Raises ``ProviderUnknown``, ``ProviderAway``, ``NotSetUp``."""
        if await self.people.setup_needed():
            raise NotSetUp
        return await self._begin(provider_id, session="")

    async def begin_link(self, provider_id: str, actor: Actor, *, current: str | None) -> Begun:
        """Begin to link an account to the actor. ``current``: their password; ``None`` only where
        ``has_just_signed_in``, since it is a way in. Raises as ``begin``, ``TooManyTries``, ``Invalid``."""
        self._provider(provider_id)
        async with self.database.read() as tx:
            await self.people.require_factor_used(tx, actor)
        user = await self.people.proven(actor, current)
        await self.database.run(self.people.own_right, user)
        return await self._begin(provider_id, session=actor.session.hex())

    async def begin_again(self, provider_id: str, actor: Actor) -> Begun:
        """Begin to show at the provider that it is the actor, who has an account there, and has to sign in to it once
        more. Raises as ``begin``, and ``NoAccountThere``."""
        section = self._provider(provider_id).section
        if not any(each.issuer == section.issuer for each in await self.accounts(actor)):
            raise NoAccountThere(section)
        return await self._begin(provider_id, session=actor.session.hex(), again=True)

    async def _begin(self, provider_id: str, *, session: str, again: bool = False) -> Begun:
        provider = self._provider(provider_id)
        flow = OidcFlow(
            provider=provider_id,
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(32),
            expires_at=self.clock.now() + FLOW_LIFETIME,
            session=session,
            again=again,
        )
        digest = hashlib.sha256(flow.verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        back, max_age_s = redirect_address(self.settings, provider_id), int(JUST.total_seconds())
        try:
            address = await provider.address(flow, challenge, back, max_age_s=max_age_s)
        except ProviderFault as fault:
            raise self._away(provider.section, fault) from None
        sealed = self.keys.seal(msgspec.json.encode(flow), _ABOUT)
        return Begun(address=address, cookie=base64.urlsafe_b64encode(sealed).decode())

    def _provider(self, provider_id: str) -> OidcProvider:
        if provider_id not in self.providers:
            raise ProviderUnknown(provider_id)
        return self.providers[provider_id]

    def _away(self, section: OidcSection, fault: ProviderFault) -> ProviderAway:
        fields = {"action": "oidc", "provider": section.id, "reason": str(fault)}
        log.error("An OpenID provider cannot be used", extra=fields)
        return ProviderAway(section)

    async def finish(
        self, cookie: str, answer: ProviderAnswer, *, actor: Actor | None, asker: SignInOrigin
    ) -> SignedIn | SecondStepNeeded | Linked | Proven:
        """Sign in whom the provider names, link the account, or take it as proof that it is the actor, as it was begun.
        Uses up what was begun. A try is counted from the asker's address until the provider has named somebody. Raises
        any of this domain's errors, and ``TooManyTries``."""
        flow = self._flow(cookie, answer.state)
        provider = self._provider(flow.provider)
        if flow.session and (actor is None or actor.session.hex() != flow.session):
            raise FlowOver
        run, tries = self.database.run, self.people.users.tries
        counters = tries.from_address(asker)
        await run(tries.count, counters, self.clock.now(), Tried.ACCOUNT)
        if not await run(repository.finish_flow, token_hash(flow.state), flow.expires_at):
            raise FlowOver
        identity = await self._identity(provider, flow, answer)
        await run(tries.right, counters)
        if flow.session:
            assert actor is not None
            done: SignedIn | SecondStepNeeded | Linked | Proven | Problem = await run(
                self._prove if flow.again else self._link, provider.section, identity, actor
            )
        else:
            done = await run(self._let_in, provider.section, identity, asker, actor)
        self.people.mails.asked.set()
        self.people.sessions.rights_changed()
        if isinstance(done, Problem):  # after rights were taken away, which has to stay
            raise done
        return done

    def _flow(self, cookie: str, state: str) -> OidcFlow:
        """What the browser began. Raises ``FlowOver``."""
        try:
            sealed = base64.urlsafe_b64decode(cookie.encode())
            flow = msgspec.json.decode(self.keys.unseal(sealed, _ABOUT), type=OidcFlow)
        except (ValueError, CannotUnseal, msgspec.DecodeError):
            raise FlowOver from None
        if not hmac.compare_digest(flow.state.encode(), state.encode()) or self.clock.now() >= flow.expires_at:
            raise FlowOver
        return flow

    async def _identity(self, provider: OidcProvider, flow: OidcFlow, answer: ProviderAnswer) -> Identity:
        section = provider.section
        try:
            await _require_same_provider(provider, answer)
            if answer.error or not answer.code:
                raise ProviderRefused(section, answer.error)
            claims = await provider.claims(answer.code, flow, redirect_address(self.settings, section.id))
        except IdTokenFault as fault:
            fields = {"action": "oidc", "provider": section.id, "reason": str(fault)}
            log.warning("An ID token was refused", extra=fields)
            raise IdTokenRefused(section, str(fault)) from None
        except ProviderFault as fault:
            raise self._away(section, fault) from None
        if not shows_second_factor(claims, section.required_amr, section.required_acr):
            raise SecondFactorNotShown(section)
        identity = identity_of(claims, section.groups_claim)
        return msgspec.structs.replace(identity, authenticated_at=auth_time(claims, self.clock.now()))

    async def _let_in(
        self, tx: Tx, section: OidcSection, identity: Identity, asker: SignInOrigin, actor: Actor | None
    ) -> SignedIn | SecondStepNeeded | Problem:
        """A problem where nobody is let in although something has changed."""
        await users.lock_users(tx)
        now = self.clock.now()
        wanted = await self._wanted(tx, section, identity)
        account = await repository.account(tx, identity.issuer, identity.subject)
        if actor is not None and actor.user is not None and (account is None or account.user_id != actor.user):
            raise AnotherSignedIn(section, actor.name)
        if account is None:
            if not wanted:
                raise NoRole(section, _groups(section))
            user, account = await self._make_user(tx, section, identity)
        else:
            found = await users.user(tx, account.user_id)
            if found is None or found.ended_at is not None:
                raise AccountEnded
            user = found
            await repository.use_account(tx, account.id, identity.label, now)
        user = await follow(tx, user, account, wanted, section, now, self.settings.oidc_days)
        if not any(each.in_force(now) for each in user.assignments):
            return NoRole(section, _groups(section))
        method = SignInMethod.OIDC
        if section.shows_second_factor:
            await self.people.users.tries.know(tx, user.name, asker, now)
            return await self.people.sessions.open(
                tx, user, asker, method, second_factor=True, proven_at=identity.authenticated_at
            )
        return await self.people.let_in_by(tx, user, asker, method, proven_at=identity.authenticated_at)

    async def _wanted(self, tx: Tx, section: OidcSection, identity: Identity) -> list[Any]:
        return await at_known_sites(tx, roles_of(section, identity.groups), self.people.site_zones, section)

    async def _make_user(self, tx: Tx, section: OidcSection, identity: Identity) -> tuple[User, UserAccount]:
        now = self.clock.now()
        name = await self._free_name(tx, identity)
        user = User(id=new_id(now), name=name, password_hash=None, created_at=now)
        await users.add_user(tx, user)
        await record_user(tx, None, user, "make", f"oidc:{section.id}", now)
        return user, await self._add_account(tx, user, identity)

    async def _free_name(self, tx: Tx, identity: Identity) -> str:
        """A name that no other user has: two of one name are two people."""
        names = [identity.name, f"{identity.name} ({identity.label})"]
        names += [f"{identity.name} {number}" for number in range(2, 100)]
        for each in names:
            if each.strip() and len(each) <= 200 and await users.user_named(tx, each) is None:
                return each
        return f"{identity.name} {secrets.token_hex(4)}"

    async def _add_account(self, tx: Tx, user: User, identity: Identity) -> UserAccount:
        now = self.clock.now()
        account = UserAccount(
            id=new_id(now),
            user_id=user.id,
            issuer=identity.issuer,
            subject=identity.subject,
            label=identity.label,
            linked_at=now,
            last_used_at=now,
        )
        await repository.add_account(tx, account)
        return account

    async def _link(self, tx: Tx, section: OidcSection, identity: Identity, actor: Actor) -> Linked:
        now = self.clock.now()
        user = await self._still_signed_in(tx, actor)
        await self.people.require_factor_used(tx, actor)
        account = await repository.account(tx, identity.issuer, identity.subject)
        if account is not None and account.user_id != user.id:
            raise AccountTaken(section)
        if account is None:
            account = await self._add_account(tx, user, identity)
            await _record(tx, user, "link account", section.id, actor, now)
            await self.people.mails.tell(tx, MailPurpose.ACCOUNT_LINKED, user)
        wanted = await self._wanted(tx, section, identity)
        await follow(tx, user, account, wanted, section, now, self.settings.oidc_days)
        return Linked(account=account)

    async def _still_signed_in(self, tx: Tx, actor: Actor) -> User:
        """The actor as a user, whom nobody else changes. Raises ``SignInNeeded``."""
        await users.lock_users(tx)
        user = None if actor.user is None else await users.user(tx, actor.user)
        if user is None or user.ended_at is not None:
            raise SignInNeeded
        if not await users.session_lasts(tx, actor.session, self.clock.now()):
            raise SignInNeeded
        return user

    async def _prove(self, tx: Tx, section: OidcSection, identity: Identity, actor: Actor) -> Proven:
        now = self.clock.now()
        user = await self._still_signed_in(tx, actor)
        account = await repository.account(tx, identity.issuer, identity.subject)
        if account is None or account.user_id != user.id:
            raise NotOwnAccount(section)
        if identity.authenticated_at is None:
            raise NoSignInTime(section)
        if now - identity.authenticated_at >= JUST:
            raise NotAskedAgain(section)
        last = await users.prove_session(tx, actor.session, identity.authenticated_at)
        await _record(tx, user, "prove", section.id, actor, now)
        return Proven(proven_until=last + JUST)

    async def accounts(self, actor: Actor) -> list[UserAccount]:
        """The actor's, in the order in which they were linked."""
        async with self.database.read() as tx:
            return [] if actor.user is None else await repository.accounts_of(tx, actor.user)

    async def unlink(self, actor: Actor, account_id: str, *, current: str | None) -> None:
        """Unlink an account of the actor: its assignments end, and all of the actor's other sessions; a mail tells
        them. ``current``: as in ``begin_link``. Raises ``AccountUnknown``, ``LastAccount``, ``SecondFactorUnused``,
        ``TooManyTries``, and ``Invalid`` for ``current``."""
        async with self.database.read() as tx:
            _one(await repository.accounts_of(tx, actor.user or ""), account_id)
            await self.people.require_factor_used(tx, actor)
        user = await self.people.proven(actor, current)
        await self.database.run(self._unlink, user, actor, account_id)
        self.people.mails.asked.set()
        self.people.sessions.rights_changed()

    async def _unlink(self, tx: Tx, user: User, actor: Actor, account_id: str) -> None:
        await users.lock_users(tx)
        await self.people.own_right(tx, user)
        await self.people.require_factor_used(tx, actor)
        theirs = await repository.accounts_of(tx, user.id)
        account = _one(theirs, account_id)
        now, by = self.clock.now(), self.provider_of(account)
        await put(tx, user, followed(user, account, (), by=by, now=now, until=now), by, now)
        await repository.remove_account(tx, account.id)
        if not await self.people.ways_in(tx, user):
            raise LastAccount(account)
        if not any(each.issuer in self.people.sessions.vouching for each in theirs if each is not account):
            await users.end_standing(tx, user.id, by_account=True)
        await users.end_sessions(tx, user.id, but=actor.session)
        await _record(tx, user, "unlink account", by, actor, now)
        await self.people.mails.tell(tx, MailPurpose.ACCOUNT_UNLINKED, user)

    async def unlink_all(self, user_id: str, *, actor: Actor) -> None:
        """As ``unlink_accounts``."""
        await unlink_accounts(self.people.users, user_id, actor=actor)

    def provider_of(self, account: UserAccount) -> str:
        """The id of its provider, or the issuer of one that is not in the settings any more."""
        found = (each.id for each in self.settings.oidc if each.issuer == account.issuer)
        return next(found, account.issuer)

    async def tidy(self) -> None:
        """Forget which sign-ins have come back, once they would be too late anyway."""
        await self.database.run(repository.forget_finished, self.clock.now())


def _one(accounts: Sequence[UserAccount], account_id: str) -> UserAccount:
    for each in accounts:
        if each.id == account_id:
            return each
    raise AccountUnknown(account_id)


def redirect_address(settings: Settings, provider_id: str) -> str:
    """Where the provider sends people back, as it has to be registered there. Each has its own, so that no provider
    gets a code of another (RFC 9700, 4.4.2.2)."""
    return f"{settings.address}/account/{provider_id}"


async def _require_same_provider(provider: OidcProvider, answer: ProviderAnswer) -> None:
    """That the provider answers at which the sign-in began (RFC 9700, 4.4; RFC 9207, 2.4). Raises ``IdTokenFault`` and
    ``ProviderFault``."""
    if answer.provider != provider.section.id:
        raise IdTokenFault("the answer came to the address of another provider")
    if not answer.issuer and (await provider.configuration()).authorization_response_iss_parameter_supported:
        raise IdTokenFault("the answer does not say from whom it comes (iss)")
    if answer.issuer and answer.issuer != provider.section.issuer:
        raise IdTokenFault("the answer comes from another issuer (iss)")


def _groups(section: OidcSection) -> list[str]:
    return sorted({each.group for each in section.groups})


async def _record(tx: Tx, user: User, act: str, provider: str, actor: Actor, now: Any) -> None:
    changes = {"provider": (None, provider)}
    await audit_log.record(tx, actor=actor.name, at=now, act=act, thing=f"user {user.id}", changes=changes)
