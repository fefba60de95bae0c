"""Builds enrolment from the settings."""

from pathlib import Path

from controller.access.holders.service import HolderService
from controller.access.service import AccessService
from controller.changes import Changes
from controller.db.engine import Database
from controller.enrolment.authority import CertificateAuthority
from controller.enrolment.broker_files import BrokerFiles
from controller.enrolment.edge_identity import EdgeIdentities
from controller.enrolment.service import EnrolmentService
from controller.enrolment.signing_keyring import SigningKeyring
from controller.estate.service import EstateService
from controller.key_files import KeyFiles, load_keys
from controller.settings import Settings
from edge.wire.clock import Clock, SystemClock
from edge.wire.enrolment import BrokerAddress

CA_FILE = "ca.key"
LOGIN_FILE = "broker-login.pem"


def open_enrolment(
    *,
    settings: Settings,
    clock: Clock,
    database: Database,
    keys: KeyFiles,
    keyring: SigningKeyring,
    estate: EstateService,
    access: AccessService,
    holders: HolderService,
    changes: Changes,
) -> EnrolmentService:
    """Raises ``KeyFault``."""
    calendar = SystemClock()
    authority = CertificateAuthority(keys.folder / CA_FILE, calendar.now())
    return EnrolmentService(
        database=database,
        clock=clock,
        calendar=calendar,
        keys=keys,
        keyring=keyring,
        authority=authority,
        registry=EdgeIdentities(
            clock=clock,
            estate=estate,
            access=access,
            holders=holders,
            keyring=keyring,
            ca=authority.pem,
            broker=broker_of_edges(settings),
        ),
        files=broker_files(settings, keys),
        estate=estate,
        access=access,
        holders=holders,
        changes=changes,
    )


def broker_files(settings: Settings, keys: KeyFiles) -> BrokerFiles:
    """What the broker of these settings reads."""
    hosts = (settings.broker.host, broker_of_edges(settings).host, "localhost")
    return BrokerFiles(settings.data_dir / "broker", keys.folder / LOGIN_FILE, hosts)


def broker_of_edges(settings: Settings) -> BrokerAddress:
    """Where edges find the broker."""
    broker = settings.broker
    return BrokerAddress(host=broker.edges_host or broker.host, port=broker.edges_port or broker.port, tls=broker.tls)


def make_broker_files(settings: Settings) -> Path:
    """Make what the broker reads, with no database there yet: nothing is revoked. Returns the folder. Raises
    ``KeyFault``."""
    keys = load_keys(settings.data_dir)
    now = SystemClock().now()
    files = broker_files(settings, keys)
    files.write(CertificateAuthority(keys.folder / CA_FILE, now), None, now)
    return files.folder
