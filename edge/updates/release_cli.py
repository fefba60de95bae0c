"""``hallkeeper release``: for the people who make releases, on a machine that is no controller."""

import hashlib
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from edge.errors import ReleaseUnusable
from edge.system.durable_files import DiskFiles
from edge.updates.handover import read_keys
from edge.updates.unpack import unpacked_size
from edge.wire.codec import encode
from edge.wire.envelope import Purpose, Signer, key_id
from edge.wire.releases import KeyChange, ReleaseFile, ReleaseManifest, numbered, open_release

PACKAGE_NAME = "hallkeeper-edge"
ENDING = ".release"

release = typer.Typer(no_args_is_help=True, help="Sign releases of the edge: docs/updates.md.")
Passphrase = Annotated[
    str | None,
    typer.Option(envvar="HALLKEEPER_RELEASE_PASSPHRASE", help="Of the key; asked for where it is needed.", hidden=True),
]
KeyOption = Annotated[Path, typer.Option("--key", help="The private release key.")]


@release.command()
def new_key(
    file: Annotated[Path, typer.Argument(help="Where to write the private key; nothing is overwritten.")],
    unencrypted: Annotated[bool, typer.Option("--unencrypted", help="Without a passphrase.")] = False,
    passphrase: Passphrase = None,
) -> None:
    """Make a release key. Keep it off every controller and off the network; the line that is printed goes into
    deploy/packages/release-keys before the packages are built."""
    if file.exists():
        raise ReleaseUnusable(f"{file} exists already")
    key = Ed25519PrivateKey.generate()
    if not unencrypted and passphrase is None:
        passphrase = typer.prompt("Passphrase", hide_input=True, confirmation_prompt=True, err=True)
    how = NoEncryption() if unencrypted or not passphrase else BestAvailableEncryption(passphrase.encode())
    DiskFiles(file.parent).replace(file.name, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how))
    typer.echo(_line(key.public_key()))


@release.command()
def sign(
    package: Annotated[Path, typer.Argument(help="hallkeeper-edge_*.deb, of `make packages`.")],
    key: KeyOption,
    minimum_edge: Annotated[
        str, typer.Option(help="The oldest installed package that it goes with: of its units and its helper.")
    ],
    minimum_controller: Annotated[str, typer.Option(help="The oldest controller that it works with.")],
    key_change: Annotated[
        list[Path] | None, typer.Option(help="Every key change so far, the oldest first; may be given again.")
    ] = None,
    passphrase: Passphrase = None,
) -> None:
    """Sign a package: writes PACKAGE.release, which goes to the controller with it."""
    fields = _fields(package)
    version, _, system = fields["Version"].partition("+")
    if fields["Package"] != PACKAGE_NAME or not system:
        raise ReleaseUnusable(f"{package} is {fields['Package']} {fields['Version']}, and not a package of the edge")
    try:
        for each in (version, minimum_edge, minimum_controller):
            numbered(each)
        unpacked = unpacked_size(package)
    except ValueError as error:
        raise ReleaseUnusable(f"{package}: {error}") from None
    data = package.read_bytes()
    manifest = ReleaseManifest(
        version=version,
        system=system,
        architecture=fields["Architecture"],
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        unpacked=unpacked,
        minimum_edge=minimum_edge,
        minimum_controller=minimum_controller,
        at=datetime.now(UTC),
    )
    signer = Signer(_private(key, passphrase))
    changes = tuple(each.read_bytes() for each in key_change or ())
    written = ReleaseFile(manifest=signer.seal(Purpose.RELEASE, manifest), key_changes=changes)
    target = package.with_name(package.name + ENDING)
    target.write_bytes(encode(written))
    typer.echo(f"{target}: {version} for {system} on {manifest.architecture}, signed by {signer.kid}")


@release.command()
def verify(
    file: Annotated[Path, typer.Argument(help="PACKAGE.release, with its package beside it.")],
    keys: Annotated[Path, typer.Option(help="The keys that edges were installed with.")] = Path(
        "deploy/packages/release-keys"
    ),
) -> None:
    """Check a release as an edge does that has these keys: signature, key changes, package."""
    try:
        manifest = open_release(file.read_bytes(), read_keys(keys.read_text(encoding="utf-8"))).manifest
    except ValueError as error:
        raise ReleaseUnusable(f"{file} cannot be trusted by the keys in {keys}: {error}") from None
    package = file.with_name(file.name.removesuffix(ENDING))
    data = package.read_bytes()
    if (len(data), hashlib.sha256(data).hexdigest()) != (manifest.size, manifest.sha256):
        raise ReleaseUnusable(f"{package} is not the package that was signed")
    if unpacked_size(package) > manifest.unpacked:
        raise ReleaseUnusable(f"there is more in {package} than its release says")
    typer.echo(f"{file} is valid: {manifest.version} for {manifest.system} on {manifest.architecture}")


@release.command()
def change_key(
    file: Annotated[Path, typer.Argument(help="Where to write the key change.")],
    key: KeyOption,
    new: Annotated[list[str], typer.Option(help="A public key that takes its place, as `new-key` printed it.")],
    passphrase: Passphrase = None,
) -> None:
    """Have new keys take the place of this one: writes a key change, which every later `sign` gets as --key-change."""
    if file.exists():
        raise ReleaseUnusable(f"{file} exists already")
    signer = Signer(_private(key, passphrase))
    change = KeyChange(replaces=signer.kid, keys=read_keys("\n".join(new)), at=datetime.now(UTC))
    file.write_bytes(signer.seal(Purpose.RELEASE_KEYS, change))
    typer.echo(f"{file}: {signer.kid} is replaced")


def _private(file: Path, passphrase: str | None) -> Ed25519PrivateKey:
    pem = file.read_bytes()
    if b"ENCRYPTED" in pem and passphrase is None:
        passphrase = typer.prompt("Passphrase", hide_input=True, err=True)
    try:
        key = load_pem_private_key(pem, passphrase.encode() if b"ENCRYPTED" in pem and passphrase else None)
    except (ValueError, TypeError) as error:
        raise ReleaseUnusable(f"{file} cannot be read: {error}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ReleaseUnusable(f"{file} is no release key")
    return key


def _line(key: Ed25519PublicKey) -> str:
    return f"{key.public_bytes_raw().hex()} # {key_id(key)}"


def _fields(package: Path) -> dict[str, str]:
    done = subprocess.run(["/usr/bin/dpkg-deb", "--field", package], capture_output=True, text=True, check=False)
    if done.returncode:
        raise ReleaseUnusable(f"{package} is no Debian package")
    lines = (line.partition(": ") for line in done.stdout.splitlines() if not line.startswith(" "))
    return {name: value for name, _, value in lines}
