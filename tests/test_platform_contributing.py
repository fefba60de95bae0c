"""The worked examples of docs/contributing.md run as they stand there."""

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.app.http_app import API
from controller.db.engine import Tx, metadata
from edge.readers.config import UsbKeypadConfig
from edge.readers.door_side import DoorSide
from edge.wire.credentials import Presented
from edge.wire.events import MotionData
from tests.contract.readers import CODE, World
from tests.edge.hall import run
from tests.virtual_time import VirtualClock

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^## (Add [^\n]+)\n(?:(?!^## ).)*?^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
KEYPAD = UsbKeypadConfig(id="line", door="front-door", device="/dev/input/by-id/none")


def example(title: str) -> dict[str, Any]:
    """The names that the example under a heading defines."""
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(EXAMPLES[title], f"docs/contributing.md: {title}", "exec"), names)
    return names


def test_every_addition_has_an_example() -> None:
    assert list(EXAMPLES) == re.findall(r"^## (Add .*)$", PAGE, re.MULTILINE)
    assert len(EXAMPLES) == 4


def test_the_reader_presents_what_is_typed_and_reports_what_it_cannot_read() -> None:
    async def main(clock: VirtualClock) -> None:
        world = World(clock, KEYPAD, {})
        await world.open()
        presented: list[Presented] = []
        side = DoorSide("front-door", "outside", runtime=world.runtime)
        side.join("line", presented.append)
        reader = example("Add a reader")["LineReader"](KEYPAD, runtime=world.runtime, side=side)
        reader.start()
        for digit in CODE:
            reader.feed(f"KEY {digit}\n".encode())
        assert [each.digits for each in presented] == [CODE]
        reader.feed(b"KEY 44\n")
        assert world.runtime.health["reader_garbled"] == 1
        assert reader.state().values == {"door": "front-door", "side": "outside", "kind": "usb-keypad"}
        reader.close()
        await world.close()

    run(main)


def test_the_sensor_records_a_change_once() -> None:
    async def main(clock: VirtualClock) -> None:
        world = World(clock, KEYPAD, {})
        await world.open()
        radar = example("Add a sensor source")["Radar"]("hall-radar", "hall", runtime=world.runtime)
        for people in (0, 2, 3, 0):
            radar.seen(people)
        recorded = [event.read() for event in world.events if event.device == "hall-radar"]
        assert recorded == [MotionData(zone="hall", active=True), MotionData(zone="hall", active=False)]
        assert radar.state().values == {"active": False, "zone": "hall"}
        await world.close()

    run(main)


async def test_the_domain_answers_over_http(app: FastAPI, container: Container, village: httpx.AsyncClient) -> None:
    names = example("Add a domain")
    try:
        await container.database.run(lambda tx: tx.run_sync(names["found_things"].create))
        lost_property = names["LostProperty"](container.database)
        app.state.services[names["LostProperty"]] = lost_property
        await lost_property.add("ramsey", "one red glove")
        app.include_router(names["router"], prefix=API)
        answer = await village.get(f"{API}/sites/ramsey/lost-property")
        assert answer.json() == {"items": ["one red glove"]}
        assert (await village.get(f"{API}/sites/nowhere/lost-property")).status_code == 404
    finally:
        metadata.remove(names["found_things"])


async def test_the_notice_stands_in_the_list_of_alerts(container: Container, village: httpx.AsyncClient) -> None:
    at = datetime(2026, 11, 26, 18, tzinfo=UTC)
    warn = example("Add a notice")["warn_of_hold"]

    async def work(tx: Tx) -> None:
        await warn(tx, "ramsey", "ramsey-pi", "front-door", at)

    await container.database.run(work)
    [alert] = (await village.get(f"{API}/sites/ramsey/alerts")).json()["items"]
    assert (alert["kind"], alert["text"]) == ("held", "front-door is held open")


@pytest.mark.cases_full
def test_the_examples_pass_the_checks_of_the_code(tmp_path: Path) -> None:
    files = [tmp_path / f"{title.replace(' ', '_').lower()}.py" for title in EXAMPLES]
    for file, (title, code) in zip(files, EXAMPLES.items(), strict=True):
        file.write_text(f'"""{title}."""\n\n{code}', encoding="utf-8")
    tools = Path(sys.executable).parent
    config = ROOT / "pyproject.toml"
    checks: list[list[str | Path]] = [
        [tools / "ruff", "check", "--config", config],
        [tools / "ruff", "format", "--check", "--config", config],
        [tools / "mypy", "--config-file", config],
    ]
    for check in checks:
        done = subprocess.run([*check, *files], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("folder", re.findall(r"`(tests/\w+/)`", PAGE))
def test_a_folder_of_tests_that_the_page_names_is_there(folder: str) -> None:
    assert (ROOT / folder).is_dir()
