"""The configuration is read once, and what is wrong with it is said with file, key and mend."""

import base64
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge.config import Config, load
from edge.errors import ConfigError

PUBLIC = base64.b64encode(Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()).decode()
GOOD = f"""
site = "ramsey"
edge = "ramsey-pi"
data_dir = "data"
key_file = "edge.key"
secrets_file = "secrets.toml"
controller_key = "{PUBLIC}"

[broker]
host = "127.0.0.1"
username = "ramsey-pi"
password_file = "broker.password"

[[door]]
id = "front-door"
relay = {{ pin = 17 }}
contact = {{ pin = 27 }}
rex = {{ pin = 22 }}

[[reader]]
kind = "wiegand"
id = "front-keypad"
door = "front-door"
d0 = 5
d1 = 6

[[counter]]
id = "front-beams"
door = "front-door"
outer = {{ pin = 23 }}
inner = {{ pin = 24 }}

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
    write(folder / "edge.key", base64.b64encode(bytes(32)).decode() + "\n")
    write(folder / "secrets.toml", f'[doors]\nfront-door = "{base64.b64encode(bytes(32)).decode()}"\n')
    write(folder / "broker.password", "not a secret\n")
    (folder / "edge.toml").write_text(text)
    return folder / "edge.toml"


def loaded(folder: Path, text: str) -> Config:
    return load(folder_with(folder, text))


def test_a_sound_file_is_read_with_its_secrets_and_paths_beside_it(tmp_path: Path) -> None:
    config = loaded(tmp_path, GOOD)
    assert (config.site, config.edge, config.data_dir) == ("ramsey", "ramsey-pi", tmp_path / "data")
    assert config.doors[0].secret == bytes(32)
    assert config.broker.password == "not a secret"
    assert config.wifi[0].file == str(tmp_path / "stations.txt")


MISTAKES = [
    ('site = "ramsey"', 'site = "Ramsey Hall"', "site"),
    ('site = "ramsey"', "", "site"),
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
    ('format = "iw"', 'format = "unifi"', "wifi[0].format"),
    ('file = "stations.txt"', "command = []", "wifi[0].command"),
    ('file = "stations.txt"', 'command = [""]', "wifi[0].command[0]"),
    ('file = "stations.txt"', r'command = ["iw", "\u0000"]', "wifi[0].command[1]"),
    ('file = "stations.txt"', r'file = "a\u0000b"', "wifi[0].file"),
    ('data_dir = "data"', r'data_dir = "a\u0000b"', "data_dir"),
    ('data_dir = "data"', 'data_dir = "edge.key"', "data_dir"),
    ('data_dir = "data"', 'data_dir = "edge.key/data"', "data_dir"),
    ('data_dir = "data"', f'data_dir = "{"x" * 300}"', "data_dir"),
    ('key_file = "edge.key"', r'key_file = "a\u0000b"', "key_file"),
    ('site = "ramsey"', 'site = "ramsey"\ntimezone = "America"', "timezone"),
    ('site = "ramsey"', f'site = "ramsey"\ntimezone = "{"x" * 300}"', "timezone"),
    ('site = "ramsey"', 'site = "ramsey"\nclock_file = "none.json"', "clock_file"),
    ('host = "127.0.0.1"', "host = ''", "broker.host"),
    ('host = "127.0.0.1"', 'host = "x"\nport = 0', "broker.port"),
    ('key_file = "edge.key"', 'key_file = "no.key"', "key_file"),
    ('key_file = "edge.key"', 'key_file = "broker.password"', "key_file"),
    ('secrets_file = "secrets.toml"', "", "secrets_file"),
    (f'controller_key = "{PUBLIC}"', 'controller_key = "AAAA"', "controller_key"),
    ('site = "ramsey"', 'site = "ramsey"\ntimezone = "Mars/Base"', "timezone"),
    ('site = "ramsey"', 'site = "ramsey"\ncolour = "red"', "colour"),
    ("[broker]", "[broker", "the file"),
]


@pytest.mark.parametrize(("good", "bad", "key"), MISTAKES)
def test_a_mistake_is_named_with_its_key_and_how_to_mend_it(tmp_path: Path, good: str, bad: str, key: str) -> None:
    assert good in GOOD
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, GOOD.replace(good, bad, 1))
    assert caught.value.key == key
    assert str(tmp_path / "edge.toml") in str(caught.value)
    assert caught.value.mend


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = folder_with(tmp_path, GOOD)
    os.chmod(tmp_path / "edge.key", 0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        load(path)


def test_a_door_without_a_secret_is_named_in_the_secrets_file(tmp_path: Path) -> None:
    path = folder_with(tmp_path, GOOD)
    write(tmp_path / "secrets.toml", "[doors]\n")
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert (caught.value.file, caught.value.key) == (tmp_path / "secrets.toml", "doors.front-door")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"edge\.toml"):
        load(tmp_path / "edge.toml")


@given(st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_a_configuration_or_a_config_error(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "edge.toml").write_bytes(data)
    with pytest.raises(ConfigError):
        load(tmp_path / "edge.toml")
