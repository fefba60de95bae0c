"""Renews an edge's identity while it runs: applies one that is delivered, and requests one before it expires."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from datetime import datetime

from edge.net.identity import FILE, PrivateKeys, StoredIdentity, new_keys, validated
from edge.runtime import HeldDoorSecrets
from edge.system.durable_files import Files
from edge.system.liveness import OUTSIDE_STUCK_S, Wake, wait_first
from edge.wire.clock import Clock
from edge.wire.codec import decode, encode
from edge.wire.enrolment import Delivery, EdgeIdentity, Renewal, box_id, identity_context, open_sealed
from edge.wire.envelope import Keyring, Purpose, Signer, open_envelope
from edge.wire.errors import IdentityRefused, Malformed

log = logging.getLogger(__name__)

LOOK_EVERY_S = 3600.0
ASK_AGAIN_S = 600.0
"""A renewal request without an answer is sent again after this time."""


@dataclass(eq=False, repr=False)
class IdentityRenewal:
    """``identity``: the one in force. Updates ``signer``, ``keys`` (the controller's) and ``secrets`` in place. ``ask``
    sends a request. ``changed`` is called when a new identity is on disk and in force, with whether it needs a new
    connection. ``time``: the current time, ``None`` while it is unknown. ``refused`` is called with the reason."""

    identity: StoredIdentity
    _: KW_ONLY
    files: Files
    clock: Clock
    signer: Signer
    keys: Keyring
    secrets: HeldDoorSecrets
    ask: Callable[[Renewal], None]
    changed: Callable[[bool], None]
    time: Callable[[], datetime | None]
    refused: Callable[[str], None]

    def __post_init__(self) -> None:
        self._asked: tuple[PrivateKeys, float] | None = None
        self._delivered: Delivery | None = None
        self.wake = Wake(OUTSIDE_STUCK_S)

    @property
    def version(self) -> int:
        """Of the identity in force."""
        return self.identity.issued.version

    def deliver(self, payload: bytes) -> None:
        """Queue a delivered identity. Raises a ``WireError`` if the controller did not sign it for this edge, and
        ``IdentityRefused`` if it is older than the one held."""
        held = self.identity.issued
        delivery = open_envelope(
            payload, purpose=Purpose.IDENTITY, kind=Delivery, site=held.site, edge=held.edge, keys=self.keys
        )
        if delivery.version < held.version:
            raise IdentityRefused(f"identity {delivery.version} is older than {held.version}, which this edge has")
        if self._delivered is None or delivery.version >= self._delivered.version:
            self._delivered = delivery
        self.wake.set()

    def connected(self) -> None:
        """The edge has reconnected: send an unanswered request again, with the same keys."""
        if self._asked is not None:
            self._request(self._asked[0])

    async def run(self) -> None:
        """Apply deliveries, and request a renewal when it is due, until cancelled."""
        while True:
            delivery, self._delivered = self._delivered, None
            self.wake.clear()
            if delivery is not None:
                await self._apply(delivery)
            elif self._due():
                self._request_renewal()
            if self._delivered is None:
                due_s = LOOK_EVERY_S if self._asked is None else ASK_AGAIN_S
                await wait_first(self.clock.sleep(due_s), self.wake.wait())

    async def _apply(self, delivery: Delivery) -> None:
        if delivery.version > self.version:
            keys = self._keys_for(delivery.box)
            if keys is None:
                # It is for keys that this Pi made for a request and lost, for example in a power cut.
                self._request_renewal()
                return
            try:
                fresh = self._decrypt(delivery, keys)
            except Malformed as error:
                self.refused(f"the identity from the controller cannot be used: {error}")
                return
            try:
                await asyncio.to_thread(self.files.replace, FILE, encode(fresh))
            except OSError as error:
                self.refused(f"the identity cannot be written to disk ({error.strerror})")
                return
            self._put_in_force(fresh)
        if delivery.renew and delivery.version == self.version:
            self._request_renewal()

    def _decrypt(self, delivery: Delivery, keys: PrivateKeys) -> StoredIdentity:
        """Raises ``Malformed``."""
        held = self.identity.issued
        about = identity_context(held.site, held.edge, delivery.version)
        issued = decode(open_sealed(keys.opening, delivery.sealed, about=about), EdgeIdentity)
        if (issued.site, issued.edge, issued.version) != (held.site, held.edge, delivery.version):
            raise Malformed("it is for another edge")
        return validated(StoredIdentity(keys=keys, issued=issued))

    def _put_in_force(self, fresh: StoredIdentity) -> None:
        before, self.identity = self.identity, fresh
        self.secrets.replace(fresh.issued)
        self.keys.trust(*fresh.controller_keys)
        reconnect = (before.keys, before.issued.certificate) != (fresh.keys, fresh.issued.certificate)
        if before.keys != fresh.keys:
            self.signer.use(fresh.keys.signing)
            self._asked = None
        log.info("A new identity is in force", extra={"action": "identity", "version": fresh.issued.version})
        self.changed(reconnect)

    def _keys_for(self, box: str) -> PrivateKeys | None:
        asked = [self._asked[0]] if self._asked is not None else []
        for keys in (self.identity.keys, *asked):
            if box_id(keys.opening.public_key().public_bytes_raw()) == box:
                return keys
        return None

    def _due(self) -> bool:
        """Whether two thirds of the certificate's lifetime are over. False while the time is unknown."""
        now, held = self.time(), self.identity.certificate
        if now is None:
            return False
        return now >= held.not_valid_before_utc + (held.not_valid_after_utc - held.not_valid_before_utc) * 2 / 3

    def _request_renewal(self) -> None:
        now = self.clock.monotonic()
        if self._asked is not None and now - self._asked[1] < ASK_AGAIN_S:
            return
        keys = self._asked[0] if self._asked is not None else new_keys()
        self._asked = (keys, now)
        self._request(keys)

    def _request(self, keys: PrivateKeys) -> None:
        held = self.identity.issued
        self.ask(
            Renewal(
                site=held.site,
                edge=held.edge,
                version=held.version,
                key=keys.signing.public_key().public_bytes_raw(),
                box=keys.opening.public_key().public_bytes_raw(),
                csr=keys.request(),
            )
        )
