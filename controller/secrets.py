"""The controller's keys: made on the first start, kept in ``data_dir/keys``, readable by their owner only."""

import contextlib
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_NONCE_BYTES = 12
_KEY_BYTES = 32


class KeyFault(Exception):
    """A key file is not what it must be; the message names the file and the mend."""


class CannotUnseal(Exception):
    """Sealed bytes that ``code.key`` does not open: another key, or bytes of another thing."""

    def __init__(self, about: str) -> None:
        super().__init__(
            f"what is stored for {about} does not open with this code.key; put the key file back "
            "that was there when it was stored"
        )


class Keys:
    """``signing``: signs what edges act on. ``page``: makes door page links. Codes are sealed with ``code``."""

    def __init__(self, *, signing: bytes, code: bytes, page: bytes) -> None:
        self.signing = Ed25519PrivateKey.from_private_bytes(signing)
        self.public = self.signing.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.page = page
        self._aead = AESGCM(code)

    def seal(self, plain: bytes, about: str) -> bytes:
        """Encrypt for the database (AES-256-GCM). ``about`` names the thing and must be given to unseal."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, plain, about.encode())

    def unseal(self, sealed: bytes, about: str) -> bytes:
        """The plain bytes. Raises ``CannotUnseal``."""
        try:
            return self._aead.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], about.encode())
        except (InvalidTag, ValueError):
            raise CannotUnseal(about) from None


def load_keys(data_dir: Path) -> Keys:
    """Read the keys, making those that are not there. Raises ``KeyFault``."""
    folder = data_dir / "keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Keys(signing=_key(folder / "controller.key"), code=_key(folder / "code.key"), page=_key(folder / "page.key"))


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read; an interrupted write leaves no half file at ``path``.

    Raises ``FileExistsError`` when it is there already, however many try at once.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)  # unlike a rename, refuses to replace
    finally:
        draft.unlink()
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _key(path: Path) -> bytes:
    if not path.exists():
        # Another process may make it first; then its key is the one.
        with contextlib.suppress(FileExistsError):
            write_secret(path, secrets.token_bytes(_KEY_BYTES))
    key = path.read_bytes()
    if len(key) != _KEY_BYTES:
        raise KeyFault(
            f"{path} holds {len(key)} bytes where {_KEY_BYTES} are needed; put back its copy from the backup"
        )
    return key
