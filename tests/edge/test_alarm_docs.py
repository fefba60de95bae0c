"""The configurations that docs/alarm.md and docs/closing.md show are ones that an edge takes; others are refused."""

import re
from pathlib import Path

import pytest

from edge.config import Config, load
from edge.errors import ConfigError
from edge.net.identity import FILE, write_identity
from tests.edge.enrolled import identity

ROOT = Path(__file__).parents[2]
BASE = """\
data_dir = "data"
[broker]
host = "127.0.0.1"
[[door]]
id = "front-door"
relay = { pin = 17 }
contact = { pin = 27 }
[[counter]]
id = "front-beams"
door = "front-door"
outer = { pin = 23 }
inner = { pin = 24 }
[[motion]]
id = "hall-pir"
zone = "hall"
pin = 25
"""


def shown(page: str) -> str:
    return "\n".join(re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / page).read_text(), re.DOTALL))


def loaded(folder: Path, text: str) -> Config:
    (folder / "data").mkdir(exist_ok=True)
    if not (folder / "data" / FILE).exists():
        write_identity(folder / "data" / FILE, identity({"front-door": bytes(32)}))
    path = folder / "edge.toml"
    path.write_text(BASE + text)
    return load(path)


def test_configuration_shown_on_the_pages_is_accepted(tmp_path: Path) -> None:
    config = loaded(tmp_path, shown("alarm.md") + shown("closing.md"))
    assert [area.id for area in config.areas] == ["ground-floor"]
    assert len(config.announcers) == 3
    assert [output.use for output in config.outputs] == ["light", "hold_open"]


AREA = '[[area]]\nid = "a"\ndoors = ["front-door"]\nzones = ["hall"]\n'


@pytest.mark.parametrize(
    ("text", "key", "hint"),
    [
        ('[[area]]\nid = "a"\ndoors = []\nzones = ["hall"]', "area[0].doors", "deploy/README.md"),
        ('[[area]]\nid = "a"\ndoors = ["back-door"]\nzones = ["hall"]', "area[0].doors", "of this file"),
        ('[[area]]\nid = "a"\ndoors = ["front-door"]\nzones = ["attic"]', "area[0].zones", "on this edge"),
        (AREA + 'counters = ["back-beams"]', "area[0].counters", "one of the area's doors"),
        (AREA + AREA.replace('"a"', '"b"'), "area[1].doors", "one area"),
        (AREA + "siren = { pin = 17 }", "area[0].siren", "another pin"),
        (AREA + "quiet_s = 5", "area[0].quiet_s", "deploy/README.md"),
        (AREA + "warn_s = 1", "area[0].warn_s", "deploy/README.md"),
        (AREA + "siren_s = 4000", "area[0].siren_s", "deploy/README.md"),
        ('[[announcer]]\nid = "x"', "announcer[0]", "one [[announcer]] for each"),
        ('[[announcer]]\nid = "x"\ncommand = []', "announcer[0].command", "deploy/README.md"),
        ('[[output]]\nid = "x"\nrelay = { pin = 5 }\nuse = "heat"', "output[0].use", "deploy/README.md"),
        ('[[output]]\nid = "x"\nrelay = { pin = 5 }\nzones = ["attic"]', "output[0].zones", "on this edge"),
        ('[[output]]\nid = "hall-pir"\nrelay = { pin = 5 }', "output[0].id", "its own id"),
    ],
)
def test_settings_that_cannot_work_are_refused_with_key_and_hint(
    tmp_path: Path, text: str, key: str, hint: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        loaded(tmp_path, text)
    assert "edge.toml" in str(refused.value)
    assert key in str(refused.value)
    assert hint in str(refused.value)


def test_a_door_without_a_contact_can_be_in_no_area(tmp_path: Path) -> None:
    text = (
        '[[door]]\nid = "side-door"\nrelay = { pin = 5 }\n[[area]]\nid = "a"\ndoors = ["side-door"]\nzones = ["hall"]'
    )
    with pytest.raises(ConfigError, match="'side-door' has no contact"):
        loaded(tmp_path, text)
