"""Small releases of the edge: real packages, whose program is a few lines of shell."""

import hashlib
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.updates.unpack import unpacked_size
from edge.wire.codec import encode
from edge.wire.envelope import Purpose, Signer
from edge.wire.releases import KeyChange, OpenedRelease, ReleaseFile, ReleaseManifest, open_release

SYSTEM, ARCHITECTURE = "debian13", "arm64"
KEY = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(b"\x02" * 32)
TRUSTED = (KEY.public_key().public_bytes_raw(),)
AT = datetime(2026, 11, 29, 12, tzinfo=UTC)
WORKS = """echo VERSION
[ "$1" = version ] || { printf '{"request":"%s"}' "$(cat "$AGENT/update/id")" >"$AGENT/update/healthy"; sleep 60; }"""
BROKEN = 'echo VERSION; [ "$1" = version ] || exit 1'
HANGS = 'echo VERSION; [ "$1" = version ] || sleep 60'


def manifest(version: str, package: bytes = b"package", **fields: object) -> ReleaseManifest:
    values: dict[str, object] = {
        "version": version,
        "system": SYSTEM,
        "architecture": ARCHITECTURE,
        "sha256": hashlib.sha256(package).hexdigest(),
        "size": len(package),
        "unpacked": 1 << 20,
        "minimum_edge": "0.1.0",
        "minimum_controller": "0.1.0",
        "at": AT,
    }
    return ReleaseManifest(**(values | fields))  # type: ignore[arg-type]


def signed(of: ReleaseManifest, *, key: Ed25519PrivateKey = KEY, changes: tuple[bytes, ...] = ()) -> bytes:
    """A release file."""
    return encode(ReleaseFile(manifest=Signer(key).seal(Purpose.RELEASE, of), key_changes=changes))


def opened(version: str) -> OpenedRelease:
    return open_release(signed(manifest(version)), TRUSTED)


def key_change(old: Ed25519PrivateKey, *new: Ed25519PrivateKey) -> bytes:
    keys = tuple(each.public_key().public_bytes_raw() for each in new)
    return Signer(old).seal(Purpose.RELEASE_KEYS, KeyChange(replaces=Signer(old).kid, keys=keys, at=AT))


def environment(folder: Path, version: str, program: str = WORKS) -> None:
    """What a package puts below /opt/hallkeeper."""
    (folder / "bin").mkdir(parents=True)
    (folder / "bin/python").symlink_to("/usr/bin/sh")
    (folder / "bin/hallkeeper").write_text(program.replace("VERSION", version) + "\n")
    (folder / "lib").mkdir()
    (folder / "lib/code").write_text(version)
    (folder / "lib64").symlink_to("lib")


def package(folder: Path, version: str, program: str = WORKS) -> Path:
    """A Debian package of the edge, in a folder of its own."""
    root = folder / f"root-{version}"
    environment(root / "opt/hallkeeper", version, program)
    (root / "etc").mkdir()
    (root / "etc/passwd").write_text("no part of the environment")
    (root / "DEBIAN").mkdir()
    control = {
        "Package": "hallkeeper-edge",
        "Version": f"{version}+{SYSTEM}",
        "Architecture": ARCHITECTURE,
        "Maintainer": "tests",
        "Description": "a test",
    }
    (root / "DEBIAN/control").write_text("".join(f"{name}: {value}\n" for name, value in control.items()))
    made = folder / f"hallkeeper-edge_{version}.deb"
    words: list[str | Path] = ["dpkg-deb", "--root-owner-group", "-Znone", "--build", root, made]
    subprocess.run(words, check=True, capture_output=True, env={**os.environ, "SOURCE_DATE_EPOCH": "0"})
    return made


def release_of(made: Path, version: str, *, key: Ed25519PrivateKey = KEY, **fields: object) -> bytes:
    """The release file of a package."""
    return signed(manifest(version, made.read_bytes(), **({"unpacked": unpacked_size(made)} | fields)), key=key)
