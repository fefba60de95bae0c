"""The controller's settings: one frozen object from one TOML file."""

import socket
import tomllib
from datetime import date
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from edge.wire.choices import choices
from edge.wire.hosts import is_host

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
Minutes = Annotated[int, msgspec.Meta(ge=0, le=240)]

DATA_DIR = Path("/var/lib/hallkeeper-controller")
"""Where deploy's unit keeps the controller's files."""
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}


class ConfigError(Exception):
    """The configuration cannot be used. Names the file, the key and what to do."""

    def __init__(self, file: Path, key: str, hint: str) -> None:
        super().__init__(f"{file}: {key}: {hint}" if key else f"{file}: {hint}")
        self.file = file
        self.key = key
        self.hint = hint


class SettingsSection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Root of the configuration's tables; a key that is not known is a typing error."""


class Listen(SettingsSection, frozen=True):
    """Where the pages and the API answer. ``names``: other host names that people reach them by. ``proxies``: which
    addresses or networks are believed when they say for whom they ask (``X-Forwarded-For``)."""

    host: str = "127.0.0.1"
    port: Port = 8080
    names: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ("127.0.0.1", "::1")

    @property
    def trusted(self) -> tuple[IPv4Network | IPv6Network, ...]:
        return tuple(ip_network(each) for each in self.proxies)


class Broker(SettingsSection, frozen=True):
    """The MQTT broker. ``tls``: with certificates of our own authority, ours and the edges'. ``edges_host`` and
    ``edges_port``: where edges find it, if elsewhere. ``password_file``: one line, readable by the controller only."""

    host: str = "127.0.0.1"
    port: Port = 1883
    tls: bool = False
    edges_host: str | None = None
    edges_port: Port | None = None
    username: str | None = None
    password_file: Path | None = None


class HistorySettings(SettingsSection, frozen=True):
    """Where samples are stored: the database (``sql``), or an InfluxDB as well (``influx``)."""

    kind: Literal["sql", "influx"] = "sql"
    url: str | None = None
    org: str | None = None
    bucket: str | None = None
    token_file: Path | None = None


class FeedSection(SettingsSection, frozen=True):
    """Outside diaries that are polled. ``networks``: your own networks that they may be in, such as "10.20.0.0/16";
    public addresses are always allowed."""

    networks: tuple[str, ...] = ()

    @property
    def allowed(self) -> tuple[IPv4Network | IPv6Network, ...]:
        return tuple(ip_network(each) for each in self.networks)


class Sip2Section(SettingsSection, frozen=True):
    """The library system, which is asked about members. ``username`` empty: it wants no login."""

    host: str = ""
    port: Port = 6001
    username: str = ""
    password_file: Path | None = None
    location: str = ""
    institution: str = ""


class Sip2Server(msgspec.Struct, frozen=True, kw_only=True):
    """Where the library system is, and who asks. ``username`` empty: it wants no login."""

    host: str
    port: int = 6001
    username: str = ""
    password: str = ""
    location: str = ""
    institution: str = ""

    def __repr__(self) -> str:
        return f"Sip2Server({self.host}:{self.port})"


class Settings(SettingsSection, frozen=True):
    """``lead_in_minutes`` and ``lag_minutes``: how long before and after a booking its code opens.
    ``clock_right_on``: a day on which somebody saw that the clock was right, although plans speak against it."""

    data_dir: Path
    database: str | None = None
    listen: Listen = Listen()
    public_url: str = ""
    broker: Broker = Broker()
    pages_dir: Path | None = None
    clock_file: Path | None = None
    clock_right_on: date | None = None
    history: HistorySettings = HistorySettings()
    feeds: FeedSection = FeedSection()
    sip2: Sip2Section = Sip2Section()
    lead_in_minutes: Minutes = 15
    lag_minutes: Minutes = 15

    @property
    def database_url(self) -> URL:
        """The database with the driver we use; SQLite in ``data_dir`` where none is set."""
        if self.database is None:
            return URL.create(_DRIVERS["sqlite"], database=str(self.data_dir / "hallkeeper.db"))
        url = make_url(self.database)
        return url.set(drivername=_DRIVERS[url.get_backend_name()])

    @property
    def library_system(self) -> Sip2Server | None:
        """The library system that is set up. Raises ``OSError`` for a password file that cannot be read."""
        if not self.sip2.host:
            return None
        password = self.sip2.password_file.read_text(encoding="utf-8").strip() if self.sip2.password_file else ""
        return Sip2Server(
            host=self.sip2.host,
            port=self.sip2.port,
            username=self.sip2.username,
            password=password,
            location=self.sip2.location,
            institution=self.sip2.institution,
        )

    @property
    def address(self) -> str:
        """The URL people use, without a slash at the end."""
        return self.public_url.rstrip("/") or f"http://{self.listen.host}:{self.listen.port}"

    @property
    def host_names(self) -> frozenset[str]:
        """The host names that the pages answer to, in lower case; IP addresses are allowed as well."""
        machine = socket.gethostname()
        public = urlsplit(self.address).hostname or ""
        every = (public, self.listen.host, "localhost", machine, f"{machine}.local", *self.listen.names)
        return frozenset(each.lower().rstrip(".") for each in every if each)

    @property
    def secure(self) -> bool:
        """Whether people reach the pages over HTTPS."""
        return self.address.startswith("https://")


EXAMPLE = """\
# Hallkeeper's controller. Every key but data_dir may be left out; the values shown are the defaults.

# Keys, the SQLite database and the token of the first sign-in. Back it up as a whole.
data_dir = "{data_dir}"

# PostgreSQL when SQLite is outgrown: database = "postgresql://hallkeeper@db.example/hallkeeper"

# The address people type, if there is a proxy: public_url = "https://hub.example.org"

# Minutes before and after a booking in which its door code opens.
lead_in_minutes = 15
lag_minutes = 15

# Built pages in another folder: pages_dir = "/srv/hallkeeper/pages"
# One clock for several processes, for demonstrations only: clock_file = "/run/hallkeeper/clock.json"
# If the controller does not trust a clock that you have checked, the day of that check: clock_right_on = 2026-11-26

[listen]
host = "127.0.0.1"
port = 8080
# Host names in addition to those of public_url and of this machine: names = ["hall.lan"]
# Proxies whose X-Forwarded-For is trusted: addresses or networks.
proxies = ["127.0.0.1", "::1"]

[broker]
host = "127.0.0.1"
port = 1883
# TLS with our own certificates, as docs/enrolment.md sets it up; on port 8883 by custom.
tls = false
# The broker's address for edges, if it differs: edges_host = "hub.example.org", edges_port = 8883
# username = "controller"
# password_file = "/etc/hallkeeper/broker-password"

# Partners' diaries are polled at public addresses, and in those of your own networks that are named here.
[feeds]
networks = []
# networks = ["10.20.0.0/16"]

# The library system, which is asked about members every night; an empty host turns this off.
[sip2]
host = ""
port = 6001
# username = "hallkeeper", password_file = "/etc/hallkeeper/sip2-password"
# location = "Ramsey", institution = "CCC"

# Samples in the database, or in an InfluxDB.
[history]
kind = "sql"
# kind = "influx"
# url = "http://127.0.0.1:8086"
# org = "hallkeeper"
# bucket = "samples"
# token_file = "/etc/hallkeeper/influx-token"
"""
"""What ``hallkeeper controller init`` writes."""


def load_settings(file: Path) -> Settings:
    """Read and check a configuration file. Relative paths are taken from the file's folder.

    Raises ``ConfigError``.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(file, "", "no such file; `hallkeeper controller init` writes an example") from None
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise ConfigError(file, "", f"cannot be read: {why}; chgrp hallkeeper-controller and chmod 640 it") from error
    try:
        settings = msgspec.convert(tomllib.loads(text), Settings, dec_hook=_path)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(file, "", f"is not TOML: {error}") from error
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `$.")
        raise ConfigError(file, place.rstrip("`") or "top level", message + choices(Settings, error)) from error
    return _checked(file, settings)


def _path(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str):
        return Path(value).expanduser()
    raise NotImplementedError(f"{kind} in the configuration")


def _checked(file: Path, settings: Settings) -> Settings:
    _check_database(file, settings.database)
    for key, host in (
        ("listen.host", settings.listen.host),
        ("broker.host", settings.broker.host),
        ("broker.edges_host", settings.broker.edges_host or "localhost"),
        ("sip2.host", settings.sip2.host or "localhost"),
    ):
        if not is_host(host):
            raise ConfigError(file, key, f"{host!r} is not a host; write a name such as hub.example.org, or an address")
    if settings.public_url and urlsplit(settings.public_url).scheme not in {"http", "https"}:
        raise ConfigError(file, "public_url", "write the whole address, such as https://hub.example.org")
    for each in settings.feeds.networks:
        try:
            ip_network(each)
        except ValueError:
            raise ConfigError(
                file, "feeds.networks", f'{each!r} is not a network; write it like "10.20.0.0/16"'
            ) from None
    for each in settings.listen.proxies:
        try:
            ip_network(each)
        except ValueError:
            raise ConfigError(
                file, "listen.proxies", f'{each!r} is not an address or a network; write it like "10.20.0.5"'
            ) from None
    history = settings.history
    if history.kind == "influx":
        _need(file, "history.kind", "influxdb_client", "influx")
        for key in ("url", "org", "bucket", "token_file"):
            if getattr(history, key) is None:
                raise ConfigError(file, f"history.{key}", 'is needed when history.kind is "influx"')
    root = file.absolute().parent
    return msgspec.structs.replace(
        settings,
        data_dir=root / settings.data_dir,
        pages_dir=settings.pages_dir and root / settings.pages_dir,
        clock_file=settings.clock_file and _existing(file, "clock_file", root / settings.clock_file),
        broker=msgspec.structs.replace(
            settings.broker,
            password_file=settings.broker.password_file
            and _existing(file, "broker.password_file", root / settings.broker.password_file),
        ),
        history=msgspec.structs.replace(
            history,
            token_file=history.token_file and _existing(file, "history.token_file", root / history.token_file),
        ),
        sip2=msgspec.structs.replace(
            settings.sip2,
            password_file=settings.sip2.password_file
            and _existing(file, "sip2.password_file", root / settings.sip2.password_file),
        ),
    )


def _check_database(file: Path, database: str | None) -> None:
    if database is None:
        return
    hint = 'write "postgresql://user@host/name" or "sqlite:////path/to/file.db"'
    try:
        url = make_url(database)
    except ArgumentError:
        raise ConfigError(file, "database", hint) from None
    if url.get_backend_name() not in _DRIVERS or not url.database or url.database == ":memory:":
        raise ConfigError(file, "database", hint)
    if url.get_backend_name() == "postgresql":
        _need(file, "database", "asyncpg", "postgres")


def _need(file: Path, key: str, module: str, extra: str) -> None:
    if find_spec(module) is None:
        raise ConfigError(file, key, f"{module} is not installed; run: pip install 'hallkeeper[{extra}]'")


def _existing(file: Path, key: str, path: Path) -> Path:
    try:
        there = path.is_file()
    except OSError as error:
        raise ConfigError(file, key, f"{path} cannot be reached ({error.strerror}); look at its folder") from error
    if not there:
        raise ConfigError(file, key, f"{path} is not a file; write it, or leave the key out")
    return path
