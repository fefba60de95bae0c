"""A fleet of simulated edges against a real controller and a real broker."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from typer.testing import CliRunner

from controller.people.passwords import Passwords
from controller.platform.settings import Broker as BrokerSettings
from controller.platform.settings import Settings
from edge.wire.clock import SystemClock
from firmware_sim.api_client import Api
from firmware_sim.cli import app as sim
from firmware_sim.errors import SimError
from firmware_sim.fleet import REAL_RATE, Fleet, FleetPlan
from firmware_sim.fleet_setup import RealEstate, refuse_real, set_up
from firmware_sim.fleet_state import FleetState, read_state
from firmware_sim.fleet_tally import Latencies
from tests.controller.running import running
from tests.services.mosquitto import Broker


@pytest.fixture
async def api(settings: Settings, passwords: Passwords, mosquitto: Broker) -> AsyncIterator[Api]:
    """A user of a controller that runs, and speaks with the broker."""
    at = BrokerSettings(host=mosquitto.host, port=mosquitto.port)
    async with running(msgspec.structs.replace(settings, broker=at), SystemClock(), passwords) as app:
        tasks = [asyncio.create_task(task.run(), name=task.name) for task in app.state.container.tasks]
        async with Api("http://hub.test", transport=httpx.ASGITransport(app)) as api:
            token = (settings.data_dir / "setup-token").read_text()
            await api.set_up(token=token, user="Una Porter", password="thirteen shelves")
            yield api
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize(("sites", "away"), [(1, (10,)), pytest.param(2, (60, 0), marks=pytest.mark.cases_full)])
async def test_every_event_of_a_fleet_is_stored_once_and_its_numbers_go_on_in_the_next_run(
    api: Api, tmp_path: Path, sites: int, away: tuple[int, ...]
) -> None:
    await refuse_real(api)
    state = FleetState()
    await set_up(api, state, tmp_path, sites=sites, edges_per_site=1, say=lambda _: None)
    assert read_state(tmp_path) == state
    for away_s in away:
        plan = FleetPlan(rate=20, for_s=0.2, away=timedelta(seconds=away_s))
        fleet = Fleet(list(state.edges.values()), plan, say=lambda _: None)
        report = await fleet.run(asyncio.Event(), check=api)
        assert report.sound, report
        assert (report.sites, report.online, report.backlog) == (sites, sites, sites * round(away_s * 20 * REAL_RATE))
        assert (report.lost, report.doubled, report.acknowledged) == (0, 0, report.sent)
    assert {each.ack for each in state.edges.values()} == {each.head for each in state.edges.values()}
    await api.put("/sites/ramsey", {"name": "Ramsey Library", "zone": "Europe/London"})
    with pytest.raises(RealEstate, match="has the site 'ramsey'"):
        await refuse_real(api)


def test_a_fleet_without_keys_says_how_to_make_them(tmp_path: Path) -> None:
    answer = CliRunner().invoke(sim, ["fleet", "--sites", "2", "--dir", str(tmp_path)])
    assert (answer.exit_code, "--controller" in answer.stderr) == (1, True), answer.stderr


@pytest.mark.parametrize(
    "words", [("--for", "an hour"), ("--for", "15d"), ("--broker", "localhost"), ("--controller", "http://hub.test")]
)
def test_options_that_cannot_be_read_are_refused(words: tuple[str, ...], tmp_path: Path) -> None:
    command = ["fleet", *words, "--dir", str(tmp_path)]
    assert CliRunner(env={"HALLKEEPER_TOKEN": ""}).invoke(sim, command).exit_code == 2


def test_a_damaged_file_of_a_fleet_is_named(tmp_path: Path) -> None:
    (tmp_path / "fleet.json").write_text("{")
    with pytest.raises(SimError, match="cannot be read"):
        read_state(tmp_path)


def test_percentiles_of_latencies_are_right_to_a_twentieth() -> None:
    latencies = Latencies()
    for ms in range(1, 1001):
        latencies.add(ms / 1000)
    found = latencies.ms()
    assert found["most"] == 1000
    for name, right in (("p50", 500), ("p95", 950), ("p99", 990)):
        assert right <= found[name] <= right * 1.05
