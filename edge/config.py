"""The configuration of one edge: a TOML file, read once, refused at the start with file, key and mend.

Paths are relative to the file's folder. Private things lie in files of their own that only their owner can read.
"""

import base64
import binascii
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from edge.config_checks import check
from edge.door_config import DoorConfig
from edge.errors import ConfigError
from edge.fire_config import FireConfig
from edge.readers.config import OsdpConfig, ReaderConfig, UsbKeypadConfig, UsbScannerConfig
from edge.readers.osdp_secure import DEFAULT_KEY, KEY_BYTES
from edge.sensors_config import CounterConfig, MotionConfig, PathText, WifiConfig
from edge.wire.ids import Slug

Port = Annotated[int, msgspec.Meta(ge=1, le=65_535)]


class BrokerConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    host: Annotated[str, msgspec.Meta(min_length=1)]
    port: Port = 1883
    username: str | None = None
    password: str | None = None


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """One edge. ``rtc``: the Pi has a battery clock. ``timezone`` only says when a counter's day begins.
    ``outbox_mb``: the most the kept events may take on the disk."""

    site: Slug
    edge: Slug
    data_dir: Path
    key: Ed25519PrivateKey
    controller_key: Ed25519PublicKey
    broker: BrokerConfig
    clock_file: Path | None = None
    timezone: str = "Europe/London"
    rtc: bool = False
    outbox_mb: int = 64
    fire: FireConfig | None = None
    doors: tuple[DoorConfig, ...] = ()
    readers: tuple[ReaderConfig, ...] = ()
    counters: tuple[CounterConfig, ...] = ()
    motion: tuple[MotionConfig, ...] = ()
    wifi: tuple[WifiConfig, ...] = ()


class _BrokerFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    host: Annotated[str, msgspec.Meta(min_length=1)]
    port: Port = 1883
    username: str | None = None
    password_file: PathText | None = None


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    site: Slug
    edge: Slug
    data_dir: PathText
    key_file: PathText
    controller_key: str
    broker: _BrokerFile
    secrets_file: PathText | None = None
    clock_file: PathText | None = None
    timezone: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_+/-]+$")] = "Europe/London"
    rtc: bool = False
    outbox_mb: Annotated[int, msgspec.Meta(ge=1, le=65_536)] = 64
    fire: FireConfig | None = None
    door: tuple[DoorConfig, ...] = ()
    reader: tuple[ReaderConfig, ...] = ()
    counter: tuple[CounterConfig, ...] = ()
    motion: tuple[MotionConfig, ...] = ()
    wifi: tuple[WifiConfig, ...] = ()


def load(path: Path) -> Config:
    """The configuration in ``path`` and the files it names. Raises ``ConfigError``."""
    raw = _toml(path, "the file")
    try:
        file = msgspec.convert(raw, _File)
    except msgspec.ValidationError as error:
        problem, _, where = str(error).partition(" - at ")
        raise ConfigError(path, _key(where, problem), problem, "See deploy/README.md for what each key takes") from None
    check(path, file)
    try:
        ZoneInfo(file.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        mend = "Write it as in Europe/London; where no zone is known, apt-get install tzdata"
        raise ConfigError(path, "timezone", f"there is no zone {file.timezone!r}", mend) from None
    folder = path.parent
    broker = file.broker
    password = _private(path, "broker.password_file", folder / broker.password_file) if broker.password_file else None
    return Config(
        site=file.site,
        edge=file.edge,
        data_dir=_data_dir(path, folder / file.data_dir),
        key=_private_key(path, folder / file.key_file),
        controller_key=_public_key(path, file.controller_key),
        broker=BrokerConfig(host=broker.host, port=broker.port, username=broker.username, password=password),
        clock_file=_clock_file(path, folder / file.clock_file) if file.clock_file else None,
        timezone=file.timezone,
        rtc=file.rtc,
        outbox_mb=file.outbox_mb,
        fire=file.fire,
        doors=_with_secrets(path, file),
        readers=tuple(_reader(path, f"reader[{at}]", reader) for at, reader in enumerate(file.reader)),
        counters=file.counter,
        motion=file.motion,
        wifi=tuple(
            msgspec.structs.replace(wifi, file=str(folder / wifi.file)) if wifi.file else wifi for wifi in file.wifi
        ),
    )


def _reader(path: Path, key: str, reader: ReaderConfig) -> ReaderConfig:
    """With the files it names."""
    if isinstance(reader, UsbKeypadConfig | UsbScannerConfig):
        return msgspec.structs.replace(reader, device=str(path.parent / reader.device))
    if isinstance(reader, OsdpConfig):
        secret = _osdp_key(path, f"{key}.key_file", path.parent / reader.key_file) if reader.key_file else b""
        return msgspec.structs.replace(reader, port=str(path.parent / reader.port), key=secret)
    return reader


def _osdp_key(path: Path, key: str, file: Path) -> bytes:
    text = _private(path, key, file)
    secret = bytes.fromhex(text) if re.fullmatch(r"[0-9a-fA-F]*", text) and len(text) == 2 * KEY_BYTES else b""
    if not secret:
        mend = f"Make one with (umask 077; openssl rand -hex {KEY_BYTES} > {file})"
        raise ConfigError(path, key, f"{file} holds no {2 * KEY_BYTES} hex digits", mend)
    if secret == DEFAULT_KEY:
        raise ConfigError(path, key, f"{file} holds the key that all new readers have", "Make one of its own")
    return secret


def _toml(path: Path, key: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(path, key, f"cannot be read ({error.strerror})", "Check its name and its owner") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(path, key, f"is no TOML ({error})", "Mend that line") from None


def _key(where: str, problem: str) -> str:
    """``$.door[1].relay`` as ``door[1].relay``; a missing or unknown key of the top level has no path."""
    path = where.strip("`").removeprefix("$").removeprefix(".")
    named = re.search(r"(?:required|unknown) field `([^`]+)`", problem)
    return ".".join(part for part in (path, named.group(1) if named else "") if part) or "the file"


def _data_dir(path: Path, folder: Path) -> Path:
    """The folder, which need not be there yet, but nothing else may be in its place."""
    try:
        placed = next(place for place in (folder, *folder.parents) if place.exists())
    except OSError as error:
        mend = "Check its name and its owner"
        raise ConfigError(path, "data_dir", f"{folder} cannot be reached ({error.strerror})", mend) from None
    if not placed.is_dir():
        raise ConfigError(path, "data_dir", f"{placed} is no folder", "Name a folder, or a place where one can be made")
    return folder


def _clock_file(path: Path, file: Path) -> Path:
    try:
        there = file.is_file()
    except OSError:
        there = False
    if not there:
        raise ConfigError(
            path, "clock_file", f"{file} is no file", "Make it, or leave clock_file out for the real time"
        )
    return file


def _private(path: Path, key: str, file: Path) -> str:
    """The text of a file that must be readable by its owner alone."""
    try:
        mode = file.stat().st_mode
        text = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(path, key, f"{file} cannot be read ({error})", "Check its name and its owner") from None
    if mode & 0o077:
        raise ConfigError(path, key, f"{file} can be read by others", f"chmod 600 {file}")
    return text


def _private_key(path: Path, file: Path) -> Ed25519PrivateKey:
    text = _private(path, "key_file", file)
    try:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(text, validate=True))
    except (ValueError, binascii.Error):
        mend = "Make one with `hallkeeper edge keygen`"
        raise ConfigError(path, "key_file", f"{file} holds no Ed25519 private key in base64", mend) from None


def _public_key(path: Path, text: str) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))
    except (ValueError, binascii.Error):
        mend = "Copy it from the controller's answer when the edge was added"
        raise ConfigError(path, "controller_key", "is no Ed25519 public key in base64", mend) from None


def _with_secrets(path: Path, file: _File) -> tuple[DoorConfig, ...]:
    """The doors with their secrets, base64 by door id in the table ``[doors]`` of the secrets file."""
    if not file.door:
        return ()
    if file.secrets_file is None:
        raise ConfigError(path, "secrets_file", "is missing", "A door cannot check a code without its secret")
    secrets_path = path.parent / file.secrets_file
    _private(path, "secrets_file", secrets_path)
    table = _toml(secrets_path, "the file").get("doors", {})
    doors = []
    for door in file.door:
        try:
            secret = base64.b64decode(table[door.id], validate=True)
        except (KeyError, TypeError, ValueError, binascii.Error):
            secret = b""
        if len(secret) < 16:
            mend = "Copy it from the controller's answer when the edge was added"
            raise ConfigError(secrets_path, f"doors.{door.id}", "is no base64 secret of 16 bytes or more", mend)
        doors.append(msgspec.structs.replace(door, secret=secret))
    return tuple(doors)
