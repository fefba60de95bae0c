"""Files and addresses of the broker, from the settings."""

from datetime import datetime
from pathlib import Path

from controller.enrolment.authority import CertificateAuthority
from controller.enrolment.broker_files import BrokerFiles
from controller.key_files import KeyFiles, load_keys
from controller.settings import Settings
from edge.wire.clock import SystemClock
from edge.wire.enrolment import BrokerAddress

CA_FILE = "ca.key"
LOGIN_FILE = "broker-login.pem"


def authority(keys: KeyFiles, now: datetime) -> CertificateAuthority:
    """Raises ``KeyFault``."""
    return CertificateAuthority(keys.folder / CA_FILE, now)


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
    files.write(authority(keys, now), None, now)
    return files.folder
