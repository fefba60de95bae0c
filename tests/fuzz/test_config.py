"""Any bytes, and any sound configuration bent, are a configuration or one sentence that names the file and the key."""

import os
from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.config import data_dir_of, load
from edge.errors import ConfigError
from edge.net.identity import FILE
from edge.wire.codec import encode
from tests.edge.enrolled import identity
from tests.edge.hall import DOOR, SECRET
from tests.edge.test_config import GOOD
from tests.fuzz.effort import effort
from tests.fuzz.mutations import bent, extreme

VALUES = (
    *(
        "0",
        "-1",
        "65536",
        "9" * 30,
        "1e400",
        "nan",
        "inf",
        "true",
        '""',
        '"\\u0000"',
        '"../../etc"',
        '"/"',
        "[]",
        "{}",
        "[[]]",
    ),
    *(
        "2026-01-01",
        "9999-12-31T23:59:59Z",
        '"' + "x" * 5000 + '"',
        "{ pin = 1 }",
        "{ pin = nan }",
        "'front-door'",
        "[",
    ),
    *("[" * 3000, "9" * 5000, "a." * 3000 + "b = 1"),
)
ADDED = (
    "",
    "[fire]\nloop = { pin = 26 }",
    "[[area]]\nid = 'a'\ndoors = ['front-door']\nzones = ['hall']",
    "[[door]]",
    "[a.b]",
)


def bent_toml(text: str, random: Random) -> bytes:
    lines = [*text.splitlines(), random.choice(ADDED)]
    for _ in range(random.choice((1, 2, 3))):
        at = random.randrange(len(lines))
        key, sign, _ = lines[at].partition("=")
        what = random.randrange(4)
        if what == 0:
            lines.pop(at)
        elif what == 1:
            lines.insert(random.randrange(len(lines)), lines[at])
        elif sign:
            lines[at] = f"{key}= {random.choice(VALUES)}"
    data = "\n".join(lines).encode()
    return bent(data, random) if random.random() < 0.2 else data


def set_up(folder: Path) -> Path:
    (folder / "data").mkdir(mode=0o700)
    for name, data in ((f"data/{FILE}", encode(identity({DOOR: SECRET}))), ("broker.password", b"a password")):
        (folder / name).write_bytes(data)
        os.chmod(folder / name, 0o600)
    (folder / "edge.toml").write_text(GOOD)
    return folder / "edge.toml"


def told(load_it: Callable[[Path], object], path: Path) -> ConfigError | None:
    """What is wrong with it, if anything is."""
    try:
        load_it(path)
    except ConfigError as error:
        return error
    return None


def holds(load_it: Callable[[Path], object], path: Path) -> None:
    """A configuration, or one line that says which file and which key."""
    if (error := told(load_it, path)) is not None:
        assert error.key
        assert str(error.file) in str(error)
        assert not any(secret in str(error) for secret in (SECRET.hex(), "a password"))


@given(st.randoms(use_true_random=False))
@effort(60)
def test_any_configuration_is_one_or_a_config_error(random: Random) -> None:
    with TemporaryDirectory() as folder:
        path = set_up(Path(folder))
        path.write_bytes(bent_toml(GOOD, random))
        holds(load, path)
        holds(data_dir_of, path)


@given(st.randoms(use_true_random=False))
@effort(40)
def test_any_identity_is_one_or_a_config_error(random: Random) -> None:
    with TemporaryDirectory() as folder:
        path = set_up(Path(folder))
        file = path.parent / "data" / FILE
        data = file.read_bytes()
        file.write_bytes(bent(data, random) if random.random() < 0.4 else extreme(data, random))
        holds(load, path)


@pytest.mark.cases_full
@pytest.mark.parametrize("text", ["a = " + "[" * 20_000, "a = " + "9" * 5000, "a.b." * 5000 + "c = 1"])
def test_toml_past_all_sense_is_a_config_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "edge.toml").write_text(text)
    for reads in (load, data_dir_of):
        with pytest.raises(ConfigError):
            reads(tmp_path / "edge.toml")


@pytest.mark.parametrize("name", [f"data/{FILE}", "broker.password", "edge.toml"])
def test_a_device_or_a_folder_in_place_of_a_file_is_a_config_error(tmp_path: Path, name: str) -> None:
    for target in ("/dev/zero", str(tmp_path / "data")):
        path = set_up(tmp_path) if not (tmp_path / "data").exists() else tmp_path / "edge.toml"
        (tmp_path / name).unlink()
        (tmp_path / name).symlink_to(target)
        with pytest.raises(ConfigError):
            load(path)
