"""What docs/readers says of readers is so, and all of it is there."""

import re
import tomllib
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from edge.config_checks import ConfiguredDevices, check
from edge.doors.config import DoorConfig
from edge.readers import keyboard_events, keypad_matrix, usb_keyboard
from edge.readers.config import Baud, ReaderConfig
from edge.readers.wiegand import GAP_S
from edge.system.pinout import OutputPin
from edge.wire.faults import FaultCode
from tests.access_control import FORMATS

FOLDER = Path(__file__).parents[3] / "docs" / "readers"
SOURCES = Path(__file__).parents[3] / "edge" / "readers"
PAGES = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.md"))}
PAGE_OF = {
    "wiegand": "wiegand.md",
    "matrix": "matrix.md",
    "usb-keypad": "usb.md",
    "usb-scanner": "usb.md",
    "osdp": "osdp.md",
}
KINDS = {struct.__struct_config__.tag: struct for struct in get_args(ReaderConfig)}
OF_ALL = {"id", "door", "side", "loop"}
FROM_FILES = {"key"}


class _Example(msgspec.Struct, forbid_unknown_fields=True):
    reader: tuple[ReaderConfig, ...]


def _examples(page: str) -> list[_Example]:
    return [
        msgspec.convert(tomllib.loads(text), _Example)
        for text in re.findall(r"^```toml\n(.*?)^```", PAGES[page], re.DOTALL | re.MULTILINE)
    ]


@pytest.mark.parametrize("page", PAGES)
def test_every_example_is_a_configuration(page: str) -> None:
    examples = _examples(page)
    assert examples
    for number, example in enumerate(examples):
        doors = sorted({reader.door for reader in example.reader})
        made = tuple(DoorConfig(id=door, relay=OutputPin(pin=40 + at)) for at, door in enumerate(doors))
        check(Path(f"{page} {number}"), ConfiguredDevices(doors=made, readers=example.reader))


def test_every_kind_has_its_page_with_an_example() -> None:
    assert set(PAGE_OF) == set(KINDS)
    for kind, page in PAGE_OF.items():
        shown = {type(reader) for example in _examples(page) for reader in example.reader}
        assert KINDS[kind] in shown
        assert f"`{kind}` " in PAGES["README.md"]
        assert f"]({page})" in PAGES["README.md"]


@pytest.mark.parametrize(
    ("kind", "field"),
    [(kind, field) for kind, struct in KINDS.items() for field in struct.__struct_fields__],
)
def test_every_key_is_documented(kind: str, field: str) -> None:
    if field in FROM_FILES:
        return
    page = PAGES["README.md"] if field in OF_ALL else PAGES[PAGE_OF[kind]]
    assert f"`{field}`" in page or re.search(rf"^(# )?{field} = ", page, re.MULTILINE)


def test_every_format_is_documented_with_its_bits() -> None:
    from edge.readers.wiegand_formats import length

    for name in FORMATS:
        assert re.search(rf"^\| `{name}` \| {length(name)} \|", PAGES["wiegand.md"], re.MULTILINE), name


def test_every_fault_and_counter_is_documented() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in SOURCES.glob("*.py"))
    faults = {FaultCode[name].value for name in re.findall(r"FaultCode\.([A-Z_]+)", source)}
    counters = set(re.findall(r'(?:count|PanelCounter)\("([a-z_]+)"\)', source))
    assert len(faults) >= 10
    assert len(counters) >= 5
    for name in sorted(faults | counters):
        assert f"`{name}`" in PAGES["README.md"], name


def test_the_figures_are_those_of_the_readers() -> None:
    assert f"{GAP_S * 1000:.0f} ms without a pulse ends a frame" in PAGES["wiegand.md"]
    assert f"down for {keypad_matrix.SETTLE_S * 1000:.0f} ms" in PAGES["matrix.md"]
    assert f"more than {usb_keyboard.SCAN_LIMIT:,} characters" in PAGES["usb.md"]
    assert ", ".join(str(speed) for speed in get_args(Baud)[1:]) in PAGES["osdp.md"]
    assert keyboard_events.key_of(keyboard_events.ENTER) == "#"
