"""Signs for each edge with the newest of the controller's keys that the edge has confirmed.

So a key can be changed while some edges are offline for weeks: nobody waits, and no edge gets a message signed
with a key that it does not trust yet.
"""

from collections.abc import Collection, Iterable, Mapping

import msgspec

from controller.enrolment.model import IdentityState
from controller.platform.key_files import KeyFiles
from edge.wire.envelope import Addressed, Purpose, Signer

EdgeName = tuple[str, str]
"""Site and edge."""


class SigningKeyring:
    """A ``Sealer`` over all our signing keys."""

    def __init__(self, keys: KeyFiles) -> None:
        self._keys = keys
        self._holds: Mapping[EdgeName, frozenset[str]] = {}
        self._signers: list[Signer] = []
        self.look()

    def look(self) -> None:
        """Our keys are others than before."""
        self._signers = [Signer(key) for key in self._keys.signing_keys]

    @property
    def kids(self) -> tuple[str, ...]:
        """Our keys by name, oldest first."""
        return tuple(signer.kid for signer in self._signers)

    @property
    def public_keys(self) -> tuple[bytes, ...]:
        """Oldest first."""
        return tuple(signer.public_key.public_bytes_raw() for signer in self._signers)

    def known(self, states: Iterable[IdentityState], sites: Collection[str] | None = None) -> None:
        """What every edge, or every one at these sites, has said it holds."""
        holds = {name: kids for name, kids in self._holds.items() if sites is not None and name[0] not in sites}
        self._holds = holds | {(each.site, each.edge): frozenset(each.held_kids) for each in states}

    def kid_for(self, site: str, edge: str) -> str:
        return self._signer(site, edge).kid

    def seal(self, purpose: Purpose, payload: msgspec.Struct) -> bytes:
        addressed: Addressed = payload  # type: ignore[assignment]  # every payload that is sealed says for whom it is
        return self._signer(addressed.site, addressed.edge).seal(purpose, payload)

    def _signer(self, site: str, edge: str) -> Signer:
        held = self._holds.get((site, edge), frozenset())
        return next((signer for signer in reversed(self._signers) if signer.kid in held), self._signers[0])
