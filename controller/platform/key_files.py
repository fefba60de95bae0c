"""The controller's keys: made on the first start, kept in ``data_dir/keys``, readable by their owner only.

The database holds no secret in clear: door secrets, codes and tokens are sealed with ``code.key``.
"""

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_FILES = ("controller.key", "page.key", "code.key")
_NONCE_BYTES = 12
_KEY_BYTES = 32
_TOKEN_LENGTH = 22
_PROOF_BYTES = 16


class KeyFault(Exception):
    """A key file is invalid; the message names the file and what to do."""


class CannotUnseal(Exception):
    """Sealed bytes that ``code.key`` does not open: another key, or bytes of another thing."""

    def __init__(self, about: str) -> None:
        super().__init__(
            f"what is stored for {about} cannot be decrypted with this code.key; put the key file back "
            "that was there when it was stored"
        )


class LinkKind(StrEnum):
    """What a link to a booking or a series is for."""

    MANAGE = "manage"
    """All of it: the code, the price, moving and cancelling. For the person who booked."""
    SHOW = "show"
    """The code, when it opens, the way: made to be passed on to those who come."""


class KeyFiles:
    """``signing_keys``: they sign what edges act on, oldest first; there are two while one takes the other's place.
    ``page.key`` makes the tokens of links, of which the database holds only a hash; codes are sealed with
    ``code.key``."""

    def __init__(self, folder: Path) -> None:
        """Read the keys in a folder; where there is none of them, make all. Raises ``KeyFault``."""
        if not any((folder / name).exists() for name in KEY_FILES):
            _make(folder)
        self.folder = folder
        self._next = folder / "controller.next.key"
        self._signing = [_signing_key(folder / "controller.key")]
        if self._next.exists():
            self._signing.append(_signing_key(self._next))
        self.page = _key(folder / "page.key")
        code = _key(folder / "code.key")
        self._aead = AESGCM(code)

    @property
    def signing_keys(self) -> list[Ed25519PrivateKey]:
        return list(self._signing)

    @property
    def signing(self) -> Ed25519PrivateKey:
        """The oldest of them, which every edge knows."""
        return self.signing_keys[0]

    @property
    def public(self) -> bytes:
        """The public half of ``signing``."""
        return self.signing.public_key().public_bytes_raw()

    def begin_change(self) -> bool:
        """Make the signing key that will take the other's place; whether there was none yet."""
        if len(self._signing) > 1:
            return False
        with contextlib.suppress(FileExistsError):
            make_key(self._next)
        self._signing.append(_signing_key(self._next))
        return True

    def end_change(self) -> None:
        """The new signing key is the only one from here on; the old one is gone for good."""
        self._next.replace(self.folder / "controller.key")
        _sync_folder(self.folder)
        del self._signing[0]

    def calendar_token(self, subscription_id: str) -> str:
        """The last part of the link to a calendar: 22 characters, 132 bits."""
        return self._token(b"calendar\0" + subscription_id.encode())

    def account_mail_token(self, mail_id: str) -> str:
        """The last part of the link in a mail about somebody's account: 22 characters, 132 bits."""
        return self._token(b"account mail\0" + mail_id.encode())

    def account_mail_digits(self, mail_id: str) -> str:
        """The six digits in such a mail."""
        digest = hmac.digest(self.page, b"account mail digits\0" + mail_id.encode(), hashlib.sha256)
        return f"{int.from_bytes(digest) % 1_000_000:06d}"

    def induction_token(self, says: str) -> str:
        """What proves that a link to take an induction is ours: 22 characters, 132 bits."""
        return self._token(b"induction\0" + says.encode(errors="replace"))

    def recovery_digest(self, user_id: str, code: str) -> bytes:
        """What is stored of a recovery code: a key that is not in the database makes up for its 49 bits."""
        about = f"recovery code\0{user_id}\0{code}".encode(errors="replace")
        return hmac.digest(self.page, about, hashlib.sha256)

    def invitation_token(self, invitation_id: str, number: int) -> str:
        """The last part of the link to an invitation: 22 characters, 132 bits. Another ``number`` ends the one
        before."""
        return self._token(f"invitation\0{invitation_id}\0{number}".encode())

    def invitation_digits(self, invitation_id: str, number: int) -> str:
        """The six digits in the mail that brings it."""
        about = f"invitation digits\0{invitation_id}\0{number}".encode()
        return f"{int.from_bytes(hmac.digest(self.page, about, hashlib.sha256)) % 1_000_000:06d}"

    def link_token(self, kind: LinkKind, thing: str, number: int) -> str:
        """The last part of a link to the page of a booking or a series: its id, and 128 bits that only the controller
        can compute. Another ``number`` gives another link, and the one before ends."""
        id_bytes = UUID(thing).bytes
        return base64.urlsafe_b64encode(id_bytes + self._link_proof(kind, id_bytes, number)).decode().rstrip("=")

    def link_kind(self, token: str, numbers: Mapping[LinkKind, int]) -> LinkKind | None:
        """Which kind of link it is to the thing that it names, whose links have these numbers now; ``None`` for one
        that has ended, or was never given."""
        raw = _link_bytes(token)
        if raw is None:
            return None
        id_bytes, proof = raw[:_PROOF_BYTES], raw[_PROOF_BYTES:]
        fits = [
            kind
            for kind, number in numbers.items()
            if hmac.compare_digest(proof, self._link_proof(kind, id_bytes, number))
        ]
        return fits[0] if fits else None

    def preferences_token(self, person: bytes) -> str:
        """The last part of the link to somebody's notice preferences: ``person``, 16 bytes, and 128 bits that only the
        controller can compute."""
        return base64.urlsafe_b64encode(person + self._preferences_proof(person)).decode().rstrip("=")

    def preferences_person(self, token: str) -> bytes | None:
        """Whose link it is; ``None`` for one that was never given."""
        raw = _link_bytes(token)
        if raw is None:
            return None
        person, proof = raw[:_PROOF_BYTES], raw[_PROOF_BYTES:]
        return person if hmac.compare_digest(proof, self._preferences_proof(person)) else None

    def _preferences_proof(self, person: bytes) -> bytes:
        return hmac.digest(self.page, b"notice preferences\0" + person, hashlib.sha256)[:_PROOF_BYTES]

    def confirmation(self, booking_id: str, version: int, charge: str) -> str:
        """The confirmation token of a door page's form: valid for this booking and this charge, as the page showed
        them. Compare it in constant time."""
        return self._token(b"cancel\0" + f"{booking_id}\0{version}\0{charge}".encode())

    def _token(self, about: bytes) -> str:
        digest = hmac.digest(self.page, about, hashlib.sha256)
        return base64.urlsafe_b64encode(digest).decode()[:_TOKEN_LENGTH]

    def _link_proof(self, kind: LinkKind, id_bytes: bytes, number: int) -> bytes:
        about = b"link\0" + kind.encode() + b"\0" + id_bytes + str(number).encode()
        return hmac.digest(self.page, about, hashlib.sha256)[:_PROOF_BYTES]

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


def linked(token: str) -> str | None:
    """The id of the booking or the series that a link says it is for; ``None`` for any other text. Nothing is proven
    yet: see ``KeyFiles.link_kind``."""
    raw = _link_bytes(token)
    return None if raw is None else str(UUID(bytes=raw[:_PROOF_BYTES]))


def _link_bytes(token: str) -> bytes | None:
    try:
        raw = base64.b64decode(token.encode("ascii") + b"=", altchars=b"-_", validate=True)
    except ValueError:
        return None
    return raw if len(raw) == 2 * _PROOF_BYTES else None


def token_hash(token: str) -> bytes:
    """What is stored of a link's token and looked up: SHA-256."""
    return hashlib.sha256(token.encode(errors="replace")).digest()


def load_keys(data_dir: Path) -> KeyFiles:
    """The keys of ``data_dir``. Raises ``KeyFault``."""
    return KeyFiles(data_dir / "keys")


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


def replace_file(path: Path, content: bytes) -> None:
    """Put a file that only its owner may read in place of another; an interrupted write leaves the old one."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        write_secret(draft, content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_key(path: Path) -> None:
    """Raises ``FileExistsError``."""
    write_secret(path, secrets.token_bytes(_KEY_BYTES))


def _make(folder: Path) -> None:
    """All keys in one step, so that one which is missing has been lost. Another process may be first; then its keys
    are the ones."""
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as draft:
        new = Path(draft) / folder.name
        new.mkdir(mode=0o700)
        for name in KEY_FILES:
            make_key(new / name)
        with contextlib.suppress(OSError):  # it is there and has something in it
            new.replace(folder)
    _sync_folder(folder.parent)


def _signing_key(path: Path) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_key(path))


def _key(path: Path) -> bytes:
    try:
        mode, key = path.stat().st_mode, path.read_bytes()
    except FileNotFoundError:
        raise KeyFault(f"{path} is missing, while other keys are there; put it back from the backup") from None
    if mode & 0o077:
        raise KeyFault(f"{path} is readable by other users; chmod 600 {path}")
    if len(key) != _KEY_BYTES:
        raise KeyFault(f"{path} has {len(key)} bytes instead of {_KEY_BYTES}; put back its copy from the backup")
    return key
