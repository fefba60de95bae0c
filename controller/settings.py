"""The controller's settings: one frozen object from one TOML file."""

import re
import socket
import tomllib
from datetime import date
from email.utils import parseaddr
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from controller.text.mail_address import mail_address
from edge.wire.allowed_values import choices
from edge.wire.hosts import is_host
from edge.wire.ids import SLUG_PATTERN

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
PerMinute = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
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


class MailSection(SettingsSection, frozen=True):
    """The mail server that takes notices. An empty ``host``: no mail. ``sender``: the address that they come from.
    ``ca_file``: certificates to trust instead of the system's. ``most_per_minute``: as the server allows; 0 for no
    limit."""

    host: str = ""
    port: Port = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: str = ""
    username: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None
    most_per_minute: PerMinute = 0


NOTIFY_URL = "https://api.notifications.service.gov.uk"


class SmsSection(SettingsSection, frozen=True):
    """The gateway that takes text messages for people without a mail address: a plain one, or GOV.UK Notify. An empty
    ``url``: none are sent, or Notify's own. ``token_file``: for Notify with its API key. ``template_id``: of Notify.
    ``sender``: the name or number they come from; for Notify the id of a sender there. ``region``: the country of
    numbers without a country code. ``most_per_minute``: as the gateway allows; 0 for no limit."""

    kind: Literal["http", "govuk_notify"] = "http"
    url: str = ""
    template_id: str = ""
    token_file: Path | None = None
    sender: str = ""
    region: str = "GB"
    most_per_minute: PerMinute = 0

    @property
    def address(self) -> str:
        """Where the gateway is; empty: none is set up."""
        return self.url or (NOTIFY_URL if self.kind == "govuk_notify" else "")


class BouncesSection(SettingsSection, frozen=True):
    """The mailbox in which mails arrive that could not be delivered, read by IMAP. An empty ``host``: nothing is read.
    ``address``: the mailbox, to which servers return our mails. ``separator``: between its name and what is added to
    it for each mail; empty where the mailbox takes no such addresses. ``ca_file``: certificates to trust instead of the
    system's."""

    address: str = ""
    separator: str = "+"
    host: str = ""
    port: Port = 993
    security: Literal["tls", "starttls"] = "tls"
    username: str = ""
    password_file: Path | None = None
    folder: str = "INBOX"
    poll_seconds: Annotated[int, msgspec.Meta(ge=5, le=86_400)] = 60
    ca_file: Path | None = None


class AuditSection(SettingsSection, frozen=True):
    """``mail_to``: auditors, who get the signed heads of the audit log every day; needs a mail server."""

    mail_to: tuple[str, ...] = ()


Days = Annotated[int, msgspec.Meta(ge=1, le=36_500)]


class RetentionSection(SettingsSection, frozen=True):
    """How many days each kind of data is kept; docs/privacy.md says what each is, and why."""

    events: Days = 180
    samples: Days = 1095
    faults: Days = 90
    manual_acts: Days = 1095
    booking_contacts: Days = 730
    waiting: Days = 90
    import_leftovers: Days = 90
    notices: Days = 365
    ended_people: Days = 730
    documents: Days = 1095
    safeguarding: Days = 183
    one_off_people: Days = 90
    induction_results: Days = 365
    audit_personal: Days = 1095
    audit: Days = 2555
    accounts: Days = 2558


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


RoleName = Literal[
    "owner",
    "manager",
    "facilities",
    "porter",
    "group_leader",
    "group_member",
    "partner",
    "tablet",
    "wall",
    "auditor",
    "public",
]
"""The values of ``controller.people.model.Role``, which this module cannot import."""
GroupRole = Literal["owner", "manager", "facilities", "porter", "tablet", "wall", "auditor"]
"""Those that a provider's group can give: the roles that are held for no party."""


class OidcGroup(SettingsSection, frozen=True):
    """Who is in the ``group`` has the role at these sites, or at all."""

    group: str
    role: GroupRole
    sites: Literal["all"] | tuple[str, ...]


class OidcSection(SettingsSection, frozen=True):
    """An OpenID provider by which people sign in. ``name``: on its button. ``issuer``: its address, exactly as it
    writes it. ``client_secret_file``: left out for a public client. ``groups_claim``: where the groups are.
    ``required_amr``, ``required_acr``: of each that is set, one value must be in the ID token; then the provider's
    second factor stands for ours."""

    id: str
    name: str
    issuer: str
    client_id: str
    client_secret_file: Path | None = None
    scopes: tuple[str, ...] = ("openid", "profile")
    groups_claim: str = "groups"
    required_amr: tuple[str, ...] = ()
    required_acr: tuple[str, ...] = ()
    groups: tuple[OidcGroup, ...] = ()

    @property
    def shows_second_factor(self) -> bool:
        return bool(self.required_amr or self.required_acr)


class Settings(SettingsSection, frozen=True):
    """``lead_in_minutes`` and ``lag_minutes``: how long before and after a booking its code opens.
    ``second_factor_roles``: whose users need a second step when they sign in, or a passkey. ``oidc_days``: how long a
    sign-in by a provider, and the roles of its groups, last.
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
    mail: MailSection = MailSection()
    bounces: BouncesSection = BouncesSection()
    sms: SmsSection = SmsSection()
    audit: AuditSection = AuditSection()
    retention: RetentionSection = RetentionSection()
    second_factor_roles: tuple[RoleName, ...] = ()
    oidc: tuple[OidcSection, ...] = ()
    oidc_days: Annotated[int, msgspec.Meta(ge=1, le=90)] = 7
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
        return msgspec.structs.replace(msgspec.convert(self.sip2, Sip2Server, from_attributes=True), password=password)

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

# Roles whose users must have an authenticator app or sign in by a passkey: second_factor_roles = ["owner", "manager"]

# Days that a sign-in by an OpenID provider lasts; [[oidc]] is at the end.
oidc_days = 7

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

# The mail server that takes notices to the people who booked; an empty host sends none.
[mail]
host = ""
port = 587
# "starttls", "tls" (on port 465 by custom), or "none" for a server on this machine.
security = "starttls"
# sender = "Ramsey Hub <bookings@example.org>"
# username = "hallkeeper", password_file = "/etc/hallkeeper/mail-password"
# Certificates to trust instead of the system's: ca_file = "/etc/hallkeeper/mail-ca.pem"
# As many mails a minute as the server allows; 0 for no limit.
most_per_minute = 0

# The mailbox to which undeliverable mails come back, read by IMAP; an empty host reads none: docs/notices.md.
[bounces]
host = ""
port = 993
# "tls", or "starttls" on port 143.
security = "tls"
# address = "bounces@example.org", username = "bounces", password_file = "/etc/hallkeeper/bounces-password"
# Between the name of the mailbox and what is added to it for each mail; empty where it takes no such addresses.
separator = "+"
folder = "INBOX"
poll_seconds = 60
# Certificates to trust instead of the system's: ca_file = "/etc/hallkeeper/mail-ca.pem"

# The HTTP gateway that takes text messages to people without a mail address; an empty url sends none.
[sms]
url = ""
# url = "https://sms.example.org/messages", token_file = "/etc/hallkeeper/sms-token"
# sender = "RamseyHub"
# GOV.UK Notify instead: kind = "govuk_notify", template_id = "…", token_file = "/etc/hallkeeper/notify-key"
# The country of numbers without a country code.
region = "GB"
most_per_minute = 0

# Auditors, who get the signed heads of the audit log by mail every day: docs/audit.md.
[audit]
mail_to = []

# For how many days each kind of data is kept: docs/privacy.md.
[retention]
events = 180
samples = 1095
faults = 90
manual_acts = 1095
booking_contacts = 730
waiting = 90
import_leftovers = 90
notices = 365
ended_people = 730
audit_personal = 1095
audit = 2555
accounts = 2558

# Samples in the database, or in an InfluxDB.
[history]
kind = "sql"
# kind = "influx"
# url = "http://127.0.0.1:8086"
# org = "hallkeeper"
# bucket = "samples"
# token_file = "/etc/hallkeeper/influx-token"

# An OpenID provider by which people sign in, such as a council's; as many as there are: docs/oidc.md.
# [[oidc]]
# id = "council"
# name = "Ramsey Council"
# issuer = "https://login.example.org"
# client_id = "hallkeeper"
# client_secret_file = "/etc/hallkeeper/oidc-secret"
# scopes = ["openid", "profile"]
# groups_claim = "groups"
# What the ID token must say of a second factor: required_amr = ["mfa"], required_acr = []
# [[oidc.groups]]
# group = "hub-managers"
# role = "manager"
# sites = ["ramsey"] or "all"
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


def _is_address(text: str) -> bool:
    try:
        mail_address(text)
    except ValueError:
        return False
    return True


def is_safe(url: str) -> bool:
    """Whether what is posted there can be read by nobody on the way."""
    split = urlsplit(url)
    return split.scheme == "https" or (split.scheme == "http" and split.hostname in {"127.0.0.1", "::1", "localhost"})


LONGEST_MAILBOX = 18
"""Letters in the name of the mailbox for bounces: with what is added to it, 64 (RFC 5321, 4.5.3.1.1)."""


def _check_bounces(file: Path, settings: Settings) -> None:
    bounces = settings.bounces
    if not bounces.host and not bounces.address:
        return
    if not settings.mail.host:
        raise ConfigError(file, "bounces.host", "is of no use without a mail server; set mail.host and mail.sender")
    if not _is_address(bounces.address):
        raise ConfigError(file, "bounces.address", 'is needed to read bounces; write it like "bounces@example.org"')
    if bounces.separator and len(bounces.address.rpartition("@")[0]) > LONGEST_MAILBOX:
        hint = f"is too long before the @: {LONGEST_MAILBOX} letters at most, since 45 are added to it for each mail"
        raise ConfigError(file, "bounces.address", hint)
    if bounces.separator not in {"", "+", "-", "=", "_"}:
        raise ConfigError(file, "bounces.separator", 'write one of "+", "-", "=" and "_", or "" for none')
    if bounces.host and (not bounces.username or bounces.password_file is None):
        raise ConfigError(file, "bounces.username", "and bounces.password_file are needed to read the mailbox")


def _checked(file: Path, settings: Settings) -> Settings:
    _check_database(file, settings.database)
    for key, host in (
        ("listen.host", settings.listen.host),
        ("broker.host", settings.broker.host),
        ("broker.edges_host", settings.broker.edges_host or "localhost"),
        ("sip2.host", settings.sip2.host or "localhost"),
        ("mail.host", settings.mail.host or "localhost"),
        ("bounces.host", settings.bounces.host or "localhost"),
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
    if settings.mail.host and not _is_address(parseaddr(settings.mail.sender)[1]):
        raise ConfigError(file, "mail.sender", 'is needed with a mail server; write it like "bookings@example.org"')
    if (settings.mail.username is None) != (settings.mail.password_file is None):
        raise ConfigError(file, "mail.username", "and mail.password_file belong together: set both or neither")
    if settings.mail.security == "none" and settings.mail.username is not None:
        raise ConfigError(file, "mail.security", 'would send the password in clear; write "starttls" or "tls"')
    _check_bounces(file, settings)
    sms = settings.sms
    if sms.url and not is_safe(sms.url):
        raise ConfigError(file, "sms.url", "would send numbers and codes in clear; write an https:// address")
    if sms.kind == "govuk_notify":
        if sms.token_file is None:
            raise ConfigError(file, "sms.token_file", "is needed: the file with an API key of GOV.UK Notify")
        if not re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", sms.template_id):
            raise ConfigError(file, "sms.template_id", "is needed: the id of a template that Notify's page shows")
    if not re.fullmatch("[A-Z]{2}", sms.region):
        raise ConfigError(
            file, "sms.region", f'{sms.region!r} is not a country; write two capital letters, such as "GB"'
        )
    _check_providers(file, settings)
    if settings.audit.mail_to and not settings.mail.host:
        raise ConfigError(file, "audit.mail_to", "needs a mail server; set mail.host and mail.sender")
    for each in settings.audit.mail_to:
        if not _is_address(each):
            raise ConfigError(file, "audit.mail_to", f'{each!r} is not an address; write it like "auditor@example.org"')
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
        mail=msgspec.structs.replace(
            settings.mail,
            password_file=settings.mail.password_file
            and _existing(file, "mail.password_file", root / settings.mail.password_file),
            ca_file=settings.mail.ca_file and _existing(file, "mail.ca_file", root / settings.mail.ca_file),
        ),
        bounces=msgspec.structs.replace(
            settings.bounces,
            password_file=settings.bounces.password_file
            and _existing(file, "bounces.password_file", root / settings.bounces.password_file),
            ca_file=settings.bounces.ca_file and _existing(file, "bounces.ca_file", root / settings.bounces.ca_file),
        ),
        sms=msgspec.structs.replace(
            sms, token_file=sms.token_file and _existing(file, "sms.token_file", root / sms.token_file)
        ),
        oidc=tuple(
            msgspec.structs.replace(
                each,
                client_secret_file=each.client_secret_file
                and _existing(file, "oidc.client_secret_file", root / each.client_secret_file),
            )
            for each in settings.oidc
        ),
        sip2=msgspec.structs.replace(
            settings.sip2,
            password_file=settings.sip2.password_file
            and _existing(file, "sip2.password_file", root / settings.sip2.password_file),
        ),
    )


def _check_providers(file: Path, settings: Settings) -> None:
    providers = settings.oidc
    for key in ("id", "issuer"):
        values = [getattr(each, key) for each in providers]
        if twice := next((each for each in values if values.count(each) > 1), None):
            raise ConfigError(file, f"oidc.{key}", f"{twice!r} is there twice; each provider needs its own")
    for each in providers:
        if not re.fullmatch(SLUG_PATTERN, each.id):
            raise ConfigError(file, "oidc.id", f"{each.id!r} is not an id; write small letters, digits and hyphens")
        if not each.name.strip() or not each.client_id.strip():
            raise ConfigError(file, "oidc", f"{each.id} needs a name, for its button, and a client_id")
        if not is_safe(each.issuer):
            raise ConfigError(
                file, "oidc.issuer", f"{each.issuer!r} is no https:// address, so anybody could pose as it"
            )
        if "openid" not in each.scopes:
            raise ConfigError(file, "oidc.scopes", f'{each.id} needs "openid" among them')
    if providers and not is_safe(settings.address):
        raise ConfigError(file, "oidc", "needs pages that are reached by https://; set public_url")


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
