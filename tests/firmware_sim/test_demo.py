"""The demo's manners: one at a time, nothing left behind, plain words."""

import asyncio
import io
import json
import os
import re
import shlex
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from rich.console import Console
from typer.testing import CliRunner

from firmware_sim import demo_data
from firmware_sim.api_client import Api
from firmware_sim.cli import app
from firmware_sim.demo import Demo, DemoReady
from firmware_sim.demo_cli import app as demo_app
from firmware_sim.demo_cli import show
from firmware_sim.demo_data import demo_week
from firmware_sim.demo_folder import PIDS, alone, start_anew
from firmware_sim.errors import AlreadyRunning, OldState
from firmware_sim.ports import free_port

WAITS = "import time; time.sleep(300)"


@pytest.mark.parametrize(
    "words",
    [
        ["key", "ramsey/front-door", "482913"],
        ["card", "ramsey/library-door", "118:1603"],
        ["scan", "ramsey/library-door", "D0123456789"],
        ["walk", "in", "ramsey/front-door"],
        ["press", "ramsey/front-door", "48"],
        ["exit", "ramsey/front-door"],
        ["leaf", "wedge", "ramsey/front-door"],
        ["beam", "block", "ramsey/front-door", "--beam", "inner"],
        ["broker", "off"],
        ["cut", "network", "ramsey"],
        ["power", "off", "ramsey"],
        ["status"],
    ],
)
def test_without_a_demo_a_command_ends_with_2_and_a_message(tmp_path: Path, words: list[str]) -> None:
    result = CliRunner().invoke(app, [*words, "--dir", str(tmp_path)])
    assert result.exit_code == 2
    assert "No demo is running in" in result.output


def test_a_door_without_its_site_is_refused_with_an_example(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["key", "front-door", "482913", "--dir", str(tmp_path)])
    assert (result.exit_code, "ramsey/front-door" in result.output) == (2, True)


def test_a_second_demo_in_the_same_folder_is_refused_by_name(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(AlreadyRunning, match=f"process {os.getpid()}"), alone(tmp_path):
        pytest.fail("two demos share a folder")


def test_a_file_in_the_place_of_the_folder_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("mine")
    for folder in (file, file / "demo"):
        answer = CliRunner().invoke(demo_app, ["--fresh", "--dir", str(folder)])
        assert answer.exit_code == 1
        assert isinstance(answer.exception, SystemExit)
        assert "--dir" in answer.stderr
    assert file.read_text() == "mine"


def test_the_command_to_paste_is_one_line_naming_the_folder_under_any_name(tmp_path: Path) -> None:
    folder = tmp_path / ("a folder whose name is long; it's " + "so " * 40).strip()
    demo = Demo(folder, speed=1, port=8080, say=lambda _: None)
    command = demo.command("sim", "key", "ramsey/front-door", "482913")
    assert shlex.split(command)[1:] == ["sim", "key", "ramsey/front-door", "482913", "--dir", str(folder)]
    ready = DemoReady(
        building="http://127.0.0.1:8081/?key=abc",
        pages="http://127.0.0.1:8080",
        mails="http://127.0.0.1:8025/",
        user="warden",
        password="horse",
        door="ramsey/front-door",
        code="482913",
        type_code=command,
        valid_until="2026-11-25T12:00:00+00:00",
        speed=1,
    )
    shown = io.StringIO()
    show(Console(file=shown, width=80, highlight=False), ready)
    lines = shown.getvalue().splitlines()
    assert command in lines
    told = [line for line in lines if line.strip()]
    assert told[1].strip() == ready.building, "the building's address comes first"
    assert told[2].strip().startswith("1. Press 482913 on the keypad of the front door.")


def test_a_folder_is_free_again_after_its_demo(tmp_path: Path) -> None:
    for _ in range(2):
        with alone(tmp_path):
            pass


def test_processes_left_by_a_killed_demo_are_ended_and_no_others(tmp_path: Path) -> None:
    ours = subprocess.Popen([sys.executable, "-c", WAITS, str(tmp_path / "controller.toml")])
    other = subprocess.Popen([sys.executable, "-c", WAITS, "/somewhere/else.toml"])
    try:
        deadline = time.monotonic() + 60
        while str(tmp_path) not in Path(f"/proc/{ours.pid}/cmdline").read_text():
            assert time.monotonic() < deadline
        (tmp_path / PIDS).write_bytes(msgspec.json.encode({"controller": ours.pid, "broker": other.pid}))
        with alone(tmp_path):
            assert ours.wait(60) != 0
            assert other.poll() is None
        assert not (tmp_path / PIDS).exists()
    finally:
        ours.kill()
        other.kill()
        ours.wait()
        other.wait()


def test_starting_over_touches_only_what_a_demo_made(tmp_path: Path) -> None:
    (tmp_path / "controller").mkdir()
    (tmp_path / "state.json").touch()
    (tmp_path / "holiday-photos").touch()
    start_anew(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["holiday-photos"]


async def _assert_in_frames(told: DemoReady, stop: asyncio.Event) -> None:
    """The building's page opens, signs in, and may frame the controller's pages; then the demo stops."""
    try:
        async with httpx.AsyncClient() as client:
            opened = await client.get(told.building)
            framing = (await client.get(told.pages)).headers["content-security-policy"]
    finally:
        stop.set()
    assert (opened.status_code, "hk_session" in opened.cookies) == (303, True)
    assert f"frame-ancestors {told.building.partition('/?')[0]}" in framing


@pytest.mark.cases_full
async def test_a_restarted_demo_prints_the_same_code_in_digits(tmp_path: Path) -> None:
    printed: list[str] = []
    looking: list[asyncio.Task[None]] = []
    for _ in range(2):
        stop = asyncio.Event()

        def ready(told: DemoReady, stop: asyncio.Event = stop) -> None:
            assert told.code in told.type_code
            looking.append(asyncio.create_task(_assert_in_frames(told, stop)))
            printed.append(told.code)

        await Demo(tmp_path / "demo", speed=1, port=free_port(), say=lambda _: None).run(ready=ready, stop=stop)
    await asyncio.gather(*looking)
    assert re.fullmatch(r"[0-8][0-9]{5}", printed[0])
    assert printed[1] == printed[0]


@pytest.mark.parametrize("hour", range(24))
async def test_the_clock_is_read_for_each_entry_so_that_no_expired_entry_is_judged(hour: int) -> None:
    """As where an hour passes between two requests: speed 60 on a slow machine."""
    now = datetime(2026, 11, 25, hour, tzinfo=UTC)
    sent: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal now
        body = json.loads(request.content)
        now += timedelta(minutes=55)
        ends = datetime.fromisoformat(body.get("ends") or body["first_ends"]).replace(tzinfo=UTC)
        assert ends > now, body["title"]
        sent.append(body["title"])
        return httpx.Response(201, json={})

    week, made = demo_week(), demo_data.CreatedSoFar((), keep=lambda: None)
    async with Api("http://demo", transport=httpx.MockTransport(answer)) as api:
        await demo_data.book_week(api, now=lambda: now, made=made)
        await demo_data.book_series(api, now.date(), now.date() + timedelta(weeks=8), now=lambda: now, made=made)
        await demo_data.ask(api, now=lambda: now, made=made)
    assert len(sent) == len(week.once) + len(week.series) + len(week.asked) + len(week.waiting)


@pytest.mark.cases_full
async def test_an_interrupted_start_is_resumed_a_day_later(tmp_path: Path) -> None:
    folder, state = tmp_path / "demo", tmp_path / "demo" / "state.json"
    stop = asyncio.Event()
    broken = Demo(folder, speed=60, port=free_port(), say=lambda _: None)
    running = asyncio.create_task(broken.run(ready=lambda _: None, stop=stop))
    async with asyncio.timeout(300):
        while not running.done():
            if state.exists() and len(json.loads(state.read_bytes())["made"]) > 4:
                break
            await asyncio.sleep(0.01)
    stop.set()
    await running
    left = json.loads(state.read_bytes())
    assert (left["series_until"], len(left["made"]) > 4) == (None, True)
    left["at"] = (datetime.fromisoformat(left["at"]) + timedelta(hours=26)).isoformat()
    state.write_text(json.dumps(left))
    stop, printed = asyncio.Event(), list[DemoReady]()

    def ready(told: DemoReady) -> None:
        printed.append(told)
        stop.set()

    await Demo(folder, speed=60, port=free_port(), say=lambda _: None).run(ready=ready, stop=stop)
    assert len(printed) == 1
    after = json.loads(state.read_bytes())
    assert (after["series_until"] is not None, after["made"]) == (True, [])


@pytest.mark.cases_full
async def test_a_start_that_fails_on_leftovers_of_an_earlier_demo_says_how_to_start_over(tmp_path: Path) -> None:
    (tmp_path / "controller" / "data").mkdir(parents=True)
    (tmp_path / "controller" / "data" / "hallkeeper.db").write_text("of another time")
    demo = Demo(tmp_path, speed=1, port=free_port(), say=lambda _: None)
    with pytest.raises(OldState, match="make demo FRESH=1"):
        await demo.run(ready=lambda _: None, stop=asyncio.Event())


def test_the_week_clashes_only_as_intended_and_leaves_the_studio_free() -> None:
    week = demo_week()
    entries = [*week.series, *week.once, *week.asked]
    meant = [entry for entry in week.series if entry.clashes]
    assert {entry.otherwise for entry in meant} == {"skip", "hold"}
    for entry in entries:
        assert entry.starts < entry.ends
        assert (entry.site, entry.space) != ("ramsey", "studio")
        clashes = [
            other.title
            for other in entries
            if other is not entry
            and (other.site, other.space, other.weekday) == (entry.site, entry.space, entry.weekday)
            and other.starts < entry.ends
            and entry.starts < other.ends
            and not {entry.title, other.title} & {each.title for each in meant}
        ]
        assert clashes == [], entry.title
