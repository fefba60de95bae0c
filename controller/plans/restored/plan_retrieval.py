"""Fetches a plan back from its door, in parts that anybody may have published; only the controller's own are accepted.

The edge says, signed and in answer to our question, which plan it carries out. Of what then arrives only the manifest
of that version and digest under our own signature counts, and of parts only those whose digest it names.
"""

from collections.abc import Mapping

import msgspec

from edge.wire.envelope import Keyring, Purpose, open_envelope
from edge.wire.errors import PlanRefused
from edge.wire.plan import Manifest, read_part


class HeldPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A plan as the door has it. ``sealed``: the manifest in its envelope."""

    manifest: Manifest
    sealed: bytes
    parts: Mapping[str, bytes]


class Fetching:
    """One plan of one edge, as its pieces come: the manifest first, then the parts in any order."""

    def __init__(self, *, site: str, edge: str, version: int, digest: str) -> None:
        self._site = site
        self._edge = edge
        self.version = version
        self.digest = digest
        self._sealed = b""
        self._manifest: Manifest | None = None
        self._parts: dict[str, bytes] = {}

    def manifest(self, sealed: bytes, keys: Keyring) -> None:
        """Raises a ``WireError`` for what is not the plan asked for under one of our keys."""
        manifest = open_envelope(
            sealed, purpose=Purpose.PLAN, kind=Manifest, site=self._site, edge=self._edge, keys=keys
        )
        if (manifest.version, manifest.digest) != (self.version, self.digest):
            raise PlanRefused(f"plan {manifest.version} was sent instead of plan {self.version}")
        self._sealed, self._manifest = sealed, manifest

    def part(self, name: str, data: bytes) -> None:
        """Raises a ``WireError`` for what the manifest does not name, or before it is there."""
        if self._manifest is None or (ref := self._manifest.parts.get(name)) is None:
            raise PlanRefused(f"part {name} was sent without being requested")
        read_part(name, data, ref)
        self._parts[name] = data

    def whole(self) -> HeldPlan | None:
        """The plan, once all of it is there."""
        if self._manifest is None or len(self._parts) < len(self._manifest.parts):
            return None
        return HeldPlan(manifest=self._manifest, sealed=self._sealed, parts=self._parts)
