"""Puts a plan together from its parts, each indexed for what is presented at doors."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import TypeVar

import msgspec

from edge.wire.errors import PlanRefused
from edge.wire.plan import (
    ClosingPart,
    DoorPlan,
    Grant,
    GrantsPart,
    HoursPart,
    Manifest,
    ModeSpan,
    ModesPart,
    OfflinePart,
    Override,
    OverridesPart,
    Part,
    Plan,
    Session,
    SessionsPart,
    read_part,
)

K = TypeVar("K")


class IndexedGrants(msgspec.Struct, frozen=True, kw_only=True):
    """A part of grants with its indexes: door -> key, or owner -> grants. It is made once for each part, so that a plan
    in which one part has changed is put together from as many parts as it has, not from all their grants."""

    part: GrantsPart
    by_key: Mapping[str, Mapping[bytes, Collection[Grant]]]
    by_owner: Mapping[str, Mapping[str, Collection[Grant]]]


class Assembly:
    """Assembles a plan part by part, so that other work can run between two of them."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._hours: dict[str, HoursPart] = {}
        self._grants: defaultdict[str, list[Mapping[bytes, Collection[Grant]]]] = defaultdict(list)
        self._owned: defaultdict[str, list[Mapping[str, Collection[Grant]]]] = defaultdict(list)
        self._offline: dict[str, OfflinePart] = {}
        self._overrides: dict[str, list[Override]] = {}
        self._modes: list[ModeSpan] = []
        self._sessions: list[Session] = []
        self._closing = ClosingPart()
        self._count = 0

    def add(self, part: "Part | IndexedGrants") -> None:
        """Add a part, in any order."""
        if isinstance(part, GrantsPart):
            part = indexed(part)
        if isinstance(part, IndexedGrants):
            for door, by_key in part.by_key.items():
                self._grants[door].append(by_key)
            for door, by_owner in part.by_owner.items():
                self._owned[door].append(by_owner)
            self._count += len(part.part.grants)
        elif isinstance(part, HoursPart):
            self._hours[part.door] = part
        elif isinstance(part, ModesPart):
            self._modes.extend(part.spans)
        elif isinstance(part, SessionsPart):
            self._sessions.extend(part.sessions)
        elif isinstance(part, OverridesPart):
            for override in part.overrides:
                self._overrides.setdefault(override.door, []).append(override)
        elif isinstance(part, OfflinePart):
            self._offline[part.door] = part
        else:
            self._closing = part

    def finish(self) -> Plan:
        """The plan. Grants and overrides of a door without hours are left out: such a door is locked."""
        none = OfflinePart(door="none")
        return Plan(
            manifest=self._manifest,
            doors={
                door: DoorPlan(
                    hours=hours,
                    grants=tuple(self._grants.get(door, ())),
                    owned=tuple(self._owned.get(door, ())),
                    overrides=tuple(self._overrides.get(door, ())),
                    offline={one.window: one.booking for one in self._offline.get(door, none).accepted},
                    revoked=frozenset(self._offline.get(door, none).revoked),
                )
                for door, hours in self._hours.items()
            },
            modes=tuple(sorted(self._modes, key=lambda span: span.during.start)),
            sessions=tuple(sorted(self._sessions, key=lambda session: session.window.start)),
            closing=self._closing,
            grant_count=self._count,
        )


def indexed(part: GrantsPart) -> IndexedGrants:
    """A part of grants ready to be looked up in."""
    by_key: dict[str, dict[bytes, Collection[Grant]]] = {}
    by_owner: dict[str, dict[str, Collection[Grant]]] = {}
    for grant in part.grants:
        _put(by_key.setdefault(grant.door, {}), grant.key, grant)
        if (owner := grant.owner) is not None:
            _put(by_owner.setdefault(grant.door, {}), owner, grant)
    return IndexedGrants(part=part, by_key=by_key, by_owner=by_owner)


def _put(held: dict[K, Collection[Grant]], name: K, grant: Grant) -> None:
    """Add a grant under a name, once, in order of arrival. Usually it is the first, for which a tuple takes the least
    memory; several are held in a dictionary, so that adding stays fast."""
    before = held.get(name)
    if before is None:
        held[name] = (grant,)
    elif isinstance(before, dict):
        before[grant] = None
    else:
        held[name] = dict.fromkeys((*before, grant))


def assemble(manifest: Manifest, parts: Mapping[str, bytes]) -> Plan:
    """A plan from the bytes of all its parts.

    Raises ``PlanRefused`` for a part that is missing or not the one named, else ``WireError``.
    """
    assembly = Assembly(manifest)
    for name, ref in manifest.parts.items():
        if name not in parts:
            raise PlanRefused(f"part {name} of plan {manifest.version} is missing")
        assembly.add(read_part(name, parts[name], ref))
    return assembly.finish()
