"""Enrolment put together from the settings."""

from pathlib import Path

from controller.access.holders.service import Holders
from controller.access.service import Access
from controller.changes import Changes
from controller.db.engine import Database
from controller.enrolment.authority import Authority
from controller.enrolment.broker_files import BrokerFiles
from controller.enrolment.edge_identity import Registry
from controller.enrolment.service import Enrolment
from controller.enrolment.signing_keyring import Hand
from controller.estate.service import Estate
from controller.key_files import Keys, load_keys
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
    keys: Keys,
    hand: Hand,
    estate: Estate,
    access: Access,
    holders: Holders,
    changes: Changes,
) -> Enrolment:
    """Raises ``KeyFault``."""
    calendar = SystemClock()
    authority = Authority(keys.folder / CA_FILE, calendar.now())
    return Enrolment(
        database=database,
        clock=clock,
        calendar=calendar,
        keys=keys,
        hand=hand,
        authority=authority,
        registry=Registry(
            clock=clock,
            estate=estate,
            access=access,
            holders=holders,
            hand=hand,
            ca=authority.pem,
            broker=broker_of_edges(settings),
        ),
        files=broker_files(settings, keys),
        estate=estate,
        access=access,
        holders=holders,
        changes=changes,
    )


def broker_files(settings: Settings, keys: Keys) -> BrokerFiles:
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
    files.write(Authority(keys.folder / CA_FILE, now), None, now)
    return files.folder
