"""An enrolled edge's papers while it runs: other ones are taken up as they come, and asked for in good time."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from edge.net.identity import FILE, HeldDoorSecrets, Identity, PrivateKeys, new_keys, sound
from edge.system.files import Files
from edge.system.liveness import OUTSIDE_STUCK_S, Wake
from edge.wire.clock import Clock
from edge.wire.codec import decode, encode
from edge.wire.enrolment import Delivery, Papers, Renewal, about_papers, box_id, open_sealed
from edge.wire.envelope import Keyring, Purpose, Signer, open_envelope
from edge.wire.errors import Malformed, PapersRefused

log = logging.getLogger(__name__)

LOOK_EVERY_S = 3600.0
ASK_AGAIN_S = 600.0
"""How long a request for papers may stay without an answer."""


class IdentityRenewal:
    """``identity`` is the one in force. What it changes on the spot: ``signer``, ``keys`` (the controller's) and
    ``secrets``. ``ask`` sends a request; ``changed`` is called when other papers are on the disk and in force, with
    whether a new connection is due for them; ``time`` says what time it is, or nothing while nobody knows."""

    def __init__(
        self,
        identity: Identity,
        *,
        files: Files,
        clock: Clock,
        signer: Signer,
        keys: Keyring,
        secrets: HeldDoorSecrets,
        ask: Callable[[Renewal], None],
        changed: Callable[[bool], None],
        time: Callable[[], datetime | None],
        refused: Callable[[str], None],
    ) -> None:
        self.identity = identity
        self._files = files
        self._clock = clock
        self._signer = signer
        self._keys = keys
        self._secrets = secrets
        self._ask = ask
        self._changed = changed
        self._time = time
        self._refused = refused
        self._asked: tuple[PrivateKeys, float] | None = None
        self._delivered: Delivery | None = None
        self.wake = Wake(OUTSIDE_STUCK_S)

    @property
    def version(self) -> int:
        """Of the papers in force."""
        return self.identity.papers.version

    def deliver(self, payload: bytes) -> None:
        """Papers have come. Raises a ``WireError`` for what is not signed by the controller for this edge, and
        ``PapersRefused`` for older ones than are held."""
        held = self.identity.papers
        delivery = open_envelope(
            payload, purpose=Purpose.PAPERS, kind=Delivery, site=held.site, edge=held.edge, keys=self._keys
        )
        if delivery.version < held.version:
            raise PapersRefused(f"papers {delivery.version} are older than {held.version}, which are held")
        if self._delivered is None or delivery.version >= self._delivered.version:
            self._delivered = delivery
        self.wake.set()

    def connected(self) -> None:
        """The link is up anew: what was asked on the way is asked again, by the same keys."""
        if self._asked is not None:
            self._request(self._asked[0])

    async def run(self) -> None:
        """Take up what comes, and ask when it is time, until cancelled."""
        while True:
            delivery, self._delivered = self._delivered, None
            self.wake.clear()
            if delivery is not None:
                await self._take(delivery)
            elif self._due():
                self._ask_for_others()
            if self._delivered is None:
                await self._rest()

    async def _rest(self) -> None:
        looking = asyncio.ensure_future(self._clock.sleep(LOOK_EVERY_S if self._asked is None else ASK_AGAIN_S))
        waiting = asyncio.ensure_future(self.wake.wait())
        try:
            await asyncio.wait((looking, waiting), return_when=asyncio.FIRST_COMPLETED)
        finally:
            looking.cancel()
            waiting.cancel()

    async def _take(self, delivery: Delivery) -> None:
        if delivery.version > self.version:
            keys = self._keys_for(delivery.box)
            if keys is None:
                # They are for keys that this Pi asked for and has lost, as over a power cut.
                self._ask_for_others()
                return
            try:
                fresh = self._opened(delivery, keys)
            except Malformed as error:
                self._refused(f"the controller's papers cannot be used: {error}")
                return
            try:
                await asyncio.to_thread(self._files.replace, FILE, encode(fresh))
            except OSError as error:
                self._refused(f"the disk does not take the papers ({error.strerror})")
                return
            self._take_up(fresh)
        if delivery.renew and delivery.version == self.version:
            self._ask_for_others()

    def _opened(self, delivery: Delivery, keys: PrivateKeys) -> Identity:
        """Raises ``Malformed``."""
        held = self.identity.papers
        about = about_papers(held.site, held.edge, delivery.version)
        papers = decode(open_sealed(keys.opening, delivery.sealed, about=about), Papers)
        if (papers.site, papers.edge, papers.version) != (held.site, held.edge, delivery.version):
            raise Malformed("they are another edge's")
        return sound(Identity(keys=keys, papers=papers))

    def _take_up(self, fresh: Identity) -> None:
        before, self.identity = self.identity, fresh
        self._secrets.take_up(fresh.papers)
        self._keys.trust(*fresh.controller_keys)
        shown = (before.keys, before.papers.certificate) != (fresh.keys, fresh.papers.certificate)
        if before.keys != fresh.keys:
            self._signer.take_up(fresh.keys.signing)
            self._asked = None
        log.info("Papers %d are in force", fresh.papers.version, extra={"action": "papers"})
        self._changed(shown)

    def _keys_for(self, box: str) -> PrivateKeys | None:
        asked = [self._asked[0]] if self._asked is not None else []
        for keys in (self.identity.keys, *asked):
            if box_id(keys.opening.public_key().public_bytes_raw()) == box:
                return keys
        return None

    def _due(self) -> bool:
        """Whether two thirds of the certificate's life are over. Asked while nobody knows the time: no."""
        now, held = self._time(), self.identity.certificate
        if now is None:
            return False
        return now >= held.not_valid_before_utc + (held.not_valid_after_utc - held.not_valid_before_utc) * 2 / 3

    def _ask_for_others(self) -> None:
        now = self._clock.monotonic()
        if self._asked is not None and now - self._asked[1] < ASK_AGAIN_S:
            return
        keys = self._asked[0] if self._asked is not None else new_keys()
        self._asked = (keys, now)
        self._request(keys)

    def _request(self, keys: PrivateKeys) -> None:
        held = self.identity.papers
        self._ask(
            Renewal(
                site=held.site,
                edge=held.edge,
                version=held.version,
                key=keys.signing.public_key().public_bytes_raw(),
                box=keys.opening.public_key().public_bytes_raw(),
                csr=keys.request(),
            )
        )
