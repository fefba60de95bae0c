"""The configuration of one edge: a TOML file, read once. An invalid one is refused at the start with file, key and
hint.

Paths are relative to the file's folder. Secrets are in separate files that only their owner can read.
"""

import errno
import re
import ssl
import stat
import tomllib
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from edge.config_checks import ConfiguredDevices, check
from edge.errors import ConfigError
from edge.net.connect_options import context_with
from edge.net.identity import FILE, StoredIdentity, read_identity
from edge.readers.config import OsdpConfig, ReaderConfig, UsbKeypadConfig, UsbScannerConfig
from edge.readers.osdp_secure import DEFAULT_KEY, KEY_BYTES
from edge.sensors.config import AnyWifiConfig, ListingConfig, MqttSensorsConfig, PathText, SnmpConfig
from edge.wire.allowed_values import choices, is_host
from edge.wire.enrolment import BrokerAddress
from edge.wire.ids import Slug

Port = Annotated[int, msgspec.Meta(ge=1, le=65_535)]


class BrokerConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``tls``: connect with the edge's certificate."""

    host: Annotated[str, msgspec.Meta(min_length=1)]
    port: Port = 1883
    username: str | None = None
    password: str | None = None
    tls: bool = False


class Config(ConfiguredDevices, frozen=True, kw_only=True):
    """One edge. ``identity``: its keys, and what the controller issued. ``rtc``: the Pi has a battery clock.
    ``timezone`` only says when a counter's day begins. ``outbox_mb``: the most the kept events may take on the disk."""

    data_dir: Path
    identity: StoredIdentity
    broker: BrokerConfig
    clock_file: Path | None = None
    timezone: str = "Europe/London"
    rtc: bool = False
    outbox_mb: int = 64

    @property
    def site(self) -> Slug:
        return self.identity.issued.site

    @property
    def edge(self) -> Slug:
        return self.identity.issued.edge


class _BrokerFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Overrides the broker address of the identity."""

    host: Annotated[str, msgspec.Meta(min_length=1)] | None = None
    port: Port | None = None
    tls: bool | None = None
    username: str | None = None
    password_file: PathText | None = None


class _File(ConfiguredDevices, frozen=True, kw_only=True, forbid_unknown_fields=True):
    data_dir: PathText
    broker: _BrokerFile = _BrokerFile()
    clock_file: PathText | None = None
    timezone: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_+/-]+$")] = "Europe/London"
    rtc: bool = False
    outbox_mb: Annotated[int, msgspec.Meta(ge=1, le=65_536)] = 64


def load(path: Path) -> Config:
    """The configuration in ``path`` and the files it names. Raises ``ConfigError``."""
    raw = _toml(path, "the file")
    try:
        file = msgspec.convert(raw, _File)
    except msgspec.ValidationError as error:
        problem, _, where = str(error).partition(" - at ")
        problem += choices(_File, error)
        raise ConfigError(path, _key(where, problem), problem, "deploy/README.md describes each key") from None
    check(path, file)
    try:
        ZoneInfo(file.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = "Write it like Europe/London; if no zone is known, run apt-get install tzdata"
        raise ConfigError(path, "timezone", f"unknown time zone {file.timezone!r}", hint) from None
    folder = path.parent
    data_dir = _data_dir(path, folder / file.data_dir)
    identity = read_identity(data_dir / FILE)
    loaded = {
        "data_dir": data_dir,
        "identity": identity,
        "broker": _broker(path, file.broker, identity.issued.broker),
        "clock_file": _clock_file(path, folder / file.clock_file) if file.clock_file else None,
        "readers": tuple(_reader(path, f"reader[{at}]", reader) for at, reader in enumerate(file.readers)),
        "wifi": tuple(_wifi(path, f"wifi[{at}]", wifi) for at, wifi in enumerate(file.wifi)),
        "mqtt_sensors": _sensors(path, file.mqtt_sensors) if file.mqtt_sensors is not None else None,
    }
    return Config(**{**msgspec.structs.asdict(file), **loaded})


def _sensors(path: Path, here: MqttSensorsConfig) -> MqttSensorsConfig:
    """The broker of sensors with its password."""
    if not is_host(here.host):
        hint = "Write a host name such as hub.example.org, or an IP address"
        raise ConfigError(path, "mqtt_sensors.host", f"{here.host!r} is not a host name or address", hint)
    read: dict[str, str | None] = {}
    if here.password_file is not None:
        read["password"] = _private(path, "mqtt_sensors.password_file", path.parent / here.password_file)
    if here.ca_file is not None:
        read["ca"] = _readable(path, "mqtt_sensors.ca_file", path.parent / here.ca_file)
        _usable(path, "mqtt_sensors.ca_file", "it holds no certificate in PEM", read["ca"], None)
    if here.cert_file is not None and here.key_file is not None:
        key = _private(path, "mqtt_sensors.key_file", path.parent / here.key_file)
        if "ENCRYPTED" in key:
            hint = f"Write it without one: (umask 077; openssl pkey -in {here.key_file} -out NEW)"
            raise ConfigError(path, "mqtt_sensors.key_file", "it needs a passphrase, which nobody can type here", hint)
        read["login"] = f"{key}\n{_readable(path, 'mqtt_sensors.cert_file', path.parent / here.cert_file)}\n"
        wrong = "it and cert_file are no key and certificate in PEM that belong together"
        _usable(path, "mqtt_sensors.key_file", wrong, read.get("ca"), read["login"])
    return msgspec.structs.replace(here, **read)


def _usable(path: Path, key: str, wrong: str, ca: str | None, login: str | None) -> None:
    try:
        context_with(ca, login)
    except (ssl.SSLError, ValueError):
        raise ConfigError(path, key, wrong, "Ask who runs that broker for the files") from None


def _wifi(path: Path, key: str, wifi: AnyWifiConfig) -> AnyWifiConfig:
    """The source with absolute paths and its password loaded."""
    if isinstance(wifi, ListingConfig):
        return msgspec.structs.replace(wifi, file=str(path.parent / wifi.file)) if wifi.file else wifi
    if isinstance(wifi, SnmpConfig):
        login = path.parent / wifi.login_file
        _private(path, f"{key}.login_file", login)
        return msgspec.structs.replace(wifi, login_file=str(login.absolute()))
    password = _private(path, f"{key}.password_file", path.parent / wifi.password_file)
    return msgspec.structs.replace(wifi, password=password)


def _reader(path: Path, key: str, reader: ReaderConfig) -> ReaderConfig:
    """The reader with absolute paths and its key loaded."""
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
        hint = f"Make one with (umask 077; openssl rand -hex {KEY_BYTES} > {file})"
        raise ConfigError(path, key, f"{file} does not hold {2 * KEY_BYTES} hex digits", hint)
    if secret == DEFAULT_KEY:
        raise ConfigError(
            path, key, f"{file} holds the default key of all new readers", "Generate a key for this reader"
        )
    return secret


def data_dir_of(path: Path) -> Path:
    """The data folder named in a configuration file. Raises ``ConfigError``."""
    data_dir = _toml(path, "the file").get("data_dir")
    if not isinstance(data_dir, str):
        raise ConfigError(path, "data_dir", "is missing", "Name the folder that belongs to the agent")
    return _data_dir(path, path.parent / data_dir)


def _broker(path: Path, here: _BrokerFile, issued: BrokerAddress) -> BrokerConfig:
    if here.host is not None and not is_host(here.host):
        hint = "Write a host name such as hub.example.org, or an IP address"
        raise ConfigError(path, "broker.host", f"{here.host!r} is not a host name or address", hint)
    password_file = here.password_file and path.parent / here.password_file
    return BrokerConfig(
        host=here.host or issued.host,
        port=here.port or issued.port,
        tls=issued.tls if here.tls is None else here.tls,
        username=here.username,
        password=_private(path, "broker.password_file", password_file) if password_file else None,
    )


def _toml(path: Path, key: str) -> dict[str, Any]:
    try:
        return tomllib.loads(_text(path))
    except OSError as error:
        raise ConfigError(path, key, f"cannot be read ({error.strerror})", "Check its name and its owner") from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(path, key, f"is not valid TOML ({error})", "Fix that line") from None


def _text(file: Path) -> str:
    """The text of a regular file; devices are refused, because reading one may never end."""
    if not stat.S_ISREG(file.stat().st_mode):
        raise OSError(errno.EINVAL, "it is not a regular file")
    return file.read_text(encoding="utf-8")


def _key(where: str, problem: str) -> str:
    """``$.door[1].relay`` as ``door[1].relay``; a missing or unknown key of the top level has no path."""
    path = where.strip("`").removeprefix("$").removeprefix(".")
    named = re.search(r"(?:required|unknown) field `([^`]+)`", problem)
    return ".".join(part for part in (path, named.group(1) if named else "") if part) or "the file"


def _data_dir(path: Path, folder: Path) -> Path:
    """The data folder. It need not exist yet, but its path must be usable."""
    try:
        placed = next(place for place in (folder, *folder.parents) if place.exists())
    except OSError as error:
        hint = "Check its name and its owner"
        raise ConfigError(path, "data_dir", f"{folder} cannot be reached ({error.strerror})", hint) from None
    if not placed.is_dir():
        raise ConfigError(
            path, "data_dir", f"{placed} is not a folder", "Name a folder, or a path where one can be created"
        )
    return folder


def _clock_file(path: Path, file: Path) -> Path:
    try:
        there = file.is_file()
    except OSError:
        there = False
    if not there:
        raise ConfigError(
            path, "clock_file", f"{file} does not exist", "Create it, or remove clock_file to use the real time"
        )
    return file


def _readable(path: Path, key: str, file: Path) -> str:
    try:
        return _text(file).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(path, key, f"{file} cannot be read ({error})", "Check its name and its owner") from None


def _private(path: Path, key: str, file: Path) -> str:
    """The text of a file that must be readable by its owner alone."""
    text = _readable(path, key, file)
    if file.stat().st_mode & 0o077:
        raise ConfigError(path, key, f"{file} is readable by other users", f"chmod 600 {file}")
    return text
