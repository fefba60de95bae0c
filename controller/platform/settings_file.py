"""The controller's settings file: what ``hallkeeper controller init`` writes, and how it is read and checked."""

import re
import tomllib
from email.utils import parseaddr
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from controller.platform.plain_connections import plain_connections
from controller.platform.settings import DRIVERS, BackupSection, ConfigError, Settings, is_safe
from controller.platform.text.mail_address import mail_address
from edge.wire.allowed_values import choices, is_host
from edge.wire.ids import SLUG_PATTERN

EXAMPLE = """\
# Hallkeeper's controller. Every key but data_dir may be left out; the values shown are the defaults.

# Keys, the SQLite database and the token of the first sign-in. Back it up as a whole.
data_dir = "{data_dir}"

# PostgreSQL when SQLite is outgrown: database = "postgresql://hallkeeper@db.example/hallkeeper"
# A hot standby of it, from which reports are read: reports_database = "postgresql://hallkeeper@copy.example/hallkeeper"

# The address people type, if there is a proxy: public_url = "https://hub.example.org"
# Whether each connection that leaves this machine must be encrypted: encrypted_only = true

# Minutes before and after a booking in which its door code opens.
lead_in_minutes = 15
lag_minutes = 15

# Roles whose users must have an authenticator app or sign in by a passkey: second_factor_roles = ["owner", "manager"]

# Passwords that nobody may take, by SHA-1 as Have I Been Pwned sorts them: breached_passwords = "/srv/pwned.txt"
# ClamAV's daemon, which is shown each document that is kept: virus_scanner = "/run/clamav/clamd.ctl"

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
# Who may read /metrics, without a proxy: addresses or networks.
metrics_from = ["127.0.0.1", "::1"]
# Other sites whose pages may show ours in a frame, by their origin; none, so that no page can lay itself over ours.
framed_by = []
# Most open connections; each screen or page with live figures keeps one.
connections = 1000

[broker]
host = "127.0.0.1"
port = 1883
# TLS with our own certificates, as docs/enrolment.md sets it up; on port 8883 by custom.
tls = false
# The broker's address for edges, if it differs: edges_host = "hub.example.org", edges_port = 8883
# Of several controllers that share a broker by TLS each has a number of its own, from 1 to 9: number = 2
# username = "controller"
# password_file = "/etc/hallkeeper/broker-password"

# Partners' diaries are polled at public addresses, and in those of your own networks that are named here.
[feeds]
networks = []
# networks = ["10.20.0.0/16"]
# hosts = ["calendar.example.org"]     # if given, no other host is asked

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

# Backups by restic, each restored once to see that it can be: docs/restore.md. An empty repository makes none.
[backup]
repository = ""
# repository = "/mnt/backup/hallkeeper", or a store: "s3:https://s3.example.org/hallkeeper"
# password_file = "/etc/hallkeeper/backup-password"
# Lines such as AWS_ACCESS_KEY_ID=..., for a store: environment_file = "/etc/hallkeeper/backup-environment"
# Whether the keys are in them; without, copy the folder keys/ by hand.
keys = true
# Of how many days, weeks and months the newest backup is kept.
keep_daily = 14
keep_weekly = 8
keep_monthly = 12
# Whether the database is copied before a new release changes its form.
before_upgrade = true

# For how many days each kind of data is kept: docs/privacy.md.
[retention]
events = 180
samples = 1095
rollups = 1826
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
    _check_reports(file, settings)
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
    for each in settings.feeds.hosts:
        if not is_host(each):
            raise ConfigError(file, "feeds.hosts", f"{each!r} is not a host; write it without https://")
    for name in ("proxies", "metrics_from"):
        for each in getattr(settings.listen, name):
            try:
                ip_network(each)
            except ValueError:
                raise ConfigError(
                    file, f"listen.{name}", f'{each!r} is not an address or a network; write it like "10.20.0.5"'
                ) from None
    for each in settings.listen.framed_by:
        if not re.fullmatch(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?", each):
            raise ConfigError(file, "listen.framed_by", f"{each!r} is not an origin; write https://www.example.org")
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
    if settings.backup.repository and settings.backup.password_file is None:
        raise ConfigError(file, "backup.password_file", "is needed: the file with the password of the backups")
    if settings.audit.mail_to and not settings.mail.host:
        raise ConfigError(file, "audit.mail_to", "needs a mail server; set mail.host and mail.sender")
    for each in settings.audit.mail_to:
        if not _is_address(each):
            raise ConfigError(file, "audit.mail_to", f'{each!r} is not an address; write it like "auditor@example.org"')
    if settings.encrypted_only:
        for key, hint in plain_connections(settings):
            raise ConfigError(file, key, f"{hint}; encrypted_only wants it")
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
        breached_passwords=settings.breached_passwords
        and _existing(file, "breached_passwords", root / settings.breached_passwords),
        virus_scanner=settings.virus_scanner and root / settings.virus_scanner,
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
        backup=_backup(file, settings.backup),
        sip2=msgspec.structs.replace(
            settings.sip2,
            password_file=settings.sip2.password_file
            and _existing(file, "sip2.password_file", root / settings.sip2.password_file),
        ),
    )


def _backup(file: Path, backup: BackupSection) -> BackupSection:
    """A repository that is a path, and no store such as ``s3:…``, is taken from the file's folder too."""
    root, place = file.absolute().parent, backup.repository
    return msgspec.structs.replace(
        backup,
        repository=place if not place or re.match("[a-z0-9]+:", place) else str(root / Path(place).expanduser()),
        password_file=backup.password_file and _existing(file, "backup.password_file", root / backup.password_file),
        environment_file=backup.environment_file
        and _existing(file, "backup.environment_file", root / backup.environment_file),
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
    if url.get_backend_name() not in DRIVERS or not url.database or url.database == ":memory:":
        raise ConfigError(file, "database", hint)
    if url.get_backend_name() == "postgresql":
        _need(file, "database", "asyncpg", "postgres")


def _check_reports(file: Path, settings: Settings) -> None:
    if settings.reports_database is None:
        return
    try:
        url = make_url(settings.reports_database)
    except ArgumentError:
        url = make_url("none://")
    if url.get_backend_name() != "postgresql" or not url.database:
        raise ConfigError(
            file, "reports_database", 'write "postgresql://user@host/name", of a hot standby of `database`'
        )
    if settings.database_url.get_backend_name() != "postgresql":
        raise ConfigError(
            file, "reports_database", "only PostgreSQL has such copies; set `database` to one, or leave it out"
        )


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
