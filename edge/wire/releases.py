"""Releases of the edge: what a release's maker signs, and how an edge is told to install one.

A release is a Debian package and a ``ReleaseFile`` that names its bytes, signed by a key that no controller holds. An
edge trusts the keys that came with its package, and those that such a key has put in their place since.
"""

import re
from enum import StrEnum
from typing import Annotated

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from edge.wire.codec import decode
from edge.wire.envelope import Keyring, Purpose, key_id, open_signed
from edge.wire.errors import BadSignature, ReleaseRefused
from edge.wire.ids import Slug
from edge.wire.interval import Instant, Interval
from edge.wire.messages import Natural

PACKAGE_LIMIT = 200 * 1024 * 1024
"""Largest package, in bytes."""
UNPACKED_LIMIT = 1024 * 1024 * 1024
RELEASE_LIMIT = 64 * 1024
"""Largest release file, in bytes."""
UPDATE_PART = 64 * 1024
"""Bytes of a package in one message; the last has fewer."""
WINDOW_PARTS = 8
"""The most parts that an edge asks for at once."""
KEYS_LIMIT = 8
WINDOWS_LIMIT = 14

Version = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,5}(\.[0-9]{1,5}){2}$")]
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
PublicKey = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
System = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9.]{1,40}$")]
Size = Annotated[int, msgspec.Meta(ge=1, le=PACKAGE_LIMIT)]
Unpacked = Annotated[int, msgspec.Meta(ge=1, le=UNPACKED_LIMIT)]

NUMBERED = re.compile(r"([0-9]+)\.([0-9]+)\.([0-9]+)")


class ReleaseManifest(msgspec.Struct, frozen=True, kw_only=True):
    """One package of a release. ``system``: such as ``debian13``; ``architecture``: as Debian names it. ``size``: bytes
    of the package; ``unpacked``: of the files in it. ``minimum_edge``: of the package that an edge must have been
    installed from; ``minimum_controller``: for the controller that sends it."""

    version: Version
    system: System
    architecture: Slug
    sha256: Sha256
    size: Size
    unpacked: Unpacked
    minimum_edge: Version
    minimum_controller: Version
    at: Instant


class KeyChange(msgspec.Struct, frozen=True, kw_only=True):
    """``replaces`` (the id of a key) is not trusted any more, ``keys`` are. Signed by a key that is trusted then."""

    replaces: Annotated[str, msgspec.Meta(max_length=64)]
    keys: Annotated[tuple[PublicKey, ...], msgspec.Meta(min_length=1, max_length=KEYS_LIMIT)]
    at: Instant


class ReleaseFile(msgspec.Struct, frozen=True, kw_only=True):
    """``manifest``: a ``ReleaseManifest`` in an envelope. ``key_changes``: every ``KeyChange`` so far in its envelope,
    the oldest first, so that an edge which was away for years follows them."""

    manifest: bytes
    key_changes: Annotated[tuple[bytes, ...], msgspec.Meta(max_length=32)] = ()


class OpenedRelease(msgspec.Struct, frozen=True, kw_only=True):
    """``keys``: those trusted after its key changes."""

    manifest: ReleaseManifest
    keys: tuple[bytes, ...]


class UpdateOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What an edge should run. ``number``: rises with every order. ``release``: a ``ReleaseFile``; none: install
    nothing. ``windows``: when the edge may restart into it."""

    site: Slug
    edge: Slug
    number: Natural
    at: Instant
    release: Annotated[bytes, msgspec.Meta(max_length=RELEASE_LIMIT)] | None = None
    windows: Annotated[tuple[Interval, ...], msgspec.Meta(max_length=WINDOWS_LIMIT)] = ()


class UpdateWanted(msgspec.Struct, frozen=True, kw_only=True):
    """An edge asks for ``parts`` of ``UPDATE_PART`` bytes of the package ``sha256``, from byte ``offset``. They arrive
    as ``update/part/{sha256}-{offset}`` and are not signed: the digest in the release is what counts."""

    site: Slug
    edge: Slug
    sha256: Sha256
    offset: Annotated[int, msgspec.Meta(ge=0, le=PACKAGE_LIMIT)]
    parts: Annotated[int, msgspec.Meta(ge=1, le=WINDOW_PARTS)]


class UpdatePhase(StrEnum):
    """How far an edge is with the release that it was told to install."""

    NONE = "none"
    """It was told to install nothing."""
    DOWNLOADING = "downloading"
    WAITING = "waiting"
    """It has the package, and waits for a time at which it may restart."""
    INSTALLING = "installing"
    """From the installation until the release has shown that it works."""
    GOOD = "good"
    """It runs, and the edge stays with it."""
    RETURNED = "returned"
    """It did not work, and the edge has gone back to what it ran before."""
    REFUSED = "refused"
    """It cannot be installed here."""
    BY_HAND = "by_hand"
    """This edge was installed in a way that only a person can update."""


class UpdateState(msgspec.Struct, frozen=True, kw_only=True):
    """What an edge runs, and how far it is. ``number``: of the latest order; ``target``: the version that it names;
    ``received``: bytes of its package that are on the disk."""

    site: Slug
    edge: Slug
    at: Instant
    version: Annotated[str, msgspec.Meta(max_length=40)]
    system: Annotated[str, msgspec.Meta(max_length=40)]
    architecture: Annotated[str, msgspec.Meta(max_length=40)]
    number: Natural = 0
    phase: Annotated[str, msgspec.Meta(max_length=40)] = UpdatePhase.NONE
    target: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    received: Natural = 0
    why: Annotated[str, msgspec.Meta(max_length=400)] | None = None


def numbered(version: str) -> tuple[int, ...]:
    """A version in the order of versions: ``0.10.0`` is newer than ``0.9.1``. Whatever follows its three numbers does
    not count. Raises ``ReleaseRefused`` for anything that has not three numbers."""
    found = NUMBERED.match(version)
    if found is None:
        raise ReleaseRefused(f"{version[:40]!r} is no version")
    return tuple(map(int, found.groups()))


def part_name(sha256: str, offset: int) -> str:
    """The name of the part of a package that begins at ``offset``."""
    return f"{sha256}-{offset}"


def read_part_name(name: str) -> tuple[str, int] | None:
    """The digest and the offset of a part's name; ``None`` if it is none."""
    digest, _, offset = name.partition("-")
    return (digest, int(offset)) if offset.isascii() and offset.isdigit() and len(offset) < 10 else None


def open_release(data: bytes, trusted: tuple[bytes, ...]) -> OpenedRelease:
    """A release file whose manifest is signed by one of the ``trusted`` keys (32 bytes each), or by one that those have
    put in their place. A key change that no trusted key has signed is passed over: it is an old one.

    Raises ``TooLarge``, ``Malformed``, ``UnknownVersion``, ``BadSignature`` or ``WrongAddress``."""
    file = decode(data, ReleaseFile, limit=RELEASE_LIMIT)
    keys = trusted
    for change in file.key_changes:
        try:
            made = open_signed(change, purpose=Purpose.RELEASE_KEYS, kind=KeyChange, keys=ring(keys))
        except BadSignature:
            continue
        kept = (key for key in keys if key_id(Ed25519PublicKey.from_public_bytes(key)) != made.replaces)
        keys = tuple(dict.fromkeys((*kept, *made.keys)))[:KEYS_LIMIT]
    manifest = open_signed(file.manifest, purpose=Purpose.RELEASE, kind=ReleaseManifest, keys=ring(keys))
    return OpenedRelease(manifest=manifest, keys=keys)


def ring(keys: tuple[bytes, ...]) -> Keyring:
    """The keys, of 32 bytes each, by their ids."""
    return Keyring(*map(Ed25519PublicKey.from_public_bytes, keys))
