"""Who may speak for an edge: opens what edges signed, and counts what is refused."""

import logging
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from controller.telemetry.model import RefusalReason
from controller.telemetry.validation import out_of_bounds
from edge.wire.envelope import Addressed, Keyring, Purpose, open_envelope
from edge.wire.errors import WireError

log = logging.getLogger(__name__)

A = TypeVar("A", bound=Addressed)
EdgeName = tuple[str, str]
"""Site and edge."""


class EnvelopeVerifier:
    """Knows the public keys of every edge that has enrolled. Refusals are counted until the caller of ``take_counts``
    stores them."""

    def __init__(self) -> None:
        self._keys: dict[EdgeName, Keyring] = {}
        self._loaded: dict[EdgeName, frozenset[bytes]] = {}
        self.edges: frozenset[EdgeName] = frozenset()
        """The edges that are known."""
        self._waiting: Counter[tuple[str, str, str]] = Counter()
        self.refused: Counter[str] = Counter()
        """How many were refused since the start, by reason; ``unknown_edge`` among them."""

    def load(self, live: Iterable[tuple[EdgeName, bytes]], sites: Collection[str] | None = None) -> frozenset[EdgeName]:
        """Know these public keys of edges and no others; returns the edges that are new or have another key. ``sites``:
        those that ``live`` is of; what is known of other sites stays."""
        found: defaultdict[EdgeName, set[bytes]] = defaultdict(set)
        for name, key in live:
            found[name].add(key)
        loaded = {name: theirs for name, theirs in self._loaded.items() if sites is not None and name[0] not in sites}
        loaded |= {name: frozenset(theirs) for name, theirs in found.items()}
        new = frozenset(name for name, theirs in loaded.items() if self._loaded.get(name) != theirs)
        made = {name: Keyring(*map(Ed25519PublicKey.from_public_bytes, loaded[name])) for name in new}
        self._keys = {name: made.get(name) or self._keys[name] for name in loaded}
        self._loaded, self.edges = loaded, frozenset(loaded)
        return new

    def open(self, site: str, edge: str, data: bytes, *, purpose: Purpose, kind: type[A]) -> A | None:
        """The payload of an envelope from this edge, or ``None``: then it has been counted and logged."""
        keys = self._keys.get((site, edge))
        if keys is None:
            self.refused["unknown_edge"] += 1
            fields = {"action": "refused", "site": site, "edge": edge}
            log.debug("A message of an edge that is not in the estate", extra=fields)
            return None
        try:
            payload = open_envelope(data, purpose=purpose, kind=kind, site=site, edge=edge, keys=keys)
        except WireError as error:
            self.refuse(site, edge, error.counter, str(error))
            return None
        if why := out_of_bounds(payload):
            self.refuse(site, edge, RefusalReason.ABSURD, why)
            return None
        return payload

    def refuse(self, site: str, edge: str, reason: str, why: str, *, number: int = 1) -> None:
        """Count something of a known edge that was refused or set aside."""
        self.refused[reason] += number
        self._waiting[site, edge, reason] += number
        fields = {
            "action": "refused",
            "site": site,
            "edge": edge,
            "kind": reason,
            "number": number,
            "reason": why[:200],
        }
        log.warning("A message of an edge was refused", extra=fields)

    def take_counts(self) -> dict[tuple[str, str, str], int]:
        """What was refused since the last call, by site, edge and reason."""
        taken, self._waiting = dict(self._waiting), Counter()
        return taken

    def give_back(self, counts: dict[tuple[str, str, str], int]) -> None:
        """Counts that could not be stored, for the next call of ``take_counts``."""
        self._waiting.update(counts)
