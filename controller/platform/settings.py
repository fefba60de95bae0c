"""The controller's settings: one frozen object from one TOML file."""

import socket
from datetime import date
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from sqlalchemy.engine import URL, make_url

Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
PerMinute = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
Minutes = Annotated[int, msgspec.Meta(ge=0, le=240)]

DATA_DIR = Path("/var/lib/hallkeeper-controller")
"""Where deploy's unit keeps the controller's files."""
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}


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
    addresses or networks are believed when they say for whom they ask (``X-Forwarded-For``). ``metrics_from``: which
    may read ``/metrics``. ``framed_by``: the origins whose pages may show ours in a frame; none by default.
    ``connections``: the most that are open at once; each screen or page that shows live figures keeps one."""

    host: str = "127.0.0.1"
    port: Port = 8080
    names: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    metrics_from: tuple[str, ...] = ("127.0.0.1", "::1")
    framed_by: tuple[str, ...] = ()
    connections: Annotated[int, msgspec.Meta(ge=50, le=50_000)] = 1_000

    @property
    def trusted(self) -> tuple[IPv4Network | IPv6Network, ...]:
        return tuple(ip_network(each) for each in self.proxies)

    @property
    def scrapers(self) -> tuple[IPv4Network | IPv6Network, ...]:
        return tuple(ip_network(each) for each in self.metrics_from)


MOST_CONTROLLERS = 9
"""That share a broker by TLS."""


class Broker(SettingsSection, frozen=True):
    """The MQTT broker. ``tls``: with certificates of our own authority, ours and the edges'. ``edges_host`` and
    ``edges_port``: where edges find it, if elsewhere. ``password_file``: one line, readable by the controller only.
    ``number``: of this controller, of several that share the broker by TLS."""

    host: str = "127.0.0.1"
    port: Port = 1883
    tls: bool = False
    edges_host: str | None = None
    edges_port: Port | None = None
    username: str | None = None
    password_file: Path | None = None
    number: Annotated[int, msgspec.Meta(ge=1, le=MOST_CONTROLLERS)] = 1


class HistorySettings(SettingsSection, frozen=True):
    """Where samples are stored: the database (``sql``), or an InfluxDB as well (``influx``)."""

    kind: Literal["sql", "influx"] = "sql"
    url: str | None = None
    org: str | None = None
    bucket: str | None = None
    token_file: Path | None = None


class FeedSection(SettingsSection, frozen=True):
    """Outside diaries that are polled. ``networks``: your own networks that they may be in, such as "10.20.0.0/16";
    public addresses are always allowed. ``hosts``: if any are given, no others are asked."""

    networks: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()

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
    rollups: Days = 1826
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


class BackupSection(SettingsSection, frozen=True):
    """Backups by restic. ``repository``: a folder, or a store as restic names it; empty: none are made. ``keys``:
    whether the controller's keys are in them. ``password_file``: what they are encrypted with. ``environment_file``:
    lines ``NAME=value`` that a store needs. ``keep_…``: of how many days, weeks and months the newest is kept.
    ``before_upgrade``: whether the database is copied before a new release changes its form."""

    repository: str = ""
    password_file: Path | None = None
    environment_file: Path | None = None
    keys: bool = True
    keep_daily: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 14
    keep_weekly: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 8
    keep_monthly: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 12
    before_upgrade: bool = True


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
    ``second_factor_roles``: whose users need a second step when they sign in, or a passkey. ``breached_passwords``: a
    list of passwords that nobody may take. ``virus_scanner``: the socket of ClamAV's daemon. ``oidc_days``: how long a
    sign-in by a provider, and the roles of its groups, last.
    ``encrypted_only``: whether each connection that leaves this machine must be encrypted.
    ``reports_database``: a hot standby of ``database``, for reports.
    ``clock_right_on``: a day on which somebody saw that the clock was right, although plans speak against it."""

    data_dir: Path
    database: str | None = None
    reports_database: str | None = None
    listen: Listen = Listen()
    public_url: str = ""
    encrypted_only: bool = False
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
    backup: BackupSection = BackupSection()
    retention: RetentionSection = RetentionSection()
    second_factor_roles: tuple[RoleName, ...] = ()
    breached_passwords: Path | None = None
    virus_scanner: Path | None = None
    oidc: tuple[OidcSection, ...] = ()
    oidc_days: Annotated[int, msgspec.Meta(ge=1, le=90)] = 7
    lead_in_minutes: Minutes = 15
    lag_minutes: Minutes = 15

    @property
    def database_url(self) -> URL:
        """The database with the driver we use; SQLite in ``data_dir`` where none is set."""
        if self.database is None:
            return URL.create(DRIVERS["sqlite"], database=str(self.data_dir / "hallkeeper.db"))
        url = make_url(self.database)
        return url.set(drivername=DRIVERS[url.get_backend_name()])

    @property
    def reports_url(self) -> URL | None:
        """The copy from which reports are read, with the driver we use; ``None`` where there is none."""
        if self.reports_database is None:
            return None
        return make_url(self.reports_database).set(drivername=DRIVERS["postgresql"])

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


def is_safe(url: str) -> bool:
    """Whether what is posted there can be read by nobody on the way."""
    split = urlsplit(url)
    return split.scheme == "https" or (split.scheme == "http" and split.hostname in {"127.0.0.1", "::1", "localhost"})
