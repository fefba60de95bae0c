"""Enrolment: one-time tokens, an edge's first identity, changing keys and secrets, and revoking a stolen Pi, with the
contacts of the people whose codes were replaced then.
"""

import asyncio
import logging
import secrets
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from controller.access import code_replacement as reissue_log
from controller.access import offline_codes
from controller.access.code_replacement import reissue
from controller.access.holders.model import Holder
from controller.access.holders.service import HolderService
from controller.access.members import repository as members
from controller.access.members.model import against
from controller.access.service import AccessService
from controller.bookings import repository as bookings
from controller.bookings.diary.policy_repository import policy
from controller.db.engine import Database, Tx
from controller.db.instance_lock import several_run
from controller.db.retry_until_available import retry_until_available
from controller.enrolment import key_file_check, repository
from controller.enrolment.broker_files import BrokerFiles
from controller.enrolment.certificate_authority import CertificateAuthority
from controller.enrolment.edge_identity import EdgeIdentities
from controller.enrolment.model import (
    Certificate,
    EdgeKey,
    EnrolmentState,
    KeyState,
    KeyTaken,
    NotEnrolled,
    Notified,
    Revocation,
    RevocationUnknown,
    SeveralRun,
    StoredToken,
    TokenRefused,
    ToTell,
)
from controller.enrolment.signing_keyring import SigningKeyring
from controller.estate.repository import bump
from controller.estate.service import EstateService, require_edge, require_site
from controller.people.model import Actor
from controller.plans import repository as plans
from controller.platform.key_files import KeyFault, KeyFiles
from controller.platform.text import local_time, times
from controller.records.audit import audit_log
from controller.records.changes import Changes
from controller.telemetry import repository as telemetry
from edge.wire.clock import Clock, real_s
from edge.wire.enrolment import Application, Renewal, Token, fingerprint
from edge.wire.ids import new_id

log = logging.getLogger(__name__)


async def people_to_notify(
    tx: Tx,
    site: str,
    doors: Sequence[str],
    changed: Sequence[str],
    renewed: Sequence[Holder],
    *,
    now: datetime,
    members: int,
) -> Notified:
    """Staff and others in their own right first (``renewed``), then the people behind the bookings ``changed``, soonest
    first: each once for all bookings of one title. ``members``: how many of them could get in at these doors."""
    zone = (await require_site(tx, site)).tz
    groups: dict[Hashable, ToTell] = {}
    for each in await bookings.some(tx, changed):
        one = (each.title, each.contact_name, each.contact_phone, each.contact_email)
        known = groups.get(one) or ToTell(
            what=each.title,
            who=each.contact_name,
            phone=each.contact_phone,
            email=each.contact_email,
            when=times.window(each.during, zone, now=now),
            booking=each.id,
        )
        groups[one] = msgspec.structs.replace(known, bookings=known.bookings + 1)
    own = tuple(ToTell(what=each.draft.kind.value.replace("_", " "), who=each.draft.name) for each in renewed)
    return Notified(doors=tuple(doors), people=own + tuple(groups.values()), members=members)


TOKEN_LIFE = timedelta(hours=24)
TOKEN_LIFE_MOST = timedelta(days=14)
TOKENS_KEPT = timedelta(days=30)
_TOKEN_BYTES = 16
REST, REST_MOST_S = 8, 5.0
"""After the broker's files are written, nothing is for so many times as long as that took, and for so many seconds at
most."""


@dataclass(eq=False, kw_only=True)
class EnrolmentService:
    """``calendar`` is the machine's own clock: certificates are judged by it wherever they are shown."""

    database: Database
    clock: Clock
    calendar: Clock
    keys: KeyFiles
    keyring: SigningKeyring
    authority: CertificateAuthority
    registry: EdgeIdentities
    files: BrokerFiles
    estate: EstateService
    access: AccessService
    holders: HolderService
    changes: Changes

    def __post_init__(self) -> None:
        self._writing = asyncio.Lock()

    async def prepare(self) -> None:
        """What has to be there before a broker or an edge is spoken to."""
        await self._note_key_files()
        await self._write_all()
        async with self.database.read() as tx:
            await self.registry.learn(tx)

    async def make_token(
        self, site: str, edge: str, *, actor: str, lives: timedelta = TOKEN_LIFE
    ) -> tuple[Token, datetime]:
        """A token that lets this edge in once, and until when; an earlier one is void. Raises ``SiteUnknown``,
        ``EdgeUnknown``."""
        return await self.database.run(self._make_token, site, edge, actor, lives)

    async def _make_token(self, tx: Tx, site: str, edge: str, actor: str, lives: timedelta) -> tuple[Token, datetime]:
        await require_edge(tx, site, edge)
        now = self.clock.now()
        token = Token(
            site=site,
            edge=edge,
            secret=secrets.token_bytes(_TOKEN_BYTES),
            ca=self.authority.fingerprint,
            key=fingerprint(self.keys.public),
        )
        await repository.forget_tokens(tx, site, edge)
        await repository.forget_old_tokens(tx, now - TOKENS_KEPT)
        await repository.insert_token(
            tx,
            StoredToken(
                id=token.id,
                site=site,
                edge=edge,
                sealed=self.keys.seal(token.secret, _about(token.id)),
                made_at=now,
                made_by=actor,
                expires_at=now + lives,
            ),
        )
        await audit_log.record(tx, actor=actor, at=now, act="make a token", site=site, thing=f"edge {edge}")
        return token, now + lives

    async def state(self, site: str, edge: str) -> EnrolmentState:
        """The enrolment state of an edge. Raises ``SiteUnknown``, ``EdgeUnknown``."""
        async with self.database.read() as tx:
            await require_edge(tx, site, edge)
            zone = (await require_site(tx, site)).tz
            keys = await repository.keys_of(tx, site, edge)
            identity = await repository.identity_state(tx, site, edge)
            certificate = await repository.certificate_of(tx, keys[0].public_key) if keys else None
            waiting = await self.estate.has_next_secrets(tx, site, edge=edge)
        return EnrolmentState(
            zone=zone,
            enrolled_at=keys[0].since if keys else None,
            certificate_expires_at=certificate.expires_at if certificate else None,
            identity_version=identity.version if identity else 0,
            held_version=identity.held if identity else 0,
            changing=waiting
            or len(keys) > 1
            or (identity is not None and (identity.renew or identity.held not in (0, identity.version))),
        )

    async def enrol(self, application: Application, proof: bytes) -> bytes:
        """The first identity of an edge, in an envelope; its keys take the place of any it had. Asked again by the same
        key, because the answer was lost, it answers again. Raises ``TokenRefused``, ``KeyTaken``, ``Invalid``."""
        answer = await self.database.run(self._enrol, application, proof)
        await self._write_revoked()
        self.changes.site_changed(application.site, estate=True)
        return answer

    async def _enrol(self, tx: Tx, application: Application, proof: bytes) -> bytes:
        site, edge, now = application.site, application.edge, self.clock.now()
        await self.database.lock_site(tx, site)
        token = await repository.token(tx, application.token)
        if token is None or (token.site, token.edge) != (site, edge) or now >= token.expires_at:
            raise TokenRefused
        secret = self.keys.unseal(token.sealed, _about(token.id))
        if not self._proves(application, proof, secret) or token.used_by not in (None, application.key):
            raise TokenRefused
        if token.used_by is None:
            await repository.use_token(tx, token.id, key=application.key, at=now)
            await self.retire_edge(tx, site, edge, now)
            await self._take_key(tx, site, edge, application, KeyState.CURRENT)
            await self.estate.complete_secrets(tx, site, edge=edge)
            await self.registry.renew(tx, site, edge, ask=False)
            await audit_log.record(
                tx, actor=f"edge:{site}/{edge}", at=now, act="enrol", site=site, thing=f"edge {edge}"
            )
        answer = await self.registry.delivery(tx, site, edge, secret=secret)
        if answer is None:
            raise TokenRefused
        return answer

    def _proves(self, application: Application, proof: bytes, secret: bytes) -> bool:
        """Whether the Pi holds the whole token, with our authority and one of our keys in it. It would refuse our
        identity otherwise, when the keys of the Pi before it are gone."""
        ca, site, edge = self.authority.fingerprint, application.site, application.edge
        prints = [fingerprint(key) for key in self.keyring.public_keys]
        tokens = [Token(site=site, edge=edge, secret=secret, ca=ca, key=each) for each in prints]
        return any(application.proven(token, proof) for token in tokens)

    async def take_renewal(self, renewal: Renewal) -> bool:
        """An edge, known by its signature, asks for an identity under new keys; whether there is anything new for it. A
        request that comes a second time changes nothing. Raises ``KeyTaken``, ``Invalid``."""
        return await self.database.run(self._take_renewal, renewal)

    async def _take_renewal(self, tx: Tx, renewal: Renewal) -> bool:
        site, edge = renewal.site, renewal.edge
        await self.database.lock_site(tx, site)
        keys = await repository.keys_of(tx, site, edge)
        if not keys:
            return False
        if any(key.public_key == renewal.key for key in keys):
            return True
        await repository.retire_keys(tx, site, edge, [KeyState.NEXT], at=self.clock.now())
        await self._take_key(tx, site, edge, renewal, KeyState.NEXT)
        await self.registry.renew(tx, site, edge, ask=False)
        return True

    async def _take_key(self, tx: Tx, site: str, edge: str, asked: Application | Renewal, state: KeyState) -> None:
        if await repository.key(tx, asked.key) is not None:
            raise KeyTaken
        leaf = self.authority.for_edge(site, edge, asked.csr, self.calendar.now())
        now = self.clock.now()
        await repository.insert_key(
            tx, EdgeKey(site=site, edge=edge, public_key=asked.key, box=asked.box, state=state, since=now)
        )
        await repository.insert_certificate(
            tx,
            Certificate(
                serial=leaf.serial,
                site=site,
                edge=edge,
                public_key=asked.key,
                pem=leaf.pem,
                issued_at=self.calendar.now(),
                expires_at=leaf.expires_at,
            ),
        )

    async def retire_edge(self, tx: Tx, site: str, edge: str, now: datetime) -> None:
        """Retire all keys and revoke all certificates of an edge."""
        await repository.retire_keys(tx, site, edge, list(KeyState), at=now)
        await repository.revoke_certificates(tx, site, edge, at=self.calendar.now())

    async def rotate(self, site: str, edge: str, *, actor: str) -> None:
        """Have an edge's keys, its certificate and its doors' secrets changed, while its codes go on working. Raises
        ``SiteUnknown``, ``EdgeUnknown``, ``NotEnrolled``."""

        async def begin(tx: Tx) -> None:
            await self.database.lock_site(tx, site)
            await require_edge(tx, site, edge)
            if not await repository.keys_of(tx, site, edge):
                raise NotEnrolled(site, edge)
            await self.estate.create_next_secrets(tx, site, edge=edge)
            await self.registry.renew(tx, site, edge, ask=True)
            await audit_log.record(
                tx, actor=actor, at=self.clock.now(), act="change keys", site=site, thing=f"edge {edge}"
            )

        await self.database.run(begin)
        self.changes.site_changed(site, estate=True)

    async def rotate_own(self, *, actor: str) -> bool:
        """Begin to change the key that signs plans and commands; false where a change is under way. It ends by itself,
        once every edge knows the new one and carries out a plan that is signed with it. Raises ``SeveralRun``."""
        async with self.database.read() as tx:
            if await several_run(tx):
                raise SeveralRun
        if not self.keys.begin_change():
            return False
        self.keyring.look()
        await self._inform_all(actor, "change the signing key")
        return True

    async def end_rotation(self) -> bool:
        """Forget the old signing key if every edge has done with it; whether that was so now."""
        if len(self.keyring.kids) < 2:
            return False
        newest = self.keyring.kids[-1]
        async with self.database.read() as tx:
            for each in await self.registry.learn(tx):
                if not await repository.keys_of(tx, each.site, each.edge):
                    continue
                plan = await plans.latest(tx, each.site, each.edge)
                done = plan is None or (plan.applied_at is not None and plan.kid == newest)
                if newest not in each.held_kids or not done:
                    return False
        self.keys.end_change()
        await self._note_key_files()
        self.keyring.look()
        await self._inform_all("the controller", "forget the old signing key")
        return True

    async def _inform_all(self, actor: str, act: str) -> None:
        async def inform(tx: Tx) -> set[str]:
            states = await repository.all_identity_states(tx)
            for each in states:
                await self.registry.renew(tx, each.site, each.edge)
            await audit_log.record(tx, actor=actor, at=self.clock.now(), act=act, thing="controller")
            return {each.site for each in states}

        for site in sorted(await self.database.run(inform)):
            self.changes.site_changed(site, estate=True)

    async def revoke(self, site: str, edge: str, *, reason: str, actor: Actor) -> Revocation:
        """Revoke an edge, as after a theft: its certificate and keys become invalid, its doors get new secrets, every
        code at them is another. Says whom to tell. Raises ``SiteUnknown``, ``EdgeUnknown``, ``NoCodeLeft``."""
        done = await self.database.run(self._revoke, site, edge, reason, actor)
        await self._write_revoked()
        self.changes.site_changed(site, estate=True)
        return done

    async def _revoke(self, tx: Tx, site: str, edge: str, reason: str, actor: Actor) -> Revocation:
        await self.database.lock_site(tx, site)
        await require_edge(tx, site, edge)
        now = self.clock.now()
        await self.retire_edge(tx, site, edge, now)
        await repository.forget_tokens(tx, site, edge)
        doors = await self.estate.renew_secrets(tx, site, edge=edge)
        await bump(tx, site)
        why = f"edge {edge} was revoked: {reason}"
        changed = await reissue(tx, self.access, site=site, doors=doors, now=now)
        await bookings.log(tx, changed, at=now, actor=actor.name, what="new code", why=why)
        await offline_codes.revoke(tx, changed, now=now)
        await reissue_log.record(
            tx,
            site=site,
            at=now,
            actor=actor.name,
            why=reason,
            bookings=len(changed),
            doors=doors,
            edge=edge,
        )
        renewed = await self.holders.renew_at(tx, site, doors, why=why, actor=actor, now=now)
        known = await self._members_on(tx, site, now) if doors else 0
        state = await telemetry.edge_state(tx, site, edge)
        if state is not None and state.online:
            await telemetry.put_offline(tx, state, now)
        done = Revocation(
            id=new_id(now),
            site=site,
            edge=edge,
            at=now,
            actor=actor.name,
            reason=reason,
            notified=await people_to_notify(tx, site, doors, changed, renewed, now=now, members=known),
        )
        await repository.insert_revocation(tx, done)
        await audit_log.record(tx, actor=actor.name, at=now, act="revoke", site=site, thing=f"edge {edge}", why=reason)
        return done

    async def _members_on(self, tx: Tx, site: str, now: datetime) -> int:
        """How many members' cards and PINs a plan of the site's doors holds today."""
        least_age, zone = (await policy(tx, site)).member_age, (await require_site(tx, site)).tz
        day = local_time.local_day(now, zone)
        inducted = await members.inducted_at(tx, self.keys, site)
        return sum(not against(each, site, day, least_age=least_age) for each in inducted)

    async def last_revocation(self, site: str, edge: str) -> Revocation:
        """Raises ``RevocationUnknown``."""
        async with self.database.read() as tx:
            found = await repository.last_revocation(tx, site, edge)
        if found is None:
            raise RevocationUnknown(site, edge)
        return found

    async def _note_key_files(self) -> None:
        """The database knows which keys it is written with from now on."""
        await self.database.run(key_file_check.record, self.keys.folder, self.clock.now())

    async def follow(self) -> None:
        """Bring what the broker reads up to date after each change of the estate, also at another controller, for ever.
        It rests in between, since the list of RabbitMQ's users names all edges, and thousands may be let in at once."""
        with self.changes.subscribe(estate=True) as changed:
            while True:
                await changed.sites()
                began = real_s()
                try:
                    await retry_until_available(self._write_all, what="the files of the broker")
                except KeyFault as error:
                    log.error("The files of the broker are not up to date", extra={"reason": str(error)})
                await asyncio.sleep(min(REST * (real_s() - began), REST_MOST_S))

    async def _write_all(self) -> None:
        async with self.database.read() as tx:
            edges = {f"{site}/{edge}" for (site, edge), _ in await repository.live_keys(tx)}
        await self._write(edges)

    async def _write_revoked(self) -> None:
        """What must not wait; ``follow`` writes the rest."""
        await self._write(None)

    async def _write(self, edges: Iterable[str] | None) -> None:
        now = self.calendar.now()
        async with self._writing:  # what was read before an edge was revoked is not written after that
            async with self.database.read() as tx:
                serials = await repository.revoked_serials(tx, now=now)
            self.files.write(self.authority, serials, now, edges)


def _about(token_id: str) -> str:
    return f"enrolment token {token_id}"
