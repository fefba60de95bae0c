"""The configuration is read once, and each mistake is reported with file, key and hint."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.config import BrokerConfig, Config, load
from edge.errors import ConfigError
from edge.net.identity import FILE, new_keys, read_identity, write_identity
from edge.runtime import HeldDoorSecrets
from edge.sensors.config import IwConfig
from edge.wire.enrolment import BrokerAddress
from tests.edge.enrolled import edge_identity, identity

GOOD = """
data_dir = "data"

[broker]
host = "127.0.0.1"
username = "ramsey-pi"
password_file = "broker.password"

[[door]]
id = "front-door"
relay = { pin = 17 }
contact = { pin = 27 }
rex = { pin = 22 }

[[reader]]
kind = "wiegand"
id = "front-keypad"
door = "front-door"
d0 = 5
d1 = 6

[[counter]]
id = "front-beams"
door = "front-door"
outer = { pin = 23 }
inner = { pin = 24 }

[[motion]]
id = "hall-pir"
zone = "hall"
pin = 25

[[wifi]]
id = "hall-wifi"
zone = "hall"
format = "iw"
file = "stations.txt"
"""


def write(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o600)


def folder_with(folder: Path, text: str) -> Path:
    write_identity(folder / "data" / FILE, identity({"front-door": bytes(32)}))
    write(folder / "broker.password", "not a secret\n")
    (folder / "edge.toml").write_text(text)
    return folder / "edge.toml"


def loaded(folder: Path, text: str) -> Config:
    return load(folder_with(folder, text))


def test_a_sound_file_is_read_with_its_secrets_and_paths_beside_it(tmp_path: Path) -> None:
    config = loaded(tmp_path, GOOD)
    assert (config.site, config.edge, config.data_dir) == ("ramsey", "ramsey-pi", tmp_path / "data")
    assert HeldDoorSecrets(config.identity.issued).secret("front-door", None) == bytes(32)
    assert config.broker.password == "not a secret"
    assert config.wifi == (IwConfig(id="hall-wifi", zone="hall", file=str(tmp_path / "stations.txt")),)


MISTAKES = [
    ('data_dir = "data"', "data_dir = 3", "data_dir"),
    ("relay = { pin = 17 }", "relay = { pin = 99 }", "door[0].relay.pin"),
    ("relay = { pin = 17 }", "relay = { pin = 17, polarity = 1 }", "door[0].relay.polarity"),
    ("relay = { pin = 17 }", "", "door[0].relay"),
    ("contact = { pin = 27 }", "contact = { pin = 17 }", "door[0].contact"),
    ("contact = { pin = 27 }", "second_contact = { pin = 27 }", "door[0].second_contact"),
    ("contact = { pin = 27 }", "lock_sensor = { pin = 27 }", "door[0].lock_sensor"),
    ("contact = { pin = 27 }", 'interlock = "lobby"', "door[0].interlock"),
    ("contact = { pin = 27 }", 'contact = { pin = 27 }\ninterlock = "lobby"', "door[0].interlock"),
    ("rex = { pin = 22 }", 'rex = { pin = 22 }\nlock = "bolt"', "door[0].lock"),
    ("rex = { pin = 22 }", 'rex = { pin = 22 }\nlock = "maglock"\nfail = "secure"', "door[0].fail"),
    ("rex = { pin = 22 }", 'rex = { pin = 22 }\nfeed = "closed"', "door[0].feed"),
    ("rex = { pin = 22 }", 'rex = { pin = 22 }\nlock = "maglock"\nfire = "stay"', "door[0].fire"),
    ("rex = { pin = 22 }", 'lock = "maglock"', "door[0].rex"),
    ("[broker]", "[fire]\nloop = { pin = 17 }\n[broker]", "fire.loop"),
    ("[broker]", '[fire]\nid = "front-door"\nloop = { pin = 4 }\n[broker]', "fire.id"),
    ('id = "front-keypad"', 'id = "front-door"', "reader[0].id"),
    ('kind = "wiegand"', 'kind = "magic"', "reader[0].kind"),
    ('door = "front-door"\nd0', 'door = "back-door"\nd0', "reader[0].door"),
    ("d1 = 6", "d1 = 27", "reader[0].d1"),
    ("d1 = 6", 'd1 = 6\nside = "above"', "reader[0].side"),
    ('id = "front-beams"', 'id = "front-door"', "counter[0].id"),
    ('door = "front-door"\nouter', 'door = "back-door"\nouter', "counter[0].door"),
    ('file = "stations.txt"', "", "wifi[0]"),
    ('format = "iw"', 'format = "tea"', "wifi[0].format"),
    ('file = "stations.txt"', "command = []", "wifi[0].command"),
    ('file = "stations.txt"', 'command = [""]', "wifi[0].command[0]"),
    ('file = "stations.txt"', r'command = ["iw", "\u0000"]', "wifi[0].command[1]"),
    ('file = "stations.txt"', r'file = "a\u0000b"', "wifi[0].file"),
    ('data_dir = "data"', r'data_dir = "a\u0000b"', "data_dir"),
    ('data_dir = "data"', 'data_dir = "edge.toml"', "data_dir"),
    ('data_dir = "data"', 'data_dir = "edge.toml/data"', "data_dir"),
    ('data_dir = "data"', f'data_dir = "{"x" * 300}"', "data_dir"),
    ('data_dir = "data"', 'data_dir = "data"\ntimezone = "America"', "timezone"),
    ('data_dir = "data"', f'data_dir = "data"\ntimezone = "{"x" * 300}"', "timezone"),
    ('data_dir = "data"', 'data_dir = "data"\nclock_file = "none.json"', "clock_file"),
    ('host = "127.0.0.1"', "host = ''", "broker.host"),
    ('host = "127.0.0.1"', 'host = "x"\nport = 0', "broker.port"),
    ('data_dir = "data"', 'data_dir = "data"\ntimezone = "Mars/Base"', "timezone"),
    ('data_dir = "data"', 'data_dir = "data"\ncolour = "red"', "colour"),
    ("[broker]", "[broker", "the file"),
    ("[broker]", '[[room_sensor]]\nid = "air"\n[broker]', "room_sensor[0]"),
    ("[broker]", '[[room_sensor]]\nid = "air"\ndevice = "/sys/a"\ncontact = { pin = 4 }\n[broker]', "room_sensor[0]"),
    ("[broker]", '[[room_sensor]]\nid = "air"\ndevice = "1-0062"\n[broker]', "room_sensor[0].device"),
    ("[broker]", '[[room_sensor]]\nid = "window"\ncontact = { pin = 17 }\n[broker]', "room_sensor[0].contact"),
    ("[broker]", '[[room_sensor]]\nid = "front-door"\ncontact = { pin = 4 }\n[broker]', "room_sensor[0].id"),
]


@pytest.mark.parametrize(("good", "bad", "key"), MISTAKES)
def test_a_mistake_is_named_with_its_key_and_a_hint(tmp_path: Path, good: str, bad: str, key: str) -> None:
    assert good in GOOD
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, GOOD.replace(good, bad, 1))
    assert caught.value.key == key
    assert str(tmp_path / "edge.toml") in str(caught.value)
    assert caught.value.hint


SNMP = 'format = "snmp"\nhost = "ap.example.org"\nlogin_file = "snmp.conf"\naddresses = "1.3.6.1.4.1.14988.1.1.1.2.1.1"'
UBUS = 'format = "ubus"\nurl = "http://192.168.1.1"\nusername = "hall"\npassword_file = "ap"\ninterfaces = ["phy0-ap0"]'
UNIFI = 'format = "unifi"\nurl = "https://unifi"\nusername = "hall"\npassword_file = "ap"'
LISTED = 'format = "iw"\nfile = "stations.txt"'


def folder_with_logins(folder: Path, text: str) -> Path:
    write(folder / "ap", "hall of mirrors\n")
    write(folder / "snmp.conf", "defVersion 2c\n")
    return folder_with(folder, text)


@pytest.mark.parametrize(("source", "key"), [(SNMP, "login_file"), (UBUS, "password"), (UNIFI, "password")])
def test_a_source_of_stations_is_read_with_its_login(tmp_path: Path, source: str, key: str) -> None:
    (wifi,) = load(folder_with_logins(tmp_path, GOOD.replace(LISTED, source))).wifi
    wanted = {"login_file": str(tmp_path / "snmp.conf"), "password": "hall of mirrors"}
    assert getattr(wifi, key) == wanted[key]


@pytest.mark.parametrize(
    ("source", "good", "bad", "key"),
    [
        (SNMP, "addresses", "count = '1.3.6.1'\naddresses", ""),
        (SNMP, 'addresses = "1.3.6.1.4.1.14988.1.1.1.2.1.1"', "", ""),
        (SNMP, '"1.3.6.1.4.1.14988.1.1.1.2.1.1"', '"mtxrWlRtabAddr"', ".addresses"),
        (SNMP, "ap.example.org", "-v1", ".host"),
        (SNMP, 'login_file = "snmp.conf"', 'login_file = "ap"', ".login_file"),
        (SNMP, 'login_file = "snmp.conf"', 'login_file = "elsewhere/snmp.conf"', ".login_file"),
        (UBUS, "http://192.168.1.1", "ftp://192.168.1.1", ".url"),
        (UBUS, "http://192.168.1.1", "http://hall:secret@192.168.1.1", ".url"),
        (UBUS, "http://192.168.1.1", "http://192.168.1.1:99999", ".url"),
        (UBUS, "http://192.168.1.1", "http://[::1", ".url"),
        (UBUS, 'password_file = "ap"', 'password_file = "ap"\npassword = "x"', ".password"),
        (UBUS, 'password_file = "ap"', 'password_file = "none"', ".password_file"),
        (UBUS, '["phy0-ap0"]', "[]", ".interfaces"),
        (UBUS, "username", f"fingerprint = '{'ab' * 32}'\nusername", ".fingerprint"),
        (UNIFI, "username", "fingerprint = 'ab'\nusername", ".fingerprint"),
        (UNIFI, "username", "access_points = ['ap-1']\nusername", ".access_points[0]"),
        (UNIFI, "username", "site = '../x'\nusername", ".site"),
    ],
)
def test_a_mistake_in_a_source_of_stations_is_named(tmp_path: Path, source: str, good: str, bad: str, key: str) -> None:
    assert good in source
    path = folder_with_logins(tmp_path, GOOD.replace(LISTED, source.replace(good, bad, 1)))
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert (caught.value.key, bool(caught.value.hint)) == (f"wifi[0]{key}", True)


def spoil_certificate(file: Path) -> None:
    """Put somebody else's certificate beside its keys."""
    held, other = read_identity(file), edge_identity(new_keys(), {})
    changed = msgspec.structs.replace(held.issued, certificate=other.certificate)
    write_identity(file, msgspec.structs.replace(held, issued=changed))


@pytest.mark.parametrize(
    ("spoil", "problem", "hint"),
    [
        (lambda file: file.chmod(0o640), "is readable by other users", "chmod 600"),
        (lambda file: file.unlink(), "is missing", "hallkeeper edge enrol TOKEN"),
        (lambda file: file.write_bytes(b"{}"), "cannot be used", "hallkeeper edge enrol TOKEN"),
        (spoil_certificate, "certificate is for another key", "hallkeeper edge enrol TOKEN"),
    ],
)
def test_a_missing_corrupt_or_exposed_identity_is_refused_with_the_fix(
    tmp_path: Path, spoil: Callable[[Path], None], problem: str, hint: str
) -> None:
    path = folder_with(tmp_path, GOOD)
    file = tmp_path / "data" / FILE
    spoil(file)
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert (caught.value.file, caught.value.key) == (file, "identity")
    assert problem in caught.value.problem
    assert hint in caught.value.hint


def test_the_identity_gives_the_broker_and_the_file_may_override_it(tmp_path: Path) -> None:
    told = BrokerAddress(host="hub.example.org", port=8883, tls=True)
    path = folder_with(tmp_path, 'data_dir = "data"\n')
    held = read_identity(tmp_path / "data" / FILE)
    changed = msgspec.structs.replace(held.issued, broker=told)
    write_identity(tmp_path / "data" / FILE, msgspec.structs.replace(held, issued=changed))
    assert load(path).broker == BrokerConfig(host="hub.example.org", port=8883, tls=True)
    path.write_text('data_dir = "data"\n[broker]\nhost = "10.0.0.1"\nport = 9000\n')
    assert load(path).broker == BrokerConfig(host="10.0.0.1", port=9000, tls=True)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"edge\.toml"):
        load(tmp_path / "edge.toml")


@given(st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_a_configuration_or_a_config_error(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "edge.toml").write_bytes(data)
    with pytest.raises(ConfigError):
        load(tmp_path / "edge.toml")
