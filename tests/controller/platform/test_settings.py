"""The configuration: read once, and refused with file, key and hint."""

import tomllib
from pathlib import Path

import msgspec
import pytest

from controller.platform.settings import Broker, ConfigError, HistorySettings, Listen, Settings
from controller.platform.settings_file import EXAMPLE, load_settings


def write(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "controller.toml"
    file.write_text(text)
    return file


def test_the_example_is_sound_and_shows_the_defaults(tmp_path: Path) -> None:
    file = write(tmp_path, EXAMPLE.replace("{data_dir}", str(tmp_path)))
    assert load_settings(file) == Settings(data_dir=tmp_path)


@pytest.mark.parametrize("section", [Settings, Listen, Broker, HistorySettings])
def test_the_example_explains_every_setting(section: type[msgspec.Struct]) -> None:
    for name in section.__struct_fields__:
        assert f"{name} = " in EXAMPLE or f"[{name}]" in EXAMPLE, name
    assert tomllib.loads(EXAMPLE)


def test_paths_are_taken_from_the_files_folder(tmp_path: Path) -> None:
    (tmp_path / "pw").write_text("secret")
    settings = load_settings(write(tmp_path, 'data_dir = "data"\n[broker]\npassword_file = "pw"\n'))
    assert settings.data_dir == tmp_path / "data"
    assert settings.broker.password_file == tmp_path / "pw"
    assert settings.database_url.render_as_string() == f"sqlite+aiosqlite:///{tmp_path}/data/hallkeeper.db"


@pytest.mark.parametrize(
    ("database", "expected"),
    [
        ("postgresql://hk:pw@db/hall", "postgresql+asyncpg://hk:pw@db/hall"),
        ("sqlite:////srv/hk.db", "sqlite+aiosqlite:////srv/hk.db"),
        ("postgresql+asyncpg://db/hall", "postgresql+asyncpg://db/hall"),
    ],
)
def test_a_database_gets_the_driver_we_use(tmp_path: Path, database: str, expected: str) -> None:
    settings = load_settings(write(tmp_path, f'data_dir = "d"\ndatabase = "{database}"'))
    assert settings.database_url.render_as_string(hide_password=False) == expected


@pytest.mark.parametrize(
    ("text", "key", "hint"),
    [
        ("", "top level", "data_dir"),
        ('data_dir = "d"\ndatabas = "x"', "top level", "databas"),
        ('data_dir = "d"\n[listen]\nport = 0', "listen.port", ">= 1"),
        ('data_dir = "d"\n[listen]\nport = "80"', "listen.port", "int"),
        ('data_dir = "d"\n[broker]\nhots = "x"', "broker", "hots"),
        ('data_dir = "d"\n[audit]\nmail_to = ["a@b.test"]', "audit.mail_to", "mail server"),
        (
            'data_dir = "d"\n[mail]\nhost = "m"\nsender = "Hub <h@b.test.>"',
            "mail.sender",
            "bookings@example.org",
        ),
        (
            'data_dir = "d"\n[mail]\nhost = "m"\nsender = "h@b.test"\n[audit]\nmail_to = ["auditor@example.org."]',
            "audit.mail_to",
            "'auditor@example.org.' is not an address",
        ),
        (
            'data_dir = "d"\n[mail]\nhost = "m"\nsender = "h@b.test"\n[audit]\nmail_to = ["a..b@x.test"]',
            "audit.mail_to",
            "'a..b@x.test' is not an address",
        ),
        (
            'data_dir = "d"\n[mail]\nhost = "m"\nsender = "h@b.test"\n[audit]\nmail_to = [""]',
            "audit.mail_to",
            "'' is not an address",
        ),
        (
            'data_dir = "d"\n[mail]\nhost = "m"\nsender = "h@b.test"\n[audit]\nmail_to = ["Ann"]',
            "audit.mail_to",
            "not an address",
        ),
        ('data_dir = "d"\nlead_in_minutes = 241', "lead_in_minutes", "<= 240"),
        ('data_dir = "d"\nlag_minutes = -1', "lag_minutes", ">= 0"),
        ('data_dir = "d"\ndatabase = "mysql://x/y"', "database", "postgresql://"),
        ('data_dir = "d"\ndatabase = "nonsense"', "database", "postgresql://"),
        ('data_dir = "d"\ndatabase = "sqlite://"', "database", "sqlite:////path"),
        ('data_dir = "d"\npublic_url = "hub.example.org"', "public_url", "https://"),
        ('data_dir = "d"\nclock_file = "none.json"', "clock_file", "is not a file"),
        ('data_dir = "d"\n[broker]\npassword_file = "none"', "broker.password_file", "is not a file"),
        ('data_dir = "d"\n[history]\nkind = "influx"', "history.url", "is needed"),
        ('data_dir = "d"\n[feeds]\nnetworks = ["10.20.0.1/16"]', "feeds.networks", "10.20.0.0/16"),
        ('data_dir = "d"\n[feeds]\nhosts = ["https://x.test"]', "feeds.hosts", "without https://"),
        ('data_dir = "d"\n[history]\nkind = "mongo"', "history.kind", "'mongo'; it takes: influx, sql"),
        ('data_dir = "d"\n[sip2]\nhots = "x"', "sip2", "it takes: host, institution, location, password_file, port"),
        ('data_dir = "d"\n[sip2]\nhost = "lms"\npassword_file = "none"', "sip2.password_file", "is not a file"),
        ('data_dir = "d"\n[listen]\nhost = "not a host"', "listen.host", "'not a host' is not a host"),
        ('data_dir = "d"\n[listen]\nframed_by = ["*"]', "listen.framed_by", "https://www.example.org"),
        ('data_dir = "d"\n[listen]\nframed_by = ["https://x.test/"]', "listen.framed_by", "is not an origin"),
        ('data_dir = "d"\n[broker]\nhost = "http://broker"', "broker.host", "is not a host; write a name"),
        ('data_dir = "d"\n[broker]\nedges_host = "10.1.2"', "broker.edges_host", "is not a host"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_with_a_hint(tmp_path: Path, text: str, key: str, hint: str) -> None:
    file = write(tmp_path, text)
    with pytest.raises(ConfigError) as refused:
        load_settings(file)
    assert refused.value.file == file
    assert refused.value.key == key
    assert hint in refused.value.hint
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_there_or_not_toml_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file; `hallkeeper controller init`"):
        load_settings(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="is not TOML"):
        load_settings(write(tmp_path, "data_dir = "))
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_settings(binary)
