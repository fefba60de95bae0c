"""``hallkeeper alerts`` over HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from fastapi import FastAPI
from typer.testing import CliRunner, Result

from controller.alerts import rule_routes
from controller.alerts.catalogue import CATALOGUE
from controller.alerts.cli import app as alerts_cli
from edge.wire.events import DoorChange, DoorData
from tests.controller.alerts.building import Building
from tests.controller.clock import ManualClock
from tests.controller.serving import serving

Typed = Callable[..., asyncio.Future[Result]]


@pytest.fixture
async def building(app: FastAPI, clock: ManualClock, village: httpx.AsyncClient) -> Building:
    """A Pi with a door that is held open."""
    found = Building(app.state.container, clock, village)
    await found.edge("pi-front", online=True)
    await found.device("front-door", alarm="held")
    await found.after()
    return found


@pytest.fixture
async def typed(app: FastAPI, building: Building) -> AsyncIterator[Typed]:
    """Runs one of the commands against the application."""
    token = building.client.headers["Authorization"].removeprefix("Bearer ")
    async with serving(app) as address:

        def run(*words: str) -> asyncio.Future[Result]:
            asked = [*words, "--server", address, "--token", token]
            return asyncio.get_running_loop().run_in_executor(
                None, lambda: CliRunner().invoke(alerts_cli, asked, env={"COLUMNS": "200"})
            )

        yield run


async def test_an_open_alert_is_listed_with_since_when_and_what_to_do(typed: Typed) -> None:
    for words in (["list", "ramsey"], ["list"]):
        listed = await typed(*words)
        assert listed.exit_code == 0, listed.output
        headings, row = (line.split("\t") for line in listed.stdout.splitlines())
        held = dict(zip(headings, row, strict=True))
        assert (held["Code"], held["How serious"], held["What"]) == ("held", "serious", "Front door is held open")
        assert held["Since"].startswith("Wed 25 Nov 2026"), held
        assert held["What to do"]


async def test_who_has_seen_an_alert_and_until_when_it_is_quiet_is_listed(typed: Typed, building: Building) -> None:
    [held] = await building.alerts()
    seen = await typed("seen", "ramsey", held["id"])
    assert (seen.exit_code, "Front door is held open: seen by " in seen.stdout) == (0, True), seen.output
    quiet = await typed("quiet", "ramsey", held["id"], "--for", "480")
    assert (quiet.exit_code, "quiet until" in quiet.stdout) == (0, True), quiet.output
    listed = (await typed("list", "ramsey")).stdout
    assert "seen by " in listed
    assert "quiet until " in listed
    ended = await typed("quiet", "ramsey", held["id"], "--for", "0")
    assert "calls again" in ended.stdout


async def test_danger_cannot_be_put_off_at_the_terminal(typed: Typed, building: Building) -> None:
    await building.device("side-door", alarm="forced")
    [forced] = [each for each in await building.after() if each["kind"] == "forced"]
    refused = await typed("quiet", "ramsey", forced["id"])
    assert (refused.exit_code, "acknowledge it" in refused.output) == (1, True), refused.output


@pytest.mark.cases_full
async def test_what_is_over_is_listed_when_asked_for(typed: Typed, building: Building) -> None:
    assert "None is over yet." in (await typed("list", "ramsey", "--past")).stdout
    await building.device("front-door", alarm="")
    await building.after(seconds=10)
    assert "over since" in (await typed("list", "ramsey", "--past")).stdout
    assert "Nothing needs anybody." in (await typed("list", "ramsey")).stdout
    assert (await typed("list", "--past")).exit_code == 2, "of which site"


async def test_a_rule_is_shown_previewed_and_set_at_the_terminal(typed: Typed, building: Building) -> None:
    await building.event(DoorData(door="front-door", change=DoorChange.HELD))
    building.clock.advance(minutes=2)
    before = (await typed("rules", "preview", "ramsey", "held", "--after", "60")).stdout
    assert "it would have rung 1 time; with the rule in force it would have rung 1 time" in before, before
    assert "still holds" in before
    late = (await typed("rules", "preview", "ramsey", "held", "--after", "600")).stdout
    assert "it would not have rung; with the rule in force it would have rung 1 time" in late
    done = await typed("rules", "set", "ramsey", "held", "--after", "600")
    assert (done.exit_code, "raised after 600 s, cleared after 10 s" in done.stdout) == (0, True), done.output
    assert "off" in (await typed("rules", "set", "ramsey", "held", "--off")).stdout
    rows = [line.split("\t") for line in (await typed("rules", "show", "ramsey")).stdout.splitlines()]
    [held] = [row for row in rows if row[0] == "held"]
    assert held[2:4] == ["off", "600 s (at most 3600 s)"], "what was not named stays"
    assert "Switched off at ramsey: held." in (await typed("list", "ramsey")).stdout, "nobody takes it for quiet"
    usual = await typed("rules", "set", "ramsey", "held", "--usual")
    assert "raised after 0 s" in usual.stdout


async def test_what_is_switched_off_is_said_wherever_alerts_are_listed(typed: Typed, building: Building) -> None:
    await typed("rules", "set", "ramsey", "held", "--off")
    await building.after(seconds=1)
    past = (await typed("list", "ramsey", "--past")).stdout
    assert ("switched off Wed" in past, "over since" in past) == (True, False), past
    assert "Switched off at ramsey: held." in (await typed("list")).stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("held", "--after", "50000"), "--after: for held it must be 0 to 3600 seconds"),
        (("held", "--after", "99999999"), "--after: for held it must be 0 to 3600 seconds"),
        (("offline", "--clear-after", "5"), "--clear-after: for offline it must be 60 to 3600 seconds"),
        (("new_log", "--after", "5"), "--after: for new_log it must be 0 s"),
        (("offline", "--off"), "--off: offline cannot be switched off"),
    ],
)
async def test_a_rule_out_of_bounds_is_refused_by_the_name_of_its_option(
    typed: Typed, words: tuple[str, ...], said: str
) -> None:
    refused = await typed("rules", "set", "ramsey", *words)
    assert (refused.exit_code, said in refused.output) == (1, True), refused.output


async def test_a_preview_at_the_terminal_is_of_its_code_however_often_others_rang(
    typed: Typed, building: Building, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule_routes, "MOST_RINGS", 2)
    for change in (DoorChange.HELD, DoorChange.CLEARED):
        await building.event(DoorData(door="front-door", change=change))
        building.clock.advance(minutes=1)
    for change in (DoorChange.GLASS_BROKEN, DoorChange.GLASS_WHOLE) * 3:
        await building.event(DoorData(door="side-door", change=change))
        building.clock.advance(minutes=1)
    shown = (await typed("rules", "preview", "ramsey", "held", "--on")).stdout
    assert "1 min 0 s" in shown, shown
    many = (await typed("rules", "preview", "ramsey", "glass", "--on")).stdout
    assert ("3 times" in many, "The newest 2:" in many) == (True, True), many


async def test_danger_has_no_rule_to_set_at_the_terminal(typed: Typed) -> None:
    refused = await typed("rules", "set", "ramsey", "forced", "--off")
    assert (refused.exit_code, "no rule that a site may change" in refused.output) == (1, True), refused.output
    off = await typed("rules", "set", "ramsey", "offline", "--off")
    assert (off.exit_code, "cannot be switched off" in off.output) == (1, True), off.output
    assert (await typed("rules", "set", "ramsey", "held")).exit_code == 2, "what to change"


def test_every_code_is_listed_with_what_to_do() -> None:
    listed = CliRunner().invoke(alerts_cli, ["codes"])
    rows = [line.split("\t") for line in listed.stdout.splitlines()[1:]]
    assert [row[0] for row in rows] == list(CATALOGUE)
    assert all(row[2] for row in rows)
    as_json = CliRunner().invoke(alerts_cli, ["codes", "--json"]).stdout
    assert [each["code"] for each in json.loads(as_json)] == list(CATALOGUE)
