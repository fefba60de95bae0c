"""An edge's identity: built from the database, delivered when the edge holds an older one, recorded when it is
applied."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from controller.access.code_replacement import rehash
from controller.access.holders.service import HolderService
from controller.access.service import AccessService
from controller.db.engine import Tx
from controller.enrolment import repository
from controller.enrolment.model import IdentityState, KeyState
from controller.enrolment.signing_keyring import SigningKeyring
from controller.estate.change_hooks import EstateHook
from controller.estate.model import SiteParts
from controller.estate.repository import bump
from controller.estate.service import EstateService
from controller.plans import repository as plans
from controller.plans.compile import next_version
from controller.telemetry import repository as telemetry
from edge.wire.clock import Clock
from edge.wire.codec import encode
from edge.wire.enrolment import BrokerAddress, Delivery, EdgeIdentity, box_id, identity_context, seal_to, secret_id
from edge.wire.envelope import Purpose


@dataclass(eq=False, kw_only=True)
class EdgeIdentities(EstateHook):
    """Every method runs inside its caller's transaction; a caller that writes holds the site's lock."""

    clock: Clock
    estate: EstateService
    access: AccessService
    holders: HolderService
    keyring: SigningKeyring
    ca: str
    broker: BrokerAddress

    async def follow(self, tx: Tx, before: SiteParts, after: SiteParts, *, now: datetime) -> None:
        """An edge that gets or loses a door needs a new identity."""
        site, old, new = after.site.id, _doors_of(before), _doors_of(after)
        for edge in sorted(each.id for each in after.edges):
            if old[edge] != new[edge] and await repository.identity_state(tx, site, edge) is not None:
                await self.renew(tx, site, edge)

    async def renew(self, tx: Tx, site: str, edge: str, *, ask: bool | None = None) -> None:
        """The edge must hold a new identity, newer than any it has, though the database was put back from a
        backup and has forgotten those. ``ask``: it is to ask for some under new keys, or no longer."""
        state = await repository.identity_state(tx, site, edge) or IdentityState(
            site=site, edge=edge, version=0, kids=()
        )
        await repository.put_identity_state(
            tx,
            msgspec.structs.replace(
                state,
                version=next_version(state.version, self.clock.now()),
                kids=self.keyring.kids,
                renew=state.renew if ask is None else ask,
            ),
        )

    async def delivery(self, tx: Tx, site: str, edge: str, *, secret: bytes = b"") -> bytes | None:
        """The identity that the edge should hold, sealed to its newest key and signed; ``None`` for one that has not
        enrolled. ``secret``: the token's, for the first ones."""
        state = await repository.identity_state(tx, site, edge)
        keys = await repository.keys_of(tx, site, edge)
        if state is None or not keys:
            return None
        newest = next((key for key in keys if key.state is KeyState.NEXT), keys[0])
        certificate = await repository.certificate_of(tx, newest.public_key)
        identity = EdgeIdentity(
            site=site,
            edge=edge,
            version=state.version,
            controller_keys=self.keyring.public_keys,
            doors=await self.estate.all_secrets(tx, site, edge=edge),
            broker=self.broker,
            ca=self.ca,
            certificate=certificate.pem if certificate is not None else "",
        )
        sealed = seal_to(
            newest.box,
            encode(identity),
            about=identity_context(site, edge, state.version),
            ephemeral=X25519PrivateKey.generate(),
            secret=secret,
        )
        handed = Delivery(
            site=site, edge=edge, version=state.version, renew=state.renew, box=box_id(newest.box), sealed=sealed
        )
        return self.keyring.seal(Purpose.IDENTITY, handed)

    async def fit(self, tx: Tx, site: str, edge: str) -> bool:
        """Whether the identity that the edge should hold fits the plan that it carries out: in one without the
        secret that its plan was made with, no code of that plan would be recognised."""
        state = await telemetry.edge_state(tx, site, edge)
        if state is None or state.applied_version is None:
            return True
        made_with = await plans.secrets_named(tx, site, edge, state.applied_version)
        held = await self.estate.all_secrets(tx, site, edge=edge)
        return all(
            made_with.get(door, "") in ("", *(secret_id(each.secret) for each in some)) for door, some in held.items()
        )

    async def secret_names(self, tx: Tx, site: str, edge: str) -> dict[str, str] | None:
        """Door id -> the name of the secret that its codes are hashed with, for the doors on an edge; ``None`` for a
        revoked edge: nobody has these secrets until a Pi enrols again."""
        if edge in await repository.revoked_at(tx, site):
            return None
        return {
            door: secret_id(secret) for door, secret in (await self.estate.door_secrets(tx, site, edge=edge)).items()
        }

    async def note(self, tx: Tx, site: str, edge: str, held: int, *, now: datetime) -> bool:
        """The edge says which identity it holds; whether that is news. From here on its next key is the current one,
        and its doors' next secrets are: the plan that is made after this says so, and once the edge carries that out it
        is owed an identity without the old secrets, which open nothing from then on."""
        state = await repository.identity_state(tx, site, edge)
        if state is None or held != state.version or state.held == held:
            return False
        await repository.put_identity_state(tx, msgspec.structs.replace(state, held=held, held_kids=state.kids))
        keys = await repository.keys_of(tx, site, edge)
        if any(key.state is KeyState.NEXT for key in keys):
            await repository.retire_keys(tx, site, edge, [KeyState.CURRENT], at=now)
            await repository.activate_next_key(tx, site, edge)
        if changed := await self.estate.activate_next_secrets(tx, site, edge=edge):
            await rehash(tx, self.access, site=site, secrets=changed)
            await self.holders.rehash_at(tx, site, changed, now=now)
            await self.renew(tx, site, edge)
            await bump(tx, site)
        return True

    async def learn(self, tx: Tx, sites: Collection[str] | None = None) -> Sequence[IdentityState]:
        """Read what every edge holds, or every one at these sites, so that each gets a signature by a key that it
        has."""
        states = await repository.all_identity_states(tx, sites)
        self.keyring.known(states, sites)
        return states


def _doors_of(parts: SiteParts) -> defaultdict[str, set[str]]:
    doors: defaultdict[str, set[str]] = defaultdict(set)
    for door in parts.doors:
        doors[door.edge].add(door.id)
    return doors
