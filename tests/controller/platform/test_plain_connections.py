"""`encrypted_only`: no connection that leaves the machine is plain."""

from pathlib import Path

import pytest

from controller.platform.settings import ConfigError, Settings
from controller.platform.settings_file import load_settings

HEAD = 'data_dir = "data"\nencrypted_only = true\npublic_url = "https://hub.example.org"\n'
INFLUX = '[history]\nkind = "influx"\norg = "o"\nbucket = "b"\ntoken_file = "secret"\nurl = '
BACKUP = '[backup]\npassword_file = "secret"\nrepository = '
MAIL = '[mail]\nsender = "hub@example.org"\n'


def _load(folder: Path, text: str) -> Settings:
    (folder / "secret").write_text("secret")
    (folder / "controller.toml").write_text(text)
    return load_settings(folder / "controller.toml")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('data_dir = "data"\nencrypted_only = true', "public_url"),
        ('data_dir = "data"\nencrypted_only = true\npublic_url = "http://hub.example.org"', "public_url"),
        (f'{HEAD}[listen]\nhost = "0.0.0.0"', "listen.host"),
        (f'{HEAD}[broker]\nhost = "broker.example.org"', "broker.tls"),
        (f'{HEAD}[broker]\nedges_host = "hub.example.org"', "broker.tls"),
        (f'{HEAD}database = "postgresql://hall@db.example.org/hall"', "database"),
        (f'{HEAD}database = "postgresql://hall@db.example.org/hall?ssl=prefer"', "database"),
        (f'{HEAD}database = "postgresql:///hall?host=127.0.0.1:5432&host=db.example.org:5432"', "database"),
        (
            f'{HEAD}database = "postgresql://hall@localhost/hall"\n'
            'reports_database = "postgresql://hall@copy.example.org/hall"',
            "reports_database",
        ),
        (f'{HEAD}{INFLUX}"http://influx.example.org:8086"', "history.url"),
        (f'{HEAD}{MAIL}host = "mail.example.org"\nsecurity = "none"', "mail.security"),
        (f'{HEAD}[sip2]\nhost = "library.example.org"', "sip2.host"),
        (f'{HEAD}{BACKUP}"rest:http://backup.example.org/hall"', "backup.repository"),
    ],
)
def test_a_plain_connection_that_leaves_the_machine_is_refused_by_its_key(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(ConfigError) as raised:
        _load(tmp_path, text)
    assert (raised.value.key, raised.value.hint.endswith("; encrypted_only wants it")) == (key, True)


@pytest.mark.parametrize(
    "more",
    [
        "",
        '[broker]\nhost = "broker.example.org"\nport = 8883\ntls = true',
        'database = "postgresql://hall@127.0.0.1/hall"',
        'database = "postgresql:///hall?host=/run/postgresql"',
        'database = "postgresql://hall@db.example.org/hall?ssl=verify-full"',
        f'{INFLUX}"https://influx.example.org"',
        f'{INFLUX}"http://127.0.0.1:8086"',
        f'{MAIL}host = "mail.example.org"',
        f'{MAIL}host = "localhost"\nsecurity = "none"',
        '[sip2]\nhost = "127.0.0.1"',
        f'{BACKUP}"s3:https://s3.example.org/hall"',
        f'{BACKUP}"/mnt/backup"',
    ],
)
def test_what_is_encrypted_or_stays_on_the_machine_is_taken(tmp_path: Path, more: str) -> None:
    assert _load(tmp_path, HEAD + more).encrypted_only


def test_without_the_setting_all_is_taken(tmp_path: Path) -> None:
    assert not _load(tmp_path, 'data_dir = "data"\n[sip2]\nhost = "library.example.org"').encrypted_only
