"""The broker of sensors by TLS: a wrong certificate has words of its own, and what comes after it is right is heard."""

import asyncio
import ipaddress
import socket
import ssl
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from edge.config import load
from edge.errors import ConfigError
from edge.net.connect_options import context_with, trouble_of
from edge.net.mqtt_client import MqttLink, sensors_link
from edge.sensors.config import MqttSensorsConfig
from edge.system.doctor import sensors
from edge.wire.broker_link import Connected, Disconnected, Message, Trouble
from edge.wire.doctor_findings import Severity
from edge.wire.events import FaultData, ReadingData
from edge.wire.faults import Fault, FaultCode
from tests.edge.hall import Hall, config, with_hall
from tests.edge.test_config import GOOD, folder_with, loaded, write
from tests.services.mosquitto import Broker

HERE = "127.0.0.1"
DOOR = "zigbee2mqtt/hall/door"
NOW = datetime.now(UTC).replace(microsecond=0)


class Authority:
    def __init__(self, name: str) -> None:
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.pem = self._signed(self._name, self._key, x509.BasicConstraints(ca=True, path_length=0))

    def _signed(
        self, name: x509.Name, key: ec.EllipticCurvePrivateKey, about: x509.ExtensionType, *, days: int = 90
    ) -> str:
        made = x509.CertificateBuilder().subject_name(name).issuer_name(self._name).public_key(key.public_key())
        made = made.serial_number(x509.random_serial_number()).add_extension(about, critical=False)
        made = made.not_valid_before(NOW - timedelta(days=100)).not_valid_after(NOW + timedelta(days=days))
        return made.sign(self._key, SHA256()).public_bytes(Encoding.PEM).decode()

    def issue(self, address: str = HERE, *, days: int = 90) -> tuple[str, str]:
        """A certificate for an address that ends in so many days, and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sensors")])
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        return self._signed(name, key, names, days=days), secret


class TlsBroker(Broker):
    """mosquitto with a certificate in its folder; ``ours``: devices need one of that authority."""

    def __init__(self, folder: Path, *, ours: Authority | None = None) -> None:
        self.folder = folder
        more = f"certfile {folder / 'broker.pem'}\nkeyfile {folder / 'broker.key'}\n"
        if ours is not None:
            (folder / "devices.pem").write_text(ours.pem)
            more += f"cafile {folder / 'devices.pem'}\nrequire_certificate true\n"
        super().__init__(folder, more=more)

    def show(self, issued: tuple[str, str]) -> None:
        """Start with this certificate."""
        self.stop()
        for name, text in zip(("broker.pem", "broker.key"), issued, strict=True):
            (self.folder / name).write_text(text)
        self.start()

    def stop(self) -> None:
        self._service.stop()


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority("Building's authority")


def listens(broker: Broker, authority: Authority, **more: object) -> MqttSensorsConfig:
    return MqttSensorsConfig(host=HERE, port=broker.port, tls=True, ca=authority.pem, **more)  # type: ignore[arg-type]


def wrong(kind: Trouble, authority: Authority) -> tuple[str, str]:
    if kind is Trouble.UNTRUSTED:
        return Authority("Building's authority").issue()
    return authority.issue(days=-1) if kind is Trouble.EXPIRED else authority.issue("127.0.0.2")


async def first(link: MqttLink) -> Message | Connected | Disconnected:
    async with asyncio.timeout(60), aclosing(link.events()) as events:
        return await anext(events)


@pytest.mark.parametrize("kind", [Trouble.UNTRUSTED, Trouble.EXPIRED, Trouble.OTHER_NAME])
async def test_a_wrong_certificate_is_named_and_what_is_sent_after_it_is_right_is_heard(
    kind: Trouble, tmp_path: Path, authority: Authority
) -> None:
    broker = TlsBroker(tmp_path)
    broker.show(wrong(kind, authority))
    config = listens(broker, authority)
    (found,) = sensors(config, NOW)
    assert (found.thing, found.verdict) == ("sensors' broker", Severity.FAIL)
    assert Fault(FaultCode.SENSORS_CUT_OFF, kind).text in found.said
    link, seen = sensors_link(config), []
    async with asyncio.timeout(60), aclosing(link.events()) as events:
        async for event in events:
            if isinstance(event, Disconnected):
                assert event.trouble is kind
                broker.show(authority.issue())
            elif isinstance(event, Connected):
                seen.append("connected")
                assert await link.publish(DOOR, b'{"contact":false}')
            else:
                seen.append(event.payload.decode())
                break
    assert seen == ["connected", '{"contact":false}']
    assert [each.verdict for each in sensors(config, NOW)] == [Severity.OK, Severity.OK]
    broker.stop()


async def test_a_broker_that_wants_a_certificate_gets_ours(tmp_path: Path, authority: Authority) -> None:
    broker = TlsBroker(tmp_path, ours=authority)
    broker.show(authority.issue())
    certificate, key = authority.issue()
    event = await first(sensors_link(listens(broker, authority, login=key + certificate)))
    assert isinstance(event, Connected)
    broker.stop()


def test_another_failure_of_tls_is_named_and_one_of_the_network_is_not() -> None:
    assert trouble_of(ssl.SSLError()) is Trouble.NO_TLS
    assert trouble_of(ConnectionResetError()) is None


@pytest.mark.cases_full
async def test_a_refused_login_is_named(tmp_path: Path) -> None:
    (tmp_path / "nobody").write_text("")
    broker = Broker(tmp_path, more=f"allow_anonymous false\npassword_file {tmp_path / 'nobody'}\n")
    broker.start()
    event = await first(sensors_link(MqttSensorsConfig(host=HERE, port=broker.port)))
    assert isinstance(event, Disconnected)
    assert event.trouble is Trouble.LOGIN
    broker.stop()


def test_the_fault_says_why_and_is_one_at_a_time() -> None:
    async def act(hall: Hall) -> None:
        hall.sensors.kill()
        for trouble in (Trouble.EXPIRED, Trouble.UNTRUSTED):
            hall.sensors.trouble = trouble
            await hall.clock.sleep(60)
        hall.sensors.start()
        await hall.clock.sleep(60)
        hall.sensors.publish(DOOR, b'{"contact":true}', retain=False)
        await hall.clock.sleep(1)
        found = [(each.part, each.present) for each in hall.data(FaultData)]
        assert found == [
            *(("", True), ("", False)),
            *(("expired", True), ("expired", False)),
            *(("untrusted", True), ("untrusted", False)),
        ]
        assert [each.values for each in hall.data(ReadingData)] == [{"open": 0}]

    with_hall(act, config=msgspec.structs.replace(config(), mqtt_sensors=MqttSensorsConfig()))


def test_each_trouble_has_its_words_and_what_to_do() -> None:
    texts = {Fault(FaultCode.SENSORS_CUT_OFF, part).text for part in ("", "messages", *Trouble)}
    hints = {Fault(FaultCode.SENSORS_CUT_OFF, part).hint for part in ("", "messages", *Trouble)}
    assert len(texts) == len(hints) == len(Trouble) + 2


def test_the_files_of_the_configuration_are_read(tmp_path: Path, authority: Authority) -> None:
    certificate, key = authority.issue()
    (tmp_path / "ca.pem").write_text(authority.pem)
    (tmp_path / "edge.pem").write_text(certificate)
    write(tmp_path / "edge.key", key)
    keys = 'tls = true\nca_file = "ca.pem"\ncert_file = "edge.pem"\nkey_file = "edge.key"\n'
    read = loaded(tmp_path, f"{GOOD}\n[mqtt_sensors]\n{keys}").mqtt_sensors
    assert read is not None
    assert (read.ca, read.login) == (authority.pem.strip(), f"{key.strip()}\n{certificate.strip()}\n")


def test_an_authority_may_have_its_name_beside_it_in_any_alphabet(authority: Authority) -> None:
    assert context_with(f"# Főtanúsítvány\n{authority.pem}", None).cert_store_stats()["x509_ca"] == 1


def test_a_key_with_a_passphrase_is_refused_without_asking_the_terminal(authority: Authority) -> None:
    certificate, _ = authority.issue()
    key = ec.generate_private_key(ec.SECP256R1())
    for form in (PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL):
        locked = key.private_bytes(Encoding.PEM, form, BestAvailableEncryption(b"secret")).decode()
        with pytest.raises(ssl.SSLError):
            context_with(None, locked + certificate)


@pytest.mark.parametrize(
    ("keys", "named"),
    [
        ('ca_file = "ca.pem"', "ca_file"),
        ('tls = true\nca_file = "nowhere.pem"', "ca_file"),
        ('tls = true\nca_file = "edge.key"', "ca_file"),
        ('tls = true\ncert_file = "edge.pem"', "key_file"),
        ('tls = true\ncert_file = "edge.pem"\nkey_file = "edge.pem"', "key_file"),
        ('tls = true\ncert_file = "edge.pem"\nkey_file = "other.key"', "key_file"),
        ('tls = true\ncert_file = "edge.pem"\nkey_file = "locked.key"', "key_file.*passphrase"),
        ('tls = true\nca = "x"', "ca_file"),
        ('tls = true\nlogin = "x"', "key_file"),
    ],
)
def test_wrong_files_are_refused_by_the_name_of_their_key(
    keys: str, named: str, tmp_path: Path, authority: Authority
) -> None:
    certificate, key = authority.issue()
    (tmp_path / "ca.pem").write_text(authority.pem)
    write(tmp_path / "edge.pem", certificate)
    write(tmp_path / "edge.key", key)
    write(tmp_path / "other.key", authority.issue()[1])
    locked = ec.generate_private_key(ec.SECP256R1())
    passphrase = BestAvailableEncryption(b"secret")
    write(tmp_path / "locked.key", locked.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, passphrase).decode())
    with pytest.raises(ConfigError, match=named):
        load(folder_with(tmp_path, f"{GOOD}\n[mqtt_sensors]\n{keys}\n"))


def test_the_doctor_names_our_own_certificate_that_ends_and_a_broker_that_is_away(authority: Authority) -> None:
    certificate, key = authority.issue(days=-1)
    with socket.socket() as nobody:
        nobody.bind((HERE, 0))
        away = MqttSensorsConfig(port=nobody.getsockname()[1], tls=True, ca=authority.pem, login=key + certificate)
        ours, broker = sensors(away, NOW)
    assert (ours.verdict, ours.thing) == (Severity.FAIL, "certificate for the sensors' broker")
    assert Fault(FaultCode.SENSORS_CUT_OFF).text in broker.said
